"""The control is drawn from legitimate traffic: the same sign-ups come, and nothing but the label tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.simulation.stream import CONTROL_GROUP
from tests.simulation.test_no_leak import describe

SCENARIO = replace(rescaled(load_scenario("control-1"), signups=6000, days=6), no_signal_share=0.3)


def bare(event: dict[str, Any]) -> dict[str, Any]:
    """Return a sign-up without what only the simulation knows."""
    return {name: value for name, value in event.items() if name not in ("label", "label_at", "group")}


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    """Return traffic with the control in it."""
    return list(simulate(SCENARIO, 3))


def test_with_the_control_the_same_sign_ups_come(events: list[dict[str, Any]]) -> None:
    """Switched on or off, every byte but label and group is the same, and farms stay farms."""
    without = list(simulate(replace(SCENARIO, no_signal_share=0.0), 3))
    assert [bare(event) for event in events] == [bare(event) for event in without]
    for event, other in zip(events, without, strict=True):
        assert event["group"] == other["group"] or (
            event["group"] == CONTROL_GROUP and other["group"].startswith("legit.")
        )


def test_every_legitimate_group_gives_its_share(events: list[dict[str, Any]]) -> None:
    """The control holds as large a part of each group, crowds included, as of all: it is a fair sample."""
    without = [event["group"] for event in simulate(replace(SCENARIO, no_signal_share=0.0), 3)]
    for group in {name for name in without if name.startswith("legit.") and without.count(name) > 60}:
        taken = [event["group"] == CONTROL_GROUP for event, name in zip(events, without, strict=True) if name == group]
        spread = (0.3 * 0.7 / len(taken)) ** 0.5
        assert np.mean(taken) == pytest.approx(0.3, abs=4 * spread)


def test_no_model_can_tell_it(events: list[dict[str, Any]]) -> None:
    """A tree over values, presence and formatting, is at chance on the second half."""
    legitimate = [event for event in events if not event["group"].startswith("farm.a")]
    rows = np.array([[*describe(event), *_values(event)] for event in legitimate])
    labels = np.array([event["group"] == CONTROL_GROUP for event in legitimate])
    half = len(rows) // 2
    tree = DecisionTreeClassifier(max_depth=5, min_samples_leaf=50, random_state=1).fit(rows[:half], labels[:half])
    assert abs(roc_auc_score(labels[half:], tree.predict_proba(rows[half:])[:, 1]) - 0.5) < 0.04


def _values(event: dict[str, Any]) -> list[float]:
    session = event.get("session", {})
    return [
        session.get("form_seconds", -1.0),
        session.get("captcha_score", -1.0),
        float(event.get("device", {}).get("webdriver") or 0),
        float(len(event["email"])),
        float(sum(c.isdigit() for c in event["email"])),
    ]
