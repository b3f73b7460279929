"""Let a share of blocks through as the scorer does: by the sign-up's own number."""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import Policy, Scorer, Signup
from signup_risk.extract.keyed import chance, signup_name
from signup_risk.policy import Thresholds
from signup_risk.scorer.parallel import assess_parallel
from signup_risk.simulation import load_scenario, simulate
from signup_risk.stores import Hasher
from tests.scorer.samples import told

SECRET = "0123456789abcdef"
#: Blocks enough of a small simulation to see a share of them.
STRICT = Thresholds(0.4, 0.4, 0.4)


def numbers(count: int, secret: bytes = SECRET.encode()) -> list[float]:
    """Return the numbers of so many sign-ups."""
    hasher = Hasher(secret)
    found = [chance(signup_name(f"s{number}", hasher), hasher) for number in range(count)]
    return [one for one in found if one is not None]


def test_numbers_are_uniform() -> None:
    """Of 20,000 sign-ups each thousandth, hundredth and half gets its share within five standard deviations."""
    drawn = numbers(20_000)
    assert len(drawn) == 20_000
    for share in (0.001, 0.01, 0.1, 0.5, 0.99):
        below = sum(one < share for one in drawn)
        assert abs(below - 20_000 * share) < 5 * math.sqrt(20_000 * share * (1 - share))
    tenths = [sum(int(10 * one) == tenth for one in drawn) for tenth in range(10)]
    assert sum((count - 2000) ** 2 / 2000 for count in tenths) < 27.9  # chi-squared of 9, once in a thousand


def test_numbers_depend_on_the_secret() -> None:
    """Under another secret a sign-up gets another number, so that knowing the id does not help."""
    ours, others = numbers(4000), numbers(4000, b"another secret, 16+")
    both = sum(one < 0.1 and other < 0.1 for one, other in zip(ours, others, strict=True))
    assert abs(both - 40) < 5 * math.sqrt(40)


@given(st.text(max_size=128))
def test_a_number_is_the_sign_ups_own(signup_id: str) -> None:
    """Wherever and however often it is asked for, a sign-up has one number, in [0, 1)."""
    found = [chance(signup_name(signup_id, Hasher(SECRET.encode())), Hasher(SECRET.encode())) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert 0 <= found[0] < 1


def test_without_an_id_there_is_no_number() -> None:
    """A sign-up that cannot be recognised again takes no part."""
    assert chance(0, Hasher(SECRET.encode())) is None


def write(assessment: Any) -> dict[str, Any]:
    """Return an assessment as JSON values, without what differs from run to run."""
    return told(assessment)


def read(event: dict[str, Any]) -> Signup:
    """Read an event."""
    return Signup.from_mapping(event, require_at=True)


@pytest.fixture(scope="module")
def history() -> list[dict[str, Any]]:
    """Return simulated sign-ups, every tenth without an id."""
    drawn = enumerate(islice(simulate(load_scenario("demo-1"), 5), 700))
    return [{k: v for k, v in event.items() if number % 10 or k != "signup_id"} for number, event in drawn]


def test_blocks_are_let_through_in_their_share(history: list[dict[str, Any]], tmp_path: Path) -> None:
    """The same ones are let through again and on other workers, and nothing else differs from a plain policy."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    exploring = Policy(thresholds=STRICT, explore=0.3)
    with Scorer.open(secret=SECRET, policy=Policy(thresholds=STRICT)) as scorer:
        plain = [scorer.assess(event) for event in history]
    with Scorer.open(secret=SECRET, policy=exploring) as scorer:
        found = [scorer.assess(event) for event in history]
        assert [scorer.assess(event).explored for event in history[-50:]] == [one.explored for one in found[-50:]]
    with Scorer.open(url, secret=SECRET, policy=exploring) as scorer:
        spread = assess_parallel(scorer, enumerate(history), read, write, workers=2, timeout=60)
        assert [answer for _, answer in spread] == [write(one) for one in found]
    blocked = [(one, other) for one, other in zip(plain, found, strict=True) if one.decision == "block"]
    let = [other for _, other in blocked if other.explored]
    named = sum(one.signup_id is not None for one, _ in blocked)
    assert named > 60
    assert abs(len(let) - 0.3 * named) < 5 * math.sqrt(0.21 * named)
    for one, other in zip(plain, found, strict=True):
        changed = one.decision == "block" and one.signup_id is not None
        assert other.decision == ("step_up" if other.explored else one.decision)
        assert other.propensity == ((0.3 if other.explored else 0.7) if changed else None)
        assert (other.risk_score, other.reasons) == (one.risk_score, one.reasons)
        told_after = list(other.to_dict())[12:]
        assert told_after == (["explored", "propensity"] if changed else [])
