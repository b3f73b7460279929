"""Hold writes for a store that fails, and make them when it is back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from signup_risk import Assessment
from signup_risk.stores import ABUSIVE, HOUR_1, Exchange, KeyView, MemoryStore, PendingWrites, SqliteStore, Touch
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.windows import SECOND


def count(store: SqliteStore | MemoryStore) -> int:
    """Count the sign-ups on the key in question."""
    at = START + 100 * SECOND
    return KeyView(store.peek(touch_at(at, 0, 5)).states[1], at).count(HOUR_1)


class Watched(MemoryStore):
    """A store that says how many writes were held, made and dropped while it made one."""

    pending: PendingWrites
    seen: tuple[tuple[int, int, int], ...] = ()

    def exchange(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """Note, and do."""
        self.seen = (*self.seen, self.pending.tally)
        return super().exchange(touch, timeout=timeout)


def test_a_write_being_made_is_still_held() -> None:
    """Until a sign-up has been written it counts as held, so that its outcome is not taken for a stranger's.

    At every moment each write is held, made or dropped: none is missing while a batch is under way.
    """
    store = Watched()
    store.pending = PendingWrites(store)
    for number in (1, 2):
        store.pending.add(touch_at(START + number * SECOND, number, 5))
    store.pending.flush(5)
    assert store.seen == ((2, 0, 0), (1, 1, 0))
    assert store.pending.tally == (0, 2, 0)


class Tally:
    """Observe writes, and count them."""

    def __init__(self) -> None:
        self.dropped = 0
        self.recovered: list[int] = []

    def assessed(self, assessment: Assessment) -> None:
        """Leave assessments alone."""

    def write_dropped(self) -> None:
        """Count a write given up."""
        self.dropped += 1

    def writes_recovered(self, count: int) -> None:
        """Note how many writes were made at once."""
        self.recovered.append(count)


def test_writes_are_made_once_the_store_is_back(tmp_path: Path) -> None:
    """What a locked file refused is written later, in parts, and exactly once."""
    path = tmp_path / "velocity.db"
    store = SqliteStore(path)
    pending = PendingWrites(store)
    for number in range(1, 11):
        pending.add(touch_at(START + number * SECOND, number, 5))
    pending.add((3, ABUSIVE, START))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pending.flush(0.01)
    assert len(pending) == 11
    other.execute("ROLLBACK")
    other.close()
    pending.flush(5, most=4)
    assert (len(pending), count(store)) == (7, 4)
    pending.flush(5, most=100)
    pending.flush(5, most=100)
    assert (len(pending), count(store), pending.dropped) == (0, 10, 0)
    state = store.peek(touch_at(START, 0, 5)).states[1]
    assert state is not None
    assert state.outcomes() == [(START, 3, ABUSIVE)]
    store.close()


def test_the_oldest_give_way_and_are_counted() -> None:
    """A full queue drops its oldest writes and says how many."""
    store = MemoryStore()
    pending = PendingWrites(store, limit=3)
    for number in range(1, 6):
        pending.add(touch_at(START + number * SECOND, number, 5))
    assert (len(pending), pending.dropped) == (3, 2)
    pending.flush(5, most=10)
    assert count(store) == 3


def test_an_observer_is_told_of_what_was_made_and_dropped(tmp_path: Path) -> None:
    """Each write given up and each batch made later is told once; an attempt that fails tells nothing."""
    path = tmp_path / "velocity.db"
    store, tally = SqliteStore(path), Tally()
    pending = PendingWrites(store, limit=6, observer=tally)
    for number in range(1, 9):
        pending.add(touch_at(START + number * SECOND, number, 5))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pending.flush(0.01)
    assert (tally.dropped, tally.recovered) == (2, [])
    other.execute("ROLLBACK")
    other.close()
    for _ in range(3):
        pending.flush(5, most=4)
    assert (tally.dropped, tally.recovered, pending.dropped) == (2, [4, 2], 2)
    store.close()
