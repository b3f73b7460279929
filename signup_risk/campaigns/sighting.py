"""Hold what the campaigns of a site are told of one scored sign-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signup_risk.campaigns.evidence import TAIL
from signup_risk.results import DecisionName


@dataclass(frozen=True, slots=True)
class Sighting:
    """Hold one scored sign-up.

    Attributes:
        at: Event time in microseconds.
        name: 63-bit keyed hash of its id; 0 without one, and then it counts in cells but can be no member.
        signup_id: Its id.
        fpr: Share of legitimate sign-ups that score at least this high; None if the model could not be asked.
        decision: What was decided without campaigns.
        keys: Kind and 63-bit name of every key that it touches.
        names: 32-bit names of its values.
        public: Its values that are nobody's own; wanted of marks only.
        repeated: Whether it had been recorded before.
    """

    at: int
    name: int
    signup_id: str | None
    fpr: float | None
    decision: DecisionName
    keys: tuple[tuple[str, int], ...]
    names: Mapping[str, int]
    public: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False

    @property
    def short(self) -> int:
        """Return the 32-bit name under which key states know the sign-up."""
        return self.name & 0xFFFF_FFFF

    @property
    def is_mark(self) -> bool:
        """Say whether it scores so high that hardly any legitimate sign-up does."""
        return is_mark(self.fpr)


def is_mark(fpr: float | None) -> bool:
    """Say whether a false-positive rate makes a mark.

    Examples:
        >>> is_mark(0.001), is_mark(0.2), is_mark(None)
        (True, False, False)
    """
    return fpr is not None and fpr <= TAIL
