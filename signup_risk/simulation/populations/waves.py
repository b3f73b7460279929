"""Legitimate crowds that look like farms: a campus, a company, a room, a launch, a shared code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from signup_risk.simulation import addresses, agents, mailboxes
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import letters, log_uniform
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.populations.people_kinds import student_local, university_domain
from signup_risk.simulation.rhythm import WORKING_HOURS, time_of_day
from signup_risk.simulation.source import Arrival
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import DAY_US, Moment, World, company_domain, ordinary


class Guise(NamedTuple):
    """Hold what a farm copies from a crowd that it hides in, as far as all of the crowd have it in common."""

    country: str | None = None
    channel: str | None = None
    code: str | None = None
    domain: str | None = None


class Wave:
    """Yield one crowd: times are drawn at the start, people when their day comes.

    Attributes:
        times: When its members sign up.
        guise: What they have in common.
    """

    guise = Guise()

    def __init__(self, rng: Random, world: World, times: list[int]) -> None:
        self.rng = rng
        self.world = world
        self.size = len(times)
        self.times = times
        self._by_part: dict[int, list[int]] = {}
        for at in times:
            self._by_part.setdefault(world.part_of(at), []).append(at)

    def part(self, number: int) -> Iterator[Arrival]:
        """Yield the arrivals of one part."""
        for place, at in enumerate(sorted(self._by_part.pop(number, ()))):
            moment = self.world.moment(self.rng, at)
            yield Arrival(moment, self.make(moment, place))

    def make(self, moment: Moment, number: int) -> Applicant:
        """Build the next member."""
        raise NotImplementedError


class Campus(Wave):
    """A university in its first week: one network, one mail domain, one way of writing mailboxes."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._country = rng.choice(
            ("US", "US", "GB", "DE", "IN", "IN", "BR", "CA", "AU", "FR", "IT", "KR", "TR", "ID", "MX")
        )
        size, first = int(log_uniform(rng, 200, 2500) * scale), rng.randrange(max(1, days - 5))
        offset = countries()[self._country].zones.values[0].offset_hours
        times = [
            world.start_us
            + (first + int(min(6, rng.expovariate(0.5)))) * DAY_US
            + time_of_day(rng, offset, WORKING_HOURS)
            for _ in range(size)
        ]
        super().__init__(rng, world, times)
        model = world.person(rng, self._country)
        self._domain = university_domain(rng, model)
        self._style = rng.randrange(6)
        self._network = addresses.university(rng, self._country)
        self._nat = rng.random() < 0.5
        self._prefix = rng.choice(self._network.prefixes)[0]
        self._on_campus = rng.uniform(0.5, 0.95)
        self.guise = Guise(self._country, channel="edu", domain=self._domain)

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build a student."""
        rng = self.rng
        applicant = ordinary(rng, self.world, moment, self._country, group="legit.campus")
        if rng.random() < self._on_campus:
            last16 = rng.randrange(12) + 20 if self._nat else rng.randrange(60000) + 256
            applicant.ip_address = addresses.ipv4(self._prefix + last16)
        if rng.random() < 0.85:
            applicant.email = mailboxes.claim(
                rng, self.world.taken, student_local(rng, applicant.person, self._style), self._domain
            )
        if rng.random() < 0.6:
            applicant.channel = "edu"
        return applicant


class Rollout(Wave):
    """A company signs up its staff: an alphabetical list, one office address, minutes apart."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._country = world.country_weights.pick(rng)
        size = int(log_uniform(rng, 15, 400) * scale) + 2
        offset = countries()[self._country].zones.values[0].offset_hours
        start = world.start_us + rng.randrange(days) * DAY_US + time_of_day(rng, offset, WORKING_HOURS)
        gap = log_uniform(rng, 1.5, 90) * 1_000_000
        times, at = [], float(start)
        for _ in range(size):
            at += rng.expovariate(1 / gap)
            times.append(int(at))
        super().__init__(rng, world, [t for t in times if t < world.start_us + days * DAY_US])
        self._domain = company_domain(rng)
        self._office = addresses.office(rng, self._country)
        self._style = rng.randrange(4)
        self._sso = rng.random() < 0.6
        self._organization = self._domain.partition(".")[0].title()
        self._sequential = rng.random() < 0.5
        self._staff = sorted((world.person(rng, self._country) for _ in range(size)), key=lambda p: p.latin_last)
        self.guise = Guise(self._country, channel="invite", domain=self._domain)

    def make(self, moment: Moment, number: int) -> Applicant:
        """Build the next of the staff list."""
        rng = self.rng
        person = self._staff[number % len(self._staff)] if self._sequential else rng.choice(self._staff)
        applicant = ordinary(
            rng,
            self.world,
            moment,
            self._country,
            group="legit.rollout",
            person=person,
            manner="sso" if self._sso else None,
        )
        first, last = person.latin_first or "staff", person.latin_last or "member"
        local = (f"{first}.{last}", f"{first[0]}{last}", first, f"{first}_{last}")[self._style]
        applicant.email = mailboxes.claim(rng, self.world.taken, local, self._domain)
        if rng.random() < 0.85:
            applicant.ip_address = self._office
        applicant.channel = rng.choice(("sso:google", "sso:microsoft")) if self._sso else "invite"
        applicant.organization = self._organization
        return applicant


class Hackathon(Wave):
    """A room of people behind one address, within an hour or two, often with one code."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._country = world.country_weights.pick(rng)
        size, spread = int(log_uniform(rng, 30, 350) * scale), log_uniform(rng, 0.4, 4) * HOUR_US
        offset = countries()[self._country].zones.values[0].offset_hours
        start = world.start_us + rng.randrange(days) * DAY_US + time_of_day(rng, offset, WORKING_HOURS)
        limit = world.start_us + days * DAY_US - 1
        super().__init__(rng, world, [min(limit, start + int(abs(rng.gauss(0, 1)) * spread)) for _ in range(size)])
        self._address = addresses.office(rng, self._country)
        self._code = letters(rng, 8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        self._with_code = rng.random() < 0.6
        self.guise = Guise(self._country, code=self._code if self._with_code else None)

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build a participant."""
        rng = self.rng
        applicant = ordinary(rng, self.world, moment, self._country, group="legit.hackathon")
        if rng.random() < 0.9:
            applicant.ip_address = self._address
        if self._with_code and applicant.referral_code:
            applicant.referral_code = self._code
        return applicant


class Launch(Wave):
    """A launch or a press report: a multiple of the usual rate that fades over hours."""

    def __init__(self, rng: Random, world: World, days: int, scale: float, mean_per_day: float) -> None:
        self._local = world.country_weights.pick(rng) if rng.random() < 0.4 else None
        peak = log_uniform(rng, 5, 20) * mean_per_day / 24 * (0.2 if self._local else 1.0)
        fade = log_uniform(rng, 1.0, 6.0)
        size = int(peak * fade * scale)
        start = world.start_us + rng.randrange(days) * DAY_US + rng.randrange(DAY_US)
        limit = world.start_us + days * DAY_US - 1
        super().__init__(
            rng, world, [min(limit, start + int(rng.expovariate(1 / fade) * HOUR_US)) for _ in range(size)]
        )
        self.guise = Guise(self._local)

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build one of the crowd."""
        country = self._local or self.world.country_weights.pick(self.rng)
        return ordinary(self.rng, self.world, moment, country, group="legit.launch")


class Referral(Wave):
    """A code goes round in a channel: hundreds or thousands who share nothing else but a language."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._countries = [world.country_weights.pick(rng) for _ in range(rng.randint(1, 3))]
        size, start = int(log_uniform(rng, 150, 2500) * scale), world.start_us + rng.randrange(days) * DAY_US
        limit = world.start_us + days * DAY_US - 1
        fade = log_uniform(rng, 2, 60)
        offset = rng.randrange(DAY_US)
        super().__init__(
            rng,
            world,
            [min(limit, start + offset + int(rng.expovariate(1 / fade) * HOUR_US)) for _ in range(size)],
        )
        self._code = letters(rng, rng.randint(5, 9), "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        self.guise = Guise(self._countries[0], channel="invite", code=self._code)

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build a follower of the code."""
        applicant = ordinary(self.rng, self.world, moment, self.rng.choice(self._countries), group="legit.referral")
        if applicant.referral_code and self.rng.random() < 0.95:
            applicant.referral_code = self._code
        if self.rng.random() < 0.5:
            applicant.channel = "invite"
        return applicant


class Classroom(Wave):
    """A teacher signs up a class: one address, machines of one kind, minutes, mailboxes of the school or of home."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._country = world.country_weights.pick(rng)
        size = int(log_uniform(rng, 12, 40) * min(1.0, scale)) + 3
        offset = countries()[self._country].zones.values[0].offset_hours
        start = world.start_us + rng.randrange(days) * DAY_US + time_of_day(rng, offset, WORKING_HOURS)
        limit, minutes = world.start_us + days * DAY_US - 1, rng.uniform(4, 40)
        super().__init__(rng, world, [min(limit, start + int(rng.random() * minutes * 60e6)) for _ in range(size)])
        self._address = addresses.office(rng, self._country)
        self._kind = rng.choice(("chrome chromeos", "chrome windows", "safari mac", None))
        self._screen: str | None = None
        self._domain = university_domain(rng, world.person(rng, self._country)) if rng.random() < 0.5 else None
        self._style = rng.randrange(6)
        self.guise = Guise(self._country, channel="edu", domain=self._domain)

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build a pupil at one of the machines."""
        rng = self.rng
        applicant = ordinary(rng, self.world, moment, self._country, group="legit.classroom")
        applicant.ip_address = self._address
        if self._kind:
            browser = agents.make_browser(rng, moment.browser_date, applicant.person.owner(0.0), self._kind)
            self._screen = self._screen or browser.screen
            applicant.browser = replace(browser, screen=self._screen)
        if self._domain:
            local = student_local(rng, applicant.person, self._style)
            applicant.email = mailboxes.claim(rng, self.world.taken, local, self._domain)
        if rng.random() < 0.5:
            applicant.channel = "edu"
        return applicant
