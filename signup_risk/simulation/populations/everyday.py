"""Let ordinary people of all kinds sign up, day by day."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import Weighted, log_normal, poisson
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.populations import further, network_users, people_kinds
from signup_risk.simulation.rhythm import HOURS, time_of_day, weekday_factor
from signup_risk.simulation.scenario import Scenario
from signup_risk.simulation.source import Arrival
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import DAY_US, Moment, World, ordinary

Maker = Callable[[Random, World, Moment, str], Applicant]

# Shares of ordinary traffic [assumption: no public figures; each group is large enough to be judged].
_MAKERS: Final[dict[str, tuple[Maker, float]]] = {
    "ordinary": (ordinary, 70.0),
    "vpn": (network_users.vpn_user, 4.0),
    "relay": (network_users.relay_user, 3.2),
    "tor": (network_users.tor_user, 0.25),
    "privacy_browser": (network_users.privacy_browser, 2.5),
    "abroad": (network_users.abroad, 3.0),
    "developer": (network_users.developer, 1.2),
    "prepaid": (people_kinds.prepaid, 1.8),
    "disposable": (people_kinds.disposable_mail, 0.7),
    "tester": (people_kinds.tester, 0.8),
    "slow": (people_kinds.slow_typist, 1.2),
    "password_manager": (people_kinds.password_manager, 2.2),
    "new_business": (people_kinds.new_business, 1.6),
    "student": (people_kinds.student, 2.0),
    "virtual_card": (people_kinds.virtual_card, 0.9),
}


# Groups that the second edition adds.
_FURTHER: Final[dict[str, tuple[Maker, float]]] = {
    "hidden_mail": (further.hidden_mail_user, 2.0),
    "subscriber": (further.subscriber, 3.0),
    "employee": (further.employee, 2.5),
}
_TESTERS: Final = 0.6
_AGENCIES: Final = 0.4


class Everyday:
    """Yield the steady stream of ordinary sign-ups.

    Households, internet cafés and second tries need a memory of who came before; it is bounded.
    """

    def __init__(self, rng: Random, world: World, mean_per_day: float, scenario: Scenario) -> None:
        self._rng = rng
        self._world = world
        self._mean = mean_per_day / (1.0 + world.habits.audience.retry_share)
        makers = [*_MAKERS.values()]
        if scenario.populations > 1:
            # The total is as asked for even where the days of a short scenario are quiet ones.
            first = world.start_us // DAY_US
            week = [weekday_factor(first + day) for day in range(scenario.days)]
            self._mean /= 1.0 if world.habits.audience.even_week else sum(week) / len(week)
            testers, agencies = further.Testers(rng), further.Agencies(rng)
            makers += [*_FURTHER.values(), (testers.make, _TESTERS), (agencies.make, _AGENCIES)]
        shift = scenario.population_shift
        self._makers = Weighted([(maker, weight * math.exp(rng.gauss(0.0, shift))) for maker, weight in makers])
        self._households: deque[Applicant] = deque(maxlen=400)
        self._cafes = network_users.Cafes(rng)
        self._start_day = world.start_us // DAY_US

    def part(self, number: int) -> Iterator[Arrival]:
        """Yield the arrivals of one part."""
        rng, world = self._rng, self._world
        day = number // world.parts_per_day
        week = 1.0 if world.habits.audience.even_week else weekday_factor(self._start_day + day)
        mean = self._mean * week * log_normal(rng, 1.0, 0.07)
        begin, end = world.span(number)
        for _ in range(poisson(rng, mean)):
            country = world.country_weights.pick(rng)
            at_us = world.start_us + day * DAY_US + self._time_of_day(country)
            # Each part draws the whole day and keeps its own: what is left is the rhythm of the day.
            if not begin <= at_us < end:
                continue
            for arrival in self._arrivals(world.moment(rng, at_us), country, end):
                rng.random()  # The control was drawn here once; published scenarios keep their bytes.
                yield arrival

    def _time_of_day(self, country: str) -> int:
        offset = countries()[country].zones.pick(self._rng).offset_hours
        return time_of_day(self._rng, offset, self._world.habits.audience.hours or HOURS)

    def _arrivals(self, moment: Moment, country: str, end: int) -> Iterator[Arrival]:
        rng, world, audience = self._rng, self._world, self._world.habits.audience
        choice = rng.random()
        if choice < audience.family_share:
            yield Arrival(moment, self._family_member(moment, country))
            return
        if choice < audience.family_share + audience.cafe_share:
            yield Arrival(moment, self._cafes.visitor(rng, world, moment))
            return
        applicant = self._makers.pick(rng)(rng, world, moment, country)
        yield Arrival(moment, applicant)
        if choice > 1.0 - audience.retry_share:
            applicant.group = "legit.retry"
            yield self._second_try(applicant, moment, end)

    def _family_member(self, moment: Moment, country: str) -> Applicant:
        rng = self._rng
        if self._households and rng.random() < 0.6:
            return people_kinds.relative_of(rng, self._world, moment, rng.choice(self._households))
        applicant = ordinary(rng, self._world, moment, country, group="legit.family")
        self._households.append(applicant)
        return applicant

    def _second_try(self, applicant: Applicant, moment: Moment, end: int) -> Arrival:
        rng = self._rng
        delay = int(log_normal(rng, 0.5, 1.8) * HOUR_US)
        again = self._world.moment(rng, min(moment.at_us + delay, end - 1))
        return Arrival(again, people_kinds.same_person_again(rng, self._world, again, applicant))
