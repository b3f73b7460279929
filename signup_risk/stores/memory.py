"""Keep velocity in the process: for tests, notebooks, files and replay."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from signup_risk.errors import StoreTimeout
from signup_risk.stores.base import Exchange, Touch, known, recorded
from signup_risk.stores.state import judge
from signup_risk.stores.windows import RETENTION

T = TypeVar("T")

#: Values are kept by the period in which they were last put, so that whole periods are forgotten at once.
_PERIOD: Final = RETENTION // 3


class MemoryStore:
    """Keep velocity in dictionaries, one a period of 30 days of event time.

    >>> from signup_risk.stores.base import Entry
    >>> store = MemoryStore()
    >>> touch = Touch(at=1_700_000_000_000_000, signup=7, entries=(Entry(key=42),))
    >>> store.exchange(touch).states, store.exchange(touch).repeated
    ((None,), True)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: Periods[bytes] = Periods()
        self._signups: Periods[tuple[int, tuple[int, ...]]] = Periods()

    def exchange(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.exchange`."""
        with self._held(timeout):
            answer, clock = self._read(touch)
            if not answer.repeated:
                for key, blob in recorded(answer.states, touch):
                    self._keys.put(key, blob, clock)
                if touch.signup:
                    keys = tuple(entry.key for entry in touch.entries)
                    self._signups.put(touch.signup, (clock, keys), clock)
            return answer

    def peek(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.peek`."""
        with self._held(timeout):
            return self._read(touch)[0]

    def report(self, signup: int, outcome: int | None, known_at: int, *, timeout: float | None = None) -> bool:
        """See :meth:`signup_risk.stores.base.Store.report`."""
        with self._held(timeout):
            recorded_at = self._signups.get(signup)
            for key in recorded_at[1] if recorded_at else ():
                blob = self._keys.get(key)
                if blob is not None:
                    self._keys.replace(key, judge(blob, known_at, signup & 0xFFFF_FFFF, outcome))
            return recorded_at is not None

    def sweep(self, at: int, *, limit: int = 1000) -> int:
        """See :meth:`signup_risk.stores.base.Store.sweep`; whole periods go at once, whatever the limit."""
        del limit
        with self._held(None):
            return self._keys.forget(at) + self._signups.forget(at)

    def close(self) -> None:
        """See :meth:`signup_risk.stores.base.Store.close`."""

    def __len__(self) -> int:
        """Return the number of keys held."""
        return len(self._keys)

    @contextmanager
    def _held(self, timeout: float | None) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if timeout is None else max(timeout, 0)):
            raise StoreTimeout(f"the memory store was busy for {timeout} s")
        try:
            yield
        finally:
            self._lock.release()

    def _read(self, touch: Touch) -> tuple[Exchange, int]:
        states, clock = known([self._keys.get(entry.key) for entry in touch.entries], touch)
        seen = self._signups.get(touch.signup) if touch.signup else None
        return Exchange(states, seen is not None and clock - seen[0] <= RETENTION), clock


class Periods(Generic[T]):
    """Map integers to values; a value is forgotten with the period of event time in which it was last put."""

    __slots__ = ("_maps", "_newest")

    def __init__(self) -> None:
        self._newest = 0
        self._maps: dict[int, dict[int, T]] = {}

    def get(self, key: int) -> T | None:
        """Return the value of a key, whatever its period."""
        for values in self._maps.values():
            if key in values:
                return values[key]
        return None

    def put(self, key: int, value: T, clock: int) -> None:
        """Set the value of a key in the present period; a new period forgets the oldest."""
        period = clock // _PERIOD
        if period > self._newest:
            self._newest = period
            self.forget(clock)
        for other, values in self._maps.items():
            if other != period and values.pop(key, None) is not None:
                break
        self._maps.setdefault(period, {})[key] = value

    def replace(self, key: int, value: T) -> None:
        """Set the value of a key that is there, and leave it in its period."""
        for values in self._maps.values():
            if key in values:
                values[key] = value

    def forget(self, clock: int) -> int:
        """Drop the periods that ended longer ago than the retention; return how many values went."""
        dead = [period for period in self._maps if (period + 1) * _PERIOD <= clock - RETENTION]
        return sum(len(self._maps.pop(period)) for period in dead)

    def __len__(self) -> int:
        """Return the number of values held."""
        return sum(len(values) for values in self._maps.values())
