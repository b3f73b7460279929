"""Write behind what no sign-up has to wait for, and look now and then whether the server evicts keys."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from signup_risk.errors import StoreError

_LOG: Final = logging.getLogger(__name__)

#: Seconds between two rounds; what is held at most that long is lost if the process dies.
EVERY: Final = 0.1

#: Seconds that one round may take, and that stopping waits for the last one: a server that does not answer holds up
#: neither the thread nor whoever closes the store.
PATIENCE: Final = 1.0

#: Rounds between two looks at the server.
_LOOK_EVERY: Final = 100


class Behind:
    """Run rounds in a thread that starts with the first call of :meth:`start`. Safe under threads and forks.

    Args:
        flush: Writes what is held, within seconds; called in every round.
        look: Looks at the server; called in every hundredth.
    """

    def __init__(self, flush: Callable[[float], None], look: Callable[[], None]) -> None:
        self._flush = flush
        self._look = look
        self._stopped = threading.Event()
        self._pid = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """See that the thread runs, in this process."""
        if self._pid == os.getpid() or self._stopped.is_set():
            return
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="signup-risk-redis", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread is not None and self._pid == os.getpid() and self._thread is not threading.current_thread():
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        turn = 0
        while not self._stopped.wait(EVERY):
            turn += 1
            try:
                self._flush(PATIENCE)
                if turn % _LOOK_EVERY == 0:
                    self._look()
            except StoreError:  # the sign-ups themselves say so; what is held stays held
                continue
            except Exception as fault:  # noqa: BLE001 - a thread that ends would end all writing behind, unseen
                _LOG.warning("writing behind failed with %s; it goes on", type(fault).__name__)


class Held:
    """Hold writes until they are made; more than ``limit`` are given up, oldest first, and counted.

    Args:
        limit: How many to hold.

    Attributes:
        dropped: Writes given up.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pid = 0
        self.dropped = 0
        self._own()

    def __len__(self) -> int:
        """Return how many are held."""
        return len(self._rows)

    def add(self, *row: bytes) -> int:
        """Hold a write; return how many are held now."""
        self._own()
        with self._lock:
            if len(self._rows) >= self._limit:
                self._rows.popleft()
                self.dropped += 1
            self._rows.append(row)
            return len(self._rows)

    def take(self, most: int) -> list[tuple[bytes, ...]]:
        """Return the oldest writes, which are then no longer held."""
        self._own()
        with self._lock:
            return [self._rows.popleft() for _ in range(min(most, len(self._rows)))]

    def put_back(self, rows: list[tuple[bytes, ...]]) -> None:
        """Hold writes again that could not be made."""
        with self._lock:
            self._rows.extendleft(reversed(rows))

    def _own(self) -> None:
        """Begin anew in the child of a fork: what its parent held, the parent writes."""
        if os.getpid() != self._pid:
            self._pid = os.getpid()
            self._lock = threading.Lock()
            self._rows: deque[tuple[bytes, ...]] = deque()
