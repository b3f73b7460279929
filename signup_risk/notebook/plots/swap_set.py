"""Show what a challenger finds beyond the champion, and who would change sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.figures import SHARE_TICKS, count, percent, signed, signed_short
from signup_risk.notebook.plots.frames import floats, judged, require
from signup_risk.notebook.plots.house import finished, halo, rows_of_names, sheet, ticks, written
from signup_risk.notebook.plots.look import ABUSIVE, ACCENT, FAINT, INK, LEGITIMATE, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.names import shown
from signup_risk.notebook.plots.plot import Plot
from signup_risk.training.evaluate.compare import Swap, swaps
from signup_risk.training.evaluate.detection import Ranking
from signup_risk.training.evaluate.intervals import REPEATS
from signup_risk.training.evaluate.sample import Bools, Floats, Ints, Sample
from signup_risk.training.fit import RATES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DOTS: Final = 4000
_LOWEST: Final = 0.0003


@dataclass(frozen=True, slots=True)
class _Scored:
    scores: Floats
    ranking: Ranking


def champion_challenger(  # noqa: PLR0913 - two scores, where to look, and how surely
    frame: pd.DataFrame,
    champion: str = "champion",
    challenger: str = "challenger",
    *,
    rate: float = 0.01,
    seed: int = 1,
    repeats: int = REPEATS,
    synthetic: bool | None = None,
) -> Plot:
    """Draw the gain of a challenger at each rate of false alarms, and the sign-ups that only one of the two stops.

    Both thresholds are set on these very sign-ups, so that both stop the same share of the legitimate.

    Args:
        frame: One row a sign-up: ``label``, the two scores, and if known ``group``, ``at`` and ``weight``.
        champion: Column of the scores of the model in use; any scale, higher is riskier.
        challenger: Column of the scores of the other.
        rate: False-positive rate at which the swap set is drawn: 0.001, 0.0035, 0.01 or 0.05.
        seed: Same seed, same intervals.
        repeats: How often campaigns are drawn again for them.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data`` holds a row for each rate: ``champion_found``, ``challenger_found``, ``gain`` with its ends
        ``gain_low`` and ``gain_high``, ``verdict`` and ``refused``, and the swap set: ``abusive_only_champion``,
        ``abusive_only_challenger``, ``legitimate_only_champion``, ``legitimate_only_challenger``. The verdict is
        ``better``, ``worse``, ``unclear`` where the interval holds zero, or ``tie`` where all of it lies within half a
        point of zero; it is empty where there are too few sign-ups for the rate, which ``refused`` then says.

    Raises:
        ConfigurationError: The frame is empty, or lacks a column or one of the two labels; the rate is none of these.
    """
    if rate not in RATES:
        raise ConfigurationError(f"rate is {rate!r}; give one of {', '.join(f'{one:g}' for one in RATES)}")
    require(frame, [champion, challenger])
    both = frame.assign(**{champion: np.where(np.isfinite(floats(frame, challenger)), floats(frame, champion), np.nan)})
    given = judged(both, champion, synthetic=synthetic)
    sample, other = given.sample, floats(given.frame, challenger)
    pairs = (_Scored(given.scores, Ranking(given.scores, sample)), _Scored(other, Ranking(other, sample)))
    found = swaps(given.scores, other, sample, seed=seed, repeats=repeats)
    data = _data(found, pairs, sample)
    place = RATES.index(rate)
    with drawing():
        figure = sheet(4.9)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.35])
        _gains(left, data)
        _swapped(right, pairs, sample, place)
        return finished(
            figure, data, finding=_finding(found[place], data["verdict"].iloc[place]),
            note=f"Champion: {shown(champion)}; challenger: {shown(challenger)}. {given.note()}{_thin(len(sample))}",
            synthetic=given.synthetic,
        )  # fmt: skip


def _data(found: tuple[Swap, ...], pairs: tuple[_Scored, _Scored], sample: Sample) -> pd.DataFrame:
    weights = sample.weights
    shares = [one.ranking.found(weights, one.ranking.thresholds(weights, RATES)) for one in pairs]
    rows = [
        {
            "rate": swap.rate,
            "champion_found": shares[0][number],
            "challenger_found": shares[1][number],
            "gain": swap.gain.value,
            "gain_low": swap.gain.low,
            "gain_high": swap.gain.high,
            "verdict": swap.verdict,
            "refused": swap.refused,
            "abusive_only_champion": swap.abusive_only_champion,
            "abusive_only_challenger": swap.abusive_only_challenger,
            "legitimate_only_champion": swap.legitimate_only_champion,
            "legitimate_only_challenger": swap.legitimate_only_challenger,
        }
        for number, swap in enumerate(found)
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(("gain", "gain_low", "gain_high"), "float64"))


def _gains(axes: Axes, data: pd.DataFrame) -> None:
    axes.axvline(0.0, color=QUIET, linewidth=0.9)
    for row, one in enumerate(data.to_dict("records")):
        if one["refused"]:
            axes.annotate("too few sign-ups", (0, row), xytext=(4, 0), textcoords="offset points", va="center",
                          fontsize=8.5, color=QUIET)  # fmt: skip
            continue
        colour = {"better": ACCENT, "worse": ABUSIVE}.get(one["verdict"], UNKNOWN)
        axes.hlines(row, one["gain_low"], one["gain_high"], color=colour, linewidth=2.6)
        axes.scatter([one["gain"]], [row], s=44, color=colour, zorder=3, edgecolor="white", linewidth=0.6)
        axes.annotate(
            f"{percent(one['champion_found'])} \u2192 {percent(one['challenger_found'])}", (one["gain"], row),
            xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8.5, color=INK, path_effects=halo(),
        )  # fmt: skip
    rows_of_names(axes, [f"at {percent(rate)}" for rate in data["rate"]])
    ends = np.nan_to_num(data[["gain_low", "gain_high"]].to_numpy()).ravel()
    wide = max(0.05, float(np.abs(ends).max()))
    axes.set_xlim(min(-0.3 * wide, ends.min() - 0.25 * wide), max(0.3 * wide, ends.max() + 0.25 * wide))
    axes.grid(axis="x")
    written(axes.xaxis, lambda value: signed_short(100 * value))
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("abuse found, gain in points")
    axes.set_title("gain by false-positive rate,\n95 % intervals")


def _swapped(axes: Axes, pairs: tuple[_Scored, _Scored], sample: Sample, place: int) -> None:
    """Draw each sign-up by the share of the legitimate that score as high, for either model; risky is up and right."""
    rate, weights = RATES[place], sample.weights
    x, y = (np.maximum(one.ranking.alarms(weights, one.scores), _LOWEST) for one in pairs)
    limits = [one.ranking.thresholds(weights, RATES)[place] for one in pairs]
    old, new = (one.scores >= limit for one, limit in zip(pairs, limits, strict=True))
    axes.set(xscale="log", yscale="log", xlim=(1.0, _LOWEST * 0.75), ylim=(1.0, _LOWEST * 0.75))
    for who, colour, order in ((sample.legitimate, LEGITIMATE, 2), (sample.abusive, ABUSIVE, 3)):
        drawn = _thinned(who, old != new)
        axes.scatter(x[drawn], y[drawn], s=7, color=colour, alpha=0.6, linewidths=0, zorder=order, rasterized=True)
    axes.axvline(rate, color=INK, linewidth=0.9, zorder=4)
    axes.axhline(rate, color=INK, linewidth=0.9, zorder=4)
    for mask, at, words in (
        (new & ~old, (0.02, 0.985), "only the challenger"),
        (old & ~new, (0.985, 0.02), "only the champion"),
    ):
        bad, good = int((mask & sample.abusive).sum()), int((mask & sample.legitimate).sum())
        axes.text(
            *at, f"{words}:\n{count(bad)} abusive,\n{count(good)} legitimate", transform=axes.transAxes, fontsize=8.5,
            ha="left" if at[0] < 0.5 else "right", va="top" if at[1] > 0.5 else "bottom", color=INK, zorder=6,
            fontweight="bold", path_effects=halo(),
        )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        ticks(axis, [tick for tick in SHARE_TICKS if tick >= _LOWEST], percent)
    axes.grid(color=FAINT)
    axes.set(xlabel="champion: legitimate that score as high", ylabel="challenger: the same")
    axes.set_title(f"who is stopped at {percent(rate)}: each dot a sign-up,\ndark abusive, light legitimate")


def _thinned(who: Bools, swapped: Bools) -> Ints:
    """Return which sign-ups to draw: all that change sides if they are not too many, and a share of the others."""
    parts = [np.flatnonzero(who & swapped), np.flatnonzero(who & ~swapped)]
    return np.concatenate([part[:: max(1, -(-len(part) // _DOTS))] for part in parts])


def _thin(rows: int) -> str:
    return " Of those who do not change sides a share is drawn." if rows > _DOTS else ""


def _finding(swap: Swap, verdict: str) -> str:
    if swap.refused:
        return f"At {percent(swap.rate)} false positives nothing can be said: it {swap.refused}"
    ends = f"{signed(100 * (swap.gain.low or 0.0), 1)} to {signed(100 * (swap.gain.high or 0.0), 1)} points"
    gain = f"{signed(100 * (swap.gain.value or 0.0), 1)} points of abuse found at {percent(swap.rate)} false positives"
    said = {
        "better": "The challenger is better",
        "worse": "The challenger is worse",
        "tie": "Neither model is better",
        "unclear": "It cannot be told which is better",
    }
    return f"{said[verdict]}: {gain} ({ends})"
