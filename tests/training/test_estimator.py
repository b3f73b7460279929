"""The classifier behaves as scikit-learn expects, and sees the past that serving would see."""

from __future__ import annotations

import pickle
import sys
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit, cross_validate

from signup_risk.errors import ConfigurationError
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.training.estimator import SignupRiskClassifier
from signup_risk.training.fit import raw_scores

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


def test_fitted_sign_ups_do_not_meet_themselves(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """Asked about again, fitted sign-ups with and without ids have the features that were fitted, once each."""
    labels = history[1][:700]
    events = [{k: v for k, v in event.items() if i % 2 or k != "signup_id"} for i, event in enumerate(history[0][:700])]
    known = {"group": "a", "label": 1, "label_at": max(event["at"] for event in events)}
    classifier = SignupRiskClassifier().fit([event | known for event in events], labels)
    fitted = classifier.trained_
    order = sorted(range(len(events)), key=lambda i: events[i]["at"])
    found = classifier.decision_function([events[i] for i in order])
    assert np.array_equal(found, raw_scores(fitted.grown.text, fitted.table.rows))
    some = order[::-5]
    twice = classifier.decision_function([events[i] for i in [*some, some[0]]])
    assert np.array_equal(twice[:-1], found[::-5])


def test_own_inputs_count(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """A number under custom that tells abuse apart is used, by a pickled copy too; texts are not."""
    events, labels = ([*part[:900]] for part in history)
    rng = np.random.default_rng(2)
    own = [event | {"custom": {"trust": label + rng.normal() / 4, "shop": "north"}}
           for event, label in zip(events, labels, strict=True)]  # fmt: skip
    classifier = SignupRiskClassifier().fit(own, labels)
    names = [entry.name for entry in classifier.trained_.features]
    assert "custom_trust" in names
    assert "custom_shop" not in names
    assert roc_auc_score(labels, classifier.decision_function(own)) > 0.95
    copy = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - made here
    assert [entry.name for entry in copy.trained_.features] == names
    assert np.array_equal(copy.decision_function(own[:50]), classifier.decision_function(own[:50]))
    assert classifier.trained_.features
    assert pickle.loads(pickle.dumps(SignupRiskClassifier(seed=3))).get_params()["seed"] == 3  # noqa: S301


def test_accuracy_is_the_score(history: tuple[list[dict[str, Any]], list[int]]) -> None:
    """Without scoring, cross_validate takes the share that is right; labels may be one column."""
    events, labels = ([*part[:900]] for part in history)
    order = sorted(range(len(events)), key=lambda i: events[i]["at"])
    events, column = [events[i] for i in order], np.asarray(labels)[order].reshape(-1, 1)
    found = cross_validate(
        SignupRiskClassifier(), events, column, cv=[(range(600), range(600, 900))], error_score="raise",
        return_estimator=True,
    )  # fmt: skip
    (classifier,) = found["estimator"]
    right = classifier.predict(events[600:]) == column[600:, 0]
    assert found["test_score"].tolist() == [right.mean()]
    weights = np.arange(300.0)
    assert classifier.score(events[600:], column[600:], weights) == pytest.approx(right @ weights / weights.sum())


@pytest.mark.parametrize(
    ("events", "labels", "said"),
    [
        (None, [0, 1], "given as NoneType"),
        ({"at": "2026-01-01T00:00:00Z"}, [0], "given as dict"),
        (np.zeros((2, 3)), [0, 1], "sign-up 0 is of type ndarray"),
        ([], None, "labels were given as NoneType"),
        ([], np.zeros((2, 2)), "shape"),
        ([], [[1, 2], [3, 4]], "shape"),
        ([], ["0"], "each 0 or 1"),
    ],
)
def test_what_is_no_sign_up_or_label_is_refused(events: Any, labels: Any, said: str) -> None:
    """What cannot be used is named by its type, with what can."""
    with pytest.raises(ConfigurationError, match=said):
        SignupRiskClassifier().fit(events, labels)


def test_asked_too_early() -> None:
    """The error is scikit-learn's as well, and there is one without it."""
    with pytest.raises(NotFittedError, match="not fitted"):
        SignupRiskClassifier().predict([])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sklearn.exceptions", None)
        with pytest.raises(ConfigurationError, match="not fitted"):
            SignupRiskClassifier().predict([])


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
