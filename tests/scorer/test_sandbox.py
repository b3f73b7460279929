"""Reserved addresses get fixed decisions, and nothing else does."""

from __future__ import annotations

import logging
import math
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import Assessment, Policy, Scorer, Signup
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import ModelInfo
from signup_risk.scorer.sandbox import fixed, warn_of_sandbox

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
MODEL = ModelInfo("m", "1", "f")


def answer(email: str | None, policy: Policy | None = None) -> Assessment | None:
    """Return the fixed answer to an address."""
    event = Signup(signup_id="s1", at=AT, email=email)
    return fixed(event, policy or Policy(), MODEL, time.perf_counter())


@pytest.mark.parametrize("decision", OUTCOMES)
def test_each_decision_has_an_address(decision: str) -> None:
    """The mailbox names the decision; case, blanks around it and a sub-address make no difference."""
    plain = f"{decision}@signup-risk.example"
    for email in (plain, plain.upper(), f" {plain}\n", f"{decision}+anything+more@Signup-Risk.example"):
        found = answer(email)
        assert found is not None
        assert (found.decision, found.signup_id, found.at, found.model) == (decision, "s1", AT, MODEL)
        assert [reason.code for reason in found.reasons] == ["SANDBOX"]
        assert found.policy.notes == ("SANDBOX",)
        assert (found.degraded, found.campaign) == ((), None)
        assert found.latency_ms >= 0


@pytest.mark.parametrize("decision", OUTCOMES)
def test_numbers_agree_with_each_other(decision: str) -> None:
    """Rates fall into the bands of the default policy, and contributions add up to the raw score of the probability."""
    found = answer(f"{decision}@signup-risk.example")
    assert found is not None
    assert found.fpr is not None
    assert found.risk_score is not None
    assert found.base_value is not None
    assert Policy().thresholds.outcome(found.fpr) == decision
    raw = found.base_value + sum(reason.contribution for reason in found.reasons)
    assert found.raw_score == raw
    assert 100 / (1 + math.exp(-raw)) == pytest.approx(found.risk_score)
    assert found.reasons[0].direction == ("risk" if raw > 0 else "trust")


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "allow",
        "@signup-risk.example",
        "+x@signup-risk.example",
        "allow.x@signup-risk.example",
        "allowed@signup-risk.example",
        "allow@mx.signup-risk.example",
        "allow@signup-risk.example.com",
        "allow@signup-risk.exаmple",  # noqa: RUF001 - a Cyrillic letter
        "allow@signup-risk.example@example.com",
        "x@allow@signup-risk.example",
        "allow@example.com",
    ],
)
def test_other_addresses_are_not_reserved(email: str | None) -> None:
    """An address that only resembles a reserved one is assessed like any other."""
    assert answer(email) is None


@given(st.emails() | st.text(max_size=40))
def test_nobody_else_is_answered(email: str) -> None:
    """No ordinary address gets a fixed answer."""
    assert answer(email) is None


def test_shadow_answers_allow() -> None:
    """A policy that only watches allows here too, and says what it would have decided."""
    found = answer("block@signup-risk.example", Policy(name="ours", version="7", shadow=True))
    assert found is not None
    assert (found.decision, found.policy.shadow_decision) == ("allow", "block")
    assert (found.policy.name, found.policy.version) == ("ours", "7")


def test_without_sandbox_the_addresses_are_ordinary() -> None:
    """By default a scorer asks model and store about a reserved address, so that nobody gets in by typing one."""
    with Scorer.open("memory://", explain="always") as scorer:
        for number, decision in enumerate(OUTCOMES):
            email = f"{decision}@signup-risk.example"
            found = scorer.assess({"signup_id": f"s{number}", "at": "2026-06-01T12:00:00Z", "email": email})
            assert "SANDBOX" not in {reason.code for reason in found.reasons} | set(found.policy.notes)
        assert scorer.report("s0", "legitimate", at="2026-06-02T12:00:00Z")


def test_the_switch_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the log sees that the sandbox is on."""
    with caplog.at_level(logging.WARNING):
        warn_of_sandbox()
    assert "sandbox is on" in caplog.text
