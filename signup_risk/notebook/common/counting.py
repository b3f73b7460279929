"""Count who shows what: single values, and pairs of coarse ones, among the chosen and among all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from signup_risk.notebook.common.background import UNKNOWN, Codes, Column
from signup_risk.notebook.common.chosen import Bools
from signup_risk.notebook.common.comparison import Comparison
from signup_risk.notebook.common.tails import Floats, Ints
from signup_risk.notebook.common.traits import pairs_of

#: Columns of :attr:`Counts.table`.
HITS, DRAWN, MARKED, TOTAL = range(4)


@dataclass(frozen=True, slots=True)
class Kind:
    """Hold one trait or one pair of traits as a column of codes.

    Attributes:
        parts: Places of the traits.
        codes: Code of each sign-up; :data:`UNKNOWN` if it does not show all parts.
        first: Code of the first part, by the code of the pair; empty of a single trait.
        second: Code of the second part.
    """

    parts: tuple[int, ...]
    codes: Codes
    first: Ints
    second: Ints


@dataclass(frozen=True, slots=True)
class Counts:
    """Hold what is counted of the values of one kind that enough of the chosen show.

    Attributes:
        codes: The values.
        table: Of each: chosen that show it, chosen of whom it is known, all that show it, all of whom it is known.
        sizes: How many values are shown by how many of all, whoever is chosen.
    """

    codes: Ints
    table: Ints
    sizes: Ints


def kinds_of(comparison: Comparison) -> Iterator[Kind]:
    """Yield every trait and every pair; of pairs only values each part of which enough sign-ups show."""
    columns, least = comparison.columns, comparison.least
    nothing = np.zeros(0, dtype=np.int64)
    for place, one in enumerate(columns):
        yield Kind((place,), one.codes, nothing, nothing)
    usual = {place: _frequent(one, least) for place, one in enumerate(columns) if one.trait.in_pairs}
    for first, second in pairs_of(one.trait for one in columns):
        yield _pair((first, second), usual[first], usual[second])


def _frequent(column: Column, least: int) -> Ints:
    """Return the codes with those of rare values unknown; a pair cannot be more frequent than its parts."""
    codes = column.codes.astype(np.int64)
    often = np.bincount(codes[codes != UNKNOWN], minlength=len(column.values) or 1)
    return np.where((codes != UNKNOWN) & (often[codes] >= least), codes, UNKNOWN)


def _pair(places: tuple[int, int], one: Ints, other: Ints) -> Kind:
    known = (one != UNKNOWN) & (other != UNKNOWN)
    width = int(other.max(initial=0)) + 1
    values, numbers = np.unique(one[known] * width + other[known], return_inverse=True)
    codes = np.full(len(one), UNKNOWN, dtype=np.int32)
    codes[known] = numbers
    return Kind(places, codes, values // width, values % width)


def counts_of(kind: Kind, comparison: Comparison) -> Counts:
    """Count the values of a kind.

    A sign-up counts among those of whom a pair is known if it shows any values of both parts, rare ones too.
    """
    chosen, known, shown = comparison.chosen, known_of(kind, comparison.columns), kind.codes != UNKNOWN
    marked = np.bincount(kind.codes[shown], minlength=1)
    hits = np.bincount(kind.codes[shown & chosen], minlength=len(marked))
    often = np.flatnonzero(hits >= comparison.least)
    drawn, total = int((known & chosen).sum()), int(known.sum())
    table = np.stack([hits[often], np.full(len(often), drawn), marked[often], np.full(len(often), total)], axis=1)
    return Counts(often, table.astype(np.int64), marked[marked > 0].astype(np.int64))


def known_of(kind: Kind, columns: Sequence[Column]) -> Bools:
    """Return of which sign-ups all parts of a kind are known."""
    told: Bools = np.logical_and.reduce([columns[place].codes != UNKNOWN for place in kind.parts])
    return told


def log_p_values(kind: Kind, counts: Counts, comparison: Comparison) -> Floats:
    """Return how unlikely it is, as a logarithm, that chance shows each value so often among the chosen.

    A pair is held to more: it has to be over-represented among all, among those that show its first part, and among
    those that show its second. The largest of the three p-values tests that it says more than either part alone.
    """
    columns, chosen, tails = comparison.columns, comparison.chosen, comparison.tails
    found = tails.log_tail(*counts.table.T)
    if len(kind.parts) == 1 or not len(found):
        return found
    both = known_of(kind, columns)
    for part, values in enumerate((kind.first, kind.second)):
        codes = columns[kind.parts[part]].codes
        size = len(columns[kind.parts[part]].values)
        total = np.bincount(codes[both], minlength=size)[values[counts.codes]]
        drawn = np.bincount(codes[both & chosen], minlength=size)[values[counts.codes]]
        given = tails.log_tail(counts.table[:, HITS], drawn, counts.table[:, MARKED], total)
        found = np.maximum(found, given)
    return found
