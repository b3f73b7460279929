"""Stand between a scorer and its store: deadlines, a queue for what could not be written, and a breaker."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signup_risk.errors import StoreDamaged, StoreError, StoreUnavailable
from signup_risk.observer import Observer
from signup_risk.scorer.catching_up import PATIENCE, CatchingUp
from signup_risk.stores import Exchange, PendingWrites, Store, Touch
from signup_risk.stores.base import AsyncStore
from signup_risk.stores.breaker import Breaker, BreakerState
from signup_risk.stores.pending import LIMIT, Write

_LOG: Final = logging.getLogger(__name__)

#: Seconds between two log lines that say why velocity is missing.
_LOG_EVERY: Final = 60.0

#: Writes made in one round of catching up, after which sign-ups have their turn.
_ROUND: Final = 32

#: Seconds that closing may take to make the writes that wait, as long as the store takes each within the deadline.
_CLOSING: Final = 5.0


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Say how a scorer gets on with its store.

    Attributes:
        state: ``closed`` if the store is asked, ``open`` while it is spared after failures in a row, ``trying`` while
            one call finds out.
        pending: Writes that wait for the store, outcomes for the ledger among them.
        recovered: Writes made later than they should have been.
        dropped: Writes given up because the queue was full, or because what they touch is damaged.
        failures: Calls that failed since the scorer was opened.
        spared: Calls that were not made since the store was spared.
        problem: What the last failure said; it holds nothing of an applicant.
    """

    state: BreakerState
    pending: int
    recovered: int
    dropped: int
    failures: int
    spared: int
    problem: str | None


class StoreGate:
    """Ask a store for as long as it answers, and keep what it could not take.

    Args:
        store: The store.
        limit: Writes held for later.
        observer: Is told of writes given up and of writes made after all.
        now: Tells monotonic seconds.
    """

    def __init__(
        self,
        store: Store,
        *,
        limit: int = LIMIT,
        observer: Observer | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._breaker = Breaker(now)
        self._counting = threading.Lock()
        self._failures = 0
        self._spared = 0
        self._problem: str | None = None
        self._logged = float("-inf")
        self.pending = PendingWrites(store, limit, observer)
        self._catching_up = CatchingUp(self.pending.__len__, self._catch_up)

    def exchange(self, touch: Touch, timeout: float) -> tuple[Exchange | None, StoreError | None]:
        """Read and record the keys of one sign-up; a store that fails gets the write later, from the queue.

        Args:
            touch: What the sign-up touches.
            timeout: Seconds to wait for the store.

        Returns:
            What was known, or why the store could not be asked.
        """
        touch = _named(touch)
        if not self._breaker.asks():
            return None, self._spare(touch)
        end = time.perf_counter() + timeout
        try:
            answer = self._store.exchange(touch, timeout=timeout)
        except StoreError as problem:
            return None, self._fail(touch, problem)
        self._breaker.worked()
        self.pending.flush(_share(end))
        return answer, None

    async def exchange_async(self, touch: Touch, timeout: float) -> tuple[Exchange | None, StoreError | None]:  # noqa: ASYNC109
        """Exchange as :meth:`exchange` does on the running loop; only for a store that can (:attr:`is_async`)."""
        assert isinstance(self._store, AsyncStore)  # noqa: S101 - for the type checker; callers ask first
        touch = _named(touch)
        if not self._breaker.asks():
            return None, self._spare(touch)
        end = time.perf_counter() + timeout
        try:
            answer = await self._store.exchange_async(touch, timeout=timeout)
        except StoreError as problem:
            return None, self._fail(touch, problem)
        except asyncio.CancelledError:  # the caller hung up; whether it was recorded nobody knows, and twice is once
            self.hold(touch)
            raise
        self._breaker.worked()
        if len(self.pending):
            await asyncio.to_thread(self.pending.flush, _share(end))
        return answer, None

    def also(self, touch: Touch | None, timeout: float) -> None:
        """Record what nobody waits for, such as a sign-up under a second secret; what fails or is late is queued.

        Args:
            touch: What the sign-up touches; nothing is done without.
            timeout: Seconds to wait for the store; 0 to leave it to the queue.
        """
        if touch is None:
            return
        if timeout <= 0 or not self._breaker.asks():
            self.hold(touch)
            return
        try:
            self._store.exchange(touch, timeout=timeout)
        except StoreError as problem:
            self._fail(touch, problem)
        else:
            self._breaker.worked()

    @property
    def store(self) -> Store:
        """Return the store."""
        return self._store

    @property
    def is_async(self) -> bool:
        """Say whether the store answers on event loops."""
        return isinstance(self._store, AsyncStore)

    def report(self, signup: int, outcome: int | None, known_at: int, timeout: float) -> bool:
        """Report an outcome; one that cannot be written now is queued, behind its sign-up.

        Returns:
            Whether the store knew the sign-up; false if the outcome is queued.
        """
        write = (signup, outcome, known_at)
        if len(self.pending) or not self._breaker.asks():  # its sign-up may be among them, and has to come first
            self.hold(write)
            if self._breaker.state == "closed":
                self.pending.flush(timeout)
            return False
        try:
            known = self._store.report(*write, timeout=timeout)
        except StoreError as problem:
            self._fail(write, problem)
            return False
        self._breaker.worked()
        return known

    def hold(self, write: Write) -> None:
        """Hold a write until the store takes it: with a later sign-up, or from a thread if none comes."""
        self.pending.add(write)
        self._catching_up.start()

    def close(self, timeout: float) -> None:
        """Make the writes that wait, for as long as the store takes them and five seconds last; say what is lost.

        Args:
            timeout: Seconds that one write may take.
        """
        self._catching_up.stop()
        self.pending.flush(max(timeout, _CLOSING), most=len(self.pending), each=timeout)
        if len(self.pending):
            _LOG.warning("%d writes are lost: the velocity store did not take them before closing", len(self.pending))

    @property
    def health(self) -> StoreHealth:
        """Return how the store fares."""
        pending, recovered, dropped = self.pending.tally
        return StoreHealth(
            state=self._breaker.state,
            pending=pending,
            recovered=recovered,
            dropped=dropped,
            failures=self._failures,
            spared=self._spared,
            problem=self._problem,
        )

    def _catch_up(self) -> bool:
        """Make some of the writes that wait and say whether any was made.

        The breaker is neither asked nor told: a store that takes them within a second may be too slow for sign-ups.
        """
        return self.pending.flush(PATIENCE, most=_ROUND) > 0

    def _spare(self, touch: Touch) -> StoreError:
        with self._counting:
            self._spared += 1
        self.hold(touch)
        return StoreUnavailable(f"the velocity store is spared after failures in a row; the last: {self._problem}")

    def _fail(self, write: Write, problem: StoreError) -> StoreError:
        with self._counting:
            self._failures += 1
            self._problem = str(problem)
        if isinstance(problem, StoreDamaged):  # the store answered, and has the values of all other sign-ups
            self._breaker.worked()
        else:
            self._breaker.failed()
        self.hold(write)
        self._log(problem)
        return problem

    def _log(self, problem: StoreError) -> None:
        """Say why velocity is missing, at most once a minute."""
        moment = time.monotonic()
        if moment - self._logged > _LOG_EVERY:
            self._logged = moment
            _LOG.warning("scoring without velocity: %s", problem)


def _named(touch: Touch) -> Touch:
    """Give a sign-up without an id a nonce, before the first call: one that times out may be carried out later."""
    return touch if touch.signup or touch.nonce else touch._replace(nonce=random.getrandbits(63) | 1)


def _share(end: float) -> float:
    """Return the seconds for catching up: half of what is left, since campaigns wait for the store after that."""
    return (end - time.perf_counter()) / 2
