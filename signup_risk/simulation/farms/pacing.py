"""Spread a campaign's accounts over time: bursts, even drips, shifts, waves of replacement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from signup_risk.simulation.draw import log_uniform
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.rhythm import HOURS, WORKING_HOURS, time_of_day
from signup_risk.simulation.world import DAY_US

Pace = Callable[[Random, int, int, int], list[int]]


def burst(rng: Random, size: int, start: int, length: int) -> list[int]:
    """Place accounts at a nearly constant gap in one go."""
    span = min(length, int(log_uniform(rng, 0.2, 8) * HOUR_US))
    gap, jitter = span / max(1, size), rng.uniform(0.0, 0.5)
    return [int(start + (i + rng.uniform(-jitter, jitter)) * gap) + 1 for i in range(size)]


def batches(rng: Random, size: int, start: int, length: int) -> list[int]:
    """Place accounts in a few sessions of work with parallel workers."""
    count = rng.randint(2, 15)
    begins = sorted(start + rng.randrange(max(1, length)) for _ in range(count))
    gap = log_uniform(rng, 3, 240) * 1_000_000
    return [begins[i % count] + int((i // count) * gap * rng.uniform(0.7, 1.3)) for i in range(size)]


def even(rng: Random, size: int, start: int, length: int) -> list[int]:
    """Place accounts evenly round the clock, as a timer does."""
    gap = length / max(1, size)
    return [int(start + (i + rng.random() * 0.3) * gap) for i in range(size)]


def poisson_pace(rng: Random, size: int, start: int, length: int) -> list[int]:
    """Place accounts at random."""
    return [start + rng.randrange(max(1, length)) for _ in range(size)]


def shifts(rng: Random, size: int, start: int, length: int) -> list[int]:
    """Place accounts in the working hours of wherever the operator is."""
    offset = rng.choice((-5, 0, 1, 2, 3, 5.5, 7, 8, 8))
    days = max(1, length // DAY_US)
    first = start // DAY_US
    return [(first + rng.randrange(days)) * DAY_US + time_of_day(rng, offset, WORKING_HOURS) for _ in range(size)]


def blended(rng: Random, size: int, start: int, length: int, hours: tuple[int, ...] = HOURS) -> list[int]:
    """Place accounts by the daily rhythm of the people they pretend to be."""
    offset = rng.choice((-8, -6, -5, 0, 1, 3, 5.5, 7, 8))
    days = max(1, length // DAY_US)
    first = start // DAY_US
    return [(first + rng.randrange(days)) * DAY_US + time_of_day(rng, offset, hours) for _ in range(size)]


PACES: Final[dict[str, Pace]] = {
    "burst": burst,
    "batches": batches,
    "even": even,
    "poisson": poisson_pace,
    "shifts": shifts,
    "blended": blended,
}


def campaign_times(  # noqa: PLR0913 - a pace, a span and what limits it
    rng: Random,
    pace: str,
    size: int,
    start: int,
    length: int,
    replaced: float,
    end: int,
    hours: tuple[int, ...] = HOURS,
) -> list[int]:
    """Return the times of all accounts, a share of them made again days later to replace banned ones.

    ``hours`` is the rhythm of the site's own people, which some farms keep.
    """
    paces = PACES | {"blended": partial(blended, hours=hours)}
    later, waves = int(size * replaced), rng.randint(1, 3)
    times = paces[pace](rng, size - later, start, length)
    for number in range(waves):
        begin = start + int(log_uniform(rng, 0.1, 9) * DAY_US)
        again = rng.choice((pace, "poisson", "batches"))
        times += paces[again](rng, (later + number) // waves, begin, max(HOUR_US, length // 3))
    floor = start - start % DAY_US
    return sorted(min(max(t, floor), end - 1) for t in times)
