"""Take rulings back: what the ledger does not have goes, what it has is followed by what stood without it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from signup_risk.notebook.review.ruling import Ruling
from signup_risk.scorer import Scorer
from signup_risk.scorer.times import microseconds
from signup_risk.stores import LedgerEntry


def taken_back(held: Sequence[Ruling], step: int, moment: datetime) -> list[Ruling]:
    """Return the rulings on a sign-up with those of a step taken back.

    What was never written goes. What the ledger has, or may have, is followed by a ruling that takes it back, not
    earlier than it: what became known last is what counts.

    Args:
        held: All rulings on the sign-up, in order.
        step: Which call of ``decide`` to take back.
        moment: When it is taken back.
    """
    kept = [one for one in held if one.step < step or one.state != "open"]
    undone = [one for one in kept if one.step >= step]
    if not undone:
        return kept
    at = max([moment, *(one.at for one in undone)])
    earlier = [one for one in kept if one.step < step]
    if earlier and earlier[-1].state == "open":  # never written, as a later ruling took its place; now it counts again
        return [*(one for one in kept if one is not earlier[-1]), replace(earlier[-1], at=at)]
    taking = replace(undone[-1], outcome="cleared", at=at, note="taken back", confidence=1.0, state="open")
    return [*kept, replace(taking, step=step, takes_back=True)]


def standing(held: Sequence[Ruling]) -> Ruling | None:
    """Return the ruling on a sign-up that holds; None if there is none, or all were taken back."""
    while held and held[-1].takes_back:
        held = [one for one in held if one.step < held[-1].step]
    return held[-1] if held else None


def without(scorer: Scorer, said: Iterable[LedgerEntry], undone: Collection[Ruling]) -> list[LedgerEntry]:
    """Return what was said of a sign-up without what rulings say, told by their time and the hand."""
    theirs = {(microseconds(one.at), hand) for one in undone for hand in scorer.outcomes.hands(one.by)}
    return [entry for entry in said if (entry.known_at, entry.by) not in theirs]


def undone_by(ruling: Ruling, held: Iterable[Ruling]) -> list[Ruling]:
    """Return the rulings that one takes back: those of its step and later ones, itself included."""
    return [one for one in held if one.step >= ruling.step] if ruling.takes_back else []


def steps_left(rulings: Mapping[str, Sequence[Ruling]]) -> list[tuple[int, list[str]]]:
    """Return the calls of ``decide`` that can be taken back once a queue was read: those not known to be written."""
    steps: dict[int, list[str]] = {}
    for name, held in rulings.items():
        for place, one in enumerate(held):
            is_gone = any(later.takes_back and later.step <= one.step for later in held[place + 1 :])
            if one.state != "written" and not one.takes_back and not is_gone:
                steps.setdefault(one.step, []).append(name)
    return sorted(steps.items())
