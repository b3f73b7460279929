"""Stand between a scorer and its Redis server: pass bytes on, late or not at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


class Proxy:
    """Pass on what comes to a port to a Unix socket, and what comes back.

    Args:
        target: The Unix socket of the server.

    Attributes:
        delay: Seconds by which what the server says comes later.
        cuts: Whether a connection is cut after a script was passed on and carried out, before its answer.
        port: Where it listens.
    """

    def __init__(self, target: Path) -> None:
        self.delay = 0.0
        self.cuts = False
        self._target = target
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open = set[socket.socket]()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Cut everything and end."""
        self._stopped.set()
        _cut(self._listener)
        for thread in self._threads:
            for one in list(self._open):
                _cut(one)
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._target))
            self._open |= {near, far}
            cutting = threading.Event()
            for work in (self._ask, self._answer):
                thread = threading.Thread(target=work, args=(near, far, cutting))
                self._threads.append(thread)
                thread.start()

    def _ask(self, near: socket.socket, far: socket.socket, cutting: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65_536):
                if self.cuts and b"EVAL" in data:
                    cutting.set()
                far.sendall(data)
        _cut(far)

    def _answer(self, near: socket.socket, far: socket.socket, cutting: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65_536):
                if cutting.is_set() or (self.delay and self._stopped.wait(self.delay)):
                    break
                near.sendall(data)
        for one in (near, far):
            _cut(one)
            one.close()
        self._open -= {near, far}


def _cut(one: socket.socket) -> None:
    """Wake whoever waits for a socket: it is at its end."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(target: Path) -> Iterator[Proxy]:
    """Run a proxy while the context lasts."""
    one = Proxy(target)
    try:
        yield one
    finally:
        one.close()
