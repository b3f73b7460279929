"""Give a scorer what concerns outcomes and what could not be written: reports, and how its store fares."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Literal

from signup_risk.scorer.gate import StoreGate, StoreHealth
from signup_risk.scorer.outcomes import UNSPECIFIED, DecisionNote, Outcomes
from signup_risk.scorer.threads import Threads

Outcome = Literal["abusive", "legitimate", "cleared", "step_up_passed", "step_up_failed"]


class OutcomeFace:
    """Be the part of a scorer that takes outcomes."""

    _gate: StoreGate
    _outcomes: Outcomes
    _threads: Threads
    _closed: bool

    def report(  # noqa: PLR0913 - everything that an outcome may say
        self,
        signup_id: str,
        outcome: Outcome,
        *,
        at: datetime | str | None = None,
        source: str = UNSPECIFIED,
        happened_at: datetime | str | None = None,
        confidence: float | None = None,
        by: str | None = None,
        deadline_ms: float | None = None,
    ) -> bool:
        """Say what became of a sign-up; it is kept in a ledger beside the store, and velocity learns of it.

        See :meth:`signup_risk.scorer.outcomes.Outcomes.report` for what each argument means.

        Returns:
            Whether the sign-up was known. While writes are pending, or if ledger or store could not be asked, the
            outcome is held in their queue and the answer is false.

        Raises:
            ConfigurationError: The outcome, source or confidence is not allowed.
            InvalidSignup: A time cannot be read, has no offset or lies more than a day ahead of the clock, or no
                sign-up can have that id.
            StoreUnavailable: The ledger cannot be written and its queue is full; report it again later.
        """
        return self._outcomes.report(
            signup_id,
            outcome,
            at=at,
            source=source,
            happened_at=happened_at,
            confidence=confidence,
            by=by,
            deadline_ms=deadline_ms,
        )

    async def report_async(self, signup_id: str, outcome: Outcome, **details: Any) -> bool:
        """Report an outcome as :meth:`report` does, with the same details, without blocking the event loop."""
        return await self._threads.run(partial(self.report, signup_id, outcome, **details))

    def decided(self, note: DecisionNote | None, timeout: float) -> None:
        """Note what was decided; see :meth:`signup_risk.scorer.outcomes.Outcomes.decided`."""
        if note is not None:
            self._outcomes.decided(note)
        if timeout > 0 and self._outcomes.is_due:
            self._outcomes.flush(timeout)

    @property
    def is_closed(self) -> bool:
        """Tell whether the scorer was closed, so that nothing that is reported can be kept any more."""
        return self._closed

    @property
    def outcomes(self) -> Outcomes:
        """Return what keeps outcomes, for catching up after a crash."""
        return self._outcomes

    @property
    def pending_writes(self) -> int:
        """Return the number of writes that wait for the store, outcomes included."""
        return self.health.pending

    @property
    def dropped_writes(self) -> int:
        """Return the number of writes given up since the scorer was opened."""
        return self.health.dropped

    @property
    def health(self) -> StoreHealth:
        """Return how the scorer gets on with its store: what waits, what was dropped, whether it is spared."""
        waiting, late = self._outcomes.tally  # first: what goes on to velocity meanwhile is then seen twice, not never
        found = self._gate.health
        return replace(
            found,
            pending=found.pending + waiting,
            recovered=found.recovered + late,
            dropped=found.dropped + self._outcomes.dropped_decisions,
        )
