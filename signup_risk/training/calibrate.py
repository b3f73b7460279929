"""Fit the calibration of a model from scores and labels that it was not trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.model.calibration import Calibration

# Every rank counts where thresholds lie (at 100,000 legitimate sign-ups, 0.1 % is rank 100); below, the grid
# gets coarser by 2 % a step, which bounds how much a rate is rounded up and keeps the manifest at a few
# hundred numbers.
_EXACT_RANKS: Final = 300
_GRID_STEP: Final = 1.02
# Fewer would make a step of the curve from noise: the standard error of a share of one half is 7 points at
# 50.
_MIN_BIN: Final = 50
_MAX_BINS: Final = 200
# Of fewer than a thousand sign-ups, runs of 50 would leave too few steps to tell apart what the model tells apart.
_FEWEST_BINS: Final = 20


#: Score, label and weight of one row.
Row = tuple[float, int, float]


def fit_calibration(
    raw_scores: Sequence[float],
    labels: Sequence[int],
    *,
    prior: float = 0.5,
    weights: Sequence[float] | None = None,
) -> Calibration:
    """Fit probabilities by isotonic regression and false-positive rates by counting.

    Args:
        raw_scores: Raw scores (log-odds) of sign-ups held out from training.
        labels: 1 abusive, 0 legitimate; as many as there are scores.
        prior: Share that a run of few sign-ups is drawn towards. With the share of abuse among the labels,
            probabilities are level on average however rare abuse is; one half lifts them where it is rare.
        weights: For how many sign-ups each row stands; one each by default. Counts of legitimate sign-ups are then
            sums of weights, rounded up.

    Raises:
        ConfigurationError: If the numbers differ, a score is not finite, or one of the two classes is
            missing.

    Examples:
        >>> calibration = fit_calibration([-2.0] * 90 + [2.0] * 90, [0] * 80 + [1] * 10 + [0] * 10 + [1] * 80)
        >>> calibration.probability(-2.0) < 0.2 < 0.8 < calibration.probability(2.0)
        True
    """
    given = [1.0] * len(labels) if weights is None else weights
    told = zip(raw_scores, labels, given, strict=False)
    rows = sorted((float(raw), int(label), float(weight)) for raw, label, weight in told)
    _check(rows, len(raw_scores), len(labels))
    legitimate = [(raw, weight) for raw, label, weight in rows if label == 0]
    knots = _isotonic(_bins(rows, prior))
    scores, above = _tail(legitimate)
    count = math.fsum(weight for _, weight in legitimate)
    base_rate = 1.0 - count / math.fsum(weight for _, _, weight in rows)
    return Calibration(
        raw_knots=tuple(raw for raw, _ in knots),
        logit_knots=tuple(math.log(share / (1.0 - share)) for _, share in knots),
        legitimate_scores=tuple(scores),
        legitimate_above=tuple(above),
        legitimate_count=max(math.ceil(count), above[0] + 1),
        base_rate=base_rate,
        prevalence=base_rate,
    )


def _check(rows: list[Row], scores: int, labels: int) -> None:
    if scores != labels:
        raise ConfigurationError(
            f"{scores} scores and {labels} labels were given, they belong together one by one"
        )
    if not all(math.isfinite(raw) and label in (0, 1) for raw, label, _ in rows):
        raise ConfigurationError("scores have to be finite and labels 0 or 1; leave unknown outcomes out")
    if len({label for _, label, _ in rows}) != 2:
        raise ConfigurationError("calibration needs legitimate and abusive sign-ups, one of them is missing")


def _bins(rows: list[Row], prior: float) -> list[tuple[float, float, float]]:
    """Return mean score, share of abuse and weight of runs of neighbours; equal scores stay together.

    Shares are smoothed as (k + prior) / (n + 1), so that none is 0 or 1.
    """
    size = max(min(_MIN_BIN, math.ceil(len(rows) / _FEWEST_BINS)), math.ceil(len(rows) / _MAX_BINS))
    bins: list[list[Row]] = [[]]
    for _, equal in groupby(rows, key=lambda row: row[0]):
        if len(bins[-1]) >= size:
            bins.append([])
        bins[-1].extend(equal)
    if len(bins) > 1 and len(bins[-1]) < size:
        bins[-2].extend(bins.pop())
    return [_bin(members, prior) for members in bins]


def _bin(members: list[Row], prior: float) -> tuple[float, float, float]:
    count = math.fsum(weight for _, _, weight in members)
    abusive = math.fsum(label * weight for _, label, weight in members)
    mean = math.fsum(raw * weight for raw, _, weight in members) / count
    return mean, (abusive + prior) / (count + 1), count + 1.0


def _isotonic(bins: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Pool neighbours whose shares fall (pool adjacent violators, Ayer et al. 1955).

    Both ends of a pool are kept.
    """
    pools: list[tuple[float, float, list[float]]] = []
    for raw, share, weight in bins:
        pools.append((share, weight, [raw]))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            right_share, right_weight, right = pools.pop()
            left_share, left_weight, left = pools.pop()
            total = left_weight + right_weight
            pools.append(
                ((left_share * left_weight + right_share * right_weight) / total, total, left + right)
            )
    return [(raw, share) for share, _, raws in pools for raw in sorted({raws[0], raws[-1]})]


def _tail(legitimate: list[tuple[float, float]]) -> tuple[list[float], list[int]]:
    """Return the kept distinct scores, rising, and how many legitimate sign-ups scored higher than each."""
    kept: list[tuple[float, int]] = []
    above, wanted = 0.0, 0.0
    for score, equal in groupby(reversed(legitimate), key=lambda row: row[0]):
        if above >= wanted:
            kept.append((score, math.ceil(above)))
            wanted = above + 1 if above < _EXACT_RANKS else above * _GRID_STEP
        above += math.fsum(weight for _, weight in equal)
    kept.reverse()
    return [score for score, _ in kept], [count for _, count in kept]
