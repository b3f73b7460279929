"""The whole report: cautions fire, JSON comes back as it went, kinds never fitted are judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.extract import VERSIONS
from signup_risk.features.catalog import CATALOG
from signup_risk.model import Manifest, ModelArtefact, feature_fingerprint, save_artefact
from signup_risk.policy import ListEntry, Policy
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.evaluate import Evaluation, evaluate, leave_one_kind_out, wanted_features, with_features_only
from signup_risk.training.evaluate.baseline import FEATURES as RULES
from signup_risk.training.evaluate.cautions import SITES, SKETCH, maturity, overlap_cautions, sketch, small_groups
from signup_risk.training.evaluate.groups import group_rates
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.fit import fit, summaries
from signup_risk.training.table import FeatureTable
from tests.training.evaluate_samples import table

DAY_US = 86_400_000_000
OWN = tuple(entry for entry in CATALOG if entry.name in {"email_entropy", "email_length", "session_form_seconds"})
NAMES = (*(entry.name for entry in OWN), *RULES)
KINDS = ("farm.a1", "farm.a2", "farm.nosignal")


def history(count: int = 6000, *, seed: int = 1, days: float = 30.0) -> FeatureTable:
    """Return a table of two kinds of farm, each shown by a feature of its own, and of the control."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, count, p=[0.75, 0.1, 0.1, 0.05])
    rows = rng.normal(size=(count, len(NAMES)))
    rows[kind == 1, 0] += 4
    rows[kind == 2, 1] += 4
    rows[:, 3:] = rng.random((count, 3)) < 0.02
    names = ["legit.ordinary", *KINDS]
    groups = [names[which] if not which else f"{names[which]}.{rng.integers(1, 9)}" for which in kind.tolist()]
    groups[:30] = ["legit.few"] * 30
    labels = (kind > 0).astype(int)
    labels[:30] = 0
    times = np.sort(rng.integers(0, int(days * DAY_US), count)) + 1_780_000_000_000_000
    known_at = times + 3 * DAY_US
    return table(labels.tolist(), groups, times=times.tolist(), rows=rows, names=NAMES, known_at=known_at.tolist())


def model_of(folder: Path, tables: Sequence[FeatureTable], **created_from: object) -> ModelArtefact:
    """Fit a model on tables and load it from a folder."""
    narrow = [one.columns([entry.name for entry in OWN]) for one in tables]
    fitted = fit(narrow, OWN)
    names = [entry.name for entry in OWN]
    manifest = Manifest(
        name="tried", version="1", created_from=created_from, features=summaries(narrow, OWN),
        versions=dict(VERSIONS), fingerprint=feature_fingerprint(names, VERSIONS),
        calibration=fit_calibration(fitted.calibration_scores, fitted.calibration_labels),
        thresholds={}, references=(), metrics={}, synthetic=True,
    )  # fmt: skip
    golden = narrow[0].rows[:5].tolist()
    save_artefact(folder, model_text=fitted.text, manifest=manifest, card="# tried\n", golden_rows=golden)
    return ModelArtefact.load(folder)


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> ModelArtefact:
    """Return a model of another history."""
    return model_of(tmp_path_factory.mktemp("models") / "tried", [history(seed=2)])


@pytest.fixture(scope="module")
def evaluation(artefact: ModelArtefact) -> Evaluation:
    """Return the model judged beside itself."""
    return evaluate(artefact, history(seed=3), challenger=artefact, repeats=60)


def codes(found: Evaluation) -> set[str]:
    """Return the codes of an evaluation's cautions."""
    return {one.code for one in found.cautions}


def test_json_comes_back_as_it_went(evaluation: Evaluation) -> None:
    """Everything is plain JSON without NaN, keyed as documented, and reads back equal."""
    plain = evaluation.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert set(plain) == {
        "schema", "synthetic", "seed", "history", "cautions", "splits", "champion", "challenger", "swaps",
    }  # fmt: skip
    assert (plain["schema"], plain["synthetic"]) == (1, True)
    assert plain["challenger"] == plain["champion"]
    assert [one["rate"] for one in plain["champion"]["detection"]] == [0.001, 0.0035, 0.01, 0.05]


def test_the_same_seed_gives_the_same_figures(artefact: ModelArtefact) -> None:
    """Judging twice gives the same report; another seed moves intervals, never figures."""
    rows = history(2000, seed=3)
    first, again, other = (evaluate(artefact, rows, repeats=20, seed=seed).to_dict() for seed in (1, 1, 2))
    assert first == again
    found = [one["champion"]["detection"][3]["found"] for one in (first, other)]
    assert found[0]["value"] == found[1]["value"]
    assert found[0]["low"] != found[1]["low"]


def test_the_report_says_what_the_parts_say(evaluation: Evaluation) -> None:
    """Roles are counted, farms found, the control not, and every level that is supported is there."""
    seen, report = evaluation.history, evaluation.champion
    assert seen["legitimate"] + seen["abusive"] + seen["control"] == seen["signups"] == 6000
    assert seen["campaigns"] == 16
    assert set(report.levels) == {
        "fpr_0.001", "fpr_0.0035", "fpr_0.01", "fpr_0.05", "stated_0.0035", "stated_0.01", "stated_0.05",
        "step_up", "review", "block",
    } | ({"stated_0.001"} & set(report.levels))  # fmt: skip
    level = report.levels["fpr_0.01"]
    assert {one.kind for one in level.kinds} == {"farm.a1", "farm.a2"}
    assert all((one.found.value or 0) > 0.8 for one in level.kinds)
    assert level.control is not None
    assert level.control.verdict == "equal"
    assert level.time_to_detect[0].member.median in {1, 2}
    assert report.decisions.levels[0].alarms == report.levels["step_up"].groups.overall
    assert report.ks > 0.8
    assert not codes(evaluation) & {"CONTROL_FOUND", "SPLITS_DIFFER", "LABELS_NOT_MATURE", "TOO_FEW"}


def test_small_groups_and_silent_manifests_are_named(evaluation: Evaluation) -> None:
    """Thirty sign-ups are no group, and a manifest without window and ids leaves it open whether rows were seen."""
    texts = {one.code: one.text for one in evaluation.cautions}
    assert "legit.few" in texts["SMALL_GROUPS"]
    assert "cannot be told" in texts["TRAINING_UNKNOWN"]
    assert [one.code for one in evaluation.cautions].count("TRAINING_UNKNOWN") == 1


def test_rows_of_training_are_found(artefact: ModelArtefact) -> None:
    """Ids kept by a manifest tell how much of the training history is judged, its window what overlaps or precedes."""
    rows = history(2000, seed=3)
    half = sketch([*rows.ids, *(f"other-{number}" for number in range(2000))])
    assert len(half) == SKETCH
    assert half == sketch(reversed([*rows.ids, *(f"other-{number}" for number in range(2000))]))
    manifest = replace(artefact.manifest, created_from={"id_sketch": half})
    (seen,) = overlap_cautions(manifest, rows)
    assert seen.code == "TRAINING_ROWS"
    assert 0.4 < float(seen.text.split("about ")[1].split("%")[0]) / 100 < 0.6
    fresh = replace(artefact.manifest, created_from={"id_sketch": sketch(["x", "y", None])})
    assert overlap_cautions(fresh, rows) == []
    window = {"first": "2026-05-01T00:00:00Z", "last": "2030-01-01T00:00:00+02:00"}
    for given, expected in (
        (window, ["TRAINING_WINDOW"]),
        ({"first": "2001-01-01T00:00:00Z", "last": "2002-01-01T00:00:00Z"}, []),
        ({"first": "2031-01-01T00:00:00Z", "last": "2032-01-01T00:00:00Z"}, ["BEFORE_TRAINING"]),
        ({"first": "soon"}, ["TRAINING_UNKNOWN"]),
    ):
        manifest = replace(artefact.manifest, created_from={"window": given})
        assert [one.code for one in overlap_cautions(manifest, rows)] == expected


def test_a_model_of_simulated_sites_has_seen_nobodys_signups(artefact: ModelArtefact) -> None:
    """Of such a model only simulated traffic is said to look like what it was fitted on."""
    rows = history(200, seed=3)
    manifest = replace(artefact.manifest, created_from={SITES: "fitted on 3"})
    assert [one.code for one in overlap_cautions(manifest, rows)] == ["TRAINING_SIMULATED"]
    assert overlap_cautions(manifest, replace(rows, groups=["spring"] * len(rows))) == []


def test_young_labels_are_noticed(artefact: ModelArtefact) -> None:
    """Labels that take 20 days are not mature in a history that ends when the last sign-up comes."""
    rows = history(2000, seed=3)
    late = np.minimum(rows.times + 20 * DAY_US, rows.times.max())
    found = evaluate(artefact, replace(rows, known_at=late), repeats=10)
    assert "LABELS_NOT_MATURE" in codes(found)
    told = maturity(replace(rows, known_at=rows.times + 20 * DAY_US), Sample.of(rows))
    assert (told.gap_days, told.is_measured) == (20.0, True)
    assert told.young_share < 0.01
    untold = maturity(replace(rows, known_at=np.full(2000, 2**63 - 1)), Sample.of(rows))
    assert (untold.gap_days, untold.is_measured, untold.young_share) == (60.0, False, 1.0)


def test_labels_dated_wrongly_hide_nothing() -> None:
    """A label dated in the far future does not make the others ripe, nor one from before its sign-up."""
    rows = history(700, seed=3)
    known_at = np.minimum(rows.times + 20 * DAY_US, rows.times.max())
    expected = maturity(replace(rows, known_at=known_at), Sample.of(rows))
    assert expected.young_share > 0.3
    known_at[:2] += 75 * 365 * DAY_US
    abusive = np.flatnonzero(rows.labels == 1)
    known_at[abusive[: len(abusive) // 10]] -= 400 * DAY_US
    found = maturity(replace(rows, known_at=known_at), Sample.of(rows))
    assert found.young_share == pytest.approx(expected.young_share, abs=0.02)
    before = maturity(replace(rows, known_at=rows.times - DAY_US), Sample.of(rows))
    assert (before.gap_days, before.is_measured) == (60.0, False)


def test_a_crowd_of_small_groups_is_counted() -> None:
    """Ten small groups are named and the others counted; the figures have them all."""
    rows = history(800, seed=3)
    groups = [f"legit.{number % 25:02}" if number < 500 else group for number, group in enumerate(rows.groups)]
    labels = np.where(np.arange(800) < 500, 0, rows.labels).astype(np.int8)
    judged = Sample.of(replace(rows, groups=groups, labels=labels))
    too_small = group_rates(np.zeros(800, dtype=np.bool_), judged).too_small
    assert len(too_small) >= 25
    text = small_groups(too_small)
    assert text.endswith(f"legit.09 and {len(too_small) - 10} more")
    assert small_groups(("a", "b")).endswith(": a, b")


def test_thin_histories_are_called_thin(artefact: ModelArtefact) -> None:
    """Too few of the legitimate, few campaigns or none, contradictions and lists are each said."""
    rows = history(600, seed=3)
    assert "TOO_FEW" in codes(evaluate(artefact, rows, repeats=10))
    one = replace(rows, groups=["farm.a1.1" if group.startswith("farm.a") else group for group in rows.groups])
    assert "FEW_CAMPAIGNS" in codes(evaluate(artefact, one, repeats=10))
    nameless = evaluate(artefact, replace(rows, groups=[""] * 600), repeats=10)
    assert "NO_CAMPAIGNS" in codes(nameless)
    assert nameless.history["drawn_again"].startswith("single sign-ups")
    assert not nameless.synthetic
    doubtful = replace(rows, labels=np.where(np.arange(600) < 300, rows.labels, 0).astype(np.int8))
    assert "LABELS_CONTRADICT_GROUPS" in codes(evaluate(artefact, doubtful, repeats=10))
    listed = Policy(block=(ListEntry("email_domain", "example.com"),))
    assert "LISTS_NOT_APPLIED" in codes(evaluate(artefact, rows, policy=listed, repeats=10))


def test_leaking_labels_are_noticed(tmp_path: Path) -> None:
    """A model fitted where the control differs from the honest finds it, and the report says that labels leak."""
    leaking = []
    for seed in (4, 5):
        rows = history(seed=seed)
        values = rows.rows.copy()
        values[[group.startswith("farm.nosignal") for group in rows.groups], 2] += 5
        leaking.append(replace(rows, rows=values))
    model = model_of(tmp_path / "leaking", leaking[:1])
    assert "CONTROL_FOUND" in codes(evaluate(model, leaking[1], repeats=10))


def test_wanted_features_are_those_of_all(artefact: ModelArtefact) -> None:
    """A history is replayed with the features of every model and of the rules, each once."""
    names = [entry.name for entry in wanted_features([artefact, artefact])]
    assert sorted(names) == sorted({*artefact.manifest.names, *RULES})
    with pytest.raises(ConfigurationError, match="replay"):
        evaluate(artefact, history(100).columns(["email_length"]))


def test_unseen_kinds_are_judged_without_having_been_fitted() -> None:
    """A kind that only one feature shows is not found when it was left out, and found when it was not."""
    fitted, held_out = [history(seed=6)], [history(seed=7), history(seed=8)]
    narrow = [[one.columns([entry.name for entry in OWN]) for one in tables] for tables in (fitted, held_out)]
    found = {one.name: one for one in leave_one_kind_out(*narrow, OWN)}
    assert set(found) == {"farm.a1", "farm.a2"}
    assert all((one.found["0.01"].value or 0) < 0.2 for one in found.values())
    # Two histories number their farms alike, and they are other farms.
    assert found["farm.a1"].campaigns == 16
    seen = with_features_only(fitted, held_out, OWN)
    assert (seen.found["0.01"].value or 0) > 0.8
    assert seen.campaigns == 32


def test_few_features_find_what_they_show() -> None:
    """Fitted on the feature of one kind only, that kind is found and the other is not."""
    shown = [entry for entry in OWN if entry.name == NAMES[0]]
    found = with_features_only([history(seed=6)], [history(seed=7)], shown, name="mailbox")
    assert found.name == "mailbox"
    assert found.found["0.01"].value == pytest.approx(0.5, abs=0.1)
    with pytest.raises(ConfigurationError, match="no feature"):
        with_features_only([history(200)], [history(200)], CATALOG[:1])
