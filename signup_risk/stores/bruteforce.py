"""Compute velocity the slow and obvious way, from a list of everything, to hold the stores against.

This is the definition in executable form: it shares no code with the states it checks, only the constants.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signup_risk.stores.base import Touch
from signup_risk.stores.windows import DAYS_30, LATENESS, RECENT, RETENTION, Window


@dataclass(slots=True)
class KeyHistory:
    """Hold every sign-up of one key since it was last forgotten."""

    events: list[tuple[int, int, tuple[int, ...]]] = field(default_factory=list)
    first_seen: int = 0
    newest: int = 0
    total: int = 0

    def add(self, at: int, signup: int, attributes: tuple[int, ...]) -> None:
        """Record a sign-up unless it is older than every window."""
        if self.total and at <= max(at, self.newest) - DAYS_30.length - LATENESS:
            return
        self.first_seen = min(at, self.first_seen) if self.total else at
        self.newest = max(at, self.newest) if self.total else at
        self.total += 1
        self.events.append((at, signup, attributes))

    def recent(self) -> list[tuple[int, int, tuple[int, ...]]]:
        """Return the newest sign-ups, which are kept one by one, ascending; equal times by arrival."""
        return self._kept()[-RECENT:]

    def older(self) -> list[int]:
        """Return the times of the sign-ups that are kept in buckets only."""
        return [event[0] for event in self._kept()[:-RECENT]]

    def _kept(self) -> list[tuple[int, int, tuple[int, ...]]]:
        horizon = self.newest - DAYS_30.length - LATENESS
        return [event for event in sorted(self.events, key=lambda event: event[0]) if event[0] > horizon]

    def count(self, window: Window, at: int) -> int:
        """Count by the documented rule: exact among the recent, whole buckets among the older."""
        start = at - window.length
        exact = sum(start < event[0] <= at for event in self.recent())
        first = max(start, self.newest - window.length - LATENESS) // window.grain
        last = at // window.grain - (1 if self._is_behind(at) else 0)
        return exact + sum(first < time // window.grain <= last for time in self.older())

    def true_count(self, window: Window, at: int) -> int:
        """Count exactly."""
        return sum(at - window.length < event[0] <= at for event in self.events)

    def slack(self, window: Window, at: int) -> int:
        """Return how much a count may fall short: one grain at the old end, behind all recent ones one at the new."""
        start = at - window.length
        short = sum(start < event[0] <= start + window.grain for event in self.events)
        return short + (sum(at - window.grain < e[0] <= at for e in self.events) if self._is_behind(at) else 0)

    def _is_behind(self, at: int) -> bool:
        return self.recent()[0][0] > at

    def distinct(self, column: int, window: Window, at: int) -> int:
        """Count the different known values of an attribute among the recent sign-ups of the window."""
        start = at - window.length
        return len({e[2][column - 1] for e in self.recent() if start < e[0] <= at and e[2][column - 1]})


@dataclass(slots=True)
class BruteForce:
    """Hold every key of a store."""

    keys: dict[int, KeyHistory] = field(default_factory=dict)
    clock: int = 0
    seen: dict[int, int] = field(default_factory=dict)

    def repeated(self, touch: Touch) -> bool:
        """Tell whether a sign-up was recorded within the retention."""
        seen = self.seen.get(touch.signup)
        return bool(touch.signup) and seen is not None and max(self.clock, touch.at) - seen <= RETENTION

    def before(self, touch: Touch) -> list[KeyHistory | None]:
        """Return what is known of each key at the moment of a sign-up, before it is recorded."""
        clock = max(self.clock, touch.at)
        found = [self.keys.get(entry.key) for entry in touch.entries]
        return [None if k is None or clock - k.newest > RETENTION else k for k in found]

    def record(self, touch: Touch) -> None:
        """Record a sign-up once."""
        if self.repeated(touch):
            return
        known = self.before(touch)
        self.clock = max(self.clock, touch.at)
        self.seen[touch.signup] = self.clock
        for entry, history in zip(touch.entries, known, strict=True):
            if history is None:
                self.keys[entry.key] = KeyHistory()
            self.keys[entry.key].add(touch.at, touch.short, entry.attributes)
