"""Measure how far scores and features moved: between halves of the history, and since the model was trained.

The population stability index is the sum of (a - e) ln(a / e) over bins; below 0.1 is usually taken as stable, above
0.25 as moved (Siddiqi, Credit Risk Scorecards, 2006). It is a habit of the field, not a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.model import Calibration, FeatureSummary
from signup_risk.training.evaluate.sample import Floats, Sample
from signup_risk.training.table import FeatureTable

MOVED: Final = 0.25
_BINS: Final = 10
# An empty bin would make the index infinite; half a sign-up is as good a guess as any.
_EMPTY: Final = 0.5


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """Hold how far one feature moved.

    Attributes:
        feature: Its name.
        halves: Index between the first and the second half of the history, all sign-ups.
        since_training: Index of unknown, zero and other values between training and this history, the legitimate
            only; that much the manifest keeps exactly.
        beyond_p99: Share of known legitimate values above the 99 % quantile in training, 1 % or less by rights; None
            if the manifest has no quantile.
    """

    feature: str
    halves: float
    since_training: float
    beyond_p99: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """Hold how far things moved.

    Attributes:
        score_halves: Index of the raw score between the halves of the history.
        score_since_training: Index of the raw score of the legitimate between calibration and this history.
        score_ks_since_training: Largest distance between their distribution functions.
        features: All features, the most moved first.
    """

    score_halves: float
    score_since_training: float
    score_ks_since_training: float
    features: tuple[FeatureDrift, ...]


def drift(
    table: FeatureTable, scores: Floats, sample: Sample, calibration: Calibration, summaries: Sequence[FeatureSummary]
) -> Drift:
    """Measure drift of the score and of every feature of the model."""
    middle = len(table) // 2
    features = []
    for column, summary in zip(table.rows.T, summaries, strict=True):
        legitimate = column[sample.legitimate]
        moved = psi(_kinds_expected(summary), _kinds_found(legitimate), expected_count=None, count=len(legitimate))
        features.append(FeatureDrift(summary.name, psi_of(column[:middle], column[middle:]), moved,
                                     _beyond(legitimate, summary.p99)))  # fmt: skip
    features.sort(key=lambda entry: (-max(entry.since_training, entry.halves), entry.feature))
    index, distance = _since_calibration(scores[sample.legitimate], calibration)
    return Drift(psi_of(scores[:middle], scores[middle:]), index, distance, tuple(features))


def psi(expected: Floats, found: Floats, *, expected_count: int | None, count: int) -> float:
    """Return the population stability index of two lists of shares.

    Args:
        expected: Shares that were.
        found: Shares that are.
        expected_count: Number of sign-ups behind the first; None if it is not known, and as large as the second.
        count: Number of sign-ups behind the second.
    """
    before = np.maximum(expected, _EMPTY / (expected_count or count))
    now = np.maximum(found, _EMPTY / count)
    return float(np.sum((now - before) * np.log(now / before)))


def psi_of(before: Floats, now: Floats) -> float:
    """Return the index of two columns, cut at the deciles of the first; unknown values are a bin of their own."""
    if not (before.size and now.size):
        return 0.0
    known = before[~np.isnan(before)]
    edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS)) if known.size else np.empty(0)
    shares = [_shares(column, edges) for column in (before, now)]
    return psi(*shares, expected_count=before.size, count=now.size)


def _shares(column: Floats, edges: Floats) -> Floats:
    known = column[~np.isnan(column)]
    # The left side keeps a value that is an edge in the bin below it, so that zero is a bin where many are zero.
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(counts, column.size - known.size) / column.size


def _kinds_expected(summary: FeatureSummary) -> Floats:
    known = 1 - summary.missing_share
    nonzero = known * summary.share_nonzero
    return np.asarray([summary.missing_share, known - nonzero, nonzero])


def _kinds_found(column: Floats) -> Floats:
    missing = np.isnan(column)
    zero = column == 0
    return np.asarray([missing.mean(), zero.mean(), (~missing & ~zero).mean()])


def _beyond(column: Floats, p99: float | None) -> float | None:
    known = column[~np.isnan(column)]
    return None if p99 is None or not known.size else float((known > p99).mean())


def _since_calibration(scores: Floats, calibration: Calibration) -> tuple[float, float]:
    """Compare legitimate scores with those that the model was calibrated on, of which the manifest keeps a grid."""
    grid = np.asarray(calibration.legitimate_scores)
    was_above = np.asarray(calibration.legitimate_above) / calibration.legitimate_count
    is_above = 1 - np.searchsorted(np.sort(scores), grid, side="right") / len(scores)
    wanted = np.arange(1, _BINS) / _BINS
    cuts = np.unique(np.searchsorted(-was_above, -wanted[::-1]).clip(0, len(grid) - 1))
    before, now = (-np.diff(np.concatenate([[1.0], above[cuts], [0.0]])) for above in (was_above, is_above))
    index = psi(before, now, expected_count=calibration.legitimate_count, count=len(scores))
    return index, float(np.abs(was_above - is_above).max())
