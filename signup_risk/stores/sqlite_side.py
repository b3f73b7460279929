"""Hold a connection of one's own to the SQLite file of the velocity store, for what is kept beside velocity."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signup_risk.errors import StoreTimeout, StoreUnavailable

_PATIENCE: Final = 5.0

#: Steps in which the time to wait for another process is set.
_STEP_MS: Final = 10

#: The log is written back by the velocity store, see :mod:`signup_risk.stores.checkpoint`.
_PRAGMAS: Final = ("journal_mode = WAL", "wal_autocheckpoint = 0")


class SqliteSide:
    """Hold a connection with tables of one's own. Safe under threads, one at a time; open one a process.

    Args:
        path: The file of the velocity store.
        schema: Statements that make the tables, ended by semicolons.
        what: What is kept, as errors call it.
        pragmas: Settings of this connection.

    Raises:
        StoreUnavailable: The file cannot be opened.
    """

    def __init__(self, path: str | Path, schema: str, what: str, pragmas: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._patience = -1
        self._what = what
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for pragma in (*_PRAGMAS, *pragmas):
                self._connection.execute(f"PRAGMA {pragma}")
            with self._held(None):
                for statement in schema.split(";"):
                    self._connection.execute(statement)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot open the {what} of the velocity store {path}: {error}") from error

    def close(self) -> None:
        """Release the connection. A second call does nothing."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _held(self, timeout: float | None) -> Iterator[sqlite3.Connection]:
        """Hold the connection, or raise within the timeout; what a statement began and did not end is undone."""
        patience = _PATIENCE if timeout is None else max(timeout, 0.0)
        started = time.monotonic()
        if os.getpid() != self._pid:
            raise StoreUnavailable("this velocity store was opened before the process forked; open it in each worker")
        if not self._lock.acquire(timeout=patience):
            raise StoreTimeout(f"the {self._what} was busy in this process for {patience:.3f} s")
        try:
            self._wait_at_most(max(0.0, patience - (time.monotonic() - started)))
            yield self._connection
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise StoreTimeout(f"the {self._what} was locked for {patience:.3f} s") from error
            raise StoreUnavailable(f"the {self._what} failed: {error}") from error
        finally:
            self._roll_back()
            self._lock.release()

    def _wait_at_most(self, patience: float) -> None:
        # In steps, since asking SQLite to wait a millisecond less each time costs more than it saves.
        milliseconds = max(1, int(patience * 1000) // _STEP_MS * _STEP_MS)
        if milliseconds != self._patience:
            self._connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
            self._patience = milliseconds

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return
