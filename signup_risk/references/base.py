"""Say what every reference shares: where it comes from, how old it is, and when it stops being believed.

A reference is read-only data from outside. Its answers have three values: yes, no, and ``None`` for unknown.
Data past its ``stale_after`` answers unknown, never "clean". Age is judged against the time of the sign-up,
so that scoring last year's file gives last year's answers; nothing here reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

Status = Literal["ok", "expired", "absent"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
NEVER_US: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReferenceInfo:
    """Describe one loaded, or missing, reference.

    Attributes:
        name: Name of the reference, as in ``degraded`` after ``references.``.
        source: Where the data comes from: a package, a publisher, "self-written", "user file".
        version: Version as the source states it; empty if it states none.
        as_of: Day of which the data is true, as far as its source says.
        licence: Licence under which it is used; "user's own" for a user's file.
        sha256: Hash of the file; empty if there is no single file to hash.
        stale_after: Last day on which the data is believed; ``None`` for data that does not age.
        rows: Number of entries, where it is known without counting.
        path: File that it was read from; empty if there is none.
        status: ``ok``, ``expired`` (see :meth:`at`) or ``absent``.
        required: Whether its absence degrades an assessment. Optional data that nobody configured does not.
        note: Why it is absent, or why another file than expected is used.
    """

    name: str
    source: str = ""
    version: str = ""
    as_of: date | None = None
    licence: str = ""
    sha256: str = ""
    stale_after: date | None = None
    rows: int | None = None
    path: str = ""
    status: Status = "ok"
    required: bool = True
    note: str = ""

    @property
    def expires_us(self) -> int:
        """Return the first moment at which the data is no longer believed, in microseconds."""
        return first_stale_us(self.stale_after)

    def at(self, at_us: int) -> ReferenceInfo:
        """Return the description as it is at a moment, with ``expired`` as status where that is so.

        Examples:
            >>> info = ReferenceInfo("free_mail", stale_after=date(2027, 1, 31))
            >>> info.at(at_us=first_stale_us(date(2027, 1, 31)) - 1).status
            'ok'
            >>> info.at(at_us=first_stale_us(date(2027, 1, 31))).status
            'expired'
        """
        if self.status == "ok" and at_us >= self.expires_us:
            return replace(self, status="expired")
        return self

    def is_usable(self, at_us: int) -> bool:
        """Return whether an answer can be given at a moment."""
        return self.status == "ok" and at_us < self.expires_us


def absent(name: str, note: str, *, required: bool = True) -> ReferenceInfo:
    """Describe a reference that could not be loaded, or that nobody configured."""
    return ReferenceInfo(name, status="absent", required=required, note=note)


def first_stale_us(stale_after: date | None) -> int:
    """Return the moment at which the day after ``stale_after`` begins in UTC.

    Examples:
        >>> first_stale_us(date(1970, 1, 1))
        86400000000
    """
    if stale_after is None:
        return NEVER_US
    midnight = datetime(stale_after.year, stale_after.month, stale_after.day, tzinfo=UTC)
    return (midnight + timedelta(days=1) - _EPOCH) // _MICROSECOND
