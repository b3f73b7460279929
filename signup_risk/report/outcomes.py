"""Know what became of sign-ups, and which group they are of, from a history."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final, NamedTuple

from signup_risk.events import Signup
from signup_risk.report.assessed import bounded

#: Label of a sign-up whose outcome is not known.
UNKNOWN: Final = -1


class Outcome(NamedTuple):
    """Say what a history knows of a sign-up.

    Attributes:
        label: 1 abusive, 0 legitimate, -1 unknown.
        group: Campaign or population; empty if none is given.
    """

    label: int
    group: str


NOTHING: Final = Outcome(UNKNOWN, "")


class Outcomes:
    """Hold what a history says, by the id of the sign-up; nothing else of it is kept.

    Attributes:
        read: Sign-ups in the history.
        nameless: Sign-ups of the history without an id, which can be joined with nothing.
        joined: Assessments that the history knows.
    """

    def __init__(self, history: Iterable[Signup]) -> None:
        self.read = 0
        self.nameless = 0
        self.joined = 0
        self._known: dict[str, Outcome] = {}
        for signup in history:
            self.read += 1
            if signup.signup_id is None:
                self.nameless += 1
                continue
            label = UNKNOWN if signup.label is None else signup.label
            # A history has few groups and many sign-ups: the name is kept once.
            self._known[signup.signup_id] = Outcome(label, sys.intern(bounded(signup.group or "")))

    def of(self, signup_id: str | None) -> Outcome:
        """Return what is known of a sign-up."""
        found = self._known.get(signup_id) if signup_id is not None else None
        if found is None:
            return NOTHING
        self.joined += 1
        return found
