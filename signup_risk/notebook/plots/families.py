"""Show how much each family of signals adds to the scores of many sign-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signup_risk.notebook.plots.contributions import Contributions, contributions_of
from signup_risk.notebook.plots.figures import plural, signed, signed_short
from signup_risk.notebook.plots.house import across, finished, rows_of_names, sheet, written
from signup_risk.notebook.plots.look import ABUSIVE, INK, LEGITIMATE, QUIET, drawing
from signup_risk.notebook.plots.plot import Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def family_bars(contributions: pd.DataFrame, *, synthetic: bool | None = None) -> Plot:
    """Draw how far each family of signals raises and lowers scores on average.

    What a family adds to one sign-up's score is the sum of its contributions. Where that is above zero it counts to
    the right, else to the left; both are averaged over all sign-ups, so that right minus left is the mean contribution
    of the family, and base value and families add up to the mean raw score.

    Args:
        contributions: Log-odds, one row a sign-up, one column a feature or reason code. A missing one counts as none.
        synthetic: Whether the sign-ups are simulated; told by ``attrs`` by default.

    Returns:
        The plot. ``data``, indexed by family, holds ``raises``, ``lowers`` (zero or below), ``mean``, their sum, and
        ``features``, the number of columns of the family.

    Raises:
        ConfigurationError: The frame is empty or holds what is no number.
    """
    given = contributions_of(contributions, None, synthetic)
    data = _summary(given)
    with drawing():
        figure = sheet(1.6 + 0.36 * len(data))
        axes = figure.subplots()
        _bars(axes, data)
        axes.set_xlabel("mean contribution to the raw score, log-odds")
        first, ways = str(data.index[0]), f"{signed(data['raises'].iloc[0])} and {signed(data['lowers'].iloc[0])}"
        return finished(
            figure,
            data,
            finding=f"Signals of {first} move scores most, by {ways} log-odds on average",
            note=f"Means over {plural(len(given.table), 'sign-up')}; contributions to one are summed by family first.",
            synthetic=given.synthetic,
        )


def _summary(given: Contributions) -> pd.DataFrame:
    families = list(dict.fromkeys(given.families))
    rows = []
    for family in families:
        columns = [place for place, name in enumerate(given.families) if name == family]
        sums = given.table[:, columns].sum(axis=1)
        raises, lowers = float(np.maximum(sums, 0).mean()), float(np.minimum(sums, 0).mean())
        rows.append((raises, lowers, raises + lowers, len(columns)))
    frame = pd.DataFrame(
        rows, columns=["raises", "lowers", "mean", "features"], index=pd.Index(families, name="family")
    )
    size = frame["raises"] - frame["lowers"]
    return frame.loc[size.sort_values(ascending=False, kind="stable").index]


def _bars(axes: Axes, data: pd.DataFrame) -> None:
    places = np.arange(len(data))
    for column, colour in (("raises", ABUSIVE), ("lowers", LEGITIMATE)):
        widths = data[column].to_numpy()
        axes.barh(places, widths, height=0.62, color=colour)
        for place, width in zip(places.tolist(), widths.tolist(), strict=True):
            if width:
                axes.annotate(
                    signed(width), (width, place), xytext=(4 if width > 0 else -4, 0), textcoords="offset points",
                    ha="left" if width > 0 else "right", va="center", fontsize=8.5, color=INK,
                )  # fmt: skip
    axes.axvline(0.0, color=QUIET, linewidth=0.9)
    rows_of_names(axes, [str(name) for name in data.index])
    across(axes)
    axes.margins(x=0.16)
    written(axes.xaxis, signed_short)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -0.12 * high), max(high, -0.12 * low))
    axes.annotate(
        "lowers the score  \u25c2    \u25b8  raises the score", (0.0, 1.0), xycoords=("data", "axes fraction"),
        xytext=(0, 5), textcoords="offset points", ha="center", color=QUIET,
    )  # fmt: skip
