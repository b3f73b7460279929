"""Carry out plans on an event loop, over connections of redis.asyncio that belong to that loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from redis.asyncio import connection as aio
from redis.exceptions import RedisError, ResponseError

from signup_risk.errors import StoreDamaged
from signup_risk.stores.redis.address import Address
from signup_risk.stores.redis.commands import Command
from signup_risk.stores.redis.failures import DAMAGE, coded, late, lost, refused
from signup_risk.stores.redis.link import PATIENCE, is_unknown_script
from signup_risk.stores.redis.wire import Refusal, Reply

T = TypeVar("T")

_KINDS: Final = {
    "Connection": aio.Connection,
    "SSLConnection": aio.SSLConnection,
    "UnixDomainSocketConnection": aio.UnixDomainSocketConnection,
}


class EventLoops:
    """Reach one server from any number of event loops, over connections that no other loop uses.

    Args:
        address: Where it is.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._kind = _KINDS[address.kind.__name__]
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()

    async def run(self, plan: Generator[Sequence[Command], list[Any], T], timeout: float | None) -> T:  # noqa: ASYNC109 - the store's contract
        """Carry out a plan within one deadline; errors are those of :meth:`signup_risk.stores.redis.hub.Hub.run`."""
        patience, where = PATIENCE if timeout is None else max(timeout, 0.0), self._address.where
        end = time.monotonic() + patience
        try:
            step = next(plan)
            while True:
                async with asyncio.timeout(end - time.monotonic()):
                    replies = await self._talk(step)
                for reply in replies:
                    if isinstance(reply, Refusal):
                        raise refused(where, reply)
                step = plan.send(replies)
        except StopIteration as result:
            return result.value  # type: ignore[no-any-return]
        except TimeoutError as error:
            raise late(where, patience) from error
        except (OSError, RedisError) as error:
            raise lost(where, error) from error
        except DAMAGE as error:
            raise StoreDamaged(f"a value of the velocity store is damaged ({type(error).__name__})") from error

    @staticmethod
    async def in_thread(work: Callable[..., T], *given: Any, **named: Any) -> T:
        """Do work in a thread of the loop's own."""
        return await asyncio.to_thread(work, *given, **named)

    async def close(self) -> None:
        """Close the connections of the running loop."""
        loop = self._loops.pop(asyncio.get_running_loop(), None)
        if loop is not None:
            await loop.close()

    async def _talk(self, step: Sequence[Command]) -> list[Reply]:
        running = asyncio.get_running_loop()
        loop = self._loops.get(running)
        if loop is None:
            loop = self._loops[running] = _Loop(self._new, self._address.connections)
        async with loop.room:
            connection = await loop.take()
            try:
                replies = await _exchanged(connection, [command.packed() for command in step])
                unknown = [i for i, reply in enumerate(replies) if is_unknown_script(reply)]
                again = await _exchanged(connection, [step[i].with_source() for i in unknown])
                for i, reply in zip(unknown, again, strict=True):
                    replies[i] = reply
            except BaseException:  # cancelled, too: a reply that still comes is nobody's
                await connection.disconnect(nowait=True)
                raise
            loop.idle.append(connection)
            return replies

    def _new(self) -> Any:
        return self._kind(**{k: v for k, v in self._address.options.items() if k != "connection_class"})


class _Loop:
    """Hold the connections of one loop.

    Args:
        new: Makes one that is not connected yet.
        limit: How many there may be.
    """

    def __init__(self, new: Callable[[], Any], limit: int) -> None:
        self._new = new
        self._connecting = set[asyncio.Task[None]]()
        self.idle: list[Any] = []
        self.room = asyncio.Semaphore(limit)

    async def take(self) -> Any:
        """Return a connection that nobody uses; one that is made too late for this call serves the next."""
        while self.idle:
            connection = self.idle.pop()
            reader = connection._reader  # noqa: SLF001 - since redis-py 4.2; there is no public name
            if connection.is_connected and reader is not None and not reader.at_eof():
                return connection
            await connection.disconnect(nowait=True)
        connection = self._new()
        task = asyncio.ensure_future(connection.connect())
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(lambda done: self._came_late(done, connection))
            raise
        return connection

    async def close(self) -> None:
        """Close all that is idle and what is still being made."""
        for task in list(self._connecting):
            task.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        for connection in self.idle:
            await connection.disconnect()
        self.idle.clear()

    def _came_late(self, task: asyncio.Task[None], connection: Any) -> None:
        if not task.cancelled() and task.exception() is None:
            self.idle.append(connection)


async def _exchanged(connection: Any, commands: list[bytes]) -> list[Reply]:
    if commands:
        await connection.send_packed_command(commands, check_health=False)
    replies: list[Reply] = []
    for _ in commands:
        try:
            replies.append(await connection.read_response(disable_decoding=True))
        except ResponseError as error:
            replies.append(Refusal(coded(error)))
    return replies
