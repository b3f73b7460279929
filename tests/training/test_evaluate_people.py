"""Who is stopped: groups, kinds, campaigns, the control, decisions. All against counts made by hand."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.extract import select
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.policy import Evidence, Policy, Thresholds
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.campaigns import quantile, time_to_detect
from signup_risk.training.evaluate.decisions import decide
from signup_risk.training.evaluate.groups import MIN_GROUP, control, group_rates, kind_shares
from signup_risk.training.evaluate.sample import Sample, kind_of
from signup_risk.training.evaluate.unseen import raw_scores
from tests.training.evaluate_samples import sample, table

MINUTE_US = 60_000_000
#: So that blocks, spared ones among them, occur on few rows, whichever model is bundled.
GENEROUS = Thresholds(step_up=0.4, review=0.3, block=0.25)


def test_groups_stand_worst_first() -> None:
    """Shares, ratios and order are those of counting; small groups are named and not measured; farms are no group."""
    groups = ["legit.a"] * 100 + ["legit.b"] * 300 + ["legit.c"] * (MIN_GROUP - 1) + [""] * 51 + ["farm.a0.1"] * 20
    judged = sample([0] * 500 + [1] * 20, groups)
    stopped = np.zeros(520, dtype=bool)
    stopped[:2] = stopped[100:121] = stopped[500:] = True
    found = group_rates(stopped, judged)
    assert found.overall.value == 23 / 500
    assert [(one.group, one.rate.value) for one in found.groups] == [("legit.b", 0.07), ("legit.a", 0.02)]
    assert found.groups[0].ratio == pytest.approx(0.07 / (23 / 500))
    assert found.too_small == ("legit.c",)
    assert group_rates(np.zeros(520, dtype=bool), judged).groups[0].ratio is None


def test_kinds_are_counted_over_their_campaigns() -> None:
    """What is found of a kind is counted over its sign-ups, its interval over its campaigns."""
    groups = ["farm.a1.1"] * 40 + ["farm.a1.2"] * 60 + ["farm.a2.1"] * 30 + ["other"] * 5 + ["legit.a"] * 100
    judged = sample([1] * 135 + [0] * 100, groups)
    stopped = np.zeros(235, dtype=bool)
    stopped[:40] = stopped[100:115] = True
    found = {one.kind: one for one in kind_shares(stopped, judged)}
    assert set(found) == {"farm.a1", "farm.a2", "(no kind)"}
    assert (found["farm.a1"].campaigns, found["farm.a1"].found.value) == (2, 0.4)
    # Two campaigns, found whole or not at all: drawn again, both may be the one or the other.
    assert (found["farm.a1"].found.low, found["farm.a1"].found.high) == (0.0, 1.0)
    assert (found["farm.a2"].campaigns, found["farm.a2"].found.value) == (1, 0.5)
    merged = kind_shares(stopped, judged, merged=True)
    assert [(one.kind, one.campaigns, one.found.value) for one in merged] == [("all", 4, 55 / 135)]
    assert kind_of("farm.nosignal.1") == "farm.nosignal"


def test_labels_against_their_groups_are_told_apart_from_none() -> None:
    """Where groups contradict every label of a class, that is said; where there is no such label, that."""
    groups = ["farm.a1.1"] * 3 + ["legit.a"] * 5
    with pytest.raises(ConfigurationError, match=r"all 3 sign-ups labelled legitimate \(0\).*'farm.a1.1'"):
        sample([0] * 3 + [1] * 5, groups)
    with pytest.raises(ConfigurationError, match=r"all 5 sign-ups labelled abusive \(1\).*'legit.a'"):
        sample([1] * 5 + [0], ["legit.a"] * 6)
    with pytest.raises(ConfigurationError, match="no sign-up labelled legitimate among its 8"):
        sample([1] * 8, groups)


def campaigns() -> tuple[Sample, np.ndarray]:
    """Return three campaigns and a pair: stopped at their 3rd, at their 1st and never, members a minute apart."""
    groups, stopped, times, labels = [], [], [], []
    for number, (size, first) in enumerate(((20, 3), (10, 1), (12, math.inf), (2, 1))):
        for member in range(size):
            groups.append(f"farm.a1.{number}")
            stopped.append(member + 1 >= first)
            times.append((member * 7 + number) * MINUTE_US)
            # A member that was never found counts when members are counted.
            labels.append(0 if (number, member) == (0, 1) else 1)
    groups, stopped, times, labels = [*groups, "legit.a"], [*stopped, True], [*times, 5], [*labels, 0]
    order = np.argsort(times, kind="stable")
    judged = Sample.of(table(np.asarray(labels)[order].tolist(), np.asarray(groups)[order].tolist(),
                             times=np.asarray(times)[order].tolist()))  # fmt: skip
    return judged, np.asarray(stopped)[order]


def test_time_to_detect_equals_counting() -> None:
    """First member stopped, minutes, who came before and who got through are those of the campaigns, interleaved."""
    judged, stopped = campaigns()
    overall, small = time_to_detect(stopped, judged)
    assert (overall.size, small.size, overall.campaigns, overall.never) == ("all", "10-99", 3, 1)
    assert (overall.member.median, overall.member.p90) == (3, None)
    assert (overall.minutes.median, overall.minutes.p90) == (14, None)
    assert (overall.before.median, overall.before.p90) == (2, 12)
    assert (overall.through.median, overall.through.p90) == (2, 12)
    assert small == type(small)(**{name: getattr(overall, name) for name in small.__slots__} | {"size": "10-99"})


def test_campaigns_by_size() -> None:
    """Each size class that occurs has a line of its own, pairs have none."""
    groups = ["farm.a1.1"] * 1000 + ["farm.a1.2"] * 100 + ["farm.a1.3"] * 99 + ["farm.a1.4"] * 9 + ["legit.a"]
    judged = sample([1] * 1208 + [0], groups)
    stopped = np.ones(1209, dtype=bool)
    stopped[:7] = False
    found = {one.size: one for one in time_to_detect(stopped, judged)}
    assert {size: one.campaigns for size, one in found.items()} == {
        "all": 3, "10-99": 1, "100-999": 1, "1,000 and more": 1,
    }  # fmt: skip
    assert found["1,000 and more"].member.median == 8
    assert time_to_detect(stopped, sample([1, 0]))[0].campaigns == 0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5.0), (0.9, 9.0), (0.91, 10.0), (0.0, 1.0), (1.0, 10.0)])
def test_quantiles_are_order_statistics(share: float, expected: float) -> None:
    """A quantile is the smallest value that covers the share."""
    assert quantile(list(range(1, 11)), share) == expected
    assert quantile([], share) is None


def test_control_on_random_scores_is_equal() -> None:
    """Whoever is stopped at random, farms without a signal are stopped as often as the legitimate."""
    rng = np.random.default_rng(7)
    groups = ["legit.a"] * 8000 + ["farm.nosignal.1"] * 2000 + ["farm.a1.1"] * 100
    judged = sample([0] * 8000 + [1] * 2100, groups)
    found = control(rng.random(10_100) < 0.05, judged)
    assert found is not None
    assert found.verdict == "equal"
    assert found.found.count == 2000
    assert found.found.value == pytest.approx(found.alarms.value, abs=0.015)


def test_control_shows_leaks() -> None:
    """Where labels leak the control stands out; where crowds are stopped it lies below; without one nothing is said."""
    groups = ["legit.a"] * 1000 + ["farm.nosignal.1"] * 500 + ["farm.a1.1"]
    judged = sample([0] * 1000 + [1] * 501, groups)
    leaking, crowded = np.zeros(1501, dtype=bool), np.zeros(1501, dtype=bool)
    leaking[1000:1100] = True
    crowded[:200] = True
    for stopped, verdict in ((leaking, "above"), (crowded, "below")):
        found = control(stopped, judged)
        assert found is not None
        assert found.verdict == verdict
    assert control(leaking[:2], sample([0, 1])) is None


@pytest.fixture(scope="module")
def artefact() -> ModelArtefact:
    """Return the bundled model."""
    return ModelArtefact.load(bundled_model_path())


def rows_of(artefact: ModelArtefact, count: int = 300) -> np.ndarray:
    """Return rows between the golden ones, so that scores of every height occur."""
    golden = np.asarray([list(case.values) for case in artefact.golden], dtype=np.float64)
    rng = np.random.default_rng(11)
    left, right = rng.integers(0, len(golden), (2, count))
    return np.where(rng.random((count, golden.shape[1])) < 0.5, golden[left], golden[right])


def test_decisions_are_those_of_the_policy(artefact: ModelArtefact) -> None:
    """Every row gets what the policy says of its rate and its evidence, blocks on one attribute turned to review."""
    rows = rows_of(artefact)
    history = table([number % 2 for number in range(len(rows))], rows=rows, names=artefact.manifest.names)
    scores = raw_scores(artefact.booster, history)
    calibration = artefact.manifest.calibration
    policy = Policy(name="strict", thresholds=GENEROUS)
    found = decide(artefact, history, scores, policy)
    step_up_raw = calibration.raw_at(0.4)
    inputs = [entry.inputs for entry in select(artefact.manifest.names)]
    expected, spared = [], 0
    for row, raw in zip(rows, scores.tolist(), strict=True):
        outcome = policy.thresholds.outcome(calibration.fpr(raw))
        contributions = artefact.booster.contributions(array("d", row.tolist()))
        if outcome == "block" and not Evidence.of(raw, step_up_raw, inputs, contributions).is_broad():
            outcome, spared = "review", spared + 1
        expected.append(OUTCOMES.index(outcome))
    assert found.ranks.tolist() == expected
    assert found.spared == spared > 0
    assert set(expected) == {0, 1, 2, 3}
    assert found.policy == "strict 1"
    judged = Sample.of(history)
    block = found.levels(judged)[2]
    good = [rank for number, rank in enumerate(expected) if number % 2 == 0]
    assert (block.decision, block.alarms.value) == ("block", good.count(3) / len(good))


def test_shadow_decides_as_if_it_counted(artefact: ModelArtefact) -> None:
    """A policy that only watches is judged by what it would have done."""
    rows = rows_of(artefact, 60)
    history = table([0, 1] * 30, rows=rows, names=artefact.manifest.names)
    scores = raw_scores(artefact.booster, history)
    policies = [Policy(shadow=shadow, thresholds=GENEROUS) for shadow in (False, True)]
    loud, quiet = (decide(artefact, history, scores, policy).ranks for policy in policies)
    assert loud.tolist() == quiet.tolist()
    assert loud.any()
