"""Time a campaign that lives on: bans come in waves, are answered within hours, and a release draws a surge."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from signup_risk.simulation.draw import log_uniform
from signup_risk.simulation.farms.pacing import PACES
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.world import DAY_US

# Hours until half of a surge is there, and its end (report of a farm that moved half its traffic within a day).
_SURGE_HALF: Final = 5.0
_SURGE_HOURS: Final = 24.0
# Share of a live farm's accounts that is there before bans set in, and days between two waves of bans.
_FOUNDED: Final = (0.25, 0.45)
_BAN_DAYS: Final = (0.7, 3.5)
# Paces that an operator can keep up for weeks.
_LASTING: Final = frozenset({"even", "poisson", "shifts", "blended"})


@dataclass(frozen=True, slots=True)
class Span:
    """Hold when a campaign works and how it answers.

    Attributes:
        start, length, end: Microseconds; nothing happens at or after the end.
        release: Moment of a release, if there is one.
        surge: Share of the accounts that belong to the surge after it.
        refill_hours: Hours within which banned accounts are replaced; they are not when absent.
    """

    start: int
    length: int
    end: int
    release: int | None
    surge: float
    refill_hours: float | None


def living_times(rng: Random, pace: str, size: int, span: Span) -> list[int]:
    """Return the times of all accounts: the foundation, what replaces banned ones, and the surge."""
    surging = int(size * span.surge) if span.release is not None else 0
    steady = size - surging
    founded = steady if span.refill_hours is None else int(steady * rng.uniform(*_FOUNDED))
    first = span.length if span.refill_hours is None else max(HOUR_US, span.length // 4)
    times = PACES[pace if pace in _LASTING else "poisson"](rng, founded, span.start, first)
    if span.refill_hours is not None:
        times += _refills(rng, steady - founded, span, span.refill_hours)
    if span.release is not None:
        times += [span.release + _after_release(rng) for _ in range(surging)]
    floor = span.start - span.start % DAY_US
    return sorted(max(at if at < span.end else _before_end(rng, span), floor) for at in times)


def _refills(rng: Random, count: int, span: Span, hours: float) -> list[int]:
    """Place replacements within hours after each wave of bans, more after some waves than after others."""
    bans: list[tuple[int, float]] = []
    at = float(span.start)
    while not bans or at < span.start + span.length:
        at += log_uniform(rng, *_BAN_DAYS) * DAY_US
        bans.append((int(min(at, span.start + span.length - 1)), rng.uniform(0.3, 1.0)))
    total = sum(weight for _, weight in bans)
    times: list[int] = []
    for place, (ban, weight) in enumerate(bans):
        share = count - len(times) if place == len(bans) - 1 else int(count * weight / total)
        times += [ban + int(rng.uniform(0.1, 1.0) ** 1.5 * hours * HOUR_US) for _ in range(share)]
    return times


def _before_end(rng: Random, span: Span) -> int:
    """Bring back an account that would come after the end, to no moment in particular."""
    return span.end - 1 - int(rng.random() * min(span.length, 12 * HOUR_US))


def _after_release(rng: Random) -> int:
    hours = rng.expovariate(0.693 / _SURGE_HALF)
    return int((hours if hours < _SURGE_HOURS else rng.uniform(0.0, _SURGE_HOURS)) * HOUR_US)
