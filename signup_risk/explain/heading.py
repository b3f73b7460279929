"""Say in a line or two what is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signup_risk.explain.assessment import AssessmentExplanation


def facts(explanation: AssessmentExplanation) -> list[str]:
    """Return what was decided and by what, and whether what is usual was measured on simulated sign-ups."""
    assessment = explanation.assessment
    name = "sign-up without an id" if assessment.signup_id is None else f"sign-up {assessment.signup_id}"
    lines = [f"{name}, {assessment.at:%Y-%m-%d %H:%M:%S} UTC: {assessment.decision}"]
    if assessment.risk_score is not None and assessment.fpr is not None:
        lines.append(
            f"risk score {assessment.risk_score:.1f} of 100; {share(assessment.fpr)} of legitimate sign-ups score at "
            "least this high"
        )
    model = f"model {assessment.model.name} {assessment.model.version}"
    lines.append(f"{model}, trained on simulated sign-ups: figures are synthetic" if explanation.synthetic else model)
    if assessment.degraded:
        lines.append(f"could not be looked up: {', '.join(assessment.degraded)}")
    return lines


def share(value: float) -> str:
    """Return a share as a percentage with two telling digits.

    Examples:
        >>> share(0.000815), share(0.25), share(1.0)
        ('0.082%', '25%', '100%')
    """
    return f"{100 * value:.2g}%" if value < 0.995 else "100%"
