"""The classifier behaves as scikit-learn expects, and sees the past that serving would see."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import TimeSeriesSplit, cross_validate

from signup_risk.errors import ConfigurationError
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.training.estimator import SignupRiskClassifier

COUNT = 1500


@pytest.fixture(scope="module")
def history() -> tuple[list[dict[str, Any]], list[int]]:
    """Return simulated sign-ups and their labels, in no order."""
    scenario = rescaled(load_scenario("bundled-1"), COUNT, 6)
    events = list(islice(simulate(scenario, 5), COUNT))
    labels = [int(event["group"].startswith("farm.")) for event in events]
    order = np.random.default_rng(1).permutation(len(events)).tolist()
    kept = ("label", "label_at", "group")
    return [{k: v for k, v in events[i].items() if k not in kept} for i in order], [labels[i] for i in order]


def test_cross_validation(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """It works in cross_validate, in the order of time, and finds more than chance."""
    events, labels = history
    order = sorted(range(len(events)), key=lambda i: events[i]["at"])
    found = cross_validate(
        SignupRiskClassifier(), [events[i] for i in order], np.asarray(labels)[order],
        cv=TimeSeriesSplit(2), scoring="roc_auc", error_score="raise",
    )  # fmt: skip
    assert min(found["test_score"]) > 0.6


def test_frames_and_lists_say_the_same(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """A DataFrame with dotted columns gives the probabilities that the events give, in the order asked."""
    events, labels = history
    classifier = SignupRiskClassifier().fit(events[:1200], labels[:1200])
    asked = events[1200:]
    found = classifier.predict_proba(asked)
    assert found.shape == (len(asked), 2)
    assert np.allclose(found.sum(axis=1), 1)
    assert np.array_equal(classifier.predict_proba(pd.json_normalize(asked)), found)
    assert np.array_equal(classifier.predict(asked), found[:, 1] >= 0.5)
    backwards = classifier.predict_proba(asked[::-1])
    assert np.allclose(backwards[::-1], found)


def test_parameters(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """A clone has the same parameters; an unknown one, wrong labels and an unfitted classifier are refused."""
    classifier = clone(SignupRiskClassifier(seed=3))
    assert classifier.get_params()["seed"] == 3
    with pytest.raises(ConfigurationError, match="no parameter 'depth'"):
        classifier.set_params(depth=4)
    with pytest.raises(ConfigurationError, match="each 0 or 1"):
        classifier.fit(history[0][:3], [0, 1, 2])
    with pytest.raises(ConfigurationError, match="not fitted"):
        classifier.predict(history[0][:3])
