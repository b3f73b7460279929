"""Show how scores are spread among the abusive and the legitimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.plots.figures import ODDS_TICKS, percent
from signup_risk.notebook.plots.frames import classes, contradicted, floats, is_synthetic, require
from signup_risk.notebook.plots.house import finished, halo, sheet, ticks, written
from signup_risk.notebook.plots.look import ABUSIVE, INK, LEGITIMATE, QUIET, UNKNOWN, drawing
from signup_risk.notebook.plots.plot import Plot
from signup_risk.policy import Policy
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.sample import Bools, Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS: Final = 46
_FEW: Final = 20
#: Log-odds of the lowest and highest score that there is, 0.01 and 99.99.
_END: Final = float(np.log(0.9999 / 0.0001))
#: Height of a name, as a share of a panel.
_NAME_HEIGHT: Final = 0.17
_COLOURS: Final = {"abusive": ABUSIVE, "legitimate": LEGITIMATE, "unknown": UNKNOWN}


def score_distribution(frame: pd.DataFrame, *, policy: Policy | None = None, synthetic: bool | None = None) -> Plot:
    """Draw the distribution of risk scores, the abusive above the legitimate and those of unknown outcome.

    The scale is one of log-odds: on a plain one nearly all sign-ups would lie in the first bar.

    Args:
        frame: One row a sign-up: ``risk_score`` (0 to 100), and if known ``label``, ``group`` and ``fpr``. Whose
            label contradicts the group is left out, as everywhere.
        policy: Whose thresholds are marked where the frame has ``fpr``; the default policy by default.
        synthetic: Whether the sign-ups are simulated; told by their groups and ``attrs`` by default.

    Returns:
        The plot. ``data`` holds a row for each bar: ``outcome``, ``low`` and ``high`` (ends of the bar, in risk
        score, the upper one excluded but in the last), ``count`` and ``share`` of the outcome.

    Raises:
        ConfigurationError: The frame is empty, or a score is none.
    """
    require(frame, ["risk_score"])
    scores = floats(frame, "risk_score")
    known = ~np.isnan(scores)
    if not known.any() or np.nanmin(scores) < 0 or np.nanmax(scores) > 100:
        raise ConfigurationError(
            f"column 'risk_score' of {len(frame):,} rows has no value, or one outside 0 to 100; give assessed sign-ups"
        )
    frame, scores = frame.loc[known], scores[known]
    outcomes, doubtful = _outcomes(frame)
    data = _bars(scores, outcomes)
    marks = _marks(frame, scores, policy or Policy())
    with drawing():
        drawn = _drawn(outcomes)
        figure = sheet(1.7 + 1.15 * len(drawn))
        found = np.atleast_1d(figure.subplots(len(drawn), sharex=True))
        for axes, (name, mask) in zip(found, drawn.items(), strict=True):
            _panel(axes, data[data["outcome"] == name], name, int(mask.sum()))
            _mark(axes, marks, named=axes is found[0])
        ticks(found[-1].xaxis, [float(_odds(place)) for place in ODDS_TICKS], _as_score)
        found[-1].set_xlabel("risk score: 100 x probability of abuse, on a scale of log-odds")
        hidden = sum(int(mask.sum()) for name, mask in outcomes.items() if name not in drawn)
        told = (
            f"Bars: share of each outcome{contradicted(doubtful)}.",
            "Lines: where the policy's decisions begin." * bool(marks),
            f"{hidden:,} of unknown outcome not drawn." * bool(hidden),
            f"{int((~known).sum()):,} without a score left out." * (not known.all()),
        )
        return finished(
            figure, data, finding=_finding(scores, outcomes, marks), note=" ".join(part for part in told if part),
            synthetic=is_synthetic(frame, synthetic),
        )  # fmt: skip


def _as_score(odds: float) -> str:
    return f"{100 / (1 + np.exp(-odds)):.4g}"


def _outcomes(frame: pd.DataFrame) -> tuple[dict[str, Bools], int]:
    """Return who is of which outcome, as evaluation counts them, and how many labels contradict their groups."""
    sample, everybody = classes(frame), np.ones(len(frame), dtype=np.bool_)
    if sample is None:
        return {"unknown": everybody}, 0
    masks = {"abusive": sample.abusive, "legitimate": sample.legitimate, "unknown": np.isnan(floats(frame, "label"))}
    told = {name: mask for name, mask in masks.items() if mask.any()}
    return told or {"unknown": everybody}, int(sample.doubtful.sum())


def _drawn(outcomes: dict[str, Bools]) -> dict[str, Bools]:
    """Leave out a handful of unknown outcomes: a panel of three sign-ups says nothing beside thousands."""
    if len(outcomes) > 1 and "unknown" in outcomes and outcomes["unknown"].sum() < _FEW:
        return {name: mask for name, mask in outcomes.items() if name != "unknown"}
    return outcomes


def _odds(share: Floats | float) -> Floats:
    kept = np.clip(share, 0.0001, 0.9999)
    return np.asarray(np.log(kept / (1 - kept)))


def _bars(scores: Floats, outcomes: dict[str, Bools]) -> pd.DataFrame:
    edges = np.linspace(-_END, _END, _BINS + 1)
    shown = 100 / (1 + np.exp(-edges))
    parts = []
    for name, mask in outcomes.items():
        counts, _ = np.histogram(_odds(scores[mask] / 100).clip(-_END, _END), edges)
        parts.append(
            pd.DataFrame(
                {"outcome": name, "low": shown[:-1], "high": shown[1:], "count": counts, "share": counts / mask.sum()}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _marks(frame: pd.DataFrame, scores: Floats, policy: Policy) -> dict[str, float]:
    """Return the lowest risk score at which each decision is taken by score, where there is one."""
    if "fpr" not in frame.columns:
        return {}
    rates = floats(frame, "fpr")
    marks: dict[str, float] = {}
    for name in OUTCOMES[1:]:
        beyond = scores[rates <= getattr(policy.thresholds, name)]
        if beyond.size:
            marks[name] = float(beyond.min())
    return marks


def _panel(axes: Axes, bars: pd.DataFrame, name: str, size: int) -> None:
    edges = np.linspace(-_END, _END, _BINS + 1)
    axes.bar(edges[:-1], bars["share"], width=np.diff(edges) * 0.92, align="edge", color=_COLOURS[name], zorder=2)
    axes.set_title(f"{name}, {size:,}", color=INK, fontweight="bold")
    axes.set_xlim(-_END, _END)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y")
    written(axes.yaxis, percent)
    axes.locator_params(axis="y", nbins=3)


def _mark(axes: Axes, marks: dict[str, float], *, named: bool) -> None:
    """Draw where decisions begin, the stricter the higher, so that no line crosses a name."""
    if named and marks:
        axes.set_ylim(top=axes.get_ylim()[1] / (1 - _NAME_HEIGHT * (len(marks) - 0.3)))
    for level, (name, place) in enumerate(reversed(marks.items())):
        x, top = float(_odds(place / 100)), 1.0 - _NAME_HEIGHT * level * named
        axes.axvline(x, ymax=top, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        if named:
            axes.annotate(
                f"{name.replace('_', '-')} from {place:.3g}", (x, top), xycoords=("data", "axes fraction"),
                xytext=(-4, 1), textcoords="offset points", fontsize=8.5, color=INK, ha="right", va="top",
                path_effects=halo(),
            )  # fmt: skip


def _finding(scores: Floats, outcomes: dict[str, Bools], marks: dict[str, float]) -> str:
    least = marks.get("step_up", 50.0)
    above = {name: float((scores[mask] >= least).mean()) for name, mask in outcomes.items()}
    said = f"a risk score of {least:.3g} or more"
    if {"abusive", "legitimate"} <= above.keys():
        shares = [percent(above[name]) for name in ("abusive", "legitimate")]
        return f"{shares[0]} of the abusive and {shares[1]} of the legitimate have {said}"
    (name, share) = next(iter(above.items()))
    who = "sign-ups, whose outcomes are not known," if name == "unknown" else f"{name} sign-ups"
    return f"{percent(share)} of {len(scores):,} {who} have {said}"
