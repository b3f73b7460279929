"""Keep what is known of one key in a few hundred bytes, and read windows from it.

The state of a key is a function of the set of sign-ups recorded on it (time, arrival, attributes), not of the
order in which a store happened to apply them: the newest :data:`RECENT` one by one, all older ones in buckets
aligned to the clock. So every store, and every replay of the same history, reads equal numbers. The bytes are
the exchange format of all stores; memory, SQLite and Redis differ in where they put them, not in what they say.

Layout, little endian: header; times (int64); one row of uint32 for each of these times: the sign-up, then its
attributes; bucket codes (uint64, ``level << 32 | index``); their counts (uint32); outcomes.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection
from typing import Final

from signup_risk.stores.windows import DAYS_30, LATENESS, OUTCOMES, RECENT, RETENTION, WINDOWS, Window

#: Version of the layout; a store refuses to open data of another.
LAYOUT: Final = 1

_HEADER: Final = struct.Struct("<BBHHHqqI")
_OUTCOME: Final = struct.Struct("<qIB")
_TIME: Final = struct.Struct("<q")
_SIZE: Final = _HEADER.size

#: A key remembers at most this many attributes; the structs of one row, by its width, are made once.
MAX_ATTRIBUTES: Final = 8
_ROW: Final = tuple(struct.Struct(f"<{width}I") for width in range(2 + MAX_ATTRIBUTES))
_NEW_ROW: Final = tuple(struct.Struct(f"<q{width}I") for width in range(2 + MAX_ATTRIBUTES))
_COUNT_LIMIT: Final = 0xFFFF_FFFF

ABUSIVE: Final = 1
LEGITIMATE: Final = 2


class KeyState:
    """Give read access to the state of one key.

    Args:
        blob: The stored bytes.

    Raises:
        struct.error: They are shorter than a header.
        ValueError: They are not as long as their header says.

    Attributes:
        blob: The stored bytes.
        width: Numbers kept beside each time: the sign-up and its attributes.
        recent: How many sign-ups are kept one by one.
        first_seen: Time of the first sign-up since the key was last forgotten, in microseconds.
        newest: Time of the newest sign-up, in microseconds.
        total: Sign-ups since ``first_seen``.
        times: Times of the recent sign-ups, ascending.
    """

    blob: bytes
    width: int
    recent: int
    first_seen: int
    newest: int
    total: int
    times: memoryview[int]
    _buckets: int
    _outcomes: int

    __slots__ = (
        "_buckets", "_outcomes", "_rows", "_view", "blob", "first_seen", "newest", "recent", "times", "total", "width",
    )  # fmt: skip

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        (_, self.width, self.recent, self._buckets, self._outcomes, self.first_seen, self.newest, self.total) = (
            _HEADER.unpack_from(blob)
        )
        self._view = memoryview(blob)
        self._rows = _SIZE + 8 * self.recent
        if len(blob) != self.tail + 12 * self._buckets + _OUTCOME.size * self._outcomes:
            raise ValueError("a key state has another length than its header says")
        self.times = self._view[_SIZE : self._rows].cast("q")

    def column(self, index: int, low: int, high: int) -> list[int]:
        """Return one column of recent sign-ups ``low`` to ``high``: 0 is the sign-up, 1 and up its attributes."""
        width = self.width
        rows = self._view[self._rows + 4 * width * low : self._rows + 4 * width * high].cast("I")
        return rows[index::width].tolist()

    @property
    def bucket_count(self) -> int:
        """Return how many buckets are kept."""
        return self._buckets

    @property
    def outcome_count(self) -> int:
        """Return how many outcomes are kept."""
        return self._outcomes

    @property
    def tail(self) -> int:
        """Return where the buckets begin."""
        return self._rows + 4 * self.width * self.recent

    def buckets(self) -> tuple[memoryview[int], memoryview[int]]:
        """Return codes and counts of the buckets, ascending by code."""
        start = self.tail
        middle = start + 8 * self._buckets
        return self._view[start:middle].cast("Q"), self._view[middle : middle + 4 * self._buckets].cast("I")

    def outcomes(self) -> list[tuple[int, int, int]]:
        """Return the reported outcomes as (known at, sign-up, code), ascending by time."""
        if not self._outcomes:
            return []
        return list(_OUTCOME.iter_unpack(self._view[self.tail + 12 * self._buckets :]))

    def forgotten(self, clock: int) -> bool:
        """Tell whether the key had been silent too long when the store's clock showed ``clock``."""
        return clock - self.newest > RETENTION

    def span(self, window: Window, at: int) -> tuple[int, int]:
        """Return the positions of the recent sign-ups that lie in the window."""
        times = self.times
        high = self.recent if self.newest <= at else bisect_right(times, at)
        return bisect_right(times, at - window.length, 0, high), high

    def bucketed(self, window: Window, at: int) -> int:
        """Count the older sign-ups of the window, in whole buckets.

        They are no newer than the recent ones. A reader that is older than all of these leaves out the bucket of its
        own moment, since part of it may lie in its future. One that is a little late, as with several workers about
        half of all are, reads what it would have read in time.
        """
        if not self._buckets:
            return 0
        codes, counts = self.buckets()
        base = window.level << 32
        low = bisect_right(codes, base | max(0, (at - window.length) // window.grain))
        last = at // window.grain - (1 if self.times[0] > at else 0)
        return sum(counts[low : bisect_right(codes, base | max(0, last))])


def record(state: KeyState | None, at: int, signup: int, attributes: tuple[int, ...]) -> bytes:
    """Return the state with one more sign-up.

    Args:
        state: State so far, or ``None`` for a key not seen or forgotten.
        at: Event time in microseconds.
        signup: 32-bit name of the sign-up.
        attributes: 32-bit names of what else the sign-up shows on this key; 0 is unknown.

    Returns:
        The new bytes. A sign-up older than every window of the key leaves them as they were.
    """
    width = 1 + len(attributes)
    if state is None:
        head = _HEADER.pack(LAYOUT, width, 1, 0, 0, at, at, 1)
        return head + _NEW_ROW[width].pack(at, signup, *attributes)
    newest = max(at, state.newest)
    horizon = newest - DAYS_30.length - LATENESS
    if at <= horizon:
        return state.blob
    return _insert(state, at, newest, _ROW[width].pack(signup, *attributes), horizon)


def _insert(state: KeyState, at: int, newest: int, row: bytes, horizon: int) -> bytes:
    times, count = state.times, state.recent
    position = count if at >= state.newest else bisect_right(times, at)
    drop = bisect_right(times, horizon) if count and times[0] <= horizon else 0  # no window reaches these any more
    spilled = None
    if count - drop >= RECENT:
        if position == drop:  # older than all that are kept one by one
            spilled, row = at, b""
        else:
            spilled, drop = times[drop], drop + 1
    tail, buckets = _spill(state, spilled, newest)
    blob, cut, end = state.blob, _SIZE + 8 * position, _SIZE + 8 * count
    size = 4 * state.width
    head = _HEADER.pack(
        LAYOUT, state.width, count - drop + (1 if row else 0), buckets, state.outcome_count,
        min(at, state.first_seen), newest, min(state.total + 1, _COUNT_LIMIT),
    )  # fmt: skip
    return b"".join((
        head,
        blob[_SIZE + 8 * drop : cut], _TIME.pack(at) if row else b"", blob[cut:end],
        blob[end + size * drop : end + size * position], row, blob[end + size * position : end + size * count],
        tail,
    ))  # fmt: skip


def _spill(state: KeyState, spilled: int | None, newest: int) -> tuple[bytes, int]:
    """Return the bytes behind the rows, with one more time in the buckets of every window that still reaches it.

    Buckets that no window reaches any more are dropped on the way, so their number is bounded. Arrays are worked on
    in place: unpacking to lists and packing again took twice the time on a busy key.
    """
    size, tail = state.bucket_count, state.tail
    if spilled is None and not size:
        return state.blob[tail:], 0
    middle = tail + 8 * size
    codes, counts = array("Q"), array("I")
    codes.frombytes(state.blob[tail:middle])
    counts.frombytes(state.blob[middle : middle + 4 * size])
    low = 0
    for window in WINDOWS:
        base = window.level << 32
        floor = base + max(0, (newest - window.length - LATENESS) // window.grain)
        low = bisect_left(codes, base, low)
        if low < len(codes) and codes[low] <= floor:
            high = bisect_right(codes, floor, low)
            del codes[low:high], counts[low:high]
        if spilled is not None and (code := base + spilled // window.grain) > floor:
            _increment(codes, counts, code, low)
    return codes.tobytes() + counts.tobytes() + state.blob[middle + 4 * size :], len(codes)


def _increment(codes: array[int], counts: array[int], code: int, low: int) -> None:
    i = bisect_left(codes, code, low)
    if i < len(codes) and codes[i] == code:
        counts[i] = min(counts[i] + 1, _COUNT_LIMIT)
    else:
        codes.insert(i, code)
        counts.insert(i, 1)


def judge(blob: bytes, known_at: int, signup: int, code: int | None) -> bytes:
    """Return the state with the outcome of one sign-up set, replaced or (``None``) withdrawn.

    Args:
        blob: State of a key that the sign-up touched.
        known_at: When the outcome became known, in microseconds.
        signup: 32-bit name of the sign-up.
        code: :data:`ABUSIVE`, :data:`LEGITIMATE` or ``None``.
    """
    state = KeyState(blob)
    rows = [row for row in state.outcomes() if row[1] != signup]
    if code is not None:
        rows.append((known_at, signup, code))
        rows.sort()
        del rows[:-OUTCOMES]
    fields = list(_HEADER.unpack_from(blob))
    fields[4] = len(rows)
    body = blob[_SIZE : len(blob) - _OUTCOME.size * state.outcome_count]
    return b"".join((_HEADER.pack(*fields), body, *(_OUTCOME.pack(*row) for row in rows)))


def anonymize(blob: bytes, shorts: Collection[int], values: Collection[int], alone: int) -> bytes | None:
    """Return the state with some sign-ups made nobody's: they count as before, and nothing says whose they are.

    Their times and the counts stay, since other people's velocity is read against them; name, attributes and outcome
    of each become 0 or go. A sign-up that shares its 32-bit name with one of them in the same key (one in 60 million)
    is made nobody's with it.

    Args:
        blob: State of a key.
        shorts: 32-bit names of the sign-ups; 0 stands for no name and is none of them.
        values: 32-bit names of values; a sign-up that shows one of them is meant as well.
        alone: How many sign-ups that are known to be meant touched the key.

    Returns:
        The new bytes, the same object if nothing had to change; ``None`` if nobody else is on the key: it has no more
        sign-ups than ``alone``, or none of those on it can be told from no sign-up any more.
    """
    state = KeyState(blob)
    if state.total <= alone:
        return None
    width, start, end = state.width, state.tail - 4 * state.width * state.recent, state.tail
    rows, blank = list(_ROW[width].iter_unpack(blob[start:end])), (0,) * width
    meant = [row for row in rows if row[0] in shorts or any(value in values for value in row[1:])]
    gone = {row[0] for row in meant if row[0]}.union(shorts)
    kept = [one for one in state.outcomes() if one[1] not in gone]
    if not meant and len(kept) == state.outcome_count:
        return blob
    left = [blank if row in meant else row for row in rows]
    if width > 1 and state.recent == state.total and all(row == blank for row in left):
        return None
    fields = list(_HEADER.unpack_from(blob))
    fields[4] = len(kept)
    buckets = blob[end : len(blob) - _OUTCOME.size * state.outcome_count]
    told = (_ROW[width].pack(*row) for row in left)
    return b"".join((_HEADER.pack(*fields), blob[_SIZE:start], *told, buckets, *(_OUTCOME.pack(*one) for one in kept)))
