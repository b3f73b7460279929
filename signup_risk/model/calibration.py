"""Turn a raw score into a probability and into a false-positive rate, and back into a threshold.

Two scales, because they answer two questions. The probability depends on how common abuse is, so it moves
with the base rate; the false-positive rate does not, so thresholds are stated on it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from signup_risk.errors import ConfigurationError, ModelMismatch

# A score of exactly 0 or 100 would claim a certainty that no finite calibration set can give.
_MAX_LOGIT: Final = math.log(0.9999 / 0.0001)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Map raw scores to probabilities and to false-positive rates.

    Attributes:
        raw_knots: Raw scores, rising, between which the calibrated log-odds are linear; flat beyond the ends.
        logit_knots: Calibrated log-odds at those scores, never falling.
        legitimate_scores: Distinct raw scores of legitimate sign-ups, rising: all of the highest, a grid
            below.
        legitimate_above: How many legitimate sign-ups scored higher than each.
        legitimate_count: How many legitimate sign-ups there were.
        base_rate: Share of abuse in the data that the probabilities were fitted on.
        prevalence: Share of abuse that the probabilities are stated for.

    Examples:
        >>> calibration = Calibration((-4.0, 4.0), (-4.0, 4.0), (-3.0, 0.0, 2.0), (2, 1, 0), 3, 0.5, 0.5)
        >>> calibration.probability(0.0)
        0.5
        >>> calibration.fpr(0.5)
        0.5
        >>> calibration.fpr(9.0) == calibration.resolution
        True
    """

    raw_knots: tuple[float, ...]
    logit_knots: tuple[float, ...]
    legitimate_scores: tuple[float, ...]
    legitimate_above: tuple[int, ...]
    legitimate_count: int
    base_rate: float
    prevalence: float

    def __post_init__(self) -> None:
        _check_line("probability", self.raw_knots, self.logit_knots)
        _check_line("fpr", self.legitimate_scores, [-count for count in self.legitimate_above])
        counts = self.legitimate_above
        if counts[-1] != 0 or counts[0] >= self.legitimate_count:
            raise ModelMismatch(
                f"the calibration counts {counts[0]} to {counts[-1]} of {self.legitimate_count} legitimate "
                "sign-ups above its knots, wanted fewer than all, down to 0; calibrate again"
            )
        for name in ("base_rate", "prevalence"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ModelMismatch(
                    f"{name} is {getattr(self, name)!r}, wanted a share between 0 and 1, exclusive"
                )

    @property
    def resolution(self) -> float:
        """The smallest false-positive rate that this calibration can tell from zero."""
        return 1.0 / (self.legitimate_count + 1)

    def probability(self, raw: float) -> float:
        """Return the calibrated probability of abuse, at the stated prevalence."""
        shift = _logit(self.prevalence) - _logit(self.base_rate)
        logit = self._interpolate(raw) + shift
        return _sigmoid(min(_MAX_LOGIT, max(-_MAX_LOGIT, logit)))

    def fpr(self, raw: float) -> float:
        """Return the share of legitimate sign-ups that score at least this high.

        Counted as (n + 1) / (all + 1), the conservative estimate of a tail: a score higher than any seen is
        still not called impossible for a legitimate sign-up. Between grid points the share is rounded up.
        """
        below = bisect_left(self.legitimate_scores, raw)
        at_least = self.legitimate_above[below - 1] if below else self.legitimate_count
        return (at_least + 1) / (self.legitimate_count + 1)

    def raw_at(self, fpr: float) -> float:
        """Return the lowest raw score from which on the false-positive rate is at most ``fpr``.

        Infinite if the calibration data are too few to support so small a rate.
        """
        if fpr >= 1.0:
            return -math.inf
        for score, above in zip(self.legitimate_scores, self.legitimate_above, strict=True):
            if (above + 1) / (self.legitimate_count + 1) <= fpr:
                return math.nextafter(score, math.inf)
        return math.inf

    def with_prevalence(self, prevalence: float) -> Calibration:
        """State the probabilities for another share of abuse; false-positive rates stay as they are.

        Bayes' rule for a changed prior: the log-odds move by the difference of the priors' log-odds.

        Raises:
            ConfigurationError: If the share is not between 0 and 1.
        """
        if not 0.0 < prevalence < 1.0:
            raise ConfigurationError(f"prevalence is {prevalence!r}, give a share between 0 and 1, exclusive")
        return replace(self, prevalence=prevalence)

    def to_dict(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return {
            "base_rate": self.base_rate,
            "prevalence": self.prevalence,
            "probability": {"raw": list(self.raw_knots), "logit": list(self.logit_knots)},
            "fpr": {
                "raw": list(self.legitimate_scores),
                "above": list(self.legitimate_above),
                "count": self.legitimate_count,
            },
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Calibration:
        """Read what a manifest keeps.

        Raises:
            ModelMismatch: If parts are missing or contradict each other.
        """
        try:
            line, tail, base_rate = kept["probability"], kept["fpr"], float(kept["base_rate"])
            raw, logit = tuple(map(float, line["raw"])), tuple(map(float, line["logit"]))
            scores, above = tuple(map(float, tail["raw"])), tuple(map(int, tail["above"]))
            count = int(tail["count"])
            # Manifests from before it could be stated hold none; their probabilities are those of their data.
            prevalence = float(kept.get("prevalence", base_rate))
        except (KeyError, TypeError, ValueError, OverflowError) as problem:
            raise ModelMismatch(
                f"the calibration is incomplete ({problem!r}); calibrate the model again"
            ) from problem
        return cls(raw, logit, scores, above, count, base_rate, prevalence)

    def _interpolate(self, raw: float) -> float:
        right = bisect_left(self.raw_knots, raw)
        if right == 0:
            return self.logit_knots[0]
        if right == len(self.raw_knots):
            return self.logit_knots[-1]
        low, high = self.raw_knots[right - 1], self.raw_knots[right]
        share = (raw - low) / (high - low)
        return self.logit_knots[right - 1] * (1.0 - share) + self.logit_knots[right] * share


def _check_line(name: str, rising: tuple[float, ...], values: tuple[float, ...] | list[int]) -> None:
    sound = (
        len(rising) == len(values) > 0
        and all(map(math.isfinite, (*rising, *values)))
        and all(low < high for low, high in pairwise(rising))
        and all(low <= high for low, high in pairwise(values))
    )
    if not sound:
        raise ModelMismatch(
            f"the knots of {name} ({len(rising)} scores, {len(values)} values) are not finite and in order; "
            "calibrate the model again"
        )


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))
