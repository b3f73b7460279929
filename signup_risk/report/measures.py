"""Measure who pays and what is found, on the assessments whose outcome is known."""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.report.assessed import DECISIONS, Assessed
from signup_risk.report.outcomes import UNKNOWN, Outcome
from signup_risk.training.evaluate.detection import Ranking, refusal
from signup_risk.training.evaluate.groups import group_rates, kind_shares
from signup_risk.training.evaluate.intervals import Share, bounds, redraws
from signup_risk.training.evaluate.sample import Floats, Sample
from signup_risk.training.fit import RATES
from signup_risk.training.table import NEVER, FeatureTable

_SEED: Final = 1


@dataclass(slots=True)
class Judged:
    """Collect, of every sign-up, what measuring needs: some thirty bytes each."""

    scores: array[float] = field(default_factory=lambda: array("d"))
    decisions: array[int] = field(default_factory=lambda: array("b"))
    labels: array[int] = field(default_factory=lambda: array("b"))
    times: array[int] = field(default_factory=lambda: array("q"))
    groups: list[str] = field(default_factory=list)

    def add(self, one: Assessed, known: Outcome) -> None:
        """Take a sign-up whose outcome is known; others tell nothing of either measure."""
        if known.label == UNKNOWN:
            return
        # The rate breaks ties of the score, which calibration makes of raw scores that are near each other.
        scored = one.score is not None and one.fpr is not None
        self.scores.append(one.score - (one.fpr or 0.0) * 1e-9 if scored and one.score is not None else float("nan"))
        self.decisions.append(one.decision)
        self.labels.append(known.label)
        self.times.append(one.at * 1000)
        self.groups.append(known.group)

    def measured(self) -> dict[str, Any]:
        """Return what can be said, as JSON values; under ``refused`` why nothing can."""
        try:
            sample = Sample.of(self._table())
        except ConfigurationError as problem:
            return {"refused": str(problem)}
        decisions = np.asarray(self.decisions)
        levels = [_level(place, decisions >= place, sample) for place in range(1, len(DECISIONS))]
        return {
            "refused": None,
            "legitimate": int(sample.legitimate.sum()),
            "abusive": int(sample.abusive.sum()),
            "doubtful": int(sample.doubtful.sum()),
            "levels": levels,
            "detection": self._detection(),
        }

    def _detection(self) -> list[dict[str, Any]]:
        """Return what is found at each rate of false alarms, with thresholds set on these very sign-ups."""
        scores = np.asarray(self.scores)
        scored = ~np.isnan(scores)
        try:
            sample = Sample.of(self._table().where(scored))
        except ConfigurationError:
            return []
        ranking = Ranking(scores[scored], sample)

        def measure(weights: Floats) -> Floats:
            return ranking.found(weights, ranking.thresholds(weights, RATES))

        values = measure(sample.weights)
        low, high = bounds(measure, redraws(sample, _SEED))
        count = int(sample.abusive.sum())
        found = []
        for place, rate in enumerate(RATES):
            refused = refusal(rate, sample)
            share = Share(values[place].item(), low[place].item(), high[place].item(), count)
            found.append({"rate": rate, "refused": refused, "found": None if refused else asdict(share)})
        return found

    def _table(self) -> FeatureTable:
        count = len(self.labels)
        return FeatureTable(
            names=(),
            rows=np.empty((count, 0)),
            labels=np.asarray(self.labels, dtype=np.int8),
            times=np.asarray(self.times, dtype=np.int64),
            known_at=np.full(count, NEVER, dtype=np.int64),
            groups=self.groups,
            ids=[None] * count,
        )


def _level(place: int, stopped: Any, sample: Sample) -> dict[str, Any]:
    """Return what a decision or a stricter one does to either kind."""
    rates = group_rates(stopped, sample)
    (found,) = kind_shares(stopped, sample, seed=_SEED, merged=True)
    return {
        "decision": DECISIONS[place],
        "found": asdict(found.found),
        "alarms": asdict(rates.overall),
        "groups": [{"group": one.group, "ratio": one.ratio} | asdict(one.rate) for one in rates.groups],
        "too_small": list(rates.too_small),
    }
