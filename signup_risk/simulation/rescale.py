"""Fit a scenario to another number of sign-ups or days, its campaigns and crowds with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from signup_risk.simulation.scenario import CampaignSpec, Scenario

# Smaller farms than this leave nothing to find, so there are rather fewer of them.
_SMALLEST: Final = 12
_SMALLEST_MEAN: Final = 30


def rescaled(scenario: Scenario, signups: int | None = None, days: int | None = None) -> Scenario:
    """Return the scenario with another size or length.

    Farms keep their share of the traffic. In a larger scenario there are more of them and more crowds, of the
    usual sizes; in a smaller one there are fewer and smaller ones. Listed campaigns keep their share and their
    place between the first and the last day.

    Args:
        scenario: What to start from.
        signups: Sign-ups wanted, the scenario's by default.
        days: Days wanted, the scenario's by default.

    Examples:
        >>> from signup_risk.simulation import load_scenario
        >>> rescaled(load_scenario("demo-1"), signups=8000).listed[0].size
        360
    """
    wanted = scenario.signups if signups is None else signups
    length = scenario.days if days is None else days
    size, time = wanted / scenario.signups, length / scenario.days
    if size == 1.0 and time == 1.0:
        return scenario
    return replace(
        scenario,
        signups=wanted,
        days=length,
        campaigns=_campaigns(scenario, size),
        listed=tuple(_listed(spec, size, time) for spec in scenario.listed),
        waves=replace(
            scenario.waves,
            campuses=_more(scenario.waves.campuses, size),
            rollouts=_more(scenario.waves.rollouts, size),
            hackathons=_more(scenario.waves.hackathons, size),
            referrals=_more(scenario.waves.referrals, size),
            classrooms=_more(scenario.waves.classrooms, size),
            gatherings=_more(scenario.waves.gatherings, size),
            launches=max(min(1, scenario.waves.launches), round(scenario.waves.launches * time)),
        ),
    )


def _campaigns(scenario: Scenario, size: float) -> int:
    if not scenario.campaigns:
        return 0
    # Half of a shrinkage makes campaigns fewer, the other half makes them smaller.
    count = scenario.campaigns * (size if size > 1.0 else size**0.5)
    most = scenario.signups * size * scenario.abusive_share / _SMALLEST_MEAN
    return max(1, round(min(count, most)))


def _listed(spec: CampaignSpec, size: float, time: float) -> CampaignSpec:
    return replace(
        spec,
        size=max(_SMALLEST, round(spec.size * size)),
        start_day=spec.start_day * time,
        days=spec.days * time,
        release_day=None if spec.release_day is None else spec.release_day * time,
    )


def _more(count: int, size: float) -> int:
    """Return how many crowds there are: more in a larger scenario; in a smaller one they shrink by themselves."""
    return round(count * max(1.0, size))
