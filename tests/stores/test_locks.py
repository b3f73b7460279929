"""Wait for the lock of a file by the clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from signup_risk.errors import StoreTimeout
from signup_risk.stores import locks


class Clock:
    """A clock that sleeping moves by more than was asked for, as on a busy machine."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Sleep 40 ms too long."""
        self.seconds += seconds + 0.04


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Return two connections to one file, of which the second holds the lock."""
    path = tmp_path / "x.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as one,
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield one, other


def test_overlong_sleeps_do_not_add_up(
    held: tuple[sqlite3.Connection, sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long each sleep really takes, only the last one can go beyond the deadline."""
    clock = Clock()
    monkeypatch.setattr(locks, "time", clock)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        locks.patiently(lambda: held[0].execute("BEGIN IMMEDIATE"), 0.15)
    assert 0.15 <= clock.seconds <= 0.15 + 0.045


def test_a_lock_that_comes_free_is_taken(
    held: tuple[sqlite3.Connection, sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits gets the lock once it is let go."""
    clock = Clock()
    monkeypatch.setattr(locks, "time", clock)
    calls = []

    def take() -> sqlite3.Cursor:
        calls.append(clock.seconds)
        if len(calls) == 3:
            held[1].execute("ROLLBACK")
        return held[0].execute("BEGIN IMMEDIATE")

    locks.patiently(take, 1.0)
    assert len(calls) == 3
    assert held[0].in_transaction


def test_a_thread_that_waits_as_well_is_not_the_reason(held: tuple[sqlite3.Connection, sqlite3.Connection]) -> None:
    """Whoever met the file's lock says so, though the last try fails because another thread tries at that moment."""
    tries: list[Callable[[], sqlite3.Cursor]] = [_busy, lambda: held[0].execute("BEGIN IMMEDIATE")]

    def take() -> sqlite3.Cursor:
        return tries.pop()()

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        locks.patiently(take, float("inf"))
    assert not tries
    with pytest.raises(StoreTimeout, match="busy in this process"):
        locks.patiently(_busy, float("inf"))


def _busy() -> sqlite3.Cursor:
    raise StoreTimeout("busy in this process")


def test_other_errors_are_not_waited_for(tmp_path: Path) -> None:
    """What is no lock is raised at once."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as one, pytest.raises(sqlite3.OperationalError, match="no such"):
        locks.patiently(lambda: one.execute("SELECT * FROM absent"), float("inf"))
