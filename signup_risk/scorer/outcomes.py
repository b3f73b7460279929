"""Take what becomes of sign-ups, and lose none of it: ledger first, velocity after, a queue for when neither answers.

The ledger is the truth, velocity follows from it: what is written to the states of keys is what the ledger settles
(:func:`signup_risk.stores.settle.settle`), so the order in which reports arrive is no matter, and a process that dies
between the two leaves nothing that :meth:`Outcomes.catch_up` could not bring to velocity.

Velocity counts strong outcomes alone. A failed step is what this library asked for, on its own suspicion, and a
passed one is what a farm buys by the thousand; were they counted as *reported abusive* and *legitimate*, the model
would feed on its own decisions. They stay in the ledger, where labels may weigh them by their confidence.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from signup_risk.errors import InvalidSignup, StoreError
from signup_risk.extract import signup_name
from signup_risk.results import Assessment, DecisionName
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.ledger_queue import LIMIT, LedgerQueue
from signup_risk.scorer.times import microseconds, moment_come, utc_now
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, Ledger, LedgerEntry, settle
from signup_risk.stores.hashing import SIGNUP
from signup_risk.stores.ledger import STRONG, WEAK

#: How sure a weak outcome is if nothing is said: people fail steps and farms buy their passing, so it tips a label and
#: no more. A guess of ours; whoever has measured how often steps err gives the figure.
WEAK_CONFIDENCE: Final = 0.3

#: Source of an outcome about which nothing is said.
UNSPECIFIED: Final = "unspecified"

#: Longest id of the input contract; a longer one is unknown to every sign-up.
_LONGEST_ID: Final = 128
_FOREVER: Final = 2**63 - 1
_HAND: Final = b"reporter:"
_DEADLINE_MS: Final = 50.0
_LOG: Final = logging.getLogger(__name__)
#: Seconds between two log lines that say why outcomes wait.
_LOG_EVERY: Final = 60.0


class DecisionNote(NamedTuple):
    """Say what was decided about a sign-up that would have been blocked.

    Attributes:
        signup_id: Its id.
        at: When it came, in microseconds.
        given: The decision that was given.
        propensity: Probability with which this decision was given.
    """

    signup_id: str
    at: int
    given: DecisionName
    propensity: float

    @classmethod
    def of(cls, assessment: Assessment) -> DecisionNote | None:
        """Return the note of an assessment; None of one that would not have been blocked, or has no id."""
        shadow = assessment.policy.shadow_decision or assessment.decision
        if assessment.signup_id is None or (shadow != "block" and not assessment.explored):
            return None
        chance = 1.0 if assessment.propensity is None else assessment.propensity
        return cls(assessment.signup_id, microseconds(assessment.at), assessment.decision, chance)


class Outcomes:
    """Report outcomes and decisions. Safe under threads; open one a process.

    Args:
        ledger: Where they are kept.
        gate: Leads to the velocity store.
        hasher: Names and seals ids under the store's secret.
        clock: Tells the time for outcomes without ``at``.
        deadline_ms: Milliseconds to wait for ledger and store together.
        limit: How many entries to hold while the ledger cannot be written.

    Examples:
        >>> from signup_risk.stores import MemoryLedger, MemoryStore
        >>> hasher = Hasher(b"not a secret at all, an example")
        >>> outcomes = Outcomes(MemoryLedger(), StoreGate(MemoryStore()), hasher)
        >>> outcomes.report("account 1", "abusive", source="chargeback", at="2026-06-01T12:00:00Z")
        False
    """

    def __init__(  # noqa: PLR0913 - the parts that meet here
        self,
        ledger: Ledger,
        gate: StoreGate,
        hasher: Hasher,
        *,
        clock: Callable[[], datetime] = utc_now,
        deadline_ms: float = _DEADLINE_MS,
        limit: int = LIMIT,
    ) -> None:
        self._gate = gate
        self._hasher = hasher
        self._clock = clock
        self._deadline_ms = deadline_ms
        self._logged = -math.inf
        self._queue = LedgerQueue(ledger, limit, tell=self._tell_velocity, failed=self._log)

    @property
    def waiting(self) -> int:
        """Return how many entries wait for the ledger, decisions that are written behind included."""
        return len(self._queue)

    @property
    def tally(self) -> tuple[int, int]:
        """Return how many outcomes wait for the ledger and how many came to it late, at one moment."""
        return self._queue.tally

    @property
    def dropped_decisions(self) -> int:
        """Return how many decisions neither ledger nor queue could take."""
        return self._queue.dropped

    def report(  # noqa: PLR0913 - everything that an outcome may say
        self,
        signup_id: str,
        outcome: str,
        *,
        at: datetime | str | None = None,
        source: str = UNSPECIFIED,
        happened_at: datetime | str | None = None,
        confidence: float | None = None,
        by: str | None = None,
        deadline_ms: float | None = None,
    ) -> bool:
        """Say what became of a sign-up.

        Args:
            signup_id: The id that it was assessed under.
            outcome: ``abusive``, ``legitimate``, ``cleared`` to withdraw earlier ones, or, weak, ``step_up_passed``
                and ``step_up_failed``.
            at: When this became known; now by default. Nothing that is scored at an earlier time reads it.
            source: Where it is known from, one short word: ``chargeback``, ``analyst``, ``appeal``, ``rule``, ...
            happened_at: When it happened; when it became known by default.
            confidence: How sure it is, in (0, 1]; by default 1, and :data:`WEAK_CONFIDENCE` of a weak outcome.
            by: Who says so. A keyed hash of it is kept: one hand can be told from another, nobody can be named.
            deadline_ms: Milliseconds to wait, instead of the usual ones.

        Returns:
            Whether the sign-up was known to velocity; of a weak outcome, whether the ledger has it. False if anything
            had to be queued: it is then held in this process until ledger and store answer.

        Raises:
            ConfigurationError: The outcome, source or confidence is not allowed.
            InvalidSignup: A time cannot be read, has no offset or lies more than a day ahead of the clock, or no
                sign-up can have that id.
            StoreUnavailable: The ledger cannot be written and the queue is full; report it again later.
        """
        end = time.monotonic() + (self._deadline_ms if deadline_ms is None else deadline_ms) / 1000
        known_at = moment_come(at, self._clock)
        happened = known_at if happened_at is None else moment_come(happened_at, self._clock)
        name, sealed = self._named(signup_id)
        hand = 0 if by is None else self._hasher.name(_HAND, by)
        times = (microseconds(happened), microseconds(known_at))
        sure = confidence if confidence is not None else WEAK_CONFIDENCE if outcome in WEAK else 1.0
        entry = LedgerEntry("outcome", name, sealed, *times, outcome, source, sure, hand)
        if not self._keep(entry, end):
            return False
        return self._tell_velocity(entry, end) if outcome in STRONG else True

    def decided(self, note: DecisionNote) -> None:
        """Note the decision about a sign-up that would have been blocked.

        It is written behind, with others: a farm that is being blocked would otherwise cost a write to the disk for
        each of its accounts. A process that is killed loses those of its last moments. What does not fit in the half
        of the queue that is for decisions is counted in ``dropped_decisions``.
        """
        name, sealed = self._named(note.signup_id)
        entry = LedgerEntry(
            "decision", name, sealed, note.at, note.at, note.given, would="block", propensity=note.propensity
        )
        self._queue.note(entry)

    @property
    def is_due(self) -> bool:
        """Say whether something waits that should not wait any longer: an outcome, or many decisions."""
        return self._queue.is_due

    def flush(self, timeout: float) -> None:
        """Bring what waits to the ledger and, outcomes, on to velocity, as far as the time in seconds allows."""
        self._queue.flush(timeout)

    def catch_up(self, *, since: datetime | None = None) -> int:
        """Bring velocity to what the ledger says: after a crash, a restored file or a new store.

        What is there already stays as it is, so it may be called at any time. Without ``since`` the whole ledger is
        gone through, one write for each sign-up that has a strong outcome.

        Args:
            since: Only sign-ups of which something became known from this moment on.

        Returns:
            How many outcomes were brought to a sign-up that velocity knows.

        Raises:
            StoreError: Ledger or store fails; what was brought so far stays.
        """
        first = -_FOREVER if since is None else microseconds(since)
        after = brought = 0
        while page := self._queue.ledger.page(after):
            after = page[-1][0]
            told = {e.name: e for _, e in page if e.kind == "outcome" and e.what in STRONG and e.known_at >= first}
            for entry in told.values():
                brought += sum(self._gate.store.report(*write) for write in self._settled(entry, None)) > 0
        return brought

    def erase(self, signup_id: str) -> int:
        """Forget all that was said of a sign-up; return how many entries went.

        Velocity holds no more of it than keyed hashes, and forgets them in its own time.

        Raises:
            StoreError: The ledger fails.
        """
        return self.forget(self._names(*self._named(signup_id)))

    def forget(self, names: Collection[int]) -> int:
        """Forget all that was said of sign-ups, by their 63-bit names; return how many entries went.

        Raises:
            StoreError: The ledger fails; what went so far is gone.
        """
        return self._queue.forget(names)

    def of(self, name: int) -> list[LedgerEntry]:
        """Return all that was said of a sign-up, by its 63-bit name: what the ledger has, then what waits for it."""
        return self._queue.of(name)

    def said_of(self, signup_id: str) -> list[LedgerEntry]:
        """Return all that was said of a sign-up, under every live secret, in the order in which it was appended.

        Raises:
            InvalidSignup: No sign-up can have that id.
            StoreError: The ledger fails.
        """
        return [entry for name in self._names(*self._named(signup_id)) for entry in self.of(name)]

    def hands(self, by: str) -> frozenset[int]:
        """Return the keyed names that whoever reports has in entries, one for each live secret."""
        return frozenset(one.name(_HAND, by) for one in (self._hasher, self._hasher.second) if one is not None)

    def close(self) -> None:
        """Bring what waits to the ledger if it takes it, say in the log what it did not take, and release it."""
        self._queue.stop()
        self.flush(self._deadline_ms / 1000)
        if self.waiting:
            _LOG.error("%d outcomes and decisions could not be kept, the ledger did not answer", self.waiting)
        self._queue.ledger.close()

    def _named(self, signup_id: str) -> tuple[int, bytes]:
        if not isinstance(signup_id, str) or not 0 < len(signup_id) <= _LONGEST_ID:
            kind = f"a text of {len(signup_id)} characters" if isinstance(signup_id, str) else "no text"
            raise InvalidSignup("signup_id", kind, f"the id that it was assessed under, 1 to {_LONGEST_ID} characters")
        name = signup_name(signup_id, self._hasher)
        return name, self._hasher.seal(name, signup_id)

    def _keep(self, entry: LedgerEntry, end: float) -> bool:
        """Write to the ledger, or hold; what came first has to go first."""
        problem = None
        self.flush(max(0.0, end - time.monotonic()))
        if not self.waiting:
            try:
                self._queue.ledger.append([entry], timeout=max(0.0, end - time.monotonic()))
                return True
            except StoreError as found:
                problem = found
                self._log(found)
        self._queue.add(entry, problem)
        return False

    def _names(self, name: int, sealed: bytes) -> tuple[int, ...]:
        """Return the names of a sign-up under every live secret; the one given first if the id cannot be read."""
        if self._hasher.second is None:
            return (name,)
        signup_id = self._hasher.unseal(name, sealed)
        names = [one.name(SIGNUP, signup_id) for one in (self._hasher, self._hasher.second)]
        return tuple(names) if name in names else (name,)

    def _tell_velocity(self, entry: LedgerEntry, end: float) -> bool:
        try:
            writes = self._settled(entry, max(0.0, end - time.monotonic()))
        except StoreError as problem:
            self._log(problem)
            for name in self._names(entry.name, entry.sealed):
                self._gate.hold((name, _code(entry.what), entry.known_at))
            return False
        return sum(self._gate.report(*write, max(0.0, end - time.monotonic())) for write in writes) > 0

    def _settled(self, entry: LedgerEntry, timeout: float | None) -> list[tuple[int, int | None, int]]:
        """Return what velocity is to know of the sign-up of an entry, under each of its names."""
        names = self._names(entry.name, entry.sealed)
        found = settle([one for name in names for one in self._queue.ledger.of(name, timeout=timeout)], _FOREVER)
        if found is None or found.is_weak:
            return [(name, None, entry.known_at) for name in names]
        return [(name, _code(found.entry.what), found.known_at) for name in names]

    def rekey(self) -> int:
        """Bring what the ledger keeps under the second secret under the first; return how many entries that were.

        Done once all processes read under the new secret and before the old one is left out: the ledger is kept for
        good, and without the old secret nobody could tell any more of whom it speaks. A call that broke off can be made
        again. Who reported an outcome stays the keyed hash that it was: it can be told from others, not matched.

        Raises:
            StoreError: The ledger fails.
        """
        after = moved = 0
        while page := self._queue.ledger.page(after):
            after = page[-1][0]
            for name in dict.fromkeys(entry.name for _, entry in page):
                held = self._queue.ledger.of(name)
                signup_id = self._hasher.unseal(name, held[0].sealed) if held else ""
                own = self._hasher.name(SIGNUP, signup_id)
                if held and self._is_second(name, signup_id):
                    sealed = self._hasher.seal(own, signup_id)
                    self._queue.ledger.append([replace(entry, name=own, sealed=sealed) for entry in held])
                    moved += self._queue.ledger.erase(name)
        return moved

    def _is_second(self, name: int, signup_id: str) -> bool:
        return self._hasher.second is not None and self._hasher.second.name(SIGNUP, signup_id) == name

    def _log(self, problem: StoreError) -> None:
        """Say why outcomes wait, at most once a minute; the text holds nothing of a person."""
        moment = time.monotonic()
        if moment - self._logged > _LOG_EVERY:
            self._logged = moment
            _LOG.warning("outcomes wait for the store: %s", problem)


def _code(what: str) -> int | None:
    return {"abusive": ABUSIVE, "legitimate": LEGITIMATE}.get(what)
