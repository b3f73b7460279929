"""Write receipts while a file is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from signup_risk.cli.event_files import scratch_file
from signup_risk.errors import NoExplanation
from signup_risk.results import Assessment
from signup_risk.scorer import Scorer

#: Takes an assessment and writes its receipt, if one is wanted.
Keep = Callable[[Assessment], None]


@contextmanager
def open_receipts(name: str | None, scorer: Scorer, *, all_of_them: bool) -> Iterator[Keep | None]:
    """Open a file for receipts, one a line; it gets its name when the block ends without an error.

    Args:
        name: The file; None for no receipts.
        scorer: Makes them.
        all_of_them: Whether sign-ups that are allowed get one as well.

    Raises:
        UnreadableFile: The file cannot be written.
    """
    if name is None:
        yield None
        return
    with scratch_file(Path(name)) as stream:

        def keep(assessment: Assessment) -> None:
            would_be = assessment.policy.shadow_decision or assessment.decision
            if would_be == "allow" and not all_of_them:
                return
            try:
                stream.write(scorer.receipt(assessment).to_json().encode("ascii") + b"\n")
            except NoExplanation:  # no model gave a score, and the assessment says so itself
                return

        yield keep
