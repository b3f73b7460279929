"""Check both scales of the calibration against counting."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.model.calibration import Calibration
from signup_risk.training.calibrate import _isotonic, fit_calibration

SCORES = st.lists(st.one_of(st.floats(-8, 8), st.integers(-3, 3).map(float)), min_size=1, max_size=400)
RAWS = st.one_of(st.floats(-10, 10), st.integers(-3, 3).map(float))


def fitted(legitimate: list[float], abusive: list[float]) -> Calibration:
    """Fit a calibration to two lists of scores."""
    return fit_calibration(legitimate + abusive, [0] * len(legitimate) + [1] * len(abusive))


def counted(legitimate: list[float], raw: float) -> float:
    """Count the false-positive rate as it is defined."""
    return (sum(score >= raw for score in legitimate) + 1) / (len(legitimate) + 1)


@given(legitimate=SCORES, raw=RAWS)
def test_fpr_is_counted_exactly_where_thresholds_lie(legitimate: list[float], raw: float) -> None:
    """The rate equals (n + 1) / (all + 1) in the highest 300 ranks and is rounded up by 2 % at most below."""
    calibration = fitted(legitimate, [3.0])
    exact = counted(legitimate, raw)
    rank = sum(score >= raw for score in legitimate)
    if rank <= 300:
        assert calibration.fpr(raw) == exact
    assert exact <= calibration.fpr(raw)


def test_fpr_of_a_long_tail_is_rounded_up_by_two_percent_at_most() -> None:
    """With many scores the grid stays small and no rate is off by more than its step."""
    legitimate = [number / 1000.0 for number in range(20_000)]
    calibration = fitted(legitimate, [25.0])
    assert len(calibration.legitimate_scores) < 600
    for raw in (0.5, 7.1234, 15.0, 19.0, 19.7, 19.98, 19.999):
        exact = counted(legitimate, raw)
        assert exact <= calibration.fpr(raw) <= exact * 1.021


@given(legitimate=SCORES, first=RAWS, second=RAWS)
def test_both_scales_are_monotone(legitimate: list[float], first: float, second: float) -> None:
    """A higher raw score is never less probable, nor more usual."""
    low, high = sorted((first, second))
    calibration = fitted(legitimate, [2.0, 3.0, 4.0])
    assert calibration.fpr(low) >= calibration.fpr(high)
    assert calibration.probability(low) <= calibration.probability(high)


@given(legitimate=SCORES, fpr=st.floats(1e-6, 1.0))
def test_a_threshold_keeps_its_rate(legitimate: list[float], fpr: float) -> None:
    """From the threshold of a rate on, no score has a higher rate; just below the threshold one has."""
    calibration = fitted(legitimate, [3.0])
    threshold = calibration.raw_at(fpr)
    if math.isinf(threshold):
        assert threshold < 0 or fpr < calibration.resolution
    else:
        assert calibration.fpr(threshold) <= fpr
        assert calibration.fpr(math.nextafter(threshold, -math.inf)) > fpr


def test_beyond_the_largest_score_the_rate_is_the_resolution() -> None:
    """A score higher than any seen is given the smallest rate that the data can tell, not zero."""
    calibration = fitted([0.0, 1.0, 2.0], [5.0])
    assert calibration.fpr(2.0) == 0.5
    assert calibration.fpr(2.1) == calibration.fpr(math.inf) == calibration.resolution == 0.25
    assert calibration.fpr(-math.inf) == 1.0
    assert calibration.raw_at(0.2) == math.inf
    assert calibration.raw_at(1.0) == -math.inf


@given(
    raw=st.one_of(RAWS, st.sampled_from([math.inf, -math.inf, 1e308])), prevalence=st.floats(1e-9, 1 - 1e-9)
)
def test_probabilities_are_never_certain(raw: float, prevalence: float) -> None:
    """Whatever the score and the prior, the risk score is neither 0 nor 100."""
    calibration = fitted([-8.0] * 300, [8.0] * 300).with_prevalence(prevalence)
    assert 0.0 < calibration.probability(raw) < 1.0


def test_probabilities_are_calibrated() -> None:
    """Among scores drawn with a known probability, the fitted one is close to it."""
    raws, labels = [], []
    for step in range(-30, 31):
        share = 1 / (1 + math.exp(-step / 10))
        positives = round(200 * share)
        raws += [step / 10.0] * 200
        labels += [1] * positives + [0] * (200 - positives)
    calibration = fit_calibration(raws, labels)
    for raw in (-2.55, -1.0, 0.0, 0.7, 2.0):
        assert calibration.probability(raw) == pytest.approx(1 / (1 + math.exp(-raw)), abs=0.02)


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(1, 50)), min_size=1, max_size=40))
def test_pooling_equals_isotonic_regression(steps: list[tuple[float, float]]) -> None:
    """Pooling gives the shares that scikit-learn's isotonic regression gives."""
    bins = [(float(number), share, weight) for number, (share, weight) in enumerate(steps)]
    regression = IsotonicRegression().fit(
        [raw for raw, _, _ in bins],
        [share for _, share, _ in bins],
        sample_weight=[weight for *_, weight in bins],
    )
    for raw, share in _isotonic(bins):
        assert share == pytest.approx(float(regression.predict([raw])[0]), abs=1e-6)


def test_another_prior_moves_log_odds_only() -> None:
    """A prevalence moves all log-odds by the same amount and leaves the rates alone."""
    calibration = fitted([-2.0] * 100 + [2.0] * 20, [-2.0] * 20 + [2.0] * 100)
    rarer = calibration.with_prevalence(0.01)
    assert calibration.probability(-2.0) == pytest.approx(20.5 / 121)
    odds = [scale.probability(-2.0) / (1 - scale.probability(-2.0)) for scale in (calibration, rarer)]
    assert odds[1] / odds[0] == pytest.approx((0.01 / 0.99) / (0.5 / 0.5))
    assert rarer.fpr(0.0) == calibration.fpr(0.0)
    for wrong in (0.0, 1.0, -0.1, math.nan):
        with pytest.raises(ConfigurationError, match="prevalence"):
            calibration.with_prevalence(wrong)


@given(legitimate=SCORES)
def test_a_manifest_keeps_it_exactly(legitimate: list[float]) -> None:
    """Written as JSON and read again, a calibration is equal, the prevalence that it is stated for included."""
    calibration = fitted(legitimate, [3.0, 5.0]).with_prevalence(0.02)
    assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration


def test_a_manifest_without_prevalence_is_read() -> None:
    """Where none is kept, probabilities are stated for the share of abuse in the data."""
    calibration = fitted([0.0, 1.0, 2.0], [3.0, 5.0])
    kept = {key: value for key, value in calibration.to_dict().items() if key != "prevalence"}
    assert Calibration.from_dict(kept) == calibration


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([1.0], [0, 1], "1 scores and 2 labels"),
        ([1.0, math.nan], [0, 1], "finite"),
        ([1.0, 2.0], [0, 2], "0 or 1"),
        ([1.0, 2.0], [0, 0], "one of them is missing"),
    ],
)
def test_unusable_data_are_refused(scores: list[float], labels: list[int], message: str) -> None:
    """What cannot be calibrated on is refused with the reason."""
    with pytest.raises(ConfigurationError, match=message):
        fit_calibration(scores, labels)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("base_rate", 0.0),
        ("base_rate", "often"),
        ("probability", {"raw": [1.0, 1.0], "logit": [0.0, 0.0]}),
        ("probability", {"raw": [1.0, 2.0], "logit": [1.0, 0.0]}),
        ("probability", {"raw": [], "logit": []}),
        ("probability", {"raw": [1.0]}),
        ("probability", [1.0]),
        ("fpr", {"raw": [1.0, 2.0], "above": [0, 1], "count": 9}),
        ("fpr", {"raw": [1.0, 2.0], "above": [2, 1], "count": 9}),
        ("fpr", {"raw": [1.0, 2.0], "above": [9, 0], "count": 9}),
        ("fpr", {"raw": [1.0, 1e999], "above": [2, 0], "count": 9}),
        ("fpr", {"raw": [1.0], "above": [1e999], "count": 9}),
    ],
)
def test_contradictory_calibrations_are_refused(part: str, value: object) -> None:
    """A manifest with knots out of order, infinite, missing or contradictory is refused."""
    kept = fitted([0.0, 1.0, 2.0], [3.0]).to_dict()
    with pytest.raises(ModelMismatch, match=r"calibrat|base_rate"):
        Calibration.from_dict(kept | {part: value})
