"""Show what each threshold costs, which is cheapest, and how little it matters where exactly it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.figures import SHARE_TICKS, percent, short
from signup_risk.notebook.plots.frames import Judged, judged, moments
from signup_risk.notebook.plots.house import finished, halo, sheet, ticks, written
from signup_risk.notebook.plots.look import ABUSIVE, AMBER, FAINT, INK, LEGITIMATE, QUIET, drawing
from signup_risk.notebook.plots.names import shown
from signup_risk.notebook.plots.plot import Plot
from signup_risk.policy import Policy
from signup_risk.training.evaluate.costs import PER, CostCurve, Costs, cost_curve, valley
from signup_risk.training.evaluate.intervals import REPEATS
from signup_risk.training.evaluate.sample import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS: Final = 90
_LOWEST: Final = 0.0001
_DAY_US: Final = 86_400_000_000
#: What "hardly more" than the cheapest is.
TOLERANCE: Final = 0.1
#: Height of the name of the cheapest: above what it costs to stop nobody, below the key.
_NAME_HEIGHT: Final = 0.73
_PARTS: Final = (("missed", "abuse that gets in", ABUSIVE), ("friction", "honest people stopped", LEGITIMATE),
                 ("review", "reviews", AMBER))  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class CostPlot(Plot):
    """Hold the plot of costs, and what it comes to.

    Attributes:
        best: The cheapest threshold that can be had, a false-positive rate.
        flat: Ends of the stretch around it that costs at most a tenth more.
        cost: What the cheapest costs, for 1,000 sign-ups.
        cost_of_none: What it costs to stop nobody.
    """

    best: float
    flat: tuple[float, float]
    cost: float
    cost_of_none: float

    def at(self, rate: float) -> pd.Series[Any]:
        """Return the row of the threshold that is nearest to a rate, on the scale of logarithms of the figure.

        Args:
            rate: A false-positive rate, above 0 and at most 1.

        Raises:
            ConfigurationError: The rate is none.
        """
        if not 0 < rate <= 1:
            raise ConfigurationError(f"rate is {rate!r}; give a false-positive rate above 0, at most 1, such as 0.01")
        distance = np.abs(np.log(self.data["fpr"].to_numpy() / rate))
        return self.data.iloc[int(np.argmin(distance))]


def threshold_cost(  # noqa: PLR0913 - who is judged, what things cost, and how surely
    frame: pd.DataFrame,
    costs: Costs,
    *,
    prevalence: float | None = None,
    capacity: float | None = None,
    signups_a_day: float | None = None,
    policy: Policy | None = None,
    seed: int = 1,
    repeats: int = REPEATS,
    synthetic: bool | None = None,
) -> CostPlot:
    """Draw what 1,000 sign-ups cost by threshold: abuse that gets in, friction, reviews.

    The threshold is stated as a policy states it, on ``fpr``; what it really stops is counted on these sign-ups. All
    who reach it are stopped, and reviewed, whatever lists and other rules say.

    Args:
        frame: One row a sign-up: ``fpr``, ``label``, and if known ``group``, ``at`` and ``weight``.
        costs: What things cost.
        prevalence: Share of abuse in your traffic; that of the frame by default, and histories often hold more.
        capacity: Sign-ups a day that can be reviewed; thresholds that stop more are no choice.
        signups_a_day: Sign-ups a day in your traffic; counted from ``at`` by default.
        policy: The one in use; its mildest threshold, that of a step-up, is among the rows and marked as today's.
        seed: Same seed, same intervals.
        repeats: How often campaigns are drawn again for them.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data`` holds a row a threshold: ``fpr`` as stated, ``found``, ``alarms`` and ``stopped`` (shares of
        the abusive, the legitimate and all), ``missed``, ``friction``, ``review`` and ``total`` (for 1,000 sign-ups),
        ``low`` and ``high`` of the total, ``stopped_a_day`` and ``allowed``.

    Raises:
        ConfigurationError: The frame is empty, or lacks a column or one of the two labels; a number is none.
    """
    given = _judged(frame, synthetic)
    if prevalence is not None and not 0 < prevalence < 1:
        raise ConfigurationError(f"prevalence is {prevalence!r}, give a share between 0 and 1, exclusive")
    today = None if policy is None else policy.thresholds.step_up
    rates = _rates(today)
    # A low rate is a high risk; the last threshold is one that nobody reaches.
    curve = cost_curve(
        -given.scores, given.sample, np.append(-rates, np.inf), costs, prevalence=prevalence, seed=seed, repeats=repeats
    )
    daily = _daily(given.frame) if signups_a_day is None else signups_a_day
    data = _data(rates, curve, daily, capacity)
    best, first, last = valley(data["total"].to_numpy(), data["allowed"].to_numpy(), TOLERANCE)
    none, rows = float(curve.total[-1]), data.iloc[[best, first, last]]
    with drawing():
        figure = sheet(5.0)
        axes = figure.subplots()
        _areas(axes, data, none, costs)
        _best(axes, data, (best, first, last), costs)
        _closed(axes, data, capacity)
        if today:
            _today(axes, today)
        plot = finished(
            figure, data, finding=_finding(rows, none, costs),
            note=_note(given, prevalence, capacity, daily, costs), synthetic=given.synthetic,
        )  # fmt: skip
    flat = (float(rows["fpr"].iloc[1]), float(rows["fpr"].iloc[2]))
    return CostPlot(plot.figure, data, plot.finding, plot.note, plot.synthetic, float(rows["fpr"].iloc[0]), flat,
                    float(rows["total"].iloc[0]), none)  # fmt: skip


def _judged(frame: pd.DataFrame, synthetic: bool | None) -> Judged:
    given = judged(frame, "fpr", synthetic=synthetic)
    if given.scores.min() < 0 or given.scores.max() > 1:
        raise ConfigurationError("column 'fpr' holds a value outside 0 to 1; give the share of legitimate sign-ups")
    return given


def _rates(today: float | None) -> Floats:
    rates = np.geomspace(_LOWEST, 1.0, _POINTS)
    return np.unique(np.append(rates, today)) if today and today > _LOWEST else rates


def _daily(frame: pd.DataFrame) -> float:
    if "at" not in frame.columns:
        return float("nan")
    found = moments(frame)
    days = int(np.ptp(found)) / _DAY_US
    return len(frame) / days if days else float("nan")


def _data(rates: Floats, curve: CostCurve, daily: float, capacity: float | None) -> pd.DataFrame:
    if capacity is not None and not (capacity > 0 and daily > 0):
        raise ConfigurationError(
            f"capacity is {capacity!r} and there are {daily:g} sign-ups a day; give both as numbers above 0, the "
            "second by signups_a_day= where the frame has no times"
        )
    columns = {name: getattr(curve, name)[:-1] for name in CostCurve.__dataclass_fields__}
    data = pd.DataFrame({"fpr": rates} | columns)
    data["stopped_a_day"] = data["stopped"] * daily
    data["allowed"] = True if capacity is None else data["stopped_a_day"] <= capacity
    if not data["allowed"].any():
        raise ConfigurationError(
            f"even the strictest threshold stops {data['stopped_a_day'].min():.1f} sign-ups a day, more than the "
            f"{capacity:g} that can be reviewed; raise capacity"
        )
    return data


def _money(amount: float, costs: Costs) -> str:
    return f"{shown(costs.unit, 6) if costs.unit else ''}{short(amount)}"


def _areas(axes: Axes, data: pd.DataFrame, none: float, costs: Costs) -> None:
    axes.set_xscale("log")
    below = np.zeros(len(data))
    for column, name, colour in _PARTS:
        above = below + data[column].to_numpy()
        if above.max() > below.max() or (above > below).any():
            axes.fill_between(data["fpr"], below, above, color=colour, alpha=0.75, linewidth=0, label=name)
        below = above
    axes.plot(data["fpr"], data["total"], color=INK, zorder=3)
    for column in ("low", "high"):
        axes.plot(data["fpr"], data[column], color=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=3)
    axes.axhline(none, color=QUIET, linewidth=0.9, linestyle=(0, (1, 2)))
    axes.annotate(
        f"stop nobody: {_money(none, costs)}", (0.0, none), xycoords=("axes fraction", "data"), xytext=(5, 3),
        textcoords="offset points", fontsize=8.5, color=QUIET, path_effects=halo(),
    )  # fmt: skip
    ticks(axes.xaxis, SHARE_TICKS, percent)
    written(axes.yaxis, lambda value: _money(value, costs))
    axes.set(xlim=(data["fpr"].min(), 1.0), ylim=(0, none * 1.55))
    axes.grid(color=FAINT)
    axes.set_xlabel("threshold: stated false-positive rate from which on sign-ups are stopped, scale of logarithms")
    axes.set_title(f"cost of {PER:,} sign-ups; dashed: 95 % interval of the total")
    axes.legend(loc="upper left", ncols=3, labelcolor=INK, handlelength=1.1, columnspacing=1.3)


def _best(axes: Axes, data: pd.DataFrame, places: tuple[int, int, int], costs: Costs) -> None:
    best, first, last = (data.iloc[place] for place in places)
    axes.axvspan(first["fpr"], last["fpr"], color=INK, alpha=0.07, linewidth=0, zorder=0)
    top = axes.get_ylim()[1] * _NAME_HEIGHT
    axes.vlines(best["fpr"], 0, top, color=INK, linewidth=1, zorder=4)
    axes.scatter([best["fpr"]], [best["total"]], s=46, color=INK, zorder=5)
    axes.annotate(
        f"cheapest: {percent(best['fpr'])}\n{_money(best['total'], costs)}, {percent(best['found'])} of abuse found",
        (best["fpr"], top), xytext=(0, 3), textcoords="offset points", fontsize=9, color=INK, fontweight="bold",
        ha="left" if best["fpr"] < 0.001 else "right" if best["fpr"] > 0.1 else "center", path_effects=halo(), zorder=6,
    )  # fmt: skip


def _closed(axes: Axes, data: pd.DataFrame, capacity: float | None) -> None:
    """Hatch what is beyond the reviewers."""
    if capacity is None or data["allowed"].all():
        return
    first = float(data.loc[~data["allowed"], "fpr"].iloc[0])
    axes.axvspan(first, 1.0, facecolor="#ffffff", alpha=0.55, linewidth=0, zorder=2)
    axes.axvspan(first, 1.0, facecolor="none", edgecolor="#8a929b", hatch="///", linewidth=0, zorder=2)
    axes.annotate(
        f"more than {capacity:g}\nreviews a day", (first, 0.02), xycoords=("data", "axes fraction"), xytext=(6, 4),
        textcoords="offset points", fontsize=8.5, color=INK, path_effects=halo(), zorder=6,
    )  # fmt: skip


def _today(axes: Axes, rate: float) -> None:
    axes.axvline(rate, color=INK, linewidth=1.1, linestyle=(0, (5, 2)), zorder=4)
    axes.annotate(
        f"today: {percent(rate)}", (rate, 0.55), xycoords=("data", "axes fraction"), xytext=(3, 4),
        textcoords="offset points", fontsize=8.5, color=INK, path_effects=halo(), zorder=6,
    )  # fmt: skip


def _finding(rows: pd.DataFrame, none: float, costs: Costs) -> str:
    best, first, last = (rows.iloc[place] for place in range(3))
    saved = none - best["total"]
    if saved <= 0:
        return "No threshold is cheaper than to stop nobody, at these costs"
    if best["high"] >= none:
        told = f"a threshold of {percent(best['fpr'])} saves {_money(saved, costs)} in {PER:,} sign-ups"
        return f"That stopping pays is not sure: {told}, and its interval includes no saving"
    flat = f"anything from {percent(first['fpr'])} to {percent(last['fpr'])} costs hardly more"
    saves = f"saves {_money(saved, costs)} in {PER:,} sign-ups against stopping nobody"
    return f"A threshold of {percent(best['fpr'])} {saves}; {flat}"


def _note(given: Judged, prevalence: float | None, capacity: float | None, daily: float, costs: Costs) -> str:
    share = given.sample.prevalence if prevalence is None else prevalence
    slips = f", of which {percent(costs.slips)} get in all the same," if costs.slips else ""
    said = (
        f"An abusive account{slips} costs {_money(costs.abusive, costs)}, an honest one stopped "
        f"{_money(costs.friction, costs)}, a review {_money(costs.review, costs)}; {percent(share)} abuse."
    )
    reviewed = " Everybody stopped counts as reviewed." if costs.review or capacity is not None else ""
    most = "" if capacity is None else f" {capacity:g} reviews a day of {daily:,.0f} sign-ups."
    return f"{said}{reviewed}{most} Hardly more: at most {percent(TOLERANCE)}. {given.note()}"
