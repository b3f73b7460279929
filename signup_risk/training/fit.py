"""Fit the trees, split by time, and measure them on what they have not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import lightgbm
import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.features.base import Feature
from signup_risk.model import FeatureSummary
from signup_risk.training.table import FeatureTable, Labels, Moments, Rows

_QUANTILES: Final[Mapping[str, float]] = {"p01": 0.01, "p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}

#: Shares of the history, in time order: to fit the trees, to stop them, to calibrate.
SPLIT: Final = (0.6, 0.15, 0.25)

#: False-positive rates at which detection is stated (science of the field: never precision alone).
RATES: Final = (0.001, 0.0035, 0.01, 0.05)

#: Fixed, so that the text of a model does not depend on the machine: it names the number.
THREADS: Final = 2

#: Shallow trees on purpose. Exact contributions cost trees x leaves x depth^2, so depth 5 with 12 leaves keeps a
#: reasoned answer near 0.2 ms; large leaves, column sampling and path smoothing keep the trees from leaning on
#: any one quirk of the training traffic.
PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 12,
    "max_depth": 5,
    "min_data_in_leaf": 250,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "path_smooth": 10.0,
    "max_bin": 127,
    "verbosity": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": THREADS,
    "metric": "average_precision",
}
MAX_TREES: Final = 220

#: Share of the whole gain below which a feature is left out of a model.
USEFUL_SHARE: Final = 0.0008
PATIENCE: Final = 40


@dataclass(frozen=True, slots=True)
class Fitted:
    """Hold fitted trees and the rows kept back for calibration.

    Attributes:
        text: The model as LightGBM writes it.
        trees: Number of trees.
        calibration_scores: Raw scores of the rows kept back.
        calibration_labels: Their labels.
    """

    text: str
    trees: int
    calibration_scores: list[float]
    calibration_labels: list[int]


def known_rows(tables: Sequence[FeatureTable]) -> tuple[Rows, Labels, Moments, list[str]]:
    """Join tables, keep the labelled rows, and bring them into the order of their share of each history.

    Histories of different periods are cut at the same share of their length, so that every one of them is fitted
    on its beginning and judged on its end.
    """
    parts = []
    for table in tables:
        times = table.times
        span = max(1, int(times.max() - times.min()))
        share = ((times - times.min()) * 1_000_000 // span).astype(np.int64)
        known = table.labels >= 0
        groups = [group for group, keep in zip(table.groups, known, strict=True) if keep]
        parts.append((table.rows[known], table.labels[known], share[known], groups))
    joined = np.concatenate([part[2] for part in parts])
    order = np.argsort(joined, kind="stable")
    groups = [group for part in parts for group in part[3]]
    rows = np.concatenate([part[0] for part in parts])[order]
    labels = np.concatenate([part[1] for part in parts])[order]
    return rows, labels, joined[order], [groups[i] for i in order]


def useful(fitted: Fitted, features: tuple[Feature, ...], share: float = USEFUL_SHARE) -> tuple[Feature, ...]:
    """Return the features that bring at least a share of the gain, in the order of the catalogue.

    The rest is not worth its microseconds at every sign-up, and each is one more thing to lean on by accident.
    """
    found = gains(fitted.text)
    least = share * float(found.sum())
    return tuple(entry for entry, gain in zip(features, found, strict=True) if gain > least)


def gains(text: str) -> Rows:
    """Return the gain that each feature brought to a model."""
    return np.asarray(lightgbm.Booster(model_str=text).feature_importance("gain"), dtype=np.float64)


def fit(tables: Sequence[FeatureTable], features: tuple[Feature, ...], *, seed: int = 1) -> Fitted:
    """Fit trees on the beginning of the histories, stop them on the middle, and score the end.

    Raises:
        ConfigurationError: A part of the history lacks one of the two classes.
    """
    rows, labels, share, _ = known_rows(tables)
    first = int(np.searchsorted(share, 1_000_000 * SPLIT[0]))
    second = int(np.searchsorted(share, 1_000_000 * (SPLIT[0] + SPLIT[1])))
    for name, part in (("fit", labels[:first]), ("stop", labels[first:second]), ("calibrate", labels[second:])):
        if len(set(part.tolist())) < 2:
            raise ConfigurationError(
                f"the part of the history to {name} on holds one class only; give a longer history with both"
            )
    fitting, stopping = Part(rows[:first], labels[:first]), Part(rows[first:second], labels[first:second])
    grown = grow(fitting, stopping, features, seed=seed)
    scores = raw_scores(grown.text, rows[second:])
    return Fitted(grown.text, grown.trees, scores.tolist(), labels[second:].tolist())


@dataclass(frozen=True, slots=True)
class Part:
    """Hold rows with their labels.

    Attributes:
        rows: One row a sign-up.
        labels: 1 abusive, 0 legitimate.
        weights: How much each row counts; all alike by default.
    """

    rows: Rows
    labels: Labels
    weights: Rows | None = None


@dataclass(frozen=True, slots=True)
class Grown:
    """Hold fitted trees.

    Attributes:
        text: The model as LightGBM writes it.
        trees: Number of trees, those that it was continued from included.
    """

    text: str
    trees: int


def grow(  # noqa: PLR0913 - what is fitted, what stops it, and how
    fitting: Part,
    stopping: Part | None,
    features: tuple[Feature, ...],
    *,
    seed: int = 1,
    parameters: Mapping[str, Any] = PARAMETERS,
    trees: int = MAX_TREES,
    start: str | None = None,
) -> Grown:
    """Fit trees on one part and stop them on another.

    The same rows and seed give the same text, whatever machine: LightGBM runs deterministically, row by row, in a
    fixed number of threads.

    Args:
        fitting: Rows to fit on.
        stopping: Rows that say when to stop; without them all trees are grown.
        features: What the columns are; trees are held to their directions.
        seed: Seeds the sampling of rows and columns.
        parameters: LightGBM's parameters.
        trees: The most trees to add.
        start: Text of a model to continue from.
    """
    settings = dict(parameters) | {"monotone_constraints": [f.monotone for f in features], "seed": seed}
    names = [f.name for f in features]
    binning = {"max_bin": settings["max_bin"], "num_threads": settings["num_threads"], "verbosity": -1}
    training = lightgbm.Dataset(
        fitting.rows, fitting.labels, weight=fitting.weights, feature_name=names, params=binning
    )
    booster = lightgbm.train(
        settings,
        training,
        num_boost_round=trees,
        valid_sets=None
        if stopping is None
        else [lightgbm.Dataset(stopping.rows, stopping.labels, weight=stopping.weights, reference=training)],
        callbacks=None if stopping is None else [lightgbm.early_stopping(PATIENCE, verbose=False)],
        init_model=None if start is None else lightgbm.Booster(model_str=start),
    )
    best = booster.best_iteration
    count = best if best > 0 else booster.current_iteration()
    kept = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=count))
    return Grown(kept.model_to_string(), count)


def raw_scores(text: str, rows: Rows) -> Rows:
    """Return the log-odds that a model gives to rows."""
    found = lightgbm.Booster(model_str=text).predict(rows, raw_score=True, num_threads=THREADS)
    return np.asarray(found, dtype=np.float64)


def summaries(tables: Sequence[FeatureTable], features: tuple[Feature, ...]) -> tuple[FeatureSummary, ...]:
    """Say what is usual for each feature among the legitimate."""
    rows, labels, _, _ = known_rows(tables)
    legitimate = rows[labels == 0]
    return tuple(_summary(entry, legitimate[:, i]) for i, entry in enumerate(features))


def _summary(entry: Feature, column: Rows) -> FeatureSummary:
    known = column[~np.isnan(column)]
    quantiles: dict[str, float | None] = dict.fromkeys(_QUANTILES)
    if known.size:
        found = np.quantile(known, tuple(_QUANTILES.values())).tolist()
        quantiles = dict(zip(_QUANTILES, found, strict=True))
    return FeatureSummary(
        entry.name,
        entry.reason,
        entry.monotone,
        **quantiles,
        share_nonzero=float(np.mean(known != 0)) if known.size else 0.0,
        missing_share=float(1 - known.size / max(1, column.size)),
    )


def detection(scores: Sequence[float], labels: Sequence[int], rates: Sequence[float] = RATES) -> dict[str, float]:
    """Return the share of abusive sign-ups found at each false-positive rate, the threshold set on these rows."""
    found = np.asarray(scores)[np.asarray(labels) == 1]
    legitimate = np.sort(np.asarray(scores)[np.asarray(labels) == 0])[::-1]
    answer = {}
    for rate in rates:
        rank = int(rate * len(legitimate))
        threshold = legitimate[min(rank, len(legitimate) - 1)]
        answer[f"tpr_at_fpr_{rate:g}"] = float(np.mean(found > threshold)) if found.size else float("nan")
    return answer
