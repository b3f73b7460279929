"""Put all measures of one or two models on one history together, as values and as JSON.

The JSON object (:data:`SCHEMA` 1) holds:

- ``schema``, ``synthetic`` (whether the history's groups are named as the simulation names them; every figure is then
  one of simulated traffic), ``seed``;
- ``history``: counts of sign-ups by role, first and last time, share of abuse, number of campaigns, what is drawn
  again for intervals, label maturity;
- ``cautions``: ``[{code, text}]``, what to know before believing anything below;
- ``splits``: the random split beside the split by time, :class:`Splits`;
- ``champion`` and ``challenger`` (or null), each a :class:`ModelReport`: ``model``, ``detection`` by rate, ``ks``,
  ``auc``, ``reliability`` at the history's and at the model's share of abuse, ``decisions`` of the policy, ``levels``,
  ``baseline``, ``drift``;
- ``levels`` holds for each level of strictness what it does: ``kinds``, ``groups``, ``time_to_detect``, ``control``.
  The levels are ``fpr_<rate>`` (threshold set here), ``stated_<rate>`` (as the model states it), ``step_up``,
  ``review`` and ``block`` (as the policy decides, or stricter); one that too few sign-ups support is left out;
- ``swaps``: champion against challenger by rate, empty without a challenger.

A share is ``{value, low, high, count}`` with a 95 % interval; what cannot be told is null. Fields are added without a
new number of the schema, never renamed or dropped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from signup_risk.extract import select
from signup_risk.features.base import Feature
from signup_risk.model import ModelArtefact
from signup_risk.policy import Policy
from signup_risk.training.evaluate.baseline import FEATURES as BASELINE_FEATURES
from signup_risk.training.evaluate.baseline import Baseline, baseline
from signup_risk.training.evaluate.campaigns import TimeToDetect, time_to_detect
from signup_risk.training.evaluate.cautions import (
    Caution,
    Maturity,
    label_cautions,
    maturity,
    overlap_cautions,
    small_groups,
)
from signup_risk.training.evaluate.compare import Swap, separation, swaps
from signup_risk.training.evaluate.decisions import Decisions, Level, decide
from signup_risk.training.evaluate.detection import Detection, detect
from signup_risk.training.evaluate.drift import Drift, drift
from signup_risk.training.evaluate.groups import Control, GroupRates, KindShare, control, group_rates, kind_shares
from signup_risk.training.evaluate.intervals import REPEATS
from signup_risk.training.evaluate.reliability import Reliability, reliability
from signup_risk.training.evaluate.sample import Bools, Floats, Sample
from signup_risk.training.evaluate.splits import Splits, area, compare_splits
from signup_risk.training.evaluate.unseen import raw_scores
from signup_risk.training.simulated import simulated_count
from signup_risk.training.table import FeatureTable

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class AtLevel:
    """Hold what one level of strictness does.

    Attributes:
        kinds: What is found of each kind of farm.
        groups: What it costs each legitimate group.
        time_to_detect: How early campaigns are stopped.
        control: What is "found" of farms without a signal; None if there are none.
    """

    kinds: tuple[KindShare, ...]
    groups: GroupRates
    time_to_detect: tuple[TimeToDetect, ...]
    control: Control | None


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """Hold what the policy decides.

    Attributes:
        policy: Name and version.
        levels: Good and bad at each decision or a stricter one.
        spared: Sign-ups that would have been blocked, but for a single attribute.
    """

    policy: str
    levels: tuple[Level, ...]
    spared: int


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Hold everything measured of one model; the module says what is what."""

    model: Mapping[str, Any]
    detection: tuple[Detection, ...]
    ks: float
    auc: float
    reliability: Mapping[str, Reliability]
    decisions: PolicyReport
    levels: Mapping[str, AtLevel]
    baseline: Baseline
    drift: Drift


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Hold what is measured on one history; the module says what is what."""

    synthetic: bool
    seed: int
    history: Mapping[str, Any]
    cautions: tuple[Caution, ...]
    splits: Splits
    champion: ModelReport
    challenger: ModelReport | None
    swaps: tuple[Swap, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as JSON values, without NaN and infinity."""
        plain: dict[str, Any] = _plain(asdict(self))
        return {"schema": SCHEMA} | plain


def wanted_features(artefacts: Sequence[ModelArtefact]) -> tuple[Feature, ...]:
    """Return the features that a history is to be replayed with: those of the models and of the three rules."""
    names = [name for artefact in artefacts for name in artefact.manifest.names]
    return select(tuple(dict.fromkeys([*names, *BASELINE_FEATURES])))


def evaluate(  # noqa: PLR0913 - what is judged, by which rules, and how surely
    artefact: ModelArtefact,
    table: FeatureTable,
    *,
    policy: Policy | None = None,
    challenger: ModelArtefact | None = None,
    seed: int = 1,
    repeats: int = REPEATS,
) -> Evaluation:
    """Judge a model, and another one beside it, on a replayed history.

    Args:
        artefact: The model.
        table: The history, replayed with :func:`wanted_features`.
        policy: The rules that decide; the default policy by default.
        challenger: A model to compare with.
        seed: Same seed, same figures.
        repeats: How often campaigns are drawn again for an interval.

    Raises:
        ConfigurationError: The history lacks one of the two classes, or a feature.
    """
    case = _Case(table, Sample.of(table), policy or Policy(), seed, repeats)
    models = [artefact] if challenger is None else [artefact, challenger]
    scores = [raw_scores(one.booster, table.columns(one.manifest.names)) for one in models]
    reports = [_report(one, mine, case) for one, mine in zip(models, scores, strict=True)]
    splits = compare_splits(table.columns(artefact.manifest.names), case.sample, seed=seed)
    ripe = maturity(table, case.sample)
    return Evaluation(
        synthetic=simulated_count(table.groups) > 0,
        seed=seed,
        history=_history(table, case.sample, ripe),
        cautions=(
            # Two versions of one model say the same.
            *dict.fromkeys(caution for one in models for caution in overlap_cautions(one.manifest, table)),
            *label_cautions(case.sample, ripe),
            *_cautions(case.policy, splits, reports),
        ),
        splits=splits,
        champion=reports[0],
        challenger=reports[1] if len(reports) > 1 else None,
        swaps=swaps(scores[0], scores[1], case.sample, seed=seed, repeats=repeats) if len(scores) > 1 else (),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    table: FeatureTable
    sample: Sample
    policy: Policy
    seed: int
    repeats: int


def _report(artefact: ModelArtefact, scores: Floats, case: _Case) -> ModelReport:
    sample, manifest = case.sample, artefact.manifest
    own, calibration = case.table.columns(manifest.names), manifest.calibration
    found = detect(scores, sample, calibration, seed=case.seed, repeats=case.repeats)
    decided = decide(artefact, own, scores, case.policy)
    known = sample.abusive | sample.legitimate
    return ModelReport(
        model={
            "name": manifest.name,
            "version": manifest.version,
            "fingerprint": manifest.fingerprint,
            "trained_on_synthetic": manifest.synthetic,
            "features": len(manifest.names),
        },
        detection=found,
        ks=separation(scores, sample),
        auc=area(scores[known], sample.abusive[known]),
        reliability={
            "history": reliability(scores, sample, calibration, sample.prevalence),
            "model": reliability(scores, sample, calibration, calibration.prevalence),
        },
        decisions=PolicyReport(decided.policy, decided.levels(sample), decided.spared),
        levels={
            name: _at_level(stopped, case) for name, stopped in _levels(scores, found, decided).items()
        },
        baseline=baseline(case.table, scores, sample),
        drift=drift(own, scores, sample, calibration, manifest.features),
    )


def _levels(scores: Floats, found: Sequence[Detection], decided: Decisions) -> dict[str, Bools]:
    """Return who is stopped at each level of strictness."""
    here = {f"fpr_{one.rate:g}": one.threshold for one in found}
    stated = {f"stated_{one.rate:g}": one.stated_threshold for one in found}
    levels = {name: scores >= threshold for name, threshold in (here | stated).items() if threshold is not None}
    return levels | {"step_up": decided.stopped("step_up"), "review": decided.stopped("review"),
                     "block": decided.stopped("block")}  # fmt: skip


def _at_level(stopped: Bools, case: _Case) -> AtLevel:
    sample = case.sample
    return AtLevel(
        kinds=kind_shares(stopped, sample, seed=case.seed, repeats=case.repeats),
        groups=group_rates(stopped, sample),
        time_to_detect=time_to_detect(stopped, sample),
        control=control(stopped, sample),
    )


def _history(table: FeatureTable, sample: Sample, ripe: Maturity) -> dict[str, Any]:
    named = bool((sample.groups != "").any())
    return {
        "signups": len(table),
        "legitimate": int(sample.legitimate.sum()),
        "abusive": int(sample.abusive.sum()),
        "control": int(sample.control.sum()),
        "doubtful": int(sample.doubtful.sum()),
        "unlabelled": int((table.labels < 0).sum()),
        "prevalence": sample.prevalence,
        "campaigns": len({str(group) for group in np.unique(sample.groups[sample.abusive])} - {""}),
        "first": _time(int(table.times.min())),
        "last": _time(int(table.times.max())),
        "drawn_again": "campaigns, and hours of legitimate groups" if named else "single sign-ups, no group is named",
        "maturity": ripe,
    }


def _cautions(policy: Policy, splits: Splits, reports: Sequence[ModelReport]) -> list[Caution]:
    found = [
        Caution("TOO_FEW", f"detection at {one.rate:.2%} false positives is not given: {one.refused}")
        for one in reports[0].detection
        if one.refused
    ]
    small = reports[0].levels["step_up"].groups.too_small
    if small:
        found.append(Caution("SMALL_GROUPS", small_groups(small)))
    if splits.is_alarming:
        text = (
            f"a small model scores {splits.at_random:.3f} with rows split at random and {splits.by_time:.3f} split by "
            "time: the data hold something that does not last, or that stands on both sides of a random split; trust "
            "no figure of a random split"
        )
        found.append(Caution("SPLITS_DIFFER", text))
    if policy.allow or policy.block:
        text = "lists of the policy are not applied: a replayed history holds features, not the values that lists name"
        found.append(Caution("LISTS_NOT_APPLIED", text))
    return found + _control_cautions(reports)


def _control_cautions(reports: Sequence[ModelReport]) -> list[Caution]:
    above = [
        f"{report.model['name']} at {name} ({level.control.found.value:.2%} against {level.control.alarms.value:.2%})"
        for report in reports
        for name, level in report.levels.items()
        if level.control is not None and level.control.verdict == "above"
    ]
    if not above:
        return []
    text = (
        f"farms without any signal are found more often than the legitimate: {', '.join(above)}; labels leak into the "
        "features"
    )
    return [Caution("CONTROL_FOUND", text)]


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, UTC).isoformat()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
