"""State thresholds by false-positive rate, with what they caught and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from signup_risk.model import Calibration
from signup_risk.training.table import Labels, Rows, effective_number

_SURE: Final = 0.95
#: Far above the rounding of a sum of weights, far below one row.
_SLACK: Final = 1e-6
# Halvings of the unit interval; 50 are finer than a float near 1.
_HALVINGS: Final = 50


@dataclass(frozen=True, slots=True)
class Threshold:
    """Describe one threshold on the rows that it was set on.

    Attributes:
        fpr: The rate that was asked for.
        raw: The raw score from which on the rate holds.
        legitimate: Legitimate sign-ups at or above it.
        fpr_low: Lower end of the exact binomial 95 % interval of the rate.
        fpr_high: Its upper end.
        tpr: Share of abusive sign-ups at or above it.
        tpr_low: Lower end of its interval.
        tpr_high: Upper end.
    """

    fpr: float
    raw: float
    legitimate: int
    fpr_low: float
    fpr_high: float
    tpr: float
    tpr_low: float
    tpr_high: float

    def to_dict(self) -> dict[str, Any]:
        """Return the threshold as JSON values."""
        return asdict(self)


def thresholds_at(
    calibration: Calibration, scores: Rows, labels: Labels, rates: Iterable[float], weights: Rows | None = None
) -> tuple[Threshold, ...]:
    """Return the thresholds at some rates; those that so few rows cannot support are left out.

    Intervals take sign-ups as independent of each other; members of a campaign are not, so those of the share found
    are too narrow where abuse comes from few campaigns.

    Args:
        calibration: Counts the legitimate rows.
        scores: Raw scores of the rows that it was fitted on.
        labels: Their labels.
        rates: False-positive rates.
        weights: For how many sign-ups each row stands; one each by default. Shares are then of the weights, and
            intervals those of as many rows that count alike as the weights are worth (Kish, 1965).
    """
    given = np.ones(len(labels)) if weights is None else weights
    legitimate, abusive = ((scores[labels == label], given[labels == label]) for label in (0, 1))
    found = []
    for rate in sorted(set(rates)):
        raw = calibration.raw_at(rate)
        if math.isfinite(raw):
            above = int((legitimate[0] >= raw).sum())
            _, low, high = _share(*legitimate, raw)
            found.append(Threshold(rate, raw, above, low, high, *_share(*abusive, raw)))
    return tuple(found)


def _share(scores: Rows, weights: Rows, raw: float) -> tuple[float, float, float]:
    """Return the share of the weights at or above a score, with its interval."""
    share = float(weights[scores >= raw].sum() / weights.sum())
    count = effective_number(weights)
    # Whole numbers of successes and trials around what the weights are worth; with equal weights the very counts.
    low, _ = binomial_interval(math.floor(share * count + _SLACK), math.ceil(count - _SLACK))
    _, high = binomial_interval(min(math.ceil(share * count - _SLACK), math.floor(count)), math.floor(count + _SLACK))
    return share, low, high


def binomial_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson, 1934) 95 % interval of a share.

    Examples:
        >>> [round(end, 4) for end in binomial_interval(0, 10)]
        [0.0, 0.3085]
        >>> [round(end, 4) for end in binomial_interval(3, 10)]
        [0.0667, 0.6525]
    """
    if trials == 0:
        return 0.0, 1.0
    tail = (1 - _SURE) / 2
    high = 1.0 if hits == trials else _root(hits, trials, tail)
    # P(X >= hits) is 1 - P(X <= hits - 1), so the lower end is where the lower tail reaches the rest.
    low = 0.0 if hits == 0 else _root(hits - 1, trials, 1 - tail)
    return low, high


def _root(hits: int, trials: int, wanted: float) -> float:
    """Return the share at which at most ``hits`` of the trials succeed with the wanted probability."""
    counts = np.arange(hits + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, trials + 1)))])
    ways = logs[trials] - logs[counts] - logs[trials - counts]
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        terms = ways + counts * math.log(share) + (trials - counts) * math.log1p(-share)
        if float(np.exp(terms).sum()) > wanted:
            low = share
        else:
            high = share
    return (low + high) / 2
