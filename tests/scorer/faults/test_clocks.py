"""Let the clock of one worker go wrong, and many threads meet one bad day."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Assessment, Scorer
from tests.scorer.faults.redis_stages import paused
from tests.scorer.faults.trial import PATIENT_MS, SECRET, STRICT, sign_up
from tests.scorer.samples import touch_of
from tests.stores.servers import server

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@contextmanager
def in_file(folder: Path) -> Iterator[str]:
    """Return the URL of a file."""
    yield f"sqlite:///{folder}/velocity.db"


@contextmanager
def in_server(_: Path) -> Iterator[str]:
    """Return the URL of a server."""
    with server(port=True) as one:
        yield one.port_url()


def worker(url: str, ahead: timedelta, true: list[datetime]) -> Scorer:
    """Open a scorer whose clock goes wrong by so much."""
    return Scorer.open(url, secret=SECRET, deadline_ms=PATIENT_MS, clock=lambda: true[0] + ahead)


def blobs(scorer: Scorer, event: dict[str, Any]) -> list[bytes | None]:
    """Return what a store holds of an event's keys."""
    touch = touch_of(scorer, event)._replace(signup=0)
    return [None if state is None else state.blob for state in scorer._store.peek(touch).states]


@pytest.mark.parametrize("where", [in_file, in_server])
@pytest.mark.parametrize("minutes", [-10, 10], ids=["behind", "ahead"])
def test_a_clock_that_is_ten_minutes_off(where: Any, minutes: int, tmp_path: Path) -> None:
    """Two workers of which one is off count every sign-up at the time that it was given, and forget nothing."""
    off, true = timedelta(minutes=minutes), [NOW]
    with where(tmp_path) as url, worker(url, timedelta(0), true) as one, worker(url, off, true) as two:
        given = []
        for number in range(30):
            true[0] += timedelta(seconds=20)
            event = {**sign_up(number), "at": None}
            scorer, ahead = ((one, timedelta(0)), (two, off))[number % 2]
            answer = scorer.assess(event)
            assert answer.degraded == ()
            assert answer.at == true[0] + ahead
            given.append({**event, "at": answer.at.isoformat()})
        last = {**sign_up(30), "at": (NOW + timedelta(hours=1)).isoformat()}
        with Scorer.open("memory://", secret=SECRET) as other:
            for event in sorted(given, key=lambda event: str(event["at"])):
                other.assess(event)
            assert blobs(one, last) == blobs(two, last) == blobs(other, last)


def test_a_clock_that_comes_right_again(tmp_path: Path) -> None:
    """After a worker was a day ahead, sign-ups at the right time still read what was there before."""
    true = [NOW]
    with in_file(tmp_path) as url, worker(url, timedelta(0), true) as one, worker(url, timedelta(days=1), true) as two:
        for number in range(5):
            one.assess({**sign_up(number), "at": None})
        two.assess({**sign_up(5), "at": None})
        state = one._store.peek(touch_of(one, {**sign_up(6), "at": NOW.isoformat()})).states[0]
        assert state is not None
        assert state.total == 6


def test_many_threads_while_the_server_is_paused(tmp_path: Path) -> None:
    """However many threads meet a server that does not answer, none waits for another one too, and closing is quick."""
    answers: list[Assessment] = []
    times: list[float] = []

    def work(first: int) -> None:
        for number in range(first, first + 6):
            started = time.perf_counter()
            answers.append(scorer.assess(sign_up(number)))
            times.append(time.perf_counter() - started)

    with paused(tmp_path) as stage:
        scorer = Scorer.open(stage.url, secret=SECRET, policy=STRICT, deadline_ms=1000)
        scorer.assess(sign_up(0), deadline_ms=PATIENT_MS)
        stage.begin()
        try:
            threads = [threading.Thread(target=work, args=(10 * number,)) for number in range(1, 13)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            health = scorer.health
            started = time.monotonic()
            scorer.close()
            assert time.monotonic() - started < 10  # it neither hangs nor waits for every write
        finally:
            stage.end()
    assert {answer.degraded for answer in answers} == {("velocity",)}
    assert health.failures + health.spared == health.pending == len(answers) == 72
    assert health.state != "closed"
    # A dozen threads share the interpreter when all are told at once, so more than the usual allowance; one after
    # another they would have waited twelve seconds.
    assert max(times) < 6
