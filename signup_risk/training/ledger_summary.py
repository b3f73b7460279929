"""Say what a ledger holds, how late outcomes become known, and how often blocking is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from signup_risk.stores import LedgerEntry, settle
from signup_risk.stores.settle import decided
from signup_risk.stores.windows import DAY
from signup_risk.training.evaluate.intervals import Share, weighted_wilson


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """Hold what a ledger says as of a moment.

    Attributes:
        outcomes: How many entries there are of each outcome and source.
        signups: Sign-ups of which an outcome counts: abusive, legitimate, and how many of these are weak.
        delay_days: Median and 90th percentile of the days from when it happened until it was known; None without any.
        blocks: Sign-ups that would have been blocked: blocked, let through by chance, watched in shadow, and, of the
            blocked, those whose block was certain.
        explored: Share of those let through among those of whom chance decided.
        wrongly_blocked: Share of legitimate sign-ups among those that would be blocked, from those let through of whom
            a strong outcome is known, each standing for 1 / propensity; Wilson's interval for what weights are worth.
        unsettled: Sign-ups let through of which nothing strong is known yet, and which the share leaves out.
    """

    outcomes: dict[str, dict[str, int]]
    signups: dict[str, int]
    delay_days: dict[str, float | None]
    blocks: dict[str, int]
    explored: float | None
    wrongly_blocked: Share
    unsettled: int

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return asdict(self)


def summarize(entries: Iterable[LedgerEntry], as_of: int) -> LedgerSummary:
    """Sum a ledger up.

    Args:
        entries: All of it, in order.
        as_of: The moment in microseconds; what became known later is left out.
    """
    by_name: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.known_at <= as_of:
            by_name[entry.name].append(entry)
    told = [entry for own in by_name.values() for entry in own if entry.kind == "outcome"]
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in told:
        outcomes[entry.what][entry.source] += 1
    blocks, explored = _blocks(by_name.values(), as_of)
    settled = [(label, weight) for label, weight in explored if label is not None]
    tried = blocks["let through"] + blocks["blocked"] - blocks["blocked for certain"]
    return LedgerSummary(
        {what: dict(sorted(sources.items())) for what, sources in sorted(outcomes.items())},
        _signups(by_name.values(), as_of),
        _delays([max(0, entry.known_at - entry.at) / DAY for entry in told]),
        blocks,
        blocks["let through"] / tried if tried else None,
        weighted_wilson(np.array([label == 0 for label, _ in settled], bool), np.array([w for _, w in settled])),
        len(explored) - len(settled),
    )


def _blocks(
    signups: Iterable[list[LedgerEntry]], as_of: int
) -> tuple[dict[str, int], list[tuple[int | None, float]]]:
    """Count what became of would-be blocks; return label and weight of those let through as well."""
    blocks = dict.fromkeys(("blocked", "blocked for certain", "let through", "watched"), 0)
    explored = []
    for own in signups:
        decision = decided(own, as_of)
        if decision is None:
            continue
        certain = decision.propensity == 1.0
        if decision.what == "block":
            blocks["blocked"] += 1
            blocks["blocked for certain"] += certain
        elif certain:
            blocks["watched"] += 1
        else:
            blocks["let through"] += 1
            found = settle(own, as_of)
            explored.append((None if found is None or found.is_weak else found.label, 1.0 / decision.propensity))
    return blocks, explored


def _signups(signups: Iterable[list[LedgerEntry]], as_of: int) -> dict[str, int]:
    found = [one for own in signups if (one := settle(own, as_of)) is not None]
    abusive = sum(one.label for one in found)
    return {"abusive": abusive, "legitimate": len(found) - abusive, "weak": sum(one.is_weak for one in found)}


def _delays(days: list[float]) -> dict[str, float | None]:
    if not days:
        return {"median": None, "p90": None}
    median, p90 = np.quantile(days, (0.5, 0.9)).tolist()
    return {"median": median, "p90": p90}
