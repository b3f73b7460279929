"""Turn what a scenario asks for into campaigns: plans, times, crowds to hide in, adaptive operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.simulation.draw import Weighted, log_uniform
from signup_risk.simulation.farms.adaptive import AdaptiveCampaign, AdaptiveFarm, draw_commission
from signup_risk.simulation.farms.campaign import Campaign
from signup_risk.simulation.farms.kinds import KINDS, draw_plans
from signup_risk.simulation.farms.mail_supply import LocalSupply, at_domains, person_like
from signup_risk.simulation.farms.pacing import campaign_times
from signup_risk.simulation.farms.plan import Plan
from signup_risk.simulation.farms.replacement import Span, living_times
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.people import Person
from signup_risk.simulation.populations.people_kinds import student_local
from signup_risk.simulation.populations.waves import Wave
from signup_risk.simulation.rhythm import HOURS
from signup_risk.simulation.rule_defence import RuleDefence
from signup_risk.simulation.scenario import CampaignSpec, Scenario
from signup_risk.simulation.world import DAY_US, World

# Sizes of kinds beside the others: alias farmers stay small, hydras grow large.
_SIZES: Final = {"a3": 0.25, "a5": 2.0}
# A farm comes at about the time of the crowd that it hides in.
_NEAR_HOURS: Final = 0.5
_COPIED: Final = 0.9


def campaigns(
    scenario: Scenario, seed: int, world: World, crowds: Sequence[Wave]
) -> Iterator[Campaign | AdaptiveCampaign]:
    """Yield all campaigns of a scenario, the listed ones first.

    Raises:
        ConfigurationError: A kind is unknown, or a crowd to hide in is not there.
    """
    for number, spec in enumerate([*scenario.listed, *_drawn_specs(scenario, seed)], start=1):
        if spec.kind not in KINDS:
            raise ConfigurationError(f"unknown kind of farm {spec.kind!r}; allowed are {', '.join(KINDS)}")
        rng, group = Random(f"{seed}:farm:{number}"), f"farm.{spec.kind}.{number}"
        if spec.kind == "a8":
            yield _adaptive(rng, scenario, world, spec, group)
            continue
        plans = draw_plans(rng, spec.kind, scenario.farms, spec.size, spec.suppliers)
        crowd = _crowd(rng, scenario, spec, crowds)
        if crowd is not None:
            yield _hidden(rng, world, group, plans, crowd, _times_in(rng, scenario, world, spec, crowd))
        else:
            yield Campaign(rng, world, group, plans, _times(rng, scenario, world, spec, plans))


def _adaptive(rng: Random, scenario: Scenario, world: World, spec: CampaignSpec, group: str) -> AdaptiveCampaign:
    start = world.start_us + int(spec.start_day * DAY_US)
    end = min(start + max(HOUR_US, int(spec.days * DAY_US)), world.start_us + scenario.days * DAY_US)
    farm = AdaptiveFarm(rng, world, scenario.farms, draw_commission(rng, group, spec.size, start, end))
    defence = RuleDefence(per_network=rng.randint(3, 30), per_device=rng.randint(1, 4))
    return AdaptiveCampaign(farm, world, defence, spec.size, Random(rng.getrandbits(64)))


def _times(rng: Random, scenario: Scenario, world: World, spec: CampaignSpec, plans: Weighted[Plan]) -> list[int]:
    start = world.start_us + int(spec.start_day * DAY_US)
    length = max(HOUR_US // 4, int(spec.days * DAY_US))
    end = world.start_us + scenario.days * DAY_US
    pace = plans.pick(rng).pace
    if spec.refill_hours is None and spec.release_day is None:
        replaced = rng.uniform(*scenario.farms.replacement) ** 1.5
        hours = world.habits.audience.hours or HOURS
        return campaign_times(rng, pace, spec.size, start, length, replaced, end, hours)
    release = None if spec.release_day is None else world.start_us + int(spec.release_day * DAY_US)
    return living_times(rng, pace, spec.size, Span(start, length, end, release, spec.surge, spec.refill_hours))


def _crowd(rng: Random, scenario: Scenario, spec: CampaignSpec, crowds: Sequence[Wave]) -> Wave | None:
    if spec.crowd is not None:
        fitting = [crowd for crowd in crowds if type(crowd).__name__.lower() == spec.crowd]
        if not fitting:
            known = sorted({type(crowd).__name__.lower() for crowd in crowds})
            raise ConfigurationError(
                f"no crowd {spec.crowd!r} to hide in; the scenario has {', '.join(known) or 'none'}: add one to waves"
            )
        return rng.choice(fitting)
    share = scenario.farms.in_crowds
    large = [crowd for crowd in crowds if crowd.size >= 20]
    return rng.choice(large) if share and large and rng.random() < share else None


def _times_in(rng: Random, scenario: Scenario, world: World, spec: CampaignSpec, crowd: Wave) -> list[int]:
    """Return times among those of a crowd, whose own may go on after the end of the scenario."""
    end = world.start_us + scenario.days * DAY_US - 1
    first, last = min(*crowd.times, end), min(max(crowd.times), end)
    spread = _NEAR_HOURS * HOUR_US
    near = [rng.choice(crowd.times) + int(rng.gauss(0.0, spread)) for _ in range(spec.size)]
    return sorted(min(max(first, at), last) for at in near)


def _hidden(  # noqa: PLR0913 - a campaign and its crowd
    rng: Random, world: World, group: str, plans: Weighted[Plan], crowd: Wave, times: list[int]
) -> Campaign:
    """Place a campaign inside a crowd: its hours, and whatever its members have in common."""
    disguised = Weighted([(_disguise(rng, plan, crowd), weight) for plan, weight in plans.pairs()])
    return Campaign(rng, world, group, disguised, times)


def _disguise(rng: Random, plan: Plan, crowd: Wave) -> Plan:
    guise = crowd.guise
    if guise.country:
        plan = replace(plan, country=Weighted({guise.country: 1.0}), declared="same")
    if guise.channel:
        plan = replace(plan, channel=Weighted({guise.channel: _COPIED, "direct": 1 - _COPIED}))
    if guise.code:
        plan = replace(plan, code=guise.code, code_share=_COPIED)
    if guise.domain and rng.random() < 0.5:
        local: LocalSupply = person_like if rng.random() < 0.5 else _student
        plan = replace(plan, mail=at_domains(local, [guise.domain]))
    return plan


def _student(rng: Random, person: Person, _number: int) -> str:
    return student_local(rng, person)


def _drawn_specs(scenario: Scenario, seed: int) -> list[CampaignSpec]:
    """Draw kind, size and time of each campaign, the sizes scaled to the abusive share."""
    rng, priors = Random(f"{seed}:campaigns"), scenario.farms
    kinds = Weighted(priors.kinds)
    rows = []
    for _ in range(scenario.campaigns):
        kind = kinds.pick(rng)
        size = log_uniform(rng, priors.size[0], log_uniform(rng, *priors.size)) * _SIZES.get(kind, 1.0)
        days = min(log_uniform(rng, *priors.days), scenario.days)
        rows.append((kind, size, rng.uniform(0, max(0.1, scenario.days - days * 0.7)), days))
    wanted = scenario.signups * scenario.abusive_share
    factor = wanted / max(1.0, sum(size for _, size, _, _ in rows))
    specs = [CampaignSpec(kind, max(12, round(size * factor)), start, days) for kind, size, start, days in rows]
    return [_living(rng, spec, priors.living) for spec in specs] if priors.living else specs


def _living(rng: Random, spec: CampaignSpec, share: float) -> CampaignSpec:
    """Let some campaigns replace what is banned within hours and answer a release."""
    if spec.days < 2.0 or rng.random() >= share:
        return spec
    release = spec.start_day + rng.random() * spec.days if rng.random() < 0.5 else None
    return replace(spec, release_day=release, surge=rng.uniform(0.1, 0.5), refill_hours=log_uniform(rng, 1.0, 24.0))
