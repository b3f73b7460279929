"""Supplies of the second edition show what they are for, and nothing of it shows without them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from signup_risk.simulation import CampaignSpec, Scenario, Waves, simulate
from signup_risk.simulation.farms import further_supply as further
from signup_risk.simulation.farms.mail_supply import person_like
from signup_risk.simulation.people import make_person
from signup_risk.simulation.rule_defence import is_hosting
from signup_risk.simulation.setting import open_world

PLAIN = Scenario(
    name="plain",
    start="2026-03-02T00:00:00Z",
    days=3,
    signups=600,
    campaigns=0,
    profiles=("full",),
    waves=Waves(0, 0, 0, 0, 0),
)


def test_leased_blocks_are_few_and_no_hosting() -> None:
    """Hundreds of accounts come from a handful of /24s that no list knows."""
    supply, rng = further.leased_blocks(Random(5), "US"), Random(6)
    found = [supply(rng, "US") for _ in range(300)]
    assert len({address.rpartition(".")[0] for address in found}) <= 8
    assert len(set(found)) > 20
    assert not any(is_hosting(address) for address in found)


@pytest.mark.parametrize("seed", range(6))
def test_a_domain_serves_for_a_few_accounts(seed: int) -> None:
    """No domain has more accounts than it is bought for."""
    rng, world = Random(seed), open_world(PLAIN, 1)
    supply = further.domain_each(rng, person_like)
    domains = Counter(supply(rng, world, make_person(rng, "US"), n).partition("@")[2] for n in range(60))
    assert max(domains.values()) <= 4
    assert len(domains) >= 15


def test_devices_wear_out() -> None:
    """Each device serves for some accounts and never comes back after."""
    rng = Random(2)
    supply = further.worn_devices(rng)
    keys = [supply(rng, date(2026, 3, 1), make_person(rng, "US")).key for _ in range(300)]
    uses = Counter(keys)
    assert 1 < max(uses.values()) <= 12
    assert len(uses) > 20


def test_one_thing_stays_the_same() -> None:
    """A lazy operator looks like anybody but for one device, card, mailbox or number."""
    kinds = ("a0", "a1", "a2", "a4")
    specs = tuple(CampaignSpec(kinds[number % 4], 40, 0.0, 2.0) for number in range(24))
    farms = replace(PLAIN.farms, further=1.0, mixtures=0.0)
    events = list(simulate(replace(PLAIN, listed=specs, signups=1500, farms=farms), 3))
    repeated = set()
    for number in range(24):
        accounts = [event for event in events if event["group"].endswith(f".{number + 1}")]
        repeated |= {name for name, values in _values(accounts).items() if values and max(values.values()) > 20}
    assert {"device", "card", "phone"} <= repeated


def _values(events: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    return {
        "device": Counter(event["device"]["id"] for event in events if "id" in event.get("device", {})),
        "card": Counter(event["card"]["token"] for event in events if "token" in event.get("card", {})),
        "phone": Counter(event["phone"] for event in events if "phone" in event),
    }


def test_a_short_scenario_has_the_size_asked_for() -> None:
    """On a Sunday, a quiet day, the second edition still gives the total."""
    sunday = replace(PLAIN, start="2026-03-01T00:00:00Z", days=1, signups=4000)
    assert len(list(simulate(replace(sunday, populations=2), 1))) > 1.05 * len(list(simulate(sunday, 1)))
