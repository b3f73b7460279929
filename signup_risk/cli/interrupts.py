"""Stop between two sign-ups when the user or the system asks to.

A signal that raised wherever it lands could cut a line in half or lose a sign-up that was recorded but not
written. So it only raises where nothing is in flight, while input is waited for; elsewhere it is noted and
looked at after each sign-up. A second signal raises at once, for whoever cannot wait.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Catch the signals that ask to stop, while it is entered.

    Attributes:
        requested: Number of the signal that asked, if one did.
    """

    def __init__(self) -> None:
        self.requested: int | None = None
        self._is_waiting = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # Only the main thread may have handlers. A signal that is ignored (in a background job) stays so.
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) != signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let signals raise ``KeyboardInterrupt`` within, where nothing can be lost."""
        self._is_waiting = True
        try:
            if self.requested is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._is_waiting = False

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        is_second = self.requested is not None
        self.requested = number
        if self._is_waiting or is_second:
            raise KeyboardInterrupt
