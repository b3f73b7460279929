"""Show how many sign-ups come, what is decided about them, and when campaigns run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.calendar import DAY, date_axis, places_of
from signup_risk.notebook.plots.figures import count, percent, plural, short
from signup_risk.notebook.plots.frames import decision_ranks, groups, is_synthetic, require, times
from signup_risk.notebook.plots.house import finished, halo, sheet, written
from signup_risk.notebook.plots.look import ABUSIVE, DECISIONS, FAINT, INK, UNKNOWN, drawing
from signup_risk.notebook.plots.names import shown, shown_apart
from signup_risk.notebook.plots.plot import Plot
from signup_risk.policy.decision import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Bars of a figure, and the widths that are tried for them.
_BARS: Final = 75
_WIDTHS: Final = ("10min", "30min", "1h", "3h", "6h", "12h", "1D", "2D", "7D", "28D")
_MOST_BARS: Final = 2000
#: Marks drawn of one campaign.
_MARKS: Final = 300
_NO_DECISION: Final = "sign-ups"
_NOT_ASSESSED: Final = "not assessed"
_POPULATION: Final = "legit."
#: Columns in which assessments tell the campaign, which says what was known when each sign-up came.
_TOLD: Final = ("campaign.id", "campaign")


def over_time(
    frame: pd.DataFrame,
    *,
    every: str | None = None,
    by: str | None = None,
    most: int = 8,
    synthetic: bool | None = None,
) -> Plot:
    """Draw sign-ups over time by decision, and below them when each campaign ran.

    Args:
        frame: One row a sign-up: ``at``, and if known ``decision`` and the campaign.
        every: Width of a bar, such as ``6h`` or ``1D``; as fits by default.
        by: Column that names the campaign, missing where there is none; ``campaign.id`` or ``campaign`` if there is
            one, else ``group``, of which simulated populations are left out. An assessment names the campaign that was
            known when the sign-up came, so those who were found by looking back are not among the strokes.
        most: Campaigns to draw, the largest.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data``, indexed by the start of each bar in UTC, holds a column for each decision that occurs, the
        strictest first (``sign-ups`` if no decision is given at all).

    Raises:
        ConfigurationError: The frame is empty, lacks a column or a time, or the bars would be too many.
    """
    require(frame, ["at"] if by is None else ["at", by])
    at = times(frame)
    width = _width(at) if every is None else _checked(every, at)
    data = _counts(frame, at, width)
    column = _column(frame, by)
    campaigns, told = _campaigns(frame, at, column), column in _TOLD
    drawn = campaigns[:most]
    with drawing():
        figure = sheet(3.3 + (0.55 + 0.24 * len(drawn) if drawn else 0))
        heights = [2.4, 0.35 + 0.24 * len(drawn)] if drawn else [1.0]
        found = np.atleast_1d(figure.subplots(len(heights), sharex=True, height_ratios=heights))
        _bars(found[0], data, width)
        if drawn:
            _lanes(found[1], drawn)
        found[0].set_title(f"sign-ups each {_said(width)}, UTC")
        hidden = len(campaigns) - len(drawn)
        return finished(
            figure, data, finding=_finding(data, campaigns, len(frame), told=told),
            note=_note(hidden, told=told and bool(campaigns)), synthetic=is_synthetic(frame, synthetic),
        )  # fmt: skip


def _width(at: pd.Series[Any]) -> pd.Timedelta:
    span = at.max() - at.min()
    widths = [pd.Timedelta(name) for name in _WIDTHS]
    return next((width for width in widths if span / width <= _BARS), widths[-1])


def _checked(every: str, at: pd.Series[Any]) -> pd.Timedelta:
    try:
        width = pd.Timedelta(every)
    except ValueError as problem:
        raise ConfigurationError(f"every is {shown(every)!r}; give a width such as 6h or 1D") from problem
    if pd.isna(width) or width <= pd.Timedelta(0) or (at.max() - at.min()) / width > _MOST_BARS:
        raise ConfigurationError(
            f"every is {shown(every)!r}, which makes no bars or more than {_MOST_BARS:,}; give a wider one, such as 1D"
        )
    return width


def _said(width: pd.Timedelta) -> str:
    hours = width / pd.Timedelta(hours=1)
    if hours >= 24:
        return "day" if hours == 24 else f"{hours / 24:g} days"
    if hours >= 1:
        return "hour" if hours == 1 else f"{hours:g} hours"
    return f"{hours * 60:g} minutes"


def _counts(frame: pd.DataFrame, at: pd.Series[Any], width: pd.Timedelta) -> pd.DataFrame:
    start = at.dt.floor(width)
    kinds = [_NO_DECISION] * len(frame)
    if "decision" in frame.columns:
        ranks = decision_ranks(frame)
        kinds = [_NOT_ASSESSED if np.isnan(rank) else OUTCOMES[int(rank)] for rank in ranks.tolist()]
    bars = pd.date_range(start.min(), start.max(), freq=width, name="at")
    columns = {}
    for name in (*OUTCOMES[::-1], _NOT_ASSESSED, _NO_DECISION):
        mine = np.asarray([kind == name for kind in kinds])
        if mine.any():
            columns[name] = start[mine].value_counts().reindex(bars, fill_value=0)
    return pd.DataFrame(columns, index=bars)


def _column(frame: pd.DataFrame, by: str | None) -> str:
    return by or next((name for name in _TOLD if name in frame.columns), "group")


def _campaigns(frame: pd.DataFrame, at: pd.Series[Any], column: str) -> list[tuple[str, pd.Series[Any]]]:
    """Return each campaign with the times of its sign-ups, the largest first."""
    if column not in frame.columns:
        return []
    plain = pd.DataFrame({column: [_campaign_name(value) for value in frame[column].tolist()]})
    codes, names = pd.factorize(np.asarray(groups(plain, column), dtype=object), sort=True)
    told = [(code, str(name)) for code, name in enumerate(names.tolist()) if name]
    found = [
        (name, at[codes == code]) for code, name in told if column != "group" or not name.startswith(_POPULATION)
    ]
    return sorted(found, key=lambda entry: -len(entry[1]))


def _campaign_name(value: Any) -> Any:
    """Return the id of a campaign as an assessment tells it: as a mapping, a value, or the id itself."""
    if isinstance(value, Mapping):
        return value.get("id")
    return getattr(value, "id", value)


def _bars(axes: Axes, data: pd.DataFrame, width: pd.Timedelta) -> None:
    below = np.zeros(len(data))
    days = width / DAY
    starts = places_of(data.index)
    handles = []
    for name in data.columns:
        colour = DECISIONS.get(name, UNKNOWN)
        label = f"{str(name).replace('_', '-')}, {count(data[name].sum())}"
        bars = axes.bar(starts, data[name], width=days * 0.94, align="edge", bottom=below, color=colour, label=label)
        handles.append(bars)
        below += data[name].to_numpy()
    axes.set_ylim(0, max(1.0, below.max() * 1.2))
    axes.grid(axis="y", color=FAINT)
    written(axes.yaxis, short)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.legend(handles=handles[::-1], loc="upper left", ncols=4, labelcolor=INK, handlelength=1.0, columnspacing=1.3)
    date_axis(axes, starts[0], starts[-1] + days)


def _lanes(axes: Axes, campaigns: list[tuple[str, pd.Series[Any]]]) -> None:
    names = shown_apart([name for name, _ in campaigns], 24)
    for lane, (_, found) in enumerate(campaigns):
        places = np.sort(places_of(found))
        axes.hlines(lane, places[0], places[-1], color=ABUSIVE, linewidth=1.0)
        axes.vlines(places[:: max(1, -(-len(places) // _MARKS))], lane - 0.3, lane + 0.3, color=ABUSIVE, linewidth=0.8)
        axes.annotate(
            count(len(places)), (places[-1], lane), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=INK, path_effects=halo(),
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelsize=8.5, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=FAINT)
    axes.set_title("campaigns: a stroke for each sign-up, and how many there are")


def _finding(data: pd.DataFrame, campaigns: list[tuple[str, pd.Series[Any]]], size: int, *, told: bool) -> str:
    total = data.sum(axis=1)
    peak = total.idxmax()
    said = f"{plural(size, 'sign-up')}"
    if "allow" in data.columns and len(data.columns) > 1:
        stopped = 1 - data["allow"].sum() / size
        said = f"{said}, {percent(float(stopped))} of them not simply allowed"
    if campaigns:
        largest, found = campaigns[0]
        known = " of its members known when they signed up" if told else ""
        return f"{said}; {plural(len(campaigns), 'campaign')}, the largest {shown(largest)} with {len(found):,}{known}"
    return f"{said}; most, {total.max():,}, from {peak:%Y-%m-%d %H:%M}"


def _note(hidden: int, *, told: bool) -> str:
    said = ("Members of campaigns are those known as such when they signed up; more may have been found later.",
            f"{plural(hidden, 'smaller campaign')} not drawn.")  # fmt: skip
    return " ".join(text for text, there in zip(said, (told, hidden), strict=True) if there)
