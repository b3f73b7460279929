"""Find groups in two plain ways, to set beside campaigns: shared identifiers, and alike shapes, day by day."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from signup_risk.training.coordination.stream import Stream

#: Members from which on a group raises the alarm.
LEAST: Final = 10

_DAY_US: Final = 86_400_000_000
_SHARED: Final = ("ip", "device", "card", "phone", "network+agent")
_SHAPES: Final = ("domain", "shape", "agent", "locale", "form")

#: MinHash (Broder 1997): bands of rows. Two sign-ups with Jaccard similarity s meet in a band with 1 - (1 - s^3)^4.
_BANDS: Final = 4
_ROWS: Final = 3

Keys = Callable[[dict[str, str]], list[tuple[str, str]]]


def shared_keys(values: dict[str, str]) -> list[tuple[str, str]]:
    """Return the identifiers of a sign-up: who shares one is connected."""
    return [(name, values[name]) for name in _SHARED if name in values]


def alike_shapes(values: dict[str, str]) -> list[tuple[str, str]]:
    """Return the MinHash bands of a sign-up's shapes: who shares one is alike."""
    tokens = [f"{name}={values[name]}".encode() for name in _SHAPES if name in values]
    if not tokens:
        return []
    least = [min(zlib.crc32(token, seed) for token in tokens) for seed in range(_BANDS * _ROWS)]
    return [(f"band {band}", str(least[band * _ROWS : (band + 1) * _ROWS])) for band in range(_BANDS)]


def groups_by_day(stream: Stream, keys: Keys) -> Iterator[tuple[int, list[int]]]:
    """Yield groups as they reach the least size, and once more at the end of each day.

    Yields:
        The moment in microseconds, and the rows of the group at that moment. At the end of the day the moment is -1.
    """
    days: dict[int, list[int]] = defaultdict(list)
    for row, at in enumerate(stream.times):
        days[at // _DAY_US].append(row)
    for rows in days.values():
        yield from _of_day(stream, rows, keys)


def _of_day(stream: Stream, rows: list[int], keys: Keys) -> Iterator[tuple[int, list[int]]]:
    parts = _Parts()
    for row in rows:
        part = parts.add(row, keys(stream.values[row]))
        if len(part) >= LEAST and id(part) not in parts.told:
            parts.told.add(id(part))
            yield stream.times[row], list(part)
    for part in parts.all():
        if len(part) >= LEAST:
            yield -1, part


class _Parts:
    """Hold connected parts; the smaller is moved into the larger."""

    def __init__(self) -> None:
        self._of_key: dict[tuple[str, str], list[int]] = {}
        self._keys: dict[int, list[tuple[str, str]]] = {}
        self._parts: dict[int, list[int]] = {}
        self.told: set[int] = set()

    def add(self, row: int, keys: list[tuple[str, str]]) -> list[int]:
        touched = {id(part): part for key in keys if (part := self._of_key.get(key)) is not None}
        whole = max(touched.values(), key=len, default=None)
        if whole is None:
            whole = []
            self._parts[id(whole)] = whole
        for part in touched.values():
            if part is not whole:
                self._move(part, whole)
        whole.append(row)
        self._keys[row] = keys
        for key in keys:
            self._of_key[key] = whole
        return whole

    def _move(self, part: list[int], whole: list[int]) -> None:
        for row in part:
            for key in self._keys[row]:
                self._of_key[key] = whole
        whole.extend(part)
        # A part that raised the alarm has raised it for the whole.
        if id(part) in self.told:
            self.told.add(id(whole))
        part.clear()

    def all(self) -> list[list[int]]:
        return list(self._parts.values())
