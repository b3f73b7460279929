"""Write the card of the bundled model from what was measured; no figure is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from signup_risk.model import Manifest
from signup_risk.training.bundled_judgement import SEED_SCENARIO, Judgement
from signup_risk.training.bundled_sites import JUDGE
from signup_risk.training.evaluate.unseen import AtRates

#: What the model was meant to reach at a 1 % and a 0.35 % false-positive rate, on kinds that do not adapt.
_AIMS: Final = {"0.01": 0.90, "0.0035": 0.75}
#: Kinds that adapt, or of which no signal can be seen at sign-up (paid people with their own everything).
_BEYOND: Final = ("farm.a8", "farm.a7")
_HARD_AIM: Final = 0.60
_WORST_RATIO: Final = 3.0

_TEMPLATE: Final = """# Model card: {name} {version}

A LightGBM model of {trees} trees over {features} features that gives the log-odds that a new sign-up is
abusive. Made by `scripts/train_bundled`.

**Trained on simulated traffic. Every figure below is synthetic.** Simulated farms are not yours, and neither are
simulated people. Use the model as a start, in shadow (`Policy(shadow=True)`), and train on your own outcomes
(`signup-risk train`).

## Training data (synthetic)

{created}

Each site is drawn whole: audience, forms, habits, crowds, farms, and who shares things. At every other site nobody
reports outcomes. A campaign of n accounts counts as n^{power} of them in fitting, and rare legitimate groups up to
ten times; no feature reads a group. Features that count reported abuse, or weeks of sign-ups, on keys that many people
share (networks, domains, issuers, blocks of numbers, agents) are left out: they found more, and stopped one in
thirteen of a carrier's customers.

## Judgement on sites that served nothing else (synthetic)

{rows} sign-ups, {abusive} of them abusive, at {sites}, each replayed from an empty store. Intervals are 95 %,
campaigns drawn again.

| at a false-positive rate of | found (threshold set here) | found at the stated threshold | legitimate stopped there |
|---|---|---|---|
{detection}

First stopped member of a campaign of ten or more at the stated 1 %: median {median}, 90th percentile {p90};
{never} of {campaigns} campaigns were never stopped.

| best of the three rules within | rules found | model finds |
|---|---|---|
{baseline}

The rules: a list of disposable domains, sign-ups of a network in an hour, networks of hosting companies.

### Farms, at 1 % of the legitimate

| kind (synthetic) | found | found when its kind was never fitted |
|---|---|---|
{kinds}

With {hard_features} features alone that are hard to evade (network, block of numbers, card, timing, concentration):
{hard} at 1 % (aim: {hard_aim:.0%}).

### Legitimate groups, at the stated 1 %

Overall {overall}.

| group (synthetic) | stopped | times the overall rate |
|---|---|---|
{groups}

## The published case (synthetic)

Scenario `{seed_name}`: {seed_abusive} farm accounts from 22 April to 5 June 2026 among {seed_legitimate} legitimate
sign-ups, judged at the default policy.

| decision or stricter | farm accounts | legitimate |
|---|---|---|
{decisions}

First account not allowed, by campaign of ten or more: median {seed_median}, 90th percentile {seed_p90}.

The control, a farm drawn from legitimate traffic that no model can find: {control}.

## Aims that are missed

{missed}

Kinds a4, a6 and a7 share little or nothing at sign-up by design: what is left are contradictions, blocks of numbers,
issuers and codes, where a site asks for those, and what their sign-ups of a week have in common.

## Limits

- Groups above the overall rate pay more than their share: look at them first on your own traffic.
- Probabilities (`risk_score`) hold at the share of abuse in the calibration traffic, {base_rate:.1%}; the rates (`fpr`)
  do not depend on it. Both are estimates from {calibrated} simulated legitimate sign-ups, so an `fpr` below
  {resolution:.2g} is a bound. They are counted over all calibration sites, and sites differ by far more than chance.
- In the first hours of an empty store, what is usual is not known yet: surprise, likeness and tenure are unknown.
- Real addresses, agents and cards are more varied than simulated ones; a stated rate is an estimate until you have
  looked at `fpr` on your own traffic.
- No feature reads nationality, script or age. Country occurs in agreements only.
"""


def model_card(manifest: Manifest, trees: int, power: float, judged: Judgement) -> str:
    """Return the card, in Markdown.

    Args:
        manifest: The model's manifest.
        trees: Number of trees.
        power: To which power of its size a campaign counts in fitting.
        judged: What was measured.
    """
    sites, seed = judged.sites["champion"], judged.seed["champion"]
    stated, calibration = sites["levels"]["stated_0.01"], manifest.calibration
    first, seed_first = _all_sizes(stated), _all_sizes(seed["levels"]["step_up"])
    return _TEMPLATE.format(
        name=manifest.name,
        version=manifest.version,
        trees=trees,
        features=len(manifest.names),
        created="\n".join(f"- {key}: {value}" for key, value in manifest.created_from.items()),
        power=power,
        rows=judged.sites["history"]["signups"],
        abusive=judged.sites["history"]["abusive"],
        sites=f"{len(JUDGE)} sites",
        detection=_lines(_detection(one) for one in sites["detection"]),
        median=_rank(first["member"]["median"]),
        p90=_rank(first["member"]["p90"]),
        never=first["never"],
        campaigns=first["campaigns"],
        baseline=_lines(_best(one) for one in sites["baseline"]["best"]),
        kinds=_lines(_kind(one, judged.unseen) for one in sites["levels"]["fpr_0.01"]["kinds"]),
        hard_features=judged.hard_features,
        hard=_found(judged.hard, "0.01"),
        hard_aim=_HARD_AIM,
        overall=_share(stated["groups"]["overall"]),
        groups=_lines(_group(one) for one in stated["groups"]["groups"]),
        seed_name=SEED_SCENARIO,
        seed_abusive=judged.seed["history"]["abusive"],
        seed_legitimate=judged.seed["history"]["legitimate"],
        decisions=_lines(_decision(one) for one in seed["decisions"]["levels"]),
        seed_median=_rank(seed_first["member"]["median"]),
        seed_p90=_rank(seed_first["member"]["p90"]),
        control=_control(judged.control["champion"]["levels"]["stated_0.01"]["control"]),
        missed="\n".join(missed_aims(judged)) or "None.",
        base_rate=calibration.base_rate,
        calibrated=calibration.legitimate_count,
        resolution=1 / (calibration.legitimate_count + 1),
    )


def missed_aims(judged: Judgement) -> list[str]:
    """Say which aims are missed, by how much, and which kind or group is responsible."""
    return [*_missed_kinds(judged), *_missed_seed(judged), *_missed_groups(judged)]


def _missed_kinds(judged: Judgement) -> list[str]:
    lines = []
    for rate, aim in _AIMS.items():
        low = [f"{one.name} {_found(one, rate)}" for one in judged.unseen
               if one.name not in _BEYOND and (_value(one, rate) or 0.0) < aim]  # fmt: skip
        if low:
            lines.append(f"- Unseen kinds below {aim:.0%} at {float(rate):.2%}: {', '.join(low)}.")
    if (_value(judged.hard, "0.01") or 0.0) < _HARD_AIM:
        lines.append(f"- Features hard to evade alone: {_found(judged.hard, '0.01')} instead of {_HARD_AIM:.0%}.")
    return lines


def _missed_seed(judged: Judgement) -> list[str]:
    levels = {one["decision"]: one for one in judged.seed["champion"]["decisions"]["levels"]}
    first = _all_sizes(judged.seed["champion"]["levels"]["step_up"])["member"]
    checks = (
        ("farm accounts not allowed", levels["step_up"]["found"]["value"], 0.97, True),
        ("legitimate sign-ups not allowed", levels["step_up"]["alarms"]["value"], 0.01, False),
        ("legitimate sign-ups blocked", levels["block"]["alarms"]["value"], 0.001, False),
    )
    lines = [
        f"- {SEED_SCENARIO}, {name}: {value:.2%} instead of {'at least' if least else 'at most'} {aim:.1%}."
        for name, value, aim, least in checks
        if (value < aim if least else value > aim)
    ]
    for name, value, aim in (("median", first["median"], 8), ("90th percentile", first["p90"], 40)):
        if value is None or value > aim:
            lines.append(f"- {SEED_SCENARIO}, first account not allowed, {name}: {_rank(value)} instead of {aim}.")
    return lines


def _missed_groups(judged: Judgement) -> list[str]:
    groups = judged.sites["champion"]["levels"]["stated_0.01"]["groups"]["groups"]
    worse = [f"{one['group']} {one['ratio']:.1f}" for one in groups if (one["ratio"] or 0.0) > _WORST_RATIO]
    return [f"- Groups above {_WORST_RATIO:g} times the overall rate: {', '.join(worse)}."] if worse else []


def _all_sizes(level: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in level["time_to_detect"] if one["size"] == "all")
    return found


def _detection(one: Mapping[str, Any]) -> Sequence[str]:
    return f"{one['rate']:.2%}", _share(one["found"]), _share(one["stated_found"]), _share(one["stated_rate"])


def _best(one: Mapping[str, Any]) -> Sequence[str]:
    model = one["model_found"]
    return f"{one['rate']:.2%}", f"{one['found']:.1%} ({one['rules']})", "n/a" if model is None else f"{model:.1%}"


def _kind(one: Mapping[str, Any], unseen: Sequence[AtRates]) -> Sequence[str]:
    left = next((other for other in unseen if other.name == one["kind"]), None)
    return one["kind"], _share(one["found"]), "n/a" if left is None else _found(left, "0.01")


def _group(one: Mapping[str, Any]) -> Sequence[str]:
    return one["group"], _share(one["rate"]), "n/a" if one["ratio"] is None else f"{one['ratio']:.1f}"


def _decision(one: Mapping[str, Any]) -> Sequence[str]:
    return one["decision"], _share(one["found"]), _share(one["alarms"])


def _control(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "not in this traffic"
    return f"{_share(found['found'])} of it stopped at the stated 1 %, {_share(found['alarms'])} of the legitimate"


def _lines(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _share(share: Mapping[str, Any]) -> str:
    if share["value"] is None:
        return "n/a"
    return f"{share['value']:.2%} ({share['low']:.2%} to {share['high']:.2%})"


def _value(one: AtRates, rate: str) -> float | None:
    share = one.found.get(rate)
    return None if share is None else share.value


def _found(one: AtRates, rate: str) -> str:
    value = _value(one, rate)
    return "n/a" if value is None else f"{value:.1%}"


def _rank(rank: float | None) -> str:
    return "never" if rank is None else f"{rank:.0f}"
