"""Hold the writes that a store could not take, and make them when it can again."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from signup_risk.errors import StoreDamaged, StoreError
from signup_risk.observer import Observer
from signup_risk.stores.base import Store, Touch

#: Writes held; at about 1.5 kB each this is 15 MB. More are dropped, oldest first, and counted.
LIMIT: Final = 10_000

#: Held writes made after each sign-up that the store took, so that catching up delays nobody for long.
_BATCH: Final = 4

Write = Touch | tuple[int, int | None, int]


class PendingWrites:
    """Queue sign-ups and outcomes that a store failed to take.

    States do not depend on the order of arrival, so a late write leaves the same numbers as a timely one.

    Args:
        store: The store.
        limit: How many writes to hold.
        observer: Is told of writes given up and of writes made after all.

    Attributes:
        dropped: Writes given up because the queue was full, or because what they touch is damaged.
        made: Writes made from the queue.
    """

    def __init__(self, store: Store, limit: int = LIMIT, observer: Observer | None = None) -> None:
        self._store = store
        self._observer = observer
        self._limit = limit
        self._pid = 0
        self._held: deque[Write]
        self._own()
        self.dropped = 0
        self.made = 0

    def __len__(self) -> int:
        """Return the number of writes held, the one that is being made among them: what follows it has to wait."""
        self._own()
        return len(self._held) + self._under

    @property
    def tally(self) -> tuple[int, int, int]:
        """Return how many writes are held, made and dropped, at one moment: each is one of them."""
        self._own()
        with self._counting:
            return len(self._held) + self._under, self.made, self.dropped

    def add(self, write: Write) -> None:
        """Hold a sign-up, or an outcome as (sign-up, outcome, known at)."""
        self._own()
        with self._counting:
            full = len(self._held) >= self._limit
            if full:
                self._held.popleft()
                self.dropped += 1
            self._held.append(write)
        if full and self._observer is not None:
            self._observer.write_dropped()

    def find(self, is_meant: Callable[[Write], bool]) -> list[Write]:
        """Return the writes held that are meant."""
        self._own()
        with self._flushing, self._counting:
            return [write for write in self._held if is_meant(write)]

    def withdraw(self, is_meant: Callable[[Write], bool]) -> int:
        """Hold those writes no longer that are meant; return how many they were."""
        self._own()
        with self._flushing, self._counting:  # so that none is just being made and comes back
            kept = [write for write in self._held if not is_meant(write)]
            gone = len(self._held) - len(kept)
            self._held = deque(kept)
        return gone

    def flush(self, timeout: float, most: int = _BATCH, each: float | None = None) -> int:
        """Make some of the writes held; return how many. One that fails again goes back and ends the attempt.

        One that touches a damaged value is given up, since it would fail for ever and hold up all behind it.

        While another thread is at it, nothing is done: no sign-up waits for another one's catching up.

        Args:
            timeout: Seconds that all of it may take together.
            most: How many writes to make.
            each: Seconds that one of them may take; as many as are left by default.
        """
        self._own()
        if not self._held or not self._flushing.acquire(blocking=False):
            return 0
        try:
            made = self._make(time.monotonic() + timeout, most, each)
        finally:
            self._flushing.release()
        if made and self._observer is not None:
            self._observer.writes_recovered(made)
        return made

    def _own(self) -> None:
        """Begin anew in the child of a fork: what its parent held, the parent writes, whose locks may be held here."""
        if os.getpid() != self._pid:
            self._pid = os.getpid()
            self._flushing = threading.Lock()
            self._counting = threading.Lock()
            self._held = deque()
            self._under = 0

    def _make(self, end: float, most: int, each: float | None) -> int:
        """Make writes until one fails or time is up, and return how many were made."""
        made = 0
        for _ in range(min(most, len(self._held))):
            left = end - time.monotonic()
            write = self._take() if left > 0 else None
            if write is None:
                break
            try:
                self._write(write, left if each is None else min(left, each))
            except StoreDamaged:
                self._end(dropped=1)
            except StoreError:
                self._end(back=write)
                break
            except BaseException:
                self._end(back=write)
                raise
            else:
                self._end(made=1)
                made += 1
        return made

    def _take(self) -> Write | None:
        with self._counting:
            if not self._held:
                return None
            self._under = 1
            return self._held.popleft()

    def _end(self, *, back: Write | None = None, made: int = 0, dropped: int = 0) -> None:
        with self._counting:
            self._under = 0
            self.made += made
            self.dropped += dropped
            if back is not None:
                self._held.appendleft(back)
        if dropped and self._observer is not None:
            self._observer.write_dropped()

    def _write(self, write: Write, timeout: float) -> None:
        if isinstance(write, Touch):
            self._store.exchange(write, timeout=timeout)
        else:
            self._store.report(*write, timeout=timeout)
