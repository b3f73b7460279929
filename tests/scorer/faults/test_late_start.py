"""Start a worker while its Redis server is away: it serves, and velocity comes when the server does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signup_risk import Assessment, Scorer
from signup_risk.errors import StoreUnavailable
from signup_risk.stores.redis import RedisStore
from tests.scorer.samples import FULL, touch_of
from tests.stores.servers import free_port, start

SECRET = "one secret for all of them"
START = datetime(2026, 6, 1, tzinfo=UTC)

#: Seconds after which a scorer that has not found its server does not find it.
PATIENCE = 30.0


def sign_up(number: int) -> dict[str, Any]:
    """Return one sign-up of a stream."""
    return {**FULL, "signup_id": f"late-{number}", "at": (START + timedelta(minutes=number)).isoformat()}


@pytest.fixture
def port() -> int:
    """Return a port on which nobody listens yet."""
    return free_port()


def opened(port: int, **options: Any) -> Scorer:
    """Open a scorer on a server that may be away."""
    return Scorer.open(f"redis://127.0.0.1:{port}", secret=SECRET, require_store=False, deadline_ms=500, **options)


def numbers() -> Iterator[int]:
    """Yield numbers of sign-ups until the patience is over."""
    end = time.monotonic() + PATIENCE
    number = 100
    while time.monotonic() < end:
        yield number
        number += 1
        time.sleep(0.05)


def test_required_store_is_required(port: int) -> None:
    """By default a server that is away is an error when the scorer is opened."""
    with pytest.raises(StoreUnavailable, match=str(port)):
        Scorer.open(f"redis://127.0.0.1:{port}", secret=SECRET)


@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "asynchronous"])
def test_worker_starts_without_its_server(port: int, is_async: bool) -> None:
    """Sign-ups are scored without velocity, and counted once each when the server is there."""

    async def run() -> tuple[list[Assessment], int]:
        scorer = opened(port)

        async def assess(number: int) -> Assessment:
            return await scorer.assess_async(sign_up(number)) if is_async else scorer.assess(sign_up(number))

        away = [await assess(number) for number in range(5)]
        running = start("--port", str(port))
        try:
            found = len(away)
            for number in numbers():
                found += 1
                if not (await assess(number)).degraded and not scorer.pending_writes:
                    break
            assert scorer.health.state == "closed"
            assert (scorer.pending_writes, scorer.dropped_writes) == (0, 0)
            state = scorer._store.peek(touch_of(scorer, sign_up(10_000))).states[1]
            assert state is not None
            assert state.total == found
            await scorer.__aexit__(None, None, None)
        finally:
            running.stop()
        return away, found

    away, found = asyncio.run(run())
    assert all(one.degraded == ("velocity",) and one.risk_score is not None for one in away)
    assert found > len(away)


def test_another_secret_is_found_out_late(port: int) -> None:
    """A server that turns out to be of another secret is not written to, and health says why."""
    scorer = opened(port)
    running = start("--port", str(port))
    try:
        with closing(RedisStore(f"redis://127.0.0.1:{port}", check="of another secret")) as other:
            before = len(other)
            for number in numbers():
                scorer.assess(sign_up(number))
                if "secret" in (scorer.health.problem or ""):
                    break
            assert "secret" in (scorer.health.problem or "")
            assert len(other) == before
            scorer.close()
    finally:
        running.stop()
