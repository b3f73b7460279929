"""Measure who pays: the rate of false alarms in every legitimate group, and what is found of every kind of farm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from signup_risk.training.evaluate.intervals import REPEATS, Share, weighted_wilson, wilson
from signup_risk.training.evaluate.sample import Bools, Floats, Sample, kind_of

#: A share of fewer sign-ups is noise: at 50 its standard error is up to seven points.
MIN_GROUP: Final = 50
_NO_GROUP: Final = ""


@dataclass(frozen=True, slots=True)
class GroupRate:
    """Hold the share of one legitimate group that is stopped.

    Attributes:
        group: Name of the group.
        rate: The share, with Wilson's interval.
        ratio: How many times the share of all legitimate sign-ups that is; None if none of them is stopped.
    """

    group: str
    rate: Share
    ratio: float | None


@dataclass(frozen=True, slots=True)
class GroupRates:
    """Hold what one rule does to the legitimate.

    Attributes:
        overall: Share of all legitimate sign-ups that is stopped.
        groups: The groups, worst first.
        too_small: Groups of fewer than :data:`MIN_GROUP` sign-ups, of which nothing is said.
    """

    overall: Share
    groups: tuple[GroupRate, ...]
    too_small: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindShare:
    """Hold what is found of one kind of farm.

    Attributes:
        kind: Name of the kind.
        campaigns: Number of its campaigns.
        found: Share of its sign-ups that is stopped; the interval draws campaigns again.
    """

    kind: str
    campaigns: int
    found: Share


@dataclass(frozen=True, slots=True)
class Control:
    """Hold what is "found" of farms that are drawn from honest traffic.

    Attributes:
        found: Share of them that is stopped.
        alarms: Share of legitimate sign-ups that is stopped.
        verdict: ``equal`` as it has to be, ``above`` if the model sees what is not there (labels leak into the
            features), ``below`` if crowds among the legitimate raise their rate above that of everyday sign-ups.
    """

    found: Share
    alarms: Share
    verdict: str


def group_rates(stopped: Bools, sample: Sample) -> GroupRates:
    """Measure the share of each legitimate group that is stopped; sign-ups without a group count overall only."""
    overall = _share(stopped, sample, sample.legitimate)
    names, counts = np.unique(sample.groups[sample.legitimate], return_counts=True)
    named = [(str(name), int(count)) for name, count in zip(names, counts, strict=True) if name != _NO_GROUP]
    rates = []
    for name, count in named:
        if count >= MIN_GROUP:
            rate = _share(stopped, sample, sample.legitimate & (sample.groups == name))
            rates.append(GroupRate(name, rate, (rate.value or 0.0) / overall.value if overall.value else None))
    rates.sort(key=lambda entry: -(entry.rate.value or 0.0))
    return GroupRates(overall, tuple(rates), tuple(name for name, count in named if count < MIN_GROUP))


def kind_shares(
    stopped: Bools, sample: Sample, *, seed: int = 1, repeats: int = REPEATS, merged: bool = False
) -> tuple[KindShare, ...]:
    """Measure what is stopped of each kind of farm.

    Args:
        stopped: Who is stopped.
        sample: The sign-ups.
        seed: Same seed, same intervals.
        repeats: Number of draws.
        merged: Take all farms as one kind, named ``all``.
    """
    groups, places = np.unique(sample.groups[sample.abusive], return_inverse=True)
    kinds = np.asarray(["all" if merged else kind_of(str(group)) for group in groups])
    sizes = np.bincount(places, minlength=len(groups)).astype(np.float64)
    hits = np.bincount(places, weights=stopped[sample.abusive], minlength=len(groups))
    rng = np.random.default_rng(seed)
    shares = []
    for kind in sorted(set(kinds.tolist())):
        mine = kinds == kind
        found = _drawn_share(hits[mine], sizes[mine], rng, repeats)
        shares.append(KindShare(kind, int(mine.sum()), found))
    return tuple(shares)


def control(stopped: Bools, sample: Sample) -> Control | None:
    """Compare the control farms with the legitimate; None if there are none."""
    if not sample.control.any():
        return None
    found, alarms = (_share(stopped, sample, who) for who in (sample.control, sample.legitimate))
    if (found.low or 0.0) > (alarms.high or 0.0):
        verdict = "above"
    elif (found.high or 0.0) < (alarms.low or 0.0):
        verdict = "below"
    else:
        verdict = "equal"
    return Control(found, alarms, verdict)


def _drawn_share(hits: Floats, sizes: Floats, rng: np.random.Generator, repeats: int) -> Share:
    """Return a share over campaigns, drawn again for its interval; Wilson's for a single campaign."""
    count = int(sizes.sum())
    if len(sizes) == 1:
        return wilson(int(hits[0]), count)
    drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=repeats)
    low, high = np.quantile((drawn @ hits) / (drawn @ sizes), (0.025, 0.975))
    return Share(float(hits.sum() / count), float(low), float(high), count)


def _share(stopped: Bools, sample: Sample, mask: Bools) -> Share:
    return weighted_wilson(stopped[mask], sample.weights[mask])
