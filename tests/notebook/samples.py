"""Hold the sign-ups and frames that the notebook tests share."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pandas as pd

from signup_risk.simulation import load_scenario, simulate


def events(count: int, seed: int = 5, scenario: str = "demo-1") -> list[dict[str, Any]]:
    """Return simulated sign-ups in the order of time."""
    return [dict(event) for event in islice(simulate(load_scenario(scenario), seed), count)]


def frame_of(signups: list[dict[str, Any]]) -> pd.DataFrame:
    """Return sign-ups as a frame with dotted columns."""
    return pd.json_normalize(signups)
