"""Fold the journal into campaigns. The same entries in the same order make the same book in every process."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from signup_risk.campaigns.campaign import CampaignRecord, moment
from signup_risk.campaigns.entries import Member, cell_of, member_of, read
from signup_risk.campaigns.keeping import due, record_of
from signup_risk.stores.journal import KEPT_FOR, SETTLED_FOR, JournalEntry
from signup_risk.stores.windows import DAY

_LOG: Final = logging.getLogger(__name__)

#: What reading an entry raises that no version of this library wrote.
DAMAGE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)

#: Time of entries between two looks for what is too old to be held.
_FORGET_EVERY: Final = DAY


class CampaignBook:
    """Hold the campaigns of a site.

    Attributes:
        number: Number of the last entry folded.
        marks: Times of the marks by 32-bit name.
        campaigns: Campaigns by id, in the order in which they opened.
        cells: Campaigns by the keys of their cells, those that sign-ups may still join.
        owner: Campaigns by the 32-bit names of their members.
        dismissed: Keys of cells that an analyst dismissed.
        clock: Time of the newest entry folded, in microseconds.
    """

    def __init__(self) -> None:
        self.number = 0
        self.marks: dict[int, int] = {}
        self.campaigns: dict[str, CampaignRecord] = {}
        self.cells: dict[int, CampaignRecord] = {}
        self.owner: dict[int, CampaignRecord] = {}
        self.dismissed: dict[int, CampaignRecord] = {}
        self._listed: set[str] = set()
        self._ends: list[tuple[int, str]] = []
        self._bridges: dict[frozenset[str], set[str]] = {}
        self._of_day: Counter[str] = Counter()
        self.clock = 0
        self._forgot_at = 0
        self._fold = {
            "mark": self._mark,
            "open": self._open,
            "cell": self._cell,
            "join": self._join,
            "keep": self._keep,
            "bridge": self._bridge,
            "rule": self._rule,
            "forget": self._forgotten,
        }

    def know(self, records: Iterable[CampaignRecord]) -> None:
        """Take in campaigns of an analyst's list, before anything is folded."""
        for record in records:
            self.campaigns[record.id] = record
            self._listed.add(record.id)
            held = self.dismissed if record.ruling == "dismissed" else self.cells
            for key in record.cells:
                held[key] = record
            if record.until is not None:
                self._ends.append((record.until, record.id))
        self._ends.sort()

    def expire(self, at: int) -> None:
        """Let go of what a list confirmed until then: nothing but the list ever spoke for its cells."""
        while self._ends and self._ends[0][0] <= at:
            record = self.campaigns.get(self._ends.pop(0)[1])
            for key, cell in () if record is None else list(record.cells.items()):
                if self.cells.get(key) is record and not cell.bits:
                    del self.cells[key]

    def apply(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Fold entries; one of a kind that this version does not know, or a damaged one, is passed over.

        Every process passes over the same ones, and goes on: otherwise one bad entry would end all campaigns for good.
        """
        for number, content in entries:
            try:
                self._apply(read(content))
            except DAMAGE as fault:
                _LOG.warning("entry %d of the journal of campaigns is damaged (%s)", number, type(fault).__name__)
            self.number = number
            if self.clock - self._forgot_at >= _FORGET_EVERY:
                self._forget()

    def _apply(self, told: dict[str, Any]) -> None:
        fold = self._fold.get(told["t"])
        self.clock = max(self.clock, told["at"])
        if fold is not None:
            fold(told)

    def find(self, campaign: str) -> CampaignRecord | None:
        """Return the campaign of an id, or the one that it was merged into."""
        found = self.campaigns.get(campaign)
        while found is not None and found.merged_into is not None:
            found = self.campaigns.get(found.merged_into)
        return found

    def _mark(self, told: dict[str, Any]) -> None:
        self.marks[told["s"]] = told["at"]

    def _open(self, told: dict[str, Any]) -> None:
        cell = cell_of(told["cell"])
        if cell.key in self.cells or cell.key in self.dismissed:  # another process was first
            return
        record = self._new(told["at"], told["first"])
        record.shared = tuple(told["shared"])
        record.cells[cell.key] = cell
        self.cells[cell.key] = record

    def _new(self, at: int, first: int) -> CampaignRecord:
        day = moment(at).strftime("%Y%m%d")
        self._of_day[day] += 1
        record = CampaignRecord(f"{day}-{self._of_day[day]}", at, first, first)
        self.campaigns[record.id] = record
        return record

    def _cell(self, told: dict[str, Any]) -> None:
        record, cell = self.find(told["c"]), cell_of(told["cell"])
        if record is None or cell.key in self.cells or cell.key in self.dismissed:
            return
        record.cells[cell.key] = cell
        record.shared = tuple(told["shared"]) or record.shared
        self.cells[cell.key] = record

    def _join(self, told: dict[str, Any]) -> None:
        record = self.find(told["c"])
        if record is not None:
            for one in told["m"]:
                self._add(record, member_of(one))

    def _add(self, record: CampaignRecord, member: Member) -> None:
        if member.short not in self.owner:
            record.add(member)
            self.owner[member.short] = record

    def growing_old(self, at: int) -> list[JournalEntry]:
        """Return the entries that tell campaigns anew before the journal forgets them; a list is read at each start."""
        return due((one for one in self.campaigns.values() if one.id not in self._listed), at)

    def _keep(self, told: dict[str, Any]) -> None:
        record = self.campaigns.get(told["c"])
        if record is None:
            record = record_of(told)
            self.campaigns[record.id] = record
            held = self.dismissed if record.ruling == "dismissed" else self.cells
            for key in record.cells:
                held.setdefault(key, record)
        record.kept_at = told["at"]

    def _bridge(self, told: dict[str, Any]) -> None:
        """Note that a cell holds marks of two campaigns. One network may host two farms; two unlike bridges hold."""
        one, other = self.find(told["c"]), self.find(told["other"])
        if one is None or other is None or one is other:
            return
        kinds = self._bridges.setdefault(frozenset((one.id, other.id)), set())
        unlike = any(not set(told["kind"].split("+")) & set(kind.split("+")) for kind in kinds)
        kinds.add(told["kind"])
        if unlike:
            self._merge(*sorted((one, other), key=lambda record: (record.opened_at, record.id)))

    def is_bridged(self, one: str, other: str, kind: str) -> bool:
        """Say whether a bridge of this kind between two campaigns is known; a campaign needs none to itself."""
        return one == other or kind in self._bridges.get(frozenset((one, other)), ())

    def _merge(self, into: CampaignRecord, other: CampaignRecord) -> None:
        if into is other:
            return
        other.merged_into = into.id
        self._move(other, into, other.cells.keys())
        into.shared = tuple(dict.fromkeys((*into.shared, *other.shared)))

    def _move(self, source: CampaignRecord, target: CampaignRecord, keys: Iterable[int]) -> None:
        """Move cells, and the members that came through them."""
        for key in list(keys):
            target.cells[key] = source.cells.pop(key)
            self.cells[key] = target
            target.vouched.update(source.vouched & {key})
        whole = not source.cells
        for member in sorted(source.members.values(), key=lambda one: (one.at, one.name)):
            if whole or member.via in target.cells:
                del source.members[member.short]
                target.add(member)
                self.owner[member.short] = target
        source.times = sorted(member.at for member in source.members.values())
        source.certain = sum(member.probability for member in source.members.values())
        source.falls = Counter(name for member in source.members.values() for name in member.cells)

    def _rule(self, told: dict[str, Any]) -> None:
        record = self.find(told["c"])
        if record is None:
            return
        what = told["what"]
        if what == "name":
            record.title = told["title"]
        elif what == "confirm":
            record.ruling, record.until = "confirmed", told.get("until")
            record.vouched = set(record.cells)
        elif what == "dismiss":
            self._dismiss(record)
        elif what == "restore":
            self._restore(record)
        elif what == "split":
            self._split(record, told)
        elif what == "merge":
            other = self.find(told["from"])
            if other is not None:
                self._merge(record, other)

    def _dismiss(self, record: CampaignRecord) -> None:
        record.ruling, record.until = "dismissed", None
        for key in record.cells:
            self.cells.pop(key, None)
            self.dismissed[key] = record
        for short in record.members:
            self.owner.pop(short, None)

    def _restore(self, record: CampaignRecord) -> None:
        if record.ruling == "dismissed":
            for key in record.cells:
                self.dismissed.pop(key, None)
                self.cells.setdefault(key, record)
            for short in record.members:
                self.owner.setdefault(short, record)
        record.ruling, record.until = "none", None

    def _split(self, record: CampaignRecord, told: dict[str, Any]) -> None:
        keys = [key for key in told["cells"] if key in record.cells]
        if not keys or len(keys) == len(record.cells) or record.ruling == "dismissed":
            return
        part = self._new(told["at"], record.first_seen)
        part.shared = record.shared
        self._move(record, part, keys)
        if part.times:
            part.first_seen, part.last_seen = part.times[0], part.times[-1]
        if record.times:
            record.first_seen, record.last_seen = record.times[0], record.times[-1]

    def _forgotten(self, told: dict[str, Any]) -> None:
        shorts = set(told["s"])
        for held in (self.marks, self.owner):
            for short in shorts & held.keys():
                del held[short]
        for record in self.campaigns.values():
            record.drop(shorts)

    def _forget(self) -> None:
        """Drop marks out of every window, members that the journal forgets, silent campaigns and their bridges."""
        self._forgot_at = self.clock
        self.marks = {short: at for short, at in self.marks.items() if at > self.clock - SETTLED_FOR}
        horizon = self.clock - KEPT_FOR
        for record in self.campaigns.values():
            for short in record.age(horizon):
                self.owner.pop(short, None)
        for record in [one for one in self.campaigns.values() if one.last_seen < horizon and one.ruling == "none"]:
            del self.campaigns[record.id]
            for held in (self.cells, self.dismissed):
                for key in record.cells:
                    if held.get(key) is record:
                        del held[key]
            for short in record.members:
                self.owner.pop(short, None)
        self._bridges = {pair: kinds for pair, kinds in self._bridges.items() if pair <= self.campaigns.keys()}

    def without_members(self, shorts: Iterable[int]) -> list[int]:
        """Return those sign-ups that belong to no campaign."""
        return [short for short in shorts if short and short not in self.owner]

    def dismissed_share(self, shorts: list[int]) -> float:
        """Return the share of sign-ups that belong to dismissed campaigns."""
        records = {record.id: record for record in self.dismissed.values()}.values()
        known = sum(any(short in record.members for record in records) for short in shorts) if records else 0
        return known / len(shorts) if shorts else 0.0
