"""Check that reasons add up, rank and read as they should."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.explain import Explainer
from signup_risk.features import catalog
from signup_risk.features.base import Feature
from signup_risk.model import Booster, FeatureSummary

COUNT = 8
VALUES = st.one_of(st.floats(), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0, 1e308]))


def feature(name: str = "a", **parts: Any) -> Feature:
    """Describe a feature, changing only what a test is about."""
    described: dict[str, Any] = {
        "name": name,
        "family": "velocity",
        "reason": "DEVICE_VELOCITY_24H",
        "text": "{value:.0f} sign-ups from this device in 24 h",
        "missing": "no device was shown",
        "inputs": ("device.id",),
        "unit": "count",
        "monotone": 1,
        "compute": lambda _: None,
    }
    return Feature(**described | parts)


def usual(name: str = "a", **parts: Any) -> FeatureSummary:
    """Describe what is usual, changing only what a test is about."""
    described: dict[str, Any] = {
        "p01": 0.0, "p50": 1.0, "p90": 2.0, "p99": 3.0, "p999": 10.0,
        "share_nonzero": 0.0031, "missing_share": 0.25,
    }  # fmt: skip
    return FeatureSummary(name=name, reason="R", monotone=0, **described | parts)


def said(value: float, the_feature: Feature | None = None, the_usual: FeatureSummary | None = None) -> str:
    """Return the text of the only reason of one feature with this value."""
    explainer = Explainer([the_feature or feature()], [the_usual or usual()])
    (reason,) = explainer.explain([1.0, 0.0], [value]).reasons
    return reason.text


def test_one_is_no_plural() -> None:
    """A count of one is said in the singular, by every feature of the catalogue; what is usual keeps its numbers."""
    counted = feature(text="{value:.0f} sign-up{value:s} in 24 h")
    assert [said(value, counted).split(";")[0] for value in (0.0, 1.0, 2.0)] == [
        "0 sign-ups in 24 h", "1 sign-up in 24 h", "2 sign-ups in 24 h",
    ]  # fmt: skip
    assert said(1.0, feature(text="word{value:s}: {value:.2f}")).endswith("at most 3.00")
    ones = [said(1.0, one, usual(one.name)) for one in catalog.CATALOG]
    assert [text for text in ones if re.search(r"^1 (different |neighbouring )?[a-z-]+s\b", text)] == []


CATALOG = [
    feature(f"f{number}", reason=f"REASON_{number % 3}", unit="flag" if number == 5 else "count", text=text)
    for number, text in enumerate(
        ["{value}", "{value:.1f}", "{value:.0%}", "a", "{value:,.2f} x", "set", "b", "c"]
    )
]
USUAL = [usual(f"f{number}") for number in range(COUNT)]


@given(
    contributions=st.lists(st.floats(-20, 20), min_size=COUNT + 1, max_size=COUNT + 1),
    values=st.lists(VALUES, min_size=COUNT, max_size=COUNT),
    top=st.one_of(st.none(), st.integers(0, 4)),
)
def test_reasons_add_up_whatever_the_values(
    contributions: list[float], values: list[float], top: int | None
) -> None:
    """Base value, reasons and remainder are the raw score; reasons are ranked; texts never fail."""
    explanation = Explainer(CATALOG, USUAL).explain(contributions, values, top=top)
    assert explanation.raw_score == pytest.approx(math.fsum(contributions), abs=1e-9)
    sizes = [abs(reason.contribution) for reason in explanation.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) <= (3 if top is None else top)
    assert all(len(reason.text) < 200 and "nan" not in reason.text for reason in explanation.reasons)
    assert all((reason.contribution > 0) == (reason.direction == "risk") for reason in explanation.reasons)
    if top is None:
        assert explanation.remainder == 0.0


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(VALUES, min_size=COUNT, max_size=COUNT))
def test_all_reasons_and_the_base_make_the_models_raw_score(rows: list[float], booster: Booster) -> None:
    """With a real model, base value and all reasons add up to the raw score that it gives."""
    row = array("d", rows)
    explanation = Explainer(CATALOG, USUAL).explain(booster.contributions(row), row)
    raw = booster.raw_score(row)
    assert explanation.remainder == 0.0
    assert explanation.raw_score == pytest.approx(raw, rel=1e-9, abs=1e-9)


@pytest.fixture(scope="module")
def booster() -> Booster:
    """Train a small model on the features of the catalogue."""
    rng = np.random.default_rng(2)
    data = rng.normal(size=(800, COUNT))
    dataset = lightgbm.Dataset(data, (data[:, 0] + data[:, 1] > 0.5).astype(int))
    settings_of_model = {"objective": "binary", "num_leaves": 8, "verbose": -1, "num_threads": 1}
    return Booster(lightgbm.train(settings_of_model, dataset, 20).model_to_string())


def test_features_of_one_code_are_added() -> None:
    """Contributions of a code are summed with their signs, and the strongest feature in that sense speaks."""
    features = [feature("a", text="{value:.0f} first"), feature("b", text="{value:.0f} second")]
    explanation = Explainer(features, [usual("a"), usual("b")]).explain([3.0, -1.0, 0.5], [7.0, 8.0])
    (reason,) = explanation.reasons
    assert (reason.code, reason.contribution, reason.direction) == ("DEVICE_VELOCITY_24H", 2.0, "risk")
    assert reason.text.startswith("7 first;")
    explanation = Explainer(features, [usual("a"), usual("b")]).explain([3.0, -4.0, 0.5], [7.0, 8.0])
    assert explanation.reasons[0].text.startswith("8 second;")
    assert explanation.reasons[0].direction == "trust"


def test_what_cancels_out_is_no_reason() -> None:
    """A code whose features do nothing, or cancel out, is not given."""
    features = [feature("a"), feature("b"), feature("c", reason="OTHER")]
    explainer = Explainer(features, [usual("a"), usual("b"), usual("c")])
    assert explainer.explain([1.0, -1.0, 0.0, 0.25], [1.0, 1.0, 1.0]).reasons == ()


def test_a_limit_keeps_the_strongest_and_the_sum_of_the_rest() -> None:
    """What a limit leaves out is in the remainder."""
    features = [feature(name, reason=name.upper()) for name in "abc"]
    explainer = Explainer(features, [usual(name) for name in "abc"])
    explanation = explainer.explain([1.0, -3.0, 2.0, 0.5], [1.0, 1.0, 1.0], top=1)
    assert [reason.code for reason in explanation.reasons] == ["B"]
    assert explanation.remainder == 3.0
    assert explanation.raw_score == 0.5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (14.0, "14 sign-ups from this device in 24 h; 99.9% of legitimate sign-ups: at most 10"),
        (5.0, "5 sign-ups from this device in 24 h; 99% of legitimate sign-ups: at most 3"),
        (0.0, "0 sign-ups from this device in 24 h; 99% of legitimate sign-ups: at least 0"),
        (math.nan, "no device was shown; unknown for 25% of legitimate sign-ups"),
        (
            math.inf,
            (
                "more than can be counted sign-ups from this device in 24 h; "
                "99.9% of legitimate sign-ups: at most 10"
            ),
        ),
        (1e308, "1e+308 sign-ups from this device in 24 h; 99.9% of legitimate sign-ups: at most 10"),
    ],
)
def test_texts_give_the_value_and_what_is_usual(value: float, expected: str) -> None:
    """The value is printed as the feature wants, and the quantiles likewise."""
    assert said(value) == expected


def test_flags_say_whether_they_apply() -> None:
    """A flag is stated, or said not to apply, with how usual it is."""
    flag = feature(unit="flag", text="the mailbox is disposable", missing="no e-mail")
    assert said(1.0, flag) == "the mailbox is disposable; applies to 0.31% of legitimate sign-ups"
    assert said(0.0, flag).startswith("does not apply: the mailbox is disposable; ")
    assert said(math.nan, flag) == "no e-mail; unknown for 25% of legitimate sign-ups"


def test_values_without_a_format_read_well() -> None:
    """A template without a format of its own gets grouped digits and no noise."""
    plain = feature(text="{value} points")
    assert said(1234567.0, plain).startswith("1,234,567 points")
    assert said(0.1 + 0.2, plain).startswith("0.3 points")
    assert said(3.0, plain).startswith("3 points")


def test_what_no_legitimate_signup_showed_is_said() -> None:
    """Without any known value among legitimate sign-ups there is no quantile to quote."""
    unknown = usual(p01=None, p50=None, p90=None, p99=None, p999=None)
    for value in (2.0, math.inf, -math.inf):
        assert said(value, None, unknown).endswith("; no legitimate sign-up showed it")
    assert said(50.0, None, usual(p999=None)).endswith("at most 3")


@pytest.mark.parametrize(
    "text", ["{other}", "{}", "{0}", "{value.real}", "{value:{width}}", "{value:.0q}", "{value", "{value!z}"]
)
def test_templates_may_format_the_value_only(text: str) -> None:
    """A broken template is found when the explainer is made, not when an applicant triggers it."""
    with pytest.raises(ConfigurationError, match="feature a"):
        Explainer([feature(text=text)], [usual()])


@pytest.mark.parametrize("names", [[], ["b"], ["a", "b"]])
def test_other_features_than_the_models_are_refused(names: Sequence[str]) -> None:
    """Features and summaries have to be of the same model."""
    with pytest.raises(ModelMismatch, match="in another order"):
        Explainer([feature("a")], [usual(name) for name in names])
