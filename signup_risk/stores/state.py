"""Keep what is known of one key in a few hundred bytes, and read windows from it.

The state of a key is a function of the set of sign-ups recorded on it (time, arrival, attributes), not of the
order in which a store happened to apply them: the newest :data:`RECENT` one by one, all older ones in buckets
aligned to the clock. So every store, and every replay of the same history, reads equal numbers. The bytes are
the exchange format of all stores; memory, SQLite and Redis differ in where they put them, not in what they say.

Layout, little endian: header; times (int64), sign-ups (uint32), one column of uint32 per attribute; bucket codes
(uint64, ``level << 32 | index``) and counts (uint32); outcomes.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from typing import Final

from signup_risk.stores.windows import DAYS_30, LATENESS, OUTCOMES, RECENT, RETENTION, WINDOWS, Window

#: Version of the layout; a store refuses to open data of another.
LAYOUT: Final = 1

_HEADER: Final = struct.Struct("<BBHHHqqI")
_OUTCOME: Final = struct.Struct("<qIB")
_COUNT_LIMIT: Final = 0xFFFF_FFFF

ABUSIVE: Final = 1
LEGITIMATE: Final = 2


class KeyState:
    """Give read access to the state of one key.

    Args:
        blob: The stored bytes.

    Attributes:
        blob: The stored bytes.
        first_seen: Time of the first sign-up since the key was last forgotten, in microseconds.
        newest: Time of the newest sign-up, in microseconds.
        total: Sign-ups since ``first_seen``.
    """

    __slots__ = ("_buckets", "_columns", "_outcomes", "blob", "first_seen", "newest", "recent", "times", "total")

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        (_, attributes, recent, buckets, outcomes, self.first_seen, self.newest, self.total) = _HEADER.unpack_from(blob)
        self.recent: int = recent
        end = _HEADER.size + 8 * recent
        self.times = memoryview(blob)[_HEADER.size : end].cast("q")
        self._columns = end
        self._buckets: tuple[int, int] = (end + 4 * recent * (attributes + 1), buckets)
        self._outcomes: tuple[int, int] = (self._buckets[0] + 12 * buckets, outcomes)

    def column(self, index: int) -> memoryview[int]:
        """Return one column of the recent sign-ups: 0 names the sign-up, 1 and up are its attributes."""
        start = self._columns + 4 * self.recent * index
        return memoryview(self.blob)[start : start + 4 * self.recent].cast("I")

    def buckets(self) -> tuple[memoryview[int], memoryview[int]]:
        """Return codes and counts of the buckets, ascending by code."""
        start, count = self._buckets
        view = memoryview(self.blob)
        middle = start + 8 * count
        return view[start:middle].cast("Q"), view[middle : middle + 4 * count].cast("I")

    def outcomes(self) -> list[tuple[int, int, int]]:
        """Return the reported outcomes as (known at, sign-up, code), ascending by time."""
        start, count = self._outcomes
        return list(_OUTCOME.iter_unpack(self.blob[start : start + _OUTCOME.size * count]))

    def forgotten(self, clock: int) -> bool:
        """Tell whether the key had been silent too long when the store's clock showed ``clock``."""
        return clock - self.newest > RETENTION

    def span(self, window: Window, at: int) -> tuple[int, int]:
        """Return the positions of the recent sign-ups that lie in the window."""
        times = self.times
        high = self.recent if self.newest <= at else bisect_right(times, at)
        return bisect_right(times, at - window.length, 0, high), high

    def bucketed(self, window: Window, at: int) -> int:
        """Count the older sign-ups of the window, in whole buckets."""
        if not self._buckets[1]:
            return 0
        codes, counts = self.buckets()
        base = window.level << 32
        low = bisect_right(codes, base | max(0, (at - window.length) // window.grain))
        return sum(counts[low : bisect_right(codes, base | (at // window.grain))])


def record(blob: bytes | None, at: int, signup: int, attributes: tuple[int, ...]) -> bytes:
    """Return the state with one more sign-up.

    Args:
        blob: State so far, or ``None`` for a key not seen or forgotten.
        at: Event time in microseconds.
        signup: 32-bit name of the sign-up.
        attributes: 32-bit names of what else the sign-up shows on this key; 0 is unknown.

    Returns:
        The new state. A sign-up older than every window of the key leaves it as it was.
    """
    if blob is None:
        return _fresh(at, signup, attributes)
    state = KeyState(blob)
    horizon = max(at, state.newest) - DAYS_30.length - LATENESS
    if at <= horizon:
        return blob
    return _insert(state, at, signup, attributes, horizon)


def _fresh(at: int, signup: int, attributes: tuple[int, ...]) -> bytes:
    head = _HEADER.pack(LAYOUT, len(attributes), 1, 0, 0, at, at, 1)
    return head + struct.pack(f"<q{1 + len(attributes)}I", at, signup, *attributes)


def _insert(state: KeyState, at: int, signup: int, attributes: tuple[int, ...], horizon: int) -> bytes:
    position = bisect_right(state.times, at)
    drop = bisect_right(state.times, horizon)  # what no window can reach any more
    spilled: tuple[int, ...] = ()
    keep_new = True
    if state.recent - drop >= RECENT:
        if position == drop:  # older than all that are kept one by one
            spilled, keep_new = (at,), False
        else:
            spilled, drop = (state.times[drop],), drop + 1
    columns = _insert_columns(state, (signup, *attributes), drop, position, keep_new=keep_new)
    times = _splice(state.times.tobytes(), 8, drop, position, struct.pack("<q", at) if keep_new else b"")
    newest = max(at, state.newest)
    codes, counts, buckets = _spill(state, spilled, newest)
    start, outcomes = state._outcomes  # noqa: SLF001 - writer and reader of one layout
    head = _HEADER.pack(
        LAYOUT, len(attributes), len(times) // 8, buckets, outcomes, min(at, state.first_seen), newest,
        min(state.total + 1, _COUNT_LIMIT),
    )  # fmt: skip
    tail = state.blob[start : start + _OUTCOME.size * outcomes]
    return b"".join((head, times, *columns, codes, counts, tail))


def _insert_columns(
    state: KeyState, values: tuple[int, ...], drop: int, position: int, *, keep_new: bool
) -> list[bytes]:
    return [
        _splice(state.column(i).tobytes(), 4, drop, position, struct.pack("<I", value) if keep_new else b"")
        for i, value in enumerate(values)
    ]


def _splice(column: bytes, width: int, drop: int, position: int, item: bytes) -> bytes:
    return column[width * drop : width * position] + item + column[width * position :]


def _spill(state: KeyState, times: tuple[int, ...], newest: int) -> tuple[bytes, bytes, int]:
    """Count ``times`` in the buckets of every window and forget buckets that no window reaches."""
    if not times and not state._buckets[1]:  # noqa: SLF001
        return b"", b"", 0
    code_view, count_view = state.buckets()
    codes, counts = code_view.tolist(), count_view.tolist()
    for window in WINDOWS:
        floor = window.level << 32 | max(0, (newest - window.length - LATENESS) // window.grain)
        for at in times:
            _increment(codes, counts, window.level << 32 | at // window.grain, floor)
        low, high = bisect_left(codes, window.level << 32), bisect_right(codes, floor)
        if low < high:
            del codes[low:high], counts[low:high]
    return struct.pack(f"<{len(codes)}Q", *codes), struct.pack(f"<{len(counts)}I", *counts), len(codes)


def _increment(codes: list[int], counts: list[int], code: int, floor: int) -> None:
    if code <= floor:
        return
    i = bisect_left(codes, code)
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
    start, _ = state._outcomes  # noqa: SLF001 - writer and reader of one layout
    fields = list(_HEADER.unpack_from(blob))
    fields[4] = len(rows)
    body = blob[_HEADER.size : start]
    return b"".join((_HEADER.pack(*fields), body, *(_OUTCOME.pack(*row) for row in rows)))
