"""Act on a whole campaign with a brake: look first, within caps, on the record, and undone by the record.

A signature that holds for many others, a free-mail domain for instance, says nothing of a member by itself. So a cell
acts alone only if hardly anybody outside the campaign falls in it; members that came through a broader one are acted
on only if their own score made them marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.texts import cleaned, counted
from signup_risk.errors import ConfigurationError
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import DecisionName

#: What can be done to a member; admitting in bulk is for :func:`undo` alone.
ACTIONS: Final = ("step_up", "review", "block")

#: Least share of a cell's sign-ups that have to be members for a confirmation to be honoured in it: the share that
#: assessments take a confirmation to stand for. A hundred cells that reach 0.1 % of others each reach many together.
PURE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Caps:
    """State what a bulk action may not exceed.

    Attributes:
        outside_share: Largest share of the sign-ups outside the campaign that may fall in a cell that acts alone.
        known_good: Most members that are known to be legitimate.
        members: Most members acted on at once.
        probability: Least joint probability of a member acted on.
    """

    outside_share: float = 0.001
    known_good: int = 0
    members: int = 50_000
    probability: float = 0.8

    def __post_init__(self) -> None:
        if not (0 <= self.outside_share <= 1 and 0 <= self.probability <= 1 and self.known_good >= 0 <= self.members):
            raise ConfigurationError(
                f"caps are outside_share {self.outside_share!r}, known_good {self.known_good!r}, members "
                f"{self.members!r}, probability {self.probability!r}; shares are from 0 to 1, counts not negative"
            )


@dataclass(frozen=True, slots=True)
class CellShare:
    """Say how far a cell reaches.

    Attributes:
        words: The cell.
        members: Members that fall in it.
        total: Sign-ups of all traffic in it.
        outside_share: Share of the sign-ups outside the campaign that fall in it.
        acts_alone: Whether that is within the caps.
    """

    words: str
    members: int
    total: int
    outside_share: float
    acts_alone: bool

    @property
    def outside(self) -> int:
        """Return how many sign-ups outside the campaign fall in it."""
        return max(0, self.total - self.members)

    @property
    def is_honoured(self) -> bool:
        """Say whether a confirmation is honoured in it: it acts alone, and hardly anybody but members falls in it."""
        return self.acts_alone and self.members >= PURE * self.total


@dataclass(frozen=True, slots=True)
class Preview:
    """Say what a bulk action would do, before it does.

    Attributes:
        campaign: Id of the campaign.
        affected: Members that would be acted on.
        withheld: How many would not be, by reason.
        decided: How many of those affected were decided how before.
        known_good: Ids of members that are known to be legitimate, whether affected or not.
        cells: The cells and how far they reach.
        objections: Why the action is refused; empty if it is not.
    """

    campaign: str
    affected: tuple[FoundMember, ...]
    withheld: Mapping[str, int]
    decided: Mapping[str, int]
    known_good: tuple[str, ...]
    cells: tuple[CellShare, ...]
    objections: tuple[str, ...]

    def changed(self, decision: DecisionName) -> tuple[FoundMember, ...]:
        """Return those affected whom a decision would change; the others are decided so already, or more strictly."""
        rank: dict[str, int] = {name: place for place, name in enumerate(OUTCOMES)}
        return tuple(member for member in self.affected if rank.get(member.decision, 0) < rank[decision])


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """Hold what was done, so that it can be undone.

    Attributes:
        id: Its id.
        at: When.
        by: Who.
        campaign: Id of the campaign.
        reason: Why.
        changes: Id, decision before and decision after of every sign-up acted on.
        undoes: Id of the action that this one takes back, or None.
    """

    id: str
    at: datetime
    by: str
    campaign: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    undoes: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "by": self.by,
            "campaign": self.campaign,
            "reason": self.reason,
            "changes": [list(change) for change in self.changes],
            "undoes": self.undoes,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a record."""
        changes = tuple((str(a), str(b), str(c)) for a, b, c in told["changes"])
        at = datetime.fromisoformat(told["at"])
        return cls(told["id"], at, told["by"], told["campaign"], told["reason"], changes, told["undoes"])


def reach(campaign: FoundCampaign, *, traffic: int, caps: Caps | None = None) -> dict[int, CellShare]:
    """Say how far the cells of a campaign reach, by their keys.

    Args:
        campaign: The campaign.
        traffic: Sign-ups of all traffic in which it was found.
        caps: What may not be exceeded; the default caps if not given.
    """
    limits = caps or Caps()
    outside = max(1, traffic - campaign.size)
    return {cell.key: _share(cell, outside, limits) for cell in campaign.cells}


def preview(
    campaign: FoundCampaign, *, traffic: int, known_good: Collection[str] = (), caps: Caps | None = None
) -> Preview:
    """Say whom a bulk action on a campaign would concern.

    Args:
        campaign: The campaign.
        traffic: Sign-ups of all traffic in which it was found.
        known_good: Ids of sign-ups known to be legitimate.
        caps: What may not be exceeded; the default caps if not given.
    """
    limits = caps or Caps()
    cells = reach(campaign, traffic=traffic, caps=limits)
    good = set(known_good)
    withheld: Counter[str] = Counter()
    affected = []
    for member in campaign.members:
        reason = _withheld(member, good, cells, limits)
        if reason is None:
            affected.append(member)
        else:
            withheld[reason] += 1
    return Preview(
        campaign=campaign.id,
        affected=tuple(affected),
        withheld=dict(withheld),
        decided=dict(Counter(member.decision for member in affected)),
        known_good=tuple(member.signup_id for member in campaign.members if member.signup_id in good),
        cells=tuple(cells.values()),
        objections=tuple(_objections(campaign, affected, withheld, cells, limits)),
    )


def act(  # noqa: PLR0913 - who does what, when and why
    seen: Preview, decision: DecisionName, *, by: str, reason: str, at: datetime, number: int = 1
) -> ActionRecord:
    """Record an action on the members that a preview showed.

    Args:
        seen: The preview.
        decision: What becomes of them; one that is decided more strictly already keeps that.
        by: Who acts.
        reason: Why.
        at: When.
        number: Number of the action, for its id.

    Returns:
        The record; carrying it out is the caller's, who owns the accounts.

    Raises:
        ConfigurationError: The preview objects, or the action is none.
    """
    if decision not in ACTIONS:
        raise ConfigurationError(f"action {decision[:20]!r} is not possible in bulk; use one of {', '.join(ACTIONS)}")
    by, reason = _signed(by, reason)
    if seen.objections:
        raise ConfigurationError(f"campaign {seen.campaign} cannot be acted on: {'; '.join(seen.objections)}")
    changes = tuple((member.signup_id, member.decision, decision) for member in seen.changed(decision))
    return ActionRecord(f"action-{number}", at, by, seen.campaign, reason, changes)


def undo(done: ActionRecord, *, by: str, reason: str, at: datetime, number: int) -> ActionRecord:
    """Return the record that takes an action back: every sign-up gets the decision that it had.

    Raises:
        ConfigurationError: The action is itself an undoing.
    """
    if done.undoes is not None:
        raise ConfigurationError(f"{done.id} took {done.undoes} back; to act again, look at a new preview first")
    by, reason = _signed(by, reason)
    changes = tuple((signup_id, after, before) for signup_id, before, after in done.changes)
    return ActionRecord(f"action-{number}", at, by, done.campaign, reason, changes, undoes=done.id)


def _signed(by: str, reason: str) -> tuple[str, str]:
    said = cleaned("by", by), cleaned("reason", reason)
    if not all(said):
        raise ConfigurationError("an action needs somebody who takes it and a reason, for the record")
    return said


def _share(cell: FoundCell, outside: int, caps: Caps) -> CellShare:
    share = max(0, cell.total - cell.members) / outside
    # Without a count nothing is known of its reach, and what is not known does not act alone.
    alone = cell.total > 0 and share <= caps.outside_share
    return CellShare(cell.words, cell.members, cell.total, share, alone)


def _withheld(
    member: FoundMember, good: Collection[str], cells: Mapping[int, CellShare], caps: Caps
) -> str | None:
    if member.signup_id in good:
        return "known to be legitimate"
    if member.probability < caps.probability:
        return f"joint probability below {caps.probability:g}"
    reach = cells.get(member.via)
    if not member.is_mark and (reach is None or not reach.acts_alone):
        return "came through a combination that too many others share"
    return None


def _objections(
    campaign: FoundCampaign,
    affected: Collection[FoundMember],
    withheld: Mapping[str, int],
    cells: Mapping[int, CellShare],
    caps: Caps,
) -> list[str]:
    told = []
    good = withheld.get("known to be legitimate", 0)
    if good > caps.known_good:
        members = counted(campaign.size, "member")
        told.append(f"{good:,} of {members} are known to be legitimate, at most {caps.known_good:,} may be")
    if len(affected) > caps.members:
        told.append(f"{counted(len(affected), 'member')} would be acted on, at most {caps.members:,} may be")
    if not any(cell.acts_alone for cell in cells.values()):
        told.append(
            f"every combination holds for more than {caps.outside_share:.2%} of the sign-ups outside the campaign"
        )
    if campaign.status == "dismissed":
        told.append("an analyst dismissed it")
    return told
