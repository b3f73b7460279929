"""Measure campaigns found in a labelled stream against the true ones."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from signup_risk.training.coordination.plain_ways import alike_shapes, groups_by_day, shared_keys
from signup_risk.training.coordination.stream import Stream
from signup_risk.training.evaluate.campaigns import quantile
from signup_risk.training.evaluate.sample import CONTROL

#: Members of a true campaign that is judged, and of them in one found campaign before it counts as opened.
LEAST_CAMPAIGN: Final = 10
OPENED_BY: Final = 3

#: Share of abusive members below which a found campaign is false.
_FALSE: Final = 0.5

_DAY_US: Final = 86_400_000_000
_PACES: Final = (("under 10 a day", 10.0), ("10 to 100 a day", 100.0), ("over 100 a day", math.inf))
_RATES: Final = (0.001, 0.01)


@dataclass(frozen=True, slots=True)
class Opening:
    """Hold how early true campaigns are opened.

    Attributes:
        name: Which campaigns.
        campaigns: How many there are.
        opened: How many were opened.
        median: Number of the member at which, median; None is never.
        p90: Likewise, 90th percentile.
        admitted: Members admitted before, median; all that were admitted where it never opened.
        coverage: Share of the members found at the end, mean over campaigns.
    """

    name: str
    campaigns: int
    opened: int
    median: float | None
    p90: float | None
    admitted: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Way:
    """Hold what one way of finding campaigns gives.

    Attributes:
        name: Which way.
        overall: All true campaigns.
        precision: Share of the members found that are abusive; None without any.
        recall: Share of the members of true campaigns that are found.
        false_campaigns: Found campaigns of mostly legitimate members.
        false_weekly: Likewise, a week.
        false_per_100k: Likewise, for each 100,000 legitimate sign-ups.
        false_groups: Their largest legitimate group, with how many of them.
    """

    name: str
    overall: Opening
    precision: float | None
    recall: float
    false_campaigns: int
    false_weekly: float
    false_per_100k: float
    false_groups: dict[str, int]


@dataclass(frozen=True, slots=True)
class CampaignJudgement:
    """Hold the judgement.

    Attributes:
        signups: Sign-ups.
        legitimate: Legitimate ones.
        weeks: Weeks from the first to the last.
        ways: Campaigns, and the plain ways beside them.
        kinds: Openings by kind of farm.
        paces: Openings by members a day.
        gain: At each false-positive rate, the share of the abusive found without and with campaigns.
    """

    signups: int
    legitimate: int
    weeks: float
    ways: tuple[Way, ...]
    kinds: tuple[Opening, ...]
    paces: tuple[Opening, ...]
    gain: tuple[tuple[float, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Course:
    """Hold how one true campaign went: its kind, pace, member at which it opened, admitted before, share found."""

    kind: str
    pace: float
    member: float
    admitted: int
    coverage: float


def judge_campaigns(streams: Sequence[Stream]) -> CampaignJudgement:
    """Judge the campaigns of one or several sites, each a stream of its own."""
    ours = [_courses(one, _openings(one), one.members.values()) for one in streams]
    courses = [course for part in ours for course in part]
    kinds = sorted({course.kind for course in courses})
    weeks = sum(max(1 / 7, (one.times[-1] - one.times[0]) / _DAY_US / 7) for one in streams if len(one))
    ways = [_way("campaigns", courses, streams, [list(one.members.values()) for one in streams], weeks)]
    for name, keys in (("connected components", shared_keys), ("MinHash of shapes", alike_shapes)):
        found = [list(groups_by_day(one, keys)) for one in streams]
        plain = [course for one, groups in zip(streams, found, strict=True) for course in _plain(one, groups)]
        ways.append(_way(name, plain, streams, [[rows for at, rows in part if at < 0] for part in found], weeks))
    return CampaignJudgement(
        signups=sum(map(len, streams)),
        legitimate=sum(one.labels.count(0) for one in streams),
        weeks=weeks,
        ways=tuple(ways),
        kinds=(
            _opening("all but a7", [one for one in courses if one.kind != "a7"]),
            *(_opening(kind, [one for one in courses if one.kind == kind]) for kind in kinds),
        ),
        paces=tuple(_by_pace(courses)),
        gain=tuple(_gain(streams, rate) for rate in _RATES),
    )


def true_campaigns(stream: Stream) -> dict[str, list[int]]:
    """Return the rows of each true campaign of enough members, in the order of time; the control is none."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, (label, group) in enumerate(zip(stream.labels, stream.groups, strict=True)):
        if label == 1 and group and not group.startswith((CONTROL, "legit.")):
            rows[group].append(row)
    return {group: found for group, found in rows.items() if len(found) >= LEAST_CAMPAIGN}


def _openings(stream: Stream) -> dict[str, int]:
    """Return when each true campaign was opened: its third member joined the same found campaign as two others."""
    counts: Counter[tuple[str, str]] = Counter()
    opened: dict[str, int] = {}
    for at, row, campaign in stream.joins:
        group = stream.groups[row]
        counts[campaign, group] += 1
        if counts[campaign, group] == OPENED_BY:
            opened.setdefault(group, at)
    return opened


def _plain(stream: Stream, groups: Iterable[tuple[int, list[int]]]) -> list[_Course]:
    opened: dict[str, int] = {}
    ends = []
    for at, rows in groups:
        if at < 0:
            ends.append(rows)
            continue
        # A group raises the alarm once, and says something of a farm only if it is mostly abuse.
        if sum(stream.labels[row] == 1 for row in rows) < _FALSE * len(rows):
            continue
        for group, count in Counter(stream.groups[row] for row in rows).items():
            if count >= OPENED_BY:
                opened[group] = min(at, opened.get(group, at))
    return _courses(stream, opened, ends)


def _courses(stream: Stream, opened: dict[str, int], found: Iterable[Sequence[int]]) -> list[_Course]:
    inside = {row for rows in found for row in rows}
    courses = []
    for group, rows in true_campaigns(stream).items():
        times = [stream.times[row] for row in rows]
        at = opened.get(group)
        before = len(rows) if at is None else bisect_right(times, at)
        days = max(1.0, (times[-1] - times[0]) / _DAY_US)
        courses.append(
            _Course(
                kind=group.split(".")[1] if group.startswith("farm.") else "named",
                pace=len(rows) / days,
                member=math.inf if at is None else before,
                admitted=sum(stream.decisions[row] == "allow" for row in rows[:before]),
                coverage=sum(row in inside for row in rows) / len(rows),
            )
        )
    return courses


def _opening(name: str, courses: Sequence[_Course]) -> Opening:
    members = [course.member for course in courses]
    return Opening(
        name=name,
        campaigns=len(courses),
        opened=sum(map(math.isfinite, members)),
        median=quantile(members, 0.5),
        p90=quantile(members, 0.9),
        admitted=quantile([course.admitted for course in courses], 0.5),
        coverage=sum(course.coverage for course in courses) / max(1, len(courses)),
    )


def _by_pace(courses: Sequence[_Course]) -> list[Opening]:
    found, least = [], 0.0
    for name, most in _PACES:
        found.append(_opening(name, [course for course in courses if least <= course.pace < most]))
        least = most
    return [one for one in found if one.campaigns]


def _way(
    name: str, courses: Sequence[_Course], streams: Sequence[Stream], found: Sequence[list[list[int]]], weeks: float
) -> Way:
    abusive = members = true = caught = 0
    false: Counter[str] = Counter()
    for stream, parts in zip(streams, found, strict=True):
        wanted = {row for rows in true_campaigns(stream).values() for row in rows}
        inside = {row for rows in parts for row in rows}
        true, caught = true + len(wanted), caught + len(wanted & inside)
        for rows in parts:
            bad = sum(stream.labels[row] == 1 for row in rows)
            abusive, members = abusive + bad, members + len(rows)
            if bad < _FALSE * len(rows):
                false[_largest(stream, rows)] += 1
    return Way(
        name=name,
        overall=_opening("all", courses),
        precision=abusive / members if members else None,
        recall=caught / true if true else 0.0,
        false_campaigns=false.total(),
        false_weekly=false.total() / weeks if weeks else 0.0,
        false_per_100k=100_000 * false.total() / max(1, sum(one.labels.count(0) for one in streams)),
        false_groups=dict(false.most_common()),
    )


def _largest(stream: Stream, rows: Sequence[int]) -> str:
    groups = Counter(stream.groups[row] or "unknown" for row in rows if stream.labels[row] != 1)
    return groups.most_common(1)[0][0]


def _gain(streams: Sequence[Stream], rate: float) -> tuple[float, float, float]:
    """Return the rate, and the share of the abusive found at it by the score alone and with the joint probability."""
    alone: list[tuple[float, int]] = []
    joint: list[tuple[float, int]] = []
    for stream in streams:
        for raw, label, probability in zip(stream.raws, stream.labels, stream.probabilities, strict=True):
            if raw is None or label < 0:
                continue
            more = 0.0 if probability is None else max(0.0, math.log(probability / max(1e-4, 1 - probability)))
            alone.append((raw, label))
            joint.append((raw + more, label))
    return rate, _found_at(alone, rate), _found_at(joint, rate)


def _found_at(scored: Sequence[tuple[float, int]], rate: float) -> float:
    legitimate = sorted((score for score, label in scored if label == 0), reverse=True)
    abusive = [score for score, label in scored if label == 1]
    if not legitimate or not abusive:
        return 0.0
    bar = legitimate[min(len(legitimate) - 1, math.floor(rate * len(legitimate)))]
    return sum(score > bar for score in abusive) / len(abusive)
