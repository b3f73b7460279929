"""Keep a failing store from slowing sign-ups down, and lose nothing that it will take later."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from signup_risk import Scorer
from signup_risk.scorer.gate import StoreGate
from signup_risk.stores import ABUSIVE, HOUR_1, KeyView, SqliteStore
from signup_risk.stores.breaker import FAILURES
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.windows import SECOND
from tests.scorer.samples import AT, FULL
from tests.waiting import await_that


class Clock:
    """A monotonic clock that stands until it is moved."""

    seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def lock(path: Path) -> sqlite3.Connection:
    """Lock a file as another process would."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_failing_store_is_spared_and_then_gets_everything_once(tmp_path: Path) -> None:
    """After failures in a row nobody waits; when the store is back it ends with every sign-up and outcome, once."""
    path, clock = tmp_path / "velocity.db", Clock()
    store = SqliteStore(path)
    gate = StoreGate(store, now=clock)
    other = lock(path)
    for number in range(1, 21):
        answer, problem = gate.exchange(touch_at(START + number * SECOND, number, 5), 0.001)
        assert answer is None
        assert problem is not None
    assert not gate.report(7, ABUSIVE, START, 0.001)
    health = gate.health
    assert (health.state, health.failures, health.spared, health.pending) == ("open", FAILURES, 15, 21)
    assert "locked" in str(health.problem)
    other.execute("ROLLBACK")
    other.close()
    clock.seconds += 1
    for number in range(21, 40):
        assert gate.exchange(touch_at(START + number * SECOND, number, 5), 5)[1] is None
    await_that(lambda: not gate.health.pending, "everything is written")
    health = gate.health
    assert (health.state, health.pending, health.recovered, health.dropped) == ("closed", 0, 21, 0)
    state = store.peek(touch_at(START, 0, 5)).states[1]
    assert state is not None
    assert (KeyView(state, START + 100 * SECOND).count(HOUR_1), state.outcomes()) == (39, [(START, 7, ABUSIVE)])
    store.close()


def test_what_had_to_be_dropped_is_counted(tmp_path: Path) -> None:
    """A full queue gives up its oldest writes, and says how many."""
    path = tmp_path / "velocity.db"
    store = SqliteStore(path)
    gate = StoreGate(store, limit=10)
    other = lock(path)
    for number in range(1, 26):
        gate.exchange(touch_at(START + number * SECOND, number, 5), 0.001)
    assert (gate.health.pending, gate.health.dropped) == (10, 15)
    other.close()
    store.close()


def test_closing_makes_what_takes_longer_than_a_deadline(tmp_path: Path) -> None:
    """A store that is back gets everything when the scorer closes, though that takes many times the deadline."""
    path = tmp_path / "velocity.db"
    store = SqliteStore(path)
    gate = StoreGate(store)
    other = lock(path)
    for number in range(1, 201):
        gate.exchange(touch_at(START + number * SECOND, number, 5), 0.001)
    other.close()
    gate.close(0.05)
    assert (gate.health.pending, gate.health.recovered) == (0, 200)
    store.close()


def test_closing_says_what_is_lost(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Writes that a store does not take before the scorer closes are counted in the log, without their content."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", deadline_ms=10) as scorer:
        other = lock(path)
        scorer.assess(FULL)
        assert scorer.report("signup-7261", "abusive", at=AT) is False
        assert (scorer.health.pending, scorer.pending_writes) == (2, 2)
    other.close()
    assert "1 writes are lost" in caplog.text
    assert "1 outcomes and decisions could not be kept" in caplog.text
    assert "7261" not in caplog.text
