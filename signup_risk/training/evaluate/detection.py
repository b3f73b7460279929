"""Measure how much abuse a model finds at a given rate of false alarms.

The threshold of a rate is stated twice: as it can be set on the very history that is judged, which is how results
are compared with each other, and as the model states it, which is what its user gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.model import Calibration
from signup_risk.training.evaluate.intervals import REPEATS, Share, bounds, redraws
from signup_risk.training.evaluate.sample import Floats, Ints, Sample
from signup_risk.training.fit import RATES

#: Shares of abuse among sign-ups at which precision is stated: one in six is what AI companies report (2026).
PREVALENCES: Final = (0.17, 0.05, 0.01, 0.001)
MIN_ABUSIVE: Final = 20


@dataclass(frozen=True, slots=True)
class Detection:
    """Hold what is found at one false-positive rate.

    Attributes:
        rate: The rate.
        refused: Why the figures with a threshold set here cannot be given; empty if they are.
        threshold: Raw score from which on sign-ups are stopped, set on this history.
        found: Share of abusive sign-ups stopped.
        precision: Share of abuse among the stopped, by prevalence.
        stated_threshold: The threshold that the model states for the rate; None if it supports none so rare.
        stated_found: Share of abusive sign-ups stopped there.
        stated_rate: Share of legitimate sign-ups stopped there, which should be ``rate``.
        stated_precision: Share of abuse among the stopped there, by prevalence.
    """

    rate: float
    refused: str
    threshold: float | None
    found: Share
    precision: dict[str, float]
    stated_threshold: float | None
    stated_found: Share
    stated_rate: Share
    stated_precision: dict[str, float]


class Ranking:
    """Answer questions about a sample's scores for many weightings; scores are sorted once."""

    def __init__(self, scores: Floats, sample: Sample) -> None:
        self._legitimate = _falling(scores, np.flatnonzero(sample.legitimate))
        self._abusive = _falling(scores, np.flatnonzero(sample.abusive))
        self._legitimate_scores = scores[self._legitimate]
        self._abusive_scores = scores[self._abusive]

    def thresholds(self, weights: Floats, rates: Sequence[float]) -> Floats:
        """Return the lowest scores at or above which at most a share of the legitimate lie."""
        above = np.cumsum(weights[self._legitimate])
        # Rounded, so that 0.001 of 3,000 is three whatever the binary fraction is.
        ranks = np.floor(np.asarray(rates) * above[-1] + 1e-9)
        first_kept = np.minimum(np.searchsorted(above, ranks, side="right"), len(above) - 1)
        return np.asarray(np.nextafter(self._legitimate_scores[first_kept], np.inf), dtype=np.float64)

    def found(self, weights: Floats, thresholds: Floats) -> Floats:
        """Return the share of abusive sign-ups at or above each threshold."""
        return _share_at(self._abusive_scores, weights[self._abusive], thresholds)

    def alarms(self, weights: Floats, thresholds: Floats) -> Floats:
        """Return the share of legitimate sign-ups at or above each threshold."""
        return _share_at(self._legitimate_scores, weights[self._legitimate], thresholds)


def detect(
    scores: Floats, sample: Sample, calibration: Calibration, *, seed: int = 1, repeats: int = REPEATS
) -> tuple[Detection, ...]:
    """Measure detection at every rate, with intervals."""
    ranking = Ranking(scores, sample)
    stated = np.asarray([calibration.raw_at(rate) for rate in RATES])

    def measure(weights: Floats) -> Floats:
        set_here = ranking.thresholds(weights, RATES)
        parts = (ranking.found(weights, set_here), ranking.found(weights, stated), ranking.alarms(weights, stated))
        return np.concatenate(parts)

    everyone = sample.weights
    values = measure(everyone).reshape(3, -1)
    low, high = (end.reshape(3, -1) for end in bounds(measure, redraws(sample, seed, repeats)))
    here = ranking.thresholds(everyone, RATES)
    sizes = (int(sample.abusive.sum()), int(sample.abusive.sum()), int(sample.legitimate.sum()))

    def share(what: int, which: int) -> Share:
        return Share(values[what, which].item(), low[what, which].item(), high[what, which].item(), sizes[what])

    return tuple(
        _detection(rate, sample, here[which].item(), stated[which].item(), [share(what, which) for what in range(3)])
        for which, rate in enumerate(RATES)
    )


def precision_at(prevalence: float, found: float, alarms: float) -> float | None:
    """Return the share of abuse among the stopped where a given share of all sign-ups is abusive.

    Examples:
        >>> round(precision_at(0.01, 0.8, 0.055), 2)
        0.13
    """
    stopped = prevalence * found + (1 - prevalence) * alarms
    return prevalence * found / stopped if stopped else None


def refusal(rate: float, sample: Sample) -> str:
    """Say why detection at a rate cannot be told from so few sign-ups; empty if it can."""
    legitimate, abusive = int(sample.legitimate.sum()), int(sample.abusive.sum())
    if rate * legitimate < 1 - 1e-9:
        return f"needs {round(1 / rate):,} legitimate sign-ups, there are {legitimate:,}"
    if abusive < MIN_ABUSIVE:
        return f"needs {MIN_ABUSIVE} abusive sign-ups, there are {abusive:,}"
    return ""


def _detection(rate: float, sample: Sample, here: float, stated: float, shares: list[Share]) -> Detection:
    found, stated_found, stated_rate = shares
    refused = refusal(rate, sample)
    unknown = Share(None, None, None, found.count)
    supported = bool(np.isfinite(stated))
    return Detection(
        rate=rate,
        refused=refused,
        threshold=None if refused else here,
        found=unknown if refused else found,
        # The rate itself, not the share that happens to lie above the threshold: with few rows that may be none.
        precision={} if refused else _precisions(found.value, rate),
        stated_threshold=stated if supported else None,
        stated_found=stated_found if supported else unknown,
        stated_rate=stated_rate if supported else Share(None, None, None, stated_rate.count),
        stated_precision=_precisions(stated_found.value, stated_rate.value) if supported else {},
    )


def _precisions(found: float | None, alarms: float | None) -> dict[str, float]:
    values = {f"{share:g}": precision_at(share, found or 0.0, alarms or 0.0) for share in PREVALENCES}
    return {share: value for share, value in values.items() if value is not None}


def _falling(scores: Floats, rows: Ints) -> Ints:
    """Return the rows by falling score."""
    return rows[np.argsort(-scores[rows], kind="stable")]


def _share_at(falling: Floats, weights: Floats, thresholds: Floats) -> Floats:
    above = np.concatenate([[0.0], np.cumsum(weights)])
    counts = len(falling) - np.searchsorted(falling[::-1], thresholds, side="left")
    return np.asarray(above[counts] / above[-1], dtype=np.float64)
