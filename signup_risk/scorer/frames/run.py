"""Feed the rows of a frame to a scorer in the order of time, and gather the answers in the order of the frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import pandas as pd

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.results import Assessment
from signup_risk.scorer.frames.columns import AnswerColumns
from signup_risk.scorer.frames.rows import FrameRows, in_order_of_time
from signup_risk.scorer.frames.work import Answer, Row, RowProblem, answer_of, full_answers, signup_of
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
    found.attrs["prevalence"] = scorer.model.manifest.calibration.prevalence
    found.attrs["synthetic"] = scorer.model.manifest.synthetic  # plots say so
    return found


def _on_several(
    scorer: Scorer, items: Sequence[tuple[int, Row]], explain: ExplainMode | None, contributions: bool, jobs: int
) -> Answers:
    read: Callable[[Row], Signup | Answer | RowProblem] = signup_of
    write: Callable[[Assessment], Answer | RowProblem] = answer_of
    many: Callable[[Sequence[Assessment]], Sequence[Answer | RowProblem]] = full_answers
    yield from assess_parallel(
        scorer,
        items,
        read,
        write,
        workers=jobs,
        timeout=DEADLINE_MS / 1000,
        explain=explain,
        write_many=many if contributions else None,
    )


def _one_by_one(
    scorer: Scorer, items: Sequence[tuple[int, Row]], explain: ExplainMode | None, contributions: bool, _jobs: int
) -> Answers:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        found = [(place, _assessed(scorer, row, explain)) for place, row in batch]
        assessed = [one for _, one in found if isinstance(one, Assessment)]
        answers = iter(full_answers(assessed) if contributions else map(answer_of, assessed))
        for place, one in found:
            yield place, one if isinstance(one, RowProblem) else next(answers)


def _assessed(scorer: Scorer, row: Row, explain: ExplainMode | None) -> Assessment | RowProblem:
    signup = signup_of(row)
    if isinstance(signup, RowProblem):
        return signup
    try:
        return scorer.assess(signup, explain=explain, deadline_ms=DEADLINE_MS)
    except InvalidSignup as problem:
        return RowProblem(str(problem))
