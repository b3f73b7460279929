"""Hold what sign-ups have in common, and show it as a table, as text and in a notebook."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields
from html import escape
from typing import Any, Final

import pandas as pd

from signup_risk.campaigns.shapes import legend
from signup_risk.campaigns.texts import counted
from signup_risk.notebook.common.graph import CommonGraph, Edge, Node, drawn

#: Covered rows that are named beside the one that covers them.
_NAMED: Final = 3

_WIDTH: Final = 116


@dataclass(frozen=True, slots=True)
class Shared:
    """Say what some of the chosen sign-ups have in common, and how usual that is among the others.

    Attributes:
        words: What it is, in words.
        traits: Names of the traits: one, or two of a pair.
        values: Their values; None where a value is not to be named.
        family: Signal family of the first.
        chosen: Chosen that show it.
        chosen_known: Chosen of whom it is known.
        others: Others that show it.
        others_known: Others of whom it is known.
        lift: How many times as often the chosen show it, shrunk towards once; see
            :func:`signup_risk.notebook.common.tails.lift`.
        lift_low: Lower end of its 95 % interval.
        lift_high: Upper end.
        bits: Evidence that it is no chance, ``-log2`` of the exact probability that as many of a random choice show it.
        p_value: That probability; of a pair, the largest of three, so that it says more than either part does.
        q_value: Smallest rate of false findings at which it is listed.
        covers: Weaker findings that say nothing beyond this one.
    """

    words: str
    traits: tuple[str, ...]
    values: tuple[str | None, ...]
    family: str
    chosen: int
    chosen_known: int
    others: int
    others_known: int
    lift: float
    lift_low: float
    lift_high: float
    bits: float
    p_value: float
    q_value: float
    covers: tuple[Shared, ...] = ()

    @property
    def share(self) -> float:
        """Return the share of the chosen, of whom it is known, that show it."""
        return self.chosen / self.chosen_known

    @property
    def others_share(self) -> float:
        """Return the share of the others that show it; NaN if it is known of none."""
        return self.others / self.others_known if self.others_known else math.nan

    def to_text(self) -> str:
        """Return the finding as a line.

        Examples:
            >>> Shared("domain example.com", ("email_domain",), ("example.com",), "email", 38, 40, 2, 1000, 55.8, 14,
            ...        220, 150, 1e-45, 1e-42).to_text()
            'domain example.com: 38 of 40 (95%), 0.2% of the others; 56 times as often (14 to 220)'
        """
        usual = "nobody else" if not self.others else f"{_percent(self.others_share)} of the others"
        return (
            f"{self.words}: {self.chosen:,} of {self.chosen_known:,} ({_percent(self.share)}), {usual}; "
            f"{_times(self.lift)} times as often ({_times(self.lift_low)} to {_times(self.lift_high)})"
        )


@dataclass(frozen=True, slots=True, repr=False)
class InCommon:
    """Say what sign-ups have in common, strongest evidence first.

    Attributes:
        chosen: How many sign-ups were chosen.
        background: Of how many.
        tests: Values and pairs that were tested, see :mod:`signup_risk.notebook.common.multiplicity`.
        level: Expected share of false findings among all that were found, at most.
        found: Significant findings, covered ones included.
        rows: The findings that say something of their own.
        nodes: Values of the graph.
        edges: Which of them the chosen show together.
        synthetic: Whether the background is simulated.
    """

    chosen: int
    background: int
    tests: int
    level: float
    found: int
    rows: tuple[Shared, ...]
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    synthetic: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Shared]:
        """Yield the rows."""
        return iter(self.rows)

    def to_frame(self, *, covered: bool = False) -> pd.DataFrame:
        """Return a row a finding, in order.

        Args:
            covered: Whether to add, below each, the weaker findings that say nothing beyond it; ``covered_by`` is then
                the rank of the row that covers them.
        """
        names = [one.name for one in fields(Shared) if one.name not in {"covers", "traits", "values"}]
        told = []
        for rank, row in enumerate(self.rows, start=1):
            told.append(_record(row, names) | {"rank": rank, "covered_by": None})
            if covered:
                told += [_record(one, names) | {"rank": rank, "covered_by": rank} for one in row.covers]
        columns = ["rank", names[0], "traits", *names[1:4], "share", *names[4:6], "others_share", *names[6:]]
        frame = pd.DataFrame(told, columns=[*columns, "also", *(["covered_by"] if covered else [])])
        return frame.astype({"covered_by": "Int64"}) if covered else frame

    def to_text(self, *, top: int | None = 15) -> str:
        """Return the rows as lines for a terminal.

        Args:
            top: How many; all if None.
        """
        lines = [self._heading()]
        for rank, row in enumerate(self.rows[:top], start=1):
            lines.append(f"{rank:>3}. {row.to_text()}")
            if row.covers:
                lines.append(f"     with it: {_also(row)}")
        if top is not None and len(self.rows) > top:
            lines.append(f"     and {counted(len(self.rows) - top, 'more row')}")
        if explained := legend("\n".join(lines).splitlines()):
            lines += textwrap.wrap(explained, _WIDTH)
        return "\n".join(lines)

    def graph(self) -> CommonGraph:
        """Draw which of the strongest values the chosen show together, and return the numbers behind it."""
        return drawn(self.nodes, self.edges, self.chosen, synthetic=self.synthetic)

    def _heading(self) -> str:
        what = "have nothing in common beyond chance" if not self.rows else "have in common"
        of = f"{self.background:,} synthetic ones" if self.synthetic else f"{self.background:,}"
        return (
            f"{counted(self.chosen, 'sign-up')} of {of} {what} "
            f"({self.tests:,} values and pairs tested, at most {_percent(self.level)} of findings false)"
        )

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<InCommon: {self._heading()}, {counted(len(self.rows), 'row')}>"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{rank}</td><td>{escape(row.words)}"
            + (f"<br><small>with it: {escape(_also(row))}</small>" if row.covers else "")
            + f"</td><td>{row.chosen:,} of {row.chosen_known:,} ({_percent(row.share)})</td>"
            f"<td>{_percent(row.others_share)}</td><td>{_times(row.lift)} ({_times(row.lift_low)} to "
            f"{_times(row.lift_high)})</td><td>{row.bits:,.0f}</td></tr>"
            for rank, row in enumerate(self.rows, start=1)
        )
        heads = ("", "in common", "chosen", "others", "times as often (95 %)", "bits")
        head = "".join(f"<th>{name}</th>" for name in heads)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>" if cells else ""
        explained = legend(text for row in self.rows for text in (row.words, _also(row)))
        foot = f"<p><small>{escape(explained)}</small></p>" if explained else ""
        return f"<p>{escape(self._heading())}</p>{table}{foot}"


def _record(row: Shared, names: list[str]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in names}
    more = {"traits": "+".join(row.traits), "share": row.share, "others_share": row.others_share, "also": _also(row)}
    return told | more


def _also(row: Shared) -> str:
    named = "; ".join(one.words for one in row.covers[:_NAMED])
    more = len(row.covers) - _NAMED
    return f"{named}; and {more:,} more" if more > 0 else named


def _percent(share: float) -> str:
    if math.isnan(share):
        return "unknown"
    if 0 < share < 0.0005:
        return "under 0.05%"
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}"


def _times(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 else f"{number:.1f}"
