"""Measure how early campaigns are noticed: the number of the first member stopped, the minutes, who got through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.training.evaluate.sample import Bools, Ints, Sample

#: Smaller ones have no "eighth member" to speak of.
MIN_CAMPAIGN: Final = 10
#: Name and smallest size of each size class, the last one open.
SIZES: Final = (("10-99", 10), ("100-999", 100), ("1,000 and more", 1000))
_MINUTE_US: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """Hold the middle and the bad end of a number over campaigns; None says *never*.

    Attributes:
        median: Median.
        p90: 90 % quantile.
    """

    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class TimeToDetect:
    """Hold how early campaigns are stopped for the first time.

    Attributes:
        size: Size class, ``all`` for all of ten members or more.
        campaigns: Number of campaigns.
        never: How many of them were never stopped.
        member: Number of the first member stopped, counted from one in the order of time.
        minutes: Minutes from the first member to the first one stopped.
        before: Members that came before the first one stopped; all of them where none is.
        through: Members that were not stopped, early or late.
    """

    size: str
    campaigns: int
    never: int
    member: Spread
    minutes: Spread
    before: Spread
    through: Spread


@dataclass(frozen=True, slots=True)
class _Course:
    size: int
    member: float
    minutes: float
    through: int


def time_to_detect(stopped: Bools, sample: Sample) -> tuple[TimeToDetect, ...]:
    """Measure all campaigns of ten members and more, then each size class that occurs.

    A campaign is a group of abusive sign-ups. Its members are counted whether or not they were ever found, as far as
    the group is named as a farm's; the control is no campaign.
    """
    courses = [course for course in _courses(stopped, sample) if course.size >= MIN_CAMPAIGN]
    found = [_summary("all", courses)]
    for (name, least), (_, most) in zip(SIZES, [*SIZES[1:], ("", math.inf)], strict=True):
        chosen = [course for course in courses if least <= course.size < most]
        if chosen:
            found.append(_summary(name, chosen))
    return tuple(found)


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least a share of the values does not exceed; None for infinity or no value.

    Examples:
        >>> quantile([1, 2, 3, 40], 0.5), quantile([1, 2, math.inf], 0.9)
        (2.0, None)
    """
    if not values:
        return None
    found = sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]
    return float(found) if math.isfinite(found) else None


def _courses(stopped: Bools, sample: Sample) -> list[_Course]:
    rows = np.flatnonzero(sample.members)
    if not rows.size:
        return []
    # Stable, so that members of one campaign stay in the order of time.
    rows = rows[np.argsort(sample.groups[rows], kind="stable")]
    starts = np.flatnonzero(np.r_[True, sample.groups[rows][1:] != sample.groups[rows][:-1]])
    return [_course(part, stopped, sample) for part in np.split(rows, starts[1:])]


def _course(rows: Ints, stopped: Bools, sample: Sample) -> _Course:
    hits = np.flatnonzero(stopped[rows])
    size = len(rows)
    if not hits.size:
        return _Course(size, math.inf, math.inf, size)
    waited = int(sample.times[rows[hits[0]]] - sample.times[rows[0]])
    return _Course(size, int(hits[0]) + 1, waited / _MINUTE_US, size - int(hits.size))


def _summary(size: str, courses: Sequence[_Course]) -> TimeToDetect:
    return TimeToDetect(
        size=size,
        campaigns=len(courses),
        never=sum(math.isinf(course.member) for course in courses),
        member=_spread([course.member for course in courses]),
        minutes=_spread([course.minutes for course in courses]),
        before=_spread([min(course.member - 1, course.size) for course in courses]),
        through=_spread([course.through for course in courses]),
    )


def _spread(values: Sequence[float]) -> Spread:
    return Spread(quantile(values, 0.5), quantile(values, 0.9))
