"""Run one campaign: its accounts in time, each put together from what its suppliers deliver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.farms.device_supply import matching
from signup_risk.simulation.farms.plan import Plan
from signup_risk.simulation.mailboxes import free_mail
from signup_risk.simulation.source import Arrival
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import DAY_US, Moment, World, dress, text_length


class Campaign:
    """Yield the accounts of one farm."""

    def __init__(self, rng: Random, world: World, group: str, plans: Weighted[Plan], times: list[int]) -> None:
        self._rng = rng
        self._world = world
        self._group = group
        self._plans = plans
        self._number = 0
        self.size = len(times)
        self._by_day: dict[int, list[int]] = {}
        for at in times:
            self._by_day.setdefault((at - world.start_us) // DAY_US, []).append(at)

    def day(self, day: int) -> Iterator[Arrival]:
        """Yield the accounts of one day."""
        for at in self._by_day.pop(day, ()):
            moment = self._world.moment(self._rng, at)
            yield Arrival(moment, self._account(moment))

    def _account(self, moment: Moment) -> Applicant:
        rng, plan = self._rng, self._plans.pick(self._rng)
        self._number += 1
        country = plan.country.pick(rng)
        hidden = [rng.random() < plan.camouflage for _ in range(7)]
        person = plan.persona(rng, lambda: self._world.person(rng, country))
        if person.country.code != country:
            person = replace(person, country=countries()[country], zone=countries()[country].zones.pick(rng))
        audience = self._world.habits.audience
        person.mail_styles, person.free_mail = audience.mail_styles, audience.free_mail
        email = (
            free_mail(rng, person, self._world.taken)
            if hidden[0]
            else plan.mail(rng, self._world, person, self._number)
        )
        browser = (matching if hidden[1] else plan.device)(rng, moment.browser_date, person)
        if browser.zone != person.zone.name and rng.random() < plan.follow:
            browser = replace(browser, zone=person.zone.name)
        browser = self._world.zoned(rng, browser)
        place = self._world.place(rng, country)
        home = country if plan.declared == "same" or hidden[2] else plan.declared
        applicant = Applicant(person, home, plan.network(rng, place), email, browser, self._group, label=1)
        self._fill(applicant, plan, moment, hidden)
        dress(rng, self._world, applicant, moment)
        return applicant

    def _fill(self, applicant: Applicant, plan: Plan, moment: Moment, hidden: list[bool]) -> None:
        rng, form, person = self._rng, moment.form, applicant.person
        applicant.channel = plan.channel.pick(rng)
        if "phone" in form and not hidden[3]:
            applicant.phone = plan.phone(rng, self._world.phone_owner(rng, person))
        if "username" in form and plan.username and not hidden[4]:
            applicant.username = plan.username(rng, person, self._number)
        if "organization" in form:
            applicant.organization = plan.organization
        if plan.code and rng.random() < plan.code_share:
            applicant.referral_code = plan.code
        if not hidden[5]:
            applicant.visit = plan.manner(rng, text_length(applicant, form))
        if not hidden[6]:
            applicant.card = plan.card(rng, person)
            applicant.billing = plan.billing(rng, person)
