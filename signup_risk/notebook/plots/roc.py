"""Show how much abuse is found at each rate of false alarms, and where the policy stands on that curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.figures import SHARE_TICKS, percent
from signup_risk.notebook.plots.frames import Judged, decided_how, decision_ranks, judged
from signup_risk.notebook.plots.house import finished, halo, sheet, ticks, written
from signup_risk.notebook.plots.look import ACCENT, DECISIONS, FAINT, INK, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.plot import Plot
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.detection import Ranking, refusal
from signup_risk.training.evaluate.intervals import REPEATS, bounds, redraws, weighted_wilson
from signup_risk.training.evaluate.sample import Floats
from signup_risk.training.fit import RATES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS: Final = 60
_LOWEST: Final = 0.0001
#: Height of a name of two lines, as a share of the axis.
_GAP: Final = 0.125
#: From a name to its point.
_LEADER: Final = {
    "arrowstyle": "-", "color": QUIET, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 4, "relpos": (0.0, 0.5)
}  # fmt: skip
_COLUMNS: Final = ["what", "fpr", "fpr_low", "fpr_high", "tpr", "tpr_low", "tpr_high"]


def detection(
    frame: pd.DataFrame,
    *,
    score: str | None = None,
    seed: int = 1,
    repeats: int = REPEATS,
    synthetic: bool | None = None,
) -> Plot:
    """Draw the share of abuse found against the share of the legitimate stopped, with the decisions made.

    The rate of false alarms is drawn on a scale of logarithms, since what can be borne lies at its left end. The curve
    sets its thresholds on these very sign-ups; the points are the decisions of the frame, whatever thresholds they
    had: in one of :func:`judged_frame` by score alone, in one of assessments those that were made, campaigns included.

    Args:
        frame: One row a sign-up: ``label``, a score, and if known ``decision``, ``group``, ``at`` and ``weight``.
        score: Column of the score; ``raw_score`` if there is one, else ``risk_score``.
        seed: Same seed, same intervals.
        repeats: How often campaigns are drawn again for them.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data`` holds a row for each point: ``what`` (``curve``, or the decision that is given or
        exceeded), ``fpr`` and ``tpr``, each with the ends of its interval ``_low`` and ``_high``.

    Raises:
        ConfigurationError: The frame is empty, or lacks a column or one of the two labels.
    """
    given = judged(frame, score, synthetic=synthetic)
    curve = _curve(given, seed, repeats)
    points = decided(given, seed, repeats)
    data = pd.concat([curve, points], ignore_index=True) if len(points) else curve
    with drawing():
        figure = sheet(4.8)
        axes = figure.subplots()
        _draw_curve(axes, curve)
        _draw_points(axes, points)
        refused = refusal(float(curve["fpr"].min()), given.sample)
        how = decided_how(frame) if len(points) else ""
        return finished(
            figure, data, finding=_finding(curve, points),
            note=f"{given.note()}{how}{f' The left end {refused}.' if refused else ''}", synthetic=given.synthetic,
        )  # fmt: skip


def decided(given: Judged, seed: int, repeats: int) -> pd.DataFrame:
    """Return what each decision, or a stricter one, stops of good and bad; no row without decisions."""
    if "decision" not in given.frame.columns:
        return pd.DataFrame(columns=_COLUMNS)
    ranks = decision_ranks(given.frame)
    if np.isnan(ranks).any():
        raise ConfigurationError(
            f"{int(np.isnan(ranks).sum()):,} of {len(ranks):,} rows have a score and no decision; leave those out: "
            "frame[frame['decision'].notna()]"
        )
    ranking, levels = Ranking(ranks, given.sample), np.arange(1.0, len(OUTCOMES))

    def measure(weights: Floats) -> Floats:
        return np.concatenate([ranking.alarms(weights, levels), ranking.found(weights, levels)])

    alarms, found = measure(given.sample.weights).reshape(2, -1)
    low, high = (end.reshape(2, -1) for end in bounds(measure, redraws(given.sample, seed, repeats)))
    # Where nobody is stopped, nobody is however often it is drawn again; Wilson's interval knows better.
    for which, who in enumerate((given.sample.legitimate, given.sample.abusive)):
        alone = [weighted_wilson(ranks[who] >= level, given.sample.weights[who]) for level in levels.tolist()]
        low[which] = np.minimum(low[which], np.asarray([one.low for one in alone], dtype=np.float64))
        high[which] = np.maximum(high[which], np.asarray([one.high for one in alone], dtype=np.float64))
    columns = [list(OUTCOMES[1:]), alarms, low[0], high[0], found, low[1], high[1]]
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))


def _curve(given: Judged, seed: int, repeats: int) -> pd.DataFrame:
    ranking = Ranking(given.scores, given.sample)
    least = max(_LOWEST, 1 / max(1, int(given.sample.legitimate.sum())))
    # The rates at which evaluation states detection are among the points, so that both say the same there.
    rates = np.unique(np.append(np.geomspace(least, 1.0, _POINTS), [rate for rate in RATES if rate >= least]))

    def measure(weights: Floats) -> Floats:
        return ranking.found(weights, ranking.thresholds(weights, rates.tolist()))

    found = measure(given.sample.weights)
    low, high = bounds(measure, redraws(given.sample, seed, repeats))
    return pd.DataFrame(dict(zip(_COLUMNS, ["curve", rates, rates, rates, found, low, high], strict=True)))


def _draw_curve(axes: Axes, curve: pd.DataFrame) -> None:
    rates = curve["fpr"]
    axes.set_xscale("log")
    axes.plot(rates, rates, color=UNKNOWN, linewidth=1.1, zorder=1)
    axes.fill_between(rates, curve["tpr_low"], curve["tpr_high"], color=ACCENT, alpha=0.15, linewidth=0, zorder=1)
    axes.plot(rates, curve["tpr"], color=ACCENT, zorder=2)
    shown = [tick for tick in SHARE_TICKS if tick >= rates.min() * 0.99]
    ticks(axes.xaxis, shown, percent)
    written(axes.yaxis, percent)
    axes.grid(color=FAINT)
    axes.set(xlim=(rates.min(), 1.0), ylim=(0.0, 1.02))
    axes.set_xlabel("legitimate sign-ups stopped (false-positive rate), scale of logarithms")
    axes.set_title("share of abusive sign-ups found; shaded: 95 % interval")
    axes.annotate("chance", (0.35, 0.35), xytext=(-4, 2), textcoords="offset points", ha="right", fontsize=8.5,
                  color=QUIET)  # fmt: skip


def _draw_points(axes: Axes, points: pd.DataFrame) -> None:
    left = axes.get_xlim()[0]
    told = points[(points["fpr"] > 0) | (points["tpr"] > 0)].to_dict("records")
    for row, height in zip(told, _heights([row["tpr"] for row in told]), strict=True):
        at = max(row["fpr"], left)
        axes.hlines(row["tpr"], max(row["fpr_low"], left), max(row["fpr_high"], left), color=INK, linewidth=1, zorder=3)
        axes.vlines(at, row["tpr_low"], row["tpr_high"], color=INK, linewidth=1, zorder=3)
        axes.scatter([at], [row["tpr"]], s=60, color=DECISIONS[row["what"]], edgecolor=INK, linewidth=1, zorder=4,
                     clip_on=False)  # fmt: skip
        name = row["what"].replace("_", "-") + ("" if row["what"] == "block" else " or stricter")
        axes.annotate(
            f"{name}: {percent(row['tpr'])} found,\n{_stopped(row['fpr'])}", (at, row["tpr"]),
            xytext=(min(max(row["fpr_high"], at) * 1.35, 0.12), height), va="center", fontsize=8.5, color=INK,
            path_effects=halo(), zorder=5, arrowprops=_LEADER,
        )  # fmt: skip
    if not len(points):
        axes.text(0.99, 0.02, "no decisions given", transform=axes.transAxes, ha="right", fontsize=8.5, color=QUIET)


def _heights(wanted: list[float]) -> list[float]:
    """Return where names stand, each near its point, below the one before and above the axis.

    Examples:
        >>> [round(height, 3) for height in _heights([0.9, 0.5])], [round(height, 3) for height in _heights([0.2, 0.1])]
        ([0.9, 0.5], [0.205, 0.08])
    """
    found: list[float] = []
    for height in wanted:
        found.append(min(height, found[-1] - _GAP if found else 1.0))
    lowest = _GAP - 0.045
    for place in reversed(range(len(found))):
        found[place] = max(found[place], lowest)
        lowest = found[place] + _GAP
    return found


def _stopped(rate: float) -> str:
    return f"{percent(rate) if rate else 'none'} of the legitimate stopped"


def _finding(curve: pd.DataFrame, points: pd.DataFrame) -> str:
    if len(points):
        row = points.iloc[0]
        alarms = percent(row["fpr"]) if row["fpr"] else "none"
        return f"The policy finds {percent(row['tpr'])} of the abuse and stops {alarms} of the legitimate"
    place = int((curve["fpr"] - 0.01).abs().idxmin())
    return f"{percent(curve['tpr'][place])} of the abuse is found at {percent(curve['fpr'][place])} false positives"
