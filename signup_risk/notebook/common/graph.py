"""Draw which values sign-ups show together, so that every label can be read however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from signup_risk.notebook.plots.figures import percent, plural
from signup_risk.notebook.plots.house import finished, sheet
from signup_risk.notebook.plots.look import ACCENT, FAINT, INK, QUIET, WIDTH, drawing
from signup_risk.notebook.plots.names import shown
from signup_risk.notebook.plots.plot import Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Values drawn, the strongest first.
MOST_NODES: Final = 16

#: Of the sign-ups that show either of two values, the share that shows both, for an arc where no pair is listed.
_DRAWN: Final = 0.4

_LONGEST: Final = 54

#: Room of a figure for words and arcs, of a character, and from the dots to where shares and words end, in inches.
_ROOM, _CHARACTER, _TO_SHARE, _TO_WORDS = WIDTH - 0.2, 0.09, 0.2, 0.75

_NOTE: Final = (
    "A dot's area is the share of the chosen that show the value. Arcs join values that the same sign-ups show, wider "
    "the more they overlap; dark ones are pairs that say more than either value alone."
)


@dataclass(frozen=True, slots=True)
class Node:
    """Hold a value.

    Attributes:
        words: It in words.
        family: Its signal family.
        chosen: Chosen sign-ups that show it.
    """

    words: str
    family: str
    chosen: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Hold two values that chosen sign-ups show together.

    Attributes:
        first: Number of the one.
        second: Number of the other.
        both: Chosen sign-ups that show both.
        is_pair: Whether the pair is listed: it says more than either.
    """

    first: int
    second: int
    both: int
    is_pair: bool


@dataclass(frozen=True, eq=False, repr=False)
class CommonGraph(Plot):
    """Hold the drawing and the numbers behind it.

    Attributes:
        edges: A row a pair of values: first, second (rows of ``nodes``), both, is_pair, overlap (of those that show
            either, the share that shows both), is_drawn.
    """

    edges: pd.DataFrame

    @property
    def nodes(self) -> pd.DataFrame:
        """Return a row a value: words, family, chosen, share, place (0 at the top); the same as ``data``."""
        return self.data


def drawn(nodes: Sequence[Node], edges: Sequence[Edge], chosen: int, *, synthetic: bool = False) -> CommonGraph:
    """Draw values one below another, those that go together near each other, joined by arcs.

    Args:
        nodes: The values.
        edges: Which go together.
        chosen: Number of chosen sign-ups.
        synthetic: Whether the sign-ups are simulated.
    """
    overlaps = [edge.both / (nodes[edge.first].chosen + nodes[edge.second].chosen - edge.both) for edge in edges]
    told = pd.DataFrame([asdict(node) for node in nodes], columns=["words", "family", "chosen"])
    told["share"] = told["chosen"].astype("float64") / chosen
    told["place"] = _places(len(nodes), edges, overlaps)
    joined = pd.DataFrame([asdict(edge) for edge in edges], columns=["first", "second", "both", "is_pair"])
    joined["overlap"] = pd.Series(overlaps, dtype="float64")
    joined["is_drawn"] = joined["is_pair"].astype(bool) | (joined["overlap"] >= _DRAWN)
    with drawing():
        figure = sheet(height=1.5 + 0.36 * max(3, len(nodes)))
        _draw(figure.subplots(), told, joined)
        finding = f"{plural(chosen, 'sign-up')} and what they show together" if nodes else "Nothing beyond chance"
        plot = finished(figure, told, finding=finding, note=_NOTE if nodes else "", synthetic=synthetic)
    return CommonGraph(plot.figure, plot.data, plot.finding, plot.note, plot.synthetic, joined)


def _places(count: int, edges: Sequence[Edge], overlaps: Sequence[float]) -> list[int]:
    """Return where each value stands: after the strongest comes whichever goes best with the one above, and so on."""
    joined = {(edge.first, edge.second): overlap for edge, overlap in zip(edges, overlaps, strict=True)}
    order: list[int] = []
    left = list(range(count))
    while left:
        above = order[-1] if order else -1
        nearest = max(left, key=lambda one: (joined.get((min(one, above), max(one, above)), 0.0), -one))
        left.remove(nearest)
        order.append(nearest)
    return [order.index(number) for number in range(count)]


def _draw(axes: Axes, nodes: pd.DataFrame, edges: pd.DataFrame) -> None:
    axes.set_axis_off()
    inch = _inch(nodes["words"])
    axes.set(xlim=(1.0 - _ROOM * inch, 1.0), ylim=(len(nodes) - 0.4, -0.6))
    axes.plot([0.0, 0.0], [-0.4, len(nodes) - 0.6], color=FAINT, linewidth=1.0, zorder=1)
    places = nodes["place"].tolist()
    for edge in edges[edges["is_drawn"]].sort_values("is_pair").itertuples():
        _arc(axes, places[int(edge.first)], places[int(edge.second)], len(nodes), edge)
    for node in nodes.itertuples():
        place = float(node.place)
        axes.scatter([0.0], [place], s=25 + 200 * float(node.share), color=ACCENT, zorder=4)
        axes.text(-_TO_WORDS * inch, place, shown(node.words, _LONGEST), ha="right", va="center", color=INK)
        share = percent(round(float(node.share), 2))
        axes.text(-_TO_SHARE * inch, place, share, ha="right", va="center", color=QUIET, fontsize=8.5)


def _inch(words: pd.Series[Any]) -> float:
    """Return an inch in the unit of the arcs, of which the widest takes what the longest words leave."""
    wide = _CHARACTER * max((len(shown(text, _LONGEST)) for text in words.tolist()), default=0)
    return 1.0 / (_ROOM - _TO_WORDS - wide)


def _arc(axes: Axes, one: int, other: int, count: int, edge: Any) -> None:
    """Draw half an ellipse between two places; long ones reach further out."""
    from matplotlib.patches import Arc

    height = abs(one - other)
    arc = Arc(
        (0.0, (one + other) / 2),
        width=1.9 * (0.15 + 0.85 * height / max(1, count - 1)),
        height=height,
        theta1=-90,
        theta2=90,
        linewidth=0.6 + 3.2 * float(edge.overlap),
        color=INK if edge.is_pair else FAINT,
        zorder=3 if edge.is_pair else 2,
    )
    axes.add_patch(arc)
