"""Leave out what says nothing that a stronger row does not say already."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from signup_risk.notebook.common.background import UNKNOWN
from signup_risk.notebook.common.chosen import Bools
from signup_risk.notebook.common.comparison import Comparison
from signup_risk.notebook.common.counting import Kind, known_of
from signup_risk.notebook.common.tails import Ints


@dataclass(slots=True)
class Finding:
    """Hold a significant value or pair while rows are chosen.

    Attributes:
        kind: What it is of.
        code: Its value.
        table: Chosen that show it, chosen of whom it is known, all that show it, all of whom it is known.
        log_p: Logarithm of its p-value; of a pair, of the largest of three.
        log_q: Logarithm of its q-value.
        log_own: Logarithm of the p-value among all, by which rows are ranked.
        covers: Findings that say nothing beyond this one.
    """

    kind: Kind
    code: int
    table: Ints
    log_p: float
    log_q: float
    log_own: float
    covers: list[Finding] = field(default_factory=list)

    def shows(self) -> Bools:
        """Return which sign-ups show it."""
        told: Bools = self.kind.codes == self.code
        return told


def without_repeats(findings: Sequence[Finding], comparison: Comparison, most: int) -> list[Finding]:
    """Return the findings that say something of their own, strongest first; each holds the weaker ones that it covers.

    A finding says nothing beyond a stronger one if it is over-represented neither among the sign-ups that show the
    stronger one nor among those that do not: whoever knows the stronger one gains nothing. The level of that question
    is divided by the number of findings, so that of many none is kept by chance.

    Args:
        findings: Significant values and pairs.
        comparison: What they were found by.
        most: Most findings returned.
    """
    left = sorted(findings, key=lambda one: (one.log_own, len(one.kind.parts), one.kind.parts, one.code))
    bar = math.log(comparison.level / (2 * max(1, len(left))))
    kept: list[Finding] = []
    while left and len(kept) < most:
        strongest, *left = left
        kept.append(strongest)
        said = _says_more(left, strongest.shows(), comparison, bar)
        covered = [one for one, more in zip(left, said, strict=True) if not more]
        strongest.covers = sorted(covered, key=lambda one: len(one.kind.parts))  # what is simple is said first
        left = [one for one, more in zip(left, said, strict=True) if more]
    return kept


def _says_more(left: Sequence[Finding], stronger: Bools, comparison: Comparison, bar: float) -> list[bool]:
    """Say of each finding whether it is over-represented beside a stronger one, or within it."""
    if not left:
        return []
    inside = np.array(list(_tables(left, stronger, comparison)), dtype=np.int64)
    outside = np.array([one.table for one in left], dtype=np.int64) - inside
    tails = comparison.tails
    best = np.minimum(tails.log_tail(*inside.T), tails.log_tail(*outside.T))
    return [bool(found <= bar) for found in best]


def _tables(
    left: Sequence[Finding], stronger: Bools, comparison: Comparison
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the counts of findings among the sign-ups that show a stronger one, a kind worked out once."""
    held: dict[tuple[int, ...], tuple[Ints, Ints, int, int]] = {}
    both = stronger & comparison.chosen
    for one in left:
        kind = one.kind
        if kind.parts not in held:
            shown = kind.codes != UNKNOWN
            known = known_of(kind, comparison.columns)
            held[kind.parts] = (
                np.bincount(kind.codes[both & shown], minlength=1),
                np.bincount(kind.codes[stronger & shown], minlength=1),
                int((both & known).sum()),
                int((stronger & known).sum()),
            )
        hits, marked, drawn, total = held[kind.parts]
        yield _at(hits, one.code), drawn, _at(marked, one.code), total


def _at(counts: Ints, code: int) -> int:
    return int(counts[code]) if code < len(counts) else 0
