"""Say what is known of a sign-up at a moment: one label from all that was ever said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from signup_risk.stores.ledger import WEAK, LedgerEntry

_LABELS: Final = {"abusive": 1, "step_up_failed": 1, "legitimate": 0, "step_up_passed": 0}


@dataclass(frozen=True, slots=True)
class Settled:
    """Hold what counts.

    Attributes:
        label: 1 abusive, 0 legitimate.
        known_at: When that became known, in microseconds.
        entry: The entry that says so.
    """

    label: int
    known_at: int
    entry: LedgerEntry

    @property
    def confidence(self) -> float:
        """How sure the label is, in (0, 1]."""
        return self.entry.confidence

    @property
    def is_weak(self) -> bool:
        """Tell whether nobody looked: all that is known is how a further step went."""
        return self.entry.what in WEAK


def settle(entries: Iterable[LedgerEntry], at: int) -> Settled | None:
    """Return what is known of a sign-up at a moment; None if that is nothing.

    Of the outcomes known by then (``known_at <= at``) the one that became known last counts; of several known at the
    same time, the one appended last. ``cleared`` withdraws everything that became known before it, weak outcomes
    included. Weak outcomes (how a further step went) count only while no strong one stands, because people fail steps
    and farms buy their passing. Decisions never count: a sign-up is not abusive because it was blocked.

    Args:
        entries: Entries of one sign-up, in the order in which they were appended.
        at: The moment in microseconds.

    Examples:
        >>> said = [LedgerEntry("outcome", 7, b"", 0, known, what, "analyst")
        ...         for known, what in ((1, "step_up_passed"), (5, "abusive"), (9, "cleared"))]
        >>> [found and (found.label, found.known_at) for found in (settle(said, at) for at in (0, 1, 8, 9))]
        [None, (0, 1), (1, 5), None]
    """
    strong = weak = None
    told = [one for one in entries if one.kind == "outcome" and one.known_at <= at]
    for entry in sorted(told, key=lambda one: one.known_at):  # stable: equal times stay as they were appended
        if entry.what == "cleared":
            strong = weak = None
        elif entry.what in WEAK:
            weak = entry
        else:
            strong = entry
    found = strong or weak
    return None if found is None else Settled(_LABELS[found.what], found.known_at, found)


def decided(entries: Iterable[LedgerEntry], at: int) -> LedgerEntry | None:
    """Return the decision that a sign-up was given last by a moment, if it would have been blocked; else None."""
    found = None
    for entry in entries:
        if entry.kind == "decision" and entry.known_at <= at and (found is None or entry.known_at >= found.known_at):
            found = entry
    return found
