"""Say what a source of traffic is: something that yields the arrivals of a day, or of a part of one, at a time."""

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
    """Yield arrivals part by part, those of a part in any order."""

    def part(self, number: int) -> Iterator[Arrival]:
        """Yield the arrivals of the part with this number, counted from the start; parts come in order, once."""
        ...
