"""Choose the sign-ups that a page holds one by one, in one pass and bounded memory."""

from __future__ import annotations

import heapq
from hashlib import blake2b
from typing import Final

from signup_risk.report.assessed import Assessed
from signup_risk.report.outcomes import Outcome

# The rest is drawn evenly from all others, so that filtering does not show suspicious sign-ups alone.
_RISKY_PARTS: Final = (4, 5)

_Entry = tuple[float, float, int, Assessed, Outcome]


class Kept:
    """Keep the strictest and riskiest sign-ups, and an even sample of the others.

    The choice depends on what the sign-ups are and where they stand in the file, not on chance.

    Attributes:
        limit: How many are kept at most.
        seen: How many were offered.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self._risky_limit = limit * _RISKY_PARTS[0] // _RISKY_PARTS[1]
        self._risky: list[_Entry] = []
        self._sample: list[_Entry] = []

    def add(self, one: Assessed, known: Outcome) -> None:
        """Take a sign-up into account, with what is known of it."""
        self.seen += 1
        score = -1.0 if one.score is None else one.score
        lot = _lot(one)
        over = _push(self._risky, (float(one.decision), score, lot, one, known), self._risky_limit)
        if over is not None:
            _push(self._sample, (float(over[2]), 0.0, *over[2:]), self.limit - self._risky_limit)

    def rows(self) -> list[tuple[Assessed, Outcome]]:
        """Return the kept sign-ups in the order of time."""
        kept = [entry[3:] for entry in (*self._risky, *self._sample)]
        return sorted(kept, key=lambda pair: (pair[0].at, pair[0].number))

    @property
    def left_out(self) -> int:
        """Return how many sign-ups are not kept."""
        return self.seen - len(self._risky) - len(self._sample)

    @property
    def sampled(self) -> int:
        """Return how many of those that are kept are drawn from the less risky ones."""
        return len(self._sample)


def _push(heap: list[_Entry], entry: _Entry, limit: int) -> _Entry | None:
    """Put an entry in; return the least that has no room any more."""
    if len(heap) < limit:
        heapq.heappush(heap, entry)
        return None
    return heapq.heappushpop(heap, entry) if limit else entry


def _lot(one: Assessed) -> int:
    """Return a number that is as good as drawn, distinct for every line."""
    text = f"{one.number}\n{one.signup_id or ''}".encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=6).digest()) * (1 << 40) + one.number
