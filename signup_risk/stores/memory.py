"""Keep velocity in the process: for tests, notebooks, files and replay."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from signup_risk.errors import StoreTimeout
from signup_risk.stores.base import Exchange, Touch, known, recorded
from signup_risk.stores.erasure import Erased, Traces
from signup_risk.stores.state import KeyState, anonymize, judge
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

    def signups_on(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.signups_on`."""
        wanted = frozenset(keys)
        with self._held(timeout):
            records = self._signups.items()  # a copy: looking through it must not keep sign-ups waiting
        return {name: touched for name, (_, touched) in records if not wanted.isdisjoint(touched)}

    def keys_of(self, signups: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.keys_of`."""
        with self._held(timeout):
            return {name: record[1] for name in signups if (record := self._signups.get(name)) is not None}

    def states_of(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, KeyState]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.states_of`."""
        with self._held(timeout):
            return {key: KeyState(blob) for key in keys if (blob := self._keys.get(key)) is not None}

    def erase(self, traces: Traces, *, timeout: float | None = None) -> Erased:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.erase`."""
        shorts, gone, changed = traces.shorts, 0, 0
        for key, alone in traces.bounds().items():
            with self._held(timeout):
                blob = self._keys.get(key)
                left = None if blob is None else anonymize(blob, shorts, traces.values, alone)
                if left is None:
                    gone += self._keys.drop(key)
                elif left is not blob:
                    self._keys.replace(key, left)
                    changed += 1
        with self._held(timeout):
            return Erased(sum(self._signups.drop(name) for name in traces.signups), gone, changed)

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

    def items(self) -> list[tuple[int, T]]:
        """Return all keys with their values."""
        return [item for values in self._maps.values() for item in values.items()]

    def drop(self, key: int) -> bool:
        """Forget a key; say whether it was there."""
        return any(values.pop(key, None) is not None for values in self._maps.values())

    def forget(self, clock: int) -> int:
        """Drop the periods that ended longer ago than the retention; return how many values went."""
        dead = [period for period in self._maps if (period + 1) * _PERIOD <= clock - RETENTION]
        return sum(len(self._maps.pop(period)) for period in dead)

    def __len__(self) -> int:
        """Return the number of values held."""
        return sum(len(values) for values in self._maps.values())
