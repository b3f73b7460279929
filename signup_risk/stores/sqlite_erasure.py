"""Find and erase what a SQLite file keeps of one person, with nothing left of it between the rows."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Final

from signup_risk.stores.checkpoint import empty_log
from signup_risk.stores.erasure import Erased, Traces
from signup_risk.stores.state import KeyState, anonymize

#: Records looked at, and keys rewritten, in one transaction: some milliseconds each.
_RECORDS: Final = 1000
_KEYS: Final = 64


class SqliteErasure:
    """Be the part of the SQLite store that erases, see :class:`signup_risk.stores.erasure.ErasableStore`."""

    _transaction: Callable[..., AbstractContextManager[sqlite3.Connection]]
    _path: Path

    def signups_on(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.signups_on`."""
        wanted, found, after = frozenset(keys), dict[int, tuple[int, ...]](), -1
        query = "SELECT id, keys FROM signups WHERE id > ? ORDER BY id LIMIT ?"
        while wanted:
            with self._transaction(timeout, "BEGIN") as connection:
                rows = connection.execute(query, (after, _RECORDS)).fetchall()
            records = ((name, _unpacked(keys)) for name, keys in rows)
            found.update((name, touched) for name, touched in records if not wanted.isdisjoint(touched))
            if len(rows) < _RECORDS:
                break
            after = rows[-1][0]
        return found

    def keys_of(self, signups: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.keys_of`."""
        found = {}
        for part in _parts(signups, _RECORDS):
            with self._transaction(timeout, "BEGIN") as connection:
                for name in part:
                    row = connection.execute("SELECT keys FROM signups WHERE id = ?", (name,)).fetchone()
                    if row is not None:
                        found[name] = _unpacked(row[0])
        return found

    def states_of(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, KeyState]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.states_of`."""
        found = {}
        for part in _parts(keys, _KEYS):
            with self._transaction(timeout, "BEGIN") as connection:
                held = ((key, _blob(connection, key)) for key in part)
                found.update({key: KeyState(blob) for key, blob in held if blob is not None})
        return found

    def erase(self, traces: Traces, *, timeout: float | None = None) -> Erased:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.erase`.

        What is erased is overwritten with zeros (sqlite.org/pragma.html#pragma_secure_delete), and the log is brought
        into the file and emptied, unless another process is just reading: the next checkpoint then does it.
        """
        bounds, gone, changed, records = traces.bounds(), 0, 0, 0
        for part in _parts(bounds, _KEYS):
            with self._transaction(timeout) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                for key in part:
                    went, differs = _anonymized(connection, key, traces, bounds[key])
                    gone, changed = gone + went, changed + differs
        for part in _parts(traces.signups, _RECORDS):
            with self._transaction(timeout) as connection:
                query = "DELETE FROM signups WHERE id = ?"
                records += max(0, connection.executemany(query, [(name,) for name in part]).rowcount)
                connection.execute("PRAGMA secure_delete = FAST")
        if gone or changed or records:
            empty_log(self._path, timeout)
        return Erased(records, gone, changed)


def _anonymized(connection: sqlite3.Connection, key: int, traces: Traces, alone: int) -> tuple[bool, bool]:
    """Erase on one key; say whether it went whole, and whether something on it changed."""
    blob = _blob(connection, key)
    left = None if blob is None else anonymize(blob, traces.shorts, traces.values, alone)
    if blob is not None and left is None:
        connection.execute("DELETE FROM keys WHERE id = ?", (key,))
    elif left is not blob:
        connection.execute("UPDATE keys SET state = ? WHERE id = ?", (left, key))
    return blob is not None and left is None, left is not None and left is not blob


def _blob(connection: sqlite3.Connection, key: int) -> bytes | None:
    row = connection.execute("SELECT state FROM keys WHERE id = ?", (key,)).fetchone()
    return None if row is None else row[0]


def _unpacked(keys: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(keys) // 8}q", keys)


def _parts(numbers: Collection[int], size: int) -> Iterator[list[int]]:
    rest = iter(numbers)
    while part := list(islice(rest, size)):
        yield part
