"""Work out what a threshold costs: abuse that gets through, honest people who are stopped, and the work of reviewing.

Whoever scores at or above the threshold is *stopped*: sent to a review, or asked for a further step. The cost is stated
for 1,000 sign-ups, at a share of abuse that may differ from the history's, which often holds more abuse than traffic
does. What single decisions cost is for the operator to say; that it is known roughly is why the width of the valley
matters more than its lowest point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.training.evaluate.detection import Ranking
from signup_risk.training.evaluate.intervals import REPEATS, bounds, redraws
from signup_risk.training.evaluate.sample import Floats, Sample

#: Sign-ups that costs are stated for.
PER: Final = 1000


@dataclass(frozen=True, slots=True)
class Costs:
    """Say what things cost, in one unit of money.

    Attributes:
        abusive: An abusive account that gets in.
        friction: A legitimate sign-up that is stopped: those who give up, support, good will.
        review: Looking at one sign-up that is stopped; 0 where stopping is a further step that costs nothing.
        slips: Share of abusive sign-ups that get in though they are stopped.
        unit: What stands before an amount.

    Examples:
        >>> Costs(abusive=40, friction=15, review=2, unit="$").unit
        '$'
    """

    abusive: float
    friction: float
    review: float = 0.0
    slips: float = 0.0
    unit: str = ""

    def __post_init__(self) -> None:
        for name in ("abusive", "friction", "review"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise ConfigurationError(f"the cost {name} is {value!r}; give an amount of 0 or more")
        if not 0 <= self.slips < 1:
            raise ConfigurationError(f"slips is {self.slips!r}; give a share from 0 to below 1")
        if not self.abusive:
            raise ConfigurationError("abusive is 0, so nobody need be stopped; say what one costs")


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Hold what each threshold costs, by threshold.

    Attributes:
        found: Share of abusive sign-ups stopped.
        alarms: Share of legitimate sign-ups stopped.
        stopped: Share of all sign-ups stopped, at the share of abuse.
        missed: Cost of abuse that gets in, for :data:`PER` sign-ups, as are the next three.
        friction: Cost of legitimate sign-ups stopped.
        review: Cost of reviews.
        total: All three.
        low: Lower end of the 95 % interval of the total; campaigns are drawn again as wholes.
        high: Its upper end.
    """

    found: Floats
    alarms: Floats
    stopped: Floats
    missed: Floats
    friction: Floats
    review: Floats
    total: Floats
    low: Floats
    high: Floats


def cost_curve(  # noqa: PLR0913 - who is judged, at which thresholds, at what cost, and how surely
    scores: Floats,
    sample: Sample,
    thresholds: Floats,
    costs: Costs,
    *,
    prevalence: float | None = None,
    seed: int = 1,
    repeats: int = REPEATS,
) -> CostCurve:
    """Work out what each threshold costs.

    Args:
        scores: Scores of the sign-ups.
        sample: Who is what.
        thresholds: Scores from which on sign-ups are stopped.
        costs: What things cost.
        prevalence: Share of abuse to state costs for; the sample's by default.
        seed: Same seed, same intervals.
        repeats: How often campaigns are drawn again for them.
    """
    ranking = Ranking(scores, sample)
    share = sample.prevalence if prevalence is None else prevalence

    def curve(weights: Floats) -> CostCurve:
        found, alarms = ranking.found(weights, thresholds), ranking.alarms(weights, thresholds)
        stopped = share * found + (1 - share) * alarms
        missed = PER * share * (1 - found * (1 - costs.slips)) * costs.abusive
        friction, review = PER * (1 - share) * alarms * costs.friction, PER * stopped * costs.review
        total = missed + friction + review
        return CostCurve(found, alarms, stopped, missed, friction, review, total, total, total)

    low, high = bounds(lambda weights: curve(weights).total, redraws(sample, seed, repeats))
    return replace(curve(sample.weights), low=low, high=high)


def valley(total: Floats, allowed: Sequence[bool] | Floats, tolerance: float = 0.1) -> tuple[int, int, int]:
    """Return the places of the lowest total, and of the ends of the stretch around it that costs hardly more.

    Args:
        total: Costs by threshold.
        allowed: Whether each threshold can be had.
        tolerance: What "hardly more" is, as a share of the lowest.

    Examples:
        >>> valley(np.asarray([9.0, 5.2, 5.0, 5.4, 8.0]), [True] * 5)
        (2, 1, 3)
        >>> valley(np.asarray([9.0, 5.2, 5.0, 5.4, 8.0]), [True, True, False, False, False])
        (1, 1, 1)
    """
    can = np.asarray(allowed, dtype=np.bool_)
    kept = np.where(can, total, np.inf)
    best = int(np.argmin(kept))
    near = kept <= kept[best] * (1 + tolerance)
    first = last = best
    while first > 0 and near[first - 1]:
        first -= 1
    while last + 1 < len(near) and near[last + 1]:
        last += 1
    return best, first, last
