"""Define what an assessment says: score, decision, reasons, and what it was made with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from signup_risk.errors import NoExplanation
from signup_risk.events.signup import InputWarning
from signup_risk.messages import ApplicantNotice, Messages, notice, open_messages

if TYPE_CHECKING:
    from signup_risk.explain import AssessmentExplanation

DecisionName = Literal["allow", "step_up", "review", "block"]
Direction = Literal["risk", "trust"]
CampaignStatus = Literal["open", "quiet", "confirmed", "dismissed", "merged"]

#: Reasons that an assessment names when it is printed.
_STRONGEST: Final = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Say what moved the score, and how far.

    Attributes:
        code: Stable code; part of the API.
        family: Signal family.
        text: The value and what is usual, for an analyst; wording may change.
        contribution: Log-odds that it adds.
        direction: ``risk`` if it raises the score, ``trust`` if it lowers it.
    """

    code: str
    family: str
    text: str
    contribution: float
    direction: Direction

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as JSON values."""
        return {
            "code": self.code,
            "family": self.family,
            "text": self.text,
            "contribution": self.contribution,
            "direction": self.direction,
        }


@dataclass(frozen=True, slots=True)
class Campaign:
    """Describe the group of sign-ups that this one belongs to.

    Attributes:
        id: Stable id of the group.
        size: Sign-ups in it so far, of the last 90 days.
        first_seen: When its first was made.
        shared: What its members had in common when its cells were found, with how many were known then.
        signature: Which combinations made it known, in words.
        status: ``open``, ``quiet`` after a week without a new member, ``confirmed`` or ``dismissed`` by an analyst,
            ``merged`` into another.
        growth_24h: Members of the last 24 hours.
        title: What an analyst calls it; None if nobody has named it.
        probability: Joint probability of the account and the campaign; None where no account is meant.
        suggested: What is suggested for its members as a whole; their own scores may call for more.
    """

    id: str
    size: int
    first_seen: datetime
    shared: tuple[str, ...]
    signature: str = ""
    status: CampaignStatus = "open"
    growth_24h: int = 0
    title: str | None = None
    probability: float | None = None
    suggested: DecisionName | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the campaign as JSON values."""
        return {
            "id": self.id,
            "size": self.size,
            "first_seen": self.first_seen.isoformat(),
            "shared": list(self.shared),
            "signature": self.signature,
            "status": self.status,
            "growth_24h": self.growth_24h,
            "title": self.title,
            "probability": self.probability,
            "suggested": self.suggested,
        }


@dataclass(frozen=True, slots=True)
class Update:
    """Say what came to light about a sign-up after it was assessed.

    Attributes:
        signup_id: Id of the sign-up.
        at: When what came to light did.
        assessed_at: When the sign-up happened.
        decision: What had been decided.
        suggested: What would be decided now.
        campaign: The campaign that it turned out to belong to, with the joint probability.
    """

    signup_id: str
    at: datetime
    assessed_at: datetime
    decision: DecisionName
    suggested: DecisionName
    campaign: Campaign

    def to_dict(self) -> dict[str, Any]:
        """Return the update as JSON values."""
        return {
            "signup_id": self.signup_id,
            "at": self.at.isoformat(),
            "assessed_at": self.assessed_at.isoformat(),
            "decision": self.decision,
            "suggested": self.suggested,
            "campaign": self.campaign.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Name the model that gave the score."""

    name: str
    version: str
    fingerprint: str

    def to_dict(self) -> dict[str, Any]:
        """Return the model's identity as JSON values."""
        return {"name": self.name, "version": self.version, "fingerprint": self.fingerprint}


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """Name the policy that decided, and what it had to remark.

    Attributes:
        name: Name of the policy.
        version: Its version.
        shadow_decision: What it would have decided, if it only watches; None otherwise.
        notes: Codes of rules that changed the decision (``SINGLE_ATTRIBUTE``, ``LISTED_BLOCK``).
    """

    name: str
    version: str
    shadow_decision: DecisionName | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the policy's identity as JSON values; what does not apply is left out."""
        told: dict[str, Any] = {"name": self.name, "version": self.version}
        if self.shadow_decision is not None:
            told["shadow_decision"] = self.shadow_decision
        if self.notes:
            told["notes"] = list(self.notes)
        return told


class AssessmentOrigin(Protocol):
    """Hold what an assessment was worked out from, so that it can be explained later."""

    def explain(self, assessment: Assessment) -> AssessmentExplanation:
        """Explain the assessment that it belongs to."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Assessment:
    """Say how risky a sign-up is, what to do and why.

    Printed, it is a line: decision, score and the three strongest reasons; :meth:`to_dict` has everything, and
    :meth:`explain` tells it.

    Attributes:
        signup_id: Id of the sign-up, if it had one.
        at: When the sign-up happened.
        risk_score: 100 times the calibrated probability of abuse; None if the model could not be asked.
        fpr: Share of legitimate sign-ups that score at least this high; None likewise.
        decision: What to do.
        reasons: What moved the score, strongest first; empty if reasons were not asked for.
        degraded: Names of signals that could not be looked up.
        warnings: Inputs that could not be used.
        campaign: Group of sign-ups that this one belongs to, if one was recognised.
        model: Model that gave the score.
        policy: Policy that decided.
        latency_ms: How long the assessment took.
        raw_score: The model's log-odds before calibration.
        base_value: Log-odds that the contributions start from; None without reasons. Base value and
            contributions of all reasons add up to ``raw_score``.
        explored: Whether it would have been blocked and was let through to a further step by chance.
        propensity: Probability with which such a sign-up is decided so, where chance had a part; None otherwise.
        origin: What it was worked out from, for :meth:`explain`; no part of what it says.
    """

    signup_id: str | None
    at: datetime
    risk_score: float | None
    fpr: float | None
    decision: DecisionName
    reasons: tuple[Reason, ...]
    degraded: tuple[str, ...]
    warnings: tuple[InputWarning, ...]
    campaign: Campaign | None
    model: ModelInfo
    policy: PolicyInfo
    latency_ms: float
    raw_score: float | None = None
    base_value: float | None = None
    explored: bool = False
    propensity: float | None = None
    origin: AssessmentOrigin | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        told = [f"{'no id' if self.signup_id is None else repr(self.signup_id)} {self.at:%Y-%m-%dT%H:%M:%SZ}"]
        if self.risk_score is not None and self.fpr is not None:
            told.append(f"risk score {self.risk_score:.1f} at fpr {self.fpr:.2g}")
        told += [f"{reason.code} {reason.contribution:+.2f}" for reason in self.reasons[:_STRONGEST]]
        if len(self.reasons) > _STRONGEST:
            told.append(f"{len(self.reasons) - _STRONGEST} further reasons")
        if self.campaign is not None:
            told.append(f"campaign {self.campaign.id}")
        if self.degraded:
            told.append(f"without {' '.join(self.degraded)}")
        return f"<Assessment {self.decision}: {', '.join(told)}>"

    def explain(self) -> AssessmentExplanation:
        """Say what every feature adds to the score, its value and what is usual.

        Works whether or not reasons were asked for: what is missing is worked out now. It shows itself in a notebook
        and, printed, in a terminal.

        Raises:
            NoExplanation: No model gave the score, or it is not at hand: the scorer is closed and the contributions had
                not been asked for, or the assessment comes from another process. The message says what to do.
        """
        if self.origin is None:
            raise NoExplanation(
                "this assessment holds nothing to explain: it is a fixed answer of the sandbox, or was not made by a "
                "scorer; assess the sign-up with a scorer and explain what that gives"
            )
        return self.origin.explain(self)

    def for_applicant(
        self, language: str | None = "en", *, messages: Messages | None = None, most: int = 2
    ) -> ApplicantNotice:
        """Return what the applicant may be told: vague on purpose, with what an honest person can do next.

        Args:
            language: A tag such as ``de-AT``, or the header ``Accept-Language`` as it came; English if none fits.
            messages: A catalogue of your own, see :func:`signup_risk.messages.open_messages`.
            most: How many topics to tell. Each is a hint to whoever tries again; 0 tells none but the general one.
        """
        risks = [(reason.code, reason.family) for reason in self.reasons if reason.direction == "risk"]
        return notice(self.decision, risks, messages or open_messages(), language, most)

    def to_dict(self) -> dict[str, Any]:
        """Return the assessment as JSON values, in the order of the output contract.

        What chance had a part in is told after the contract's fields, only where it had one.
        """
        told: dict[str, Any] = {
            "signup_id": self.signup_id,
            "at": self.at.isoformat(),
            "risk_score": self.risk_score,
            "fpr": self.fpr,
            "decision": self.decision,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "degraded": list(self.degraded),
            "warnings": [{"code": warning.code, "pointer": warning.pointer} for warning in self.warnings],
            "campaign": None if self.campaign is None else self.campaign.to_dict(),
            "model": self.model.to_dict(),
            "policy": self.policy.to_dict(),
            "latency_ms": self.latency_ms,
        }
        if self.propensity is not None:
            told |= {"explored": self.explored, "propensity": self.propensity}
        return told
