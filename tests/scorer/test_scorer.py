"""Use the scorer as an application does: real store, bundled model, bundled references."""

from __future__ import annotations

import json
import logging
import math
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signup_risk import CardNumberRefused, ConfigurationError, InvalidSignup, Policy, Scorer
from signup_risk.policy import ListEntry
from signup_risk.simulation import load_scenario, simulate
from tests.histories import EVENTS, histories
from tests.scorer.samples import AT, FULL, SECRETS, told, touch_of


@pytest.fixture
def scorer() -> Iterator[Scorer]:
    """Open a scorer over a memory store."""
    with Scorer.open("memory://") as opened:
        yield opened


def test_full_event_is_assessed_without_degradation(scorer: Scorer) -> None:
    """An event with every field gets a score, a rate, a decision and no complaint."""
    assessment = scorer.assess(FULL, explain="always")
    assert (assessment.degraded, assessment.warnings) == ((), ())
    assert assessment.risk_score is not None
    assert assessment.fpr is not None
    assert 0 < assessment.risk_score < 100
    assert 0 < assessment.fpr <= 1
    assert json.loads(json.dumps(assessment.to_dict()))["signup_id"] == "signup-7261"


def test_reasons_and_base_value_add_up_to_the_raw_score(scorer: Scorer) -> None:
    """Contributions are exact: with the base value they give the model's raw score."""
    assessment = scorer.assess(FULL, explain="always")
    assert assessment.base_value is not None
    total = assessment.base_value + sum(reason.contribution for reason in assessment.reasons)
    assert assessment.raw_score == pytest.approx(total, abs=1e-9)
    sizes = [abs(reason.contribution) for reason in assessment.reasons]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(("mode", "given"), [("never", False), ("always", True), ("auto", False)])
def test_reasons_are_given_when_asked_for(scorer: Scorer, mode: Any, given: bool) -> None:
    """Reasons come always, never, or unless the decision is allow."""
    assessment = scorer.assess({"at": AT, "email": "ada@example.com"}, explain=mode)
    assert assessment.decision == "allow"
    assert bool(assessment.reasons) is given


def test_retry_of_the_same_sign_up_gives_the_same_answer(scorer: Scorer) -> None:
    """A second call with the same id counts nothing and says the same."""
    assert told(scorer.assess(FULL, explain="always")) == told(scorer.assess(FULL, explain="always"))


def test_repeats_on_one_device_raise_the_score(scorer: Scorer) -> None:
    """Twenty sign-ups of one device, card and number within an hour score far above the first."""
    first = last = None
    for number in range(20):
        event = {**FULL, "signup_id": f"s{number}", "email": f"tiger{41873 + 97 * number}@example.com"}
        last = scorer.assess({**event, "at": f"2026-06-01T12:{number:02}:00Z"})
        first = first or last
    assert first is not None
    assert last is not None
    assert last.raw_score is not None
    assert first.raw_score is not None
    assert last.raw_score > first.raw_score + 1


def test_a_shared_device_alone_is_noticed_but_never_blocks(scorer: Scorer) -> None:
    """Forty people with nothing in common but a device are not all let through, and none of them is blocked."""
    people = islice((e for e in simulate(load_scenario("demo-1"), 21) if e["group"].startswith("legit")), 40)
    decisions = Counter(
        scorer.assess({**person, "device": {**(person.get("device") or {}), "id": "shared"}}).decision
        for person in people
    )
    assert decisions["block"] == 0
    assert decisions["step_up"] + decisions["review"] >= 20


def test_disposable_mail_alone_never_blocks(scorer: Scorer) -> None:
    """One bad attribute by itself is stepped up or reviewed at most."""
    event = {"at": AT, "email": "x@mailinator.com"}
    decisions = {scorer.assess({**event, "signup_id": f"n{n}"}).decision for n in range(50)}
    assert "block" not in decisions


def test_event_time_is_the_only_clock() -> None:
    """Whenever a sign-up is scored, next year or now, it gets the same answer."""
    answers = []
    for year in (2026, 2027):
        with Scorer.open("memory://", clock=lambda year=year: datetime(year, 6, 1, 13, tzinfo=UTC)) as scorer:
            answers.append([told(scorer.assess({**FULL, "signup_id": f"s{n}"}, explain="always")) for n in range(5)])
            assert scorer.assess({"email": "ada@example.com"}).at == datetime(year, 6, 1, 13, tzinfo=UTC)
    assert answers[0] == answers[1]


def test_late_sign_up_is_warned_of(scorer: Scorer) -> None:
    """A sign-up older than all that the store remembers is scored, and told to be late."""
    scorer.assess(FULL)
    assert scorer.assess({**FULL, "signup_id": "b", "at": "2026-05-20T12:00:00Z"}).warnings == ()
    late = scorer.assess({**FULL, "signup_id": "c", "at": "2026-04-01T12:00:00Z"})
    assert [(warning.code, warning.pointer) for warning in late.warnings] == [("LATE_EVENT", "/at")]


def test_outcomes_are_read_by_later_sign_ups(scorer: Scorer) -> None:
    """A reported device scores higher for the next one, and no more once the report is withdrawn."""
    scores = []
    for number, outcome in enumerate(("abusive", "cleared", None)):
        event = {**FULL, "signup_id": f"later{number}", "at": "2026-06-02T12:00:00Z"}
        if number == 0:
            scorer.assess(FULL)
        if outcome is not None:
            assert scorer.report("signup-7261", outcome, at="2026-06-01T13:00:00Z") is True  # type: ignore[arg-type]
        scores.append(scorer._store.peek(touch_of(scorer, event)).states[1].outcomes())  # type: ignore[union-attr]
    assert [len(rows) for rows in scores] == [1, 0, 0]


def test_unknown_outcome_and_time_are_the_callers_errors(scorer: Scorer) -> None:
    """What the caller gets wrong is said, with what is allowed."""
    with pytest.raises(ConfigurationError, match="abusive, legitimate, cleared"):
        scorer.report("x", "bad")  # type: ignore[arg-type]
    with pytest.raises(InvalidSignup, match="offset"):
        scorer.report("x", "abusive", at="2026-06-01T12:00:00")
    with pytest.raises(ConfigurationError, match="auto, always, never"):
        scorer.assess(FULL, explain="sometimes")  # type: ignore[arg-type]
    assert scorer.report("never seen", "abusive", at=AT) is False


def test_shadow_allows_and_says_what_it_would_have_done() -> None:
    """In shadow everybody is allowed, and the assessment tells what would have been."""
    policy = Policy(block=(ListEntry("email", "marlene.quist@brightfjord.example"),), shadow=True)
    with Scorer.open("memory://", policy=policy) as scorer:
        assessment = scorer.assess(FULL)
    assert assessment.decision == "allow"
    assert assessment.policy.shadow_decision == "block"
    assert assessment.to_dict()["policy"]["shadow_decision"] == "block"


def test_lists_are_compared_on_normalized_values() -> None:
    """A listed mailbox is found under another spelling."""
    policy = Policy(block=(ListEntry("email", "J.Ane.Roe@googlemail.com"),))
    with Scorer.open("memory://", policy=policy) as scorer:
        assessment = scorer.assess({"at": AT, "email": "janeroe+trial@gmail.com"})
    assert assessment.decision == "block"
    assert assessment.policy.notes == ("LISTED_BLOCK",)


@pytest.mark.parametrize("domain", ["gmail.com", "privaterelay.appleid.com"])
def test_blocking_everybodys_domain_is_refused(domain: str) -> None:
    """A block entry for free mail or a relay is refused when the scorer opens."""
    with pytest.raises(ConfigurationError, match="refused"):
        Scorer.open("memory://", policy=Policy(block=(ListEntry("email_domain", domain),)))


def test_threads_share_a_scorer(scorer: Scorer) -> None:
    """Four threads lose no sign-up and get whole answers."""
    answers: list[Any] = []

    def work(worker: int) -> None:
        events = ({**FULL, "signup_id": f"{worker}-{number}"} for number in range(50))
        answers.extend(scorer.assess(event, explain="always") for event in events)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = scorer._store.peek(touch_of(scorer, {**FULL, "signup_id": "end"})).states[1]
    assert state is not None
    assert (len(answers), state.total) == (200, 200)
    for answer in answers:
        assert answer.base_value is not None
        total = answer.base_value + math.fsum(reason.contribution for reason in answer.reasons)
        assert answer.raw_score == pytest.approx(total, abs=1e-9)


def test_nothing_of_a_person_is_stored_or_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No byte of the store's files, the logs or the reasons holds a value of the event."""
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}") as scorer:
        assessment = scorer.assess(FULL, explain="always")
        scorer.report("signup-7261", "abusive", at=AT)
        live = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    closed = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    reasons = " ".join(reason.text for reason in assessment.reasons)
    for secret in SECRETS:
        for form in (secret, secret.lower()):
            assert form.encode() not in live + closed
            assert form not in caplog.text
            assert form not in reasons


def test_card_numbers_are_refused_and_not_echoed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A full card number anywhere in card.* raises before anything is kept, and is in no message, log or file."""
    caplog.set_level(logging.DEBUG)
    number = "4242 4242 4242 4242"
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db") as scorer:
        for field in ("token", "last_digits", "decline_code", "processor", "unheard_of"):
            with pytest.raises(CardNumberRefused) as caught:
                scorer.assess({**FULL, "card": {**FULL["card"], field: number}})
            assert "4242" not in str(caught.value) + repr(caught.value)
        assert scorer._store.peek(touch_of(scorer, FULL)).states[0] is None
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"4242424242" not in stored.replace(b" ", b"")
    assert "4242" not in caplog.text


TEXT = st.text(st.characters(codec=None), max_size=400)  # type: ignore[call-overload]
TYPED = ("email", "phone", "username", "first_name", "last_name", "organization", "referral_code", "ip_address")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    base=EVENTS,
    typed=st.dictionaries(st.sampled_from(TYPED), TEXT),
    device=st.dictionaries(st.sampled_from(["user_agent", "accept_language", "time_zone", "screen", "platform"]), TEXT),
    billing=st.dictionaries(st.sampled_from(["address", "city", "postal", "first_name", "last_name"]), TEXT),
)
def test_whatever_was_typed_gets_an_answer(
    scorer: Scorer, base: dict[str, Any], typed: dict[str, str], device: dict[str, str], billing: dict[str, str]
) -> None:
    """Any text in any typed field is scored, and no part of ours fails on it."""
    event = {**base, **typed, "at": AT}
    event["device"] = {**(base.get("device") or {}), **device}
    event["billing"] = {**(base.get("billing") or {}), **billing}
    assessment = scorer.assess(event, explain="always")
    assert assessment.degraded == ()
    json.dumps(assessment.to_dict(), allow_nan=False).encode()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories(most=25))
def test_stores_and_secrets_do_not_change_a_score(tmp_path_factory: Any, history: list[dict[str, Any]]) -> None:
    """A history scored over memory and over SQLite, under other secrets, gives equal assessments."""
    path = tmp_path_factory.mktemp("scores") / "velocity.db"
    with (
        Scorer.open("memory://", secret="one secret of sixteen") as memory,
        Scorer.open(f"sqlite:///{path}", secret="quite another secret") as durable,
    ):
        for event in history:
            assert told(memory.assess(event)) == told(durable.assess(event))
