"""Watch a stream of scored sign-ups: open campaigns, find their members, look back at those admitted before."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signup_risk.campaigns import entries
from signup_risk.campaigns.book import CampaignBook
from signup_risk.campaigns.campaign import CampaignRecord, Suggest, moment
from signup_risk.campaigns.cells import FoundCell, proven_cells
from signup_risk.campaigns.entries import Cell, Member, cell_name
from signup_risk.campaigns.membership import MEMBER, joint, purity
from signup_risk.campaigns.settled import Settled, pack, unpack
from signup_risk.campaigns.shared import shared_in_words
from signup_risk.campaigns.sighting import Sighting, is_mark
from signup_risk.errors import StoreTimeout
from signup_risk.extract import signup_name
from signup_risk.features.kinds import KIND
from signup_risk.features.reading import Velocity
from signup_risk.policy.decision import stricter
from signup_risk.results import Campaign, DecisionName, Update
from signup_risk.stores import DAYS_7, Hasher
from signup_risk.stores.deadline import left
from signup_risk.stores.journal import Journal, JournalEntry
from signup_risk.stores.windows import HOUR

#: False campaigns allowed a week, in expectation.
ALLOWED_WEEKLY: Final = 1.0

#: For how long an admitted sign-up is watched.
WATCH: Final = 24 * HOUR

#: Share of a cell's marks that have to belong to a campaign for the cell to be its, and to another one for the cell to
#: be a bridge between both.
_SAME: Final = 0.5
_BRIDGES: Final = 0.25
_LEAST_COMMON: Final = 3

#: Updates that wait to be fetched; more are dropped, oldest first.
_WAITING: Final = 100_000

#: After so many sign-ups, so many rows of the journal are looked at for expiry: four for each one written.
_TRIM_EVERY: Final = 64
_TRIM_ROWS: Final = 256

#: Purity that an analyst's confirmation stands for, and how many sign-ups it counts as: where mostly others come in
#: afterwards, as on a network or in a common form of mailbox, it soon says little of the next one.
_CONFIRMED: Final = 0.9
_WEIGHS: Final = 10


@dataclass(frozen=True, slots=True)
class Membership:
    """Say what a sign-up has to do with a campaign.

    Attributes:
        campaign: The campaign, with the joint probability.
        probability: Joint probability of account and campaign.
    """

    campaign: Campaign
    probability: float


class Detector:
    """Find campaigns in a stream. Safe under threads; several processes share what a journal holds.

    Args:
        journal: Where campaigns are kept.
        hasher: Seals the ids of sign-ups.
        suggest: What a joint probability and a false-positive rate call for.
        allowed_weekly: False campaigns allowed a week, in expectation.
        watch: For how long an admitted sign-up may be the subject of an update, in microseconds.
        known: Campaigns of an analyst's list.

    Attributes:
        book: The campaigns.
        updates: Updates that wait to be fetched.
        dropped_updates: Updates given up because nobody fetched them.
    """

    def __init__(  # noqa: PLR0913 - where campaigns are kept, and how they are looked for
        self,
        journal: Journal,
        hasher: Hasher,
        suggest: Suggest,
        *,
        allowed_weekly: float = ALLOWED_WEEKLY,
        watch: int = WATCH,
        known: Sequence[CampaignRecord] = (),
    ) -> None:
        self.book = CampaignBook()
        self.book.know(known)
        self.updates: deque[Update] = deque()
        self.dropped_updates = 0
        self._journal = journal
        self._hasher = hasher
        self._suggest = suggest
        self._allowed = allowed_weekly
        self._watch = watch
        self._lock = threading.Lock()
        self._seen = 0

    def observe(
        self, sighting: Sighting, velocity: Callable[[], Velocity] | None, *, until: float | None = None
    ) -> Membership | None:
        """Take notice of a scored sign-up.

        Args:
            sighting: The sign-up.
            velocity: Tells what the store knew before it, asked for only of marks and of sign-ups in open cells; None
                if the store could not be asked.
            until: Moment of the monotonic clock by which it has to be done; none by default.

        Returns:
            Its campaign, if it belongs to one.

        Raises:
            StoreError: The journal fails or the time is over. Campaigns may then have missed the sign-up.
        """
        if velocity is None:  # where its keys cannot be asked for, nor can the journal
            return self._known(sighting)
        patience = left(until)
        if not self._lock.acquire(timeout=-1 if patience is None else patience):
            raise StoreTimeout("the campaigns were busy in this process until the deadline")
        try:
            return self._observed(sighting, velocity, until)
        finally:
            self._lock.release()

    def _observed(
        self, sighting: Sighting, velocity: Callable[[], Velocity], until: float | None
    ) -> Membership | None:
        self.refresh(until)
        if sighting.repeated:
            return self._known(sighting)
        if sighting.is_mark and sighting.short:
            self._note_mark(sighting, velocity(), until)
        found = None
        if not self.book.cells.keys().isdisjoint(key for _, key in sighting.keys):
            found = self._joined(sighting, velocity(), until)
        self._settle(sighting, found, until)
        return found

    def _settle(self, sighting: Sighting, found: Membership | None, until: float | None) -> None:
        """Keep what is needed to look back at a sign-up."""
        if sighting.short:
            decision = sighting.decision
            if found is not None:
                is_confirmed = found.campaign.status == "confirmed"
                decision = self._raised(sighting, found.probability, confirmed=is_confirmed)
            record = pack(sighting, decision, self._hasher)
            self._journal.settle(sighting.short, sighting.at, record, timeout=left(until))
        self._seen += 1
        if self._seen % _TRIM_EVERY == 0:
            old = self.book.growing_old(sighting.at)
            if old:
                self._append(old, until)
            self._journal.trim(sighting.at, limit=_TRIM_ROWS, timeout=left(until))

    def _raised(self, sighting: Sighting, probability: float, *, confirmed: bool) -> DecisionName:
        return stricter(sighting.decision, self._suggest(probability, sighting.fpr, confirmed=confirmed))

    def rule(self, entry: JournalEntry) -> None:
        """Append an analyst's ruling and apply it."""
        with self._lock:
            self._append([entry], None)

    def forget(self, names: Collection[int], *, is_told: bool) -> int:
        """Forget sign-ups that were erased.

        Args:
            names: Their 63-bit names.
            is_told: Whether the journal told of them, so that every process has to forget them.

        Returns:
            How many updates that waited in this process were about them.
        """
        if is_told:
            with self._lock:
                self.refresh()
                shorts = sorted({name & 0xFFFF_FFFF for name in names})
                self._append([entries.forgotten(self.book.clock, shorts)], None)
        about = [one for one in list(self.updates) if signup_name(one.signup_id, self._hasher) in names]
        for one in about:
            with contextlib.suppress(ValueError):  # fetched in the meantime
                self.updates.remove(one)
        return len(about)

    def refresh(self, until: float | None = None) -> None:
        """Fold what other processes have appended."""
        found = self._journal.since(self.book.number, timeout=left(until))
        if found:
            self.book.apply(found)

    def _append(self, told: Sequence[JournalEntry], until: float | None) -> None:
        self._journal.append(told, timeout=left(until))
        self.refresh(until)

    def _known(self, sighting: Sighting) -> Membership | None:
        record = self.book.owner.get(sighting.short) if sighting.short else None
        if record is None:
            return None
        probability = record.members[sighting.short].probability
        return Membership(record.told(sighting.at, self._suggest, probability), probability)

    def _note_mark(self, sighting: Sighting, velocity: Velocity, until: float | None) -> None:
        book = self.book
        found = proven_cells(sighting, velocity, book.marks, self._allowed)
        self._append([entries.mark(sighting.at, sighting.short)], until)
        for cell in found:
            if cell.key in book.cells:
                self._bridge(cell, sighting.at, until)
            elif self._prove(cell, sighting, velocity, until):
                # At once: the next cell of this mark has to find whose its marks are.
                self._recruit(sighting, velocity, until)
        if any(key in book.cells for _, key in sighting.keys):
            self._recruit(sighting, velocity, until)

    def _prove(self, cell: FoundCell, sighting: Sighting, velocity: Velocity, until: float | None) -> bool:
        """Open a campaign on a proven cell, or give the cell to the campaign whose members are its marks."""
        book = self.book
        if cell.key in book.dismissed or book.dismissed_share(list(cell.marked)) >= _SAME:
            return False
        owners = Counter(book.owner[short].id for short in cell.marked if short in book.owner).most_common()
        values = {name: sighting.public[name] for name in KIND[cell.kind].values if name in sighting.public}
        proven = Cell(cell.kind, cell.key, values, cell.bits)
        shared = shared_in_words(sighting, velocity, self._records(cell.marked, until))
        free = len(cell.marked) - sum(common for _, common in owners)
        if free >= _SAME * len(cell.marked):
            self._append([entries.opened(sighting.at, proven, cell.first_at, shared)], until)
            return True
        if not _is_common(owners[0][1], cell, _SAME):  # several farms meet in it, so it tells them apart no more
            return False
        self._append([entries.attached(sighting.at, owners[0][0], proven, shared)], until)
        self._bridge(cell, sighting.at, until)
        return True

    def _bridge(self, cell: FoundCell, at: int, until: float | None) -> None:
        """Note that a campaign's cell holds marks of others too; asked at every mark, since farms meet late."""
        record = self.book.cells.get(cell.key)
        if record is None:
            return
        met = Counter(other.id for short in cell.marked if (other := self._met(record, short)) is not None)
        told = [
            entries.bridged(at, record.id, other, cell.kind)
            for other, common in sorted(met.items())
            if _is_common(common, cell, _BRIDGES) and not self.book.is_bridged(record.id, other, cell.kind)
        ]
        if told:
            self._append(told, until)

    def _met(self, record: CampaignRecord, short: int) -> CampaignRecord | None:
        """Return the other campaign that a sign-up belongs to, unless it came there by what is known to join both."""
        other = self.book.owner.get(short)
        if other is None or other is record:
            return None
        via = other.cells.get(other.members[short].via)
        return None if via is not None and self.book.is_bridged(record.id, other.id, via.kind) else other

    def _recruit(self, sighting: Sighting, velocity: Velocity, until: float | None) -> None:
        """Find members among the earlier sign-ups of the open cells, and say so of those that were admitted."""
        views = {key: velocity.members(kind, DAYS_7) for kind, key in sighting.keys if key in self.book.cells}
        for key, earlier in views.items():
            record = self.book.cells[key]
            free = self.book.without_members(dict.fromkeys(earlier))
            prior = self._purity(record, key, earlier, sighting)
            # Below it not even a mark would become a member.
            if not free or joint(prior, 0.0) < MEMBER:
                continue
            own = {other: frozenset(view) for other, view in views.items() if self.book.cells[other] is record}
            members = [
                replace(member, cells=tuple(cell_name(other) for other, view in own.items() if member.short in view))
                for member in self._members(free, prior, key, until)
            ]
            if members:
                self._append([entries.joined(sighting.at, record.id, members)], until)
                self._look_back(record, members, sighting.at)

    def _members(self, shorts: Sequence[int], prior: float, via: int, until: float | None) -> list[Member]:
        found = []
        for settled in self._records(shorts, until):
            probability = joint(prior, settled.fpr)
            if probability >= MEMBER:
                found.append(_member(settled, probability, via))
        return found

    def _look_back(self, record: CampaignRecord, members: Sequence[Member], at: int) -> None:
        for member in members:
            if member.at <= at - self._watch:
                continue
            fpr = 0.0 if member.is_mark else None
            is_confirmed = record.status(at) == "confirmed"
            suggested = self._suggest(member.probability, fpr, confirmed=is_confirmed)
            before = member.decision
            if stricter(suggested, before) == before:
                continue
            if len(self.updates) >= _WAITING:
                self.updates.popleft()
                self.dropped_updates += 1
            told = record.told(at, self._suggest, member.probability)
            signup_id = self._hasher.unseal(member.name, bytes.fromhex(member.sealed))
            self.updates.append(Update(signup_id, moment(at), moment(member.at), before, suggested, told))

    def foresee(self, sighting: Sighting, velocity: Velocity) -> Membership | None:
        """Return the campaign that a sign-up would join, without taking notice of it.

        Raises:
            StoreError: The journal cannot be read.
        """
        with self._lock:
            self.refresh()
            best = self._best(sighting, velocity)
        if best is None:
            return None
        probability, _, record = best
        return Membership(record.told(sighting.at, self._suggest, probability), probability)

    def _best(self, sighting: Sighting, velocity: Velocity) -> tuple[float, int, CampaignRecord] | None:
        """Return the campaign that a sign-up most likely belongs to: the joint probability, by which key, and which."""
        best: tuple[float, int, CampaignRecord] | None = None
        for kind, key in sighting.keys:
            record = self.book.cells.get(key)
            if record is not None:
                prior = self._purity(record, key, velocity.members(kind, DAYS_7), sighting)
                probability = joint(prior, sighting.fpr)
                if probability >= MEMBER and (best is None or probability > best[0]):
                    best = probability, key, record
        return best

    def _joined(self, sighting: Sighting, velocity: Velocity, until: float | None) -> Membership | None:
        best = self._best(sighting, velocity)
        if best is None:
            return None
        probability, key, record = best
        if sighting.short:
            sealed = self._hasher.seal(sighting.name, sighting.signup_id or "").hex()
            is_confirmed = record.status(sighting.at) == "confirmed"
            decision = self._raised(sighting, probability, confirmed=is_confirmed)
            cells = tuple(cell_name(other) for _, other in sighting.keys if self.book.cells.get(other) is record)
            member = Member(sighting.name, sighting.at, probability, key, decision, sealed, sighting.is_mark, cells)
            self._append([entries.joined(sighting.at, record.id, [member])], until)
        return Membership(record.told(sighting.at, self._suggest, probability), probability)

    def _purity(self, record: CampaignRecord, key: int, earlier: Sequence[int], sighting: Sighting) -> float:
        """Return the share of members in a cell, the present sign-up left out: its own score counts by itself."""
        marks = self.book.marks
        found = purity(sum(short in marks for short in earlier), len(earlier))
        if not record.vouches_for(key, sighting.at):
            return found
        members = sum(short in record.members for short in earlier)
        return max(found, (_CONFIRMED * _WEIGHS + members) / (_WEIGHS + len(earlier)))

    def _records(self, shorts: Sequence[int], until: float | None) -> list[Settled]:
        """Return the records of sign-ups, in the order asked."""
        held = self._journal.settled(shorts, timeout=left(until))
        read = (unpack(held[short]) for short in shorts if short in held)
        return [settled for settled in read if settled is not None]


def _is_common(common: int, cell: FoundCell, share: float) -> bool:
    return common >= max(_LEAST_COMMON, share * len(cell.marked))


def _member(settled: Settled, probability: float, via: int) -> Member:
    return Member(
        settled.name,
        settled.at,
        probability,
        via,
        settled.decision,
        settled.sealed.hex(),
        is_mark(settled.fpr),
    )
