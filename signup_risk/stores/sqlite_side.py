"""Hold a connection of one's own to the SQLite file of the velocity store, for what is kept beside velocity."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import StoreTimeout, StoreUnavailable
from signup_risk.stores.locks import patiently

_PATIENCE: Final = 5.0

#: The log is written back by the velocity store, see :mod:`signup_risk.stores.checkpoint`.
_PRAGMAS: Final = ("journal_mode = WAL", "wal_autocheckpoint = 0")


class Patient:
    """Run statements on a connection, each waiting for another process's lock until a deadline that all share.

    Args:
        connection: The connection; its own ``busy_timeout`` is 0.
        until: Moment of the monotonic clock.
    """

    __slots__ = ("_connection", "_until")

    def __init__(self, connection: sqlite3.Connection, until: float) -> None:
        self._connection = connection
        self._until = until

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement."""
        return patiently(lambda: self._connection.execute(statement, values), self._until)

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> sqlite3.Cursor:
        """Run a statement for each row, in a transaction that has the lock."""
        return self._connection.executemany(statement, rows)


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
        self._what = what
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
            for pragma in (*_PRAGMAS, *pragmas):
                self._connection.execute(f"PRAGMA {pragma}")
            for statement in schema.split(";"):
                self._connection.execute(statement)
            self._connection.execute("PRAGMA busy_timeout = 0")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot open the {what} of the velocity store {path}: {error}") from error

    def close(self) -> None:
        """Release the connection. A second call does nothing."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _held(self, timeout: float | None) -> Iterator[Patient]:
        """Hold the connection, or raise within the timeout; what a statement began and did not end is undone."""
        patience = _PATIENCE if timeout is None else max(timeout, 0.0)
        until = time.monotonic() + patience
        if os.getpid() != self._pid:
            raise StoreUnavailable("this velocity store was opened before the process forked; open it in each worker")
        if not self._lock.acquire(timeout=patience):
            raise StoreTimeout(f"the {self._what} was busy in this process for {patience:.3f} s")
        try:
            yield Patient(self._connection, until)
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise StoreTimeout(f"the {self._what} was locked for {patience:.3f} s") from error
            raise StoreUnavailable(f"the {self._what} failed: {error}") from error
        finally:
            self._roll_back()
            self._lock.release()

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return
