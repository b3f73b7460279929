"""A model keeps what tells the sign-ups it was trained on, and says where its figures would mislead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from signup_risk.extract.custom import custom_feature
from signup_risk.model import ModelArtefact
from signup_risk.references import open_references
from signup_risk.simulation import load_scenario, simulate
from signup_risk.training.artefact import describe, save_trained
from signup_risk.training.evaluate.cautions import overlap_cautions
from signup_risk.training.history import HistoryReport, open_history
from signup_risk.training.table import FeatureTable
from signup_risk.training.train import Trained, TrainingOptions, fit_table, train
from signup_risk.training.trained_card import trained_card
from tests.training.made_tables import DAY, FEATURES, made_table

QUICK = TrainingOptions(trials=1, maturity_days=1)
REPORT = HistoryReport(read=6000)


def named(name: str, *, seed: int = 1, after: int = 0) -> FeatureTable:
    """Return a made table whose ids begin with a name, so many days later."""
    table = made_table(1200, seed=seed)
    ids: list[str | None] = [f"{name}-{number}" for number in range(len(table))]
    return replace(table, ids=ids, times=table.times + after * DAY)


def saved(place: Path, table: FeatureTable, base: ModelArtefact | None = None) -> tuple[Trained, ModelArtefact]:
    """Train on a table, write the model and load it."""
    features = FEATURES if base is None else tuple(one for one in FEATURES if one.name in base.manifest.names)
    columns = table if base is None else table.columns(base.manifest.names)
    trained = fit_table(columns, features, QUICK, base=base)
    save_trained(place, trained, REPORT, QUICK, open_references(), name=place.name, base=base)
    return trained, ModelArtefact.load(place)


def codes(artefact: ModelArtefact, table: FeatureTable) -> list[str]:
    """Return the codes of what is said of a model on a table."""
    return [one.code for one in overlap_cautions(artefact.manifest, table)]


def test_rows_of_training_are_known_again_at_other_times(tmp_path: Path) -> None:
    """The same sign-ups with other times are found by their ids; others are not, and those without say so."""
    first = named("a")
    _, artefact = saved(tmp_path / "m", first)
    later = replace(first, times=first.times + 200 * DAY)
    assert codes(artefact, later) == ["TRAINING_ROWS"]
    assert codes(artefact, named("b", after=200)) == []
    assert codes(artefact, replace(later, ids=[None] * len(later))) == ["TRAINING_UNKNOWN"]
    _, nameless = saved(tmp_path / "n", replace(first, ids=[None] * len(first)))
    assert codes(nameless, later) == ["TRAINING_UNKNOWN"]


def test_a_continued_model_remembers_what_its_base_was_trained_on(tmp_path: Path) -> None:
    """Sign-ups of the base, and of the base of the base, are found in what a continued model is judged on."""
    _, base = saved(tmp_path / "base", named("a"))
    second, middle = saved(tmp_path / "middle", named("b", seed=2, after=200), base)
    _, last = saved(tmp_path / "last", named("c", seed=3, after=400), middle)
    assert second.cautions == ()
    for artefact in (middle, last):
        found = overlap_cautions(artefact.manifest, named("a"))
        assert [one.code for one in found] == ["TRAINING_ROWS", "TRAINING_WINDOW"]
        assert all("base" in one.text for one in found)
    assert [one["model"] for one in last.manifest.created_from["trained_on"]] == ["middle", "base"]


def test_a_base_that_has_seen_the_calibration_part_is_named(tmp_path: Path) -> None:
    """Continued on its own history, a model is compared on what the old one knows; summary and card say so."""
    _, base = saved(tmp_path / "base", named("a"))
    again, artefact = saved(tmp_path / "again", named("a"), base)
    assert "sign-ups that base was trained on are in this history" in again.cautions[0]
    assert again.cautions[0] in trained_card(artefact.manifest)


@pytest.mark.parametrize(("simulated", "synthetic"), [(0, False), (1, True), (1200, True)])
def test_one_simulated_sign_up_makes_figures_synthetic(simulated: int, synthetic: bool) -> None:
    """Training counts simulated sign-ups as judging does: any at all; a mixture says how many."""
    table = named("a")
    mixed = replace(table, groups=["legit.everyday"] * simulated + [""] * (len(table) - simulated))
    trained = fit_table(mixed, FEATURES, QUICK)
    manifest = describe(trained, REPORT, QUICK, open_references(), name="m")
    assert manifest.synthetic is synthetic
    card = trained_card(manifest)
    assert ("Every figure below is synthetic" in card) is synthetic
    assert ("in part (1 of " in card) is (simulated == 1)


def test_an_input_that_tells_the_outcome_is_noticed() -> None:
    """A custom input with nearly all of the gain is asked about; a feature of the catalogue is not."""
    table = made_table(1200)
    features = tuple(custom_feature("chargeback") if place == 2 else one for place, one in enumerate(FEATURES))
    named_so = replace(table, names=tuple(one.name for one in features))
    trained = fit_table(named_so, features, QUICK)
    assert "custom.chargeback brings" in trained.cautions[0]
    assert "is it known at sign-up?" in trained_card(describe(trained, REPORT, QUICK, open_references(), name="m"))
    assert fit_table(table, FEATURES, QUICK).cautions == ()


def test_a_cut_off_hides_later_inputs_and_counts(tmp_path: Path) -> None:
    """With a cut-off, keys of custom and counts are those of the history that ends there."""
    events: list[dict[str, Any]] = list(islice(simulate(load_scenario("demo-1"), seed=3), 900))
    events.sort(key=lambda event: str(event["at"]))
    for number, event in enumerate(events):
        event |= {"label": int(number % 4 == 0), "label_at": event["at"]}
        event["custom"] = {"early": number % 3} if number < 600 else {"late": number % 5, "early": number % 3}
    at = [round(datetime.fromisoformat(str(event["at"])).timestamp() * 1e6) for event in events]
    options = replace(QUICK, until=at[599], workers=1)
    texts, counts = [], []
    for name, kept in (("whole", events), ("past", events[:600])):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in kept), encoding="utf-8")
        with open_history([path]) as history:
            trained = train(history, open_references(), options)
            origin = describe(trained, history.report, options, open_references(), name="m").created_from
        assert trained.at_cut_off is not None
        assert set(trained.at_cut_off.custom) == {"early"}
        texts.append(trained.grown.text)
        counts.append([origin[key] for key in ("sign-ups", "abusive", "legitimate", "without a label")])
    assert texts[0] == texts[1]
    assert counts[0] == counts[1]
    assert int(np.sum(counts[0][1:])) == counts[0][0] == 600
