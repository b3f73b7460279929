"""Calibration, drift, the three rules, splits and comparison: against closed forms and counting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signup_risk.model import Calibration, FeatureSummary
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.evaluate.baseline import FEATURES, baseline
from signup_risk.training.evaluate.compare import separation, swaps
from signup_risk.training.evaluate.drift import drift, psi
from signup_risk.training.evaluate.reliability import EDGES, reliability
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.evaluate.splits import area, compare_splits
from tests.training.evaluate_samples import random_sample, sample, table

#: Says the logistic function of the raw score, at even odds.
IDENTITY = Calibration((-9.0, 9.0), (-9.0, 9.0), (-9.0, 0.0, 9.0), (2, 1, 0), 3, 0.5, 0.5)


def logistic(count: int, *, seed: int) -> tuple[Sample, np.ndarray]:
    """Return scores, and labels drawn with the probabilities that they state."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, count)
    labels = (rng.random(count) < 1 / (1 + np.exp(-scores))).astype(int)
    return sample(labels.tolist()), scores


def test_honest_probabilities_are_reliable() -> None:
    """Labels drawn with the probabilities stated give no error beyond chance, and the Brier score of theory."""
    judged, scores = logistic(40_000, seed=1)
    found = reliability(scores, judged, IDENTITY, 0.5)
    stated = 1 / (1 + np.exp(-scores))
    assert found.ece < 0.01
    assert found.brier == pytest.approx(float((stated * (1 - stated)).mean()), abs=0.005)
    assert found.brier_of_base_rate == 0.25
    assert sum(one.count for one in found.bins) == 40_000
    assert all(one.low <= one.stated <= one.high for one in found.bins)


def test_reliability_moves_with_prevalence() -> None:
    """Weighted to another share of abuse, shifted probabilities stay reliable; unshifted ones would not be."""
    judged, scores = logistic(40_000, seed=2)
    rare = reliability(scores, judged, IDENTITY, 0.02)
    assert rare.ece < 0.01
    assert rare.brier < rare.brier_of_base_rate == pytest.approx(0.0196)
    # The same scores called probabilities at even odds, though one in fifty is abusive.
    claimed = reliability(scores + math.log(0.98 / 0.02), judged, IDENTITY, 0.02)
    assert claimed.ece > 0.2


def test_expected_error_equals_counting() -> None:
    """For a model that says 88 % of everybody, the error is the distance to the share, in one bin."""
    judged = sample([1] * 30 + [0] * 70)
    found = reliability(np.full(100, 2.0), judged, IDENTITY, 0.3)
    stated = 1 / (1 + math.exp(-2.0 - math.log(0.3 / 0.7)))
    assert found.ece == pytest.approx(abs(stated - 0.3))
    assert found.brier == pytest.approx(0.3 * (1 - stated) ** 2 + 0.7 * stated**2)
    assert [(one.count, one.observed) for one in found.bins] == [(100, pytest.approx(0.3))]
    assert found.bins[0].low in EDGES


def test_stability_index_equals_its_formula() -> None:
    """The index of 50/50 against 75/25 is that of the textbook; of like with like it is zero; empty bins are finite."""
    half, moved = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    expected = 0.25 * math.log(1.5) - 0.25 * math.log(0.5)
    assert psi(half, moved, expected_count=100, count=100) == pytest.approx(expected)
    assert psi(half, half, expected_count=100, count=100) == 0
    assert math.isfinite(psi(np.asarray([0.0, 1.0]), np.asarray([1.0, 0.0]), expected_count=None, count=50))


def summary(name: str, *, missing: float, nonzero: float, p99: float | None) -> FeatureSummary:
    """Return what a manifest keeps of a feature."""
    return FeatureSummary(name, name.upper(), 0, p99, p99, p99, p99, p99, nonzero, missing)


def test_drift_finds_what_moved() -> None:
    """A feature that moves in the middle, one that has gone since training, and one that stays are told apart."""
    rng = np.random.default_rng(3)
    count = 4000
    moved = np.concatenate([rng.normal(0, 1, count // 2), rng.normal(2, 1, count // 2)])
    gone = np.full(count, np.nan)
    still = rng.integers(0, 2, count).astype(float)
    rows = np.stack([moved, gone, still], axis=1)
    labels = rng.integers(0, 2, count).tolist()
    history, judged = table(labels, rows=rows, names=("moved", "gone", "still")), sample(labels)
    summaries = [
        summary("moved", missing=0.0, nonzero=1.0, p99=2.33),
        summary("gone", missing=0.1, nonzero=0.5, p99=None),
        summary("still", missing=0.0, nonzero=0.5, p99=1.0),
    ]
    found = drift(history, rng.normal(size=count), judged, IDENTITY, summaries)
    by_name = {one.feature: one for one in found.features}
    assert by_name["moved"].halves > 1
    assert by_name["moved"].since_training == pytest.approx(0, abs=0.01)
    assert by_name["moved"].beyond_p99 == pytest.approx(0.19, abs=0.03)
    assert by_name["gone"].since_training > 1
    assert by_name["gone"].beyond_p99 is None
    assert max(by_name["still"].halves, by_name["still"].since_training) < 0.01
    assert by_name["still"].beyond_p99 == 0
    assert found.features[-1].feature == "still"
    assert found.score_halves < 0.05


def test_score_drift_since_calibration() -> None:
    """Scores as at calibration have not moved; scores one standard deviation higher have."""
    rng = np.random.default_rng(4)
    labels = [0] * 9000 + [1] * 1000
    judged = sample(labels)
    fitted = fit_calibration(rng.normal(size=10_000).tolist(), labels)
    history = table(labels, rows=np.empty((10_000, 0)))
    fresh = rng.normal(size=10_000)
    still, moved = (drift(history, fresh + by, judged, fitted, []) for by in (0.0, 1.0))
    assert still.score_since_training < 0.01
    assert still.score_ks_since_training < 0.03
    assert moved.score_since_training > 0.5
    assert moved.score_ks_since_training == pytest.approx(0.383, abs=0.03)  # 2 Phi(1/2) - 1


def test_the_three_rules_equal_counting() -> None:
    """Every point of the curve is what its rules stop; unknown values stop nobody; no point is beaten by another."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, 3000)
    rows = np.stack(
        [rng.random(3000) < 0.02 + 0.3 * labels, rng.random(3000) < 0.05 + 0.1 * labels, rng.poisson(0.3 + labels)],
        axis=1,
    ).astype(float)
    rows[::7] = np.nan
    history, judged = table(labels.tolist(), rows=rows, names=FEATURES), sample(labels.tolist())
    found = baseline(history, labels + rng.normal(0, 0.1, 3000), judged)
    stops = {"disposable": rows[:, 0] > 0, "hosting": rows[:, 1] > 0}
    for point in found.curve:
        stopped = np.zeros(3000, dtype=bool)
        for rule in point.rules.split(" or "):
            stopped |= stops[rule] if rule in stops else rows[:, 2] > int(rule.split()[2])
        assert point.found == pytest.approx(float(stopped[labels == 1].mean()))
        assert point.alarms == pytest.approx(float(stopped[labels == 0].mean()))
        assert point.model_found == 1.0
    alarms, shares = [one.alarms for one in found.curve], [one.found for one in found.curve]
    assert alarms == sorted(alarms)
    assert shares == sorted(set(shares))
    at_five = found.best[3]
    assert at_five.found == max(one.found for one in found.curve if one.alarms <= 0.05)
    assert at_five.model_found == 1.0
    assert found.best[0].rules == "none" or found.best[0].found > 0


def test_area_equals_counting_pairs() -> None:
    """The area under the curve is the share of pairs in the right order, ties half."""
    judged, scores = random_sample(200, seed=6)
    scores = np.round(scores, 1)
    bad, good = scores[judged.abusive], scores[judged.legitimate]
    pairs = [(one > other) + 0.5 * (one == other) for one in bad for other in good]
    assert area(scores, judged.abusive) == pytest.approx(sum(pairs) / len(pairs))


def test_random_splits_that_promise_too_much_are_found() -> None:
    """Campaigns that can only be recognized again raise the alarm; a signal that lasts does not; one class cannot."""
    rng = np.random.default_rng(7)
    count = 6000
    labels = (rng.random(count) < 0.3).astype(int)
    campaign = np.arange(count) // 300
    # Each campaign has a place of its own, between those of the others: no place is good or bad in general.
    place = np.where(labels == 1, rng.permutation(np.arange(20))[campaign] + 0.5, rng.uniform(0, 20, count))
    recognized, lasting = place + rng.normal(0, 0.01, count), labels + rng.normal(0, 0.7, count)
    judged = sample(labels.tolist())
    for column, is_alarming in ((recognized, True), (lasting, False)):
        found = compare_splits(table(labels.tolist(), rows=column[:, None], names=("x",)), judged)
        assert found.is_alarming is is_alarming
        assert found.at_random is not None
        assert found.at_random > 0.8
    late = [0] * 900 + [1] * 100
    refused = compare_splits(table(late, rows=np.zeros((1000, 1)), names=("x",)), sample(late))
    assert refused.refused
    assert refused.by_time is None


def test_swaps_equal_counting() -> None:
    """Who changes sides is who is stopped by one only, and the gain is the difference of the shares."""
    judged, champion = random_sample(5000, seed=8)
    challenger = champion + np.where(judged.abusive, 1.0, 0.0) + np.random.default_rng(9).normal(0, 0.3, 5000)
    for one in swaps(champion, challenger, judged, repeats=100)[2:]:
        sides = []
        for scores in (champion, challenger):
            limit = np.sort(scores[judged.legitimate])[::-1][int(one.rate * judged.legitimate.sum())]
            sides.append(scores > limit)
        old, new = sides
        assert one.abusive_only_champion == int((old & ~new & judged.abusive).sum())
        assert one.abusive_only_challenger == int((new & ~old & judged.abusive).sum())
        assert one.legitimate_only_champion == int((old & ~new & judged.legitimate).sum())
        assert one.legitimate_only_challenger == int((new & ~old & judged.legitimate).sum())
        assert one.gain.value == pytest.approx(float(new[judged.abusive].mean() - old[judged.abusive].mean()))
        assert one.verdict == "better"


def test_a_model_ties_with_itself_and_loses_turned_round() -> None:
    """A model against itself gains nothing, for certain; the better one as champion makes the other one worse."""
    judged, scores = random_sample(5000, seed=10)
    for one in swaps(scores, scores, judged, repeats=30):
        assert (one.gain.value, one.gain.low, one.gain.high, one.verdict) == (0.0, 0.0, 0.0, "tie")
    assert swaps(scores, scores * 0 + np.arange(5000) % 7, judged, repeats=100)[3].verdict == "worse"
    few = sample([0] * 100 + [1] * 30)
    assert [one.verdict for one in swaps(np.arange(130.0), np.arange(130.0), few, repeats=5)] == ["", "", "tie", "tie"]


def test_separation_of_known_distributions() -> None:
    """The Kolmogorov-Smirnov distance of N(0,1) and N(1.5,1) is 2 Phi(0.75) - 1; of a perfect model it is one."""
    judged, scores = random_sample(60_000, seed=11)
    assert separation(scores, judged) == pytest.approx(0.5467, abs=0.012)
    assert separation(judged.abusive.astype(float), judged) == 1.0
    assert separation(np.zeros(60_000), judged) == 0.0
