"""Draw which values sign-ups show together, so that every label can be read however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Values drawn, the strongest first.
MOST_NODES: Final = 16

#: Share of the sign-ups that show either of two values, that show both, for an arc to be drawn where no pair is listed.
_DRAWN: Final = 0.25

#: Colours of families, told apart by people who see no red or green (Okabe and Ito 2008).
_COLOURS: Final = {
    "email": "#0072b2", "geo": "#009e73", "device": "#d55e00", "payment": "#cc79a7", "phone": "#56b4e9",
    "identity": "#e69f00", "session": "#7f7f7f", "custom": "#8c6d31",
}  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class CommonGraph:
    """Hold a drawing and the numbers behind it.

    Attributes:
        figure: The drawing, a matplotlib figure.
        nodes: A row a value: words, family, chosen, share, place (0 at the top).
        edges: A row a pair of values: first, second (numbers of nodes), both, overlap (of those that show either, the
            share that shows both), is_pair, is_drawn.
    """

    figure: Figure
    nodes: pd.DataFrame
    edges: pd.DataFrame


def drawn(nodes: Sequence[Node], edges: Sequence[Edge], chosen: int) -> CommonGraph:
    """Draw values one below another, those that go together near each other, joined by arcs.

    A dot's area is the share of the chosen that show the value, an arc's width how much two values overlap; arcs of
    listed pairs are dark.

    Args:
        nodes: The values.
        edges: Which go together.
        chosen: Number of chosen sign-ups.
    """
    overlaps = [edge.both / (nodes[edge.first].chosen + nodes[edge.second].chosen - edge.both) for edge in edges]
    places = _places(len(nodes), edges, overlaps)
    told = pd.DataFrame([asdict(node) for node in nodes], columns=["words", "family", "chosen"])
    told["share"] = told["chosen"] / chosen
    told["place"] = places
    joined = pd.DataFrame([asdict(edge) for edge in edges], columns=["first", "second", "both", "is_pair"])
    joined.insert(3, "overlap", pd.Series(overlaps, dtype="float64"))
    joined["is_drawn"] = joined["is_pair"].astype(bool) | (joined["overlap"] >= _DRAWN)
    return CommonGraph(_figure(told, joined, chosen), told, joined)


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


def _figure(nodes: pd.DataFrame, edges: pd.DataFrame, chosen: int) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 1.0 + 0.42 * max(3, len(nodes))), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-1.0, 1.0), ylim=(len(nodes) - 0.4, -0.9))
    axes.set_title(f"What {chosen:,} sign-ups show together", loc="left", fontsize=11)
    for edge in edges[edges["is_drawn"]].itertuples():
        _arc(axes, *(int(nodes["place"].iloc[end]) for end in (edge.first, edge.second)), len(nodes), edge)
    for node in nodes.itertuples():
        colour = _COLOURS.get(str(node.family), "#7f7f7f")
        axes.scatter([0.0], [node.place], s=30 + 220 * float(node.share), color=colour, zorder=3)
        text, beside = f"{_plain(node.words)}  {node.share:.0%}", {"textcoords": "offset points", "ha": "right"}
        axes.annotate(text, (0.0, node.place), (-14, 0), va="center", fontsize=9, **beside)
    return figure


def _arc(axes: Any, one: int, other: int, count: int, edge: Any) -> None:
    """Draw half an ellipse between two places; long ones reach further out."""
    from matplotlib.patches import Arc

    height = abs(one - other)
    colour, alpha = ("#333333", 0.9) if edge.is_pair else ("#888888", 0.5)
    arc = Arc(
        (0.0, (one + other) / 2),
        width=1.8 * height / max(1, count - 1),
        height=height,
        theta1=-90,
        theta2=90,
        linewidth=0.6 + 3.0 * float(edge.overlap),
        color=colour,
        alpha=alpha,
    )
    axes.add_patch(arc)


def _plain(words: str) -> str:
    """Return words that matplotlib draws as they stand: a dollar sign would begin a formula."""
    return words.replace("$", r"\$")
