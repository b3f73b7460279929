"""Lend an event loop threads for work that blocks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from signup_risk.errors import ConfigurationError

T = TypeVar("T")

#: Threads behind the asynchronous form.
_THREADS: Final = 4


class Threads:
    """Hold a few threads, made when they are first needed, anew in a process that was forked."""

    def __init__(self) -> None:
        self._held: ThreadPoolExecutor | None = None
        self._pid = 0
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """Do work in one of the threads.

        Raises:
            ConfigurationError: They are closed.
        """
        if self._closed:
            raise ConfigurationError("this scorer is closed; open another one")
        if self._held is None or self._pid != os.getpid():  # threads do not cross a fork
            self._held = ThreadPoolExecutor(_THREADS, thread_name_prefix="signup-risk")
            self._pid = os.getpid()
        return await asyncio.get_running_loop().run_in_executor(self._held, work)

    def close(self) -> None:
        """Wait for what is under way and end."""
        self._closed = True
        if self._held is not None and self._pid == os.getpid():
            self._held.shutdown(wait=True)
