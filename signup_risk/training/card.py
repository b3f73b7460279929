"""Write the model card from what was measured; no figure is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEMPLATE = """# Model card: {name} {version}

A LightGBM model of {trees} trees over {features} features that gives the log-odds that a new sign-up is
abusive. Made by `scripts/train`.

**Trained on simulated traffic. Every figure below is synthetic.** Simulated farms are not yours, and neither are
simulated people. Use the model as a start, in shadow (`Policy(shadow=True)`), and train on your own outcomes.

## Training data (synthetic)

{created}

The histories are cut by time: the first 60 % fit the trees, the next 15 % stop them, the last 25 % calibrate.

## Judgement on held-out traffic (synthetic)

A scenario with other priors and seeds, {legitimate} legitimate and {abusive} abusive sign-ups, replayed from an
empty store; no row of it was seen in training or calibration. Farms of the same kinds occur in training: *unseen
kinds are not measured here*.

| at a false-positive rate of | found (threshold set here) | legitimate at the threshold that the model states |
|---|---|---|
{detection}

First stopped member of a campaign of ten or more, at the stated 1 % threshold: median {median}, 90th percentile {p90};
{never} of {campaigns} campaigns never stopped.

| kind of farm (synthetic) | share at or above the stated 1 % threshold |
|---|---|
{kinds}

| legitimate population (synthetic) | share at or above the stated 1 % threshold |
|---|---|
{populations}

## Limits

- Populations above 1 % in the last table pay more than their share: look at them first on your own traffic.
- Probabilities (`risk_score`) hold at the share of abuse in the training traffic, {base_rate:.1%}; the rates (`fpr`)
  do not depend on it. Both are estimates from {calibrated} simulated legitimate sign-ups, so an `fpr` below
  {resolution:.2g} is a bound.
- In the first hours of an empty store, what is usual is not known yet: surprise and likeness are unknown.
- No feature reads nationality, script or age. Country occurs in agreements only.
"""


def model_card(name: str, version: str, trees: int, manifest: Mapping[str, Any], judged: Mapping[str, Any]) -> str:
    """Return the card, in Markdown.

    Args:
        name: Name of the model.
        version: Its version.
        trees: Number of trees.
        manifest: The manifest as JSON values.
        judged: :meth:`signup_risk.training.judge.Judgement.to_dict` of the held-out history.
    """
    first = judged["first_stopped"]
    calibration = manifest["calibration"]
    return _TEMPLATE.format(
        name=name,
        version=version,
        trees=trees,
        features=len(manifest["features"]),
        created="\n".join(f"- {key}: {value}" for key, value in manifest["created_from"].items()),
        legitimate=judged["legitimate"],
        abusive=judged["abusive"],
        detection="\n".join(_detection_rows(judged)),
        median=_rank(first["median"]),
        p90=_rank(first["p90"]),
        never=first["never"],
        campaigns=first["campaigns"],
        kinds=_rows(judged["kinds"]),
        populations=_rows(judged["populations"]),
        base_rate=calibration["base_rate"],
        calibrated=calibration["fpr"]["count"],
        resolution=1 / (calibration["fpr"]["count"] + 1),
    )


def _detection_rows(judged: Mapping[str, Any]) -> list[str]:
    found = judged["detection"].items()
    stated = judged["rates"].values()
    return [
        f"| {float(key.removeprefix('tpr_at_fpr_')):.2%} | {share:.1%} | {rate:.2%} |"
        for (key, share), rate in zip(found, stated, strict=True)
    ]


def _rows(shares: Mapping[str, float]) -> str:
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return "\n".join(f"| {group} | {share:.2%} |" for group, share in ranked)


def _rank(rank: float | None) -> str:
    return "never" if rank is None else f"{rank:.0f}"
