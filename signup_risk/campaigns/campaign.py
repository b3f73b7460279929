"""Hold one campaign as the book knows it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from signup_risk.campaigns.entries import Cell, Member
from signup_risk.campaigns.words import cell_in_words
from signup_risk.results import Campaign, CampaignStatus, DecisionName
from signup_risk.stores.windows import DAY


class Suggest(Protocol):
    """Say what a joint probability and an account's own false-positive rate call for; no rate where none is meant."""

    def __call__(self, membership: float, fpr: float | None, *, confirmed: bool = False) -> DecisionName:
        """Return the decision that membership calls for, in a campaign that an analyst has confirmed or not."""



Ruling = Literal["none", "confirmed", "dismissed"]

#: A campaign without a new member for so long is quiet; the next one reopens it.
QUIET_AFTER: Final = 7 * DAY

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: Cells that a signature names; the rest say the same again.
_NAMED_CELLS: Final = 3


@dataclass(slots=True)
class CampaignRecord:
    """Hold a campaign; only the book changes it.

    Attributes:
        id: Day on which it opened and its number on that day.
        opened_at: When it opened, in microseconds.
        first_seen: When its first member came.
        last_seen: When its newest member came.
        cells: Its cells by key, in the order in which they were found.
        members: Its members of the last 90 days, by 32-bit name.
        shared: What its members have in common, in words.
        title: What an analyst calls it.
        ruling: What an analyst ruled.
        until: When a confirmation runs out, in microseconds.
        vouched: Keys of the cells that a confirmation was given for; cells that are found later are not among them.
        reopened: How often it was quiet and came back.
        merged_into: Id of the campaign that it proved to be part of.
        times: Times of its members, ascending.
        falls: How many members fall in a cell, by the cell's short name.
        certain: Sum of the probabilities of its members: how many of them are expected to be its.
        kept_at: When the journal told it anew; 0 if it never did.
    """

    id: str
    opened_at: int
    first_seen: int
    last_seen: int
    cells: dict[int, Cell] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    title: str = ""
    ruling: Ruling = "none"
    until: int | None = None
    vouched: set[int] = field(default_factory=set)
    reopened: int = 0
    merged_into: str | None = None
    times: list[int] = field(default_factory=list)
    falls: Counter[int] = field(default_factory=Counter)
    certain: float = 0.0
    kept_at: int = 0

    @property
    def signature(self) -> str:
        """Say which cells made it known."""
        found = sorted(self.cells.values(), key=lambda cell: (-cell.bits, cell.kind))[:_NAMED_CELLS]
        return "; ".join(cell_in_words(cell.kind, cell.values) for cell in found)

    def add(self, member: Member) -> None:
        """Add a member; a member added twice stays as it was."""
        if member.short in self.members:
            return
        has_past = bool(self.members or self.kept_at)
        if has_past and member.at - self.last_seen > QUIET_AFTER:
            self.reopened += 1
        self.members[member.short] = member
        insort(self.times, member.at)
        self.falls.update(member.cells)
        self.certain += member.probability
        first, last = (self.first_seen, self.last_seen) if has_past else (member.at, member.at)
        self.first_seen, self.last_seen = min(first, member.at), max(last, member.at)

    def drop(self, shorts: set[int]) -> None:
        """Forget members that were erased; the campaign stays what the others make it."""
        if self._without(shorts) and self.times:
            self.first_seen, self.last_seen = self.times[0], self.times[-1]

    def age(self, horizon: int) -> set[int]:
        """Forget members that came until then, and return their 32-bit names; when the first came stays known."""
        if not self.times or self.times[0] > horizon:
            return set()
        return self._without({member.short for member in self.members.values() if member.at <= horizon})

    def _without(self, shorts: set[int]) -> set[int]:
        gone = shorts & self.members.keys()
        if gone:
            for short in gone:
                del self.members[short]
            self.times = sorted(member.at for member in self.members.values())
            self.falls = Counter(name for member in self.members.values() for name in member.cells)
            self.certain = sum(member.probability for member in self.members.values())
        return gone

    @property
    def probability(self) -> float:
        """Return the mean probability of its members."""
        return self.certain / len(self.members) if self.members else 0.0

    def status(self, at: int) -> CampaignStatus:
        """Return how the campaign stands at a moment."""
        if self.merged_into is not None:
            return "merged"
        if self.ruling == "dismissed":
            return "dismissed"
        if self.ruling == "confirmed" and (self.until is None or at < self.until):
            return "confirmed"
        return "quiet" if at - self.last_seen > QUIET_AFTER else "open"

    def vouches_for(self, key: int, at: int) -> bool:
        """Say whether an analyst's confirmation holds in a cell at a moment."""
        return key in self.vouched and self.status(at) == "confirmed"

    def growth(self, at: int) -> int:
        """Return the members of the last 24 hours."""
        return bisect_right(self.times, at) - bisect_right(self.times, at - DAY)

    def told(self, at: int, suggest: Suggest, probability: float | None = None) -> Campaign:
        """Return the campaign as assessments tell it.

        Args:
            at: The moment of the assessment.
            suggest: What a probability and a false-positive rate call for.
            probability: Joint probability of the account that is assessed.
        """
        return Campaign(
            id=self.id,
            size=len(self.members),
            first_seen=moment(self.first_seen if self.members else at),
            shared=self.shared,
            signature=self.signature,
            status=self.status(at),
            growth_24h=self.growth(at),
            title=self.title or None,
            probability=probability,
            suggested=suggest(self.probability, None, confirmed=self.status(at) == "confirmed"),
        )


def moment(at: int) -> datetime:
    """Return the moment of microseconds since the epoch.

    Examples:
        >>> moment(1_000_000).isoformat()
        '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(microseconds=at)
