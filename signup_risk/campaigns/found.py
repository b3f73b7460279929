"""Hold a campaign as an analyst gets it: complete, readable, and no longer changing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from signup_risk.campaigns.campaign import CampaignRecord, Suggest, moment
from signup_risk.campaigns.entries import Member
from signup_risk.campaigns.words import cell_in_words
from signup_risk.results import CampaignStatus, DecisionName
from signup_risk.stores import Hasher


@dataclass(frozen=True, slots=True)
class FoundCell:
    """Hold a combination that made a campaign known.

    Attributes:
        kind: Kind of key, ``email_form+email_domain``.
        key: 63-bit keyed hash of kind and values; means something under the same secret only.
        values: Values that are nobody's own, by name.
        bits: Evidence that it is no chance, when it was found.
        members: Members that fall in it. Where no history is read again, those of whom it is known: all that came in
            the last eight days, and of earlier ones those that joined after it was found.
        total: Sign-ups of all traffic that fall in it, for as long as keys are remembered.
    """

    kind: str
    key: int
    values: Mapping[str, str]
    bits: float
    members: int
    total: int = 0

    @property
    def words(self) -> str:
        """Say the combination."""
        return cell_in_words(self.kind, self.values)

    @property
    def telling(self) -> float:
        """Return how much the cell tells of the campaign, to compare cells: members in it, times their share of it."""
        return self.members * self.members / self.total if self.total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON values."""
        return {
            "kind": self.kind,
            "key": self.key,
            "values": dict(self.values),
            "words": self.words,
            "bits": self.bits,
            "members": self.members,
            "total": self.total,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a cell."""
        return cls(told["kind"], told["key"], dict(told["values"]), told["bits"], told["members"], told["total"])


@dataclass(frozen=True, slots=True)
class FoundMember:
    """Hold a member.

    Attributes:
        signup_id: Id of the sign-up.
        at: When it happened.
        probability: Joint probability of account and campaign.
        is_mark: Whether its own score was very high.
        decision: What had been decided about it when it joined.
        via: Key of the cell that it came through.
    """

    signup_id: str
    at: datetime
    probability: float
    is_mark: bool
    decision: str
    via: int

    @classmethod
    def of(cls, member: Member, hasher: Hasher) -> Self:
        """Return a member of the book with its id read."""
        signup_id = hasher.unseal(member.name, bytes.fromhex(member.sealed))
        at = moment(member.at)
        return cls(signup_id, at, member.probability, member.is_mark, member.decision, member.via)

    def to_dict(self) -> dict[str, Any]:
        """Return the member as JSON values."""
        return {
            "signup_id": self.signup_id,
            "at": self.at.isoformat(),
            "probability": self.probability,
            "is_mark": self.is_mark,
            "decision": self.decision,
            "via": self.via,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a member."""
        return cls(
            told["signup_id"],
            datetime.fromisoformat(told["at"]),
            told["probability"],
            told["is_mark"],
            told["decision"],
            told["via"],
        )


@dataclass(frozen=True, slots=True)
class FoundCampaign:
    """Hold a campaign.

    Attributes:
        id: Its id.
        title: What an analyst calls it, or empty.
        status: How it stood at the end of what was read.
        opened_at: When it was found.
        first_seen: When its first member came.
        last_seen: When its newest member came.
        reopened: How often it was quiet and came back.
        shared: What its members have in common, in words: of all, where a history was read again; else of those known
            when its cells were found.
        cells: Its cells.
        members: Its members in the order of time.
        suggested: What is suggested for its members as a whole.
    """

    id: str
    title: str
    status: CampaignStatus
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    reopened: int
    shared: tuple[str, ...]
    cells: tuple[FoundCell, ...]
    members: tuple[FoundMember, ...]
    suggested: DecisionName = "review"

    @property
    def size(self) -> int:
        """Return the number of members."""
        return len(self.members)

    @property
    def signature(self) -> str:
        """Say the three cells that tell most of it: that most of its members fall in, and hardly anybody else."""
        found = sorted(self.cells, key=lambda cell: (-cell.telling, -cell.bits, cell.kind))
        return "; ".join(dict.fromkeys(cell.words for cell in found[:3]))

    @classmethod
    def of(  # noqa: PLR0913 - a record, and what has to be looked up for it
        cls,
        record: CampaignRecord,
        hasher: Hasher,
        at: int,
        totals: Mapping[int, int],
        falls: Mapping[int, int],
        suggest: Suggest,
    ) -> Self:
        """Return a campaign of the book as it stands at a moment.

        Args:
            record: The campaign.
            hasher: Reads the ids of its members.
            at: The moment, in microseconds.
            totals: Sign-ups of all traffic by the key of a cell.
            falls: Members that fall in a cell, by its key.
            suggest: What a probability and a false-positive rate call for.
        """
        members = sorted(record.members.values(), key=lambda member: (member.at, member.name))
        return cls(
            id=record.id,
            title=record.title,
            status=record.status(at),
            opened_at=moment(record.opened_at),
            first_seen=moment(record.first_seen),
            last_seen=moment(record.last_seen),
            reopened=record.reopened,
            shared=record.shared,
            cells=tuple(
                FoundCell(
                    cell.kind,
                    cell.key,
                    cell.values,
                    cell.bits,
                    falls.get(cell.key, 0),
                    totals.get(cell.key, 0),
                )
                for cell in record.cells.values()
            ),
            members=tuple(FoundMember.of(member, hasher) for member in members),
            suggested=suggest(record.probability, None, confirmed=record.status(at) == "confirmed"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the campaign as JSON values."""
        return {
            "id": self.id,
            "title": self.title,
            "status": self.status,
            "opened_at": self.opened_at.isoformat(),
            "first_seen": self.first_seen.isoformat(),
            "last_seen": self.last_seen.isoformat(),
            "reopened": self.reopened,
            "size": self.size,
            "suggested": self.suggested,
            "signature": self.signature,
            "shared": list(self.shared),
            "cells": [cell.to_dict() for cell in self.cells],
            "members": [member.to_dict() for member in self.members],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a campaign."""
        return cls(
            id=told["id"],
            title=told["title"],
            status=told["status"],
            opened_at=datetime.fromisoformat(told["opened_at"]),
            first_seen=datetime.fromisoformat(told["first_seen"]),
            last_seen=datetime.fromisoformat(told["last_seen"]),
            reopened=told["reopened"],
            shared=tuple(told["shared"]),
            cells=tuple(FoundCell.from_dict(cell) for cell in told["cells"]),
            members=tuple(FoundMember.from_dict(member) for member in told["members"]),
            suggested=told["suggested"],
        )


def told_apart(cells: Sequence[FoundCell]) -> list[str]:
    """Return the words of cells; those that read alike get a part of their keys.

    Examples:
        >>> told_apart([FoundCell("device", key, {}, 9.0, 3) for key in (0xA3F1, 0x77)])
        ['one device (#a3f1)', 'one device (#0077)']
    """
    often = Counter(cell.words for cell in cells)
    return [f"{cell.words} (#{cell.key & 0xFFFF:04x})" if often[cell.words] > 1 else cell.words for cell in cells]
