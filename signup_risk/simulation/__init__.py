"""Simulate labelled sign-up traffic: ordinary people of many kinds, crowds that look like farms, and farms.

Simulated figures are not measurements: say *synthetic* beside every one of them.
"""

from __future__ import annotations

from signup_risk.prices import Prices, load_prices
from signup_risk.simulation.adaptive_run import AccountRecord, AdaptiveRun, run_adaptive
from signup_risk.simulation.rescale import rescaled
from signup_risk.simulation.scenario import (
    CampaignSpec,
    FarmPriors,
    Scenario,
    Waves,
    load_scenario,
    scenario_names,
)
from signup_risk.simulation.stream import simulate
from signup_risk.simulation.variety import draw_scenario

__all__ = [
    "AccountRecord",
    "AdaptiveRun",
    "CampaignSpec",
    "FarmPriors",
    "Prices",
    "Scenario",
    "Waves",
    "draw_scenario",
    "load_prices",
    "load_scenario",
    "rescaled",
    "run_adaptive",
    "scenario_names",
    "simulate",
]
