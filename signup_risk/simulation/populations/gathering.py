"""Crowds of people who have something in common, whatever it is: a place, a school, a code, a country, machines.

A campus, a room, a referral are crowds that somebody thought of. A model that has met those three stops the fourth:
followers of a post who arrive at telephones within the hour, students with a friend's code who live at home, the floor
of a call centre with mailboxes of their own. So what a gathering shares is drawn, each part apart from the others, from
priors as wide as a farm's; in everything else its members are as diverse as people are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Generic, TypeVar

from signup_risk.simulation import addresses, agents, mailboxes
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import letters, log_uniform
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.populations.people_kinds import student_local, university_domain
from signup_risk.simulation.populations.waves import Guise, Wave
from signup_risk.simulation.rhythm import HOURS, WORKING_HOURS, time_of_day
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import CHANNELS, DAY_US, Moment, World, company_domain, ordinary

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shared(Generic[T]):
    """Hold what a part of a crowd has in common, if anything.

    Attributes:
        values: The values that occur; one of them at random.
        share: Share of the members that show it.
    """

    values: tuple[T, ...]
    share: float

    def pick(self, rng: Random) -> T | None:
        """Return the value of a member, or ``None`` if this one has its own."""
        return rng.choice(self.values) if rng.random() < self.share else None


class Gathering(Wave):
    """A crowd that shares what chance decides."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        self._countries = [world.country_weights.pick(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
        size = int(log_uniform(rng, 40, 4000) * scale) + 8
        super().__init__(rng, world, _times(rng, world, days, size, self._countries[0]))
        self._address = _sometimes(rng, 0.5, lambda: _place(rng, self._countries[0]))
        self._domain = _sometimes(rng, 0.4, lambda: (_domain(rng, world, self._countries[0]),))
        self._style = rng.randrange(6)
        self._code = _sometimes(rng, 0.45, lambda: (letters(rng, rng.randint(5, 9)).upper(),))
        self._channel = _sometimes(rng, 0.5, lambda: (CHANNELS.pick(rng),))
        self._machine = _sometimes(rng, 0.2, lambda: _machines(rng, world, self.times[0], self._countries[0]))
        self._gateway = _sometimes(rng, 0.1, lambda: (f"gateway {rng.getrandbits(32)}",))
        self._handheld = rng.choice((0.0, 0.0, 0.5, 0.8, 0.97))
        self.guise = Guise(*self._guise())

    def make(self, moment: Moment, _number: int) -> Applicant:
        """Build a member."""
        rng = self.rng
        applicant = ordinary(rng, self.world, moment, rng.choice(self._countries), group="legit.gathering")
        applicant.ip_address = self._address.pick(rng) or applicant.ip_address
        applicant.channel = self._channel.pick(rng) or applicant.channel
        if applicant.referral_code:  # where the form asks for one
            applicant.referral_code = self._code.pick(rng) or applicant.referral_code
        domain = self._domain.pick(rng)
        if domain:
            local = student_local(rng, applicant.person, self._style)
            applicant.email = mailboxes.claim(rng, self.world.taken, local, domain)
        applicant.browser = self._browser(moment, applicant)
        return applicant

    def _browser(self, moment: Moment, applicant: Applicant) -> agents.Browser:
        rng, browser = self.rng, applicant.browser
        image = self._machine.pick(rng)
        if image is not None:
            browser = replace(image, key=rng.getrandbits(128), languages=browser.languages, zone=browser.zone)
        elif rng.random() < self._handheld and not agents.is_handheld(browser):
            browser = self.world.zoned(rng, agents.make_browser(rng, moment.browser_date, applicant.person.owner(1.0)))
        return replace(browser, tls=self._gateway.pick(rng) or browser.tls)

    def _guise(self) -> tuple[str | None, ...]:
        common = (self._channel, self._code, self._domain)
        return (self._countries[0], *(shared.values[0] if shared.share else None for shared in common))


def _sometimes(rng: Random, chance: float, draw: Callable[[], tuple[T, ...]]) -> Shared[T]:
    """Draw what most of a crowd have in common, or that it is nothing."""
    return Shared(draw(), rng.uniform(0.3, 1.0)) if rng.random() < chance else Shared((), 0.0)


def _times(rng: Random, world: World, days: int, size: int, country: str) -> list[int]:
    """Draw when they come: within hours of something that was said, or over a week by the rhythm of their country."""
    first, limit = world.start_us + rng.randrange(days) * DAY_US, world.start_us + days * DAY_US - 1
    if rng.random() < 0.6:
        start, fade = first + rng.randrange(DAY_US), log_uniform(rng, 0.2, 24)
        return [min(limit, start + int(rng.expovariate(1 / fade) * HOUR_US)) for _ in range(size)]
    offset, curve = countries()[country].zones.values[0].offset_hours, rng.choice((HOURS, WORKING_HOURS))
    length = rng.uniform(0.3, 3.0)
    drawn = (first + int(rng.expovariate(1 / length)) * DAY_US + time_of_day(rng, offset, curve) for _ in range(size))
    return [min(limit, at) for at in drawn]


def _place(rng: Random, country: str) -> tuple[str, ...]:
    """Draw the addresses of a place: a room behind one, a floor behind a few, a campus with hundreds."""
    kind = rng.random()
    if kind < 0.6:
        return tuple(addresses.office(rng, country) for _ in range(rng.choice((1, 1, 1, 2, 6))))
    prefix = rng.choice(addresses.university(rng, country).prefixes)[0]
    return tuple(addresses.ipv4(prefix + 256 + rng.randrange(60_000)) for _ in range(rng.choice((3, 20, 800))))


def _domain(rng: Random, world: World, country: str) -> str:
    return university_domain(rng, world.person(rng, country)) if rng.random() < 0.6 else company_domain(rng)


def _machines(rng: Random, world: World, at: int, country: str) -> tuple[agents.Browser, ...]:
    """Draw the machines of a room: of one image, or of a few."""
    date, owner = world.moment(rng, at).browser_date, world.person(rng, country).owner(0.0)
    return tuple(agents.make_browser(rng, date, owner) for _ in range(rng.choice((1, 2, 5))))
