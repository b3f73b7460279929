"""Choose LightGBM's parameters: a handful of sets, fixed beforehand, judged on the rows that stop the trees.

A long search would fit the history's accidents. The sets differ in what matters for histories of different size and
cleanness: how fine leaves may be, how much is smoothed, and how many features a tree may see. All keep trees shallow,
since exact contributions cost time at every sign-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.features.base import Feature
from signup_risk.training.fit import PARAMETERS, Grown, Part, grow, raw_scores
from signup_risk.training.table import Labels, Rows

#: The sets, tried in this order; ``--trials`` says how many of them.
CANDIDATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "standard": {},
    "finer": {"leaf_share": 0.35, "lambda_l2": 3.0, "path_smooth": 3.0, "feature_fraction": 0.5},
    "smoother": {"leaf_share": 2.0, "lambda_l2": 40.0, "path_smooth": 40.0, "learning_rate": 0.08},
    "stumpier": {"num_leaves": 6, "max_depth": 3, "learning_rate": 0.1},
    "wider": {"num_leaves": 16, "feature_fraction": 0.7, "bagging_fraction": 0.85},
}
TRIALS: Final = 3

#: Rows that a trial is fitted on at most; the chosen set is then fitted on all.
TRIAL_ROWS: Final = 100_000

# A leaf of the standard set needs this share of the rows, within bounds: what is found in fewer is an accident.
_LEAF_SHARE: Final = 1 / 200
_LEAST_IN_LEAF: Final = 10
_MOST_IN_LEAF: Final = 250
# Differences in detection below it are noise on a part of a usual size; log-loss then decides.
_STEP: Final = 0.005


@dataclass(frozen=True, slots=True)
class Trial:
    """Hold one set of parameters and how it did on the rows that stopped it.

    Attributes:
        name: Name of the set.
        grown: Its trees.
        detection: Share of abusive sign-ups found at the target rate.
        log_loss: Mean log-loss; lower is better.
    """

    name: str
    grown: Grown
    detection: float
    log_loss: float

    @property
    def rank(self) -> tuple[float, float]:
        """Order by detection, in steps, then by log-loss."""
        return (math.floor(self.detection / _STEP), -self.log_loss)

    def to_dict(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return {"name": self.name, "trees": self.grown.trees, "tpr": self.detection, "log_loss": self.log_loss}


def parameters_of(name: str, rows: int) -> dict[str, Any]:
    """Return LightGBM's parameters of a set.

    Args:
        name: Name of the set.
        rows: Rows that are fitted.

    Examples:
        >>> parameters_of("standard", 10_000)["min_data_in_leaf"], parameters_of("finer", 10_000)["min_data_in_leaf"]
        (50, 17)
    """
    changed = dict(CANDIDATES[name])
    wanted = min(_MOST_IN_LEAF, rows * _LEAF_SHARE) * changed.pop("leaf_share", 1.0)
    return dict(PARAMETERS) | changed | {"min_data_in_leaf": max(_LEAST_IN_LEAF, int(wanted))}


def search(  # noqa: PLR0913 - what is tried, on what, and what counts
    fitting: Part,
    stopping: Part,
    features: tuple[Feature, ...],
    *,
    target_fpr: float,
    seed: int,
    trials: int = TRIALS,
    done: Callable[[Trial], None] | None = None,
) -> tuple[Trial, ...]:
    """Try sets of parameters, and return the trials, the best one first.

    Args:
        fitting: Rows to fit on; a sample of them is used where there are many.
        stopping: Rows that stop the trees and judge the sets.
        features: What the columns are.
        target_fpr: False-positive rate at which detection counts.
        seed: Seeds the fitting.
        trials: How many sets to try.
        done: Is told of each trial.

    Raises:
        ConfigurationError: There are not so many sets.
    """
    if not 1 <= trials <= len(CANDIDATES):
        raise ConfigurationError(f"{trials} trials were asked for; there are {len(CANDIDATES)} sets, try 1 to that")
    part = sampled(fitting, TRIAL_ROWS)
    found = []
    for name in list(CANDIDATES)[:trials]:
        grown = grow(part, stopping, features, seed=seed, parameters=parameters_of(name, len(part.labels)))
        scores = raw_scores(grown.text, stopping.rows)
        judged = (scores, stopping.labels, stopping.weights)
        trial = Trial(name, grown, detection_at(*judged[:2], target_fpr, judged[2]), log_loss(*judged))
        found.append(trial)
        if done is not None:
            done(trial)
    return tuple(sorted(found, key=lambda trial: trial.rank, reverse=True))


def sampled(part: Part, most: int) -> Part:
    """Return evenly spread rows, at most so many; the order of time stays."""
    if len(part.labels) <= most:
        return part
    places = np.linspace(0, len(part.labels) - 1, most).astype(np.int64)
    weights = None if part.weights is None else part.weights[places]
    return replace(part, rows=part.rows[places], labels=part.labels[places], weights=weights)


def detection_at(scores: Rows, labels: Labels, fpr: float, weights: Rows | None = None) -> float:
    """Return the share of abusive rows above the threshold that lets so many legitimate rows through.

    With weights, both shares are of the weights: legitimate rows lie above the threshold up to that share of theirs.

    Examples:
        >>> detection_at(np.array([1.0, 2, 3, 4, 3.5, 0.5]), np.array([0, 0, 0, 0, 1, 1]), 0.25)
        0.5
        >>> detection_at(np.array([1.0, 2, 3, 4, 3.5, 0.5]), np.array([0, 0, 0, 0, 1, 1]), 0.25, np.ones(6))
        0.5
    """
    if weights is not None:
        threshold = weighted_threshold(scores[labels == 0], weights[labels == 0], fpr)
        return float(np.average(scores[labels == 1] > threshold, weights=weights[labels == 1]))
    legitimate = np.sort(scores[labels == 0])[::-1]
    threshold = legitimate[min(int(fpr * len(legitimate)), len(legitimate) - 1)]
    return float(np.mean(scores[labels == 1] > threshold))


def weighted_threshold(scores: Rows, weights: Rows, share: float) -> float:
    """Return the score above which at most a share of the weights lies.

    Examples:
        >>> weighted_threshold(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 8.0]), 0.5)
        3.0
    """
    order = np.argsort(-scores, kind="stable")
    above = np.cumsum(weights[order])
    # Rounded, so that a quarter of four is one whatever the binary fraction is.
    place = int(np.searchsorted(above, share * above[-1] + 1e-9, side="right"))
    return float(scores[order][min(place, len(order) - 1)])


def log_loss(scores: Rows, labels: Labels, weights: Rows | None = None) -> float:
    """Return the mean log-loss of raw scores.

    Examples:
        >>> round(log_loss(np.array([0.0, 0.0]), np.array([0, 1])), 4)
        0.6931
    """
    signs = np.where(labels == 1, -scores, scores)
    losses = np.logaddexp(0.0, signs)
    return float(np.mean(losses) if weights is None else np.average(losses, weights=weights))
