"""Farms can hide in a crowd and copy it; the second edition of populations holds the groups that it names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.simulation import CampaignSpec, Scenario, Waves, load_scenario, simulate

CROWDS = Scenario(
    name="crowds",
    start="2026-03-02T00:00:00Z",
    days=6,
    signups=3000,
    campaigns=0,
    profiles=("full",),
    waves=Waves(campuses=1, rollouts=0, hackathons=1, launches=0, referrals=1, scale=60),
)


def hidden(crowd: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the accounts of a farm that hides in a crowd, and the members of the crowd."""
    scenario = replace(CROWDS, listed=(CampaignSpec("a2", 150, 0.0, 1.0, crowd=crowd),))
    events = list(simulate(scenario, 2))
    return (
        [event for event in events if event["group"].startswith("farm.")],
        [event for event in events if event["group"] == f"legit.{crowd}"],
    )


@pytest.mark.parametrize("crowd", ["campus", "hackathon", "referral"])
def test_a_farm_copies_the_crowd_it_hides_in(crowd: str) -> None:
    """It works while the crowd does; what most of the crowd have in common, most of the farm have too."""
    farm, members = hidden(crowd)
    assert len(farm) == 150
    assert members[0]["at"] <= farm[0]["at"]
    assert farm[-1]["at"] <= members[-1]["at"] or farm[-1]["at"].startswith("2026-03-07")
    for field in ("country", "referral_code", "channel"):
        (value, count) = Counter(event.get(field) for event in members).most_common(1)[0]
        if value is not None and count > 0.8 * len(members):
            assert sum(event.get(field) == value for event in farm) > 0.5 * sum(field in event for event in farm)


def test_a_campus_is_copied_to_its_domain() -> None:
    """Some farms have mailboxes of the university itself."""
    domains = set()
    for seed in range(4):
        scenario = replace(CROWDS, listed=(CampaignSpec("a6", 60, 0.0, 1.0, crowd="campus"),))
        events = list(simulate(scenario, seed))
        common = Counter(e["email"].rpartition("@")[2] for e in events if e["group"] == "legit.campus").most_common(1)
        farm = Counter(e["email"].rpartition("@")[2] for e in events if e["group"].startswith("farm."))
        domains.add(farm[common[0][0]] > 30)
    assert domains == {True, False}


def test_a_crowd_that_is_not_there_is_named() -> None:
    """Asking for a crowd that the scenario lacks says which there are."""
    scenario = replace(CROWDS, listed=(CampaignSpec("a2", 50, 0.0, 1.0, crowd="launch"),))
    with pytest.raises(ConfigurationError, match=r"'launch'.*campus, hackathon, referral"):
        next(simulate(scenario, 1))


def test_an_unknown_kind_is_named() -> None:
    """A kind that does not exist is an error that lists the kinds."""
    with pytest.raises(ConfigurationError, match=r"'b7'; allowed are a0, .*a8"):
        next(simulate(replace(CROWDS, listed=(CampaignSpec("b7", 50, 0.0, 1.0),)), 1))


def test_the_second_edition_adds_groups() -> None:
    """Hidden mail, carriers country by country, companies, testers, agencies and classes appear beside the others."""
    scenario = replace(load_scenario("control-1"), signups=6000, days=6, campaigns=2)
    events = list(simulate(scenario, 1))
    groups = Counter(event["group"] for event in events)
    wanted = {"hidden_mail", "corporate", "tester_series", "agency", "classroom", "ordinary", "campus"}
    wanted |= {f"carrier_nat_{code}" for code in ("in", "id", "ng", "br")}
    assert {f"legit.{name}" for name in wanted} <= set(groups)
    devices = Counter(
        event["device"]["id"]
        for event in events
        if event["group"] == "legit.tester_series" and "id" in event.get("device", {})
    )
    assert max(devices.values()) > 1


def test_a_company_with_managed_machines_shares_its_image_and_is_spread_out() -> None:
    """The third edition: most staff show one agent and screen, and not all come within the hour."""
    waves = replace(CROWDS.waves, campuses=0, hackathons=0, referrals=0, rollouts=12)
    alike, longest = [], 0.0
    for edition in (2, 3):
        events = list(simulate(replace(CROWDS, waves=waves, populations=edition), 5))
        staff: dict[str, list[dict[str, Any]]] = {}
        for event in events:
            if event["group"] == "legit.rollout" and "device" in event:
                staff.setdefault(event["email"].rpartition("@")[2], []).append(event)
        shares = [
            Counter(one["device"].get("user_agent") for one in members).most_common(1)[0][1] / len(members)
            for members in staff.values()
            if len(members) >= 30
        ]
        alike.append(max(shares))
        hours = [len({one["at"][:13] for one in members}) for members in staff.values()]
        longest = max(hours)
    assert alike[0] < 0.75 < alike[1]
    assert longest > 6


def test_gatherings_share_what_chance_decides_and_nothing_else() -> None:
    """Of many, some share a domain, a code, an address or a machine, and some none; people differ in all the rest."""
    waves = Waves(campuses=0, rollouts=0, hackathons=0, launches=0, referrals=0, gatherings=1, scale=4)
    shared: dict[str, list[float]] = {"domain": [], "code": [], "address": [], "agent": []}
    for seed in range(12):
        events = list(simulate(replace(CROWDS, signups=1500, waves=waves), seed))
        members = [event for event in events if event["group"] == "legit.gathering"]
        assert len({event["email"] for event in members}) == len(members) >= 10
        assert all(event["label"] == 0 for event in members)
        for name, values in (
            ("domain", [event["email"].rpartition("@")[2] for event in members]),
            ("code", [event.get("referral_code") for event in members if "referral_code" in event]),
            ("address", [event.get("ip_address") for event in members]),
            ("agent", [event["device"].get("user_agent") for event in members if "device" in event]),
        ):
            shared[name].append(max(Counter(values).values(), default=0) / max(1, len(values)))
    for name, shares in shared.items():
        assert min(shares) < 0.4, name
        assert max(shares) > 0.4, name
