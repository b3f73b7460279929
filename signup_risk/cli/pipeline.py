"""Score numbered records, one after another.

It stands alone so that a parallel form can take its place: what goes in can be sent to other processes, and
what comes out is in the order of the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from signup_risk.cli.records import BadLine, Records, signup_of
from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.results import Assessment


class Assessor(Protocol):
    """Assess a sign-up, as a scorer does."""

    def assess(self, signup: Signup, /) -> Assessment:
        """Return the assessment of one sign-up."""


def score_events(scorer: Assessor, records: Records) -> Iterator[tuple[int, Assessment | BadLine]]:
    """Yield the assessment of every record in input order, or why there is none, with its line number."""
    for number, payload in records:
        signup = signup_of(payload)
        if isinstance(signup, BadLine):
            yield number, signup
            continue
        try:
            yield number, scorer.assess(signup)
        except InvalidSignup as problem:
            yield number, BadLine(str(problem))
