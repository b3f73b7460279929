"""Wait for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds after which what has not come will not come; a busy machine may need most of them.
PATIENCE = 30.0


def await_that(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fail if it does not in half a minute."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)
