"""Judge on kinds of farm that were never fitted, and on features that are hard to evade.

Tomorrow's farm is of a kind that nobody has labelled yet. So each kind is left out of fitting in turn and found, or
not, in held-out histories. Its sign-ups stay in the velocity of all others, as they would in service.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.features.base import Feature
from signup_risk.model import Booster
from signup_risk.training.evaluate.detection import Ranking, refusal
from signup_risk.training.evaluate.groups import kind_shares
from signup_risk.training.evaluate.intervals import Share
from signup_risk.training.evaluate.sample import CONTROL, Floats, Sample, kind_of
from signup_risk.training.fit import RATES, fit
from signup_risk.training.table import FeatureTable


@dataclass(frozen=True, slots=True)
class AtRates:
    """Hold what is found at each false-positive rate, the threshold set on the held-out histories.

    Attributes:
        name: Kind of farm that was left out, or of features that were used.
        campaigns: Number of campaigns judged.
        found: Share found by rate, with intervals that draw campaigns again; a rate that too few sign-ups cannot
            support is left out.
    """

    name: str
    campaigns: int
    found: dict[str, Share]


def leave_one_kind_out(
    tables: Sequence[FeatureTable], held_out: Sequence[FeatureTable], features: tuple[Feature, ...], *, seed: int = 1
) -> tuple[AtRates, ...]:
    """Fit without each kind of farm in turn, and say how much of that kind is found in held-out histories.

    Only kinds that occur in both are judged; the others tell nothing of unseen kinds.

    Args:
        tables: Histories to fit on.
        held_out: Histories to judge on, of other seeds.
        features: Features of the tables, in their order.
        seed: Seed of fitting and of intervals.
    """
    fitted_kinds = {kind_of(group) for table in tables for group in set(table.groups)}
    judged_kinds = {kind_of(group) for table in held_out for group in set(table.groups)}
    kinds = sorted(
        kind for kind in fitted_kinds & judged_kinds if kind != CONTROL and kind.startswith("farm.")
    )
    answer = []
    for kind in kinds:
        left = [table.where(np.asarray([kind_of(group) != kind for group in table.groups])) for table in tables]
        answer.append(_judged(kind, left, held_out, features, seed, only=kind))
    return tuple(answer)


def with_features_only(
    tables: Sequence[FeatureTable],
    held_out: Sequence[FeatureTable],
    features: Sequence[Feature],
    *,
    name: str = "hard to evade",
    seed: int = 1,
) -> AtRates:
    """Fit on a few features only and say how much is found of all farms, those of the control left out.

    Args:
        tables: Histories to fit on, with these features among theirs.
        held_out: Histories to judge on.
        features: The features.
        name: What to call them.
        seed: Seed of fitting and of intervals.
    """
    names = [entry.name for entry in features]
    narrow = [table.columns(names) for table in tables]
    judged = [table.columns(names) for table in held_out]
    return _judged(name, narrow, judged, tuple(features), seed, only=None)


def _judged(  # noqa: PLR0913 - one measurement in full
    name: str,
    tables: Sequence[FeatureTable],
    held_out: Sequence[FeatureTable],
    features: tuple[Feature, ...],
    seed: int,
    *,
    only: str | None,
) -> AtRates:
    with Booster(fit(tables, features, seed=seed).text) as booster:
        scores = np.concatenate([raw_scores(booster, table) for table in held_out])
    sample = Sample.of(joined(held_out))
    ranking = Ranking(scores, sample)
    thresholds = ranking.thresholds(sample.weights, RATES)
    found: dict[str, Share] = {}
    campaigns = 0
    for rate, threshold in zip(RATES, thresholds.tolist(), strict=True):
        shares = kind_shares(scores >= threshold, sample, seed=seed, merged=only is None)
        chosen = next((share for share in shares if only in (None, share.kind)), None)
        if chosen is not None and not refusal(rate, sample):
            found[f"{rate:g}"], campaigns = chosen.found, chosen.campaigns
    return AtRates(name, campaigns, found)


def raw_scores(booster: Booster, table: FeatureTable) -> Floats:
    """Return the raw scores of a table whose columns are those of the model."""
    return np.asarray(booster.raw_scores(array("d", table.rows.tobytes()), threads=0))


def joined(tables: Sequence[FeatureTable]) -> FeatureTable:
    """Return the rows of several histories as one, each history's campaigns named apart.

    Raises:
        ConfigurationError: There is no table, or they differ in their features.
    """
    if len({table.names for table in tables}) != 1:
        raise ConfigurationError(
            f"{len(tables)} histories with {len({table.names for table in tables})} different lists of features cannot "
            "be joined; replay them with the same features"
        )
    if len(tables) == 1:
        return tables[0]
    return FeatureTable(
        tables[0].names,
        np.concatenate([table.rows for table in tables]),
        np.concatenate([table.labels for table in tables]),
        np.concatenate([table.times for table in tables]),
        np.concatenate([table.known_at for table in tables]),
        # Two histories number their farms alike though they are not the same ones.
        [f"{group}.h{number}" if group.startswith("farm.") else group
         for number, table in enumerate(tables) for group in table.groups],
        [name for table in tables for name in table.ids],
        None if all(table.weights is None for table in tables)
        else np.concatenate([np.ones(len(table)) if table.weights is None else table.weights for table in tables]),
    )  # fmt: skip
