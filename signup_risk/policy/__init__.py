"""Decide what to do with a sign-up."""

from __future__ import annotations

from signup_risk.policy.campaign import CampaignRule
from signup_risk.policy.decision import Decision
from signup_risk.policy.degraded import DegradedRule
from signup_risk.policy.evidence import Evidence
from signup_risk.policy.file import policy_from_mapping, read_policy
from signup_risk.policy.lists import KINDS, ListEntry, ListHooks
from signup_risk.policy.policy import Policy, Thresholds

__all__ = [
    "KINDS",
    "CampaignRule",
    "Decision",
    "DegradedRule",
    "Evidence",
    "ListEntry",
    "ListHooks",
    "Policy",
    "Thresholds",
    "policy_from_mapping",
    "read_policy",
]
