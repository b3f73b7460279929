"""Find and erase what the journal of campaigns keeps of some sign-ups."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from signup_risk.campaigns.entries import Member, member_of, read, write
from signup_risk.campaigns.settled import Settled, unpack
from signup_risk.stores.journal import ErasableJournal, Journal


@dataclass(frozen=True, slots=True)
class Trail:
    """Hold what the journal keeps of some sign-ups.

    Attributes:
        settled: What is kept of each to look back at it.
        members: Memberships: the campaign that was joined, when, and as whom.
        marks: How many of them are noted as marks.
        changes: What has to stand in the journal instead, by number of the entry; None for nothing.
    """

    settled: tuple[Settled, ...]
    members: tuple[tuple[str, int, Member], ...]
    marks: int
    changes: dict[int, bytes | None]


def find(journal: Journal, names: Collection[int]) -> Trail:
    """Look through the journal for sign-ups.

    Members and settled sign-ups are told by their 63-bit names. A mark has 32 bits of its name only: in a journal with
    a million marks, one in 4,000 sign-ups shares them with somebody else's mark, which then goes as well.

    Args:
        journal: The journal.
        names: 63-bit names of the sign-ups.

    Raises:
        StoreError: The journal fails.
    """
    wanted, shorts = frozenset(names), {name & 0xFFFF_FFFF for name in names}
    records = map(unpack, journal.settled(sorted(shorts)).values())
    settled = tuple(record for record in records if record is not None and record.name in wanted)
    members, marks, changes = list[tuple[str, int, Member]](), 0, dict[int, bytes | None]()
    for number, content in journal.since(0) if wanted else ():
        told = read(content)
        if told["t"] == "mark" and told["s"] in shorts:
            marks, changes[number] = marks + 1, None
        elif told["t"] == "join":
            own = [one for one in map(member_of, told["m"]) if one.name in wanted]
            if own:
                members += [(told["c"], told["at"], one) for one in own]
                rest = [one for one in told["m"] if one[0] not in wanted]
                changes[number] = write(told | {"m": rest}) if rest else None
    return Trail(settled, tuple(members), marks, changes)


def erase(journal: ErasableJournal, trail: Trail) -> None:
    """Erase what was found.

    Raises:
        StoreError: The journal fails; the rest is found again.
    """
    journal.amend(trail.changes)
    journal.unsettle([settled.name & 0xFFFF_FFFF for settled in trail.settled])
