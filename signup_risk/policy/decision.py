"""Name the four outcomes, their order, and what a policy says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signup_risk.results import DecisionName

#: From the mildest to the strictest.
OUTCOMES: Final[tuple[DecisionName, ...]] = ("allow", "step_up", "review", "block")

_RANK: Final = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Decision:
    """Say what to do with a sign-up.

    Attributes:
        outcome: What to do.
        shadow: What would have been done, if the policy only watches; None otherwise.
        notes: Codes of the rules that changed the decision, in the order in which they did.
        explored: Whether a sign-up that would have been blocked was let through to a further step by chance.
        propensity: Probability with which such a sign-up is decided so, where chance had a part; None otherwise.
    """

    outcome: DecisionName
    shadow: DecisionName | None = None
    notes: tuple[str, ...] = ()
    explored: bool = False
    propensity: float | None = None

    @property
    def would_be(self) -> DecisionName:
        """Return what would have been done without shadow and chance.

        Examples:
            >>> Decision("step_up", explored=True, propensity=0.01).would_be, Decision("allow", "review").would_be
            ('block', 'review')
        """
        return "block" if self.explored else self.shadow or self.outcome


def stricter(first: DecisionName, second: DecisionName) -> DecisionName:
    """Return the stricter of two outcomes.

    Examples:
        >>> stricter("review", "step_up")
        'review'
    """
    return first if _RANK[first] >= _RANK[second] else second


def milder(first: DecisionName, second: DecisionName) -> DecisionName:
    """Return the milder of two outcomes.

    Examples:
        >>> milder("review", "step_up")
        'step_up'
    """
    return first if _RANK[first] <= _RANK[second] else second
