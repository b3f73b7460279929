"""Hold the bundled stores to the contract."""

from __future__ import annotations

from pathlib import Path

from signup_risk.stores import MemoryStore, SqliteStore, Store
from signup_risk.stores.contract import StoreContract
from signup_risk.stores.erasure import ErasableStore
from signup_risk.stores.erasure_contract import ErasureContract


class TestMemoryStore(StoreContract):
    """Hold the memory store to the contract."""

    def open(self, tmp_path: Path) -> Store:  # noqa: ARG002 - memory needs no place
        """Open a new store."""
        return MemoryStore()

    def size(self, store: Store) -> int:
        """Count its keys."""
        assert isinstance(store, MemoryStore)
        return len(store)


class TestSqliteStore(StoreContract):
    """Hold the SQLite store to the contract."""

    def open(self, tmp_path: Path) -> Store:
        """Open a file in the test's folder."""
        return SqliteStore(tmp_path / "velocity.db")

    def size(self, store: Store) -> int:
        """Count its keys."""
        assert isinstance(store, SqliteStore)
        return len(store)


class TestMemoryErasure(ErasureContract):
    """Hold the memory store to the contract of erasing."""

    def open(self, tmp_path: Path) -> ErasableStore:  # noqa: ARG002 - memory needs no place
        """Open a new store."""
        return MemoryStore()


class TestSqliteErasure(ErasureContract):
    """Hold the SQLite store to the contract of erasing."""

    def open(self, tmp_path: Path) -> ErasableStore:
        """Open a file in the test's folder."""
        return SqliteStore(tmp_path / "velocity.db")
