"""Find the cells of a mark that are proven to hold more marks than an honest cell would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from signup_risk.campaigns.evidence import CHANCE, chance_bar, crowd_bar, crowd_bound, evidence
from signup_risk.campaigns.sighting import Sighting
from signup_risk.features.kinds import KINDS
from signup_risk.features.reading import Velocity
from signup_risk.stores import DAYS_7, DAYS_30, HOURS_24

#: Kinds of key that no cell is made of: all traffic, and keys that one person has by right.
_NO_CELLS: Final = frozenset({"all", "email", "email_stem", "phone", "name"})

#: Kinds of cell, each tested at every mark.
CELL_KINDS: Final = tuple(kind.name for kind in KINDS if kind.name not in _NO_CELLS)

#: Fewest members and marks of a cell that is looked at.
LEAST_SIZE: Final = 5
LEAST_MARKS: Final = 3

#: Heat of a cell: standard deviations above its own past, in a day or a week. What always ran like this is probably
#: how the site is, whoever uses it; so a cell that is not hot needs so many more bits against a crowd. A farm that
#: runs evenly for weeks is its cells' own past and never hot again.
HOT: Final = 3.3
COLD_BITS: Final = 4.0


@dataclass(frozen=True, slots=True)
class FoundCell:
    """Hold a cell that beat both nulls.

    Attributes:
        kind: Kind of key.
        key: 63-bit keyed hash.
        bits: Evidence against chance.
        shorts: 32-bit names of its recent sign-ups, the present one included.
        marked: Those of them that are marks.
        first_at: When the first of them came.
    """

    kind: str
    key: int
    bits: float
    shorts: tuple[int, ...]
    marked: tuple[int, ...]
    first_at: int


def proven_cells(
    sighting: Sighting, velocity: Velocity, marks: Mapping[int, int], allowed_weekly: float
) -> list[FoundCell]:
    """Return the proven cells of a mark, strongest first.

    Args:
        sighting: The mark.
        velocity: What the store knew before it.
        marks: Earlier marks by 32-bit name.
        allowed_weekly: False campaigns allowed a week, in expectation.
    """
    weekly = velocity.traffic(DAYS_7)
    bars = chance_bar(weekly, len(CELL_KINDS), allowed_weekly), crowd_bar(weekly, allowed_weekly)
    found = []
    for kind, key in sighting.keys:
        if kind not in _NO_CELLS:
            cell = _tested(kind, key, sighting, velocity, marks, bars)
            if cell is not None:
                found.append(cell)
    return sorted(found, key=lambda cell: (-cell.bits, cell.kind))


def _tested(  # noqa: PLR0913 - a cell, and what it is tested with
    kind: str, key: int, sighting: Sighting, velocity: Velocity, marks: Mapping[int, int], bars: tuple[float, float]
) -> FoundCell | None:
    earlier = velocity.members(kind, DAYS_7)
    size = len(earlier) + 1
    if size < LEAST_SIZE:
        return None
    marked = [short for short in earlier if short in marks]
    count = len(marked) + 1
    if count < LEAST_MARKS:
        return None
    bits, against_crowd = evidence(count, size, CHANCE), evidence(count, size, crowd_bound(kind))
    if bits < bars[0] or against_crowd < bars[1] + (0.0 if is_hot(kind, velocity) else COLD_BITS):
        return None
    own = sighting.short
    return FoundCell(kind, key, bits, (*earlier, own), (*marked, own), velocity.first_at(kind, DAYS_7))


def is_hot(kind: str, velocity: Velocity) -> bool:
    """Say whether a cell runs hotter than its own past and present traffic explain."""
    heats = (velocity.surprise(kind, HOURS_24, DAYS_30), velocity.surprise(kind, DAYS_7, DAYS_30))
    return any(heat is not None and heat >= HOT for heat in heats)
