"""Show who pays: the share of each legitimate group that is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.common.tails import HypergeometricTails
from signup_risk.notebook.plots.figures import count, percent, plural, times
from signup_risk.notebook.plots.frames import contradicted, decided_how, decision_ranks, groups, judged, require
from signup_risk.notebook.plots.house import across, finished, rows_of_names, sheet, written
from signup_risk.notebook.plots.look import ABUSIVE, INK, LEGITIMATE, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.names import shown, shown_apart
from signup_risk.notebook.plots.plot import Plot
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.groups import MIN_GROUP, GroupRates
from signup_risk.training.evaluate.groups import group_rates as measure
from signup_risk.training.evaluate.sample import Bools, Floats, Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Stopped = str | Sequence[bool] | Bools
_PREFIX: Final = "legit."

#: The group of sign-ups that have no value: they are people too, and what is missing often tells them apart.
_NONE: Final = "(no value)"
_LEVEL: Final = 0.05


def group_rates(
    frame: pd.DataFrame,
    stopped: Stopped = "step_up",
    *,
    by: str = "group",
    most: int = 30,
    synthetic: bool | None = None,
) -> Plot:
    """Draw the false-positive rate of every legitimate group with its interval, worst first.

    Args:
        frame: One row a sign-up: ``label``, the column named by ``by``, and ``decision`` unless ``stopped`` says who
            is stopped; if known ``group`` and ``weight``.
        stopped: A decision: who got it or a stricter one counts as stopped. Or whether each row is.
        by: Column that says which group a sign-up belongs to.
        most: Groups to draw, the worst; ``data`` has all.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data``, indexed by group, holds ``rate``, ``low`` and ``high`` (Wilson's 95 % interval), ``count``,
        ``ratio``, how many times the rate of all legitimate sign-ups that is, and ``verdict``: ``above`` or ``below``
        it beyond chance, else empty. Sign-ups without a value are the group ``(no value)``. Groups of fewer than 50 are
        left out.

    Raises:
        ConfigurationError: The frame is empty, lacks a column, has no legitimate sign-up or no group that is large
            enough.
    """
    require(frame, ["label", by])
    who, said = _stopped(frame, stopped)
    rows = frame.assign(stopped=who)
    given = judged(rows, "stopped", synthetic=synthetic, needed=("legitimate",))
    named = [name or _NONE for name in groups(given.frame, by)]
    sample = replace(given.sample, groups=np.asarray(named, dtype=np.str_))
    stops = given.scores > 0
    found = measure(stops, sample)
    if not found.groups:
        raise ConfigurationError(
            f"no group in {by!r} has {MIN_GROUP} legitimate sign-ups; give more of them, or another column by by="
        )
    data = _data(found, by).assign(verdict=_verdicts(stops, sample, found))
    with drawing():
        top = data.iloc[:most]
        figure = sheet(max(2.6, 1.6 + 0.27 * len(top)))
        axes = figure.subplots()
        _draw(axes, top, found)
        axes.set_xlabel(f"share of legitimate sign-ups stopped ({said})")
        note = _note(found, len(data) - len(top), int(given.sample.doubtful.sum()))
        how = decided_how(frame) if isinstance(stopped, str) else ""
        return finished(figure, data, finding=_finding(data, found), note=note + how, synthetic=given.synthetic)


def _stopped(frame: pd.DataFrame, stopped: Stopped) -> tuple[Floats, str]:
    if isinstance(stopped, str):
        if stopped not in OUTCOMES[1:]:
            raise ConfigurationError(
                f"stopped is {shown(stopped)!r}; give one of {', '.join(OUTCOMES[1:])}, or a truth value for each row"
            )
        require(frame, ["decision"])
        name = stopped.replace("_", "-")
        ranks = decision_ranks(frame)
        stops = np.where(np.isnan(ranks), np.nan, ranks >= OUTCOMES.index(stopped))
        return stops, name if stopped == "block" else f"{name} or stricter"
    found = np.asarray(stopped)
    if found.shape != (len(frame),) or found.dtype != np.bool_:
        raise ConfigurationError(
            f"stopped has {found.size:,} values of type {found.dtype} for {len(frame):,} rows; give a truth value for "
            "each"
        )
    return found.astype(np.float64), "as given"


def _data(found: GroupRates, by: str) -> pd.DataFrame:
    rows = [
        (entry.rate.value, entry.rate.low, entry.rate.high, entry.rate.count, entry.ratio) for entry in found.groups
    ]
    index = pd.Index([entry.group for entry in found.groups], name=by)
    return pd.DataFrame(rows, columns=["rate", "low", "high", "count", "ratio"], index=index).astype(
        {"ratio": "float64"}
    )


def _verdicts(stops: Bools, sample: Sample, found: GroupRates) -> list[str]:
    """Say which groups are stopped more or less often than all, beyond chance.

    Tested exactly, as if the group were drawn from all (Fisher), at 5 % over all groups together (Bonferroni): where
    many groups are looked at, the worst one always looks bad.
    """
    honest = sample.legitimate
    mine = [honest & (sample.groups == entry.group) for entry in found.groups]
    hits, sizes = (np.asarray([int((who & extra).sum()) for who in mine]) for extra in (stops, honest))
    marked, total = (np.full(len(mine), int((honest & extra).sum())) for extra in (stops, honest))
    tails, level = HypergeometricTails(int(total[0])), np.log(_LEVEL / 2 / len(mine))
    above = tails.log_tail(hits, sizes, marked, total) < level
    # As few legitimate ones stopped as these is as many not stopped.
    below = tails.log_tail(sizes - hits, sizes, total - marked, total) < level
    return ["above" if high else "below" if low else "" for high, low in zip(above, below, strict=True)]


def _draw(axes: Axes, top: pd.DataFrame, found: GroupRates) -> None:
    overall = found.overall.value or 0.0
    places = np.arange(len(top))
    colours = [{"above": ABUSIVE, "below": LEGITIMATE}.get(verdict, UNKNOWN) for verdict in top["verdict"]]
    axes.axvline(overall, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.hlines(places, top["low"], top["high"], color=colours, linewidth=2.4, zorder=2)
    axes.scatter(
        top["rate"], places, s=34, color=colours, zorder=3, edgecolor="white", linewidth=0.6, clip_on=False
    )  # fmt: skip
    names = [str(name).removeprefix(_PREFIX) for name in top.index]
    rows_of_names(axes, shown_apart(names))
    right = float(top["high"].max())
    for place, (rate, size) in enumerate(zip(top["rate"], top["count"], strict=True)):
        axes.annotate(
            f"{percent(rate)} of {count(size)}", (1.0, place), xycoords=("axes fraction", "data"), va="center",
            ha="right", fontsize=8.5, color=INK,
        )  # fmt: skip
    axes.set_xlim(0.0, max(right, overall) * 1.32)
    axes.annotate(
        f"all: {percent(overall)}", (overall, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 2),
        textcoords="offset points", fontsize=8.5, color=QUIET,
    )  # fmt: skip
    axes.locator_params(axis="x", nbins=8, steps=[1, 2, 5, 10])
    written(axes.xaxis, percent)
    across(axes)


def _finding(data: pd.DataFrame, found: GroupRates) -> str:
    first: dict[str, Any] = data.iloc[0].to_dict()
    if not first["rate"] and not found.overall.value:
        return "Nobody is stopped in any legitimate group"
    if not first["rate"]:
        return (
            f"{percent(found.overall.value or 0.0)} of the legitimate are stopped, all in groups too small to be drawn"
        )
    surely = data[data["verdict"] == "above"]
    if surely.empty:
        return f"No group is stopped more often than all, as far as {count(found.overall.count)} sign-ups can tell"
    first, name = surely.iloc[0].to_dict(), shown(str(surely.index[0]).removeprefix(_PREFIX))
    return f"Stopped most often: {name}, {percent(first['rate'])}, {times(first['ratio'])} the rate of all"


def _note(found: GroupRates, hidden: int, doubtful: int) -> str:
    more = f" {plural(hidden, 'more group')} in the data." if hidden else ""
    lost = found.overall.count - sum(entry.rate.count for entry in found.groups)
    few, who = plural(len(found.too_small), "group"), plural(lost, "sign-up")
    small = f" {few} of fewer than {MIN_GROUP} left out, {who} together." if found.too_small else ""
    return (
        f"{count(found.overall.count)} legitimate sign-ups{contradicted(doubtful)}. Bars: Wilson's 95 % interval. "
        "Dark: stopped more often than all, blue: less often, beyond chance (exact test, corrected for the number of "
        f"groups).{more}{small}"
    )
