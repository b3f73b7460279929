"""Speak RESP2 over a socket that redis-py has connected, each call bounded by its own deadline.

redis-py gives a timeout to a connection, not to a call, and waits that long for every piece of a reply. So it parses
the URL, connects, sets up TLS and authenticates (:mod:`signup_risk.stores.redis.pool`), and from there on the bytes are
sent and read here (redis.io/docs/latest/develop/reference/protocol-spec, read 2026-11).
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, Final

_LINE: Final = b"\r\n"
_CHUNK: Final = 65_536

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
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else b"%d" % word
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


class Wire:
    """Hold one connection, used by one call at a time.

    Args:
        connection: A connected ``redis.Connection`` of protocol 2.
    """

    __slots__ = ("_buffer", "_connection", "_position", "_socket")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._socket: socket.socket = connection._sock  # noqa: SLF001 - since redis-py 2; there is no public name
        self._buffer = b""
        self._position = 0

    def send(self, data: bytes, end: float) -> None:
        """Send bytes before ``end`` by the monotonic clock; the wire is lost if that fails."""
        self._wait_until(end)
        self._socket.sendall(data)

    def reply(self, end: float) -> Reply:
        """Return the next reply; the wire is lost if it does not come before ``end``."""
        line = self._line(end)
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self._bulk(int(rest), end)
        if kind == b"*":
            return None if rest == b"-1" else [self.reply(end) for _ in range(int(rest))]
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if kind == b"-":
            return Refusal(rest.decode("utf-8", "replace"))
        raise ConnectionError("the server does not speak the Redis protocol")

    def is_stale(self) -> bool:
        """Tell whether the server hung up, or said something unasked, while the wire was idle."""
        if not _is_readable(self._socket):
            return False
        if not isinstance(self._socket, ssl.SSLSocket):
            return True
        self._socket.settimeout(0)  # TLS 1.3 sends tickets on its own account; reading takes them in
        try:
            self._buffer = self._socket.recv(1)
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()

    def _bulk(self, size: int, end: float) -> bytes | None:
        if size < 0:
            return None
        stop = self._position + size
        while len(self._buffer) < stop + 2:
            self._more(end)
            stop = self._position + size
        data = self._buffer[self._position : stop]
        self._position = stop + 2
        return data

    def _line(self, end: float) -> bytes:
        while (stop := self._buffer.find(_LINE, self._position)) < 0:
            self._more(end)
        line = self._buffer[self._position : stop]
        self._position = stop + 2
        return line

    def _more(self, end: float) -> None:
        self._wait_until(end)
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server hung up")
        self._buffer = self._buffer[self._position :] + data
        self._position = 0

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
