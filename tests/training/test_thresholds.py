"""Thresholds and their intervals equal counts and the defining sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.comparison import Comparison, compare
from signup_risk.training.thresholds import binomial_interval, thresholds_at


def tail(hits: int, trials: int, share: float) -> float:
    """Return the probability of at least so many hits."""
    return math.fsum(
        math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(hits, trials + 1)
    )


@pytest.mark.parametrize(("hits", "trials"), [(1, 5), (3, 40), (20, 40), (39, 40), (7, 300)])
def test_intervals_are_exact(hits: int, trials: int) -> None:
    """At each end, as many hits or more (or fewer) have a probability of 2.5 %."""
    low, high = binomial_interval(hits, trials)
    assert low < hits / trials < high
    assert tail(hits, trials, low) == pytest.approx(0.025, rel=1e-6)
    assert 1 - tail(hits + 1, trials, high) == pytest.approx(0.025, rel=1e-6)


def test_intervals_end_at_certainty() -> None:
    """None of none says nothing; none of ten leaves 31 %, ten of ten the mirror image; large counts work."""
    assert binomial_interval(0, 0) == (0.0, 1.0)
    assert binomial_interval(0, 10) == (0.0, pytest.approx(0.3085, abs=1e-4))
    assert binomial_interval(10, 10) == (pytest.approx(0.6915, abs=1e-4), 1.0)
    low, high = binomial_interval(2_500, 250_000)
    assert low == pytest.approx(0.01 - 1.96 * math.sqrt(0.01 * 0.99 / 250_000), abs=2e-5)
    assert high == pytest.approx(0.01 + 1.96 * math.sqrt(0.01 * 0.99 / 250_000), abs=2e-5)


def test_thresholds_count_what_they_let_through() -> None:
    """Rates are counted on the legitimate, shares found on the abusive; a rate too small for the rows is left out."""
    rng = np.random.default_rng(1)
    labels = (np.arange(3000) % 5 == 0).astype(np.int8)
    scores = rng.normal(size=3000) + 2 * labels
    calibration = fit_calibration(scores.tolist(), labels.tolist())
    found = thresholds_at(calibration, scores, labels, [0.05, 0.01, 0.05, 1e-6])
    assert [one.fpr for one in found] == [0.01, 0.05]
    for one in found:
        assert one.legitimate == int((scores[labels == 0] >= one.raw).sum())
        assert one.legitimate / 2400 <= one.fpr
        assert one.tpr == pytest.approx(float((scores[labels == 1] >= one.raw).mean()))
        assert one.fpr_low < one.fpr < one.fpr_high
        assert one.tpr_low < one.tpr < one.tpr_high


def test_comparison_tells_better_from_worse_and_from_neither() -> None:
    """A model with more signal is better, the same the other way round is worse, and a copy is neither."""
    rng = np.random.default_rng(2)
    labels = (np.arange(4000) % 5 == 0).astype(np.int8)
    weak, strong = rng.normal(size=4000) + labels, rng.normal(size=4000) + 3 * labels
    groups = [f"farm.{i % 40}" if i % 5 == 0 else "people" for i in range(4000)]

    def verdict(old: np.ndarray, new: np.ndarray) -> Comparison:
        return compare(old, new, labels, groups, fpr=0.05, seed=1)

    better = verdict(weak, strong)
    assert better.verdict == "better"
    assert better.units == "campaign"
    assert "beats the old model" in better.sentence()
    assert verdict(strong, weak).verdict == "worse"
    same = verdict(weak, weak)
    assert (same.verdict, same.low, same.high) == ("no difference", 0.0, 0.0)
    assert compare(weak, strong, labels, [""] * 4000, fpr=0.05, seed=1).units == "sign-up"


def test_few_campaigns_are_less_sure_than_many_sign_ups() -> None:
    """Where a whole campaign is found or missed together, the interval by campaign is wider than by sign-up."""
    rng = np.random.default_rng(3)
    labels = (np.arange(4000) % 4 == 0).astype(np.int8)
    campaign = np.arange(4000) // 4 % 12
    old = rng.normal(size=4000)
    new = old + labels * np.where(campaign < 6, 4.0, 0.0)
    groups = [f"farm.{number}" if bad else "people" for number, bad in zip(campaign, labels, strict=True)]
    wide = compare(old, new, labels, groups, fpr=0.05, seed=1)
    narrow = compare(old, new, labels, [""] * 4000, fpr=0.05, seed=1)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
