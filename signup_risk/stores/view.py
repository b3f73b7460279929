"""Read one key at one moment, for one sign-up."""

from __future__ import annotations

from itertools import pairwise

from signup_risk.stores.state import ABUSIVE, LEGITIMATE, KeyState
from signup_risk.stores.windows import DAY, SECOND, Window


class KeyView:
    """Answer what a key showed at the moment of a sign-up, that sign-up itself left out.

    Args:
        state: State of the key, or ``None`` if it was not known.
        at: Event time in microseconds.
        own: 32-bit name of the sign-up if it is already recorded (a repeated call), else 0. Its own record is
            then left out while it is among the recent ones, so that a retry reads what the first call read.
    """

    __slots__ = ("_at", "_counts", "_own", "_spans", "_state", "_values")

    def __init__(self, state: KeyState | None, at: int, own: int = 0) -> None:
        self._state = state
        self._at = at
        self._own = own
        self._spans: dict[int, tuple[int, int]] = {}
        self._counts: dict[int, int] = {}
        self._values: dict[tuple[int, int, int], list[int]] = {}

    def count(self, window: Window) -> int:
        """Return the number of sign-ups in the window; exact up to 64, then short by at most one grain's worth."""
        found = self._counts.get(window.level)
        if found is None:
            found = self._counts[window.level] = self._counted(window)
        return found

    def distinct(self, column: int, window: Window) -> int:
        """Return how many different values of an attribute the last 64 sign-ups show within the window."""
        return len(set(self.values(column, window)))

    def values(self, column: int, window: Window) -> list[int]:
        """Return the known values of an attribute among the last 64 sign-ups of the key, within the window."""
        if self._state is None:
            return []
        low, high = self._span(window)
        if low == high:
            return []
        wanted = column, low, high  # many features read the same attribute, and windows often hold the same sign-ups
        found = self._values.get(wanted)
        if found is None:
            kept = self._kept(self._state.column(column, low, high), low, high)
            found = self._values[wanted] = [value for value in kept if value] if 0 in kept else kept
        return found

    def members(self, window: Window) -> list[int]:
        """Return the 32-bit names of the last 64 sign-ups of the key, within the window; 0 is one without an id."""
        if self._state is None:
            return []
        low, high = self._span(window)
        return self._kept(self._state.column(0, low, high), low, high)

    def first_at(self, window: Window) -> int:
        """Return the time of the first of the last 64 sign-ups within the window, the present moment if none is."""
        low, high = self._span(window)
        return self._at if self._state is None or low == high else self._state.times[low]

    def age_days(self) -> float:
        """Return days since the key was first seen; 0 for a key not seen before."""
        if self._state is None or (self._own and self._state.total == 1):
            return 0.0
        return max(0, self._at - self._state.first_seen) / DAY

    def gaps(self, window: Window) -> list[float]:
        """Return the seconds between the last 64 sign-ups in the window, in order, the present one last."""
        if self._state is None:
            return []
        low, high = self._span(window)
        times = [*self._kept(self._state.times[low:high].tolist(), low, high), self._at]
        return [(b - a) / SECOND for a, b in pairwise(times)]

    def reported(self, window: Window) -> tuple[int, int]:
        """Return outcomes that became known in the window: abusive, legitimate; at most 32 are kept."""
        if self._state is None:
            return 0, 0
        start = self._at - window.length
        codes = [
            code for known_at, who, code in self._state.outcomes() if start < known_at <= self._at and who != self._own
        ]
        return codes.count(ABUSIVE), codes.count(LEGITIMATE)

    def _counted(self, window: Window) -> int:
        if self._state is None:
            return 0
        low, high = self._span(window)
        own = self._state.column(0, low, high).count(self._own) if self._own else 0
        return high - low - own + self._state.bucketed(window, self._at)

    def _span(self, window: Window) -> tuple[int, int]:
        span = self._spans.get(window.level)
        if span is None and self._state is not None:
            span = self._spans[window.level] = self._state.span(window, self._at)
        return span or (0, 0)

    def _kept(self, values: list[int], low: int, high: int) -> list[int]:
        """Leave out the sign-up's own record."""
        if not self._own or self._state is None:
            return values
        names = self._state.column(0, low, high)
        return [value for value, name in zip(values, names, strict=True) if name != self._own]
