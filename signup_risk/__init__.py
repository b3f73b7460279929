"""Score new sign-ups when they are made, and say why."""

from signup_risk._version import __version__
from signup_risk.errors import (
    CardNumberRefused,
    ConfigurationError,
    InvalidSignup,
    ModelMismatch,
    NoExplanation,
    ReceiptRefused,
    SignupRiskError,
    StoreError,
)
from signup_risk.events import Signup
from signup_risk.explain import AssessmentExplanation, ContributionGroup, FeatureContribution
from signup_risk.normalize import client_ip
from signup_risk.observer import Observer
from signup_risk.policy import Policy
from signup_risk.receipts import Receipt
from signup_risk.references import References, open_references
from signup_risk.results import Assessment, Campaign, Reason, Update
from signup_risk.scorer import CampaignSettings, Scorer

__all__ = [
    "Assessment",
    "AssessmentExplanation",
    "Campaign",
    "CampaignSettings",
    "CardNumberRefused",
    "ConfigurationError",
    "ContributionGroup",
    "FeatureContribution",
    "InvalidSignup",
    "ModelMismatch",
    "NoExplanation",
    "Observer",
    "Policy",
    "Reason",
    "Receipt",
    "ReceiptRefused",
    "References",
    "Scorer",
    "Signup",
    "SignupRiskError",
    "StoreError",
    "Update",
    "__version__",
    "client_ip",
    "open_references",
]
