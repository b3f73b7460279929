"""Keep of a scored sign-up what is needed to look back at it, in some 150 bytes without a readable identifier."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from signup_risk.campaigns.sighting import Sighting
from signup_risk.features.kinds import INPUTS
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import DecisionName
from signup_risk.stores.hashing import Hasher

#: Version of the layout; a record of another is not read.
LAYOUT: Final = 1

#: The values whose names are kept, in this order.
VALUES: Final = tuple(INPUTS)

_HEAD: Final = struct.Struct(f"<BBqqd{len(VALUES)}I")
_UNKNOWN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Settled:
    """Hold a sign-up as it was scored.

    Attributes:
        at: Event time in microseconds.
        name: 63-bit keyed hash of its id.
        fpr: Share of legitimate sign-ups that score at least this high; None if unknown.
        decision: What was decided.
        values: 32-bit names of its values, in the order of :data:`VALUES`; 0 is unknown.
        sealed: Its id, readable under the secret only.
    """

    at: int
    name: int
    fpr: float | None
    decision: DecisionName
    values: tuple[int, ...]
    sealed: bytes

    def signup_id(self, hasher: Hasher) -> str:
        """Return the id of the sign-up."""
        return hasher.unseal(self.name, self.sealed)


def pack(sighting: Sighting, decision: DecisionName, hasher: Hasher) -> bytes:
    """Return the record of a sign-up that has an id."""
    fpr = _UNKNOWN if sighting.fpr is None else sighting.fpr
    values = [sighting.names.get(value, 0) for value in VALUES]
    head = _HEAD.pack(LAYOUT, OUTCOMES.index(decision), sighting.at, sighting.name, fpr, *values)
    return head + hasher.seal(sighting.name, sighting.signup_id or "")


def unpack(record: bytes) -> Settled | None:
    """Read a record; None if it is of another layout or damaged."""
    if len(record) < _HEAD.size or record[0] != LAYOUT or record[1] >= len(OUTCOMES):
        return None
    _, decision, at, name, fpr, *values = _HEAD.unpack_from(record)
    known = None if fpr != fpr else fpr  # noqa: PLR0124 - NaN alone differs from itself
    return Settled(at, name, known, OUTCOMES[decision], tuple(values), record[_HEAD.size :])


def share_of(value: str, name: int, records: Sequence[Settled]) -> float:
    """Return the share of records that show a value, among those that show any of its kind; 0 without any."""
    place = VALUES.index(value)
    known = [record.values[place] for record in records if record.values[place]]
    return known.count(name) / len(known) if known else 0.0
