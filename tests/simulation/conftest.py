"""Share one medium simulation among the tests that only look at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signup_risk.simulation import Waves, load_scenario, simulate


@pytest.fixture(scope="session")
def traffic() -> list[dict[str, Any]]:
    """Return some thousand sign-ups of every kind."""
    scenario = replace(
        load_scenario("bundled-1"), days=8, signups=9000, campaigns=60, abusive_share=0.25, waves=Waves(scale=1.5)
    )
    return list(simulate(scenario, 11))
