"""A company with managed machines signs up its staff: what one installation image and one gateway have in common.

Such machines show one browser build and one size of screen, a gateway that reads TLS shows its own greeting for all
of them, the lists that invitations are sent from are in order, and people follow the link in minutes or over days.
To a counter of shared things that is a farm.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from signup_risk.simulation import agents
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import log_uniform
from signup_risk.simulation.populations.waves import Rollout
from signup_risk.simulation.world import DAY_US, Moment, World, ordinary


class ManagedRollout(Rollout):
    """Staff of one company, at machines that were installed alike; some of them at home."""

    def __init__(self, rng: Random, world: World, days: int, scale: float) -> None:
        super().__init__(rng, world, days, scale)
        self._image = agents.make_browser(
            rng, world.moment(rng, self._first()).browser_date, world.person(rng, self._country).owner(0.0)
        )
        self._imaged = rng.choice((0.0, 0.5, 0.8, 0.97))
        self._gateway = f"gateway {rng.getrandbits(32)}" if rng.random() < 0.4 else None
        self._at_home = rng.choice((0.0, 0.1, 0.4, 0.8))
        self._spread(log_uniform(rng, 1, 60), days)

    def make(self, moment: Moment, number: int) -> Applicant:
        """Build the next of the staff list, at a machine of the company."""
        rng = self.rng
        home = rng.random() < self._at_home
        applicant = super().make(moment, number)
        if rng.random() < self._imaged:
            own = applicant.browser
            applicant.browser = replace(
                self._image, key=rng.getrandbits(128), languages=own.languages, zone=own.zone, webdriver=own.webdriver
            )
        if self._gateway and not home:
            applicant.browser = replace(applicant.browser, tls=self._gateway)
        if home:
            applicant.ip_address = self.home_address(moment, applicant)
        return applicant

    def home_address(self, moment: Moment, applicant: Applicant) -> str:
        """Return the address of a home in the country."""
        return ordinary(self.rng, self.world, moment, self._country, group=applicant.group).ip_address

    def _first(self) -> int:
        return min(self.times, default=self.world.start_us)

    def _spread(self, factor: float, days: int) -> None:
        """Draw the arrivals out, as invitations that are followed when people get to them."""
        first, limit = self._first(), self.world.start_us + days * DAY_US
        drawn = [int(first + (at - first) * factor) for at in self.times]
        super(Rollout, self).__init__(self.rng, self.world, [at for at in drawn if at < limit])
