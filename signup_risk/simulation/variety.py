"""Draw whole scenarios, each another site: its size and length, its habits, its people and its farms.

A model that has seen one site many times learns that site. Traffic for training is better drawn from many.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from signup_risk.simulation.draw import log_uniform
from signup_risk.simulation.scenario import FarmPriors, Scenario, Waves

_FIRST_DAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
_START_DAYS: Final = 150
_LENGTHS: Final = (1, 2, 4, 7, 10, 14, 21, 30, 30, 45, 45, 60)
#: The smallest site has this share of the most sign-ups.
_SMALLEST: Final = 0.25
_FARM_MEAN: Final = (25, 400)
_FEWEST_FARMS: Final = 6


def draw_scenario(seed: int, *, most_signups: int = 30_000) -> Scenario:
    """Draw a site and its traffic.

    Lengths go from a day, which starts cold, to two months: what is usual at a site, and a farm that drips for weeks,
    show in the long ones only. Simulate it with the same seed or any other.

    Args:
        seed: Decides everything.
        most_signups: Limit on the number of sign-ups.

    Examples:
        >>> draw_scenario(3) == draw_scenario(3)
        True
    """
    rng = Random(f"{seed}:scenario")
    days, signups = rng.choice(_LENGTHS), int(log_uniform(rng, _SMALLEST * most_signups, most_signups))
    share = log_uniform(rng, 0.02, 0.4)
    return Scenario(
        name=f"site-{seed}",
        start=(_FIRST_DAY + timedelta(days=rng.randrange(_START_DAYS))).isoformat(),
        days=days,
        signups=signups,
        abusive_share=share,
        campaigns=max(_FEWEST_FARMS, int(signups * share / log_uniform(rng, *_FARM_MEAN))),
        label_noise=rng.choice((0.0, 0.005, 0.03)),
        country_shift=rng.uniform(0.0, 1.2),
        population_shift=rng.uniform(0.0, 0.9),
        period_hours=(8, 60),
        waves=_waves(rng, signups, days),
        farms=_farms(rng),
        habits=1.0,
        populations=rng.choice((1, 3, 3)),
    )


def _waves(rng: Random, signups: int, days: int) -> Waves:
    """Draw crowds: none at some sites, and as many as they can bear at others."""
    room = min(1.0, signups / 20_000) * 4

    def count(most: float) -> int:
        return int(rng.random() * (most * room + 1))

    # Crowds of a small scenario shrink with it, to a room of thirty rather than to nobody.
    scale = max(1.0, 150_000 / signups * 0.12)
    return Waves(
        campuses=count(2),
        rollouts=count(3),
        hackathons=count(3),
        launches=int(rng.random() * (1 + days / 10)),
        referrals=count(1),
        classrooms=count(2),
        gatherings=count(2),
        scale=scale,
    )


def _farms(rng: Random) -> FarmPriors:
    usual = FarmPriors()
    kinds = {kind: weight * log_uniform(rng, 0.2, 5.0) for kind, weight in usual.kinds.items()}
    kinds["a8"] = 10 * rng.random()
    return replace(
        usual,
        kinds=kinds,
        days=(0.02, rng.choice((1.0, 5.0, 25.0))),
        camouflage=(0.0, rng.choice((0.0, 0.15, 0.35, 0.6))),
        contradictions=(0.0, rng.uniform(0.05, 0.3)),
        form_median=(rng.choice((1.0, 4.0, 15.0)), rng.choice((40.0, 90.0, 200.0))),
        replacement=(0.0, rng.choice((0.0, 0.5))),
        address_reuse=(0.0, rng.choice((0.1, 0.6, 0.9))),
        patterns=rng.uniform(0.2, 0.8),
        mixtures=rng.uniform(0.0, 0.3),
        in_crowds=rng.uniform(0.0, 0.3),
        living=rng.uniform(0.0, 0.4),
        further=rng.uniform(0.0, 0.6),
    )
