"""Hold what a request for access or erasure comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Place = Literal["store", "journal", "ledger", "queue"]


@dataclass(frozen=True, slots=True)
class Removed:
    """Count what was removed of one kind in one place.

    Attributes:
        place: ``store`` (velocity), ``journal`` (campaigns), ``ledger`` (outcomes), or ``queue``: what waited in this
            process.
        kind: What it was.
        count: How much of it.
    """

    place: Place
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """Say what was erased.

    Attributes:
        signups: Sign-ups that were found.
        removed: What was removed, by place and kind; kinds of which there was nothing count 0.
        not_found: By what the person was named, but nothing was found (``email``, ``phone``, ...).
        remains: What stays and why, in words.
    """

    signups: int
    removed: tuple[Removed, ...]
    not_found: tuple[str, ...]
    remains: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return how much was removed in all; 0 for a second call."""
        return sum(one.count for one in self.removed)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {**asdict(self), "total": self.total}


@dataclass(frozen=True, slots=True)
class KeptKey:
    """Say what velocity keeps on one key of a person's own.

    Attributes:
        kind: ``email``, ``phone``, ``device`` or ``card``.
        first_seen: When the key was first seen.
        last_seen: When it was last seen.
        signups: Sign-ups on it since.
        abusive: Of the newest outcomes on it (32 are kept), those that say so.
        legitimate: Likewise.
    """

    kind: str
    first_seen: datetime
    last_seen: datetime
    signups: int
    abusive: int
    legitimate: int


@dataclass(frozen=True, slots=True)
class KeptOutcome:
    """Hold an entry of the ledger. Who reported it is kept as a keyed hash only, and left out.

    Attributes:
        kind: ``outcome`` or ``decision``.
        happened_at: When it happened.
        known_at: When it became known.
        what: The outcome, or the decision that was given.
        source: Where an outcome comes from.
        confidence: How sure it is.
        would: The decision that would have been given without exploration.
        propensity: Probability with which the decision was given.
    """

    kind: str
    happened_at: datetime
    known_at: datetime
    what: str
    source: str
    confidence: float
    would: str
    propensity: float


@dataclass(frozen=True, slots=True)
class KeptMembership:
    """Say that a sign-up belongs to a campaign.

    Attributes:
        campaign: Id of the campaign.
        joined_at: When the sign-up became a member.
        probability: Joint probability of account and campaign when it did.
        decision: What had been decided about it.
    """

    campaign: str
    joined_at: datetime
    probability: float
    decision: str


@dataclass(frozen=True, slots=True)
class KeptSignup:
    """Say what is kept of one sign-up.

    Attributes:
        signup_id: Its id; None where it is kept as a keyed hash only.
        keys: Velocity keys on which it counts, those of others included.
        at: When it happened, for as long as campaigns look back at it (eight days).
        fpr: Share of legitimate sign-ups that score at least as high, as long.
        decision: What was decided, as long.
        memberships: Campaigns.
        outcomes: Ledger.
    """

    signup_id: str | None
    keys: int
    at: datetime | None
    fpr: float | None
    decision: str | None
    memberships: tuple[KeptMembership, ...]
    outcomes: tuple[KeptOutcome, ...]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Hold everything that is kept on a person.

    Attributes:
        keys: Their own keys.
        signups: Their sign-ups.
        queued: Writes about them that wait in this process.
        not_found: By what the person was named, but nothing was found.
    """

    keys: tuple[KeptKey, ...]
    signups: tuple[KeptSignup, ...]
    queued: int
    not_found: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values, times in RFC 3339."""
        told: dict[str, Any] = _plain(asdict(self))
        return told


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
