"""Keep the connections to one server.

Connections are made in threads of their own: looking up a name, trying its addresses, TLS and authentication are many
steps, each with a time limit of its own, while a sign-up has one. A sign-up that cannot wait any longer goes on, and
the connection that comes too late serves the next one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

from signup_risk.errors import StoreUnavailable
from signup_risk.stores.redis.wire import Wire


class Pool:
    """Hold connections; each is used by one call at a time. Safe under threads, and in the child of a fork.

    Args:
        connection: Makes a connection that is not connected yet.
        limit: How many there may be.
    """

    def __init__(self, connection: Callable[[], Any], limit: int) -> None:
        self._connection = connection
        self._limit = limit
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._changed = threading.Condition()
        self._idle: list[Wire] = []
        self._open = 0
        self._waiting = 0
        self._connecting = 0
        self._failures = 0
        self._problem: Exception | None = None

    def take(self, end: float) -> Wire:
        """Return a connection that nobody uses.

        Args:
            end: When to give up, by the monotonic clock.

        Raises:
            TimeoutError: None was free or could be made in time.
            OSError, RedisError: One could not be made.
            StoreUnavailable: The pool is closed.
        """
        if os.getpid() != self._pid:  # the sockets are the parent's; a child opens its own
            self._begin()
        with self._changed:
            seen = self._failures
            self._waiting += 1
            try:
                while True:
                    if (wire := self._ready()) is not None:
                        return wire
                    if self._problem is not None and self._failures != seen:
                        raise self._problem
                    self._connect()
                    left = end - time.monotonic()
                    if left <= 0 or not self._changed.wait(left):
                        raise TimeoutError
            finally:
                self._waiting -= 1

    def give(self, wire: Wire) -> None:
        """Take a connection back whose replies have all been read."""
        with self._changed:
            if self._closed:
                self._open -= 1
                wire.close()
            else:
                self._idle.append(wire)
                self._changed.notify()

    def drop(self, wire: Wire) -> None:
        """Close a connection on which a reply may still come: nobody may take it for the reply to another call."""
        wire.close()
        with self._changed:
            self._open -= 1
            self._changed.notify()

    def close(self) -> None:
        """Close what is idle; the rest is closed when it comes back."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._open -= len(idle)
            self._changed.notify_all()
        for wire in idle:
            wire.close()

    def _ready(self) -> Wire | None:
        if self._closed:
            raise StoreUnavailable("this velocity store is closed; open another one")
        while self._idle:
            wire = self._idle.pop()
            if not wire.is_stale():
                return wire
            wire.close()
            self._open -= 1
        return None

    def _connect(self) -> None:
        """Start to make a connection, unless enough are on their way or open for those who wait."""
        if self._connecting >= self._waiting or self._open >= self._limit:
            return
        self._open += 1
        self._connecting += 1
        threading.Thread(target=self._connected, name="signup-risk-connect", daemon=True).start()

    def _connected(self) -> None:
        wire: Wire | None = None
        problem: Exception | None = None
        connection = self._connection()
        try:
            connection.connect()
            wire = Wire(connection)
        except (OSError, RedisError) as error:
            problem = error
        except ValueError as error:  # a host that is no name at all
            problem = ConnectionError(f"its address cannot be used ({type(error).__name__})")
        with self._changed:
            self._connecting -= 1
            if wire is None or self._closed:
                self._open -= 1
                self._failures += 1
                self._problem = problem
            else:
                self._idle.append(wire)
            self._changed.notify_all()
            closed = self._closed
        if wire is not None and closed:
            wire.close()
