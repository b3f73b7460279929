"""Answer people's requests: what is kept of me (GDPR, article 15), and forget me (article 17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from signup_risk.campaigns import erasure as trails
from signup_risk.campaigns.campaign import moment
from signup_risk.campaigns.erasure import Trail
from signup_risk.errors import ConfigurationError
from signup_risk.references import References
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.person import KeyedPerson, Person
from signup_risk.scorer.rights_results import (
    Erasure,
    KeptKey,
    KeptMembership,
    KeptOutcome,
    KeptSignup,
    PersonalData,
    Place,
    Removed,
)
from signup_risk.scorer.watch import CampaignWatch
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, KeyState, LedgerEntry, Touch
from signup_risk.stores.erasure import ErasableStore, Traces
from signup_risk.stores.hashing import SIGNUP
from signup_risk.stores.journal import ErasableJournal
from signup_risk.stores.pending import Write

_REMAINS: Final = (
    "on keys that others share, the sign-ups stay as counts that are nobody's",
    "other processes may hold writes about the person for as long as the store does not answer; ask again when it does",
    "copies outside the store stay: backups, exports, reviews, your own log of sign-ups",
)
_UNSEEN: Final = "campaigns were not looked at, since this scorer was opened without them"


class _Found(NamedTuple):
    """Hold what is kept of a person under one secret."""

    hasher: Hasher
    keyed: KeyedPerson
    traces: Traces
    queued: tuple[Write, ...]
    states: dict[int, KeyState]
    trail: Trail
    said: dict[int, list[LedgerEntry]]


class Rights:
    """Find and erase what is kept of one person.

    Args:
        gate: Leads to the velocity store.
        outcomes: Leads to the ledger.
        watch: Leads to campaigns; None if there are none.
        hasher: Names people under the store's secret, and the second one during a rotation: both are searched.
        references: Needed to read what the person typed as sign-ups are read.
        clock: Tells the time.

    Raises:
        ConfigurationError: The store cannot erase.
    """

    def __init__(  # noqa: PLR0913 - every place where something is kept
        self,
        gate: StoreGate,
        outcomes: Outcomes,
        watch: CampaignWatch | None,
        hasher: Hasher,
        references: References,
        clock: Callable[[], datetime],
    ) -> None:
        if not isinstance(gate.store, ErasableStore):
            raise ConfigurationError(
                f"a store of kind {type(gate.store).__name__} can neither find nor erase a person; give it the methods "
                "of signup_risk.stores.erasure.ErasableStore"
            )
        self._store: ErasableStore = gate.store
        self._pending = gate.pending
        self._outcomes = outcomes
        self._watch = watch
        self._hashers = (hasher,) if hasher.second is None else (hasher, hasher.second)
        self._references = references
        self._clock = clock

    def forget(self, person: Person) -> Erasure:
        """Erase what is kept of a person; see :meth:`signup_risk.Scorer.forget`."""
        every = [self._find(person, hasher) for hasher in self._hashers]
        counts: Counter[tuple[Place, str]] = Counter()
        for found in every:
            for place, kind, count in self._erase(found):
                counts[place, kind] += count
        removed = tuple(Removed(*kind, count) for kind, count in counts.items())
        remains = _REMAINS if self._watch is not None else (*_REMAINS, _UNSEEN)
        return Erasure(max(len(one.traces.signups) for one in every), removed, _missing(person, every), remains)

    def export(self, person: Person) -> PersonalData:
        """Show what is kept of a person; see :meth:`signup_risk.Scorer.export`."""
        every = [self._find(person, hasher) for hasher in self._hashers]
        keys = {one.kind: one for found in reversed(every) for one in _keys(found)}
        queued = sum(len(found.queued) for found in every)
        return PersonalData(tuple(keys.values()), _signups(every, person), queued, _missing(person, every))

    def _find(self, person: Person, hasher: Hasher) -> _Found:
        keyed = person.keyed(self._references, hasher, self._clock())
        own = frozenset(keyed.own.values())
        signups = dict[int, Sequence[int]](self._store.signups_on(own))
        if keyed.signup:
            signups |= {keyed.signup: (), **self._store.keys_of([keyed.signup])}
        for touch in self._pending.find(lambda write: isinstance(write, Touch) and _touches(write, own)):
            if isinstance(touch, Touch) and touch.signup:
                signups.setdefault(touch.signup, ())
        queued = self._pending.find(lambda write: _is_about(write, signups.keys(), own))
        states = self._store.states_of(own)
        trail = trails.find(self._watch.journal, signups) if self._watch else Trail((), (), 0, {})
        said = {name: self._outcomes.of(name) for name in signups}
        told = {one.name for one in trail.settled} | {one.name for _, _, one in trail.members}
        told |= {write.signup if isinstance(write, Touch) else write[0] for write in queued}
        signups = {name: keys for name, keys in signups.items() if keys or said[name] or name in told}
        traces = Traces(signups, own, keyed.shared, keyed.values)
        return _Found(hasher, keyed, traces, tuple(queued), states, trail, said)

    def _erase(self, found: _Found) -> Iterator[tuple[Place, str, int]]:
        """Erase, and the records by which all else is found last, so that a call that broke off can be made again."""
        names, own, trail = found.traces.signups.keys(), found.traces.own, found.trail
        yield "queue", "writes", self._pending.withdraw(lambda write: _is_about(write, names, own))
        yield "ledger", "outcomes and decisions", self._outcomes.forget(names)
        yield "queue", "updates", self._forget_campaigns(found)
        yield "journal", "settled sign-ups", len(trail.settled)
        yield "journal", "memberships of campaigns", len(trail.members)
        yield "journal", "marks", trail.marks
        erased = self._store.erase(found.traces)
        yield "store", "keys", erased.keys
        yield "store", "sign-ups on keys of others", erased.shared
        yield "store", "records of sign-ups", erased.signups

    def _forget_campaigns(self, found: _Found) -> int:
        if self._watch is None or not found.traces.signups:
            return 0
        journal = self._watch.journal
        if not isinstance(journal, ErasableJournal):
            raise ConfigurationError(
                f"a journal of kind {type(journal).__name__} cannot erase; give it the methods of "
                "signup_risk.stores.journal.ErasableJournal"
            )
        trails.erase(journal, found.trail)
        return self._watch.detector.forget(found.traces.signups, is_told=bool(found.trail.changes))


def _touches(touch: Touch, own: frozenset[int]) -> bool:
    return any(entry.key in own for entry in touch.entries)


def _is_about(write: Write, names: Collection[int], own: frozenset[int]) -> bool:
    if isinstance(write, Touch):
        return write.signup in names or _touches(write, own)
    return write[0] in names


def _missing(person: Person, every: Sequence[_Found]) -> tuple[str, ...]:
    """Return by what the person was named that led to nothing under any secret."""
    return tuple(name for name in person.named if not any(_leads(name, found) for found in every))


def _leads(name: str, found: _Found) -> bool:
    if name == "signup_id":
        return found.keyed.signup in found.traces.signups
    key = found.keyed.own[name]
    queued = any(isinstance(write, Touch) and _touches(write, frozenset([key])) for write in found.queued)
    return key in found.states or queued or any(key in keys for keys in found.traces.signups.values())


def _keys(found: _Found) -> Iterator[KeptKey]:
    for kind, key in found.keyed.own.items():
        state = found.states.get(key)
        if state is not None:
            codes = [code for _, _, code in state.outcomes()]
            seen = moment(state.first_seen), moment(state.newest)
            yield KeptKey(kind, *seen, state.total, codes.count(ABUSIVE), codes.count(LEGITIMATE))


def _signups(every: Sequence[_Found], person: Person) -> tuple[KeptSignup, ...]:
    """Return the sign-ups, each once, although two secrets give it two names."""
    ids = {text for found in every for name in found.traces.signups if (text := _id(found, name)) is not None}
    ids |= set() if person.signup_id is None else {person.signup_id}
    told: dict[str | int, KeptSignup] = {}
    for found in every:
        named = {found.hasher.name(SIGNUP, text): text for text in ids}
        for name in sorted(found.traces.signups, key=lambda name: name not in named):
            kept = _signup(found, name, named.get(name))
            if kept.signup_id in told:
                told[kept.signup_id] = _merged(told[kept.signup_id], kept)
            elif kept.signup_id is not None or len(told) < len(found.traces.signups):
                # One whose id nobody can read any more may be there already, under its other name.
                told[kept.signup_id or name] = kept
    return tuple(told.values())


def _id(found: _Found, name: int) -> str | None:
    """Return the id of a sign-up if it is kept anywhere, sealed."""
    sealed = [one.sealed for one in found.trail.settled if one.name == name]
    sealed += [bytes.fromhex(one.sealed) for _, _, one in found.trail.members if one.name == name]
    sealed += [entry.sealed for entry in found.said[name]]
    return found.hasher.unseal(name, sealed[0]) if sealed else None


def _signup(found: _Found, name: int, signup_id: str | None) -> KeptSignup:
    settled = next((one for one in found.trail.settled if one.name == name), None)
    members = [(campaign, at, one) for campaign, at, one in found.trail.members if one.name == name]
    return KeptSignup(
        signup_id=signup_id,
        keys=len(found.traces.signups[name]),
        at=moment(settled.at) if settled else None,
        fpr=settled.fpr if settled else None,
        decision=settled.decision if settled else None,
        memberships=tuple(KeptMembership(c, moment(at), m.probability, m.decision) for c, at, m in members),
        outcomes=tuple(_outcome(entry) for entry in found.said[name]),
    )


def _merged(one: KeptSignup, other: KeptSignup) -> KeptSignup:
    """Return what is kept of a sign-up under two names."""
    settled = one if one.at is not None else other
    return replace(
        settled,
        keys=max(one.keys, other.keys),
        memberships=one.memberships + other.memberships,
        outcomes=one.outcomes + other.outcomes,
    )


def _outcome(entry: LedgerEntry) -> KeptOutcome:
    times = moment(entry.at), moment(entry.known_at)
    return KeptOutcome(entry.kind, *times, entry.what, entry.source, entry.confidence, entry.would, entry.propensity)
