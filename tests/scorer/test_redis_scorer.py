"""Assess with a Redis store: what it answers, what it leaves there, and what it says when the server gives up keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signup_risk import Scorer
from signup_risk.extract import is_blind, read_velocity
from signup_risk.features.kinds import ALL
from signup_risk.stores import HOUR_1, Entry, Exchange, KeyState, MemoryStore, Touch
from tests.scorer.samples import FULL
from tests.stores.servers import Server, server

SECRET = "one secret for all of them"
START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Run a server."""
    with server("--maxmemory-policy", "volatile-ttl") as one:
        yield one


def sign_up(number: int, **changes: Any) -> dict[str, Any]:
    """Return one sign-up of a stream."""
    at = (START + timedelta(minutes=number)).isoformat()
    return {**FULL, "signup_id": f"redis-{number}", "at": at, **changes}


def opened(url: str) -> Scorer:
    """Open a scorer that waits as long as it takes."""
    return Scorer.open(url, secret=SECRET, deadline_ms=60_000)


def told(scorer: Scorer, event: dict[str, Any]) -> dict[str, Any]:
    """Assess, and leave out what differs from run to run."""
    return {name: value for name, value in scorer.assess(event).to_dict().items() if name != "latency_ms"}


def test_same_assessments_as_in_memory(running: Server) -> None:
    """A stream with repeats and outcomes is assessed alike, whole, wherever velocity is kept."""
    with opened(running.url("same:")) as one, opened("memory://") as other:
        for number in [*range(30), 5, 29, *range(30, 80)]:
            event = sign_up(number, phone=f"+49151123456{number % 40:02}", username=f"tiger{number}")
            assert told(one, event) == told(other, event)
            if number % 7 == 0:
                at = (START + timedelta(minutes=number, seconds=1)).isoformat()
                assert one.report(event["signup_id"], "abusive", at=at)
                assert other.report(event["signup_id"], "abusive", at=at)


def test_nothing_of_a_person_is_in_the_server(running: Server) -> None:
    """No value of a sign-up can be read in any name or value that the server holds."""
    client = running.client()
    client.flushall()
    with opened(running.url("raw:")) as scorer:
        for number in range(20):
            scorer.assess(sign_up(number))
    names = list(client.scan_iter(count=1000))
    held = b"\n".join([*names, *(client.dump(name) for name in names)]).lower()
    assert len(names) > 20
    assert b"raw:k{" in held
    private = [sign_up(3)["signup_id"], FULL["email"], FULL["email"].split("@")[0], FULL["phone"], FULL["ip_address"]]
    private += [FULL["device"]["id"], FULL["card"]["token"], FULL["last_name"], SECRET]
    for value in private:
        assert value.lower().encode() not in held, value


def test_eviction_degrades_velocity(running: Server) -> None:
    """When the server gives up keys the answer says so, and what is absent is unknown instead of never seen."""
    client = running.client()
    client.flushall()
    with opened(running.url("evict:")) as scorer:
        for number in range(40):
            assert not scorer.assess(sign_up(number)).degraded
        client.config_set("maxmemory", client.info("memory")["used_memory"] - 20_000)
        scorer.assess(sign_up(41))
        client.config_set("maxmemory", 0)
        store: Any = scorer._store
        store._hub.look()
        assert scorer.assess(sign_up(42)).degraded == ("velocity.evicted",)
        names = list(client.scan_iter("evict:k*", count=1000))
        client.delete(*names)
        blind = scorer.assess(sign_up(43))
        assert blind.degraded == ("velocity.evicted",)
        assert not any(reason.family == "velocity" for reason in blind.reasons)
    client.config_resetstat()


def test_absent_keys_of_an_evicting_store_are_unknown() -> None:
    """Where the store evicts, a kind whose key is absent answers None, one that is there a number."""
    memory = MemoryStore()
    memory.exchange(Touch(1, 1, (Entry(1), Entry(2))))
    touch = Touch(2, 2, (Entry(1), Entry(2), Entry(3)))
    known = memory.peek(touch)
    kinds = [ALL.name, "ip", "email"]
    sure, unsure = (read_velocity(kinds, {}, touch, known._replace(evicting=evicting)) for evicting in (False, True))
    assert [velocity.count("ip", HOUR_1) for velocity in (sure, unsure)] == [1, 1]
    assert [velocity.count("email", HOUR_1) for velocity in (sure, unsure)] == [0, None]
    state: KeyState | None = known.states[0]
    assert not is_blind(Exchange((None,), False))
    assert not is_blind(Exchange((state, None), False, True))
    assert is_blind(Exchange((None, state), False, True))
