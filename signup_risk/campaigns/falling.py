"""Say how many members fall in the cells of a campaign, whether or not the cells were known when they joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from signup_risk.campaigns.campaign import CampaignRecord
from signup_risk.campaigns.entries import Cell, cell_name
from signup_risk.campaigns.settled import VALUES, Settled
from signup_risk.features.kinds import KIND


def falls(record: CampaignRecord, settled: Mapping[int, Settled]) -> Counter[int]:
    """Return the number of members in each cell, by the key of the cell.

    A member falls in a cell if it was found in it when it joined, or if it shows the same values as one that was: the
    records of sign-ups are kept for eight days. Members of whom neither is known are not counted.

    Args:
        record: The campaign.
        settled: Records of its members by their 32-bit names, of those that still have one.
    """
    return Counter({cell.key: _fall(record, cell, settled) for cell in record.cells.values()})


def _fall(record: CampaignRecord, cell: Cell, settled: Mapping[int, Settled]) -> int:
    name = cell_name(cell.key)
    members = record.members.values()
    inside = {member.short for member in members if member.via == cell.key or name in member.cells}
    places = [VALUES.index(value) for value in KIND[cell.kind].values]
    # Two cells share a short name now and then; the key that a member came through is sure.
    shown = {_shown(settled[one.short], places) for one in members if one.via == cell.key and one.short in settled}
    alike = {short for short, one in settled.items() if short in record.members and _shown(one, places) in shown}
    return len(inside | alike)


def _shown(settled: Settled, places: list[int]) -> tuple[int, ...]:
    return tuple(settled.values[place] for place in places)
