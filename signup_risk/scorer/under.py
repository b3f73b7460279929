"""Hold a sign-up between the two halves of assessing it: before the store is asked, and after."""

from __future__ import annotations

import time
from typing import NamedTuple

from signup_risk.events import Signup
from signup_risk.extract import Prepared
from signup_risk.scorer.judge import ExplainMode


class Under(NamedTuple):
    """Hold a sign-up under way.

    Attributes:
        event: The event, with its time.
        prepared: It described, its keys named.
        explain: When to give reasons, instead of the scorer's own setting.
        started: When assessing began, by the performance counter.
        deadline: Until when it may wait.
    """

    event: Signup
    prepared: Prepared
    explain: ExplainMode | None
    started: float
    deadline: float

    def left(self) -> float:
        """Return the seconds that it may still wait."""
        return max(0.0, self.deadline - time.perf_counter())
