"""Hold what an analyst ruled on one sign-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal, Self

from signup_risk.campaigns.texts import cleaned, who
from signup_risk.errors import ConfigurationError
from signup_risk.stores import LedgerEntry

#: What an analyst can rule. ``cleared`` closes the case and says nothing of whether the person is honest.
Verdict = Literal["abusive", "legitimate", "cleared"]
VERDICTS: Final = ("abusive", "legitimate", "cleared")

State = Literal["open", "waiting", "written"]

#: Where these outcomes are known from, unless the caller says otherwise.
SOURCE: Final = "analyst"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Hold one ruling; making one checks it.

    Attributes:
        signup_id: Of which sign-up.
        outcome: What was ruled.
        by: Who ruled. The ledger keeps a keyed hash of it; give a pseudonym if you want none kept in the file either.
        at: When, which is when it became known.
        confidence: How sure it is, in (0, 1].
        note: Why. It stays in the file of the queue; the ledger has no place for it.
        source: Where it is known from, a short word.
        happened_at: When what is ruled on happened; None if that is not known.
        withdraws: Whether ``cleared`` may withdraw what others reported.
        state: ``open`` until it is written; ``waiting`` while the ledger may have it or get it: it is being written, or
            the process holds it; ``written`` once the ledger has it.
        step: Number of the call that made it, by which calls are taken back.
        takes_back: Whether it takes back what was ruled in that step; ``outcome`` is then what stands without it.

    Raises:
        ConfigurationError: Something in it is not allowed.
    """

    signup_id: str
    outcome: Verdict
    by: str
    at: datetime
    confidence: float = 1.0
    note: str = ""
    source: str = SOURCE
    happened_at: datetime | None = None
    withdraws: bool = False
    state: State = "open"
    step: int = 0
    takes_back: bool = False

    def __post_init__(self) -> None:
        if self.outcome not in VERDICTS:
            raise ConfigurationError(
                f"the outcome is {str(self.outcome)[:40]!r}; an analyst rules one of {', '.join(VERDICTS)}: cleared "
                "closes a case without saying that the person is honest, legitimate says so"
            )
        if isinstance(self.confidence, bool) or not isinstance(self.confidence, int | float):
            raise ConfigurationError(f"confidence is {str(self.confidence)[:20]}; give a share above 0, at most 1")
        LedgerEntry("outcome", 1, b"", 0, 0, self.outcome, self.source, self.confidence)  # checks the rest
        object.__setattr__(self, "by", who(self.by))
        object.__setattr__(self, "note", cleaned("note", self.note))

    def to_dict(self) -> dict[str, Any]:
        """Return the ruling as JSON values."""
        happened = None if self.happened_at is None else self.happened_at.isoformat()
        return asdict(self) | {"at": self.at.isoformat(), "happened_at": happened}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a ruling."""
        happened = told["happened_at"]
        moments = {
            "at": datetime.fromisoformat(told["at"]),
            "happened_at": None if happened is None else datetime.fromisoformat(happened),
        }
        return cls(**{**told, **moments})
