"""Probabilities are judged at the share of abuse that a history has, as the evaluation judges them."""

from __future__ import annotations

import numpy as np
import pytest

from signup_risk.model import Calibration
from signup_risk.notebook import plots
from signup_risk.notebook.plots.frames import judged
from signup_risk.training.evaluate.reliability import reliability
from tests.notebook.plots.made import assessed

CALIBRATION = Calibration((-30.0, 30.0), (-30.0, 30.0), (-9.0, 0.0, 2.0), (2, 1, 0), 3, 0.5, 0.5)


def test_probabilities_are_restated_as_evaluation_does() -> None:
    """A frame that says for which share its probabilities are stated has the evaluation's numbers at its own share."""
    frame = assessed(3000)
    frame["risk_score"] = [100 * CALIBRATION.probability(raw) for raw in frame["raw_score"]]
    frame.attrs["prevalence"] = CALIBRATION.prevalence
    given = judged(frame)
    wanted = reliability(given.scores, given.sample, CALIBRATION, given.sample.prevalence)
    plot = plots.calibration(frame, repeats=20)
    assert given.sample.prevalence < 0.4
    np.testing.assert_allclose(plot.data["stated"], [one.stated for one in wanted.bins])
    np.testing.assert_allclose(plot.data["observed"], [one.observed for one in wanted.bins])
    assert "restated" in plot.note


def test_a_miss_is_no_hold() -> None:
    """One crowded range that misses by far is told with its share of the sign-ups, however many others agree."""
    rng = np.random.default_rng(5)
    stated = np.repeat([0.0005, 0.002, 0.005, 0.02, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95], [9, 9, 9, 9, 4000, 9, 9, 9, 9, 9])
    frame = assessed(len(stated))
    frame["group"], frame["risk_score"] = "", 100 * stated
    frame["label"] = (rng.random(len(stated)) < np.where(stated == 0.05, 0.01, stated)).astype(float)
    finding = plots.calibration(frame, prevalence=float(frame["label"].mean()), repeats=50).finding
    assert "hold" not in finding
    assert "disagree" in finding or "too high" in finding


@pytest.mark.parametrize("own", [0.1, 0.5])
def test_restating_for_its_own_share_changes_nothing(own: float) -> None:
    """Probabilities that are stated for the share asked about stay as they are."""
    frame = assessed(600)
    plain = plots.calibration(frame, prevalence=own, repeats=5).data
    frame.attrs["prevalence"] = own
    np.testing.assert_allclose(plots.calibration(frame, prevalence=own, repeats=5).data["stated"], plain["stated"])
