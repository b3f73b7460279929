"""Find and erase what a Redis or Valkey server keeps of one person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from signup_risk.stores.erasure import Erased, Traces
from signup_risk.stores.redis import commands, layout
from signup_risk.stores.redis.commands import call, plain
from signup_risk.stores.redis.hub import Hub
from signup_risk.stores.state import KeyState

#: Names asked for in one SCAN, and keys in one command; the server answers others between two of them.
_SCAN: Final = 500
_PART: Final = 100


class RedisErasure:
    """Be the part of the Redis store that erases, see :class:`signup_risk.stores.erasure.ErasableStore`.

    Memory is freed at once. What the server has written to its disk before (``appendonly.aof``, ``dump.rdb``) it keeps
    until it writes that anew: ``BGREWRITEAOF`` or ``BGSAVE`` makes it do so.
    """

    _hub: Hub

    def signups_on(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.signups_on`."""
        wanted, found = frozenset(keys), dict[int, tuple[int, ...]]()
        for part in self._records(timeout) if wanted else ():
            for name, touched in self.keys_of(part, timeout=timeout).items():
                if not wanted.isdisjoint(touched):
                    found[name] = touched
        return found

    def keys_of(self, signups: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.keys_of`."""
        held = self._values({name: self._hub.names.signup(name) for name in signups}, timeout)
        return {name: tuple(layout.recorded_keys(record)) for name, record in held.items()}

    def states_of(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, KeyState]:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.states_of`."""
        held = self._values({key: self._hub.names.key(key) for key in keys}, timeout)
        return {key: KeyState(layout.whole(raw)) for key, raw in held.items()}

    def erase(self, traces: Traces, *, timeout: float | None = None) -> Erased:
        """See :meth:`signup_risk.stores.erasure.ErasableStore.erase`."""
        hub, names, bounds = self._hub, self._hub.names, traces.bounds()
        hub.flush(timeout)  # what this process has not written yet must not come after
        shorts, values = sorted(traces.shorts), sorted(traces.values)
        words = (len(shorts), *shorts, len(values), *values)
        gone = changed = records = 0
        for part in _parts(bounds, _PART):
            groups = [[key] for key in part] if hub.is_cluster else [part]
            steps = [call(commands.ERASE, list(map(names.key, g)), *words, *(bounds[k] for k in g)) for g in groups]
            for went, differs in hub.call(steps, timeout):
                gone, changed = gone + went, changed + differs
        for part in _parts(traces.signups, _PART):
            marks = [names.mark(key, name) for name in part for key in traces.signups[name]]
            steps = [plain(own, b"DEL", own) for own in [*map(names.signup, part), *marks]]
            records += sum(hub.call(steps, timeout)[: len(part)])
        return Erased(records, gone, changed)

    def _values(self, named: dict[int, bytes], timeout: float | None) -> dict[int, bytes]:
        """Return the values of those names that the server holds."""
        found = {}
        for part in _parts(named, _PART):
            replies = self._hub.call([plain(named[one], b"GET", named[one]) for one in part], timeout)
            found.update({one: held for one, held in zip(part, replies, strict=True) if held is not None})
        return found

    def _records(self, timeout: float | None) -> Iterator[list[int]]:
        """Yield the names of all sign-ups that the servers hold, some at a time."""
        hub = self._hub
        for node in hub.link.nodes(timeout):
            cursor = b""
            while cursor != b"0":
                words = (b"SCAN", cursor or b"0", b"MATCH", hub.names.signups, b"COUNT", _SCAN)
                ((cursor, found),) = hub.checked([hub.link.ask(node, plain(b"", *words), timeout)])
                yield [hub.names.signup_of(name) for name in found]


def _parts(numbers: Collection[int], size: int) -> Iterator[list[int]]:
    rest = iter(numbers)
    while part := list(islice(rest, size)):
        yield part
