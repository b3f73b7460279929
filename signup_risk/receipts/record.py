"""Define the receipt of an assessment: what was decided, by what, and on which numbers.

Values of the applicant stand in it as keyed hashes alone; without the secret nobody can tell whose it is. Feature
values are exact. They are counts, shares, flags, and figures that the caller sent as they are: the seconds that the
form and the visit took, the score of a captcha, and a number that is given as ``custom.*`` and trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from signup_risk.events.signup import InputWarning
from signup_risk.explain.circumstances import Listed
from signup_risk.messages import Messages, notice, open_messages
from signup_risk.policy import Policy, Thresholds
from signup_risk.policy.campaign import CampaignRule
from signup_risk.policy.degraded import DegradedRule
from signup_risk.receipts.appeal import RedactedReceipt
from signup_risk.receipts.canonical import canonical, digest, number_to_json
from signup_risk.results import DecisionName, Reason

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class KeyedValues:
    """Name the values of a sign-up by keyed hashes.

    Attributes:
        secret: Mark of the secret; receipts with the same mark name the same value alike.
        signup: Hash of the sign-up's id, 16 hexadecimal digits; None without an id.
        values: Hash of each value that the sign-up shows, by name of the value.
    """

    secret: str
    signup: str | None
    values: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the hashes as JSON values."""
        return {"secret": self.secret, "signup": self.signup, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """Name the model that gave the score.

    Attributes:
        name: Its name.
        version: Its version.
        fingerprint: Digest of its features and of what they are computed with.
        digest: Digest of the whole model, trees and calibration included.
        versions: Versions of the normalizers and of the key layout.
    """

    name: str
    version: str
    fingerprint: str
    digest: str
    versions: tuple[tuple[str, int | str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the model's identity as JSON values."""
        named = {"name": self.name, "version": self.version, "fingerprint": self.fingerprint, "digest": self.digest}
        return named | {"versions": dict(self.versions)}


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """Name reference data that was there to be looked up: its version, day and digest as far as they are known."""

    name: str
    version: str
    as_of: str | None
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return the reference's identity as JSON values."""
        return {"name": self.name, "version": self.version, "as_of": self.as_of, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """Hold the rules that decided. The lists are named by a keyed hash of their entries, which name people.

    Attributes:
        name: Name of the policy.
        version: Its version.
        thresholds: False-positive rates of the decisions.
        campaign: What membership of a campaign does.
        degraded: Bounds while signals cannot be looked up.
        shadow: Whether it only watched.
        explore: Share of blocks that it lets through by chance.
        lists: Keyed hash of both lists.
    """

    name: str
    version: str
    thresholds: Thresholds
    campaign: CampaignRule
    degraded: tuple[DegradedRule, ...]
    shadow: bool
    explore: float
    lists: str

    @classmethod
    def of(cls, policy: Policy, lists: str) -> PolicyRecord:
        """Return the record of a policy.

        Args:
            policy: The policy.
            lists: Keyed hash of its lists.
        """
        named = policy.name, policy.version
        return cls(*named, policy.thresholds, policy.campaign, policy.degraded, policy.shadow, policy.explore, lists)

    @property
    def fingerprint(self) -> str:
        """Digest of all of it."""
        return digest(self._rules())

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as JSON values, with their fingerprint."""
        return self._rules() | {"fingerprint": self.fingerprint}

    def _rules(self) -> dict[str, Any]:
        limits, rule = self.thresholds, self.campaign  # whole numbers are rates as well, and are written as such
        return {
            "name": self.name,
            "version": self.version,
            "thresholds": _rates(limits),
            "campaign": _rates(rule) | {"unconfirmed": rule.unconfirmed},
            "degraded": [{"signal": one.signal, "floor": one.floor, "ceiling": one.ceiling} for one in self.degraded],
            "shadow": self.shadow,
            "explore": float(self.explore),
            "lists": self.lists,
        }


def _rates(rule: Thresholds | CampaignRule) -> dict[str, Any]:
    return {name: float(getattr(rule, name)) for name in ("step_up", "review", "block")}


@dataclass(frozen=True, slots=True)
class Rested:
    """Hold what the decision rested on beside the score.

    Attributes:
        degraded: Signals that could not be looked up.
        unseen: How many of the last of them came to light after it was decided.
        membership: Joint probability of the account and its campaign.
        confirmed: Whether an analyst had confirmed the campaign.
        allowed: The kind of entry of the allow list that it matched.
        blocked: The kind of entry of the block list that it matched.
        draw: The sign-up's own number, where the policy explores.
        partners: Log-odds that partners add; 0 if nothing of theirs matched.
    """

    degraded: tuple[str, ...]
    unseen: int
    membership: float | None
    confirmed: bool
    allowed: Listed | None
    blocked: Listed | None
    draw: float | None
    partners: float

    def to_dict(self) -> dict[str, Any]:
        """Return the circumstances as JSON values."""
        return {
            "degraded": list(self.degraded),
            "unseen": self.unseen,
            "membership": self.membership,
            "confirmed": self.confirmed,
            "allowed": None if self.allowed is None else self.allowed._asdict(),
            "blocked": None if self.blocked is None else self.blocked._asdict(),
            "draw": self.draw,
            "partners": self.partners,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what was worked out.

    Attributes:
        raw_score: The model's log-odds, with what partners add.
        probability: Calibrated probability of abuse.
        risk_score: 100 times that.
        fpr: Share of legitimate sign-ups that score at least this high.
        decision: What to do.
        shadow_decision: What would have been done, if the policy only watched.
        notes: Codes of rules that changed the decision.
        explored: Whether it was let through to a further step by chance.
        propensity: Probability with which such a sign-up is decided so, where chance had a part.
    """

    raw_score: float
    probability: float
    risk_score: float
    fpr: float
    decision: DecisionName
    shadow_decision: DecisionName | None
    notes: tuple[str, ...]
    explored: bool
    propensity: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return kept | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True)
class Receipt:
    """Hold one decision for good. Its digest shows whether anything was changed since.

    Attributes:
        made_by: Version of the library that made it.
        at: When the sign-up happened.
        keyed: Its values, as keyed hashes.
        model: The model.
        references: Reference data that was there.
        policy: The rules.
        features: Values of the model's features by name, exactly; None says unknown.
        rested: What the decision rested on beside the score.
        campaign: Id of the campaign that it belonged to.
        outcome: What was worked out.
        base_value: Log-odds that the reasons start from.
        reasons: Every reason code that moved the score.
        warnings: Inputs that could not be used.
        mark: Keyed hash of the digest, by which the holder of the secret knows it is genuine.
    """

    made_by: str
    at: datetime
    keyed: KeyedValues
    model: ModelRecord
    references: tuple[ReferenceRecord, ...]
    policy: PolicyRecord
    features: tuple[tuple[str, float | None], ...]
    rested: Rested
    campaign: str | None
    outcome: Outcome
    base_value: float
    reasons: tuple[Reason, ...]
    warnings: tuple[InputWarning, ...]
    mark: str

    @property
    def digest(self) -> str:
        """SHA-256 of all but the mark, in hexadecimal.

        It finds damage and careless edits. Somebody who edits on purpose can write another digest, and not the mark.
        """
        return digest(self._content())

    def to_dict(self) -> dict[str, Any]:
        """Return the receipt as JSON values."""
        return self._content() | {"digest": self.digest, "mark": self.mark}

    def to_json(self) -> str:
        """Return the receipt as one line of canonical JSON; :func:`signup_risk.receipts.read_receipt` reads it."""
        return canonical(self.to_dict())

    def redacted(
        self, language: str | None = "en", *, messages: Messages | None = None, most: int = 3
    ) -> RedactedReceipt:
        """Return what an applicant who appeals may have: the applicant's texts and a reference, and nothing else.

        Args:
            language: A tag such as ``de-AT``, or a header ``Accept-Language``.
            messages: A catalogue of your own.
            most: How many topics to tell.
        """
        catalogue = messages or open_messages()
        risks = [(reason.code, reason.family) for reason in self.reasons if reason.direction == "risk"]
        told = notice(self.outcome.decision, risks, catalogue, language, most)
        return RedactedReceipt(self.digest, self.at, told, catalogue.text("reference", told.language))

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "made_by": self.made_by,
            "at": self.at.isoformat(timespec="microseconds"),
            "keyed": self.keyed.to_dict(),
            "model": self.model.to_dict(),
            "references": [one.to_dict() for one in self.references],
            "policy": self.policy.to_dict(),
            "features": {name: number_to_json(value) for name, value in self.features},
            "rested": self.rested.to_dict(),
            "campaign": self.campaign,
            "outcome": self.outcome.to_dict(),
            "base_value": self.base_value,
            "reasons": [one.to_dict() for one in self.reasons],
            "warnings": [{"code": one.code, "pointer": one.pointer} for one in self.warnings],
        }
