"""Run one server, and one cluster, for the tests of the Redis store that need no special one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stores.servers import Cluster, Server, cluster, server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    """Run a server for the whole session."""
    with server(port=True) as running:
        yield running


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Server]:
    """Run a Valkey server for the whole session."""
    with server(name="valkey-server") as running:
        yield running


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[Cluster]:
    """Run a cluster for the whole session."""
    with cluster() as running:
        yield running
