"""Say how sure a measured share is: Wilson's interval for counts, and drawing whole campaigns again.

The members of a campaign stand or fall together, so a thousand of them say little more than one. Intervals that
draw single sign-ups again are too narrow by far; here campaigns are drawn (the cluster bootstrap, Field and Welsh
2007, J. R. Statist. Soc. B 69).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.training.evaluate.sample import Bools, Floats, Ints, Sample
from signup_risk.training.table import effective_number

#: 97.5 % quantile of the normal distribution.
_Z: Final = 1.959963984540054
_LEVEL: Final = (0.025, 0.975)
REPEATS: Final = 400


@dataclass(frozen=True, slots=True)
class Share:
    """Hold a share and its 95 % interval.

    Attributes:
        value: The share; None if nothing was counted.
        low: Lower end.
        high: Upper end.
        count: How many sign-ups the share is of.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int


def wilson(hits: int, count: int) -> Share:
    """Return a share of independent sign-ups with Wilson's interval (1927), which holds near 0 and 1 as well.

    Examples:
        >>> share = wilson(0, 10)
        >>> share.low, round(share.high, 3)
        (0.0, 0.278)
    """
    if not count:
        return Share(None, None, None, 0)
    return _wilson(hits / count, count, count)


def _wilson(share: float, worth: float, count: int) -> Share:
    squared = _Z * _Z / worth
    middle = (share + squared / 2) / (1 + squared)
    half = _Z * math.sqrt(share * (1 - share) / worth + squared / (4 * worth)) / (1 + squared)
    # At the ends the formula gives the end itself, but for rounding.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Share(share, low, high, count)


def weighted_wilson(stopped: Bools, weights: Floats) -> Share:
    """Return a share of weights, with Wilson's interval for as many rows as they are worth (Kish, 1965).

    With equal weights it is :func:`wilson` of the counts.

    Args:
        stopped: Whether each sign-up is one of those counted.
        weights: For how many sign-ups each stands.

    Examples:
        >>> weighted_wilson(np.arange(10) < 3, np.full(10, 2.0)) == wilson(3, 10)
        True
    """
    if not len(weights):
        return wilson(0, 0)
    share = float(weights[stopped].sum() / weights.sum())
    return _wilson(share, effective_number(weights), len(weights))


def redraws(sample: Sample, seed: int, repeats: int = REPEATS, *, by_row: bool = False) -> Iterator[Floats]:
    """Yield how much each sign-up counts when campaigns, and hours of the legitimate, are drawn again.

    Abusive and legitimate clusters are drawn apart, so that there are about as many of each as in the sample.

    Args:
        sample: The sign-ups.
        seed: Same seed, same draws.
        repeats: Number of draws.
        by_row: Draw single sign-ups instead; for comparison.
    """
    rng = np.random.default_rng(seed)
    parts = [_part(sample, mask, by_row) for mask in (sample.abusive, sample.legitimate)]
    for _ in range(repeats):
        weights = np.zeros(len(sample))
        for rows, places, count in parts:
            drawn = np.bincount(rng.integers(0, count, count), minlength=count)
            weights[rows] = drawn[places] * sample.weights[rows]
        yield weights


def _part(sample: Sample, mask: Bools, by_row: bool) -> tuple[Ints, Ints, int]:
    """Return the rows of one class, which cluster each belongs to, and the number of clusters."""
    rows = np.flatnonzero(mask)
    if by_row:
        return rows, np.arange(len(rows)), len(rows)
    named, places = np.unique(sample.clusters[rows], return_inverse=True)
    return rows, places, len(named)


def bounds(measure: Callable[[Floats], Floats], draws: Iterator[Floats]) -> tuple[Floats, Floats]:
    """Return the lower and upper ends of 95 % intervals (percentiles) of everything that ``measure`` returns.

    Args:
        measure: Takes how often each sign-up occurs; NaN says that a draw does not tell.
        draws: From :func:`redraws`.
    """
    found = np.stack([measure(weights) for weights in draws])
    known = ~np.isnan(found)
    # A column without any known value stays unknown, and is no reason to warn.
    found[:, ~known.any(axis=0)] = 0.0
    low, high = np.nanquantile(found, _LEVEL, axis=0)
    unknown = ~known.any(axis=0)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
