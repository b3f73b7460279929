"""Turn a sign-up into the facts, the keys and the feature values that everything above works with.

Serving, training and replay call these functions and no others, so that a feature means the same in all three.
"""

from signup_risk.extract.facts import Described, describe
from signup_risk.extract.keyed import Keys, is_blind, key_of, read_velocity, signup_name
from signup_risk.extract.observation import Observation, Prepared, complete, prepare, values_of, with_velocity
from signup_risk.extract.selection import VERSIONS, select

__all__ = [
    "VERSIONS",
    "Described",
    "Keys",
    "Observation",
    "Prepared",
    "complete",
    "describe",
    "is_blind",
    "key_of",
    "prepare",
    "read_velocity",
    "select",
    "signup_name",
    "values_of",
    "with_velocity",
]
