"""Define the features: one file a family, one catalogue."""

from signup_risk.features.base import FAMILIES, Family, Feature, Value, feature
from signup_risk.features.context import Context, Shape
from signup_risk.features.kinds import KINDS, KeyKind
from signup_risk.features.reading import Velocity

__all__ = ["FAMILIES", "KINDS", "Context", "Family", "Feature", "KeyKind", "Shape", "Value", "Velocity", "feature"]
