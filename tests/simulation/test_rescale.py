"""A scenario of another size keeps its shares, and its crowds and farms stay of a believable size."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from signup_risk.simulation import CampaignSpec, load_scenario, rescaled, simulate


@pytest.mark.parametrize(("signups", "days"), [(2_000, 3), (12_000, 20)])
def test_farms_keep_their_share(signups: int, days: int) -> None:
    """Few sign-ups hold few campaigns, and about the share of abuse that the scenario has."""
    scenario = rescaled(load_scenario("bundled-2"), signups, days)
    groups = Counter(event["group"] for event in simulate(scenario, 3))
    farms = {group: count for group, count in groups.items() if group.startswith("farm.")}
    assert groups.total() == pytest.approx(signups, rel=0.15)
    assert sum(farms.values()) / groups.total() == pytest.approx(scenario.abusive_share, rel=0.5)
    assert 1 <= len(farms) <= signups * scenario.abusive_share / 30 + 1


def test_a_larger_scenario_has_more_of_everything() -> None:
    """Ten times the sign-ups have ten times the campaigns and crowds; their sizes stay."""
    scenario = load_scenario("bundled-2")
    larger = rescaled(scenario, signups=scenario.signups * 10)
    assert larger.campaigns == scenario.campaigns * 10
    assert larger.waves.campuses == scenario.waves.campuses * 10
    assert larger.waves.launches == scenario.waves.launches


def test_listed_campaigns_keep_their_share_and_place() -> None:
    """Half the length and a quarter of the sign-ups move and shrink what is listed."""
    scenario = replace(load_scenario("demo-1"), days=4, listed=(CampaignSpec("a1", 100, 2.0, 1.0),))
    assert rescaled(scenario, scenario.signups // 4, 2).listed == (CampaignSpec("a1", 25, 1.0, 0.5),)


def test_nothing_asked_changes_nothing() -> None:
    """Without a size or length the scenario is the same value."""
    scenario = load_scenario("bundled-1")
    assert rescaled(scenario) is scenario
