"""Write the model card of a model that was trained on a history; every figure comes from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from signup_risk.model import Manifest

_SYNTHETIC: Final = """
**The training history was simulated{part}. Every figure below is synthetic.** Simulated farms are not yours, and
neither are simulated people.
"""

_TEMPLATE: Final = """# Model card: {name} {version}

A LightGBM model of {trees} trees over {features} features that gives the log-odds that a new sign-up is abusive.
Made by `signup-risk train`.
{origin}{cautions}
## Training data{mark}

{created}

The labelled sign-ups are cut by time: the first part fits the trees, the next one stops them and chooses their
parameters, and the last one, after a gap in which labels ripen, calibrates. Sign-ups without a label count in
velocity only. Outcomes count in velocity from when they were known.

## Parameters{mark}

{trials}

## Thresholds{mark}

Set and counted on the calibration part, on which nothing was fitted but the calibration itself: {legitimate}
legitimate sign-ups. Intervals are exact binomial ones (95 %); they take sign-ups as independent, so those of the share
found are too narrow where abuse comes from few campaigns. Judge the model on later sign-ups with
`signup-risk evaluate`.

{thresholds}
{comparison}
## Probabilities

`risk_score` is 100 x the probability of abuse where {prevalence:.3%} of sign-ups are abusive; in the calibration part
{base_rate:.3%} were. Say another share with `--prevalence`. The rates (`fpr`) do not depend on it; below
{resolution:.2g} they are a bound.

## What it leans on{mark}

{leaning}

## Limits

- It knows the abuse that the labels know. What was never found counts as legitimate here.
- It fits the traffic of its time: train again when sign-ups or farms change, and compare before you switch.
- The manifest keeps digests of some ids of training sign-ups, so that `signup-risk evaluate` can tell whether they are
  among those it judges on. Who can guess an id can tell that too: keep the folder where the ids may be kept.
- No feature reads nationality, script, sex or age. Country occurs in agreements only. Inputs of your own (`custom.*`)
  are read as you give them: leave attributes of persons out.
"""


def trained_card(manifest: Manifest) -> str:
    """Return the card, in Markdown."""
    calibration = manifest.calibration
    return _TEMPLATE.format(
        name=manifest.name,
        version=manifest.version,
        trees=manifest.created_from["trees"],
        features=len(manifest.features),
        origin=_synthetic(manifest),
        cautions="".join(f"\n**Caution:** {text}.\n" for text in manifest.metrics.get("cautions", ())),
        mark=" (synthetic)" if manifest.synthetic else "",
        created="\n".join(
            f"- {key}: {_said(value)}" for key, value in manifest.created_from.items() if _is_told(value)
        ),
        trials=_trials(manifest.metrics.get("trials", ())),
        legitimate=f"{calibration.legitimate_count:,}",
        thresholds=_thresholds(manifest.metrics["thresholds"]),
        comparison=_comparison(manifest),
        prevalence=calibration.prevalence,
        base_rate=calibration.base_rate,
        resolution=calibration.resolution,
        leaning=_leaning(manifest),
    )


def _synthetic(manifest: Manifest) -> str:
    if not manifest.synthetic:
        return ""
    part = manifest.created_from.get("simulated")
    return _SYNTHETIC.format(part=f" in part ({part})" if part else "")


def _is_told(value: Any) -> bool:
    return not isinstance(value, list)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return " to ".join(map(str, value.values()))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _trials(trials: Any) -> str:
    if not trials:
        return "Those of the standard set, at half the learning rate."
    rows = [f"| {t['name']} | {t['trees']} | {t['tpr']:.1%} | {t['log_loss']:.4f} |" for t in trials]
    return "\n".join(
        ["| set, the chosen one first | trees | found at the target rate | log-loss |", "|---|---|---|---|", *rows]
    )


def _thresholds(thresholds: Any) -> str:
    rows = [
        f"| {t['fpr']:.2%} | {t['raw']:.3f} | {t['fpr_low']:.2%} to {t['fpr_high']:.2%} | {t['tpr']:.1%} "
        f"({t['tpr_low']:.1%} to {t['tpr_high']:.1%}) |"
        for t in thresholds
    ]
    if not rows:
        return "There were too few legitimate sign-ups to set any threshold."
    return "\n".join(
        ["| at most this share of legitimate sign-ups | raw score | interval | found |", "|---|---|---|---|", *rows]
    )


def _comparison(manifest: Manifest) -> str:
    found = manifest.metrics.get("against the model continued from")
    if found is None:
        return ""
    return (
        "\n## Against the model that it was continued from\n\n"
        f"On the calibration part it finds {found['new']:.1%} of the abusive sign-ups at a false-positive rate of "
        f"{found['fpr']:.2%}, the old model {found['old']:.1%}; the gain is "
        f"{100 * found['low']:+.1f} to {100 * found['high']:+.1f} points (95 %, drawn by {found['units']}): "
        f"**{found['verdict']}**.\n"
    )


def _leaning(manifest: Manifest) -> str:
    reasons = sorted({summary.reason for summary in manifest.features})
    return f"{len(reasons)} reason codes: {', '.join(reasons)}."
