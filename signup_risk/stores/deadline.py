"""Tell how much of a deadline is left: several steps share one, however many there are."""

from __future__ import annotations

import time


def left(until: float | None) -> float | None:
    """Return the seconds left until a moment of the monotonic clock, at least 0; None is no deadline.

    >>> left(None), left(0.0)
    (None, 0.0)
    """
    return None if until is None else max(0.0, until - time.monotonic())
