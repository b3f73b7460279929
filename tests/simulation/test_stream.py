"""The stream is reproducible, sorted, sized as asked and never longer in memory than a day."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from signup_risk.simulation import CampaignSpec, Scenario, load_scenario, setting, simulate
from signup_risk.simulation.demo import demo_events
from signup_risk.simulation.populations.everyday import Everyday
from signup_risk.simulation.setting import open_world

SMALL = Scenario(name="small", start="2026-03-02T00:00:00Z", days=4, signups=1500, campaigns=6, abusive_share=0.2)


def digest(events: list[dict[str, Any]]) -> str:
    """Hash events as they would be written."""
    return hashlib.sha256(json.dumps(events).encode()).hexdigest()


def test_same_seed_gives_same_bytes() -> None:
    """A scenario and a seed determine every byte."""
    assert digest(list(simulate(SMALL, 3))) == digest(list(simulate(SMALL, 3)))


def test_other_seed_gives_other_traffic() -> None:
    """Another seed changes people and farms."""
    one, two = ({e["email"] for e in simulate(SMALL, seed)} for seed in (3, 4))
    assert len(one & two) < len(one) // 20


def test_one_source_does_not_disturb_another() -> None:
    """Asking for one more farm leaves the times and people of the others as they were."""
    more = replace(SMALL, listed=(CampaignSpec("a3", 20, 1.0, 1.0),))
    before = [e["at"] for e in simulate(SMALL, 3) if e["group"] == "legit.rollout"]
    assert before == [e["at"] for e in simulate(more, 3) if e["group"] == "legit.rollout"]


def test_events_come_in_order_of_time_with_unique_ids() -> None:
    """Times never go back, stay inside the scenario, and identifiers are never used twice."""
    events = list(simulate(SMALL, 5))
    times = [event["at"] for event in events]
    assert times == sorted(times)
    assert times[0] >= "2026-03-02"
    assert times[-1] < "2026-03-06"
    assert len({event["signup_id"] for event in events}) == len(events)


def test_the_volume_and_the_abusive_share_are_as_asked() -> None:
    """Totals are within chance of what the scenario says."""
    events = list(simulate(SMALL, 6))
    farms = sum(event["group"].startswith("farm.") for event in events)
    assert len(events) == pytest.approx(1500, rel=0.15)
    assert farms == pytest.approx(300, rel=0.2)


def test_listed_campaigns_have_exactly_the_size_asked_for() -> None:
    """A campaign that is asked for has its kind in its name and all of its accounts."""
    specs = tuple(CampaignSpec(kind, 40, 0.5, 2.0) for kind in ("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"))
    scenario = replace(SMALL, listed=specs, campaigns=0, signups=600)
    groups = Counter(e["group"] for e in simulate(scenario, 1) if e["group"].startswith("farm."))
    assert groups == {f"farm.a{i}.{i + 1}": 40 for i in range(8)}


def test_labels_mature_after_the_event() -> None:
    """Abuse is found within hours to weeks, innocence after 30 to 60 days; noise loses a few farm labels."""
    noisy = replace(SMALL, label_noise=0.3)
    kept, lost = 0, 0
    for event in simulate(noisy, 2):
        farm = event["group"].startswith("farm.")
        if "label" not in event:
            assert farm
            lost += 1
            continue
        delay = datetime.fromisoformat(event["label_at"]) - datetime.fromisoformat(event["at"])
        assert delay > timedelta(0)
        if event["label"] == 0:
            assert timedelta(days=30) <= delay <= timedelta(days=60)
            lost += farm
        else:
            assert farm
            kept += 1
    assert 0.2 < lost / (lost + kept) < 0.4


def test_the_no_signal_control_is_relabelled_ordinary_traffic() -> None:
    """With the control switched on, the same sign-ups come, only some of them labelled abusive."""
    plain = replace(SMALL, campaigns=0, abusive_share=0.0, no_signal_share=0.05)
    events = list(simulate(plain, 9))
    control = [event for event in events if event["group"] == "farm.nosignal.1"]
    assert 0.02 < len(control) / len(events) < 0.09
    assert all(event.get("label") == 1 for event in control if event.get("label") is not None)


def test_only_the_days_asked_for_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first events of a long scenario need the first day alone."""
    made: list[int] = []
    original = Everyday.part
    monkeypatch.setattr(Everyday, "part", lambda self, number: (made.append(number), original(self, number))[1])
    endless = replace(SMALL, days=3000, signups=3000 * 50, campaigns=0, abusive_share=0.0)
    list(itertools.islice(simulate(endless, 1), 20))
    assert made == [0]


def test_a_busy_day_is_made_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of very many sign-ups is cut up; its size and rhythm are those of a day that is not."""
    busy = replace(SMALL, days=2, signups=6000, campaigns=4)
    whole = list(simulate(busy, 4))
    monkeypatch.setattr(setting, "_MOST", 400)
    parts = list(simulate(busy, 4))
    assert open_world(busy, 4).parts_per_day == 8
    times = [event["at"] for event in parts]
    assert times == sorted(times)
    assert len(parts) == pytest.approx(len(whole), rel=0.08)
    night = [sum(event["at"][11:13] < "06" for event in events) / len(events) for events in (whole, parts)]
    assert night[0] == pytest.approx(night[1], abs=0.03)
    farms = [sorted(e["at"] for e in events if e["group"].startswith("farm.")) for events in (whole, parts)]
    assert farms[0] == farms[1]


def test_the_demonstration_holds_two_farms() -> None:
    """The sample of the demonstration has a few thousand sign-ups and exactly two farms."""
    groups = Counter(event["group"] for event in demo_events())
    farms = {group: count for group, count in groups.items() if group.startswith("farm.")}
    assert len(farms) == 2
    assert all(150 <= count <= 250 for count in farms.values())
    assert 3000 < sum(groups.values()) < 6000


def test_every_population_of_the_bundled_scenario_appears() -> None:
    """A tenth of the bundled scenario has every legitimate group, the crowds included."""
    scenario = replace(load_scenario("bundled-1"), signups=9000, days=12)
    groups = {event["group"] for event in simulate(scenario, 1) if event["group"].startswith("legit.")}
    wanted = "ordinary carrier_nat non_latin single_name vpn relay tor privacy_browser abroad developer_hosting prepaid"
    wanted += " disposable tester slow_typist password_manager new_business student virtual_card family cafe retry"
    wanted += " campus rollout hackathon launch referral"
    assert {f"legit.{name}" for name in wanted.split()} <= groups
