"""Write rulings back through a scorer, one by one, and say what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from signup_risk.errors import ConfigurationError, InvalidSignup, StoreError
from signup_risk.notebook.review.ruling import Ruling
from signup_risk.scorer import Scorer
from signup_risk.stores import LedgerEntry, settle

#: Milliseconds that a ruling waits for the store; nobody waits at a form.
DEADLINE_MS: Final = 5_000.0

_UNKNOWN: Final = (
    "this store does not know the sign-up: the ledger has the outcome, velocity learnt nothing; open the scorer on the "
    "store that the sign-up was assessed with, and call scorer.outcomes.catch_up()"
)

_FOREVER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Written:
    """Say what became of a ruling.

    Attributes:
        ruling: The ruling.
        state: ``written``; ``waiting`` if the ledger could not be asked and the process holds it; ``refused``.
        known: Whether velocity knows the sign-up, so that its outcome counts there; None if nothing was written.
        problem: Why it was refused, or why velocity learnt nothing of one that was written; empty otherwise.
    """

    ruling: Ruling
    state: Literal["written", "waiting", "refused"]
    known: bool | None = None
    problem: str = ""


def write_ruling(scorer: Scorer, ruling: Ruling) -> Written:
    """Report one ruling.

    The ledger keeps one of equal entries, and a ruling has one time for good: writing it twice, as after a notebook was
    killed between writing and saving, leaves what writing it once leaves.
    """
    try:
        if ruling.outcome == "cleared" and not ruling.withdraws:
            standing = standing_outcome(scorer, ruling.signup_id)
            if standing is not None and not _is_own(standing, ruling):
                return Written(ruling, "refused", problem=_stands(standing))
        known = scorer.report(
            ruling.signup_id,
            ruling.outcome,
            at=ruling.at,
            source=ruling.source,
            happened_at=ruling.happened_at,
            confidence=ruling.confidence,
            by=ruling.by,
            deadline_ms=DEADLINE_MS,
        )
    except (ConfigurationError, InvalidSignup, StoreError) as problem:
        return Written(ruling, "refused", problem=str(problem))
    if not known and scorer.outcomes.waiting_outcomes:
        return Written(ruling, "waiting")
    return Written(ruling, "written", known=known, problem="" if known or scorer.pending_writes else _UNKNOWN)


def standing_outcome(scorer: Scorer, signup_id: str) -> LedgerEntry | None:
    """Return the outcome that stands of a sign-up; None if there is none, or a weak one only.

    Raises:
        InvalidSignup: No sign-up can have that id.
        StoreError: The ledger fails.
    """
    found = settle(scorer.outcomes.said_of(signup_id), _FOREVER)
    return None if found is None or found.is_weak else found.entry


def was_ruled_on(scorer: Scorer, signup_id: str) -> bool:
    """Tell whether somebody has ruled on a sign-up for good: an outcome stands, or the last word was ``cleared``.

    Raises:
        InvalidSignup: No sign-up can have that id.
        StoreError: The ledger fails.
    """
    said = scorer.outcomes.said_of(signup_id)
    found = settle(said, _FOREVER)
    if found is not None:
        return not found.is_weak
    return any(entry.what == "cleared" for entry in said)


def _is_own(standing: LedgerEntry, ruling: Ruling) -> bool:
    """Tell whether what stands comes from where the ruling does: analysts may clear what analysts said."""
    return standing.source == ruling.source


def _stands(standing: LedgerEntry) -> str:
    return (
        f"{standing.what} from {standing.source} stands, and clearing would withdraw it; if it is wrong, "
        'rule again with decide(..., "cleared", withdraw=True)'
    )
