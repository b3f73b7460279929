"""Weigh rows by what they stand for, and change nothing where nothing is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.extract import select
from signup_risk.references import open_references
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.evaluate.detection import Ranking
from signup_risk.training.evaluate.groups import group_rates
from signup_risk.training.evaluate.intervals import weighted_wilson, wilson
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.fit import Part, grow, raw_scores
from signup_risk.training.history import open_history
from signup_risk.training.replay import replay
from signup_risk.training.replay_parallel import replay_parallel
from signup_risk.training.search import detection_at, log_loss, parameters_of, sampled, weighted_threshold
from signup_risk.training.split import split_by_time
from signup_risk.training.table import MOST_WEIGHT, effective_number, weight_of
from signup_risk.training.thresholds import thresholds_at
from signup_risk.training.train import TrainingOptions, fit_table, part_of, replay_history
from tests.training.made_tables import FEATURES, made_table

#: Rows as (score, label, how often the row stands there).
ROWS = st.lists(
    st.tuples(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0]), st.integers(0, 1), st.integers(1, 4)),
    min_size=2,
    max_size=30,
).filter(lambda rows: len({label for _, label, _ in rows}) == 2)


def columns(rows: list[tuple[float, int, int]]) -> tuple[Any, Any, Any]:
    """Return scores, labels and weights."""
    return (
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows], np.int8),
        np.array([float(row[2]) for row in rows]),
    )


def copied(rows: list[tuple[float, int, int]]) -> tuple[Any, Any]:
    """Return scores and labels with each row as often as its weight says."""
    scores, labels, weights = columns(rows)
    times = weights.astype(int)
    return np.repeat(scores, times), np.repeat(labels, times)


@given(ROWS, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]))
def test_a_weight_of_two_is_the_row_twice(rows: list[tuple[float, int, int]], share: float) -> None:
    """Detection, threshold, log-loss and calibrated rates with weights are those of the rows written out."""
    (scores, labels, weights), (all_scores, all_labels) = columns(rows), copied(rows)
    assert detection_at(scores, labels, share, weights) == pytest.approx(detection_at(all_scores, all_labels, share))
    assert log_loss(scores, labels, weights) == pytest.approx(log_loss(all_scores, all_labels))
    found = fit_calibration(scores.tolist(), labels.tolist(), weights=weights.tolist())
    wanted = fit_calibration(all_scores.tolist(), all_labels.tolist())
    for raw in (-3.0, -2.0, -1.5, 0.0, 0.7, 1.0, 2.0):
        assert found.fpr(raw) == pytest.approx(wanted.fpr(raw))
    assert found.base_rate == pytest.approx(wanted.base_rate)
    assert found.legitimate_count == wanted.legitimate_count


@given(ROWS)
def test_ones_change_nothing(rows: list[tuple[float, int, int]]) -> None:
    """Weights of one give the very same calibration, thresholds and shares as none."""
    scores, labels, _ = columns(rows)
    ones = np.ones(len(labels))
    plain = fit_calibration(scores.tolist(), labels.tolist())
    assert fit_calibration(scores.tolist(), labels.tolist(), weights=ones.tolist()) == plain
    told = thresholds_at(plain, scores, labels, [0.2, 0.5, 0.8])
    assert thresholds_at(plain, scores, labels, [0.2, 0.5, 0.8], ones) == told
    for share in (0.1, 0.5):
        assert detection_at(scores, labels, share, ones) == detection_at(scores, labels, share)
    assert weighted_wilson(labels == 1, ones) == wilson(int(labels.sum()), len(labels))


@given(ROWS, st.sampled_from([0.0, 0.1, 0.5]))
def test_thresholds_let_no_more_through(rows: list[tuple[float, int, int]], share: float) -> None:
    """Above a weighted threshold lies at most the share of the weights, and any lower one lets more through."""
    scores, _, weights = columns(rows)
    found = weighted_threshold(scores, weights, share)
    assert weights[scores > found].sum() <= share * weights.sum() + 1e-9
    assert all(weights[scores > low].sum() > share * weights.sum() for low in scores if low < found)


@given(st.floats(0, 1, exclude_min=True), st.floats(0, 1, exclude_min=True))
def test_weights_are_bounded(propensity: float, confidence: float) -> None:
    """A weight is the inverse propensity up to the cap, times the confidence."""
    found = weight_of(propensity, confidence)
    assert 0 <= found <= MOST_WEIGHT
    assert found == pytest.approx(confidence * min(MOST_WEIGHT, 1 / propensity))


def test_what_weights_are_worth() -> None:
    """Equal weights are worth their number, uneven ones less."""
    assert effective_number(np.full(9, 7.0)) == pytest.approx(9)
    assert 1 < effective_number(np.array([1.0] * 50 + [100.0])) < 3
    assert effective_number(np.empty(0)) == 0


def history(**parts: Any) -> list[dict[str, Any]]:
    """Return two labelled sign-ups, the second with parts of its own."""
    made: list[dict[str, Any]] = [
        {"signup_id": f"s{n}", "at": f"2026-05-0{n}T00:00:00Z", "email": "ada@example.com", "label": n % 2}
        for n in (1, 2)
    ]
    made[1] |= parts
    return made


def test_replay_carries_weights() -> None:
    """A replay, alone or with a worker, keeps what a row stands for; without it there are no weights at all."""
    features = select(("device_count_24h",))
    told = history(propensity=0.02, label_confidence=0.5)
    for found in (
        replay(told, open_references(), features),
        replay_parallel(told, open_references(), features, workers=1),
    ):
        assert found.weights is not None
        assert found.weights.tolist() == [1.0, 25.0]
        chosen = found.where(np.array([False, True])).columns(["device_count_24h"])
        assert chosen.weights is not None
        assert chosen.weights.tolist() == [25.0]
    assert replay(history(propensity=1.0), open_references(), features).weights is None
    assert replay(history(), open_references(), features).weights is None


def test_weights_steer_the_trees() -> None:
    """Where rows of one kind stand for many, their label wins over that of as many that stand for themselves."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(4000, len(FEATURES)))
    right = rows[:, 2] > 0
    labels = (right ^ (rng.random(4000) < 0.5)).astype(np.int8)  # half of them tell the opposite
    weights = np.where(labels == right, 20.0, 1.0)
    told = parameters_of("standard", 4000)
    for each, rises in ((weights, True), (1 / weights, False)):
        part = Part(rows, labels, each)
        scores = raw_scores(grow(part, part, FEATURES, parameters=told, trees=20).text, rows)
        assert bool(np.mean(scores[right]) > np.mean(scores[~right])) is rises
    assert sampled(part, 100).weights is not None
    assert len(sampled(part, 100).weights) == 100  # type: ignore[arg-type]


def test_training_with_weights() -> None:
    """Weights reach trees, calibration and thresholds, a line says so, and a table without them is as it was."""
    table = made_table(3000, signal=1.5)
    weights = np.where((table.labels == 0) & (np.arange(3000) % 10 == 0), 50.0, 1.0)
    options = TrainingOptions(trials=1, workers=1)
    said: list[str] = []
    plain = fit_table(table, FEATURES, options)
    found = fit_table(replace(table, weights=weights), FEATURES, options, say=said.append)
    assert any(line.startswith("rows are weighed") for line in said)
    assert found.grown.text != plain.grown.text
    part = part_of(replace(table, weights=weights), split_by_time(table).calibrate)
    assert part.weights is not None
    assert found.calibration.legitimate_count == part.weights[part.labels == 0].sum()
    assert found.calibration.base_rate < plain.calibration.base_rate
    again = fit_table(replace(table, weights=None), FEATURES, options)
    assert (again.grown, again.calibration, again.thresholds) == (plain.grown, plain.calibration, plain.thresholds)


def test_evaluation_measures_weighted_rates() -> None:
    """False alarms and detection are of the weights, overall and by group."""
    table = made_table(400, signal=2.0)
    table = replace(table, groups=["legit.a" if label == 0 else "" for label in table.labels.tolist()])
    weights = np.where(np.arange(400) % 2 == 0, 30.0, 1.0)
    sample = Sample.of(replace(table, weights=weights))
    scores = np.nan_to_num(table.rows[:, 2])
    stopped = scores > 1.0
    legitimate = table.labels == 0
    wanted = weights[legitimate & stopped].sum() / weights[legitimate].sum()
    assert group_rates(stopped, sample).overall.value == pytest.approx(wanted)
    assert Ranking(scores, sample).alarms(sample.weights, np.array([np.nextafter(1.0, 2)])) == pytest.approx(wanted)
    assert sample.prevalence == pytest.approx(weights[~legitimate].sum() / weights.sum())
    unweighted = Sample.of(table)
    assert unweighted.weights.tolist() == [1.0] * 400


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_files_carry_weights(tmp_path: Path, suffix: str) -> None:
    """The columns are read from every kind of file, and of several rows of a sign-up go with the label that counts."""
    rows = [
        {"signup_id": "a", "at": "2026-05-01T00:00:00Z", "label": None, "label_confidence": None, "propensity": None},
        {"signup_id": "a", "at": "2026-05-02T00:00:00Z", "label": 1, "label_confidence": 0.5, "propensity": 0.02},
        {"signup_id": "b", "at": "2026-05-03T00:00:00Z", "label": 0, "label_confidence": None, "propensity": 1.0},
    ]
    path = tmp_path / f"history.{suffix}"
    frame = pd.DataFrame(rows).astype({"label": "Int64"})
    if suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif suffix == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    with open_history([path]) as found:
        told = [(one.signup_id, one.label, one.label_confidence, one.propensity) for one in found]
        assert told == [("a", 1, 0.5, 0.02), ("b", 0, None, 1.0)]
        features = select(("device_count_24h",))
        weights = replay_history(found, open_references(), features, workers=1).weights
    assert weights is not None
    assert weights.tolist() == [25.0, 1.0]
