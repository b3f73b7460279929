"""The adaptive operator learns what passes, spends no more than it has, and occurs in ordinary traffic too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.simulation import CampaignSpec, addresses, load_scenario, run_adaptive, simulate
from signup_risk.simulation.rule_defence import RuleDefence, is_hosting

_PEOPLE = {"gmx.de", "web.de", "orange.fr", "comcast.net", "uol.com.br", "libero.it", "wp.pl", "ukr.net", "verizon.net"}
SCENARIO = replace(load_scenario("bundled-2"), days=20)


def test_it_finds_its_way_past_rules() -> None:
    """Against rules that stop nearly all of its first accounts, most of its last ones pass, on most seeds."""
    runs = [run_adaptive(RuleDefence(), SCENARIO, seed, size=500, budget=1500) for seed in range(1, 7)]
    first = sorted(run.pass_rate(0.0, 0.1) for run in runs)
    last = sorted(run.pass_rate(0.8, 1.0) for run in runs)
    assert first[len(runs) // 2] < 0.3
    assert last[len(runs) // 2] > 0.6
    for run in runs:
        assert run.pass_rate(0.8, 1.0) > run.pass_rate(0.0, 0.1)
        assert run.dollars_per_survivor == pytest.approx(run.spent / run.survivors)


def test_it_keeps_to_its_budget() -> None:
    """It spends no more than it has, whatever an account would be worth, and stops when nothing is left."""
    run = run_adaptive(lambda _: False, SCENARIO, 3, size=5000, budget=8.0, worth=500.0)
    assert run.spent <= 8.0
    assert 0 < len(run.accounts) < 5000
    assert run.survivors == 0
    assert run.dollars_per_survivor is None


def test_money_buys_what_passes() -> None:
    """Where only mailboxes at the providers of a few countries pass, it ends up with aged ones, and pays for them."""

    def judge(event: Mapping[str, Any]) -> bool:
        return event["email"].rpartition("@")[2] in _PEOPLE

    run = run_adaptive(judge, SCENARIO, 2, size=400, budget=4000, worth=50)
    start, end = run.accounts[:60], run.accounts[-60:]
    assert sum(one.evasions["mail"] == "aged_freemail" for one in end) > 40
    assert sum(one.cost for one in end) > sum(one.cost for one in start)


def test_decisions_are_seen_late() -> None:
    """An operator waits for the first decisions; where they do not come in time, there are no further accounts."""
    late = run_adaptive(RuleDefence(), SCENARIO, 4, size=300, budget=600, delay_hours=1e6)
    assert len(late.accounts) == 8
    soon = run_adaptive(RuleDefence(), SCENARIO, 4, size=300, budget=600, delay_hours=0.1)
    assert len(soon.accounts) == 300


def test_the_same_seed_gives_the_same_run() -> None:
    """Nothing but seed, scenario and judge decides a run."""
    one, two = (run_adaptive(RuleDefence(), SCENARIO, 5, size=120, budget=200) for _ in range(2))
    assert one == two


def test_the_judge_sees_the_background_in_order_and_without_labels() -> None:
    """Other sign-ups reach the judge between the accounts, by time; accounts are contract events."""
    seen: list[Mapping[str, Any]] = []
    traffic = list(simulate(replace(SCENARIO, days=2, signups=400, campaigns=0), 6))
    run = run_adaptive(
        lambda event: bool(seen.append(event)) or True,
        replace(SCENARIO, days=2),
        6,
        size=60,
        budget=100,
        background=traffic,
    )
    assert len(seen) > len(run.accounts)
    assert all("label" not in event and "group" not in event for event in seen)
    assert all(one["at"] <= other["at"] for one, other in pairwise(seen))
    for account in run.accounts:
        assert Signup.from_mapping(account.event, require_at=True).warnings == ()


def test_it_occurs_in_simulated_traffic() -> None:
    """A listed campaign of the kind A8 makes its accounts there, in order, and changes what they look like."""
    spec = CampaignSpec("a8", 300, 0.2, 15.0)
    scenario = replace(SCENARIO, signups=1500, campaigns=0, abusive_share=0.0, listed=(spec,), profiles=("full",))
    farm = [event for event in simulate(scenario, 8) if event["group"] == "farm.a8.1"]
    assert 100 < len(farm) <= 300
    domains = [{event["email"].rpartition("@")[2] for event in part} for part in (farm[:40], farm[-40:])]
    assert domains[0] != domains[1]


def test_the_rules_stop_what_they_name() -> None:
    """Each rule stops by itself, and an ordinary sign-up passes."""
    good = {"at": "2026-03-01T00:00:00Z", "email": "ann@gmail.com", "ip_address": "192.0.2.1"}
    assert RuleDefence()(good)
    assert not RuleDefence()(good | {"email": "ann@mailinator.com"})
    rented = addresses.hosting(Random(1)).host(Random(2))
    assert is_hosting(rented)
    assert not RuleDefence()(good | {"ip_address": rented})
    assert not any(is_hosting(addresses.home(Random(n), "US")) for n in range(50))
    crowded = RuleDefence(per_network=2)
    assert [crowded(good | {"ip_address": f"192.0.2.{n}"}) for n in range(4)] == [True, True, False, False]
    assert crowded(good | {"at": "2026-03-01T02:00:00Z"})
    worn = RuleDefence(per_device=1)
    assert [worn(good | {"device": {"id": "a"}, "ip_address": f"10.0.{n}.1"}) for n in range(2)] == [True, False]
    paid = RuleDefence(per_device=1)
    assert [paid(good | {"card": {"token": "t"}, "ip_address": f"10.0.{n}.1"}) for n in range(2)] == [True, False]
