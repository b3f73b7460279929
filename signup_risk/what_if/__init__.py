"""Find out what would have changed a decision: the smallest sets of facts that, had they been others, would have.

For analysts. What an attacker could buy, and for how much, is a price list of ways around the model it was asked of:
it belongs into no answer to an applicant.
"""

from signup_risk.what_if.facts import BOUGHT, TRUTHFUL, WORSE, Fact
from signup_risk.what_if.found import ChangeSet, Direction, WhatWouldChange
from signup_risk.what_if.search import Limits, search

__all__ = [
    "BOUGHT",
    "TRUTHFUL",
    "WORSE",
    "ChangeSet",
    "Direction",
    "Fact",
    "Limits",
    "WhatWouldChange",
    "search",
]
