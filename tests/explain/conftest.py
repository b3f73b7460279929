"""Live through some simulated days once, and keep every sign-up with what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from signup_risk import Assessment, Scorer
from signup_risk.simulation import load_scenario, rescaled, simulate

SECRET = "not a secret at all, an example of one"


@dataclass(frozen=True)
class Days:
    """Hold a scorer that has seen simulated traffic, with a farm in it, and what it decided."""

    scorer: Scorer
    lived: list[tuple[dict[str, Any], Assessment]]

    def last(self, decision: str) -> tuple[dict[str, Any], Assessment]:
        """Return the last sign-up with a decision."""
        return [one for one in self.lived if one[1].decision == decision][-1]


@pytest.fixture(scope="session")
def days() -> Iterator[Days]:
    """Return a scorer in memory that has assessed 600 sign-ups without giving reasons."""
    scenario = rescaled(load_scenario("bundled-1"), signups=3000, days=8)
    with Scorer.open("memory://", secret=SECRET, explain="auto", deadline_ms=60_000) as scorer:
        lived = []
        for made in islice(simulate(scenario, 7), 600):
            event = {name: value for name, value in made.items() if name not in {"label", "label_at", "group"}}
            lived.append((event, scorer.assess(event)))
        assert {one.decision for _, one in lived} == {"allow", "step_up", "review", "block"}
        yield Days(scorer, lived)
