"""Give the measurements their sign-ups, and say what machine they run on; without a heavy package."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from itertools import islice
from typing import Any

from signup_risk import __version__
from signup_risk.simulation import load_scenario, simulate

SCENARIO = "bundled-1"
SEED = 4242

Event = Mapping[str, Any]


def sample(count: int) -> list[Event]:
    """Return simulated sign-ups in order of time."""
    return list(islice(simulate(load_scenario(SCENARIO), SEED), count))


def machine() -> str:
    """Describe what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("lightgbm", "shap", "pandas"))
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    load = f"; load {os.getloadavg()[0]:.1f} before the start" if hasattr(os, "getloadavg") else ""
    return f"signup_risk {__version__}, {where}; {packages}{load}"
