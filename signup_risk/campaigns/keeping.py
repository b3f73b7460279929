"""Tell a living campaign anew before the journal forgets how it opened, so that it outlives the journal's ninety days.

What the journal says of campaigns goes after ninety days, members with it. A campaign that lives longer, or on which an
analyst has ruled, is told again every thirty days as a whole, without its members; a process that starts then knows it
as those do that have run all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from signup_risk.campaigns.campaign import CampaignRecord
from signup_risk.campaigns.entries import cell_of, whole
from signup_risk.stores.journal import KEPT_FOR, JournalEntry

_EVERY: Final = KEPT_FOR // 3

#: Campaigns told at once, so that the sign-up that tells them is not held up.
_MOST: Final = 16


def due(records: Iterable[CampaignRecord], at: int) -> list[JournalEntry]:
    """Return the entries that tell campaigns anew: of those that live or were ruled on, and were not told for long.

    Args:
        records: The campaigns.
        at: The moment, in microseconds.
    """
    waiting = [
        record
        for record in records
        if max(record.kept_at, record.opened_at) <= at - _EVERY
        and record.merged_into is None
        and (record.ruling != "none" or record.last_seen > at - KEPT_FOR)
    ]
    return [_told(record, at) for record in waiting[:_MOST]]


def _told(record: CampaignRecord, at: int) -> JournalEntry:
    return whole(
        at,
        record.id,
        opened=record.opened_at,
        first=record.first_seen,
        last=record.last_seen,
        cells=[cell.to_list() for cell in record.cells.values()],
        shared=list(record.shared),
        title=record.title,
        ruling=record.ruling,
        until=record.until,
        vouched=sorted(record.vouched),
        reopened=record.reopened,
    )


def record_of(told: Mapping[str, Any]) -> CampaignRecord:
    """Return the campaign that an entry tells, still without members."""
    cells = map(cell_of, told["cells"])
    return CampaignRecord(
        told["c"],
        told["opened"],
        told["first"],
        told["last"],
        cells={cell.key: cell for cell in cells},
        shared=tuple(told["shared"]),
        title=told["title"],
        ruling=told["ruling"],
        until=told["until"],
        vouched=set(told["vouched"]),
        reopened=told["reopened"],
        kept_at=told["at"],
    )
