"""Keep velocity in one SQLite file: durable, shared by the processes of one machine.

Write-ahead log with ``synchronous=NORMAL``: killing a process loses at most the sign-up in flight, a power cut at
most the last moments, and neither corrupts the file (sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous,
read 2026-11). Checkpoints run in a thread of their own: in the path of a sign-up their fsync would be its tail.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from signup_risk.errors import StoreDamaged, StoreMismatch, StoreTimeout, StoreUnavailable
from signup_risk.stores.base import Exchange, Touch, known, recorded
from signup_risk.stores.checkpoint import Checkpointer
from signup_risk.stores.forks import claim, release
from signup_risk.stores.locks import patiently
from signup_risk.stores.marks import Marks, Refused, agreed
from signup_risk.stores.sqlite_erasure import SqliteErasure
from signup_risk.stores.state import LAYOUT, KeyState, judge
from signup_risk.stores.windows import RETENTION

#: After this many sign-ups, this many rows are looked at for expiry: about one visit for each 6 rows written.
_SWEEP_EVERY: Final = 64
_SWEEP_ROWS: Final = 256

#: Keys asked for in one statement; a fixed number, so that one prepared statement serves every sign-up.
_BATCH: Final = 32

#: Seconds to wait for another process when the caller names no limit.
_PATIENCE: Final = 5.0

_DAMAGE: Final = (struct.error, TypeError, ValueError, IndexError)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (id INTEGER PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS signups (id INTEGER PRIMARY KEY, clock INTEGER NOT NULL, keys BLOB NOT NULL);
"""
_READ: Final = f"SELECT id, state FROM keys WHERE id IN ({', '.join('?' * _BATCH)})"  # noqa: S608 - placeholders
_WRITE: Final = "INSERT OR REPLACE INTO keys (id, state) VALUES (?, ?)"


class SqliteStore(SqliteErasure):
    """Keep velocity in a file.

    Args:
        path: The file; made if absent, readable by the owner alone.
        check: Mark of the secret (:meth:`signup_risk.stores.hashing.Hasher.check`); a file written under another
            secret is refused, since none of its keys could be found.
        second: Mark of the second secret of a rotation (:mod:`signup_risk.stores.marks`); empty for none.

    Raises:
        StoreMismatch: The file was written under another secret or by another layout.
        StoreUnavailable: The file cannot be opened, or was open when this process forked off.
    """

    def __init__(self, path: str | Path, *, check: str = "", second: str = "") -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._writes = 0
        self._cursors = {"keys": -1, "signups": -1}
        self._is_prompt = False
        claim(self._path, self)
        try:
            self._path.touch(mode=0o600, exist_ok=True)
            self._connection = self._connect()
            self._prepare(check, second)
        except StoreMismatch:
            release(self._path, self)
            raise
        except (OSError, sqlite3.Error) as error:
            release(self._path, self)
            raise StoreUnavailable(f"cannot open the velocity store {self._path}: {error}") from error
        self._checkpointer = Checkpointer(self._path)

    def exchange(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.exchange`."""
        with self._transaction(timeout) as connection:
            answer, clock = self._read(connection, touch)
            if answer.repeated:
                return answer
            connection.executemany(_WRITE, recorded(answer.states, touch))
            if touch.signup:
                keys = struct.pack(f"<{len(touch.entries)}q", *(entry.key for entry in touch.entries))
                connection.execute("INSERT OR REPLACE INTO signups VALUES (?, ?, ?)", (touch.signup, clock, keys))
            self._writes += 1
            if self._writes % _SWEEP_EVERY == 0:
                self._sweep(connection, clock, _SWEEP_ROWS)
        self._checkpointer.wrote()
        return answer

    def peek(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.peek`."""
        with self._transaction(timeout, "BEGIN") as connection:
            return self._read(connection, touch)[0]

    def report(self, signup: int, outcome: int | None, known_at: int, *, timeout: float | None = None) -> bool:
        """See :meth:`signup_risk.stores.base.Store.report`."""
        with self._transaction(timeout) as connection:
            row = connection.execute("SELECT keys FROM signups WHERE id = ?", (signup,)).fetchone()
            if row is None:
                return False
            keys = struct.unpack(f"<{len(row[0]) // 8}q", row[0])
            held = zip(keys, self._blobs(connection, keys), strict=True)
            judged = [(k, judge(b, known_at, signup & 0xFFFF_FFFF, outcome)) for k, b in held if b is not None]
            connection.executemany(_WRITE, judged)
        return True

    def sweep(self, at: int, *, limit: int = 1000) -> int:
        """See :meth:`signup_risk.stores.base.Store.sweep`; each call goes on where the last one ended."""
        with self._transaction(None) as connection:
            return self._sweep(connection, at, limit)

    def close(self) -> None:
        """See :meth:`signup_risk.stores.base.Store.close`."""
        self._checkpointer.close()
        with self._lock:
            self._connection.close()
        release(self._path, self)

    def __len__(self) -> int:
        """Return the number of keys held."""
        with self._transaction(None, "BEGIN") as connection:
            return int(connection.execute("SELECT count(*) FROM keys").fetchone()[0])

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA cache_size = -16384")
        connection.execute("PRAGMA secure_delete = FAST")  # old states of a key leave nothing beside the new one
        return connection

    def _prepare(self, check: str, second: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA.split(";"):
            self._connection.execute(statement)
        held = dict(self._connection.execute("SELECT name, value FROM meta"))
        if held.get("layout", str(LAYOUT)) != str(LAYOUT):
            self._refuse("was written by another version of the library; open it with that one, or start a new file")
        try:
            marks = agreed(Marks(held["secret"], held.get("second", "")) if "secret" in held else None, check, second)
        except Refused as problem:
            self._refuse(f"{problem}; or start a new file")
        rows = {"layout": str(LAYOUT), "secret": marks.secret, "second": marks.second}
        changed = [row for row in rows.items() if held.get(row[0], "") != row[1] or row[0] not in held]
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", changed)
        self._connection.execute("COMMIT")

    def _refuse(self, problem: str) -> NoReturn:
        self._connection.close()
        raise StoreMismatch(f"the velocity store {self._path} {problem}")

    @contextmanager
    def _transaction(self, timeout: float | None, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """Hold the connection for one atomic step, or raise within the timeout with nothing changed."""
        patience = _PATIENCE if timeout is None else max(timeout, 0.0)
        until = time.monotonic() + patience
        try:
            patiently(lambda: self._begin(begin, until, patience), until)
        except sqlite3.Error as error:
            raise _translated(error, patience) from error
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _translated(error, patience) from error
        except _DAMAGE as error:  # bytes in the file that no version of this library wrote
            raise StoreDamaged(f"a row of the velocity store is damaged ({type(error).__name__})") from error
        finally:
            self._roll_back()
            self._lock.release()

    def _begin(self, begin: str, until: float, patience: float) -> None:
        """Take the connection and the file's lock, or neither: who waits for the file holds up no other thread."""
        if os.getpid() != self._pid:
            raise StoreUnavailable(
                "this velocity store was opened before the process forked, and SQLite connections must not cross a "
                "fork (sqlite.org/howtocorrupt.html); open the store in each worker"
            )
        if not self._lock.acquire(timeout=max(0.0, until - time.monotonic())):
            raise StoreTimeout(f"the velocity store was busy in this process for {patience:.3f} s")
        try:
            if not self._is_prompt:
                self._connection.execute("PRAGMA busy_timeout = 0")
                self._is_prompt = True
            self._connection.execute(begin)
        except BaseException:
            self._lock.release()
            raise

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:  # the connection is gone; the step that failed has said so
            return

    def _read(self, connection: sqlite3.Connection, touch: Touch) -> tuple[Exchange, int]:
        states, clock = known(self._blobs(connection, [entry.key for entry in touch.entries]), touch)
        row = None
        if touch.signup:
            row = connection.execute("SELECT clock FROM signups WHERE id = ?", (touch.signup,)).fetchone()
        return Exchange(states, row is not None and clock - row[0] <= RETENTION), clock

    @staticmethod
    def _blobs(connection: sqlite3.Connection, keys: Sequence[int]) -> list[bytes | None]:
        held: dict[int, bytes] = {}
        for start in range(0, len(keys), _BATCH):
            part = list(keys[start : start + _BATCH])
            held.update(connection.execute(_READ, part + [None] * (_BATCH - len(part))))
        return [held.get(key) for key in keys]

    def _sweep(self, connection: sqlite3.Connection, clock: int, limit: int) -> int:
        gone = 0
        for table, column in (("keys", "state"), ("signups", "clock")):
            query = f"SELECT id, {column} FROM {table} WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - two tables
            rows = connection.execute(query, (self._cursors[table], limit)).fetchall()
            self._cursors[table] = rows[-1][0] if len(rows) == limit else -1
            dead = [(row[0],) for row in rows if _silent_since(row[1]) < clock - RETENTION]
            connection.executemany(f"DELETE FROM {table} WHERE id = ?", dead)  # noqa: S608
            gone += len(dead)
        return gone


def _silent_since(value: bytes | int) -> int:
    return value if isinstance(value, int) else KeyState(value).newest


def _translated(error: sqlite3.Error, patience: float) -> StoreUnavailable:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return StoreTimeout(f"the velocity store was locked by another process for {patience:.3f} s")
    return StoreUnavailable(f"the velocity store failed: {error}")
