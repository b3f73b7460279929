"""Hold an assessment that the tests of observers share."""

from __future__ import annotations

from datetime import UTC, datetime

from signup_risk import Assessment, Reason
from signup_risk.results import ModelInfo, PolicyInfo

ASSESSED = Assessment(
    signup_id="signup-7261",
    at=datetime(2026, 6, 1, tzinfo=UTC),
    risk_score=93.25,
    fpr=0.000815,
    decision="review",
    reasons=(Reason("EMAIL_DISPOSABLE", "email", "mailbox of brightfjord.example", 3.5, "risk"),),
    degraded=("velocity", "references.networks"),
    warnings=(),
    campaign=None,
    model=ModelInfo("start", "0.1.0", "fingerprint"),
    policy=PolicyInfo("ours", "7", None, ("DEGRADED_CEILING",)),
    latency_ms=3.0,
    raw_score=2.625,
    base_value=-0.875,
)
