"""Send commands to the nodes of a cluster, each to the one that keeps its slot.

A node that no longer keeps a slot answers MOVED, one that is giving it away ASK, and both have then carried nothing
out; the command goes to the node they name
(redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec, read 2026-11).
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from redis.crc import key_slot
from redis.exceptions import RedisError

from signup_risk.stores.redis.address import Address
from signup_risk.stores.redis.commands import Command, plain
from signup_risk.stores.redis.failures import refused
from signup_risk.stores.redis.link import Node, deadline, is_unknown_script, talk
from signup_risk.stores.redis.pool import Pool
from signup_risk.stores.redis.wire import Refusal, Reply, Wire, packed

_SLOTS: Final = plain(b"", b"CLUSTER", b"SLOTS")
_ASKING: Final = packed([b"ASKING"])

#: Redirections followed at once: a slot moves once, its map may be old by one step or two. Where there are more, nodes
#: have not heard of each other yet and send the call to and fro; from then on it waits a little each time.
_TURNS: Final = 6
_PAUSE: Final = 0.005


class ClusterLink:
    """Reach a cluster.

    Args:
        address: Where one of its nodes is; the others are asked for.
    """

    def __init__(self, address: Address) -> None:
        self.where = address.where
        self._address = address
        self._lock = threading.Lock()
        self._pools: dict[Node, Pool] = {}
        self._owners: dict[int, Node] = {}
        self._silent = set[Node]()
        self._is_old = True

    def call(self, commands: Sequence[Command], timeout: float | None = None) -> list[Reply]:
        """See :meth:`signup_risk.stores.redis.link.Link.call`."""
        with deadline(self.where, timeout) as end:
            try:
                if self._is_old:
                    self._learn(end)
                return self._routed(commands, end)
            except (OSError, RedisError):  # a node that does not answer may have been replaced
                self._is_old = True
                raise

    def nodes(self, timeout: float | None = None) -> list[Node]:
        """See :meth:`signup_risk.stores.redis.link.Link.nodes`."""
        with deadline(self.where, timeout) as end:
            self._learn(end)
        return sorted(set(self._owners.values()))

    def ask(self, node: Node, command: Command, timeout: float | None = None) -> Reply:
        """See :meth:`signup_risk.stores.redis.link.Link.ask`."""
        with deadline(self.where, timeout) as end:
            return talk(self._pool(node), [command], end)[0]

    def close(self) -> None:
        """See :meth:`signup_risk.stores.redis.link.Link.close`."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, node: Node) -> Pool:
        with self._lock:
            pool = self._pools.get(node)
            if pool is None:
                address = self._address
                pool = self._pools[node] = Pool(lambda: address.connection(node), address.connections)
            return pool

    def _learn(self, end: float) -> None:
        """Ask the nodes known, then the one of the URL, who keeps what; the first that answers is believed.

        Each may take its share of the time, and one that does not answer is asked last from then on: of a machine that
        is gone nothing comes back at all, and its replica is known to the others.
        """
        problem: Exception | None = None
        nodes = sorted(dict.fromkeys([*self._owners.values(), self._address.node]), key=self._silent.__contains__)
        for place, node in enumerate(nodes):
            now = time.monotonic()
            try:
                reply = talk(self._pool(node), [_SLOTS], now + (end - now) / (len(nodes) - place))[0]
            except (OSError, RedisError) as error:
                self._silent.add(node)
                problem = error
                continue
            self._silent.discard(node)
            if isinstance(reply, list):
                self._owners = {slot: owner for slots, owner in _owners(reply, node) for slot in slots}
                self._is_old = False
                return
            if isinstance(reply, Refusal):
                raise refused(self.where, reply)
        raise problem or ConnectionError("no node of the cluster answers")

    def _routed(self, commands: Sequence[Command], end: float) -> list[Reply]:
        replies: list[Reply] = [None] * len(commands)
        open_ = {i: (self._owner(command.key), False) for i, command in enumerate(commands)}
        turns = 0
        while True:
            for i, reply in self._sent(commands, open_, end):
                replies[i] = reply
            open_ = {i: goal for i in open_ if (goal := self._redirected(replies[i], commands[i])) is not None}
            turns += 1
            pause = _PAUSE if turns >= _TURNS else 0.0
            if not open_ or time.monotonic() + pause >= end:
                return replies
            time.sleep(pause)

    def _owner(self, key: bytes) -> Node:
        owner = self._owners.get(key_slot(key))
        return self._address.node if owner is None else owner

    def _redirected(self, reply: Reply, command: Command) -> tuple[Node, bool] | None:
        """Return where a command has to go instead, and whether it has to be asked for there."""
        if not isinstance(reply, Refusal) or reply.code not in {"MOVED", "ASK"}:
            return None
        host, _, port = str(reply).split()[2].rpartition(":")
        node = (host or self._owner(command.key)[0], int(port))
        if reply.code == "MOVED":
            self._owners[key_slot(command.key)] = node
            self._is_old = True
        return node, reply.code == "ASK"

    def _sent(
        self, commands: Sequence[Command], goals: dict[int, tuple[Node, bool]], end: float
    ) -> Iterable[tuple[int, Reply]]:
        """Send to all nodes before the first reply is awaited. The connections survive only if all replies came."""
        parts: dict[Node, list[int]] = defaultdict(list)
        for i, (node, _) in goals.items():
            parts[node].append(i)
        asked = {i for i, (_, asking) in goals.items() if asking}
        taken: list[tuple[Pool, Wire, list[int]]] = []
        try:
            for node, part in parts.items():
                pool = self._pool(node)
                taken.append((pool, pool.take(end), part))
            found = _exchanged([(wire, part) for _, wire, part in taken], commands, asked, end, by_source=False)
            unknown = {i for i, reply in found.items() if is_unknown_script(reply)}
            if unknown:
                again = [(wire, [i for i in part if i in unknown]) for _, wire, part in taken]
                found |= _exchanged(again, commands, asked, end, by_source=True)
        except BaseException:
            for pool, wire, _ in taken:
                pool.drop(wire)
            raise
        for pool, wire, _ in taken:
            pool.give(wire)
        return found.items()


def _exchanged(
    parts: Sequence[tuple[Wire, list[int]]],
    commands: Sequence[Command],
    asked: set[int],
    end: float,
    *,
    by_source: bool,
) -> dict[int, Reply]:
    """Send some of the commands over each wire, then read their replies."""
    for wire, part in parts:
        told = [(_ASKING if i in asked else b"", commands[i]) for i in part]
        data = b"".join([asking + (c.with_source() if by_source else c.packed()) for asking, c in told])
        if data:
            wire.send(data, end)
    found: dict[int, Reply] = {}
    for wire, part in parts:
        for i in part:
            if i in asked:
                wire.reply(end)
            found[i] = wire.reply(end)
    return found


def _owners(rows: list[Reply], asked: Node) -> Iterable[tuple[range, Node]]:
    """Yield slots with their primaries, from the rows of CLUSTER SLOTS: first slot, last slot, primary, replicas."""
    for row in rows:
        assert isinstance(row, list)  # noqa: S101 - for the type checker
        first, last, primary = row[:3]
        assert isinstance(first, int)  # noqa: S101
        assert isinstance(last, int)  # noqa: S101
        assert isinstance(primary, list)  # noqa: S101
        host, port = primary[:2]
        named = host.decode() if isinstance(host, bytes) and host not in {b"", b"?"} else asked[0]
        yield range(first, last + 1), (named, port if isinstance(port, int) else asked[1])
