"""Build the frame of a figure: a finding as the title, a note below, *synthetic* where it applies, axes of one kind."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from signup_risk.notebook.plots.look import FAINT, INK, PAPER, QUIET, WIDTH
from signup_risk.notebook.plots.plot import Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Characters of a line of the title and of the note, by inch of the figure.
_TITLE_ROOM, _NOTE_ROOM = 8.3, 15.5
_BADGE: Final = "synthetic"


def sheet(height: float = 4.2, width: float = WIDTH) -> Figure:
    """Return an empty figure; to be called within :func:`drawing`.

    Args:
        height: Height in inches.
        width: Width in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", edgecolor=FAINT, linewidth=1.2)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.1, h_pad=0.1, wspace=0.04, hspace=0.04)  # type: ignore[call-arg]
    return figure


def finished(
    figure: Figure, data: pd.DataFrame, *, finding: str, note: str = "", synthetic: bool = False
) -> Plot:
    """Put the finding above, the note below, and return the result.

    Args:
        figure: What was drawn.
        data: The numbers behind it.
        finding: What the figure shows, in one sentence; its title.
        note: How it was measured.
        synthetic: Whether sign-ups or model are simulated.
    """
    from matplotlib.text import Text

    width = figure.get_figwidth()
    room = int(width * _TITLE_ROOM) - (len(_BADGE) if synthetic else 0)
    figure.suptitle(textwrap.fill(finding, room), x=0.015, ha="left", fontsize=12.5, fontweight="bold")
    if synthetic:
        figure.text(
            1 - 0.16 / width, 1 - 0.16 / figure.get_figheight(), _BADGE, ha="right", va="top", fontsize=8.5, color=INK,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "#f4ead0", "edgecolor": "#b98a1e", "linewidth": 0.8},
        )  # fmt: skip
    told = " ".join(part for part in (note, "Synthetic: simulated sign-ups or model." if synthetic else "") if part)
    if told:
        lines = textwrap.fill(told, int(width * _NOTE_ROOM))
        figure.supxlabel(lines, x=0.015, ha="left", fontsize=8, color=QUIET)
    for text in figure.findobj(Text):
        # Names may hold dollar signs; none of ours is a formula.
        text.set_parse_math(False)
    return Plot(figure, data, finding, told, synthetic)


def ticks(axis: Any, places: Sequence[float], write: Callable[[float], str]) -> None:
    """Put ticks at places, written by a function, and none between.

    Args:
        axis: ``axes.xaxis`` or ``axes.yaxis``.
        places: Where.
        write: What to write there.
    """
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    written(axis, write)


def written(axis: Any, write: Callable[[float], str]) -> None:
    """Write the ticks of an axis by a function."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _place: write(value)))


def rows_of_names(axes: Axes, names: list[str]) -> None:
    """Make the vertical axis a list of names, the first at the top, without a line."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines["left"].set_visible(False)


def across(axes: Axes) -> None:
    """Draw faint lines across from the horizontal axis."""
    axes.grid(axis="x")


def halo() -> list[Any]:
    """Return what keeps a label readable on lines and areas."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2.6, foreground=PAPER)]
