"""Simulate legitimate traffic alone, crowds included: whatever campaign is found in it is false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from signup_risk.simulation import draw_scenario, rescaled, simulate
from signup_risk.simulation.sharing import with_sharing
from signup_risk.training.bundled_sites import MOST, crowds

#: How the last microsecond of a day is written.
_LAST: Final = "T23:59:59.999999Z"

#: Scale of crowds that are nearly as large as crowds are, however much traffic there is beside them.
_FULL: Final = 0.7


def legitimate_events(daily: int, days: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield legitimate sign-ups with all crowds in nearly their full size.

    Campus weeks, company roll-outs, hackathons, referral waves, classrooms, and gatherings that share whatever chance
    decides; people share devices, lines and cards; who shares them to abuse is left out. So is what a crowd draws
    beyond the end, which the simulation puts on its last microsecond: two thousand people in one are no crowd.

    Args:
        daily: Sign-ups a day.
        days: Days.
        seed: Draws the site.
    """
    scenario = rescaled(draw_scenario(seed, most_signups=MOST), signups=daily * days, days=days)
    waves = crowds(scenario)
    waves = replace(waves, launches=1, scale=max(waves.scale, _FULL))
    alone = replace(scenario, campaigns=0, abusive_share=0.0, listed=(), waves=waves)
    for event in with_sharing(simulate(alone, seed), seed):
        if event.get("label") != 1 and not event["at"].endswith(_LAST):
            yield event
