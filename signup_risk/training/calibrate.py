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


def fit_calibration(raw_scores: Sequence[float], labels: Sequence[int], *, prior: float = 0.5) -> Calibration:
    """Fit probabilities by isotonic regression and false-positive rates by counting.

    Args:
        raw_scores: Raw scores (log-odds) of sign-ups held out from training.
        labels: 1 abusive, 0 legitimate; as many as there are scores.
        prior: Share that a run of few sign-ups is drawn towards. With the share of abuse among the labels,
            probabilities are level on average however rare abuse is; one half lifts them where it is rare.

    Raises:
        ConfigurationError: If the numbers differ, a score is not finite, or one of the two classes is
            missing.

    Examples:
        >>> calibration = fit_calibration([-2.0] * 90 + [2.0] * 90, [0] * 80 + [1] * 10 + [0] * 10 + [1] * 80)
        >>> calibration.probability(-2.0) < 0.2 < 0.8 < calibration.probability(2.0)
        True
    """
    pairs = sorted((float(raw), int(label)) for raw, label in zip(raw_scores, labels, strict=False))
    _check(pairs, len(raw_scores), len(labels))
    legitimate = [raw for raw, label in pairs if label == 0]
    knots = _isotonic(_bins(pairs, prior))
    scores, above = _tail(legitimate)
    base_rate = 1.0 - len(legitimate) / len(pairs)
    return Calibration(
        raw_knots=tuple(raw for raw, _ in knots),
        logit_knots=tuple(math.log(share / (1.0 - share)) for _, share in knots),
        legitimate_scores=tuple(scores),
        legitimate_above=tuple(above),
        legitimate_count=len(legitimate),
        base_rate=base_rate,
        prevalence=base_rate,
    )


def _check(pairs: list[tuple[float, int]], scores: int, labels: int) -> None:
    if scores != labels:
        raise ConfigurationError(
            f"{scores} scores and {labels} labels were given, they belong together one by one"
        )
    if not all(math.isfinite(raw) and label in (0, 1) for raw, label in pairs):
        raise ConfigurationError("scores have to be finite and labels 0 or 1; leave unknown outcomes out")
    if len({label for _, label in pairs}) != 2:
        raise ConfigurationError("calibration needs legitimate and abusive sign-ups, one of them is missing")


def _bins(pairs: list[tuple[float, int]], prior: float) -> list[tuple[float, float, float]]:
    """Return mean score, share of abuse and weight of runs of neighbours; equal scores stay together.

    Shares are smoothed as (k + prior) / (n + 1), so that none is 0 or 1.
    """
    size = max(min(_MIN_BIN, math.ceil(len(pairs) / _FEWEST_BINS)), math.ceil(len(pairs) / _MAX_BINS))
    bins: list[list[tuple[float, int]]] = [[]]
    for _, equal in groupby(pairs, key=lambda pair: pair[0]):
        if len(bins[-1]) >= size:
            bins.append([])
        bins[-1].extend(equal)
    if len(bins) > 1 and len(bins[-1]) < size:
        bins[-2].extend(bins.pop())
    return [
        (
            math.fsum(raw for raw, _ in members) / len(members),
            (sum(label for _, label in members) + prior) / (len(members) + 1),
            len(members) + 1.0,
        )
        for members in bins
    ]


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


def _tail(legitimate: list[float]) -> tuple[list[float], list[int]]:
    """Return the kept distinct scores, rising, and how many legitimate sign-ups scored higher than each."""
    kept: list[tuple[float, int]] = []
    above, wanted = 0, 0.0
    for score, equal in groupby(reversed(legitimate)):
        if above >= wanted:
            kept.append((score, above))
            wanted = above + 1 if above < _EXACT_RANKS else above * _GRID_STEP
        above += sum(1 for _ in equal)
    kept.reverse()
    return [score for score, _ in kept], [count for _, count in kept]
