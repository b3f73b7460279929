"""Judge a model on traffic that it has not seen: thresholds as it states them, by kind of farm and population."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from signup_risk.model import Booster, Calibration
from signup_risk.training.fit import RATES, detection
from signup_risk.training.replay import FeatureTable

#: A share of fewer sign-ups than this is not worth a line.
MIN_GROUP: Final = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """Hold what was measured on one held-out history.

    Attributes:
        detection: Share of abusive sign-ups found at each false-positive rate, the threshold set on this history.
        rates: Share of legitimate sign-ups at or above the thresholds that the model states for each rate.
        kinds: The same share of abusive sign-ups at the stated 1 % threshold, by kind of farm.
        populations: The same share of legitimate sign-ups at the stated 1 % threshold, by population.
        first_stopped: Number of the member of each campaign that was first at the stated 1 % threshold.
        rows: Legitimate and abusive sign-ups judged.
    """

    detection: Mapping[str, float]
    rates: Mapping[str, float]
    kinds: Mapping[str, float]
    populations: Mapping[str, float]
    first_stopped: Mapping[str, float | None]
    rows: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement as JSON values."""
        return {
            "detection": dict(self.detection),
            "rates": dict(self.rates),
            "kinds": dict(self.kinds),
            "populations": dict(self.populations),
            "first_stopped": dict(self.first_stopped),
            "legitimate": self.rows[0],
            "abusive": self.rows[1],
        }


def scores_of(booster: Booster, table: FeatureTable) -> list[float]:
    """Return the raw scores of a table."""
    return list(booster.raw_scores(array("d", table.rows.tobytes()), threads=0))


def judge_model(scores: Sequence[float], table: FeatureTable, calibration: Calibration) -> Judgement:
    """Measure a model's scores on a history that it was not trained on."""
    rows = [row for row in zip(scores, table.labels, table.groups, strict=True) if row[1] >= 0]
    legitimate = [(score, group) for score, label, group in rows if label == 0]
    abusive = [(score, group) for score, label, group in rows if label == 1]
    threshold = calibration.raw_at(0.01)
    return Judgement(
        detection=detection([row[0] for row in rows], [row[1] for row in rows]),
        rates={
            f"fpr_at_stated_{rate:g}": _share([s for s, _ in legitimate], calibration.raw_at(rate)) for rate in RATES
        },
        kinds=_by(abusive, threshold, kind_of),
        populations=_by(legitimate, threshold, str),
        first_stopped=_first_stopped(abusive, threshold),
        rows=(len(legitimate), len(abusive)),
    )


def kind_of(group: str) -> str:
    """Return the kind of farm of a campaign.

    >>> kind_of("farm.a1.17"), kind_of("farm.mixed.3")
    ('farm.a1', 'farm.mixed')
    """
    return ".".join(group.split(".")[:2])


def _by(rows: Sequence[tuple[float, str]], threshold: float, name: Any) -> dict[str, float]:
    groups: dict[str, list[float]] = defaultdict(list)
    for score, group in rows:
        groups[name(group)].append(score)
    return {group: _share(scores, threshold) for group, scores in sorted(groups.items()) if len(scores) >= MIN_GROUP}


def _share(scores: Sequence[float], threshold: float) -> float:
    return sum(score >= threshold for score in scores) / max(1, len(scores))


def _first_stopped(rows: Sequence[tuple[float, str]], threshold: float) -> dict[str, float | None]:
    """Return median and 90th percentile over campaigns of the member that was stopped first."""
    members: dict[str, int] = defaultdict(int)
    first: dict[str, int] = {}
    for score, group in rows:
        members[group] += 1
        if score >= threshold:
            first.setdefault(group, members[group])
    large = [group for group, size in members.items() if size >= 10]
    ranks = sorted(first.get(group, 10**9) for group in large)
    if not ranks:
        return {"campaigns": 0, "median": None, "p90": None, "never": None}
    return {
        "campaigns": len(large),
        "median": _finite(ranks[len(ranks) // 2]),
        "p90": _finite(ranks[min(len(ranks) - 1, int(0.9 * len(ranks)))]),
        "never": sum(rank == 10**9 for rank in ranks),
    }


def _finite(rank: int) -> float | None:
    return None if rank == 10**9 else rank
