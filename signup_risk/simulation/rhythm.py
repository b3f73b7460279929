"""Place sign-ups in time: the rhythm of the day and the week where people live."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Final

from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.intake import HOUR_US

# Relative rate by local hour [assumption: usual curve of web traffic, low from 2 to 5, high from 10 to 22].
HOURS: Final = (18, 11, 7, 5, 5, 8, 16, 30, 48, 66, 76, 78, 74, 76, 80, 80, 78, 74, 72, 76, 80, 76, 60, 36)
_WEEKDAYS: Final = (1.06, 1.1, 1.1, 1.07, 1.0, 0.82, 0.85)
WORKING_HOURS: Final = (0, 0, 0, 0, 0, 0, 0, 3, 20, 60, 90, 95, 60, 70, 95, 95, 85, 60, 25, 10, 5, 3, 1, 0)


@lru_cache(maxsize=128)
def _hours_utc(offset_hours: float, curve: tuple[int, ...] = HOURS) -> Weighted[int]:
    return Weighted([(hour, curve[int(hour + offset_hours) % 24]) for hour in range(24)])


def time_of_day(rng: Random, offset_hours: float, curve: tuple[int, ...] = HOURS) -> int:
    """Return microseconds since midnight UTC, by the rhythm of a time zone."""
    return _hours_utc(offset_hours, curve).pick(rng) * HOUR_US + rng.randrange(HOUR_US)


def weekday_factor(day_number: int) -> float:
    """Return the relative rate of a day counted from the epoch, which was a Thursday."""
    return _WEEKDAYS[(day_number + 3) % 7]
