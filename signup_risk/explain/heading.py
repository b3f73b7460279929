"""Say in a line or two what is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signup_risk.results import Assessment

if TYPE_CHECKING:
    from signup_risk.explain.assessment import AssessmentExplanation


def facts(explanation: AssessmentExplanation) -> list[str]:
    """Return what was decided, by what and in what circumstances, and whether figures are of simulated sign-ups."""
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
    lines.append(_rules(assessment))
    if assessment.campaign is not None:
        campaign = assessment.campaign
        title = f" ({campaign.title})" if campaign.title else ""
        lines.append(f"belongs to campaign {campaign.id}{title} of {campaign.size:,} sign-ups, {campaign.status}")
    if assessment.degraded:
        lines.append(f"could not be looked up: {', '.join(assessment.degraded)}")
    return lines


def _rules(assessment: Assessment) -> str:
    """Say which policy decided, what it had to remark, and what it would have decided if it did not only watch."""
    policy = assessment.policy
    told = f"policy {policy.name} {policy.version}"
    if policy.shadow_decision is not None:
        told += f", which only watches: would have been {policy.shadow_decision}"
    return f"{told}; notes: {', '.join(policy.notes)}" if policy.notes else told


def share(value: float) -> str:
    """Return a share as a percentage with two telling digits.

    Examples:
        >>> share(0.000815), share(0.25), share(1.0)
        ('0.082%', '25%', '100%')
    """
    return f"{100 * value:.2g}%" if value < 0.995 else "100%"
