"""Write one Redis server, or one cluster, from several processes, while slots move and processes die."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from redis.crc import key_slot

from signup_risk.errors import StoreUnavailable
from signup_risk.stores import HOUR_1, KeyView, MemoryStore, Touch
from signup_risk.stores.contract import CLOCK_KEY, START, touch_at
from signup_risk.stores.redis import RedisStore, plans
from signup_risk.stores.redis.layout import Names
from signup_risk.stores.state import KeyState
from signup_risk.stores.windows import SECOND
from tests.stores.servers import Cluster, Server

WRITER = """
import sys
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.redis import RedisStore
store = RedisStore(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    answer = store.exchange(touch_at(START + number, number, 5, number + 100), timeout=60)
    print(number, int(answer.repeated), flush=True)
store.close()
"""


def writer(url: str, first: int, last: int) -> subprocess.Popen[str]:
    """Start a process that records sign-ups and says each one after it is recorded."""
    command = [sys.executable, "-c", WRITER, url, str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def count(store: RedisStore, key: int = 5) -> int:
    """Count the sign-ups on a key that all writers touch."""
    at = START + 100 * SECOND
    return KeyView(store.peek(touch_at(at, 0, key)).states[1], at).count(HOUR_1)


@pytest.fixture(params=["server", "cluster"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a store on a server, and on a cluster."""
    prefix = f"{request.node.name.partition('[')[0][-20:]}:"
    held: Server | Cluster = request.getfixturevalue(f"redis_{request.param}")
    return held.url(prefix)


def test_processes_count_everything_once(url: str) -> None:
    """Three processes, most of their ids in common, lose and double nothing, and each id is new to one of them."""
    writers = [writer(url, first, first + 300) for first in (1, 101, 1)]
    new = []
    for process in writers:
        said, _ = process.communicate()
        assert process.returncode == 0
        new += [line.split()[0] for line in said.splitlines() if line.endswith(" 0")]
    with closing(RedisStore(url)) as store:
        assert count(store) == 400
        assert all(count(store, number + 100) == 1 for number in range(1, 401, 7))
    assert len(new) == len(set(new))
    assert len(new) == 400 or "cluster" in url  # where two claim at once, both may be told that it is repeated


def test_kill_in_mid_stream(url: str) -> None:
    """After kill -9 the store holds every sign-up that was answered; the one in flight counts once when sent again."""
    process = writer(url, 1, 1_000_000)
    assert process.stdout is not None
    said = 0
    while said < 200:
        said = int(process.stdout.readline().split()[0])
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    answered = int(rest[-1].split()[0]) if rest else said
    with closing(RedisStore(url)) as store:
        assert answered <= count(store) <= answered + 1
        for number in range(answered - 20, answered + 2):
            store.exchange(touch_at(START + number, number, 5, number + 100))
        assert count(store) == answered + 1
        assert count(store, answered + 101) == 1


def test_slots_move_while_sign_ups_flow(redis_cluster: Cluster) -> None:
    """While the slots of busy keys move to and fro between nodes, nothing is lost and nothing counted twice."""
    prefix = "moving:"
    names = Names(prefix.encode())
    slots = [key_slot(names.key(key)) for key in (CLOCK_KEY, 5)] + [key_slot(names.signup(n)) for n in (50, 150, 250)]
    owner = {slot: redis_cluster.first_owner(slot) for slot in slots}
    with closing(RedisStore(redis_cluster.url(prefix))) as store:
        problems: list[StoreUnavailable] = []

        def flow() -> None:
            for number in range(1, 601):
                try:
                    store.exchange(touch_at(START + number, number, 5, number + 1000), timeout=60)
                except StoreUnavailable as problem:
                    problems.append(problem)

        thread = threading.Thread(target=flow)
        thread.start()
        moves = 0
        while thread.is_alive() or moves < 2 * len(slots):
            for slot in slots:
                target = next(node for node in redis_cluster.servers if node is not owner[slot])
                redis_cluster.move(slot, owner[slot], target)
                owner[slot] = target
                moves += 1
        thread.join()
        assert problems == []
        assert count(store) == 600
        assert all(count(store, number + 1000) == 1 for number in range(1, 601, 11))
        for slot in slots:
            redis_cluster.move(slot, owner[slot], redis_cluster.first_owner(slot))
        for number in range(580, 601):
            assert store.exchange(touch_at(START + number, number, 5)).repeated
        assert count(store) == 600


@pytest.mark.parametrize("earlier", [9, 40, 63, 99])
@pytest.mark.parametrize("meanwhile", [10, 200])
def test_half_a_sign_up_is_completed(redis_cluster: Cluster, earlier: int, meanwhile: int) -> None:
    """A sign-up whose process died after some of its keys is completed by a second call, once on each key."""
    prefix = f"half{earlier}-{meanwhile}:"
    names, touch = Names(prefix.encode()), touch_at(START + 1000, 7777, 5, 6, 7)
    with closing(RedisStore(redis_cluster.url(prefix))) as store:
        for number in range(1, earlier + 1):
            store.exchange(touch_at(START + number, number, 5, 6, 7))
        before = count(store)
        plan = plans.exchange_by_key(names, touch)
        step = plan.send(store._hub.call(next(plan), None))
        store._hub.call(step[:2], None)  # and then the process dies
        for number in range(2000, 2000 + meanwhile):
            store.exchange(touch_at(START + number, number, 5, 6, 7))
        answers = [store.exchange(touch) for _ in range(2)]
        assert [answer.repeated for answer in answers] == [True, True]
        assert [count(store, key) for key in (5, 6, 7)] == [before + meanwhile + 1] * 3


def test_same_id_from_many_threads_counts_once(url: str) -> None:
    """The same sign-ups sent at once by eight threads count once each."""
    with closing(RedisStore(url)) as store:

        def work() -> None:
            for number in range(1, 61):
                store.exchange(touch_at(START + number, number, 5), timeout=60)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert count(store) == 60


def test_a_cluster_is_not_taken_for_a_server(redis_cluster: Cluster) -> None:
    """A node of a cluster reached as a single server is refused with the URL to use."""
    last = next(one for one in redis_cluster.servers if one is not redis_cluster.first_owner(key_slot(b"x:{m}")))
    with pytest.raises(StoreUnavailable, match=r"redis\+cluster://"):
        RedisStore(f"redis://127.0.0.1:{last.port}?prefix=x:")


def test_same_bytes_on_a_cluster(redis_cluster: Cluster) -> None:
    """A cluster keeps the same bytes as memory does, without the round trips of one being seen in the other."""
    memory = MemoryStore()
    with closing(RedisStore(redis_cluster.url("bytes:"))) as store:
        for number in range(1, 200):
            touch = Touch(START + number * 7 * SECOND, number, touch_at(0, 0, 5, number % 9 + 10).entries)
            states = [store.exchange(touch).states, memory.exchange(touch).states]
            assert _bytes(states[0]) == _bytes(states[1])


def _bytes(states: tuple[KeyState | None, ...]) -> list[bytes | None]:
    return [None if state is None else state.blob for state in states]
