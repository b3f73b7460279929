"""The scripts keep the same bytes as Python does, on any history."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

import pytest

from signup_risk.stores import ABUSIVE, LEGITIMATE, Entry, MemoryStore, Touch
from signup_risk.stores.base import Exchange
from signup_risk.stores.contract import START
from signup_risk.stores.redis import RedisStore
from signup_risk.stores.redis.layout import Names, whole
from signup_risk.stores.state import KeyState
from signup_risk.stores.windows import DAY, HOUR, MINUTE, RETENTION, SECOND
from tests.stores.servers import Server

WIDTHS = range(9)

#: Steps of time: bursts, the life of a site, pauses beyond windows and the retention.
PACES = {
    "burst": (0, 1, SECOND, 3 * SECOND),
    "usual": (0, SECOND, MINUTE, 7 * MINUTE, HOUR),
    "slow": (HOUR, 5 * HOUR, DAY, 3 * DAY, 31 * DAY, RETENTION + 1),
}


def history(seed: int, length: int, pace: str) -> Iterator[Touch | tuple[int, int | None, int]]:
    """Yield sign-ups on nine keys of nine widths, late and repeated ones among them, and outcomes of some."""
    rng, at, names = random.Random(seed), START, list[int]()
    for _ in range(length):
        at += rng.choice(PACES[pace])
        if pace != "slow" and names and rng.random() < 0.1:  # how long the ids of silent keys are known may differ
            yield rng.choice(names), rng.choice([ABUSIVE, LEGITIMATE, None]), at + rng.randrange(DAY)
        late = rng.choice([0] * 8 + [rng.randrange(HOUR), rng.randrange(45 * DAY)])
        name = rng.choice([0, rng.getrandbits(63), rng.getrandbits(63), *names[-3:]])
        names += [name] if name else []
        keys = [0, *rng.sample(range(1, 9), rng.randrange(1, 9))]
        rows = [tuple(rng.choice([0, 0xFFFF_FFFF, rng.getrandbits(32)]) for _ in range(width)) for width in keys]
        yield Touch(at - late, name, tuple(Entry((k + 1) << 40, row) for k, row in zip(keys, rows, strict=True)))


def blobs(answer: Exchange) -> list[bytes | None]:
    """Return the bytes of an answer."""
    return [None if state is None else state.blob for state in answer.states]


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("seed", range(2))
def test_bytes_equal_those_of_memory(redis_server: Server, pace: str, seed: int) -> None:
    """After every step of a random history both stores hold the same bytes under every key."""
    store, memory = RedisStore(redis_server.url(f"eq-{pace}{seed}:")), MemoryStore()
    most = 0
    for step in history(seed, 400, pace):
        if not isinstance(step, Touch):
            assert store.report(*step) == memory.report(*step)
            continue
        answer, wanted = store.exchange(step), memory.exchange(step)
        assert (answer.repeated, blobs(answer)) == (wanted.repeated, blobs(wanted))
        everything = step._replace(entries=tuple(Entry((width + 1) << 40) for width in WIDTHS))
        assert blobs(store.peek(everything)) == blobs(memory.peek(everything))
        most = max([most, *(state.bucket_count for state in answer.states if state is not None)])
    assert most > 20 or pace == "slow"
    store.close()


@pytest.mark.parametrize("at", [-5 * SECOND, 0, 1, 2**52])
def test_times_far_from_today(redis_server: Server, at: int) -> None:
    """Times before 1970 and after 2100 are kept like any other."""
    store, memory = RedisStore(redis_server.url(f"far{at}:")), MemoryStore()
    for number in range(1, 70):
        touch = Touch(at + number * MINUTE, number, (Entry(1, (number,)), Entry(2)))
        assert blobs(store.exchange(touch)) == blobs(memory.exchange(touch))
    store.close()


def test_counts_stop_at_their_limit(redis_server: Server) -> None:
    """The total of a key and the count of a bucket stay at 32 bits, as they do in Python."""
    store, memory = RedisStore(redis_server.url("limit:")), MemoryStore()
    for number in range(1, 67):
        for one in (store, memory):
            one.exchange(Touch(START, number, (Entry(1),)))
    state = store.peek(Touch(START, 0, (Entry(1),))).states[0]
    assert state is not None
    full = bytearray(state.blob)
    full[24:28] = b"\xff" * 4
    counts = len(full) - 4 * state.bucket_count
    full[counts:] = b"\xff" * (4 * state.bucket_count)
    redis_server.client().set(Names(b"limit:").key(1), bytes(full))
    memory._keys.put(1, bytes(full), START)
    touch = Touch(START, 99, (Entry(1),))
    assert [blobs(one.exchange(touch)) for one in (store, memory)] == [[bytes(full)]] * 2
    after = [one.peek(touch).states[0] for one in (store, memory)]
    assert after[0] is not None
    assert after[1] is not None
    assert after[0].blob == after[1].blob
    assert (after[0].total, max(after[0].buckets()[1])) == (0xFFFF_FFFF, 0xFFFF_FFFF)
    store.close()


@pytest.mark.parametrize("width", [1, 5, 9])
def test_the_packed_form_is_the_state_of_one_sign_up(redis_server: Server, width: int) -> None:
    """A key with one sign-up takes 28 bytes less in the server, and reads as the same state."""
    store, prefix = RedisStore(redis_server.url(f"one{width}:")), f"one{width}:".encode()
    touch = Touch(START, 7, (Entry(3, tuple(range(width - 1))),))
    store.exchange(touch)
    held = redis_server.client().get(Names(prefix).key(3))
    assert len(held) == 8 + 4 * width
    state = KeyState(whole(held))
    assert (state.newest, state.first_seen, state.total, state.column(0, 0, 1)) == (START, START, 1, [7])
    with pytest.raises(struct.error):
        KeyState(whole(b""))
    store.close()
