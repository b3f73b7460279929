"""Join all sources of a scenario into one stream of labelled contract events, sorted, a day at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import Weighted, log_normal, log_uniform
from signup_risk.simulation.farms.campaign import Campaign
from signup_risk.simulation.farms.kinds import draw_plans
from signup_risk.simulation.farms.pacing import campaign_times
from signup_risk.simulation.habit_draw import draw_habits
from signup_risk.simulation.intake import HOUR_US, build_site
from signup_risk.simulation.populations.everyday import Everyday
from signup_risk.simulation.populations.waves import Campus, Hackathon, Launch, Referral, Rollout, Wave
from signup_risk.simulation.record import EPOCH, time_text, write_event
from signup_risk.simulation.rhythm import HOURS
from signup_risk.simulation.scenario import CampaignSpec, Scenario
from signup_risk.simulation.source import Source
from signup_risk.simulation.world import DAY_US, World, make_world

# From this many sign-ups on crowds have their full size; smaller scenarios get smaller crowds.
_FULL_WAVES: Final = 150_000


def simulate(scenario: Scenario, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the sign-ups of a scenario, sorted by time, each with ``label``, ``label_at`` and ``group``.

    The same scenario and seed give the same events, and no more than one day of them is held in memory.

    Examples:
        >>> from signup_risk.simulation import load_scenario, simulate
        >>> event = next(simulate(load_scenario("demo-1"), seed=1))
        >>> sorted(event)[0], event["at"][:4]
        ('at', '2026')
    """
    start = datetime.fromisoformat(scenario.start)
    start_us = int((start - EPOCH).total_seconds()) * 1_000_000
    habits = draw_habits(Random(f"{seed}:habits"), scenario.habits)
    span = (start_us, scenario.days, scenario.period_hours)
    site = build_site(Random(f"{seed}:site"), *span, scenario.profiles, habits)
    world = make_world(Random(f"{seed}:world"), site, start_us, scenario.country_shift, habits)
    crowds: list[Campaign | Wave] = [*_campaigns(scenario, seed, world), *_waves(scenario, seed, world)]
    rest = scenario.signups - sum(crowd.size for crowd in crowds)
    sources: list[Source] = [*crowds, _everyday(scenario, seed, world, rest)]
    rng, number = Random(f"{seed}:stream"), 0
    for day in range(scenario.days):
        arrivals = [arrival for source in sources for arrival in source.day(day)]
        arrivals.sort(key=lambda arrival: arrival.moment.at_us)
        for moment, applicant in arrivals:
            number += 1
            event = write_event(rng, applicant, moment.form, moment.period, moment.at_us, number)
            _label(rng, event, applicant.label, moment.at_us, (scenario.label_noise, habits.found_hours))
            event["group"] = applicant.group
            yield event


def _everyday(scenario: Scenario, seed: int, world: World, rest: int) -> Source:
    mean = max(0, rest) / scenario.days
    return Everyday(Random(f"{seed}:everyday"), world, mean, scenario.population_shift, scenario.no_signal_share)


def _waves(scenario: Scenario, seed: int, world: World) -> Iterator[Wave]:
    waves, days = scenario.waves, scenario.days
    scale = waves.scale * min(1.0, scenario.signups / _FULL_WAVES)
    for kind, count in (
        (Campus, waves.campuses),
        (Rollout, waves.rollouts),
        (Hackathon, waves.hackathons),
        (Referral, waves.referrals),
    ):
        for number in range(count):
            yield kind(Random(f"{seed}:{kind.__name__}:{number}"), world, days, scale)
    for number in range(waves.launches):
        yield Launch(Random(f"{seed}:Launch:{number}"), world, days, waves.scale, scenario.signups / days)


def _campaigns(scenario: Scenario, seed: int, world: World) -> Iterator[Campaign]:
    for number, spec in enumerate([*scenario.listed, *_drawn_specs(scenario, seed)], start=1):
        rng = Random(f"{seed}:farm:{number}")
        plans = draw_plans(rng, spec.kind, scenario.farms, spec.size)
        start = world.start_us + int(spec.start_day * DAY_US)
        length = max(HOUR_US // 4, int(spec.days * DAY_US))
        times = campaign_times(
            rng,
            plans.pick(rng).pace,
            spec.size,
            start,
            length,
            rng.uniform(*scenario.farms.replacement) ** 1.5,
            world.start_us + scenario.days * DAY_US,
            world.habits.audience.hours or HOURS,
        )
        yield Campaign(rng, world, f"farm.{spec.kind}.{number}", plans, times)


def _drawn_specs(scenario: Scenario, seed: int) -> list[CampaignSpec]:
    """Draw kind, size and time of each campaign, the sizes scaled to the abusive share."""
    rng, priors = Random(f"{seed}:campaigns"), scenario.farms
    kinds = Weighted(priors.kinds)
    rows = []
    for _ in range(scenario.campaigns):
        kind = kinds.pick(rng)
        size = log_uniform(rng, priors.size[0], log_uniform(rng, *priors.size)) * {"a3": 0.25, "a5": 2.0}.get(kind, 1.0)
        days = min(log_uniform(rng, *priors.days), scenario.days)
        rows.append((kind, size, rng.uniform(0, max(0.1, scenario.days - days * 0.7)), days))
    wanted = scenario.signups * scenario.abusive_share
    factor = wanted / max(1.0, sum(size for _, size, _, _ in rows))
    return [CampaignSpec(kind, max(12, round(size * factor)), start, days) for kind, size, start, days in rows]


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
