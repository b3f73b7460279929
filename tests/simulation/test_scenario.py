"""Scenario files are read whole or refused with a clear message."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.simulation import CampaignSpec, Scenario, load_scenario, scenario_names, simulate


@pytest.mark.parametrize("name", scenario_names())
def test_bundled_scenarios_survive_a_round_trip(name: str) -> None:
    """What is read from a file and written again is the same scenario."""
    scenario = load_scenario(name)
    assert scenario.name == name
    assert Scenario.from_json(scenario.to_json()) == scenario


def test_a_file_of_the_users_own_is_read(tmp_path: Path) -> None:
    """A path works like a bundled name."""
    scenario = replace(load_scenario("demo-1"), listed=(CampaignSpec("a2", 30, 0.0, 1.0),))
    path = tmp_path / "own.json"
    path.write_text(scenario.to_json(), encoding="utf-8")
    assert load_scenario(path) == scenario


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 99}, "version 99"),
        ({"signup_count": 5}, "signup_count"),
        ({"waves": {"parties": 1}}, "parties"),
        ({"start": "2026-03-01T00:00:00"}, "UTC offset"),
        ({"start": "soon"}, "scenario start is 'soon'"),
        ({"days": 0}, "scenario days is 0; allowed is a whole number from 1"),
        ({"days": "3"}, "scenario days is '3'"),
        ({"days": True}, "scenario days is True"),
        ({"abusive_share": 1.5}, "scenario abusive_share is 1.5; allowed is a number from 0 to 1"),
        ({"period_hours": [9, 3]}, "two numbers, the lower one first"),
        ({"farms": {"kinds": {"a1": 0}}}, "farms kinds is .*at least one above 0"),
        ({"farms": {"size": [0, 3]}}, "farms size"),
        ({"waves": {"campuses": -1}}, "waves campuses is -1"),
        ({"waves": [1]}, "waves is list"),
        ({"listed": [{"kind": "a1", "size": 5}]}, "lacks days, start_day"),
        ({"listed": [{"kind": "a1", "size": 5, "start_day": 0, "days": 1, "suppliers": 9}]}, "null or a whole number"),
    ],
)
def test_what_cannot_be_read_is_named(change: dict[str, object], said: str) -> None:
    """A wrong version, an unknown key or a naive start is refused by name."""
    row = json.loads(load_scenario("demo-1").to_json()) | change
    with pytest.raises(ConfigurationError, match=said):
        Scenario.from_json(json.dumps(row))


def test_what_is_no_object_is_refused() -> None:
    """A list where a scenario should be is an error, not a crash."""
    with pytest.raises(ConfigurationError, match="scenario is list"):
        Scenario.from_json("[1]")


def test_an_unknown_form_profile_is_named() -> None:
    """A profile that does not exist is an error that lists the profiles."""
    scenario = replace(load_scenario("demo-1"), profiles=("complete",))
    with pytest.raises(ConfigurationError, match=r"complete; allowed are full, .*minimal"):
        next(simulate(scenario, 1))


def test_training_and_held_out_scenarios_do_not_share_priors() -> None:
    """The held-out scenario lies later in time and draws from shifted ranges."""
    bundled, held_out = load_scenario("bundled-1"), load_scenario("heldout-1")
    assert held_out.start > bundled.start
    assert held_out.farms != bundled.farms
    assert held_out.country_shift > 0.0


def test_a_scenario_that_is_not_there_is_named_with_those_that_are() -> None:
    """A name that is none is refused with the names that there are."""
    with pytest.raises(ConfigurationError, match=r"scenario nonsense: No such file.*bundled-1.*varied-1"):
        load_scenario("nonsense")
