"""Ask what some sign-ups have in common, against the background that they are of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final, Literal

import numpy as np

from signup_risk.campaigns.shared import LEAST_MEMBERS
from signup_risk.errors import ConfigurationError
from signup_risk.notebook.common.background import Background, Column, Signups
from signup_risk.notebook.common.chosen import Chosen
from signup_risk.notebook.common.comparison import Comparison
from signup_risk.notebook.common.counting import DRAWN, HITS, MARKED, TOTAL, counts_of, kinds_of, log_p_values
from signup_risk.notebook.common.graph import MOST_NODES, Edge, Node
from signup_risk.notebook.common.multiplicity import log_q_values, within_reach
from signup_risk.notebook.common.redundancy import Finding, without_repeats
from signup_risk.notebook.common.result import InCommon, Shared
from signup_risk.notebook.common.tails import lift
from signup_risk.notebook.common.traits import Trait
from signup_risk.references import References
from signup_risk.scorer.progress import Progress, bars

Values = Literal["hidden", "shown"]

#: Fewest of the chosen that make something shared.
LEAST: Final = 3

#: Weaker findings compared with stronger ones, the strongest first; a background has no use for more.
_MOST_FOUND: Final = 4000


def in_common(  # noqa: PLR0913 - who, of whom, and how it is told
    chosen: Chosen,
    background: Background | Signups,
    *,
    values: Values = "hidden",
    level: float = 0.05,
    least: int = LEAST,
    most: int = 30,
    references: References | None = None,
    ignore: Collection[str] = (),
    progress: Progress = bars,
) -> InCommon:
    """Rank what sign-ups have in common by the evidence that it is no chance.

    Compared are values (a device, a network, a domain), shapes (of mailboxes, names, addresses), coarse facts (a time
    zone, a band of time on the form), what was given at all, and pairs of coarse values. A pair is listed only if it
    says more than either of its parts, and anything only if it says more than every row above it.

    It answers for the choice that was made: what sign-ups were chosen *by* they will have in common, and a crowd has
    much in common too. It is a description, not a verdict.

    Args:
        chosen: A mask of one truth value a row, a query over the frame, ids, or a frame of some of the sign-ups.
        background: All sign-ups, the chosen among them: a frame, mappings, or what :meth:`Background.read` made of
            them, to ask several questions at the cost of one reading (below a millisecond a sign-up).
        values: Whether values that are somebody's own (a device, a card, a name), or that fewer than five sign-ups
            show, are ``shown`` or ``hidden``. Hidden ones are numbered.
        level: Expected share of false findings, at most; see :mod:`signup_risk.notebook.common.multiplicity`.
        least: Fewest of the chosen that make something shared.
        most: Most rows.
        references: What is looked up, if a frame or mappings are given.
        ignore: Columns of the frame that are no fields.
        progress: Shows how far the reading is.

    Raises:
        ConfigurationError: An argument cannot be used, or the chosen are not all in the background.

    Examples:
        >>> signups = [{"signup_id": str(n), "at": "2026-06-01T12:00:00Z", "device": {"id": f"d{max(n, 12)}"}}
        ...            for n in range(200)]
        >>> found = in_common([str(n) for n in range(12)], signups)
        >>> print(found.rows[0].to_text())
        one device (no. 1): 12 of 12 (100%), 0.5% of the others; 21 times as often (11 to 39)
    """
    if values not in ("hidden", "shown"):
        raise ConfigurationError(f"values is {str(values)[:20]!r}; use 'hidden' or 'shown'")
    if not isinstance(level, float) or not 0.0 < level < 1.0:
        raise ConfigurationError(f"level is {str(level)[:20]}; give a rate of false findings between 0 and 1, as 0.05")
    if min(least, most) < 1:
        raise ConfigurationError(f"least is {least} and most is {most}; give whole numbers from 1")
    if not isinstance(background, Background):
        background = Background.read(background, references=references, ignore=ignore, progress=progress)
    comparison = Comparison(background.columns, background.mask(chosen), level, least)
    return _answer(comparison, most, shown=values == "shown", synthetic=background.synthetic)


def _answer(comparison: Comparison, most: int, *, shown: bool, synthetic: bool) -> InCommon:
    tests, findings = _findings(comparison)
    kept = without_repeats(findings[:_MOST_FOUND], comparison, most)
    words = _Words(comparison.columns, shown)
    told = [_row(one, words) for one in kept]  # all of them before what they cover, so that they are numbered first
    covered = [tuple(_row(other, words) for other in one.covers) for one in kept]
    rows = tuple(replace(row, covers=covers) for row, covers in zip(told, covered, strict=True))
    nodes, edges = _graph(kept, words, comparison)
    asked = (comparison.drawn, comparison.total, tests, comparison.level, len(findings))
    return InCommon(*asked, rows, nodes, edges, synthetic)


def _findings(comparison: Comparison) -> tuple[int, list[Finding]]:
    """Return the number of tests and the significant findings, strongest first."""
    found: list[Finding] = []
    sizes: Counter[int] = Counter()
    for kind in kinds_of(comparison):
        counts = counts_of(kind, comparison)
        sizes.update(counts.sizes.tolist())
        log_p = log_p_values(kind, counts, comparison)
        for place in np.flatnonzero(log_p <= math.log(comparison.level)):
            table = counts.table[place]
            own = float(comparison.tails.log_tail(*table[:, None])[0])
            found.append(Finding(kind, int(counts.codes[place]), table, float(log_p[place]), 0.0, own))
    kept = _within_reach(sizes, comparison)
    tests = sum(count for size, count in sizes.items() if size in kept)
    return tests, _significant([one for one in found if int(one.table[MARKED]) in kept], tests, comparison.level)


def _within_reach(sizes: Counter[int], comparison: Comparison) -> frozenset[int]:
    known, counts = (np.array(list(part), dtype=np.int64) for part in (sizes.keys(), sizes.values()))
    return frozenset(within_reach(known, counts, comparison).tolist())


def _significant(found: list[Finding], tests: int, level: float) -> list[Finding]:
    log_q = log_q_values(np.array([one.log_p for one in found]), tests)
    for one, q in zip(found, log_q.tolist(), strict=True):
        one.log_q = q
    return sorted((one for one in found if one.log_q <= math.log(level)), key=lambda one: one.log_own)


class _Words:
    """Say values; those that are not to be named are numbered in the order in which they are asked for."""

    def __init__(self, columns: Sequence[Column], shown: bool) -> None:
        self._columns = columns
        self._shown = shown
        self._numbers: dict[int, dict[int, int]] = {}

    def trait(self, place: int) -> Trait:
        """Return a trait."""
        return self._columns[place].trait

    def value(self, place: int, code: int) -> str | None:
        """Return a value, or None if it is not to be named."""
        column = self._columns[place]
        if self._shown:
            return column.values[code]
        is_rare = int((column.codes == code).sum()) < LEAST_MEMBERS
        return None if column.trait.is_private or is_rare else column.values[code]

    def of(self, place: int, code: int) -> str:
        """Return the words of a value."""
        value, trait = self.value(place, code), self.trait(place)
        if value is not None:
            return trait.words(value)
        numbers = self._numbers.setdefault(place, {})
        return trait.words(None, numbers.setdefault(code, len(numbers) + 1))


def _parts(one: Finding) -> list[tuple[int, int]]:
    """Return the values of a finding: place of the trait, and code."""
    kind = one.kind
    if len(kind.parts) == 1:
        return [(kind.parts[0], one.code)]
    return [(kind.parts[0], int(kind.first[one.code])), (kind.parts[1], int(kind.second[one.code]))]


def _row(one: Finding, words: _Words) -> Shared:
    table = one.table[:, None]
    others, rest = table[MARKED] - table[HITS], table[TOTAL] - table[DRAWN]
    ratio, low, high = (float(found[0]) for found in lift(table[HITS], table[DRAWN], others, rest))
    parts = _parts(one)
    traits = [words.trait(place) for place, _ in parts]
    return Shared(
        words=" and ".join(words.of(*part) for part in parts),
        traits=tuple(trait.name for trait in traits),
        values=tuple(words.value(*part) for part in parts),
        family=traits[0].family,
        chosen=int(one.table[HITS]),
        chosen_known=int(one.table[DRAWN]),
        others=int(others[0]),
        others_known=int(rest[0]),
        lift=ratio,
        lift_low=low,
        lift_high=high,
        bits=-one.log_own / math.log(2),
        p_value=math.exp(one.log_p),
        q_value=math.exp(one.log_q),
    )


def _graph(kept: Sequence[Finding], words: _Words, comparison: Comparison) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Return the values of the strongest findings, and which of them the chosen show together."""
    parts = list(dict.fromkeys(part for one in kept for part in _parts(one)))[:MOST_NODES]
    shown = [(comparison.columns[place].codes == code) & comparison.chosen for place, code in parts]
    nodes = tuple(
        Node(words.of(place, code), words.trait(place).family, int(mask.sum()))
        for (place, code), mask in zip(parts, shown, strict=True)
    )
    pairs = {frozenset(_parts(one)) for one in kept if len(one.kind.parts) > 1}
    edges = tuple(
        Edge(one, two, both, frozenset((parts[one], parts[two])) in pairs)
        for one, two in combinations(range(len(parts)), 2)
        if (both := int((shown[one] & shown[two]).sum())) >= comparison.least
    )
    return nodes, edges
