"""Make waiting writes in a thread of its own, so that a worker without sign-ups catches up as well."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Final

from signup_risk.stores.breaker import LONGEST_PAUSE, PAUSE

_LOG: Final = logging.getLogger(__name__)

#: Seconds that one round may take. It is more than a sign-up may wait: a slow store still gets its writes.
PATIENCE: Final = 1.0

#: Seconds between rounds as long as they get on, so that sign-ups come in between.
_BREATH: Final = 0.02


class CatchingUp:
    """Run rounds for as long as something waits. Safe under threads and forks.

    The thread starts with :meth:`start` and ends when nothing waits any more, so that a scorer whose store answers has
    none. A round that gets nowhere is followed by a pause, each twice as long as the last, up to five seconds.

    Args:
        waits: Says how much waits.
        work: One round; returns whether it got on.
    """

    def __init__(self, waits: Callable[[], int], work: Callable[[], bool]) -> None:
        self._waits = waits
        self._work = work
        self._stopped = threading.Event()
        self._pid = 0
        self._thread: threading.Thread | None
        self._own()

    def start(self) -> None:
        """See that the thread runs, in this process."""
        self._own()
        with self._lock:
            if self._thread is not None or self._stopped.is_set():
                return
            self._thread = threading.Thread(target=self._run, name="signup-risk-catching-up", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, having waited for its round; it does not start again."""
        self._own()
        with self._lock:
            self._stopped.set()
            thread = self._thread
        if thread is not None:
            thread.join(2 * PATIENCE)

    def _own(self) -> None:
        """Begin anew in the child of a fork: threads do not come along, and the lock may be held for ever."""
        if os.getpid() != self._pid:
            self._pid = os.getpid()
            self._lock = threading.Lock()
            self._thread = None

    def _run(self) -> None:
        pause = PAUSE
        while not self._stopped.wait(pause):
            try:
                got_on = self._work()
            except Exception as fault:  # noqa: BLE001 - a thread that ends would leave what waits, unseen
                _LOG.warning("catching up failed with %s; it goes on", type(fault).__name__)
                got_on = False
            pause = _BREATH if got_on else min(LONGEST_PAUSE, 2 * max(pause, PAUSE))
            with self._lock:  # so that nothing comes to wait unseen between the look and the end
                if not self._waits():
                    self._thread = None
                    return
