"""Hold the Redis store, journal and ledger to the contracts, on one server, on Valkey and on a cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from signup_risk.stores import Store
from signup_risk.stores.contract import StoreContract
from signup_risk.stores.erasure import ErasableStore
from signup_risk.stores.erasure_contract import ErasureContract
from signup_risk.stores.journal import ErasableJournal, Journal
from signup_risk.stores.journal_contract import JournalContract, JournalErasureContract
from signup_risk.stores.ledger import Ledger
from signup_risk.stores.ledger_contract import LedgerContract
from signup_risk.stores.redis import RedisJournal, RedisLedger, RedisStore
from tests.stores.servers import Cluster, Server


def prefix_of(path: Path) -> str:
    """Return a prefix that belongs to a test's folder."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:12] + ":"


class _Opening:
    """Open stores and journals that are closed after the test."""

    @pytest.fixture(autouse=True)
    def _opened(self, redis_server: Server) -> Iterator[None]:
        self.server = redis_server
        self.open_ones: list[RedisStore | RedisJournal | RedisLedger] = []
        yield
        for one in self.open_ones:
            one.close()
        redis_server.client().flushall()

    def url(self, tmp_path: Path) -> str:
        """Return a URL of the test's own."""
        return self.server.url(prefix_of(tmp_path))

    def size(self, store: Store) -> int:
        """Count its keys."""
        assert isinstance(store, RedisStore)
        return len(store)


class TestRedisStore(_Opening, StoreContract):
    """Hold the store to the contract, over a Unix socket."""

    def open(self, tmp_path: Path) -> Store:
        """Open a store."""
        store = RedisStore(self.url(tmp_path))
        self.open_ones.append(store)
        return store


class TestRedisErasure(_Opening, ErasureContract):
    """Hold the store to the contract of erasing."""

    def open(self, tmp_path: Path) -> ErasableStore:
        """Open a store."""
        store = RedisStore(self.url(tmp_path))
        self.open_ones.append(store)
        return store


class TestRedisJournal(_Opening, JournalContract):
    """Hold the journal to the contract."""

    def open(self, tmp_path: Path) -> Journal:
        """Open a journal."""
        journal = RedisJournal(self.url(tmp_path))
        self.open_ones.append(journal)
        return journal


class TestRedisJournalErasure(_Opening, JournalErasureContract):
    """Hold the journal to the contract of changing what has been written."""

    def open(self, tmp_path: Path) -> ErasableJournal:
        """Open a journal."""
        journal = RedisJournal(self.url(tmp_path))
        self.open_ones.append(journal)
        return journal


class TestRedisLedger(_Opening, LedgerContract):
    """Hold the ledger to the contract."""

    def open(self, tmp_path: Path) -> Ledger:
        """Open a ledger."""
        ledger = RedisLedger(self.url(tmp_path))
        self.open_ones.append(ledger)
        return ledger


class _OnValkey:
    @pytest.fixture(autouse=True)
    def _opened(self, valkey_server: Server) -> Iterator[None]:
        assert "valkey_version" in valkey_server.client().info("server")
        self.server = valkey_server
        self.open_ones: list[RedisStore | RedisJournal | RedisLedger] = []
        yield
        for one in self.open_ones:
            one.close()
        valkey_server.client().flushall()


class TestValkeyStore(_OnValkey, TestRedisStore):
    """Hold the store to the contract, on Valkey."""


class TestValkeyErasure(_OnValkey, TestRedisErasure):
    """Hold the store to the contract of erasing, on Valkey."""


class TestValkeyJournal(_OnValkey, TestRedisJournal):
    """Hold the journal to the contract, on Valkey."""


class TestValkeyLedger(_OnValkey, TestRedisLedger):
    """Hold the ledger to the contract, on Valkey."""


class _OnCluster:
    @pytest.fixture(autouse=True)
    def _opened(self, redis_cluster: Cluster) -> Iterator[None]:
        self.cluster = redis_cluster
        self.open_ones: list[RedisStore | RedisJournal | RedisLedger] = []
        yield
        for one in self.open_ones:
            one.close()
        redis_cluster.flush()

    def url(self, tmp_path: Path) -> str:
        """Return a URL of the test's own."""
        return self.cluster.url(prefix_of(tmp_path))


class TestClusterStore(_OnCluster, TestRedisStore):
    """Hold the store to the contract, on a cluster."""


class TestClusterErasure(_OnCluster, TestRedisErasure):
    """Hold the store to the contract of erasing, on a cluster."""


class TestClusterJournal(_OnCluster, TestRedisJournal):
    """Hold the journal to the contract, on a cluster."""


class TestClusterJournalErasure(_OnCluster, TestRedisJournalErasure):
    """Hold the journal to the contract of changing what has been written, on a cluster."""


class TestClusterLedger(_OnCluster, TestRedisLedger):
    """Hold the ledger to the contract, on a cluster."""
