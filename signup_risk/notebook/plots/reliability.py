"""Show whether probabilities mean what they say."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.figures import ODDS_TICKS, count, percent, plural
from signup_risk.notebook.plots.frames import Judged, judged
from signup_risk.notebook.plots.house import finished, halo, sheet, ticks
from signup_risk.notebook.plots.look import ACCENT, FAINT, INK, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.plot import Plot
from signup_risk.training.evaluate.intervals import REPEATS, Share, bounds, redraws, weighted_wilson
from signup_risk.training.evaluate.reliability import EDGES, Bin, Reliability, of_probabilities, weights_at
from signup_risk.training.evaluate.sample import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Shares below and above these are drawn at the edge.
_ENDS: Final = (0.0003, 0.9997)

#: Share of the sign-ups in ranges that disagree up to which chance may be the reason: ranges are counted alike, however
#: full they are.
_FEW: Final = 0.2

_TICKS: Final = tuple(tick for tick in ODDS_TICKS if _ENDS[0] <= tick <= _ENDS[1])


def calibration(
    frame: pd.DataFrame,
    *,
    prevalence: float | None = None,
    seed: int = 1,
    repeats: int = REPEATS,
    synthetic: bool | None = None,
) -> Plot:
    """Draw stated probabilities against the share that turned out abusive, with intervals.

    Args:
        frame: One row a sign-up: ``risk_score``, ``label``, and if known ``group``, ``at`` and ``weight``.
        prevalence: Share of abuse at which to judge, that of the frame by default. The sign-ups are weighted to it, and
            the probabilities restated for it if ``attrs["prevalence"]`` says for which share they are stated, as in
            frames of :func:`signup_risk.notebook.judged_frame` and :meth:`signup_risk.Scorer.assess_frame`.
        seed: Same seed, same intervals.
        repeats: How often campaigns are drawn again for them.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data`` holds a row for each range of probabilities that occurs: ``low``, ``high``, ``count``,
        ``stated`` (mean), ``observed``, and its interval ``observed_low`` and ``observed_high``: campaigns drawn
        again, or Wilson's if it is wider.

    Raises:
        ConfigurationError: The frame is empty, or lacks a column or one of the two labels.
    """
    given = judged(frame, "risk_score", synthetic=synthetic)
    if given.scores.min() < 0 or given.scores.max() > 100:
        raise ConfigurationError("column 'risk_score' holds a value outside 0 to 100; give 100 x probability")
    if prevalence is not None and not 0 < prevalence < 1:
        raise ConfigurationError(f"prevalence is {prevalence!r}, give a share between 0 and 1, exclusive")
    share = given.sample.prevalence if prevalence is None else prevalence
    own = frame.attrs.get("prevalence")
    if own is not None:
        given = replace(given, scores=100 * _restated(given.scores / 100, own, share))
    found = _reliability(given, given.sample.weights, share)
    data = _data(given, found, share, seed, repeats)
    with drawing():
        figure = sheet(5.0)
        axes, beside = figure.subplots(1, 2, width_ratios=[2.5, 1])
        _diagram(axes, data)
        _counts(beside, data)
        return finished(
            figure, data, finding=_finding(found, data),
            note=_note(found, share, given, is_restated=own is not None), synthetic=given.synthetic,
        )  # fmt: skip


def _reliability(given: Judged, weights: Floats, share: float) -> Reliability:
    sample = given.sample
    chosen = sample.abusive | sample.legitimate
    weighted = weights_at(share, sample, weights)[chosen]
    return of_probabilities(given.scores[chosen] / 100, sample.abusive[chosen], weighted, share)


def _restated(stated: Floats, own: float, share: float) -> Floats:
    """State probabilities for another share of abuse: their odds move by the ratio of the two priors' odds."""
    moved = (share / (1 - share)) / (own / (1 - own))
    return np.asarray(stated * moved / (1 - stated + stated * moved))


def _data(given: Judged, found: Reliability, share: float, seed: int, repeats: int) -> pd.DataFrame:
    def observed(weights: Floats) -> Floats:
        drawn = {entry.low: entry.observed for entry in _reliability(given, weights, share).bins}
        return np.asarray([drawn.get(edge, np.nan) for edge in EDGES[:-1]])

    drawn = np.stack(bounds(observed, redraws(given.sample, seed, repeats)), axis=1)
    rows = []
    for entry in found.bins:
        one = _counted(given, entry, share)
        # A range without any abuse stays without it however often it is drawn again; Wilson's interval knows better.
        ends = np.append(drawn[EDGES.index(entry.low)], [one.low, one.high])
        values = (entry.low, entry.high, entry.count, entry.stated, entry.observed)
        rows.append((*values, float(np.nanmin(ends)), float(np.nanmax(ends))))
    columns = ["low", "high", "count", "stated", "observed", "observed_low", "observed_high"]
    return pd.DataFrame(rows, columns=columns)


def _counted(given: Judged, entry: Bin, share: float) -> Share:
    sample = given.sample
    stated = given.scores / 100
    inside = (sample.abusive | sample.legitimate) & (stated >= entry.low) & ((stated < entry.high) | (entry.high == 1))
    return weighted_wilson(sample.abusive[inside], weights_at(share, sample, sample.weights)[inside])


def _odds(share: Floats | float) -> Floats:
    kept = np.clip(share, *_ENDS)
    return np.asarray(np.log(kept / (1 - kept)))


def _diagram(axes: Axes, data: pd.DataFrame) -> None:
    ends = _odds(np.asarray(_ENDS))
    axes.plot(ends, ends, color=UNKNOWN, linewidth=1.2, zorder=1)
    x, y = _odds(data["stated"].to_numpy()), _odds(data["observed"].to_numpy())
    axes.vlines(x, _odds(data["observed_low"].to_numpy()), _odds(data["observed_high"].to_numpy()), color=ACCENT,
                linewidth=1.6, zorder=2)  # fmt: skip
    at_edge = (data["observed"] <= _ENDS[0]) | (data["observed"] >= _ENDS[1])
    axes.plot(x, y, color=ACCENT, linewidth=0.8, alpha=0.5, zorder=2)
    axes.scatter(x, y, s=34, zorder=3, color=np.where(at_edge, "white", ACCENT), edgecolor=ACCENT, clip_on=False)
    for axis in (axes.xaxis, axes.yaxis):
        ticks(axis, [float(_odds(tick)) for tick in _TICKS], lambda value: percent(round(1 / (1 + np.exp(-value)), 6)))
    axes.grid(color=FAINT)
    axes.set(xlim=ends, ylim=ends, aspect="equal", xlabel="stated probability of abuse", ylabel="share abusive")
    for words, place, across, down in (
        ("more abuse than stated", (0.03, 0.97), "left", "top"),
        ("less abuse than stated", (0.97, 0.03), "right", "bottom"),
    ):
        axes.text(*place, words, transform=axes.transAxes, ha=across, va=down, fontsize=8.5, color=QUIET,
                  path_effects=halo())  # fmt: skip


def _counts(axes: Axes, data: pd.DataFrame) -> None:
    """Draw how many sign-ups lie in each range, since the rare ranges are the unsure ones."""
    names = [f"{percent(low)} to {percent(high)}" for low, high in zip(data["low"], data["high"], strict=True)]
    sizes = data["count"].to_numpy()
    places = np.arange(len(data))[::-1]
    axes.barh(places, sizes, height=0.6, color=UNKNOWN)
    for place, size in zip(places.tolist(), sizes.tolist(), strict=True):
        axes.annotate(count(size), (size, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8.5,
                      color=INK)  # fmt: skip
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.set(xticks=[], xlim=(0, sizes.max() * 1.45))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title("sign-ups by stated range")


def _by_chance(off: int, ranges: int) -> bool:
    """Tell whether so many of some 95 % intervals may well miss the truth by chance alone.

    Examples:
        >>> [_by_chance(off, 10) for off in (0, 1, 2, 3)]
        [True, True, True, False]
    """
    fewer = sum(math.comb(ranges, number) * 0.05**number * 0.95 ** (ranges - number) for number in range(off))
    return 1 - fewer > 0.05


def _note(found: Reliability, share: float, given: Judged, *, is_restated: bool) -> str:
    stated = "restated for it" if is_restated else "as they are, for whatever share the model states them"
    return (
        f"At {percent(share)} abuse, probabilities {stated}. Expected calibration error {percent(found.ece)}, Brier "
        f"score {found.brier:.4f} "
        f"(the base rate alone: {found.brier_of_base_rate:.4f}). {given.note()} Or Wilson's, if wider."
    )


def _finding(found: Reliability, data: pd.DataFrame) -> str:
    off = (data["stated"] < data["observed_low"]) | (data["stated"] > data["observed_high"])
    points = f"off by {100 * found.ece:.1f} points on average"
    inside = float(data["count"][off].sum() / data["count"].sum())
    if _by_chance(int(off.sum()), len(data)) and inside <= _FEW:
        agree = len(data) - int(off.sum())
        return f"Probabilities hold: {agree} of {plural(len(data), 'range')} agree with what happened, {points}"
    if _by_chance(int(off.sum()), len(data)):
        return f"Probabilities are {points}: ranges with {percent(inside)} of the sign-ups disagree"
    over = int((off & (data["stated"] > data["observed"])).sum())
    under = int(off.sum()) - over
    ways = [f"{number} too {word}" for number, word in ((over, "high"), (under, "low")) if number]
    return f"Probabilities are {points}; of {plural(len(data), 'range')} {' and '.join(ways)} beyond chance"
