"""Sites differ in their habits, farms and people of one site share them, and no habit tells the label."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from signup_risk.events import Signup
from signup_risk.simulation import draw_scenario, simulate
from signup_risk.simulation.agents import Owner, make_browser
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.habit_draw import draw_habits
from signup_risk.simulation.habits import USUAL, Writing
from signup_risk.simulation.people import make_person
from signup_risk.simulation.view import seen
from tests.simulation.test_no_leak import describe

SITES = range(1, 13)


#: Sites that stay small when they are packed with farms; others draw crowds of a hundred thousand.
_SMALL = (1, 2, 5, 6, 7, 8, 9, 10, 11, 15)


def site(seed: int, **changes: Any) -> list[dict[str, Any]]:
    """Return the traffic of a drawn site."""
    return list(simulate(replace(draw_scenario(seed, most_signups=900), **changes), seed))


def test_no_habits_are_the_usual_ones() -> None:
    """Without strength nothing is drawn, so that older scenarios stay as they were; with it most things differ."""
    assert draw_habits(Random(1), 0.0) is USUAL
    one, again, other = (draw_habits(Random(seed), 1.0).writing for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize("seed", SITES)
def test_every_site_keeps_the_contract(seed: int) -> None:
    """Whatever a site's habits are, its events are read without a warning, sorted, and the same every time."""
    events = site(seed)
    for event in events:
        assert Signup.from_mapping(event, require_at=True).warnings == ()
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert len({event["signup_id"] for event in events}) == len(events)
    assert json.dumps(events) == json.dumps(site(seed))


def test_sites_differ() -> None:
    """Identifiers, fields, providers, hours and times of one site are not those of the next."""
    traffic = [site(seed) for seed in SITES]
    forms = {frozenset(key for event in events for key in event) for events in traffic}
    styles = {(len(events[0]["signup_id"]), len(events[0]["at"])) for events in traffic}
    firsts = {
        Counter(event["email"].lower().partition("@")[2] for event in events).most_common(2)[1] for events in traffic
    }
    volumes = {len(events) // 100 for events in traffic}
    assert min(len(forms), len(styles), len(firsts)) > 4
    assert len(volumes) > 1
    times = [
        np.median([event["session"]["form_seconds"] for event in events if "form_seconds" in event.get("session", {})])
        for events in traffic
        if any("form_seconds" in event.get("session", {}) for event in events)
    ]
    assert max(times) > 2 * min(times)


def test_presence_and_formatting_of_a_site_are_at_chance() -> None:
    """Within a site, models of presence and formatting alone learn nothing that holds in the second half.

    Sites of one day: over weeks forms change, so that what a form asks for tells the date, and so whose burst it is.
    """
    values = []
    for seed in _SMALL:
        events = site(seed, abusive_share=0.3, campaigns=40, signups=1200, days=1)
        rows = np.array([describe(event) for event in events])
        labels = np.array([event["group"].startswith("farm.") for event in events])
        order = np.random.default_rng(seed).permutation(len(events))
        half, rest = np.array_split(order, 2)
        tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=60, random_state=1).fit(rows[half], labels[half])
        values.append(roc_auc_score(labels[rest], tree.predict_proba(rows[rest])[:, 1]))
    assert abs(float(np.mean(values)) - 0.5) < 0.035


def test_what_is_equal_stays_equal() -> None:
    """A site's view depends on the value alone: two sign-ups from one device look alike, two devices need not."""
    rng = Random(2)
    person = make_person(rng, "DE")
    browser = make_browser(rng, date(2026, 3, 1), Owner("DE", 0.5, "de", "Europe/Berlin"))
    one = Applicant(person, "DE", "192.0.2.1", "a@example.com", browser, "legit.ordinary", phone="+4915112345678")
    other = replace(one, email="b@example.com", group="farm.a1.1", label=1)
    for seed in range(40):
        writing = replace(draw_habits(Random(seed), 1.0).writing, device_reset=0.0, tls="version")
        first, second = (seen(Random(seed), who, writing) for who in (one, other))
        assert first.browser == second.browser
        assert first.phone == second.phone


def test_devices_can_be_reset_or_look_alike() -> None:
    """With resets no identifier comes back; made of traits, identifiers of different people can be the same."""
    rng = Random(3)
    person = make_person(rng, "US")
    browser = make_browser(rng, date(2026, 3, 1), person.owner(0.0), "chrome windows")
    who = Applicant(person, "US", "192.0.2.1", "a@example.com", browser, "legit.ordinary")
    reset = Writing(device_reset=1.0)
    assert len({seen(rng, who, reset).browser.key for _ in range(20)}) == 20
    alike = Writing(device_print=2)
    keys = {seen(rng, replace(who, browser=replace(browser, key=n)), alike).browser.key for n in range(64)}
    assert len(keys) == 4
