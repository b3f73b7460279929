"""Build what all sources of a simulation share, from a scenario and a seed."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Final

from signup_risk.simulation.habit_draw import draw_habits
from signup_risk.simulation.intake import build_site
from signup_risk.simulation.record import EPOCH
from signup_risk.simulation.scenario import Scenario
from signup_risk.simulation.world import World, make_world

# Sign-ups that are held in memory at a time, crowds aside, and the ways to cut a day so that they are no more.
_MOST: Final = 20_000
_PARTS: Final = (1, 2, 3, 4, 6, 8, 12, 24, 48, 96)


def open_world(scenario: Scenario, seed: int) -> World:
    """Return the world of a scenario: its site and habits, its countries and mailboxes.

    Two worlds of one scenario and seed are alike, so that what is made outside a stream fits into it.
    """
    start_us = int((datetime.fromisoformat(scenario.start) - EPOCH).total_seconds()) * 1_000_000
    habits = draw_habits(Random(f"{seed}:habits"), scenario.habits)
    span = (start_us, scenario.days, scenario.period_hours)
    site = build_site(Random(f"{seed}:site"), *span, scenario.profiles, habits)
    parts = next(parts for parts in _PARTS if scenario.signups <= parts * scenario.days * _MOST or parts == _PARTS[-1])
    return make_world(Random(f"{seed}:world"), site, start_us, scenario.country_shift, habits, parts)
