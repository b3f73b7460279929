"""Say what a source of traffic is: something that yields one day's arrivals at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.world import Moment


class Arrival(NamedTuple):
    """Hold an applicant with the moment and form of the sign-up."""

    moment: Moment
    applicant: Applicant


class Source(Protocol):
    """Yield the arrivals of one day, in any order."""

    def day(self, day: int) -> Iterator[Arrival]:
        """Yield the arrivals of the day with this number, counted from the start of the scenario."""
        ...
