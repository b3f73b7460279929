"""Send commands to a server and await the replies, within one deadline."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from redis.exceptions import RedisError

from signup_risk.stores.redis.address import Address
from signup_risk.stores.redis.commands import Command
from signup_risk.stores.redis.failures import late, lost
from signup_risk.stores.redis.pool import Pool
from signup_risk.stores.redis.wire import Refusal, Reply

#: Seconds to wait when the caller names no limit.
PATIENCE: Final = 5.0

#: Host and port.
Node = tuple[str, int]


class Link(Protocol):
    """Reach a server, or the servers of a cluster. Safe under threads.

    Attributes:
        where: Name for messages.
    """

    where: str

    def call(self, commands: Sequence[Command], timeout: float | None = None) -> list[Reply]:
        """Send commands all at once and return their replies, refusals among them, in the same order.

        Raises:
            StoreTimeout: They did not all come in time. What was sent may still be carried out.
            StoreUnavailable: The server cannot be reached.
        """

    def nodes(self, timeout: float | None = None) -> list[Node]:
        """Return the servers that keep keys of their own, in a fixed order."""

    def ask(self, node: Node, command: Command, timeout: float | None = None) -> Reply:
        """Send a command to one of these servers."""

    def close(self) -> None:
        """Hang up."""


class ServerLink:
    """Reach one server.

    Args:
        address: Where it is.
    """

    def __init__(self, address: Address) -> None:
        self.where = address.where
        self._node = address.node
        self._pool = Pool(lambda: address.connection(address.node), address.connections)

    def call(self, commands: Sequence[Command], timeout: float | None = None) -> list[Reply]:
        """See :meth:`Link.call`."""
        with deadline(self.where, timeout) as end:
            return talk(self._pool, commands, end)

    def nodes(self, timeout: float | None = None) -> list[Node]:
        """See :meth:`Link.nodes`."""
        del timeout
        return [self._node]

    def ask(self, node: Node, command: Command, timeout: float | None = None) -> Reply:
        """See :meth:`Link.ask`."""
        del node
        return self.call([command], timeout)[0]

    def close(self) -> None:
        """See :meth:`Link.close`."""
        self._pool.close()


def talk(pool: Pool, commands: Sequence[Command], end: float) -> list[Reply]:
    """Send commands over one connection and return the replies; the connection survives only if all of them came."""
    wire = pool.take(end)
    try:
        wire.send(b"".join([command.packed() for command in commands]), end)
        replies = [wire.reply(end) for _ in commands]
        unknown = [i for i, reply in enumerate(replies) if is_unknown_script(reply)]
        if unknown:  # a server that was restarted, or told to forget; nothing of these has been carried out
            wire.send(b"".join([commands[i].with_source() for i in unknown]), end)
            for i in unknown:
                replies[i] = wire.reply(end)
    except BaseException:
        pool.drop(wire)
        raise
    pool.give(wire)
    return replies


def is_unknown_script(reply: Reply) -> bool:
    """Tell whether a server does not know a script by its digest."""
    return isinstance(reply, Refusal) and "NOSCRIPT" in str(reply)


@contextmanager
def deadline(where: str, timeout: float | None) -> Iterator[float]:
    """Say when a call has to end, by the monotonic clock, and turn what goes wrong in it into the store's errors."""
    patience = PATIENCE if timeout is None else max(timeout, 0.0)
    try:
        yield time.monotonic() + patience
    except TimeoutError as error:
        raise late(where, patience) from error
    except (OSError, RedisError) as error:
        raise lost(where, error) from error
