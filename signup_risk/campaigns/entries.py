"""Write and read the entries of the journal, from which every process folds the same campaigns.

========== =======================================================================================================
``mark``    a sign-up scored very high
``open``    a cell proved a campaign of its own
``cell``    another cell proved to be the same campaign's
``join``    sign-ups became members
``keep``    a campaign as a whole, without its members, before what is said of it grows old
``bridge``  a cell holds marks of two campaigns; two bridges that share no value make them one
``forget``  sign-ups were erased, so that processes that run forget them too; entries before it name them no more
``rule``    an analyst confirmed, dismissed, named, split or restored a campaign, or something was done and undone
========== =======================================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from signup_risk.results import DecisionName
from signup_risk.stores.journal import JournalEntry

#: What an analyst can rule.
RULINGS: Final = ("confirm", "dismiss", "restore", "name", "split", "merge")


@dataclass(frozen=True, slots=True)
class Cell:
    """Name a cell.

    Attributes:
        kind: Kind of key.
        key: 63-bit keyed hash.
        values: Its values that are nobody's own.
        bits: Evidence that it is no chance, when it was found.
    """

    kind: str
    key: int
    values: Mapping[str, str]
    bits: float

    def to_list(self) -> list[Any]:
        """Return the cell as JSON values."""
        return [self.kind, self.key, dict(self.values), round(self.bits, 2)]


@dataclass(frozen=True, slots=True)
class Member:
    """Hold a member of a campaign.

    Attributes:
        name: 63-bit keyed hash of the sign-up's id.
        at: Event time in microseconds.
        probability: Joint probability of account and campaign when it became one.
        via: Key of the cell that it came through.
        decision: What had been decided about it.
        sealed: Its id, readable under the secret only, in hexadecimal.
        is_mark: Whether its own score made it a mark.
        cells: Short names of the cells of the campaign that it falls in, as far as was known when it joined.
    """

    name: int
    at: int
    probability: float
    via: int
    decision: DecisionName
    sealed: str
    is_mark: bool
    cells: tuple[int, ...] = ()

    @property
    def short(self) -> int:
        """Return the 32-bit name."""
        return self.name & 0xFFFF_FFFF

    def to_list(self) -> list[Any]:
        """Return the member as JSON values."""
        mark = int(self.is_mark)
        probability = round(self.probability, 4)
        return [self.name, self.at, probability, self.via, self.decision, self.sealed, mark, list(self.cells)]


def mark(at: int, short: int) -> JournalEntry:
    """Return the entry of a mark."""
    return _entry(at, brief=True, told={"t": "mark", "at": at, "s": short})


def opened(at: int, cell: Cell, first: int, shared: Sequence[str]) -> JournalEntry:
    """Return the entry of a new campaign."""
    return _entry(at, told={"t": "open", "at": at, "cell": cell.to_list(), "first": first, "shared": list(shared)})


def attached(at: int, campaign: str, cell: Cell, shared: Sequence[str]) -> JournalEntry:
    """Return the entry of a further cell of a campaign."""
    return _entry(at, told={"t": "cell", "at": at, "c": campaign, "cell": cell.to_list(), "shared": list(shared)})


def joined(at: int, campaign: str, members: Sequence[Member]) -> JournalEntry:
    """Return the entry of new members."""
    return _entry(at, told={"t": "join", "at": at, "c": campaign, "m": [member.to_list() for member in members]})


def whole(at: int, campaign: str, **told: Any) -> JournalEntry:
    """Return the entry that tells a campaign anew.

    Args:
        at: When, in microseconds.
        campaign: Id of the campaign.
        told: All of it, see :mod:`signup_risk.campaigns.keeping`.
    """
    return _entry(at, told={"t": "keep", "at": at, "c": campaign, **told})


def bridged(at: int, campaign: str, other: str, kind: str) -> JournalEntry:
    """Return the entry of a cell that two campaigns share."""
    return _entry(at, told={"t": "bridge", "at": at, "c": campaign, "other": other, "kind": kind})


def forgotten(at: int, shorts: Sequence[int]) -> JournalEntry:
    """Return the entry by which running processes forget sign-ups; it goes as marks do."""
    return _entry(at, brief=True, told={"t": "forget", "at": at, "s": list(shorts)})


def ruling(at: int, campaign: str, what: str, by: str, **details: Any) -> JournalEntry:
    """Return the entry of an analyst's ruling.

    Args:
        at: When, in microseconds.
        campaign: Id of the campaign.
        what: One of :data:`RULINGS`.
        by: Who rules.
        details: What belongs to the ruling.
    """
    return _entry(at, told={"t": "rule", "at": at, "c": campaign, "what": what, "by": by, **details})


def read(content: bytes) -> dict[str, Any]:
    """Read an entry."""
    told: dict[str, Any] = json.loads(content)
    return told


def write(told: Mapping[str, Any]) -> bytes:
    """Write an entry."""
    return json.dumps(told, separators=(",", ":")).encode()


def cell_of(told: Sequence[Any]) -> Cell:
    """Read a cell."""
    kind, key, values, bits = told
    return Cell(kind, key, values, bits)


def member_of(told: Sequence[Any]) -> Member:
    """Read a member."""
    name, at, probability, via, decision, sealed, is_mark, cells = told
    return Member(name, at, probability, via, decision, sealed, bool(is_mark), tuple(cells))


def cell_name(key: int) -> int:
    """Return the short name of a cell within its campaign; of a hundred cells two share one in one campaign of 13."""
    return key & 0xFFFF


def _entry(at: int, told: Mapping[str, Any], *, brief: bool = False) -> JournalEntry:
    return JournalEntry(at, brief, write(told))
