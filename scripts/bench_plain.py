"""Count what velocity counts in the two ways that most services start out with.

The same keys, the same five windows, and in each the same count and distinct counts; read first, then record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from signup_risk.stores import WINDOWS, Entry, Touch
from signup_risk.stores.windows import SECOND

#: The most attributes that a key counts.
_WIDTH = 10


class SortedSets:
    """Keep one sorted set for each key and window, and for each key, attribute and window, in Redis.

    Args:
        path: Unix socket of the server.
    """

    def __init__(self, path: Path) -> None:
        self._client = redis.Redis(unix_socket_path=str(path))

    def exchange(self, touch: Touch) -> list[Any]:
        """Read and record a sign-up, in one pipeline."""
        pipe = self._client.pipeline(transaction=False)
        for name, member in self._members(touch):
            for number, window in enumerate(WINDOWS):
                own = f"{name}:{number}"
                pipe.zremrangebyscore(own, "-inf", touch.at - window.length)
                pipe.zcard(own)
                pipe.zadd(own, {member: touch.at})
                pipe.expire(own, window.length // SECOND)
        return pipe.execute()[1::4]

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    @staticmethod
    def _members(touch: Touch) -> Iterator[tuple[str, str]]:
        for entry in touch.entries:
            yield f"k:{entry.key:x}", f"{touch.signup:x}"
            for place, value in enumerate(entry.attributes):
                if value:
                    yield f"k:{entry.key:x}:{place}", f"{value:x}"


_COLUMNS = ", ".join(f"a{place}" for place in range(_WIDTH))
_COUNTS = ", ".join(f"count(DISTINCT a{place})" for place in range(_WIDTH))
_INSERT = f"INSERT INTO rows (key, at, signup, {_COLUMNS}) VALUES (?, ?, ?, {', '.join('?' * _WIDTH)})"  # noqa: S608


class RawRows:
    """Keep one row for each sign-up and key in SQLite, with an index by key and time.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None, timeout=60)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            f"CREATE TABLE IF NOT EXISTS rows (key INTEGER, at INTEGER, signup INTEGER, {_COLUMNS})",
            "CREATE INDEX IF NOT EXISTS by_key ON rows (key, at)",
        ):
            self._file.execute(statement)

    def exchange(self, touch: Touch) -> list[Any]:
        """Read and record a sign-up, in one transaction."""
        self._file.execute("BEGIN IMMEDIATE")
        found = [self._read(entry, touch.at) for entry in touch.entries]
        rows = [self._row(entry, touch) for entry in touch.entries]
        self._file.executemany(_INSERT, rows)
        self._file.execute("COMMIT")
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, entry: Entry, at: int) -> list[Any]:
        width = len(entry.attributes)
        counts = ", ".join(["count(*)", *_COUNTS.split(", ")[:width]])
        query = f"SELECT {counts} FROM rows WHERE key = ? AND at > ? AND at <= ?"  # noqa: S608 - our own names
        return [self._file.execute(query, (entry.key, at - window.length, at)).fetchone() for window in WINDOWS]

    @staticmethod
    def _row(entry: Entry, touch: Touch) -> list[int | None]:
        values = [value or None for value in entry.attributes]
        return [entry.key, touch.at, touch.signup, *values, *[None] * (_WIDTH - len(values))]
