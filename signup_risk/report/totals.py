"""Count over all sign-ups, kept in the page or not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signup_risk.report.assessed import DECISIONS, Assessed, ToldCampaign
from signup_risk.report.outcomes import UNKNOWN, Outcome

HOUR_MS: Final = 3_600_000
#: Widths of the bars of volume, in hours; the first that makes no more than :data:`MOST_BINS` bars is used.
WIDTHS: Final = (1, 3, 6, 12, 24, 48, 168, 336, 1008, 8760, 87_600)
MOST_BINS: Final = 120
#: Bars of the distribution of scores, each as wide as the others.
SCORE_BINS: Final = 25
#: Bars of the distribution of false-positive rates: four in each power of ten from 0.0001 to 1.
FPR_BINS: Final = 16
OUTCOMES: Final = ("legitimate", "abusive", "unknown")


@dataclass(slots=True)
class ReasonTotal:
    """Count one reason code among the strongest reasons of sign-ups.

    Attributes:
        family: Its family.
        risk: Sign-ups whose score it raises.
        trust: Sign-ups whose score it lowers.
        stopped: Sign-ups whose score it raises and that are not allowed.
        up: Log-odds that it adds to those it raises, together.
        down: Log-odds that it takes from those it lowers, together; negative.
    """

    family: str
    risk: int = 0
    trust: int = 0
    stopped: int = 0
    up: float = 0.0
    down: float = 0.0


@dataclass(slots=True)
class CampaignTotal:
    """Count the members of a campaign in the file.

    Attributes:
        told: The campaign as it was last told.
        at: When that was, in milliseconds.
        decisions: Members by decision.
    """

    told: ToldCampaign
    at: int
    decisions: list[int]


@dataclass(slots=True)
class Totals:
    """Hold every count of a page, over all sign-ups."""

    count: int = 0
    first: int | None = None
    last: int | None = None
    decisions: list[int] = field(default_factory=lambda: [0] * len(DECISIONS))
    hours: dict[int, list[int]] = field(default_factory=dict)
    scores: list[list[int]] = field(default_factory=lambda: [[0] * SCORE_BINS for _ in OUTCOMES])
    fprs: list[list[int]] = field(default_factory=lambda: [[0] * FPR_BINS for _ in OUTCOMES])
    unscored: int = 0
    shadow: int = 0
    explained: int = 0
    reasons: dict[str, ReasonTotal] = field(default_factory=dict)
    degraded: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    models: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    policies: Counter[tuple[str, str]] = field(default_factory=Counter)
    campaigns: dict[str, CampaignTotal] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)

    def add(self, one: Assessed, known: Outcome) -> None:
        """Count a sign-up."""
        self.count += 1
        self.first = one.at if self.first is None else min(self.first, one.at)
        self.last = one.at if self.last is None else max(self.last, one.at)
        self.decisions[one.decision] += 1
        self.hours.setdefault(one.at // HOUR_MS, [0] * len(DECISIONS))[one.decision] += 1
        self._add_score(one, outcome_place(known.label))
        self.shadow += one.shadow
        self.explained += bool(one.reasons)
        self.degraded.update(one.degraded)
        self.warnings.update(warning.partition(" ")[0] for warning in one.warnings)
        self.models[one.model] += 1
        self.policies[one.policy] += 1
        self._add_reasons(one)
        if one.campaign is not None:
            self._add_campaign(one.campaign, one)
        if known.group:
            self.groups.setdefault(known.group, [0] * len(DECISIONS))[one.decision] += 1

    def time_bins(self) -> tuple[int, int, list[list[int]]]:
        """Return start and width in milliseconds, and place and counts by decision of every bar that is not empty."""
        if not self.hours:
            return 0, HOUR_MS, []
        low, high = min(self.hours), max(self.hours)
        width = next((one for one in WIDTHS if (high - low) // one + 2 <= MOST_BINS), WIDTHS[-1])
        start = low // width * width
        bins: dict[int, list[int]] = {}
        for hour, counts in self.hours.items():
            place = bins.setdefault((hour - start) // width, [0] * len(DECISIONS))
            place[:] = map(sum, zip(place, counts, strict=True))
        return start * HOUR_MS, width * HOUR_MS, [[place, *bins[place]] for place in sorted(bins)]

    def _add_score(self, one: Assessed, outcome: int) -> None:
        if one.score is None or one.fpr is None:
            self.unscored += 1
            return
        self.scores[outcome][min(int(one.score * SCORE_BINS / 100), SCORE_BINS - 1)] += 1
        self.fprs[outcome][fpr_bin(one.fpr)] += 1

    def _add_reasons(self, one: Assessed) -> None:
        for reason in one.reasons:
            total = self.reasons.setdefault(reason.code, ReasonTotal(reason.family))
            if reason.contribution > 0:
                total.risk += 1
                total.up += reason.contribution
                total.stopped += one.decision > 0
            else:
                total.trust += 1
                total.down += reason.contribution

    def _add_campaign(self, told: ToldCampaign, one: Assessed) -> None:
        total = self.campaigns.setdefault(told.id, CampaignTotal(told, one.at, [0] * len(DECISIONS)))
        total.decisions[one.decision] += 1
        if one.at >= total.at:
            total.told, total.at = told, one.at


def outcome_place(label: int) -> int:
    """Return the place of a label in :data:`OUTCOMES`."""
    return 2 if label == UNKNOWN else label


def fpr_bin(fpr: float) -> int:
    """Return the bar that a false-positive rate falls in; those below 0.0001 are in the first.

    Examples:
        >>> fpr_bin(0.0), fpr_bin(0.0001), fpr_bin(0.01), fpr_bin(1.0)
        (0, 0, 8, 15)
    """
    if fpr <= 0:
        return 0
    # Rounded, so that 0.001 stands at the foot of its power of ten whatever the logarithm's last digit is.
    place = math.floor(round((math.log10(fpr) + 4) * 4, 9))
    return min(max(place, 0), FPR_BINS - 1)


def ranked(counts: Mapping[Any, int], most: int) -> list[tuple[Any, int]]:
    """Return the largest counts, equal ones by name, so that two pages of one file are equal."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0])))[:most]
