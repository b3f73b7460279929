"""Give a scorer what takes pandas frames; a process that never passes one never loads pandas."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from signup_risk.errors import ConfigurationError
from signup_risk.scorer.judge import ExplainMode, check_mode
from signup_risk.scorer.progress import Progress, bars

if TYPE_CHECKING:
    from signup_risk.scorer.scorer import Scorer


class FrameFace:
    """Be the part of a scorer that assesses frames."""

    _clock: Callable[[], datetime]
    _sandbox: bool

    def assess_frame(  # noqa: PLR0913 - what goes in, what is wanted of it, and how
        self,
        frame: Any,
        *,
        explain: ExplainMode | None = None,
        contributions: bool = False,
        ignore: Collection[str] = (),
        jobs: int = 1,
        progress: Progress = bars,
    ) -> Any:
        """Assess the rows of a pandas frame and record them.

        Rows are fed in the order of ``at``, whatever their order in the frame; rows of equal times in the order of the
        frame. The answer has the frame's index and order, and says exactly what :meth:`assess` would have said of one
        after another, but for ``latency_ms``.

        Args:
            frame: One row a sign-up: dotted columns (``device.id``) as ``pandas.json_normalize`` makes them, or
                columns of mappings; a level of the index called like a field counts as one. NaN, NaT and NA are
                unknown. ``label`` and its like are not looked at.
            explain: When to give reasons, instead of the scorer's own setting. Reasons of every row take some 10 kB a
                row: for a large frame ask for ``contributions``.
            contributions: Whether to add ``raw_score``, ``base_value`` and ``contribution.FEATURE`` for every feature
                of the model, 1 kB a row; see :func:`signup_risk.notebook.contributions_frame`.
            ignore: Columns that are no fields, to leave out.
            jobs: Processes that share the work, beside this one, which keeps the store. A script that asks for more
                than one has to stand under ``if __name__ == "__main__":``, as always with processes. An observer is
                told of nothing then.
            progress: Shows how far it is: a bar where standard error is a terminal.

        Returns:
            A frame with the columns of the output contract, always all of them (``campaign.id`` and so on are empty
            without a campaign), and ``error``: why a row could not be assessed; empty where it could. Such a row is not
            recorded.

        Raises:
            ConfigurationError: It is no frame, a column is no field or stands twice, ``at`` is missing or has no zone.
            SignupRiskError: One of several processes ended before its work was done.

        Examples:
            >>> import pandas as pd
            >>> from signup_risk import Scorer
            >>> signups = pd.DataFrame(
            ...     {"at": ["2026-06-01T12:00:00Z", "yesterday"], "email": ["ada@example.com", None]}, index=["a", "b"]
            ... )
            >>> with Scorer.open("memory://") as scorer:
            ...     found = scorer.assess_frame(signups)
            >>> found["decision"].tolist(), found["error"].notna().tolist()
            (['allow', None], [False, True])
        """
        if explain is not None:
            check_mode(explain)
        if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= 64:
            raise ConfigurationError(f"jobs is {str(jobs)[:20]}; give a whole number of processes, 1 to 64")
        if jobs > 1 and self._sandbox:
            raise ConfigurationError("a scorer with sandbox=True assesses frames in one process; leave jobs= out")
        from signup_risk.scorer.frames.run import assess_frame

        return assess_frame(
            cast("Scorer", self),
            frame,
            now=self._clock(),
            explain=explain,
            contributions=contributions,
            ignore=ignore,
            jobs=jobs,
            progress=progress,
        )
