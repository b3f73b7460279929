"""Keep velocity in Redis or Valkey, for many machines."""

from __future__ import annotations

from typing import Final

from signup_risk.stores.base import Exchange, Touch
from signup_risk.stores.redis import plans
from signup_risk.stores.redis.aio import EventLoops
from signup_risk.stores.redis.commands import plain
from signup_risk.stores.redis.erasure import RedisErasure
from signup_risk.stores.redis.hub import new_hub
from signup_risk.stores.redis.plans import Plan, Read

#: Names asked for in one SCAN; the server answers others between two of them.
_SCAN: Final = 200

#: Where looking through all names begins: number of the server, cursor.
_START: Final = (0, b"0")


class RedisStore(RedisErasure):
    """Keep velocity in Redis or Valkey, version 6.2 or newer.

    A sign-up is one round trip to one server and two to a cluster (:mod:`signup_risk.stores.redis.plans` says what
    that means for a process that dies between them). Keys are forgotten by the time of events, as in every store, and
    expire in the server 97 days after their last write, so nothing has to be swept.

    A call that times out may still be carried out by the server. The same sign-up sent again, as the queue of pending
    writes does, counts once; on a cluster one without an id cannot be recognised and may then count twice.

    If the server has a ``maxmemory``, give it ``maxmemory-policy volatile-ttl``: it then gives up first what is next
    to expire, the keys that were silent for longest, and never what other applications keep without a time to live.
    With ``noeviction`` a full server refuses sign-ups, which are then scored without velocity; any other policy takes
    busy keys as well. Once a server evicts, a key that is absent may have been known: answers say so.

    A user of an access control list needs ``~sr1:* +@read +@write +@scripting +@connection +info +cluster|slots``.

    Args:
        url: ``redis://user:password@host:6379/0``, ``rediss://`` with ``ssl_ca_certs`` and the like as redis-py's
            ``from_url`` takes them, ``unix:///path/of/socket?db=0``, ``redis+cluster://`` or ``rediss+cluster://`` with
            any node of a cluster. ``?prefix=`` begins all names (``sr1:``), ``?max_connections=`` bounds the
            connections of a process to one server (32).
        check: Mark of the secret (:meth:`signup_risk.stores.hashing.Hasher.check`); a store written under another
            secret is refused, since none of its keys could be found.
        second: Mark of the second secret of a rotation (:mod:`signup_risk.stores.marks`); empty for none.
        required: Whether the server has to be reached now. Otherwise calls raise until it can be, and the first one
            that reaches it sees to the marks.

    Raises:
        ConfigurationError: The URL cannot be used.
        StoreMismatch: The store was written under another secret or by another layout.
        StoreUnavailable: The server cannot be reached, and is required.
    """

    def __init__(self, url: str, *, check: str = "", second: str = "", required: bool = True) -> None:
        self._hub = new_hub(url)
        self._hub.join()
        self._loops = EventLoops(self._hub.address)
        self._place = _START
        self._closed = False
        try:
            self._hub.prepare(check, second, required=required)
        except BaseException:
            self.close()
            raise

    def exchange(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.exchange`."""
        return self._noted(self._hub.run(self._exchange(touch), timeout))

    async def exchange_async(self, touch: Touch, *, timeout: float | None = None) -> Exchange:  # noqa: ASYNC109
        """Exchange as :meth:`exchange` does, without blocking the event loop, on connections of that loop's own.

        On a cluster, and on a server that has still to be reached for the first time, it is done in a thread.
        """
        if self._hub.is_cluster or self._hub.is_unmet:
            return await self._loops.in_thread(self.exchange, touch, timeout=timeout)
        return self._noted(await self._loops.run(self._exchange(touch), timeout))

    async def close_async(self) -> None:
        """Close the connections of the running loop; call it before the loop ends, then :meth:`close`."""
        await self._loops.close()

    def peek(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """See :meth:`signup_risk.stores.base.Store.peek`; on a cluster each key is read as it stands."""
        plan = plans.peek_by_key if self._hub.is_cluster else plans.peek
        return self._told(self._hub.run(plan(self._hub.names, touch), timeout))

    def report(self, signup: int, outcome: int | None, known_at: int, *, timeout: float | None = None) -> bool:
        """See :meth:`signup_risk.stores.base.Store.report`."""
        hub = self._hub
        return hub.run(plans.report(hub.names, signup, outcome, known_at, is_cluster=hub.is_cluster), timeout)

    def sweep(self, at: int, *, limit: int = 1000) -> int:
        """See :meth:`signup_risk.stores.base.Store.sweep`; each call goes on where the last one ended."""
        gone, left = 0, limit
        while left > 0:
            names, is_end = self._scan(min(left, _SCAN))
            plan = plans.sweep(self._hub.names, names, at, is_cluster=self._hub.is_cluster)
            gone += self._hub.run(plan, None)
            left -= _SCAN
            if is_end:
                break
        return gone

    def close(self) -> None:
        """See :meth:`signup_risk.stores.base.Store.close`; what was written behind is written first."""
        if not self._closed:
            self._closed = True
            self._hub.leave()

    def __len__(self) -> int:
        """Return the number of keys held; it looks at every name in the server."""
        names, place = set[bytes](), self._place
        self._place, is_end = _START, False
        while not is_end:
            found, is_end = self._scan(_SCAN)
            names.update(name for name in found if self._hub.names.is_key(name))
        self._place = place
        return len(names)

    def _exchange(self, touch: Touch) -> Plan[Read]:
        plan = plans.exchange_by_key if self._hub.is_cluster else plans.exchange
        return plan(self._hub.names, touch)

    def _noted(self, read: Read) -> Exchange:
        self._hub.note(read.last)
        if read.done is not None:
            self._hub.done.add(*read.done)
        self._hub.behind.start()
        return self._told(read)

    def _told(self, read: Read) -> Exchange:
        return read.answer._replace(evicting=True) if self._hub.evicting else read.answer

    def _scan(self, count: int) -> tuple[list[bytes], bool]:
        """Return the next names, server after server, and whether they were the last of the last one."""
        hub = self._hub
        servers = hub.link.nodes()
        number, cursor = self._place
        words = (b"SCAN", cursor, b"MATCH", hub.names.pattern, b"COUNT", count)
        ((following, names),) = hub.checked([hub.link.ask(servers[number % len(servers)], plain(b"", *words))])
        if following != b"0":
            self._place = number, following
            return names, False
        self._place = (number + 1) % len(servers), b"0"
        return names, self._place[0] == 0
