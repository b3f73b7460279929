"""Base value and contributions are the raw score to the bit, whatever the row and the rounding."""

from __future__ import annotations

import math
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import NoExplanation, Scorer
from signup_risk.explain.contributions import FeatureContribution, exact, grouped
from signup_risk.model import ModelArtefact, bundled_model_path

PARTS = st.lists(st.one_of(st.just(0.0), st.floats(-20, 20)), min_size=1, max_size=60)
VALUES = st.one_of(st.floats(width=32), st.sampled_from([math.nan, math.inf, 0.0, 1.0, 250.0]))


@pytest.fixture(scope="module")
def bundled() -> ModelArtefact:
    """Return the bundled model."""
    return ModelArtefact.load(bundled_model_path())


@given(base=st.floats(-10, 10), parts=PARTS, noise=st.floats(-1e-12, 1e-12))
def test_any_rounding_is_taken_up(base: float, parts: list[float], noise: float) -> None:
    """The parts add up to the bit, two of them at most have moved, by the rounding, and none has changed its sign."""
    raw = math.fsum([base, *parts]) + noise
    found_base, found = exact(raw, base, parts)
    moved = [(was, now) for was, now in zip([base, *parts], [found_base, *found], strict=True) if was != now]
    smallest = min((abs(one) for one in (base, *parts) if one), default=0.0)
    if abs(raw) >= 1e-9 and smallest >= 1e-9:  # where terms vanish beside their rounding, the last bit may stay
        assert math.fsum([found_base, *found]) == raw
    assert math.fsum([found_base, *found]) == pytest.approx(raw, rel=1e-15, abs=1e-15)
    assert len(moved) <= 2
    assert all(abs(was - now) < 1e-11 for was, now in moved)
    assert all(now and (was > 0) == (now > 0) for was, now in zip(parts, found, strict=True) if was)
    assert all(now == 0.0 for was, now in zip(parts, found, strict=True) if not was)


def test_the_weakest_takes_it() -> None:
    """The contribution nearest to nothing takes up the rounding, so that no other differs from LightGBM's own."""
    base, parts = exact(1.0 + 1e-13, 0.5, [0.25, 0.0, 0.2, 0.05])
    assert (base, parts[:3]) == (0.5, [0.25, 0.0, 0.2])
    assert parts[3] == pytest.approx(0.05, abs=2e-13)
    assert math.fsum([base, *parts]) == 1.0 + 1e-13


def test_two_take_what_is_too_much_for_one() -> None:
    """A part that would change its direction and one that is too coarse take up together what neither can alone."""
    raw, base, parts = -1.3e-13, -0.75, [2e-15, 0.75]
    found_base, found = exact(raw, base, parts)
    assert math.fsum([found_base, *found]) == raw
    assert found_base == base
    assert found[0] > 0.0
    assert found == pytest.approx(parts, abs=1e-12)


def test_terms_that_are_too_coarse_miss_the_last_bits_alone() -> None:
    """Where no numbers near the terms add up to the score, directions are kept and the sum misses by their rounding."""
    raw, base, parts = -9.023965058382205e-13, 16.671904495604792, [-16.671904495604792, 0.0]
    found_base, found = exact(raw, base, parts)
    assert (found[0] < 0.0, found[1]) == (True, 0.0)
    assert abs(math.fsum([found_base, *found]) - raw) <= math.ulp(base) / 2


def test_without_contributions_the_base_takes_it() -> None:
    """Where nothing contributes there is the base value alone."""
    assert exact(0.1 + 1e-15, 0.1, [0.0, 0.0]) == (0.1 + 1e-15, [0.0, 0.0])


@pytest.mark.parametrize("raw", [1.1, math.nan, math.inf])
def test_another_score_is_refused(raw: float) -> None:
    """Contributions that miss the score by more than rounding are not bent to fit it."""
    with pytest.raises(NoExplanation, match="the assessment was changed"):
        exact(raw, 0.5, [0.5])


@given(data=st.data())
def test_the_models_own_rows_add_up(data: st.DataObject, bundled: ModelArtefact) -> None:
    """For any row of the bundled model the parts add up to its raw score to the bit."""
    width = len(bundled.manifest.names)
    row = array("d", data.draw(st.lists(VALUES, min_size=width, max_size=width)))
    raw = bundled.booster.raw_score(row)
    *parts, base = bundled.booster.contributions(row)
    found_base, found = exact(raw, base, parts)
    assert math.fsum([found_base, *found]) == raw
    assert found_base == base
    assert found == pytest.approx(parts, abs=1e-9)


@given(
    parts=st.lists(st.tuples(st.sampled_from("ABC"), st.floats(-20, 20)), min_size=1, max_size=30),
)
def test_groups_hold_all_and_their_sum(parts: list[tuple[str, float]]) -> None:
    """Every contribution is in one group, totals are correctly rounded sums, and the strongest group comes first."""
    made = [
        FeatureContribution(f"f{place}", code, "email", 1.0, amount, "", None)
        for place, (code, amount) in enumerate(parts)
    ]
    groups = grouped(made, lambda one: one.code)
    assert sorted(one.feature for group in groups for one in group.members) == sorted(one.feature for one in made)
    for group in groups:
        assert group.contribution == math.fsum(amount for code, amount in parts if code == group.name)
        assert (group.contribution > 0) == (group.direction == "risk")
    sizes = [abs(group.contribution) for group in groups]
    assert sizes == sorted(sizes, reverse=True)


def test_every_assessment_of_some_days_adds_up(days: Any) -> None:
    """Of 600 sign-ups, reasons asked for or not, all add up to the bit, and groups within 1e-12."""
    scorer: Scorer = days.scorer
    for _, assessment in days.lived:
        explanation = assessment.explain()
        amounts = [one.contribution for one in explanation.contributions]
        assert math.fsum([explanation.base_value, *amounts]) == explanation.raw_score == assessment.raw_score
        assert sorted(one.feature for one in explanation.contributions) == sorted(scorer.model.manifest.names)
        for groups in (explanation.by_code(), explanation.by_family()):
            total = math.fsum([explanation.base_value, *(group.contribution for group in groups)])
            assert total == pytest.approx(assessment.raw_score, abs=1e-12)
