"""Train on tables and histories whose truth is known: class shares, wrong labels, own inputs, cut-offs."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from signup_risk import Scorer
from signup_risk.errors import ConfigurationError
from signup_risk.extract import VERSIONS, select
from signup_risk.model import ModelArtefact
from signup_risk.references import open_references
from signup_risk.simulation import load_scenario, simulate
from signup_risk.training.artefact import save_trained
from signup_risk.training.fit import Part, grow, raw_scores
from signup_risk.training.history import open_history
from signup_risk.training.search import CANDIDATES, detection_at, parameters_of, sampled, search
from signup_risk.training.table import UNKNOWN
from signup_risk.training.train import Trained, TrainingOptions, fit_table, train
from tests.training.made_tables import DAY, FEATURES, made_table

QUICK = TrainingOptions(trials=1, maturity_days=1)


def found_on_fresh(trained: Trained, share: float, signal: float = 3.0) -> float:
    """Return the share of abuse that a model finds at 5 % on a fresh table with right labels."""
    fresh = made_table(8000, share=share, signal=signal, seed=99).columns([one.name for one in trained.features])
    return detection_at(raw_scores(trained.grown.text, fresh.rows), fresh.labels, 0.05)


@pytest.mark.parametrize(("share", "rows"), [(0.005, 16_000), (0.05, 6000), (0.5, 6000)])
def test_any_class_share_is_learnt(share: float, rows: int) -> None:
    """From one abusive in two hundred to one in two: most is found on fresh rows, and probabilities are level."""
    trained = fit_table(made_table(rows, share=share), FEATURES, QUICK)
    assert found_on_fresh(trained, 0.2) > 0.65
    fresh = made_table(8000, share=share, seed=7).columns([one.name for one in trained.features])
    scores = raw_scores(trained.grown.text, fresh.rows).tolist()
    mean = np.mean([trained.calibration.probability(score) for score in scores])
    assert mean == pytest.approx(share, rel=0.5)


def test_wrong_labels_are_borne() -> None:
    """With three in ten of the abusive labelled legitimate, almost as much is found as with right labels."""
    right = found_on_fresh(fit_table(made_table(12_000), FEATURES, QUICK), 0.2)
    wrong = found_on_fresh(fit_table(made_table(12_000, mislabelled=0.3), FEATURES, QUICK), 0.2)
    assert wrong > right - 0.05


def test_little_to_learn_from_is_said() -> None:
    """A model fitted on fewer than ten of either label a feature comes with a caution, one on many with none."""
    few = fit_table(made_table(600, share=0.1), FEATURES, QUICK)
    assert "so few that it can stop several times" in " ".join(few.cautions)
    assert f"for {len(few.features)} features" in few.cautions[0]
    assert fit_table(made_table(6000), FEATURES, QUICK).cautions == ()


def test_stated_prevalence_shifts_probabilities_only() -> None:
    """Asked for 1 % instead of 20 %, log-odds move by the difference of the priors; trees and thresholds stay."""
    table = made_table()
    usual = fit_table(table, FEATURES, QUICK)
    rare = fit_table(table, FEATURES, replace(QUICK, prevalence=0.01))
    assert rare.grown == usual.grown
    assert [one.raw for one in rare.thresholds] == [one.raw for one in usual.thresholds]
    base = usual.calibration.base_rate
    odds = [c.probability(0.0) / (1 - c.probability(0.0)) for c in (usual.calibration, rare.calibration)]
    assert odds[1] / odds[0] == pytest.approx((0.01 / 0.99) / (base / (1 - base)))


def test_labels_known_after_the_cut_off_are_not_learnt() -> None:
    """Rows whose label becomes known later than the cut-off change nothing, whatever they say."""
    table = made_table()
    late = np.random.default_rng(5).random(len(table)) < 0.2
    known = np.where(late, 200 * DAY, table.times + 1)
    told = replace(table, known_at=known)
    lies = replace(told, labels=np.where(late, 1 - table.labels, table.labels).astype(np.int8))
    options = replace(QUICK, until=100 * DAY)
    assert fit_table(told, FEATURES, options).grown == fit_table(lies, FEATURES, options).grown
    assert fit_table(told, FEATURES, QUICK).grown != fit_table(lies, FEATURES, QUICK).grown


def test_unlabelled_rows_are_not_learnt() -> None:
    """Dropping rows without a label changes no byte."""
    table = made_table(unlabelled=0.3)
    known = table.where(table.labels != UNKNOWN)
    assert fit_table(table, FEATURES, QUICK).grown.text == fit_table(known, FEATURES, QUICK).grown.text


def test_a_constant_table_is_refused() -> None:
    """Where no feature has two values, nothing can tell abuse from the rest, and the error says so."""
    table = made_table()
    with pytest.raises(ConfigurationError, match="nothing in the history tells"):
        fit_table(replace(table, rows=np.zeros_like(table.rows)), FEATURES, QUICK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_fpr": 0.0},
        {"prevalence": 1.5},
        *({"maturity_days": days} for days in (-1.0, float("nan"), float("inf"), 1e12)),
        {"trials": 0},
        {"trials": 9},
    ],
)
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    """Shares lie between 0 and 1, days within ten years, and only so many sets can be tried."""
    with pytest.raises(ConfigurationError, match="give"):
        TrainingOptions(**wrong)


def test_search_ranks_what_was_tried() -> None:
    """The sets are tried in their order, the best comes first, and more than there are is refused."""
    table = made_table()
    part = Part(table.rows[:4000], table.labels[:4000])
    judge = Part(table.rows[4000:], table.labels[4000:])
    order: list[str] = []
    trials = search(
        part, judge, FEATURES, target_fpr=0.05, seed=1, trials=2, done=lambda trial: order.append(trial.name)
    )
    assert order == list(CANDIDATES)[:2]
    assert trials[0].rank >= trials[1].rank
    again = detection_at(raw_scores(trials[0].grown.text, judge.rows), judge.labels, 0.05)
    assert trials[0].detection == again
    with pytest.raises(ConfigurationError, match="9 trials"):
        search(part, judge, FEATURES, target_fpr=0.05, seed=1, trials=9)


def test_samples_are_spread_over_time() -> None:
    """A sample keeps the order, both ends and the number asked for; a small part stays as it is."""
    part = Part(np.arange(1000.0).reshape(-1, 1), np.zeros(1000, dtype=np.int8))
    found = sampled(part, 100).rows[:, 0]
    assert len(found) == 100
    assert (np.diff(found) > 0).all()
    assert (found[0], found[-1]) == (0.0, 999.0)
    assert sampled(part, 1000) is part


def test_trees_do_not_depend_on_the_number_of_threads() -> None:
    """One thread and four grow the same trees, so a model's bytes do not tell the machine."""
    table = made_table()
    part, judge = Part(table.rows[:4000], table.labels[:4000]), Part(table.rows[4000:], table.labels[4000:])
    texts = [
        grow(part, judge, FEATURES, parameters=parameters_of("standard", 4000) | {"num_threads": number}).text
        for number in (1, 2, 4)
    ]
    assert len({text.partition("end of trees")[0] for text in texts}) == 1


def test_own_inputs_become_features_that_are_served(tmp_path: Path) -> None:
    """A number and a truth value under custom are learnt, stated in the manifest and read when a model scores."""
    events = list(islice(simulate(load_scenario("demo-1"), seed=3), 900))
    for number, event in enumerate(events):
        event["label"] = int(number % 4 == 0)
        event["custom"] = {"gift": 5.0 * event["label"] + number % 3, "is_vip": number % 8 == 0, "plan": "gold"}
    path = tmp_path / "h.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    references = open_references()
    with open_history([path]) as history:
        assert history.report.custom == {"gift": 900, "is_vip": 900}
        trained = train(history, references, QUICK)
        save_trained(tmp_path / "m", trained, history.report, QUICK, references, name="own")
    names = ModelArtefact.load(tmp_path / "m", versions=VERSIONS).manifest.names
    assert "custom_gift" in names
    assert "custom_plan" not in names
    assert select(names)[names.index("custom_gift")].inputs == ("custom.gift",)
    with Scorer.open("memory://", model=tmp_path / "m") as scorer:
        bad, good, unknown = (
            scorer.assess({"at": "2026-09-01T12:00:00Z", "custom": custom}, explain="always")
            for custom in ({"gift": 6.0}, {"gift": 1.0}, {"gift": "much"})
        )
    assert bad.risk_score is not None
    assert good.risk_score is not None
    assert bad.risk_score > good.risk_score
    reasons = {reason.code: reason for reason in bad.reasons}
    assert reasons["CUSTOM_GIFT"].direction == "risk"
    assert "6" in reasons["CUSTOM_GIFT"].text
    missing = next(reason for reason in unknown.reasons if reason.code == "CUSTOM_GIFT")
    assert "was not given" in missing.text
