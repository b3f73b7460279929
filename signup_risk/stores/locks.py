"""Wait for the lock of a SQLite file no longer than a deadline.

SQLite's own waiting adds up the sleeps that it asked for, not the time that they took (main.c,
``sqliteDefaultBusyCallback``, 3.46): on a busy machine a dozen of them overrun by far.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Final, TypeVar

from signup_risk.errors import StoreTimeout

T = TypeVar("T")

#: Seconds of the first sleep, which is about one sign-up of another process, and of the longest. Longer ones let a busy
#: process keep the lock from the others: with two that wrote without a pause, SQLite's own waits reached two seconds.
_FIRST: Final = 0.0003
_LONGEST: Final = 0.001


def patiently(take: Callable[[], T], until: float) -> T:
    """Call what takes the lock until it has it; the connection's own ``busy_timeout`` should be 0.

    Args:
        take: Takes the lock.
        until: Moment of the monotonic clock after which a lock that is held is an error.

    Raises:
        sqlite3.OperationalError: The lock is held at that moment, or something else is wrong.
        StoreTimeout: What takes the lock timed out by itself, without having met the lock.
    """
    pause, was_held = _FIRST, False
    while True:
        try:
            return take()
        except StoreTimeout:
            # A thread that waits for the same lock has the connection just now: the lock is what both wait for.
            if was_held:
                raise sqlite3.OperationalError("database is locked") from None
            raise
        except sqlite3.OperationalError as error:
            left = until - time.monotonic()
            if left <= 0 or getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        was_held = True
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST)
