"""Join all sources of a scenario into one stream of labelled contract events, sorted, a day or less at a time."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import log_normal
from signup_risk.simulation.farms.adaptive import AdaptiveCampaign
from signup_risk.simulation.farms.campaign import Campaign
from signup_risk.simulation.farms.campaigns import campaigns
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.populations.companies import ManagedRollout
from signup_risk.simulation.populations.everyday import Everyday
from signup_risk.simulation.populations.gathering import Gathering
from signup_risk.simulation.populations.waves import Campus, Classroom, Hackathon, Launch, Referral, Rollout, Wave
from signup_risk.simulation.record import time_text, write_event
from signup_risk.simulation.scenario import Scenario
from signup_risk.simulation.setting import open_world
from signup_risk.simulation.source import Source
from signup_risk.simulation.world import DAY_US, World

#: Group of the control: ordinary sign-ups, in crowds or not, of which nothing but the label says they are abusive.
CONTROL_GROUP: Final = "farm.nosignal.1"

# From this many sign-ups on crowds have their full size; smaller scenarios get smaller crowds.
_FULL_WAVES: Final = 150_000


def simulate(scenario: Scenario, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the sign-ups of a scenario, sorted by time, each with ``label``, ``label_at`` and ``group``.

    The same scenario and seed give the same events. A day of them is held in memory, or a part of one where a day
    has more than 20,000.

    Examples:
        >>> from signup_risk.simulation import load_scenario, simulate
        >>> event = next(simulate(load_scenario("demo-1"), seed=1))
        >>> sorted(event)[0], event["at"][:4]
        ('at', '2026')
    """
    world = open_world(scenario, seed)
    waves = list(_waves(scenario, seed, world))
    crowds: list[Campaign | AdaptiveCampaign | Wave] = [*campaigns(scenario, seed, world, waves), *waves]
    rest = scenario.signups - sum(crowd.size for crowd in crowds)
    sources: list[Source] = [*crowds, _everyday(scenario, seed, world, rest)]
    # A stream of its own: with the control the same sign-ups come as without.
    rng, control, number = Random(f"{seed}:stream"), Random(f"{seed}:control"), 0
    for part in range(scenario.days * world.parts_per_day):
        arrivals = [arrival for source in sources for arrival in source.part(part)]
        arrivals.sort(key=lambda arrival: arrival.moment.at_us)
        for moment, applicant in arrivals:
            number += 1
            event = write_event(rng, applicant, moment.form, moment.period, moment.at_us, number)
            _label(rng, event, applicant.label, moment.at_us, (scenario.label_noise, world.habits.found_hours))
            event["group"] = applicant.group
            if applicant.label == 0 and control.random() < scenario.no_signal_share:
                _label(control, event, 1, moment.at_us, (0.0, world.habits.found_hours))
                event["group"] = CONTROL_GROUP
            yield event


#: Edition of populations from which on companies have managed machines.
_MANAGED: Final = 3


def _everyday(scenario: Scenario, seed: int, world: World, rest: int) -> Source:
    mean = max(0, rest) / scenario.days
    return Everyday(Random(f"{seed}:everyday"), world, mean, scenario)


def _waves(scenario: Scenario, seed: int, world: World) -> Iterator[Wave]:
    waves, days = scenario.waves, scenario.days
    scale = waves.scale * min(1.0, scenario.signups / _FULL_WAVES)
    for kind, count in (
        (Campus, waves.campuses),
        (ManagedRollout if scenario.populations >= _MANAGED else Rollout, waves.rollouts),
        (Hackathon, waves.hackathons),
        (Referral, waves.referrals),
        (Classroom, waves.classrooms),
        (Gathering, waves.gatherings),
    ):
        for number in range(count):
            yield kind(Random(f"{seed}:{kind.__name__}:{number}"), world, days, scale)
    for number in range(waves.launches):
        yield Launch(Random(f"{seed}:Launch:{number}"), world, days, waves.scale, scenario.signups / days)


def _label(rng: Random, event: dict[str, Any], label: int, at_us: int, finding: tuple[float, float]) -> None:
    """Add the label and when it became known: abuse in hours to weeks, innocence after a month or two."""
    noise, found_hours = finding
    found = int(log_normal(rng, found_hours, 1.5) * HOUR_US)
    matured = int(rng.uniform(30, 60) * DAY_US)
    missed = label == 1 and rng.random() < noise
    if missed and rng.random() < 0.5:
        return
    event["label"] = 0 if missed else label
    event["label_at"] = time_text(at_us + (found if event["label"] else matured))
