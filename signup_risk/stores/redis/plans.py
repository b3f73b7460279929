"""Say in which steps a store does its work, apart from how commands get to a server.

A plan is a generator: it yields the commands of a step, is sent their replies, and returns its result. So the same
steps serve threads and event loops (:func:`run`, :mod:`signup_risk.stores.redis.aio`).

One server: a sign-up is one script, atomic and one round trip. A cluster: its keys lie on different slots, so its id is
claimed first, together with reading the clock, and then every key is recorded by a script of its own, all at once: two
round trips, each key atomic. A process that dies between them, or does not get every reply, leaves some keys recorded.
The same sign-up sent again (by the caller, or from the queue of pending writes) records the rest: a script passes over
a key that has it already. That is certain while the key keeps it among its 64 newest, and for :data:`MARKED` seconds
after. The call that completes another one's sign-up calls it repeated.

A sign-up without an id has a nonce to be recognised by when the queue sends it again. A cluster does not look at it,
since every key would need a mark of its own: there such a sign-up may count twice after a call that timed out.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from signup_risk.stores.base import Exchange, Touch, known
from signup_risk.stores.redis import commands, layout
from signup_risk.stores.redis.commands import Command, call, plain
from signup_risk.stores.redis.layout import Names
from signup_risk.stores.windows import RETENTION

T = TypeVar("T")
Plan = Generator[Sequence[Command], list[Any], T]

#: Seconds for which a key of a cluster knows a sign-up that has left its 64 newest.
MARKED: Final = 600

#: Seconds for which one server knows a sign-up without an id by its nonce: longer than an outage lasts.
NONCE_KEPT: Final = 86_400


class Read(NamedTuple):
    """Hold what a plan of a sign-up found.

    Attributes:
        answer: What the store knew.
        last: Number of the newest entry of the journal, 0 without any; None if it was not asked for.
        done: Name and value of a record to write at leisure: that all keys of the sign-up are recorded.
    """

    answer: Exchange
    last: int | None = None
    done: tuple[bytes, bytes] | None = None


def exchange(names: Names, touch: Touch) -> Plan[Read]:
    """Read and record a sign-up on one server."""
    keys = [names.key(entry.key) for entry in touch.entries]
    keys.append(names.counter)
    if touch.name:
        keys.append(names.signup(touch.name))
    rows = [layout.row_of(entry, touch) for entry in touch.entries]
    record = (layout.keys_of(touch), layout.KEEP) if touch.signup else (b"", NONCE_KEPT)
    (held,) = yield [call(commands.EXCHANGE, keys, b"%d" % touch.at, layout.KEEP, *record, *rows)]
    count = len(rows)
    states, _ = known(_blobs(held[:count]), touch)
    return Read(Exchange(states, held[count + 1] == 1), _number(held[count]))


def peek(names: Names, touch: Touch) -> Plan[Read]:
    """Read a sign-up's keys on one server, in one step."""
    keys = [names.key(entry.key) for entry in touch.entries]
    (held,) = yield [plain(names.counter, b"MGET", *keys, names.counter, names.signup(touch.signup))]
    states, clock = known(_blobs(held[: len(keys)]), touch)
    return Read(Exchange(states, _is_repeated(held[-1], touch, clock)), _number(held[-2]))


def exchange_by_key(names: Names, touch: Touch) -> Plan[Read]:
    """Read and record a sign-up on a cluster."""
    first = names.key(touch.entries[0].key)
    keys, own = layout.keys_of(touch), names.signup(touch.signup)
    claim = layout.record_of(touch.at, layout.CLAIMED, keys)
    asked = [plain(first, b"GET", first), plain(names.counter, b"GET", names.counter)]
    if touch.signup:
        asked.append(call(commands.CLAIM, [own], claim, layout.KEEP))
    raw, counter, *claimed = yield asked
    _, clock = known(_blobs([raw]), touch)
    held = claimed[0] if claimed else None
    repeated = _is_repeated(held, touch, clock)
    if held is not None and repeated and not layout.is_claimed(held):
        states = yield from _states(names, touch)
        return Read(Exchange(states, True), _number(counter))
    # Seen again after the retention it is a new sign-up, whatever its keys still hold of the old one.
    named = bool(touch.signup) and (held is None or repeated)
    found = yield [_recording(names, touch, i, clock, named=named) for i in range(len(touch.entries))]
    states, _ = known(_blobs([row[0] if isinstance(row, list) else row for row in found]), touch)
    done = None
    if touch.signup:
        done = own, layout.record_of(clock, layout.DONE, keys)
        repeated = repeated or any(isinstance(row, list) for row in found)
    return Read(Exchange(states, repeated), _number(counter), done)


def peek_by_key(names: Names, touch: Touch) -> Plan[Read]:
    """Read a sign-up's keys on a cluster, each as it stands."""
    own, keys = names.signup(touch.signup), [names.key(entry.key) for entry in touch.entries]
    *raws, held = yield [plain(key, b"GET", key) for key in (*keys, own)]
    states, clock = known(_blobs(raws), touch)
    return Read(Exchange(states, _is_repeated(held, touch, clock)))


def report(names: Names, signup: int, outcome: int | None, known_at: int, *, is_cluster: bool) -> Plan[bool]:
    """Set the outcome of a sign-up on all keys that it touched, each atomic; say whether it was known."""
    own = names.signup(signup)
    (held,) = yield [plain(own, b"GET", own)]
    if held is None:
        return False
    keys = [names.key(key) for key in layout.recorded_keys(held)]
    words = (b"%d" % known_at, signup & 0xFFFF_FFFF, b"" if outcome is None else outcome)
    parts = [[key] for key in keys] if is_cluster else [keys] if keys else []
    yield [call(commands.JUDGE, part, *words) for part in parts]
    return True


def sweep(names: Names, found: Sequence[bytes], at: int, *, is_cluster: bool) -> Plan[int]:
    """Forget those of the names found that were silent too long; say how many."""
    parts = [[name] for name in found] if is_cluster else [list(found)] if found else []
    kinds = [[b"k" if names.is_key(name) else b"s" for name in part] for part in parts]
    gone = yield [call(commands.SWEEP, p, b"%d" % at, *kind) for p, kind in zip(parts, kinds, strict=True)]
    return sum(gone)


def _recording(names: Names, touch: Touch, index: int, clock: int, *, named: bool) -> Command:
    entry = touch.entries[index]
    marks, kept = names.marks(entry.key), (layout.KEEP, MARKED)
    words = (b"%d" % touch.at, b"%d" % clock, layout.row_of(entry, touch), b"1" if named else b"", marks, *kept)
    return call(commands.RECORD, [names.key(entry.key)], *words)


def _states(names: Names, touch: Touch) -> Generator[Sequence[Command], list[Any], tuple[Any, ...]]:
    keys = [names.key(entry.key) for entry in touch.entries]
    raws = yield [plain(key, b"GET", key) for key in keys]
    return known(_blobs(raws), touch)[0]


def _blobs(raws: Sequence[bytes | None]) -> list[bytes | None]:
    return [None if raw is None else layout.whole(raw) for raw in raws]


def _number(counter: bytes | None) -> int:
    return int(counter or 0)


def _is_repeated(record: bytes | None, touch: Touch, clock: int) -> bool:
    return bool(touch.signup) and record is not None and clock - layout.clock_of(record) <= RETENTION
