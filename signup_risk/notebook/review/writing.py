"""Write rulings back through a scorer, one by one, and say what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, cast

from signup_risk.errors import ConfigurationError, InvalidSignup, StoreError
from signup_risk.notebook.review.ruling import Ruling, Verdict
from signup_risk.notebook.review.undoing import without
from signup_risk.scorer import Scorer
from signup_risk.stores import LedgerEntry, settle
from signup_risk.stores.ledger import WEAK, OutcomeName

#: Milliseconds that a ruling waits for the store; nobody waits at a form.
DEADLINE_MS: Final = 5_000.0

_UNKNOWN: Final = (
    "this store does not know the sign-up: the ledger has the outcome, velocity learnt nothing; open the scorer on the "
    "store that the sign-up was assessed with, and call scorer.outcomes.catch_up()"
)

_FOREVER: Final = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_UNASKED: Final = (
    "the ledger did not answer, and has to be asked what stands before anything is cleared or taken back; call "
    "commit() again once it does"
)


@dataclass(frozen=True, slots=True)
class Written:
    """Say what became of a ruling.

    Attributes:
        ruling: The ruling.
        state: ``written``; ``waiting`` if the ledger could not be asked and the process holds it; ``refused``.
        known: Whether velocity knows the sign-up, so that its outcome counts there; None if nothing was written.
        problem: Why it was refused, why velocity learnt nothing of one that was written, or what of another hand was
            withdrawn; empty otherwise.
        is_down: Whether the ledger did not answer.
    """

    ruling: Ruling
    state: Literal["written", "waiting", "refused"]
    known: bool | None = None
    problem: str = ""
    is_down: bool = False


def write_ruling(scorer: Scorer, ruling: Ruling, undone: Sequence[Ruling] = (), *, wait: bool = True) -> Written:
    """Report one ruling.

    The ledger keeps one of equal entries, and a ruling has one time for good: writing it twice, as after a notebook was
    killed between writing and saving, leaves what writing it once leaves.

    Args:
        scorer: Takes it.
        ruling: The ruling.
        undone: What it takes back, if it does.
        wait: Whether to wait for the ledger, which has answered so far.
    """
    try:
        if ruling.outcome == "cleared" or ruling.takes_back:
            if not wait:
                return Written(ruling, "refused", problem=_UNASKED, is_down=True)
            said = scorer.outcomes.said_of(ruling.signup_id)
            return _taken_back(scorer, ruling, said, undone) if ruling.takes_back else _cleared(scorer, ruling, said)
        return _report(scorer, ruling, wait=wait)
    except (ConfigurationError, InvalidSignup, StoreError) as problem:
        return Written(ruling, "refused", problem=str(problem), is_down=isinstance(problem, StoreError))


def _report(scorer: Scorer, ruling: Ruling, problem: str = "", *, wait: bool = True) -> Written:
    known = scorer.report(
        ruling.signup_id,
        ruling.outcome,
        at=ruling.at,
        source=ruling.source,
        happened_at=ruling.happened_at,
        confidence=ruling.confidence,
        by=ruling.by,
        deadline_ms=DEADLINE_MS if wait else 0.0,
    )
    if not known and scorer.outcomes.tally[0]:
        return Written(ruling, "waiting", problem=problem, is_down=True)
    if not (known or problem or scorer.pending_writes):
        problem = _UNKNOWN
    return Written(ruling, "written", known=known, problem=problem)


def _cleared(scorer: Scorer, ruling: Ruling, said: Sequence[LedgerEntry]) -> Written:
    """Clear a case, unless what others reported would be withdrawn; say so if another analyst is overruled."""
    standing = _standing(said)
    if standing is None:
        return _report(scorer, ruling)
    if not ruling.withdraws and standing.source != ruling.source:  # analysts may clear what analysts said
        return Written(ruling, "refused", problem=_stands(standing))
    is_own = standing.by in scorer.outcomes.hands(ruling.by)
    overruled = "" if is_own else f"{standing.what} from {standing.source} by another hand stood, and was withdrawn"
    return _report(scorer, ruling, overruled)


def _taken_back(scorer: Scorer, ruling: Ruling, said: Sequence[LedgerEntry], undone: Sequence[Ruling]) -> Written:
    """Write again what stands without what is taken back; nothing where that has no part in what stands now."""
    others = without(scorer, said, undone)
    standing, found = _standing(said), settle(others, _FOREVER)
    before = None if found is None else found.entry
    if standing in others or (standing is None and before is None):
        return Written(replace(ruling, outcome="cleared" if standing is None else _verdict(standing)), "written")
    happened = None if before is None else _EPOCH + timedelta(microseconds=before.at)
    if before is not None and before.what not in WEAK:
        again = replace(ruling, outcome=_verdict(before), source=before.source, confidence=before.confidence)
        return _report(scorer, replace(again, happened_at=happened))
    told = _report(scorer, ruling)
    if before is not None:  # how a further step went, which clearing withdraws as well
        scorer.report(
            ruling.signup_id,
            cast("OutcomeName", before.what),
            at=ruling.at,
            source=before.source,
            happened_at=happened,
            confidence=before.confidence,
            by=ruling.by,
            deadline_ms=DEADLINE_MS if told.state == "written" else 0.0,
        )
    return told


def _standing(said: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """Return the strong outcome that stands; None if there is none."""
    found = settle(said, _FOREVER)
    return None if found is None or found.is_weak else found.entry


def _verdict(entry: LedgerEntry) -> Verdict:
    return cast("Verdict", entry.what)


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


def _stands(standing: LedgerEntry) -> str:
    return (
        f"{standing.what} from {standing.source} stands, and clearing would withdraw it; if it is wrong, "
        'rule again with decide(..., "cleared", withdraw=True)'
    )
