"""Put a challenger beside the champion on the same sign-ups: who is stopped by one of them only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.training.evaluate.detection import Ranking, refusal
from signup_risk.training.evaluate.intervals import REPEATS, Share, bounds, redraws
from signup_risk.training.evaluate.sample import Bools, Floats, Sample
from signup_risk.training.fit import RATES

#: Gain or loss of abuse found that is next to none, at the ends of an interval around zero.
ALIKE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Swap:
    """Hold who changes sides at one false-positive rate, both thresholds set on this history.

    Attributes:
        rate: The rate.
        refused: Why it cannot be told; empty if it can.
        abusive_only_champion: Abusive sign-ups stopped by the champion only.
        abusive_only_challenger: Abusive sign-ups stopped by the challenger only.
        legitimate_only_champion: Legitimate sign-ups stopped by the champion only.
        legitimate_only_challenger: Legitimate sign-ups stopped by the challenger only.
        gain: Share of abuse found by the challenger minus that by the champion; the interval draws the same campaigns
            for both.
        verdict: ``better`` or ``worse`` where the interval does not hold zero; ``tie`` where all of it lies within half
            a point of zero, ``unclear`` where it says neither.
    """

    rate: float
    refused: str
    abusive_only_champion: int
    abusive_only_challenger: int
    legitimate_only_champion: int
    legitimate_only_challenger: int
    gain: Share
    verdict: str


def swaps(
    champion: Floats, challenger: Floats, sample: Sample, *, seed: int = 1, repeats: int = REPEATS
) -> tuple[Swap, ...]:
    """Compare two models' scores of the same sign-ups at every rate."""
    rankings = (Ranking(champion, sample), Ranking(challenger, sample))

    def measure(weights: Floats) -> Floats:
        old, new = (ranking.found(weights, ranking.thresholds(weights, RATES)) for ranking in rankings)
        return new - old

    everyone = sample.weights
    gains = measure(everyone)
    low, high = bounds(measure, redraws(sample, seed, repeats))
    thresholds = [ranking.thresholds(everyone, RATES) for ranking in rankings]
    found = []
    for which, rate in enumerate(RATES):
        old, new = champion >= thresholds[0][which], challenger >= thresholds[1][which]
        gain = Share(gains[which].item(), low[which].item(), high[which].item(), int(sample.abusive.sum()))
        found.append(_swap(rate, old, new, gain, sample))
    return tuple(found)


def separation(scores: Floats, sample: Sample) -> float:
    """Return the Kolmogorov-Smirnov distance of abusive and legitimate scores: the largest TPR - FPR there is."""
    values = np.unique(scores[sample.abusive | sample.legitimate])
    shares = [
        np.searchsorted(np.sort(scores[who]), values, side="right") / who.sum()
        for who in (sample.legitimate, sample.abusive)
    ]
    return float(np.max(shares[0] - shares[1]))


def _swap(rate: float, old: Bools, new: Bools, gain: Share, sample: Sample) -> Swap:
    refused = refusal(rate, sample)
    only_old, only_new = old & ~new, new & ~old
    return Swap(
        rate=rate,
        refused=refused,
        abusive_only_champion=int((only_old & sample.abusive).sum()),
        abusive_only_challenger=int((only_new & sample.abusive).sum()),
        legitimate_only_champion=int((only_old & sample.legitimate).sum()),
        legitimate_only_challenger=int((only_new & sample.legitimate).sum()),
        gain=Share(None, None, None, gain.count) if refused else gain,
        verdict="" if refused else _verdict(gain.low or 0.0, gain.high or 0.0),
    )


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "better"
    if high < 0:
        return "worse"
    return "tie" if max(-low, high) <= ALIKE else "unclear"
