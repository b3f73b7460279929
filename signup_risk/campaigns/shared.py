"""Say what the members of a campaign have in common, and how much more often than all traffic has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signup_risk.campaigns.campaign import moment
from signup_risk.campaigns.settled import VALUES, Settled, share_of
from signup_risk.campaigns.sighting import Sighting
from signup_risk.campaigns.words import in_words
from signup_risk.features.kinds import KIND
from signup_risk.features.reading import Velocity

#: Members behind a value before it is named: fewer could be one household.
LEAST_MEMBERS: Final = 5

#: Share of the members that show a value, and how many times the usual share that is, for the value to be named.
_SHARE: Final = 0.5
LIFT: Final = 3.0

#: Values named.
NAMED: Final = 6

#: Values that are counted where they are not shared: a farm's domains, networks and screens are few.
COUNTED: Final = {"email_domain": "domains", "asn": "network operators", "screen": "screens", "issuer": "card issuers"}


def shared_in_words(sighting: Sighting, velocity: Velocity, records: Sequence[Settled]) -> list[str]:
    """Return what the members known at the time share, most over-represented first.

    It is said once, of the few that are there when a cell is found, and so it says of how many and when.

    Args:
        sighting: The sign-up that proved the campaign, itself a member.
        velocity: What the store knew before it, all traffic included.
        records: The other members.
    """
    if len(records) + 1 < LEAST_MEMBERS:
        return []
    found = []
    known = f"{len(records) + 1} known on {_day(sighting.at)}"
    for value in VALUES:
        name = sighting.names.get(value, 0)
        share = share_of(value, name, records) if name else 0.0
        if share < _SHARE or share * len(records) < LEAST_MEMBERS - 1:
            continue
        usual = velocity.usual_share(value) if value in KIND else None
        if usual is None or share < LIFT * usual:
            continue
        words = in_words(value, sighting.public.get(value))
        found.append((share / usual, f"{words}: {share:.0%} of the {known}, {usual_in_words(usual)} then"))
    found.sort(reverse=True)
    return [text for _, text in found[:NAMED]] + _counted(sighting, records)


def usual_in_words(share: float) -> str:
    """Say how much of all traffic shows a value."""
    return f"{share:.1%} of all" if share >= 0.0005 else "under 0.1% of all"


def _day(at: int) -> str:
    return f"{moment(at):%Y-%m-%d}"


def _counted(sighting: Sighting, records: Sequence[Settled]) -> list[str]:
    told = []
    for value, words in COUNTED.items():
        place = VALUES.index(value)
        known = [record.values[place] for record in records if record.values[place]]
        if sighting.names.get(value):
            known.append(sighting.names[value])
        if len(known) >= LEAST_MEMBERS and 1 < len(set(known)) <= len(known) / 3:
            told.append(f"{len(set(known))} {words} among the {len(known)} known on {_day(sighting.at)}")
    return told
