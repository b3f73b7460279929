"""Show what moves the scores of many sign-ups: one dot a sign-up on each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.notebook.plots.contributions import Contributions, contributions_of
from signup_risk.notebook.plots.figures import plural, signed, signed_short
from signup_risk.notebook.plots.house import across, finished, rows_of_names, sheet, written
from signup_risk.notebook.plots.look import INK, QUIET, RAMP, UNKNOWN, drawing
from signup_risk.notebook.plots.names import shown, shown_apart
from signup_risk.notebook.plots.plot import Plot
from signup_risk.training.evaluate.sample import Floats, Ints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Dots of one row; more cannot be told apart.
_DOTS: Final = 1500
_BINS: Final = 120
#: Half of the height that a row may take.
_HALF: Final = 0.4
#: Dots on top of each other from which on a row is squeezed to keep within its height.
_PILE: Final = 14


def beeswarm(
    contributions: pd.DataFrame,
    values: pd.DataFrame | None = None,
    *,
    top: int = 15,
    synthetic: bool | None = None,
) -> Plot:
    """Draw what each feature, or reason, adds to the scores of many sign-ups, the strongest first.

    Args:
        contributions: Log-odds, one row a sign-up, one column a feature or reason code. A missing one counts as none.
        values: Values of the features, a column each, row for row of the same sign-ups; they shade the dots from low
            (light) to high (dark). A replayed history has them: ``pd.DataFrame(table.rows, columns=table.names)``, in
            the order of time. Of reason codes there are none.
        top: Rows to draw; ``data`` has all.
        synthetic: Whether the sign-ups are simulated; told by ``attrs`` by default.

    Returns:
        The plot. ``data``, indexed by feature, holds ``family``, ``mean_abs``, ``mean``, the quantiles ``p05``, ``p50``
        and ``p95`` of the contributions, and ``raises``, the share of sign-ups whose score it raises.

    Raises:
        ConfigurationError: A frame is empty or holds what is no number, or the two do not fit.
    """
    given = contributions_of(contributions, values, synthetic)
    order = np.argsort(-np.abs(given.table).mean(axis=0), kind="stable")
    data = _summary(given, order)
    with drawing():
        rows = min(top, len(order))
        figure = sheet(1.7 + 0.31 * rows)
        axes = figure.subplots()
        _rows(axes, given, order, rows)
        written(axes.xaxis, signed_short)
        axes.set_xlabel("contribution to the raw score, log-odds")
        if given.amounts is not None:
            _key(axes)
        first, strength = str(data.index[0]), float(data["mean_abs"].iloc[0])
        return finished(
            figure,
            data,
            finding=f"{shown(first)} moves scores most, by {strength:.2f} log-odds on average",
            note=_note(given, order[rows:]),
            synthetic=given.synthetic,
        )


def _note(given: Contributions, hidden: Ints) -> str:
    drawn = f", {_DOTS:,} of them drawn" if len(given.table) > _DOTS else ""
    said = f"One dot for each of {plural(len(given.table), 'sign-up')}{drawn}. Left of zero trusted, right of it risky."
    if not len(hidden):
        return said
    rest = given.table[:, hidden].sum(axis=1)
    ends = f"{signed(float(rest.min()), 1)} to {signed(float(rest.max()), 1)}"
    return f"{said} The {len(hidden):,} others together add {ends}, on average {signed(float(rest.mean()))}."


def _summary(given: Contributions, order: Ints) -> pd.DataFrame:
    table = given.table[:, order]
    quantiles = np.quantile(table, (0.05, 0.5, 0.95), axis=0)
    columns = {
        "family": [given.families[place] for place in order.tolist()],
        "mean_abs": np.abs(table).mean(axis=0),
        "mean": table.mean(axis=0),
        "p05": quantiles[0],
        "p50": quantiles[1],
        "p95": quantiles[2],
        "raises": (table > 0).mean(axis=0),
    }
    return pd.DataFrame(columns, index=pd.Index([given.names[i] for i in order.tolist()], name="feature"))


def _rows(axes: Axes, given: Contributions, order: Ints, rows: int) -> None:
    step = max(1, -(-len(given.table) // _DOTS))
    table = given.table[::step]
    shades = None if given.amounts is None else given.amounts[::step]
    axes.axvline(0.0, color=QUIET, linewidth=0.9, zorder=1)
    names = shown_apart([given.names[place] for place in order[:rows].tolist()])
    size = 11.0 if len(table) <= 300 else 6.0
    wide = float(np.ptp(table[:, order[:rows]]))
    for row, place in enumerate(order[:rows].tolist()):
        found = table[:, place]
        colours = _shades(None if shades is None else shades[:, place], found)
        axes.scatter(found, row + _spread(found, wide), c=colours, s=size, linewidths=0, alpha=0.85, zorder=2)
    rows_of_names(axes, names)
    across(axes)


def _spread(found: Floats, wide: float) -> Floats:
    """Return how far each dot lies from the middle of its row, so that those of like value lie beside each other."""
    bins = np.floor(found / (wide / _BINS or 1.0)).astype(np.int64)
    order = np.argsort(bins, kind="stable")
    _, starts, sizes = np.unique(bins[order], return_index=True, return_counts=True)
    place = np.arange(len(found)) - np.repeat(starts, sizes)
    # 0, 1, -1, 2, -2, ...: the pile grows from the middle to both sides.
    side = np.where(place % 2, 1, -1) * ((place + 1) // 2)
    offsets = np.empty(len(found))
    offsets[order] = side * (2 * _HALF / max(_PILE, int(sizes.max(initial=1))))
    return offsets


def _shades(values: Floats | None, found: Floats) -> list[tuple[float, ...]] | str | np.ndarray:
    """Return a colour a dot: by the rank of its value, so that one huge value does not make all others alike."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    if values is None:
        return np.where(found[:, None] > 0, np.asarray([to_rgba(RAMP[-1])]), np.asarray([to_rgba(RAMP[0])]))
    known = ~np.isnan(values)
    colours = np.tile(np.asarray(to_rgba(UNKNOWN)), (len(values), 1))
    if known.any():
        _, ranks = np.unique(values[known], return_inverse=True)
        ramp = LinearSegmentedColormap.from_list("ramp", list(RAMP))
        colours[known] = ramp(ranks / max(1, int(ranks.max(initial=0))))
    return colours


def _key(axes: Axes) -> None:
    """Say what the shades mean, in one line above the axes."""
    from matplotlib.lines import Line2D

    kinds = (("low value", RAMP[0]), ("high value", RAMP[-1]), ("unknown", UNKNOWN))
    dots = [Line2D([], [], marker="o", linestyle="", markersize=5, color=colour, label=name) for name, colour in kinds]
    axes.legend(
        handles=dots, ncols=3, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, handletextpad=0.1,
        columnspacing=1.4, labelcolor=INK,
    )  # fmt: skip
