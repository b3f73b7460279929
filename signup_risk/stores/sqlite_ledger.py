"""Keep the ledger in the SQLite file of the velocity store, on a connection of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from signup_risk.stores.ledger import LedgerEntry, Numbered
from signup_risk.stores.sqlite_side import SqliteSide

# The name leads the key of what is unique, which is so the index by sign-up as well.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ledger (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name INTEGER NOT NULL, known_at INTEGER NOT NULL, content BLOB NOT NULL,
    UNIQUE (name, content));
"""

#: FULL: in WAL mode NORMAL may lose the last commits when the power fails (sqlite.org/pragma.html#pragma_synchronous).
#: Velocity can bear that, outcomes cannot. What is erased is overwritten, since somebody asked for it to be gone.
_PRAGMAS: Final = ("synchronous = FULL", "secure_delete = ON")


class SqliteLedger(SqliteSide):
    """Keep a ledger in a file.

    Args:
        path: The file of the velocity store.

    Raises:
        StoreUnavailable: The file cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, _SCHEMA, "ledger of outcomes", _PRAGMAS)

    def append(self, entries: Sequence[LedgerEntry], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.append`."""
        rows = [(entry.name, entry.known_at, entry.to_bytes()) for entry in entries]
        with self._held(timeout) as connection:
            connection.execute("BEGIN IMMEDIATE")
            query = "INSERT INTO ledger (name, known_at, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            new = connection.executemany(query, rows).rowcount
            connection.execute("COMMIT")
        return max(0, new)

    def of(self, name: int, *, timeout: float | None = None) -> list[LedgerEntry]:
        """See :meth:`signup_risk.stores.ledger.Ledger.of`."""
        with self._held(timeout) as connection:
            query = "SELECT content FROM ledger WHERE name = ? ORDER BY number"
            found = connection.execute(query, (name,)).fetchall()
        return [LedgerEntry.from_bytes(content) for (content,) in found]

    def page(self, after: int = 0, *, limit: int = 1000, timeout: float | None = None) -> list[Numbered]:
        """See :meth:`signup_risk.stores.ledger.Ledger.page`."""
        with self._held(timeout) as connection:
            query = "SELECT number, content FROM ledger WHERE number > ? ORDER BY number LIMIT ?"
            found = connection.execute(query, (after, limit)).fetchall()
        return [(number, LedgerEntry.from_bytes(content)) for number, content in found]

    def erase(self, name: int, *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.erase`."""
        with self._held(timeout) as connection:
            return connection.execute("DELETE FROM ledger WHERE name = ?", (name,)).rowcount

    def trim(self, before: int, *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.trim`."""
        with self._held(timeout) as connection:
            return connection.execute("DELETE FROM ledger WHERE known_at < ?", (before,)).rowcount
