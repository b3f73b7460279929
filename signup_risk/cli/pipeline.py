"""Score numbered records, one after another or on several cores: what comes out is the same, in input order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from signup_risk.cli.write import Scored, scored
from signup_risk.events import Signup
from signup_risk.files.records import BadLine, Payload, Records, signup_of
from signup_risk.results import Assessment
from signup_risk.scorer import Scorer
from signup_risk.scorer.parallel import assess_parallel

#: Nobody waits for an answer about a single line, so a busy store is waited for rather than done without.
DEADLINE_MS: Final = 60_000.0


def score_events(
    scorer: Scorer, records: Records, *, jobs: int = 1, keep: Callable[[Assessment], None] | None = None
) -> Iterator[tuple[int, Scored | BadLine]]:
    """Yield what every record scores, or why it does not, with its line number.

    Args:
        scorer: Assesses, and keeps the store.
        records: What a source yields.
        jobs: Processes that share the work. With one, each answer comes before the next record is read; with
            more, some hundred records are under way at a time.
        keep: Is given each assessment, in this process; with several the assessments stay in theirs.

    Raises:
        SignupRiskError: One of the processes ended before its work was done.
    """
    if jobs > 1:
        read: Callable[[Payload], Signup | Scored | BadLine] = signup_of
        write: Callable[[Assessment], Scored | BadLine] = scored
        yield from assess_parallel(scorer, records, read, write, workers=jobs, timeout=DEADLINE_MS / 1000)
        return
    for number, payload in records:
        signup = signup_of(payload)
        if isinstance(signup, BadLine):
            yield number, signup
            continue
        assessment = scorer.assess(signup)
        if keep is not None:
            keep(assessment)
        yield number, scored(assessment)
