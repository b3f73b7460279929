"""Lay out an evaluation for reading. It takes the JSON values, so what was kept can be shown again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from signup_risk.cli.table import aligned

_WIDTH: Final = 116
_MOST_GROUPS: Final = 20
_MOST_FEATURES: Final = 8
_UNKNOWN: Final = "n/a"
_NEVER: Final = "never"
#: Levels of strictness and how they are called.
_LEVELS: Final = {
    "fpr_0.0035": "0.35% here",
    "fpr_0.01": "1% here",
    "stated_0.01": "1% as stated",
    "step_up": "step_up or stricter",
    "review": "review or stricter",
    "block": "block",
}

Json = Mapping[str, Any]
Rows = list[tuple[str, ...]]


def evaluation_text(found: Json, summary: str = "") -> str:
    """Return an evaluation as tables under headings, cautions first.

    Args:
        found: :meth:`signup_risk.training.evaluate.Evaluation.to_dict`.
        summary: What was read, for the first line.
    """
    parts = [_head(found, summary), *_cautions(found["cautions"])]
    mark = " (synthetic)" if found["synthetic"] else ""
    for role in ("champion", "challenger"):
        if found[role] is not None:
            parts += [f"{title}{mark}\n{body}" for title, body in _model(role, found[role])]
    parts += [f"{title}{mark}\n{body}" for title, body in _shared(found)]
    return "\n\n".join(parts)


def _head(found: Json, summary: str) -> str:
    history = found["history"]
    lines = [summary] if summary else []
    lines.append(
        f"judged: {history['legitimate']:,} legitimate, "
        f"{history['abusive']:,} abusive ({percent(history['prevalence'])}) "
        f"in {history['campaigns']:,} campaigns, {history['first'][:16]} to {history['last'][:16]}"
    )
    if found.get("since"):
        lines.append(f"What came before {found['since']} was replayed for what it tells of these, and not judged.")
    if found["synthetic"]:
        lines.append("The groups are named as simulated ones are: every figure below is synthetic.")
    lines.append(f"Intervals hold 95%; drawn again for them: {history['drawn_again']}.")
    return "\n".join(lines)


def _cautions(cautions: Sequence[Json]) -> Iterator[str]:
    if cautions:
        yield "\n".join(
            textwrap.fill(f"WARNING {one['code']}: {one['text']}", _WIDTH, subsequent_indent="  ") for one in cautions
        )


def _model(role: str, report: Json) -> Iterator[tuple[str, str]]:
    model = report["model"]
    origin = ", trained on synthetic sign-ups" if model["trained_on_synthetic"] else ""
    name = f"{role}: {_named(model)}{origin}"
    yield f"{name} - found at a rate of false positives", _detection(report)
    title = "precision by share of abuse among sign-ups (AI companies report one in six), thresholds set here"
    yield title, _precision(report["detection"])
    ruled = f"decisions of policy {report['decisions']['policy']}, by score alone: campaigns come on top (--campaigns)"
    yield ruled, _decisions(report["decisions"])
    yield "kinds of farm: share found", _kinds(report["levels"])
    title = f"campaigns of {_least(report)}: how early they are stopped, median / 90th percentile"
    yield title, _early(report["levels"])
    yield "legitimate groups: share stopped, worst first, and ratio to all", _groups(report["levels"])
    yield "three rules (disposable, hosting, sign-ups from a network within an hour) beside the model", _rules(report)
    yield "calibration", _calibration(report["reliability"])
    yield "drift (stability index; above 0.25 is usually taken as moved)", _drift(report["drift"])
    if report["levels"]["step_up"]["control"] is not None:
        yield "control: farms without a signal, to be stopped as often as the legitimate", _control(report["levels"])


def _least(report: Json) -> str:
    count = report["levels"]["step_up"]["time_to_detect"][0]["campaigns"]
    return f"ten members and more ({count:,})"


def _detection(report: Json) -> str:
    rows: Rows = [("rate", "found, threshold set here", "stated threshold: found", "and false positives")]
    for one in report["detection"]:
        here = f"{_UNKNOWN}: {one['refused']}" if one["refused"] else share(one["found"])
        rows.append((percent(one["rate"]), here, share(one["stated_found"]), share(one["stated_rate"])))
    tail = f"KS {report['ks']:.3f}; area under the ROC curve {report['auc']:.4f}, which says little about low rates"
    return f"{aligned(rows)}\n{tail}"


def _precision(detection: Sequence[Json]) -> str:
    shown: Json = next((one["precision"] for one in detection if one["precision"]), {})
    rows: Rows = [("rate", *(f"at {percent(float(name))} abuse" for name in shown))]
    rows += [
        (percent(one["rate"]), *(percent(one["precision"].get(name)) for name in shown)) for one in detection
    ]
    return aligned(rows)


def _decisions(decisions: Json) -> str:
    rows: Rows = [("decision or stricter", "abusive", "legitimate")]
    rows += [(one["decision"], share(one["found"]), share(one["alarms"])) for one in decisions["levels"]]
    return f"{aligned(rows)}\n{decisions['spared']:,} not blocked, since their risk rests on one attribute"


def _kinds(levels: Json) -> str:
    shown = [name for name in ("fpr_0.0035", "fpr_0.01", "step_up", "block") if name in levels]
    rows: Rows = [("kind", "campaigns", "sign-ups", *(_LEVELS[name] for name in shown))]
    for place, one in enumerate(levels[shown[0]]["kinds"]):
        cells = (share(levels[name]["kinds"][place]["found"]) for name in shown)
        rows.append((one["kind"], f"{one['campaigns']:,}", f"{one['found']['count']:,}", *cells))
    return aligned(rows)


def _early(levels: Json) -> str:
    rows: Rows = [("level", "size", "campaigns", "never", "first stopped", "minutes", "came before", "got through")]
    for name in (name for name in _LEVELS if name in levels):
        for one in levels[name]["time_to_detect"]:
            spreads = (spread(one[what]) for what in ("member", "minutes", "before", "through"))
            rows.append((_LEVELS[name], one["size"], f"{one['campaigns']:,}", f"{one['never']:,}", *spreads))
    return aligned(rows)


def _groups(levels: Json) -> str:
    shown = [name for name in ("fpr_0.01", "step_up", "block") if name in levels]
    first = levels[shown[0]]["groups"]
    others = [{one["group"]: one for one in levels[name]["groups"]["groups"]} for name in shown[1:]]
    rows: Rows = [("group", "sign-ups", _LEVELS[shown[0]], "ratio", *(_LEVELS[name] for name in shown[1:]))]
    for one in first["groups"][:_MOST_GROUPS]:
        cells = (percent(other[one["group"]]["rate"]["value"]) for other in others)
        count = f"{one['rate']['count']:,}"
        rows.append((one["group"], count, share(one["rate"]), ratio(one["ratio"]), *cells))
    overall = (percent(levels[name]["groups"]["overall"]["value"]) for name in shown[1:])
    rows.append(("all", f"{first['overall']['count']:,}", share(first["overall"]), ratio(1.0), *overall))
    left = len(first["groups"]) - _MOST_GROUPS
    return aligned(rows) + (f"\n{left} more groups, each with a smaller share" if left > 0 else "")


def _rules(report: Json) -> str:
    best: Rows = [("rate", "best of the rules", "found", "model finds")]
    best += [
        (percent(one["rate"]), one["rules"], percent(one["found"]), percent(one["model_found"]))
        for one in report["baseline"]["best"]
    ]
    curve: Rows = [("rules", "false positives", "found", "model finds")]
    curve += [
        (one["rules"], percent(one["alarms"]), percent(one["found"]), percent(one["model_found"]))
        for one in report["baseline"]["curve"]
    ]
    return f"{aligned(best)}\nROC of the rules:\n{aligned(curve)}"


def _calibration(reliability: Json) -> str:
    rows: Rows = [("share of abuse", "ECE", "Brier", "Brier of the share alone")]
    for name, said in (("history", "as here"), ("model", "as the model states")):
        one = reliability[name]
        figures = (f"{one[what]:.4f}" for what in ("ece", "brier", "brier_of_base_rate"))
        rows.append((f"{percent(one['prevalence'])} ({said})", *figures))
    bins: Rows = [("probability", "sign-ups", "stated", "observed")]
    for one in reliability["history"]["bins"]:
        span = f"{one['low']:g}-{one['high']:g}"
        bins.append((span, f"{one['count']:,}", percent(one["stated"]), percent(one["observed"])))
    return f"{aligned(rows)}\n{aligned(bins)}"


def _drift(drift: Json) -> str:
    rows: Rows = [("feature", "since training", "beyond 99% of training", "halves of the history")]
    rows.append(("the score", f"{drift['score_since_training']:.3f}", "-", f"{drift['score_halves']:.3f}"))
    ranked = sorted(drift["features"], key=lambda one: -one["since_training"])
    rows += [
        (one["feature"], f"{one['since_training']:.3f}", percent(one["beyond_p99"]), f"{one['halves']:.3f}")
        for one in ranked[:_MOST_FEATURES]
    ]
    return (
        f"{aligned(rows)}\nKS of legitimate scores since calibration: {drift['score_ks_since_training']:.3f}. "
        "Tenure and velocity fill up from an empty store, so their halves differ by nature."
    )


def _control(levels: Json) -> str:
    rows: Rows = [("level", "control", "legitimate", "verdict")]
    for name in (name for name in _LEVELS if name in levels):
        one = levels[name]["control"]
        rows.append((_LEVELS[name], share(one["found"]), share(one["alarms"]), one["verdict"]))
    return aligned(rows)


def _shared(found: Json) -> Iterator[tuple[str, str]]:
    splits = found["splits"]
    if splits["refused"]:
        body = f"{_UNKNOWN}: {splits['refused']}"
    else:
        verdict = "ALARM: they differ by more than 0.05" if splits["is_alarming"] else "no alarm"
        body = (
            f"by time {splits['by_time']:.3f}, at random {splits['at_random']:.3f}: {verdict}. An alarm speaks of the "
            "data, not of the model."
        )
    yield "a small model fitted here, area under the ROC curve by split", body
    if found["swaps"]:
        challenger, champion = (_named(found[role]["model"]) for role in ("challenger", "champion"))
        title = f"{challenger} (challenger) against {champion} (champion), thresholds set here"
        yield title, _swaps(found["swaps"])


def _named(model: Json) -> str:
    return f"{model['name']} {model['version']}"


def _swaps(swaps: Sequence[Json]) -> str:
    rows: Rows = [("rate", "gain in abuse found", "verdict", "bad: only champion", "only challenger",
                   "good: only champion", "only challenger")]  # fmt: skip
    for one in swaps:
        if one["refused"]:
            rows.append((percent(one["rate"]), f"{_UNKNOWN}: {one['refused']}", "", "", "", "", ""))
            continue
        counts = (
            f"{one[f'{who}_only_{whose}']:,}"
            for who in ("abusive", "legitimate")
            for whose in ("champion", "challenger")
        )
        rows.append((percent(one["rate"]), share(one["gain"]), one["verdict"], *counts))
    return aligned(rows)


def percent(value: float | None) -> str:
    """Return a share as a percentage, with the digits that matter where it is small.

    Examples:
        >>> [percent(value) for value in (None, 0.0, 0.00042, 0.0123, 0.5, 1.0)]
        ['n/a', '0%', '0.042%', '1.23%', '50.0%', '100%']
    """
    if value is None:
        return _UNKNOWN
    points = 100 * value
    if points in (0.0, 100.0):
        return f"{points:.0f}%"
    size = abs(points)
    digits = 1 if size >= 10 else 2 if size >= 0.1 else 3
    return f"{points:.{digits}f}".rstrip("0" if size < 10 else "").rstrip(".") + "%"


def share(value: Json) -> str:
    """Return a share with its interval.

    Examples:
        >>> share({"value": 0.727, "low": 0.48, "high": 0.844, "count": 1298})
        '72.7% (48.0-84.4%)'
        >>> share({"value": -0.171, "low": -0.353, "high": -0.0159, "count": 1298})
        '-17.1% (-35.3 to -1.59%)'
    """
    if value["value"] is None:
        return _UNKNOWN
    between = " to " if (value["low"] or 0) < 0 else "-"  # "-35-1" reads as if both were above zero
    return f"{percent(value['value'])} ({percent(value['low'])[:-1]}{between}{percent(value['high'])})"


def spread(value: Json) -> str:
    """Return median and 90th percentile.

    Examples:
        >>> spread({"median": 3.0, "p90": None})
        '3 / never'
    """
    return " / ".join(_NEVER if one is None else f"{one:,.0f}" for one in (value["median"], value["p90"]))


def ratio(value: float | None) -> str:
    """Return a ratio to the rate of all.

    Examples:
        >>> ratio(2.51), ratio(None)
        ('2.5x', 'n/a')
    """
    return _UNKNOWN if value is None else f"{value:.1f}x"
