"""Detection at fixed false-positive rates, and its intervals: against counting and against closed forms."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError
from signup_risk.model import Calibration
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.evaluate.detection import PREVALENCES, Ranking, detect, precision_at, refusal
from signup_risk.training.evaluate.intervals import bounds, redraws, wilson
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.fit import RATES
from tests.training.evaluate_samples import HOUR_US, random_sample, sample, table


def calibration_of(scores: np.ndarray, judged: Sample) -> Calibration:
    """Return a calibration fitted on the very sample."""
    return fit_calibration(scores.tolist(), judged.abusive.astype(int).tolist())


@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 3)), min_size=2, max_size=60),
    st.sampled_from((0.0, 0.1, 0.25, 0.5, 0.9)),
)
def test_thresholds_equal_counting(rows: list[tuple[int, bool, int]], rate: float) -> None:
    """With ties and weights, the threshold lies right above the first legitimate sign-up that the rate cannot hold."""
    rows = [(1, True, 1), (1, False, 1), *rows]
    judged = sample([int(label) for _, label, _ in rows])
    scores, weights = (np.asarray([float(row[part]) for row in rows]) for part in (0, 2))
    good = sorted(((score, weight) for score, label, weight in rows if not label), reverse=True)
    allowed = math.floor(rate * sum(weight for _, weight in good) + 1e-9)
    spent = list(itertools.accumulate(weight for _, weight in good))
    limit = next(score for (score, _), above in zip(good, spent, strict=True) if above > allowed)
    ranking = Ranking(scores, judged)
    threshold = ranking.thresholds(weights, [rate])
    for label, share in ((True, ranking.found), (False, ranking.alarms)):
        mine = [(score, weight) for score, other, weight in rows if other == label]
        above = sum(weight for score, weight in mine if score > limit)
        assert share(weights, threshold).item() == pytest.approx(above / sum(weight for _, weight in mine))
    assert ranking.alarms(weights, threshold).item() <= rate + 1e-9


def test_known_curve() -> None:
    """Legitimate scores 0..999 and abusive ones at 995.5, 980.5, 500.5 give the shares that can be read off."""
    judged = sample([0] * 1000 + [1] * 20)
    scores = np.concatenate([np.arange(1000.0), np.repeat([999.5, 995.5, 980.5, 500.5], 5)])
    found = {one.rate: one for one in detect(scores, judged, calibration_of(scores, judged), repeats=20)}
    # At 0.1 % one legitimate sign-up may lie above: the threshold is right above 998.
    assert [found[rate].found.value for rate in RATES] == [0.25, 0.25, 0.5, 0.75]
    assert found[0.001].threshold == math.nextafter(998.0, math.inf)


def test_a_perfect_model_finds_all() -> None:
    """A perfect model finds everything at every rate, with certainty, and precision is that of Bayes' rule."""
    judged, _ = random_sample(12_000, seed=1)
    scores = judged.abusive.astype(float)
    for one in detect(scores, judged, calibration_of(scores + np.linspace(0, 0.1, 12_000), judged), repeats=20):
        assert (one.found.value, one.found.low, one.found.high) == (1.0, 1.0, 1.0)
        for share in PREVALENCES:
            assert one.precision[f"{share:g}"] == pytest.approx(share / (share + (1 - share) * one.rate))


def test_a_blind_model_finds_the_rate() -> None:
    """Random scores find as much abuse as they cost of the legitimate, and no precision above the prevalence."""
    judged, _ = random_sample(40_000, seed=2)
    scores = np.random.default_rng(3).normal(size=40_000)
    for one in detect(scores, judged, calibration_of(scores, judged), repeats=100):
        assert one.found.value == pytest.approx(one.rate, abs=4 * math.sqrt(one.rate / 8000))
        assert one.precision["0.01"] == pytest.approx(0.01, rel=1.0)


def test_two_normal_distributions() -> None:
    """For scores N(0,1) and N(d,1) the share found at rate r is Phi(d - z(1-r)), and the interval holds it."""
    judged, scores = random_sample(60_000, seed=4, named=False)
    normal = NormalDist()
    for one in detect(scores, judged, calibration_of(scores, judged), repeats=200):
        expected = normal.cdf(1.5 - normal.inv_cdf(1 - one.rate))
        assert one.found.low is not None
        assert one.found.high is not None
        assert one.found.low - 0.01 < expected < one.found.high + 0.01
        assert one.stated_rate.value == pytest.approx(one.rate, abs=0.001)
        assert one.stated_found.value == pytest.approx(expected, abs=0.03)


def test_campaigns_widen_intervals() -> None:
    """Where members of a campaign stand or fall together, drawing campaigns is wider than drawing rows, by far."""
    labels = [0] * 3000 + [1] * 1000
    groups = [""] * 3000 + [f"farm.a1.{number // 50}" for number in range(1000)]
    judged = sample(labels, groups)
    caught = np.asarray([0.0] * 3000 + [float(number // 50 % 2) for number in range(1000)])

    def share(weights: np.ndarray) -> np.ndarray:
        return np.asarray([(weights * caught)[judged.abusive].sum() / weights[judged.abusive].sum()])

    by_campaign = bounds(share, redraws(judged, 1))
    by_row = bounds(share, redraws(judged, 1, by_row=True))
    widths = [float((high - low)[0]) for low, high in (by_campaign, by_row)]
    # Standard errors by theory: sqrt(0.25 / 20) of twenty campaigns, sqrt(0.25 / 1000) of a thousand rows.
    assert widths[0] == pytest.approx(2 * 1.96 * math.sqrt(0.25 / 20), rel=0.15)
    assert widths[1] == pytest.approx(2 * 1.96 * math.sqrt(0.25 / 1000), rel=0.15)


def test_independent_rows_give_the_same_interval_either_way() -> None:
    """Without groups every sign-up is drawn alone, and so the two ways are one."""
    judged, _ = random_sample(500, seed=5, named=False)
    pairs = zip(redraws(judged, 9, 20), redraws(judged, 9, 20, by_row=True), strict=True)
    assert all((left == right).all() for left, right in pairs)


def test_draws_keep_classes_apart_and_repeat() -> None:
    """Each draw has about as many of each class, none of the control, and a seed gives the same draws."""
    judged = sample([1] * 40 + [0] * 60 + [1] * 10, ["farm.a0.1"] * 20 + ["farm.a0.2"] * 20 + [""] * 60 + [
        "farm.nosignal.1"] * 10)  # fmt: skip
    draws, again = list(redraws(judged, 1, 30)), list(redraws(judged, 1, 30))
    assert all((one == two).all() for one, two in zip(draws, again, strict=True))
    assert {float(one[judged.abusive].sum()) for one in draws} == {40.0}
    assert {float(one[judged.legitimate].sum()) for one in draws} == {60.0}
    assert {float(one[judged.control].sum()) for one in draws} == {0.0}


def test_the_legitimate_are_drawn_by_group_and_hour() -> None:
    """Legitimate sign-ups of one group and hour come together; another hour or group is another draw."""
    times = [0, 1, HOUR_US, HOUR_US + 1, 2, 3]
    groups = ["legit.a", "legit.a", "legit.a", "legit.a", "legit.b", "farm.a0.1"]
    found = sample([0, 0, 0, 0, 0, 1], groups, times=times).clusters.tolist()
    assert found[0] == found[1] != found[2] == found[3]
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(5, 10, 0.2366, 0.7634), (0, 20, 0.0, 0.1611), (1, 1, 0.2065, 1.0)]
)
def test_wilson(hits: int, count: int, low: float, high: float) -> None:
    """Wilson's intervals are those of the textbook (Newcombe 1998), ends included."""
    share = wilson(hits, count)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert wilson(0, 0).value is None


def test_too_few_are_refused() -> None:
    """A rate of one in a thousand wants a thousand legitimate sign-ups, any rate twenty abusive ones."""
    few = sample([0] * 999 + [1] * 20)
    scores = np.arange(1019.0)
    found = detect(scores, few, calibration_of(scores, few), repeats=10)
    assert (found[0].found.value, found[0].threshold, found[0].precision) == (None, None, {})
    assert found[0].refused == "needs 1,000 legitimate sign-ups, there are 999"
    assert found[1].found.value is not None
    assert refusal(0.001, sample([0] * 1000 + [1] * 20)) == ""
    assert refusal(0.05, sample([0] * 1000 + [1] * 19)) == "needs 20 abusive sign-ups, there are 19"


def test_thresholds_that_a_model_does_not_state() -> None:
    """Where a model was calibrated on too few to state a threshold, nothing is said of it."""
    judged, scores = random_sample(5000, seed=6)
    small = fit_calibration(scores[:300].tolist(), judged.abusive[:300].astype(int).tolist())
    first = detect(scores, judged, small, repeats=10)[0]
    assert (first.stated_threshold, first.stated_found.value, first.stated_rate.value) == (None, None, None)
    assert first.found.value is not None


def test_precision_of_published_figures() -> None:
    """A published system with 80.2 % at 5.5 % has 74 % precision at one in six and 13 % at one in a hundred."""
    assert precision_at(1 / 6, 0.802, 0.055) == pytest.approx(0.74, abs=0.01)
    assert precision_at(0.01, 0.802, 0.055) == pytest.approx(0.13, abs=0.005)
    assert precision_at(0.01, 0.0, 0.0) is None


@pytest.mark.parametrize("labels", [[0, 0, -1], [1, 1, -1]])
def test_one_class_is_refused(labels: list[int]) -> None:
    """A history of one class is refused, and the error names the missing one."""
    with pytest.raises(ConfigurationError, match="abusive" if 0 in labels else "legitimate"):
        Sample.of(table(labels))


def test_contradictions_count_as_neither() -> None:
    """A farm's account labelled legitimate, and a population's labelled abusive, are neither; the control is apart."""
    judged = sample(
        [1, 0, 0, 1, 1, -1],
        ["farm.a1.1", "farm.a1.1", "legit.vpn", "legit.vpn", "farm.nosignal.1", "farm.a1.1"],
    )
    assert judged.abusive.tolist() == [True, False, False, False, False, False]
    assert judged.legitimate.tolist() == [False, False, True, False, False, False]
    assert judged.doubtful.tolist() == [False, True, False, True, False, False]
    assert judged.control.tolist() == [False, False, False, False, True, False]
    assert judged.members.tolist() == [True, True, False, False, False, True]
