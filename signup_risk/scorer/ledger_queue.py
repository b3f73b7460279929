"""Hold what the ledger could not take, in the order in which it was said, and bring it there when it can."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final

from signup_risk.errors import StoreError, StoreUnavailable
from signup_risk.scorer.catching_up import PATIENCE, CatchingUp
from signup_risk.stores import Ledger, LedgerEntry
from signup_risk.stores.ledger import STRONG

#: Entries held while the ledger cannot be written: some 5 MB.
LIMIT: Final = 10_000

#: Entries that one write brings to the ledger, and as many decisions as make one worth while.
_BATCH: Final = 100
_DUE: Final = 32


class LedgerQueue:
    """Queue entries for a ledger. Safe under threads and forks.

    Outcomes are brought there by a thread as soon as the ledger answers, decisions with them or many at a time.

    Args:
        ledger: The ledger.
        limit: How many entries to hold, half of them decisions.
        tell: Brings a strong outcome that has come to the ledger on to velocity, until a moment in monotonic seconds.
        failed: Is told why the ledger does not answer.

    Attributes:
        ledger: The ledger.
        dropped: Decisions for which there was no room.
        recovered: Outcomes that came to the ledger later than they should have.
    """

    def __init__(
        self,
        ledger: Ledger,
        limit: int,
        *,
        tell: Callable[[LedgerEntry, float], object],
        failed: Callable[[StoreError], object],
    ) -> None:
        self.ledger = ledger
        self._limit = limit
        self._tell = tell
        self._failed = failed
        self._pid = 0
        self._held: deque[LedgerEntry]
        self._urgent: bool
        self._own()
        self._catching_up = CatchingUp(lambda: self._urgent, self._catch_up)
        self.dropped = 0
        self.recovered = 0

    def __len__(self) -> int:
        """Return how many entries are held, decisions included."""
        self._own()
        return len(self._held)

    @property
    def tally(self) -> tuple[int, int]:
        """Return how many outcomes are held and how many came to the ledger late, at one moment."""
        self._own()
        with self._counting:
            return sum(entry.kind == "outcome" for entry in self._held), self.recovered

    @property
    def is_due(self) -> bool:
        """Say whether something is held that should not wait any longer: an outcome, or many decisions."""
        self._own()
        return self._urgent or len(self._held) >= _DUE

    def add(self, entry: LedgerEntry, problem: StoreError | None = None) -> None:
        """Hold an outcome.

        Args:
            entry: The outcome.
            problem: Why the ledger did not take it, if it was asked.

        Raises:
            StoreUnavailable: There is no room.
        """
        self._own()
        with self._counting:
            if len(self._held) >= self._limit:
                raise StoreUnavailable(
                    f"the ledger cannot be written and {len(self._held):,} entries wait for it already; this one is "
                    "not kept: report it again once the store answers"
                ) from problem
            self._held.append(entry)
            self._urgent = True
        self._catching_up.start()

    def note(self, entry: LedgerEntry) -> None:
        """Hold a decision; one that does not fit in the half that is for decisions is counted in ``dropped``."""
        self._own()
        with self._counting:
            if len(self._held) >= self._limit // 2:
                self.dropped += 1
            else:
                self._held.append(entry)

    def flush(self, timeout: float) -> None:
        """Bring what is held to the ledger and, outcomes, on to velocity, as far as the time in seconds allows.

        While another thread is at it, nothing is done.
        """
        self._own()
        if not self._held or not self._flushing.acquire(blocking=False):
            return
        try:
            self._flush(time.monotonic() + timeout)
        except StoreError as problem:
            self._failed(problem)
        finally:
            self._flushing.release()

    def forget(self, names: Collection[int]) -> int:
        """Forget all that was said of sign-ups, here and in the ledger; return how many entries went.

        Raises:
            StoreError: The ledger fails; what went so far is gone.
        """
        self._own()
        with self._flushing, self._counting:  # so that none is just being brought there and comes back
            kept = [entry for entry in self._held if entry.name not in names]
            gone = len(self._held) - len(kept)
            self._held = deque(kept)
            return gone + sum(self.ledger.erase(name) for name in names)

    def of(self, name: int) -> list[LedgerEntry]:
        """Return all that was said of a sign-up: what the ledger has, then what is held.

        Raises:
            StoreError: The ledger fails.
        """
        self._own()
        with self._flushing, self._counting:
            return self.ledger.of(name) + [entry for entry in self._held if entry.name == name]

    def stop(self) -> None:
        """End the thread; it does not start again."""
        self._catching_up.stop()

    def _own(self) -> None:
        """Begin anew in the child of a fork: what its parent held, the parent writes, whose locks may be held here."""
        if os.getpid() != self._pid:
            self._pid = os.getpid()
            self._flushing = threading.Lock()
            self._counting = threading.Lock()
            self._held = deque()
            self._urgent = False

    def _flush(self, end: float) -> None:
        while self._held and (left := end - time.monotonic()) > 0:
            part = [self._held[i] for i in range(min(_BATCH, len(self._held)))]
            self.ledger.append(part, timeout=left)
            for entry in part:
                if entry.what in STRONG:  # until velocity has it, or the queue for velocity, it is held here
                    self._tell(entry, end)
                with self._counting:
                    self._held.popleft()
                    self.recovered += entry.kind == "outcome"
        with self._counting:
            self._urgent = self._urgent and bool(self._held)

    def _catch_up(self) -> bool:
        """Bring some of what is held to the ledger and say whether any went."""
        before = len(self._held)
        self.flush(PATIENCE)
        return len(self._held) < before
