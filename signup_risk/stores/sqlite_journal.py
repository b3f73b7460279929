"""Keep the journal of campaigns in the SQLite file of the velocity store, on a connection of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from signup_risk.stores.checkpoint import empty_log
from signup_risk.stores.journal import KEPT_FOR, SETTLED_FOR, JournalEntry
from signup_risk.stores.sqlite_side import Patient, SqliteSide

#: Names asked for in one statement (SQLite allows 32,766 parameters from 3.32 on, 999 before).
_BATCH: Final = 500

#: Beyond every key: the largest integer of SQLite.
_NO_END: Final = 2**63 - 1

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, brief INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS settled (short INTEGER PRIMARY KEY, at INTEGER NOT NULL, record BLOB NOT NULL);
"""


class SqliteJournal(SqliteSide):
    """Keep a journal in a file.

    Args:
        path: The file of the velocity store.

    Raises:
        StoreUnavailable: The file cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, _SCHEMA, "journal of campaigns", ("synchronous = NORMAL", "secure_delete = FAST"))
        self._path = Path(path)
        self._cursors = {"settled": -1, "journal": -1}

    def append(self, entries: Sequence[JournalEntry], *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.append`."""
        rows = [(entry.at, int(entry.brief), entry.content) for entry in entries]
        with self._held(timeout) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO journal (at, brief, content) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

    def since(self, number: int, *, timeout: float | None = None) -> list[tuple[int, bytes]]:
        """See :meth:`signup_risk.stores.journal.Journal.since`."""
        with self._held(timeout) as connection:
            query = "SELECT number, content FROM journal WHERE number > ? ORDER BY number"
            return connection.execute(query, (number,)).fetchall()

    def settle(self, short: int, at: int, record: bytes, *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.settle`."""
        with self._held(timeout) as connection:
            connection.execute("INSERT OR REPLACE INTO settled VALUES (?, ?, ?)", (short, at, record))

    def settled(self, shorts: Sequence[int], *, timeout: float | None = None) -> dict[int, bytes]:
        """See :meth:`signup_risk.stores.journal.Journal.settled`."""
        found: dict[int, bytes] = {}
        with self._held(timeout) as connection:
            for start in range(0, len(shorts), _BATCH):
                part = list(shorts[start : start + _BATCH])
                query = f"SELECT short, record FROM settled WHERE short IN ({', '.join('?' * len(part))})"  # noqa: S608
                found.update(connection.execute(query, part))
        return found

    def trim(self, at: int, *, limit: int | None = None, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.Journal.trim`."""
        with self._held(timeout) as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = self._trim(connection, "settled", "short", "at <= ?", (at - SETTLED_FOR,), limit)
            old = "at <= CASE brief WHEN 1 THEN ? ELSE ? END"
            gone += self._trim(connection, "journal", "number", old, (at - SETTLED_FOR, at - KEPT_FOR), limit)
            connection.execute("COMMIT")
        return gone

    def amend(self, changes: Mapping[int, bytes | None], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.ErasableJournal.amend`; what was there is overwritten."""
        rows = [(content, number) for number, content in changes.items() if content is not None]
        dead = [(number,) for number, content in changes.items() if content is None]
        found = self._erase("UPDATE journal SET content = ? WHERE number = ?", rows, timeout)
        return found + self._erase("DELETE FROM journal WHERE number = ?", dead, timeout)

    def unsettle(self, shorts: Collection[int], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.ErasableJournal.unsettle`; what was there is overwritten."""
        return self._erase("DELETE FROM settled WHERE short = ?", [(short,) for short in set(shorts)], timeout)

    def _erase(self, statement: str, rows: Sequence[tuple[object, ...]], timeout: float | None) -> int:
        """Run a statement some rows at a time, so that whoever appends gets in between."""
        found = 0
        for start in range(0, len(rows), _BATCH):
            with self._held(timeout) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("BEGIN IMMEDIATE")
                found += max(0, connection.executemany(statement, rows[start : start + _BATCH]).rowcount)
                connection.execute("COMMIT")
                connection.execute("PRAGMA secure_delete = FAST")
        if found:
            empty_log(self._path, timeout)
        return found

    def _trim(  # noqa: PLR0913 - which rows of which table
        self,
        connection: Patient,
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
