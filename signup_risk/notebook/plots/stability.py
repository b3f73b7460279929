"""Show what moved: the score and every feature, by the population stability index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.contributions import BESIDE, FRONT
from signup_risk.notebook.plots.figures import count, plural
from signup_risk.notebook.plots.frames import SCORES, floats, is_synthetic, require
from signup_risk.notebook.plots.house import finished, rows_of_names, sheet, ticks
from signup_risk.notebook.plots.look import ABUSIVE, ACCENT, FAINT, INK, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.names import shown, shown_apart
from signup_risk.notebook.plots.plot import Plot
from signup_risk.scorer.frames.work import CONTRACT
from signup_risk.training.evaluate import Evaluation
from signup_risk.training.evaluate.drift import MOVED, Drift, psi_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STABLE: Final = 0.1
SCORE: Final = "(raw score)"
_FLOOR: Final = 0.002
_WORDS: Final = {"since_training": "since training", "halves": "first half to second", "psi": "before to now"}
_COLOURS: Final = {"since_training": ACCENT, "halves": UNKNOWN, "psi": ACCENT}


def drift(found: Evaluation | Drift, *, top: int = 15, synthetic: bool | None = None) -> Plot:
    """Draw how far the score and the features moved within a history, and since the model was trained.

    Args:
        found: What ``evaluate`` measured (its champion is taken), or the drift of one model in it.
        top: Features to draw, the most moved; ``data`` has all.
        synthetic: Whether the sign-ups are simulated; an evaluation knows.

    Returns:
        The plot. ``data``, indexed by feature, the score first, holds the stability index ``halves`` and
        ``since_training``, and ``beyond_p99``, the share of values beyond the 99 % quantile in training.

    Raises:
        ConfigurationError: Something else was given.
    """
    if isinstance(found, Evaluation):
        synthetic = found.synthetic if synthetic is None else synthetic
        found = found.champion.drift
    if not isinstance(found, Drift):
        raise ConfigurationError(
            f"a {type(found).__name__} was given; give an evaluation or the drift in it; drift_between takes frames"
        )
    score = (SCORE, found.score_halves, found.score_since_training, None)
    rows = [(one.feature, one.halves, one.since_training, one.beyond_p99) for one in found.features]
    columns = ["feature", "halves", "since_training", "beyond_p99"]
    data = pd.DataFrame([score, *rows], columns=columns).set_index("feature").astype("float64")
    note = (
        "Since training: unknown, zero and other values, the legitimate only; the score by its deciles. Tenure and "
        "velocity fill up from an empty store, so their halves differ by nature."
    )
    return _drawn(data, ["halves", "since_training"], top, note, synthetic=bool(synthetic))


def drift_between(
    before: pd.DataFrame, now: pd.DataFrame, *, top: int = 15, synthetic: bool | None = None
) -> Plot:
    """Draw how far score and features moved from one frame to another; no labels are needed.

    Give values of features, as a replayed history has them: ``pd.DataFrame(table.rows, columns=table.names)``. What
    else the contract puts into a frame (labels, decisions, contributions, weights) is no feature and is left out.

    Args:
        before: Numbers that were: one row a sign-up, a column a feature, and if known ``raw_score`` or ``risk_score``.
        now: Numbers that are, with the same columns; others are left out.
        top: Columns to draw, the most moved; ``data`` has all.
        synthetic: Whether the sign-ups are simulated; told by ``attrs`` by default.

    Returns:
        The plot. ``data``, indexed by feature, the score first if there is one, then the most moved, holds the
        stability index ``psi``.

    Raises:
        ConfigurationError: A frame is empty, or they have no column of numbers in common.
    """
    require(before, [])
    require(now, [])
    score = next((name for name in SCORES if name in before.columns and name in now.columns), None)
    numbers = [
        name
        for name in before.columns
        if name in now.columns and not _is_contract(str(name)) and pd.api.types.is_numeric_dtype(before[name].dtype)
    ]
    if not numbers and score is None:
        raise ConfigurationError(
            f"the frames of {len(before.columns)} and {len(now.columns)} columns have no column of numbers in common "
            "that is a feature or a score; give the same features for both, such as "
            "pd.DataFrame(table.rows, columns=table.names) of a replayed history"
        )
    moved = [psi_of(floats(before, name), floats(now, name)) for name in numbers]
    index = pd.Index([str(name) for name in numbers], name="feature")
    data = pd.DataFrame({"psi": moved}, index=index, dtype="float64")
    data = data.sort_values("psi", ascending=False, kind="stable")
    if score is not None:
        first = pd.DataFrame({"psi": [psi_of(floats(before, score), floats(now, score))]}, index=[SCORE])
        data = pd.concat([first, data]).rename_axis("feature")
    simulated = is_synthetic(now, synthetic) or (synthetic is None and is_synthetic(before))
    note = f"{count(len(before))} sign-ups before, {count(len(now))} now, cut at the deciles of before."
    return _drawn(data, ["psi"], top, note, synthetic=simulated)


def _is_contract(name: str) -> bool:
    """Tell whether a column says something about a sign-up that is no feature of it."""
    return name in BESIDE or name in CONTRACT or name.startswith(FRONT)


def _drawn(data: pd.DataFrame, columns: list[str], top: int, note: str, *, synthetic: bool) -> Plot:
    shown_rows = data.iloc[: top + (SCORE in data.index)]
    with drawing():
        figure = sheet(1.9 + 0.27 * len(shown_rows))
        axes = figure.subplots()
        _dots(axes, shown_rows, columns)
        return finished(
            figure, data, finding=_finding(data, columns),
            note=f"Below {STABLE:g} is usually taken as stable, above {MOVED:g} as moved: a habit, no test. {note}",
            synthetic=synthetic,
        )  # fmt: skip


def _dots(axes: Axes, rows: pd.DataFrame, columns: list[str]) -> None:
    axes.set_xscale("log")
    places = np.arange(len(rows))
    most = float(np.nanmax(rows[columns].to_numpy()))
    right = max(1.0, most * 1.3)
    axes.axvspan(_FLOOR * 0.8, STABLE, color=FAINT, alpha=0.35, linewidth=0, zorder=0)
    axes.axvline(MOVED, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    widest = rows[columns].max(axis=1).clip(lower=_FLOOR)
    axes.hlines(places, _FLOOR * 0.8, widest, color=FAINT, linewidth=1.0, zorder=1)
    for column in columns:
        found = rows[column].clip(lower=_FLOOR).to_numpy()
        colours = [ABUSIVE if value > MOVED else _COLOURS[column] for value in found.tolist()]
        filled = colours if column != "halves" else ["white"] * len(found)
        axes.scatter(found, places, s=38, c=filled, edgecolors=colours, linewidths=1.4, zorder=3)
    names = shown_apart(list(rows.index))
    rows_of_names(axes, names)
    if len(names) and names[0] == SCORE:
        axes.get_yticklabels()[0].set_fontweight("bold")
        axes.axhline(0.5, color=FAINT, linewidth=0.9)
    axes.set_xlim(_FLOOR * 0.8, right)
    shown_ticks = [tick for tick in (0.003, 0.01, 0.03, STABLE, MOVED, 1.0, 3.0, 10.0) if tick <= right]
    ticks(axes.xaxis, shown_ticks, lambda value: f"{value:g}")
    axes.set_xlabel("population stability index, scale of logarithms")
    _key(axes, columns)


def _key(axes: Axes, columns: list[str]) -> None:
    from matplotlib.lines import Line2D

    if len(columns) < 2:
        axes.set_title(f"{_WORDS[columns[0]]}; dark: moved")
        return
    dots = [
        Line2D([], [], marker="o", linestyle="", markersize=6, markeredgecolor=_COLOURS[name], markeredgewidth=1.4,
               markerfacecolor="white" if name == "halves" else _COLOURS[name], label=_WORDS[name])
        for name in columns
    ]  # fmt: skip
    axes.legend(handles=dots, ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2,
                handletextpad=0.2, labelcolor=INK)  # fmt: skip


def _finding(data: pd.DataFrame, columns: list[str]) -> str:
    widest = data[columns].max(axis=1)
    features = widest[widest.index != SCORE]
    if features.empty:
        score = float(widest.iloc[0])
        return f"The score {'moved' if score > MOVED else 'held'} (index {score:.2f})"
    moved = int((features > MOVED).sum())
    said = f"{moved:,} of {plural(len(features), 'feature')} moved" if moved else "No feature moved much"
    if SCORE in widest.index:
        score = float(widest[SCORE])
        how = "moved too" if score > MOVED and moved else "moved" if score > MOVED else "held"
        joint = "and" if (score > MOVED) == bool(moved) else "but"
        return f"{said}, {joint} the score {how} (index {score:.2f})"
    return f"{said}; most of all {shown(widest.index[0])} (index {float(widest.iloc[0]):.2f})"
