"""Keep what is known of campaigns: an ordered journal that every process folds alike, and settled sign-ups.

Velocity is a function of what was recorded; campaigns are a story, and a story is kept as its events in their order.
Each process that shares a store reads the entries it has not seen and arrives at the same campaigns; what an analyst
decides is one more entry, so it can be traced and taken back. Entries are JSON of this library's own making
(:mod:`signup_risk.campaigns.entries`) and hold keyed hashes and values that many sign-ups share, never a person's.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from itertools import islice, takewhile
from typing import Final, NamedTuple, Protocol, runtime_checkable

from signup_risk.stores.windows import DAY

#: For how long settled sign-ups and marks are kept: the seven days that a campaign is read from, and a day more.
SETTLED_FOR: Final = 8 * DAY

#: For how long the rest of the journal is kept, in event time.
KEPT_FOR: Final = 90 * DAY


class JournalEntry(NamedTuple):
    """Hold one entry.

    Attributes:
        at: Event time in microseconds, by which entries grow old.
        brief: Whether it is needed for :data:`SETTLED_FOR` only.
        content: JSON.
    """

    at: int
    brief: bool
    content: bytes


class Journal(Protocol):
    """Keep entries in the order in which they were appended, and one record a settled sign-up.

    Safe under threads and, where the store is shared, processes; errors are
    :class:`~signup_risk.errors.StoreError`. ``timeout`` is in seconds.
    """

    def append(self, entries: Sequence[JournalEntry], *, timeout: float | None = None) -> None:
        """Append entries in one atomic step."""

    def since(self, number: int, *, timeout: float | None = None) -> list[tuple[int, bytes]]:
        """Return numbers and contents of the entries after a number, ascending; numbers only grow."""

    def settle(self, short: int, at: int, record: bytes, *, timeout: float | None = None) -> None:
        """Keep the record of a sign-up under its 32-bit name; a later one under the same name replaces it."""

    def settled(self, shorts: Sequence[int], *, timeout: float | None = None) -> dict[int, bytes]:
        """Return the records of those sign-ups that have one."""

    def trim(self, at: int, *, limit: int | None = None, timeout: float | None = None) -> int:
        """Forget what is too old at a moment; return how many entries and records went.

        With a limit at most about so many entries and records are looked at, and later calls go on: everything at once
        would hold up a sign-up for as long as the journal is large. What came in the order of time is then forgotten
        in its order.
        """

    def close(self) -> None:
        """Release what is held. A second call does nothing."""


@runtime_checkable
class ErasableJournal(Journal, Protocol):
    """Change what has been written, for the right to erasure and nothing else.

    An implementation runs :class:`signup_risk.stores.journal_contract.JournalErasureContract` against itself.
    """

    def amend(self, changes: Mapping[int, bytes | None], *, timeout: float | None = None) -> int:
        """Put other contents under the numbers of entries, or (``None``) remove these; return how many were there.

        Numbers and order stay. Entries that are appended or trimmed meanwhile are neither lost nor brought back.
        """

    def unsettle(self, shorts: Collection[int], *, timeout: float | None = None) -> int:
        """Forget the records of settled sign-ups; return how many were there."""


class MemoryJournal:
    """Keep a journal in the process.

    Examples:
        >>> journal = MemoryJournal()
        >>> journal.append([JournalEntry(0, False, b"{}")])
        >>> journal.since(0), journal.since(1)
        ([(1, b'{}')], [])
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._entries: dict[bool, dict[int, JournalEntry]] = {False: {}, True: {}}
        self._settled: dict[int, tuple[int, bytes]] = {}

    def append(self, entries: Sequence[JournalEntry], *, timeout: float | None = None) -> None:
        """See :meth:`Journal.append`."""
        del timeout
        with self._lock:
            for entry in entries:
                self._number += 1
                self._entries[entry.brief][self._number] = entry

    def since(self, number: int, *, timeout: float | None = None) -> list[tuple[int, bytes]]:
        """See :meth:`Journal.since`."""
        del timeout
        if number >= self._number:
            return []
        with self._lock:
            new = [takewhile(lambda own: own > number, reversed(held)) for held in self._entries.values()]
            found = sorted(own for part in new for own in part)
            return [(own, self._content(own)) for own in found]

    def settle(self, short: int, at: int, record: bytes, *, timeout: float | None = None) -> None:
        """See :meth:`Journal.settle`."""
        del timeout
        with self._lock:
            self._settled.pop(short, None)  # so that the oldest stand first
            self._settled[short] = (at, record)

    def settled(self, shorts: Sequence[int], *, timeout: float | None = None) -> dict[int, bytes]:
        """See :meth:`Journal.settled`."""
        del timeout
        with self._lock:
            held = self._settled
            return {short: held[short][1] for short in shorts if short in held}

    def trim(self, at: int, *, limit: int | None = None, timeout: float | None = None) -> int:
        """See :meth:`Journal.trim`."""
        del timeout
        with self._lock:
            settled = [short for short, row in islice(self._settled.items(), limit) if row[0] <= at - SETTLED_FOR]
            for short in settled:
                del self._settled[short]
            gone = len(settled)
            for brief, held in self._entries.items():
                horizon = at - (SETTLED_FOR if brief else KEPT_FOR)
                old = [number for number, entry in islice(held.items(), limit) if entry.at <= horizon]
                for number in old:
                    del held[number]
                gone += len(old)
        return gone

    def amend(self, changes: Mapping[int, bytes | None], *, timeout: float | None = None) -> int:
        """See :meth:`ErasableJournal.amend`."""
        del timeout
        found = 0
        with self._lock:
            for held in self._entries.values():
                for number in changes.keys() & held.keys():
                    found, content = found + 1, changes[number]
                    if content is None:
                        del held[number]
                    else:
                        held[number] = held[number]._replace(content=content)
        return found

    def unsettle(self, shorts: Collection[int], *, timeout: float | None = None) -> int:
        """See :meth:`ErasableJournal.unsettle`."""
        del timeout
        with self._lock:
            return sum(self._settled.pop(short, None) is not None for short in set(shorts))

    def _content(self, number: int) -> bytes:
        entry = self._entries[False].get(number) or self._entries[True][number]
        return entry.content

    def close(self) -> None:
        """See :meth:`Journal.close`."""
