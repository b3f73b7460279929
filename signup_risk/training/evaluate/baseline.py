"""Put three rules that anybody could write beside the model: if it is not much better, it is not worth having.

The rules: the mail domain is on a list of disposable ones; the address belongs to a hosting company; more than so many
sign-ups came from the network (/24, /48) within the hour before. Their best combination at each rate is chosen on the
very history that is judged, which favours the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from signup_risk.training.evaluate.detection import Ranking, refusal
from signup_risk.training.evaluate.sample import Bools, Floats, Sample
from signup_risk.training.fit import RATES
from signup_risk.training.table import FeatureTable

#: Features that the rules read.
FEATURES: Final = ("email_disposable", "ip_hosting", "ip_network_count_1h")
#: Sign-ups from one network within an hour, beyond which a sign-up is stopped.
LIMITS: Final = (1, 2, 3, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one point of the curve of the rules.

    Attributes:
        rules: The rules that are in force, any of which stops a sign-up.
        alarms: Share of legitimate sign-ups stopped.
        found: Share of abusive sign-ups stopped.
        model_found: Share that the model stops at the same share of legitimate ones.
    """

    rules: str
    alarms: float
    found: float
    model_found: float


@dataclass(frozen=True, slots=True)
class Best:
    """Hold the best of the rules within a false-positive rate.

    Attributes:
        rate: The rate.
        rules: The best combination; ``none`` if every one stops more of the legitimate.
        found: What it finds.
        model_found: What the model finds at the rate; None where that cannot be told.
    """

    rate: float
    rules: str
    found: float
    model_found: float | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """Hold what the rules achieve.

    Attributes:
        curve: Every combination that no other beats in both shares, by rising share of legitimate sign-ups stopped.
        best: The best within each rate.
    """

    curve: tuple[Point, ...]
    best: tuple[Best, ...]


def baseline(table: FeatureTable, scores: Floats, sample: Sample) -> Baseline:
    """Measure the rules beside the model's scores; the table needs :data:`FEATURES`."""
    ranking, everyone = Ranking(scores, sample), sample.weights
    points = []
    for name, stopped in _combinations(table):
        alarms = _share(stopped, sample, sample.legitimate)
        threshold = ranking.thresholds(everyone, [alarms])
        found = _share(stopped, sample, sample.abusive)
        points.append(Point(name, alarms, found, ranking.found(everyone, threshold).item()))
    at_rates = ranking.found(everyone, ranking.thresholds(everyone, RATES)).tolist()
    best = [
        _best(points, rate, None if refusal(rate, sample) else found)
        for rate, found in zip(RATES, at_rates, strict=True)
    ]
    return Baseline(_frontier(points), tuple(best))


def _combinations(table: FeatureTable) -> Iterator[tuple[str, Bools]]:
    """Yield every set of rules and whom it stops; unknown values break no rule."""
    columns = dict(zip(FEATURES, table.columns(FEATURES).rows.T, strict=True))
    disposable, hosting = columns["email_disposable"] > 0, columns["ip_hosting"] > 0
    crowded = columns["ip_network_count_1h"]
    for with_disposable, with_hosting, limit in product((False, True), (False, True), (None, *LIMITS)):
        names = [
            *(["disposable"] if with_disposable else []),
            *(["hosting"] if with_hosting else []),
            *([] if limit is None else [f"more than {limit} an hour"]),
        ]
        if names:
            many = np.zeros(len(table), dtype=np.bool_) if limit is None else crowded > limit
            yield " or ".join(names), (disposable & with_disposable) | (hosting & with_hosting) | many


def _frontier(points: list[Point]) -> tuple[Point, ...]:
    kept: list[Point] = []
    for point in sorted(points, key=lambda one: (one.alarms, -one.found, len(one.rules))):
        if point.found > (kept[-1].found if kept else 0.0):
            kept.append(point)
    return tuple(kept)


def _best(points: list[Point], rate: float, model_found: float | None) -> Best:
    within = [point for point in points if point.alarms <= rate]
    chosen = max(within, key=lambda point: (point.found, -point.alarms), default=None)
    if chosen is None or not chosen.found:
        return Best(rate, "none", 0.0, model_found)
    return Best(rate, chosen.rules, chosen.found, model_found)


def _share(stopped: Bools, sample: Sample, who: Bools) -> float:
    return float(sample.weights[stopped & who].sum() / sample.weights[who].sum())
