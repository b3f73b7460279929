"""Let one value of a store be damaged: nothing is written half, and sign-ups that do not touch it go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from signup_risk.errors import StoreDamaged
from signup_risk.scorer.gate import StoreGate
from signup_risk.stores import ABUSIVE, HOUR_1, KeyView, SqliteStore, Store
from signup_risk.stores.breaker import FAILURES
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.redis import RedisStore
from signup_risk.stores.redis.layout import Names
from signup_risk.stores.windows import SECOND
from tests.stores.servers import Server
from tests.waiting import await_that

#: The key that is damaged, and what it then holds: too short for a state.
BAD = 5
DAMAGE = b"\x01"

Damaged = tuple[Store, Callable[[], None]]


@pytest.fixture(params=["sqlite", "redis"])
def damaged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Damaged]:
    """Return a store with a few sign-ups, and what damages the state of one key in it."""
    if request.param == "sqlite":
        path = tmp_path / "velocity.db"
        store: Store = SqliteStore(path)

        def damage() -> None:
            with closing(sqlite3.connect(path)) as other:
                other.execute("UPDATE keys SET state = ? WHERE id = ?", (DAMAGE, BAD))
                other.commit()
    else:
        server: Server = request.getfixturevalue("redis_server")
        server.client().flushall()
        store = RedisStore(server.url("harm:"))

        def damage() -> None:
            server.client().set(Names(b"harm:").key(BAD), DAMAGE)

    with closing(store):
        for number in range(1, 4):
            store.exchange(touch_at(START + number * SECOND, number, 4, BAD, 6))
        yield store, damage


def count(store: Store, key: int) -> int:
    """Count the sign-ups on a key."""
    at = START + 1000 * SECOND
    return KeyView(store.peek(touch_at(at, 0, key)).states[1], at).count(HOUR_1)


def test_nothing_is_written_half(damaged: Damaged) -> None:
    """A sign-up or report that touches the damaged key leaves no trace on the others, however often it is sent."""
    store, damage = damaged
    damage()
    for _ in range(3):
        with pytest.raises(StoreDamaged):
            store.exchange(touch_at(START + 9 * SECOND, 9, 4, BAD, 6))
    with pytest.raises(StoreDamaged):
        store.report(2, ABUSIVE, START)
    state = store.peek(touch_at(START, 0, 4)).states[1]
    assert state is not None
    assert state.outcomes() == []
    assert (count(store, 4), count(store, 6)) == (3, 3)


def test_others_are_not_spared(damaged: Damaged) -> None:
    """However many sign-ups fail at one damaged key, the breaker stays closed and the queue does not fill up."""
    store, damage = damaged
    gate = StoreGate(store)
    damage()
    for number in range(10, 10 + 4 * FAILURES):
        key = BAD if number % 2 else 7
        _, problem = gate.exchange(touch_at(START + number * SECOND, number, key), 5)
        assert isinstance(problem, StoreDamaged) == bool(number % 2)
    gate.exchange(touch_at(START + 100 * SECOND, 100, 7), 5)
    await_that(lambda: not gate.health.pending, "the damaged ones are given up")
    health = gate.health
    assert (health.state, health.pending, health.spared) == ("closed", 0, 0)
    assert (health.failures, health.dropped, health.recovered) == (2 * FAILURES, 2 * FAILURES, 0)
    assert count(store, 7) == 2 * FAILURES + 1
