"""Spare a store that fails: after some failures in a row it is not asked for a while.

A sign-up that waits for a dead store until its deadline is a slow page, and a store that comes back under everybody's
retries goes down again (Nygard, "Release It!", 2007, circuit breaker; AWS Builders' Library, "Timeouts, retries and
backoff with jitter").
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Literal

BreakerState = Literal["closed", "open", "trying"]

#: Failures in a row after which a store is spared.
FAILURES: Final = 5

#: Seconds for which it is spared first, and at most; each try that fails doubles them.
PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 5.0


class Breaker:
    """Say whether to ask a store. Safe under threads.

    Args:
        now: Tells monotonic seconds.

    Examples:
        >>> breaker = Breaker()
        >>> for _ in range(FAILURES):
        ...     breaker.failed()
        >>> breaker.asks(), breaker.state
        (False, 'open')
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = PAUSE
        self._until = 0.0
        self._trying = False

    def asks(self) -> bool:
        """Say whether to ask now. After a pause one caller is told to; the others wait for how it fares."""
        if self._failures < FAILURES:
            return True
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._now() < self._until:
                return False
            # Whoever tries may never come back (a killed thread); so the next one tries a pause later.
            self._trying = True
            self._until = self._now() + self._pause
            return True

    def worked(self) -> None:
        """Take notice of an answer."""
        if self._failures:
            with self._lock:
                self._failures, self._pause, self._trying = 0, PAUSE, False

    def failed(self) -> None:
        """Take notice of a failure."""
        with self._lock:
            self._failures += 1
            if self._failures < FAILURES:
                return
            if self._trying:
                self._pause = min(LONGEST_PAUSE, 2 * self._pause)
                self._trying = False
            self._until = self._now() + self._pause

    @property
    def state(self) -> BreakerState:
        """Return ``closed`` if the store is asked, ``open`` while it is spared, ``trying`` while one caller tries."""
        if self._failures < FAILURES:
            return "closed"
        return "trying" if self._trying else "open"
