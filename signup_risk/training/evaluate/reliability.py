"""Check that probabilities mean what they say, at the history's share of abuse and at the model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.model import Calibration
from signup_risk.training.evaluate.sample import Bools, Floats, Sample

#: Fixed ends of the bins, finer where most sign-ups lie. Bins of equal size would cut through equal probabilities,
#: of which isotonic calibration makes many.
EDGES: Final = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Hold the sign-ups whose probability lies in one range.

    Attributes:
        low: Lower end, included.
        high: Upper end, included in the last bin only.
        count: Number of sign-ups.
        stated: Mean probability stated.
        observed: Share that was abusive.
    """

    low: float
    high: float
    count: int
    stated: float
    observed: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Hold how well probabilities are calibrated.

    Attributes:
        prevalence: Share of abuse that the probabilities are stated for, and that the sample is weighted to.
        ece: Expected calibration error: mean distance of stated and observed over the bins of :data:`EDGES`.
        brier: Mean squared error of the probabilities.
        brier_of_base_rate: The same of stating the prevalence for everybody; a useful model is below it.
        bins: The reliability table.
    """

    prevalence: float
    ece: float
    brier: float
    brier_of_base_rate: float
    bins: tuple[Bin, ...]


def reliability(scores: Floats, sample: Sample, calibration: Calibration, prevalence: float) -> Reliability:
    """Compare probabilities with outcomes at a share of abuse, to which the sign-ups are weighted."""
    chosen = sample.abusive | sample.legitimate
    shifted = calibration.with_prevalence(prevalence)
    stated = np.asarray([shifted.probability(raw) for raw in scores[chosen].tolist()])
    weights = weights_at(prevalence, sample, sample.weights)[chosen]
    return of_probabilities(stated, sample.abusive[chosen], weights, prevalence)


def weights_at(prevalence: float, sample: Sample, weights: Floats) -> Floats:
    """Return weights under which a share of the sample is abusive.

    Args:
        prevalence: The share.
        sample: Who is what.
        weights: What they weigh so far.
    """
    share = sample.prevalence
    return np.where(sample.abusive, prevalence / share, (1 - prevalence) / (1 - share)) * weights


def of_probabilities(stated: Floats, abusive: Bools, weights: Floats, prevalence: float) -> Reliability:
    """Compare stated probabilities with outcomes.

    Args:
        stated: Probabilities of abuse.
        abusive: Whether it was.
        weights: How much each counts.
        prevalence: Share of abuse that the weights make.
    """
    outcomes = abusive.astype(np.float64)
    weights = weights / weights.sum()
    places = np.clip(np.searchsorted(EDGES, stated, side="right") - 1, 0, len(EDGES) - 2)
    counts, shares, said, seen = (
        np.bincount(places, amounts, minlength=len(EDGES) - 1)
        for amounts in (None, weights, weights * stated, weights * outcomes)
    )
    bins, errors = [], 0.0
    for place in np.flatnonzero(shares).tolist():
        share = float(shares[place])
        mean, observed = float(said[place]) / share, float(seen[place]) / share
        bins.append(Bin(EDGES[place], EDGES[place + 1], int(counts[place]), mean, observed))
        errors += share * abs(mean - observed)
    brier = float(weights @ (stated - outcomes) ** 2)
    return Reliability(prevalence, errors, brier, prevalence * (1 - prevalence), tuple(bins))
