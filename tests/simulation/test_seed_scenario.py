"""The scenario of the published case: its size, its days, its suppliers, replacement within hours and a surge."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.simulation.farms.replacement import Span, living_times
from signup_risk.simulation.intake import HOUR_US
from signup_risk.simulation.world import DAY_US


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    """Return a fiftieth of the scenario."""
    return list(simulate(rescaled(load_scenario("seed-1"), signups=10_000), 2))


def test_it_is_of_the_published_size() -> None:
    """25,000 accounts of farms in 45 days from 22 April to 5 June 2026, among 475,000 others."""
    scenario = load_scenario("seed-1")
    first = datetime.fromisoformat(scenario.start)
    assert sum(spec.size for spec in scenario.listed) == 25_000
    assert scenario.signups == 500_000
    assert (first.date().isoformat(), (first + timedelta(days=44)).date().isoformat()) == ("2026-04-22", "2026-06-05")
    assert scenario.days == 45
    operator = max(scenario.listed, key=lambda spec: spec.size)
    assert (operator.kind, operator.suppliers) == ("a5", 5)
    assert operator.size > 0.8 * 25_000
    assert scenario.campaigns == 0


def test_a_part_of_it_looks_like_the_whole(events: list[dict[str, Any]]) -> None:
    """One operator made most accounts, over all of the time, in several manners, with a surge after the release."""
    hydra = [event for event in events if event["group"].startswith("farm.a5")]
    farms = sum(event["group"].startswith("farm.") for event in events)
    assert farms == pytest.approx(500, abs=30)
    assert len(hydra) > 0.75 * farms
    days = Counter(event["at"][:10] for event in hydra)
    assert days["2026-05-12"] + days["2026-05-13"] > 3 * len(hydra) / 45 * 2
    assert min(days) <= "2026-04-24"
    assert max(days) >= "2026-06-01"
    assert len({event["email"].rpartition("@")[2] for event in hydra}) > 5


def test_banned_accounts_are_replaced_within_hours() -> None:
    """Accounts come in groups that begin with a ban and are over within the hours that replacing takes."""
    span = Span(0, 40 * DAY_US, 41 * DAY_US, None, 0.0, 3.0)
    times = living_times(Random(3), "poisson", 4000, span)
    assert len(times) == 4000
    late = [at for at in times if at > 10 * DAY_US]
    assert max(Counter(times).values()) < 3
    assert max(times) < span.end
    busy = len({at // HOUR_US for at in late})
    assert busy < 0.25 * 31 * 24
    quiet = living_times(Random(3), "poisson", 4000, Span(0, 40 * DAY_US, 41 * DAY_US, None, 0.0, None))
    assert len({at // HOUR_US for at in quiet if at > 10 * DAY_US}) > 0.6 * 31 * 24


def test_a_release_draws_a_surge_of_the_size_asked_for() -> None:
    """At least the share of the surge falls into the day after the release, half of that into its first hours."""
    release = 20 * DAY_US
    times = living_times(Random(4), "even", 2000, Span(0, 40 * DAY_US, 41 * DAY_US, release, 0.3, None))
    day = [at for at in times if release <= at < release + DAY_US]
    assert len(day) >= 600
    assert sum(at < release + 6 * HOUR_US for at in day) > 0.45 * len(day)
