"""Fit and judge on small tables whose truth is known."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.features.catalog import CATALOG
from signup_risk.model import Booster
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.fit import detection, fit, known_rows, summaries, useful
from signup_risk.training.judge import judge_model, kind_of, scores_of
from signup_risk.training.table import NEVER, FeatureTable, RowFacts, TableDraft

FEATURES = CATALOG[:6]
NAMES = tuple(entry.name for entry in FEATURES)


def table(rows: int = 6000, *, seed: int = 1, signal: int = 2) -> FeatureTable:
    """Return a table in which one feature tells abuse from the rest, now and then unknown."""
    rng = random.Random(seed)
    made = TableDraft(NAMES)
    for number in range(rows):
        label = 1 if rng.random() < 0.2 else 0
        row = [rng.gauss(0, 1) for _ in FEATURES]
        row[signal] += 3 * label
        row[rng.randrange(len(FEATURES))] = math.nan if rng.random() < 0.1 else 0.0
        group = f"farm.a1.{number % 5}" if label else "legit.ordinary"
        known = -1 if number % 50 == 7 else label
        made.add(row, RowFacts(known, number * 1_000_000, NEVER, group, f"s{number}"))
    return made.table()


def relabelled(made: FeatureTable, labels: Sequence[int]) -> FeatureTable:
    """Return a table with other labels."""
    return replace(made, labels=np.asarray(labels, dtype=np.int8))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Training twice gives the same model to the byte."""
    assert fit([table()], FEATURES).text == fit([table()], FEATURES).text


def test_a_signal_is_found_and_the_rest_left_out() -> None:
    """The feature with the signal is useful, and the model finds abuse on rows that it has not seen."""
    fitted = fit([table()], FEATURES)
    assert FEATURES[2] in useful(fitted, FEATURES, share=0.2)
    assert len(useful(fitted, FEATURES, share=0.2)) == 1
    fresh = table(seed=2)
    with Booster(fitted.text) as booster:
        scores = scores_of(booster, fresh)
    calibration = fit_calibration(fitted.calibration_scores, fitted.calibration_labels)
    judged = judge_model(scores, fresh, calibration)
    assert judged.detection["tpr_at_fpr_0.05"] > 0.7
    assert judged.rates["fpr_at_stated_0.05"] == pytest.approx(0.05, abs=0.02)
    assert set(judged.kinds) == {"farm.a1"}
    assert judged.first_stopped["campaigns"] == 5


def test_no_signal_is_not_found() -> None:
    """With labels drawn apart from the features, detection equals the false-positive rate."""
    rng = random.Random(3)
    blind = relabelled(table(8000, seed=4), [rng.random() < 0.2 for _ in range(8000)])
    fitted = fit([blind], FEATURES)
    fresh = relabelled(table(8000, seed=5), [rng.random() < 0.2 for _ in range(8000)])
    with Booster(fitted.text) as booster:
        found = detection(scores_of(booster, fresh), list(fresh.labels))
    assert found["tpr_at_fpr_0.05"] == pytest.approx(0.05, abs=0.03)


def test_one_class_is_refused() -> None:
    """A history without abuse cannot be fitted, and the error says what is missing."""
    honest = relabelled(table(500), [0] * 500)
    with pytest.raises(ConfigurationError, match="one class"):
        fit([honest], FEATURES)


def test_unlabelled_rows_are_left_out_and_histories_are_cut_alike() -> None:
    """Rows of unknown outcome do not count; two histories are ordered by their share, whenever they took place."""
    first, second = table(500), table(300)
    second = replace(second, times=second.times + 10**15)
    rows, labels, share, groups = known_rows([first, second])
    assert len(rows) == len(labels) == len(groups) == 800 - 10 - 6
    assert (labels >= 0).all()
    assert (share[1:] >= share[:-1]).all()


def test_narrowing_keeps_columns_by_name() -> None:
    """A narrowed table has the columns asked for, rows as they were; one that is not there is refused by name."""
    whole = table(10)
    part = whole.columns([NAMES[4], NAMES[1]])
    assert part.names == (NAMES[4], NAMES[1])
    assert np.array_equal(part.rows, whole.rows[:, [4, 1]], equal_nan=True)
    with pytest.raises(ConfigurationError, match="no feature 'unheard_of'"):
        whole.columns(["unheard_of"])


def test_chosen_rows_keep_what_belongs_to_them() -> None:
    """Choosing rows takes labels, times, groups and ids along."""
    whole = table(60)
    part = whole.where(whole.labels >= 0)
    assert len(part) == 58
    assert part.ids[7] == "s8"
    assert part.times[7] == 8_000_000
    assert part.groups[7] == whole.groups[8]


def test_summaries_describe_the_legitimate_only() -> None:
    """Quantiles are those of legitimate rows; the abusive do not lift them."""
    found = summaries([table(20_000)], FEATURES)[2]
    assert found.p50 == pytest.approx(0, abs=0.1)
    assert found.p99 == pytest.approx(2.3, abs=0.25)
    assert 0 < found.missing_share < 0.05


def test_detection_equals_counting() -> None:
    """The share found above the k-th best legitimate score equals a count by hand."""
    scores, labels = [5, 4, 3, 2, 1, 0.5, 4.5, 2.5], [0, 0, 0, 0, 0, 0, 1, 1]
    assert detection(scores, labels, (0.0, 0.2, 0.5)) == {
        "tpr_at_fpr_0": 0.0,
        "tpr_at_fpr_0.2": 0.5,
        "tpr_at_fpr_0.5": 1.0,
    }
    assert kind_of("farm.a4.12") == "farm.a4"


def test_bundled_model_is_sound(tmp_path: Path) -> None:
    """The bundled model gives its golden scores, calls itself synthetic, and so does its card."""
    from signup_risk.extract import VERSIONS
    from signup_risk.model import ModelArtefact, bundled_model_path

    del tmp_path
    artefact = ModelArtefact.load(bundled_model_path(), versions=VERSIONS)
    artefact.verify_golden()
    assert artefact.manifest.synthetic
    card = (artefact.path / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Every figure below is synthetic" in card
    assert sum(file.stat().st_size for file in artefact.path.iterdir()) < 3_000_000
    artefact.close()
