"""Explain a score: as reasons, and in full."""

from signup_risk.explain.assessment import AssessmentExplanation
from signup_risk.explain.contributions import ContributionGroup, FeatureContribution
from signup_risk.explain.origin import Explained, Origin
from signup_risk.explain.reasons import Explainer, Explanation

__all__ = [
    "AssessmentExplanation",
    "ContributionGroup",
    "Explained",
    "Explainer",
    "Explanation",
    "FeatureContribution",
    "Origin",
]
