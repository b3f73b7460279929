"""A replayed history becomes a frame that plots take; drift is the evaluation's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from signup_risk import open_references
from signup_risk.errors import ConfigurationError
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.notebook import judged_frame, plots
from signup_risk.training.evaluate import Evaluation, evaluate, wanted_features
from signup_risk.training.evaluate.drift import psi_of
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.replay import replay
from signup_risk.training.table import FeatureTable
from tests.notebook.plots.made import assessed
from tests.notebook.samples import events


@pytest.fixture(scope="module")
def model() -> ModelArtefact:
    """Return the bundled model."""
    return ModelArtefact.load(bundled_model_path())


@pytest.fixture(scope="module")
def table(model: ModelArtefact) -> FeatureTable:
    """Return a replayed history of some hundred simulated sign-ups."""
    return replay(events(700), open_references(), wanted_features([model]))


@pytest.fixture(scope="module")
def evaluation(model: ModelArtefact, table: FeatureTable) -> Evaluation:
    """Return what is measured of the model on it."""
    return evaluate(model, table, repeats=20)


def test_history_becomes_a_frame(model: ModelArtefact, table: FeatureTable, evaluation: Evaluation) -> None:
    """Decisions and scores are those that evaluation judges; the frame says that they are synthetic."""
    frame = judged_frame(model, table)
    assert frame["signup_id"].tolist() == table.ids
    assert frame.attrs["synthetic"]
    calibration = model.manifest.calibration
    assert frame["fpr"].tolist() == [calibration.fpr(raw) for raw in frame["raw_score"]]
    legitimate = Sample.of(table).legitimate
    levels = {level.decision: level.alarms.value for level in evaluation.champion.decisions.levels}
    data = plots.group_rates(frame, "step_up")
    assert data.synthetic
    assert levels["step_up"] == pytest.approx((frame["decision"] != "allow")[legitimate].mean())
    points = plots.detection(frame, repeats=20).data.set_index("what")
    assert points.loc["step_up", "fpr"] == pytest.approx(levels["step_up"])


def test_plots_say_that_campaigns_are_left_out(model: ModelArtefact, table: FeatureTable) -> None:
    """Decisions made again by score are told apart from those that a scorer made; a choice of rows keeps that."""
    frame = judged_frame(model, table)
    told = "Decisions: by score alone, without campaigns."
    for rows in (frame, frame[frame["label"].notna()].assign(plan="free")):
        assert told in plots.detection(rows, repeats=5).note
        assert told in plots.group_rates(rows, "step_up").note
    assert told not in plots.group_rates(frame, (frame["fpr"] < 0.01).to_numpy()).note
    assert told not in plots.detection(frame.drop(columns="decision"), repeats=5).note
    frame.attrs.pop("by_score_alone")
    assert told not in plots.detection(frame, repeats=5).note
    assert told not in plots.group_rates(frame, "step_up").note


def test_drift_is_that_of_evaluation(evaluation: Evaluation) -> None:
    """Every feature and the score stand in the data with the evaluation's indices."""
    found = evaluation.champion.drift
    plot = plots.drift(evaluation, top=5)
    assert plot.synthetic
    assert len(plot.data) == 1 + len(found.features)
    assert "Tenure and velocity fill up from an empty store" in plot.note
    assert plot.data.iloc[0]["since_training"] == found.score_since_training
    for one in found.features:
        assert plot.data.loc[one.feature, "halves"] == one.halves
        assert plot.data.loc[one.feature, "since_training"] == one.since_training
    pd.testing.assert_frame_equal(plots.drift(found).data, plot.data)
    with pytest.raises(ConfigurationError, match="give an evaluation"):
        plots.drift(plot.data)  # type: ignore[arg-type]


def test_drift_between_frames_is_the_same_index(table: FeatureTable) -> None:
    """Frames without labels get the index that halves of a history get; what is no number is left out."""
    frame = pd.DataFrame(table.rows, columns=list(table.names)).assign(plan="free")
    before, now = frame.iloc[:300], frame.iloc[300:]
    data = plots.drift_between(before, now).data
    for name in table.names[:10]:
        assert data.loc[name, "psi"] == psi_of(before[name].to_numpy(), now[name].to_numpy())
    assert "plan" not in data.index
    with pytest.raises(ConfigurationError, match="no column of numbers in common"):
        plots.drift_between(before[["plan"]], now)


def test_columns_of_the_contract_are_no_features() -> None:
    """Labels, decisions, weights and contributions do not count as features; the score stands apart, and first."""
    rng = np.random.default_rng(1)
    frame = assessed(900).assign(moves=rng.normal(size=900), latency_ms=2.0, **{"contribution.moves": 0.5, "weight": 1})
    frame["fpr"] = np.r_[np.zeros(450), np.ones(450)]
    frame.loc[frame.index[450:], "moves"] += 2
    plot = plots.drift_between(frame.iloc[:450], frame.iloc[450:])
    assert plot.data.index.tolist() == ["(raw score)", "moves"]
    raw = frame["raw_score"].to_numpy()
    assert plot.data.loc["(raw score)", "psi"] == psi_of(raw[:450], raw[450:])
    assert plot.finding.startswith("1 of 1 feature moved, but the score held")
    alone = plots.drift_between(frame[["risk_score"]].iloc[:450], frame[["risk_score"]].iloc[450:])
    assert alone.finding.startswith("The score held")
    with pytest.raises(ConfigurationError, match="that is a feature or a score"):
        plots.drift_between(frame[["label", "fpr"]], frame[["label", "fpr"]])


def test_moved_feature_is_named() -> None:
    """A feature of which every value moved is above the line and comes first; one that stayed is not."""
    rng = np.random.default_rng(1)
    before = pd.DataFrame({"stays": rng.normal(size=900), "moves": rng.normal(size=900)})
    now = pd.DataFrame({"stays": rng.normal(size=900), "moves": rng.normal(size=900) + 2})
    plot = plots.drift_between(before, now)
    assert plot.data.index[0] == "moves"
    assert plot.data["psi"].gt(0.25).tolist() == [True, False]
    assert plot.finding.startswith("1 of 2 features moved")
