"""Make receipts of sign-ups that were decided in every way there is."""

from __future__ import annotations

from typing import Any

from signup_risk import Policy, Receipt, Scorer
from signup_risk.policy import ListEntry, Thresholds
from tests.scorer.samples import FULL

SECRET = "not a secret at all, an example of one"

#: Policies under which one sign-up is decided in different ways, by what decides.
POLICIES: dict[str, Policy] = {
    "allowed": Policy(),
    "whole numbers": Policy(thresholds=Thresholds(step_up=1, review=0, block=0)),
    "blocked": Policy(thresholds=Thresholds(1.0, 1.0, 1.0)),
    "shadow": Policy(thresholds=Thresholds(1.0, 1.0, 1.0), shadow=True),
    "explored": Policy(thresholds=Thresholds(1.0, 1.0, 1.0), explore=0.999),
    "drawn": Policy(thresholds=Thresholds(1.0, 1.0, 1.0), explore=0.001),
    "listed exactly": Policy(block=(ListEntry("email", "marlene.quist@brightfjord.example"),)),
    "listed coarsely": Policy(block=(ListEntry("email_domain", "brightfjord.example"),)),
    "network blocked": Policy(thresholds=Thresholds(1.0, 0.0, 0.0), block=(ListEntry("ip", "81.2.69.0/24"),)),
    "network reviewed": Policy(block=(ListEntry("ip", "81.2.69.0/24"),)),
    "network allowed": Policy(thresholds=Thresholds(1.0, 1.0, 1.0), allow=(ListEntry("ip", "81.2.69.0/24"),)),
    "address beats network": Policy(
        allow=(ListEntry("ip", "81.2.69.144"),), block=(ListEntry("ip", "81.2.69.0/24"),)
    ),
}


def made(policy: Policy | None = None, event: dict[str, Any] | None = None, **options: Any) -> Receipt:
    """Return the receipt of one sign-up."""
    with Scorer.open("memory://", secret=SECRET, policy=policy, **options) as scorer:
        return scorer.receipt(scorer.assess(event or FULL))
