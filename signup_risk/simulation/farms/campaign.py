"""Run one campaign: its accounts in time, each put together from what its suppliers deliver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.farms.device_supply import matching
from signup_risk.simulation.farms.plan import Plan
from signup_risk.simulation.mailboxes import free_mail
from signup_risk.simulation.people import Person
from signup_risk.simulation.source import Arrival
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import Moment, World, dress, text_length


class Campaign:
    """Yield the accounts of one farm."""

    def __init__(self, rng: Random, world: World, group: str, plans: Weighted[Plan], times: list[int]) -> None:
        self._rng = rng
        self._world = world
        self._group = group
        self._plans = plans
        self._number = 0
        self.size = len(times)
        self._by_part: dict[int, list[int]] = {}
        for at in times:
            self._by_part.setdefault(world.part_of(at), []).append(at)

    def part(self, number: int) -> Iterator[Arrival]:
        """Yield the accounts of one part."""
        for at in self._by_part.pop(number, ()):
            moment = self._world.moment(self._rng, at)
            self._number += 1
            plan = self._plans.pick(self._rng)
            yield Arrival(moment, make_account(self._rng, self._world, moment, plan, Member(self._group, self._number)))


class Member(NamedTuple):
    """Say which account of which campaign is made."""

    group: str
    number: int


def make_account(rng: Random, world: World, moment: Moment, plan: Plan, member: Member) -> Applicant:
    """Put one account together from what the suppliers of a plan deliver."""
    country = plan.country.pick(rng)
    hidden = [rng.random() < plan.camouflage for _ in range(7)]
    if plan.shown is not None:
        hidden[plan.shown] = False
    person = _persona(rng, world, plan, country)
    email = free_mail(rng, person, world.taken) if hidden[0] else plan.mail(rng, world, person, member.number)
    browser = (matching if hidden[1] else plan.device)(rng, moment.browser_date, person)
    if browser.zone != person.zone.name and rng.random() < plan.follow:
        browser = replace(browser, zone=person.zone.name)
    browser = world.zoned(rng, browser)
    place = world.place(rng, country)
    home = country if plan.declared == "same" or hidden[2] else plan.declared
    applicant = Applicant(person, home, plan.network(rng, place), email, browser, member.group, label=1)
    _fill(rng, world, applicant, plan, moment.form, member.number, hidden)
    dress(rng, world, applicant, moment)
    return applicant


def _persona(rng: Random, world: World, plan: Plan, country: str) -> Person:
    person = plan.persona(rng, lambda: world.person(rng, country))
    if person.country.code != country:
        person = replace(person, country=countries()[country], zone=countries()[country].zones.pick(rng))
    audience = world.habits.audience
    return replace(person, mail_styles=audience.mail_styles, free_mail=audience.free_mail)


def _fill(  # noqa: PLR0913 - what is bought, for whom, and what the form asks for
    rng: Random,
    world: World,
    applicant: Applicant,
    plan: Plan,
    form: frozenset[str],
    number: int,
    hidden: list[bool],
) -> None:
    person = applicant.person
    applicant.channel = plan.channel.pick(rng)
    if "phone" in form and not hidden[3]:
        applicant.phone = plan.phone(rng, world.phone_owner(rng, person))
    if "username" in form and plan.username and not hidden[4]:
        applicant.username = plan.username(rng, person, number)
    if "organization" in form:
        applicant.organization = plan.organization
    if plan.code and rng.random() < plan.code_share:
        applicant.referral_code = plan.code
    if not hidden[5]:
        applicant.visit = plan.manner(rng, text_length(applicant, form))
    if not hidden[6]:
        applicant.card = plan.card(rng, person)
        applicant.billing = plan.billing(rng, person)
