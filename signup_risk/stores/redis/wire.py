"""Speak RESP2 over a socket that redis-py has connected, each call bounded by its own deadline.

redis-py gives a timeout to a connection, not to a call, and waits that long for every piece of a reply. So it parses
the URL, connects, sets up TLS and authenticates (:mod:`signup_risk.stores.redis.pool`); from there on bytes are sent
and received here, and hiredis, Redis' own parser, makes replies of them.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, Final, cast

import hiredis

_CHUNK: Final = 65_536
_UNFINISHED: Final = object()

Word = bytes | int


class Refusal(Exception):  # noqa: N818 - the name of a reply, handled here and never shown
    """Hold an error that the server replied; its text is the server's and may hold names of keys."""

    @property
    def code(self) -> str:
        """Return the first word."""
        return str(self).partition(" ")[0]


#: What a server may reply.
Reply = bytes | int | None | Refusal | list["Reply"]


def packed(words: Sequence[Word]) -> bytes:
    r"""Return a command as it is sent.

    Examples:
        >>> packed([b"EXPIRE", b"key", 5])
        b'*3\r\n$6\r\nEXPIRE\r\n$3\r\nkey\r\n$1\r\n5\r\n'
    """
    return bytes(hiredis.pack_command(cast("Any", tuple(words))))  # its stub means tuples of one


class Wire:
    """Hold one connection, used by one call at a time.

    Args:
        connection: A connected ``redis.Connection`` of protocol 2.
    """

    __slots__ = ("_connection", "_reader", "_socket")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._socket: socket.socket = connection._sock  # noqa: SLF001 - since redis-py 2; there is no public name
        self._reader = hiredis.Reader(replyError=Refusal, notEnoughData=_UNFINISHED)

    def send(self, data: bytes, end: float) -> None:
        """Send bytes before ``end`` by the monotonic clock; the wire is lost if that fails."""
        self._wait_until(end)
        self._socket.sendall(data)

    def reply(self, end: float) -> Reply:
        """Return the next reply; the wire is lost if it does not come before ``end``."""
        try:
            while (reply := self._reader.gets()) is _UNFINISHED:
                self._reader.feed(self._received(end))
        except hiredis.ProtocolError:
            raise ConnectionError("the server does not speak the Redis protocol") from None
        return cast("Reply", reply)

    def is_stale(self) -> bool:
        """Tell whether the server hung up, or said something unasked, while the wire was idle."""
        if not _is_readable(self._socket):
            return False
        if not isinstance(self._socket, ssl.SSLSocket):
            return True
        self._socket.settimeout(0)  # TLS 1.3 sends tickets on its own account; reading takes them in
        try:
            self._socket.recv(1)
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()

    def _received(self, end: float) -> bytes:
        self._wait_until(end)
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server hung up")
        return data

    def _wait_until(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _is_readable(connected: socket.socket) -> bool:
    if not hasattr(select, "poll"):  # Windows, whose select knows no limit of descriptors
        return bool(select.select([connected], [], [], 0)[0])
    poller = select.poll()
    poller.register(connected, select.POLLIN)
    return bool(poller.poll(0))
