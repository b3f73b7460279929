"""Feed the rows of a frame to a scorer in the order of time, and gather the answers in the order of the frame."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import pandas as pd

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.explain import Origin
from signup_risk.results import Assessment
from signup_risk.scorer.frames.columns import Answer, AnswerColumns, answer_of, full_answer_of
from signup_risk.scorer.frames.rows import FrameRows, Row, RowProblem, in_order_of_time, signup_of
from signup_risk.scorer.judge import ExplainMode
from signup_risk.scorer.parallel import assess_parallel
from signup_risk.scorer.progress import Progress

if TYPE_CHECKING:
    from signup_risk.scorer.scorer import Scorer

#: Nobody waits for the answer about a single row, so a busy store is waited for rather than done without.
DEADLINE_MS: Final = 60_000.0

#: Rows whose contributions are asked for in one call.
_BATCH: Final = 256

Answers = Iterator[tuple[int, Answer | RowProblem]]


def assess_frame(  # noqa: PLR0913 - what goes in, what is wanted of it, and how
    scorer: Scorer,
    frame: pd.DataFrame,
    *,
    now: datetime,
    explain: ExplainMode | None,
    contributions: bool,
    ignore: Collection[str],
    jobs: int,
    progress: Progress,
) -> pd.DataFrame:
    """Assess the rows of a frame; see :meth:`signup_risk.Scorer.assess_frame`."""
    rows = FrameRows(frame, ignore)
    items, problems = in_order_of_time(rows, now)
    columns = AnswerColumns(len(rows), scorer.model.manifest.names if contributions else None)
    for place, problem in problems.items():
        columns.refuse(place, problem.reason)
    way = _one_by_one if jobs == 1 else _on_several
    for place, answer in progress(way(scorer, items, explain, contributions, jobs), "score", total=len(items)):
        if isinstance(answer, RowProblem):
            columns.refuse(place, answer.reason)
        else:
            columns.put(place, answer)
    found = columns.frame(frame.index)
    found.attrs["synthetic"] = scorer.model.manifest.synthetic  # plots say so
    return found


def _on_several(
    scorer: Scorer, items: Sequence[tuple[int, Row]], explain: ExplainMode | None, contributions: bool, jobs: int
) -> Answers:
    read: Callable[[Row], Signup | Answer | RowProblem] = signup_of
    write: Callable[[Assessment], Answer | RowProblem] = full_answer_of if contributions else answer_of
    seconds = DEADLINE_MS / 1000
    yield from assess_parallel(scorer, items, read, write, workers=jobs, timeout=seconds, explain=explain)


def _one_by_one(
    scorer: Scorer, items: Sequence[tuple[int, Row]], explain: ExplainMode | None, contributions: bool, _jobs: int
) -> Answers:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        found = [(place, _assessed(scorer, row, explain)) for place, row in batch]
        amounts = _amounts(scorer, [one for _, one in found]) if contributions else {}
        for number, (place, one) in enumerate(found):
            if isinstance(one, RowProblem):
                yield place, one
            else:
                yield place, full_answer_of(one, amounts.get(number)) if contributions else answer_of(one)


def _assessed(scorer: Scorer, row: Row, explain: ExplainMode | None) -> Assessment | RowProblem:
    signup = signup_of(row)
    if isinstance(signup, RowProblem):
        return signup
    try:
        return scorer.assess(signup, explain=explain, deadline_ms=DEADLINE_MS)
    except InvalidSignup as problem:
        return RowProblem(str(problem))


def _amounts(scorer: Scorer, found: Iterable[Assessment | RowProblem]) -> dict[int, Sequence[float]]:
    """Ask the model for the contributions of all rows that have none yet, in one call, by their number.

    LightGBM works out a row of a table as it does a single one, so these are the same to the bit.
    """
    wanted = {
        number: one.origin
        for number, one in enumerate(found)
        if isinstance(one, Assessment) and isinstance(one.origin, Origin) and one.origin.found is None
    }
    rows = array("d")
    for origin in wanted.values():
        rows.extend(origin.row)
    table = scorer.model.booster.contributions_table(rows)
    width = len(scorer.model.manifest.names) + 1
    return {number: table[place * width : (place + 1) * width] for place, number in enumerate(wanted)}
