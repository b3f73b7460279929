"""Keep the journal of campaigns in the SQLite file of the velocity store, on a connection of its own."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signup_risk.errors import StoreTimeout, StoreUnavailable
from signup_risk.stores.journal import KEPT_FOR, SETTLED_FOR, JournalEntry
from signup_risk.stores.locks import patiently

_PATIENCE: Final = 5.0

#: Names asked for in one statement (SQLite allows 32,766 parameters from 3.32 on, 999 before).
_BATCH: Final = 500

#: Beyond every key: the largest integer of SQLite.
_NO_END: Final = 2**63 - 1

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, brief INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS settled (short INTEGER PRIMARY KEY, at INTEGER NOT NULL, record BLOB NOT NULL);
"""


class SqliteJournal:
    """Keep a journal in a file.

    Args:
        path: The file of the velocity store.

    Raises:
        StoreUnavailable: The file cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._cursors = {"settled": -1, "journal": -1}
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 0"):
                self._connection.execute(f"PRAGMA {pragma}")
            for statement in _SCHEMA.split(";"):
                self._connection.execute(statement)
            self._connection.execute("PRAGMA busy_timeout = 0")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot open the journal of the velocity store {path}: {error}") from error

    def append(self, entries: Sequence[JournalEntry], *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.append`."""
        rows = [(entry.at, int(entry.brief), entry.content) for entry in entries]
        with self._held(timeout) as (connection, until):
            patiently(lambda: connection.execute("BEGIN IMMEDIATE"), until)
            connection.executemany("INSERT INTO journal (at, brief, content) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

    def since(self, number: int, *, timeout: float | None = None) -> list[tuple[int, bytes]]:
        """See :meth:`signup_risk.stores.journal.Journal.since`."""
        query = "SELECT number, content FROM journal WHERE number > ? ORDER BY number"
        with self._held(timeout) as (connection, until):  # who mends the log after a crash locks readers out
            return patiently(lambda: connection.execute(query, (number,)).fetchall(), until)

    def settle(self, short: int, at: int, record: bytes, *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.settle`."""
        statement = "INSERT OR REPLACE INTO settled VALUES (?, ?, ?)"
        with self._held(timeout) as (connection, until):
            patiently(lambda: connection.execute(statement, (short, at, record)), until)

    def settled(self, shorts: Sequence[int], *, timeout: float | None = None) -> dict[int, bytes]:
        """See :meth:`signup_risk.stores.journal.Journal.settled`."""
        found: dict[int, bytes] = {}
        with self._held(timeout) as (connection, _):
            for start in range(0, len(shorts), _BATCH):
                part = list(shorts[start : start + _BATCH])
                query = f"SELECT short, record FROM settled WHERE short IN ({', '.join('?' * len(part))})"  # noqa: S608
                found.update(connection.execute(query, part))
        return found

    def trim(self, at: int, *, limit: int | None = None, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.Journal.trim`."""
        with self._held(timeout) as (connection, until):
            patiently(lambda: connection.execute("BEGIN IMMEDIATE"), until)
            gone = self._trim(connection, "settled", "short", "at <= ?", (at - SETTLED_FOR,), limit)
            old = "at <= CASE brief WHEN 1 THEN ? ELSE ? END"
            gone += self._trim(connection, "journal", "number", old, (at - SETTLED_FOR, at - KEPT_FOR), limit)
            connection.execute("COMMIT")
        return gone

    def _trim(  # noqa: PLR0913 - which rows of which table
        self,
        connection: sqlite3.Connection,
        table: str,
        key: str,
        old: str,
        moments: tuple[int, ...],
        limit: int | None,
    ) -> int:
        """Delete old rows among the next so many, in the order of their keys; without a limit among all."""
        start, end = self._cursors[table] if limit is not None else -1, None
        if limit is not None:
            query = f"SELECT {key} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 1 OFFSET ?"  # noqa: S608 - ours
            end = connection.execute(query, (start, limit - 1)).fetchone()
            self._cursors[table] = -1 if end is None else end[0]
        last = _NO_END if end is None else end[0]
        query = f"DELETE FROM {table} WHERE {key} > ? AND {key} <= ? AND {old}"  # noqa: S608 - ours
        return connection.execute(query, (start, last, *moments)).rowcount

    def close(self) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.close`."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _held(self, timeout: float | None) -> Iterator[tuple[sqlite3.Connection, float]]:
        """Hold the connection, or raise within the timeout; what a statement began and did not end is undone.

        Yields:
            The connection, and the moment of the monotonic clock by which it has to have a lock.
        """
        patience = _PATIENCE if timeout is None else max(timeout, 0.0)
        until = time.monotonic() + patience
        if os.getpid() != self._pid:
            raise StoreUnavailable("this velocity store was opened before the process forked; open it in each worker")
        if not self._lock.acquire(timeout=patience):
            raise StoreTimeout(f"the journal of campaigns was busy in this process for {patience:.3f} s")
        try:
            yield self._connection, until
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise StoreTimeout(f"the journal of campaigns was locked for {patience:.3f} s") from error
            raise StoreUnavailable(f"the journal of campaigns failed: {error}") from error
        finally:
            self._roll_back()
            self._lock.release()

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return
