"""Lose a primary of a cluster while sign-ups flow, and go on with its replica."""

from __future__ import annotations

import signal
import time
from contextlib import closing

import pytest

from signup_risk.errors import StoreUnavailable
from signup_risk.stores import HOUR_1, KeyView
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.redis import RedisStore
from signup_risk.stores.windows import SECOND
from tests.stores.servers import Cluster, cluster

#: Seconds that a sign-up may wait for the store, and after which the cluster has to be whole again.
DEADLINE = 0.2
PATIENCE = 20.0


def url(running: Cluster) -> str:
    """Return the URL of a store that does not stop asking a silent node only because it has no connection left."""
    return running.url("over:") + "&max_connections=1000"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "silent"])
def test_replica_takes_over(how: signal.Signals) -> None:
    """Sign-ups fail while a primary is gone, whether it refuses or says nothing, and count once each afterwards."""
    with cluster(replica=True) as running, closing(RedisStore(url(running))) as store:
        first, replica = running.servers[0], running.replica
        assert replica is not None

        def sent(number: int) -> bool:
            try:
                store.exchange(touch_at(START + number * SECOND, number, 5, *range(1000, 1020)), timeout=DEADLINE)
            except StoreUnavailable:
                return False
            return True

        for number in range(1, 101):
            store.exchange(touch_at(START + number * SECOND, number, 5, *range(1000, 1020)))
        first.client().wait(1, 5000)
        first.process.send_signal(how)
        assert not sent(101)
        replica.client().execute_command("CLUSTER FAILOVER TAKEOVER")
        end = time.monotonic() + PATIENCE
        for number in range(101, 201):
            while not sent(number):
                assert time.monotonic() < end, "the store does not find the replica"
        at = START + 201 * SECOND
        states = store.peek(touch_at(at, 0, 5, *range(1000, 1020))).states
        assert [KeyView(state, at).count(HOUR_1) for state in states[1:]] == [200] * 21
        first.process.send_signal(signal.SIGCONT)
