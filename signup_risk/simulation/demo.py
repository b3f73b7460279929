"""Name the sample that the demonstration scores: three quiet days with two farms inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from signup_risk.simulation.scenario import load_scenario
from signup_risk.simulation.stream import simulate

DEMO_SCENARIO: Final = "demo-1"
DEMO_SEED: Final = 7


def demo_events() -> Iterator[dict[str, Any]]:
    """Yield the sign-ups of the demonstration, the same ones every time.

    Examples:
        >>> next(demo_events())["at"][:10]
        '2026-05-04'
    """
    return simulate(load_scenario(DEMO_SCENARIO), DEMO_SEED)
