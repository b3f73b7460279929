"""Train and judge from the command line, on a small simulated history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signup_risk.cli import main
from signup_risk.model import ModelArtefact, bundled_model_path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a history, a later one and a model trained on the first."""
    place = tmp_path_factory.mktemp("train")
    for name, seed in (("history", 5), ("later", 6)):
        assert main(["simulate", f"{place}/{name}.jsonl", "--signups", "1800", "--days", "8", "--seed", str(seed)]) == 0
    assert main(["train", f"{place}/history.jsonl", "-o", f"{place}/ours", "--trials", "1", "--jobs", "1"]) == 0
    return place


def test_the_model_is_whole_and_says_what_it_is(folder: Path) -> None:
    """The artefact loads; manifest and card tell window, thresholds with intervals, and that it is synthetic."""
    manifest = ModelArtefact.load(folder / "ours").manifest
    assert manifest.synthetic
    assert {"window", "fitted on", "calibrated on", "seed"} <= set(manifest.created_from)
    assert all(one["fpr_low"] <= one["fpr"] <= one["fpr_high"] for one in manifest.metrics["thresholds"])
    card = (folder / "ours" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "synthetic" in card


def test_the_same_history_and_seed_give_the_same_bytes(folder: Path) -> None:
    """Training twice, on one process and on two, writes the same files."""
    again = folder / "again"
    assert main(["train", f"{folder}/history.jsonl", "-o", str(again), "--trials", "1", "--jobs", "2",
                 "--name", "ours"]) == 0  # fmt: skip
    for path in sorted((folder / "ours").iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_model_scores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that scores takes the model."""
    assert main(["score", f"{folder}/later.jsonl", "--model", f"{folder}/ours", "--jobs", "1"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["model"]["name"] == "ours"


def test_evaluate_compares_and_warns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures come as tables and as JSON, synthetic ones are called so, and training rows in the test are seen."""
    target = folder / "e.json"
    assert main(["evaluate", "bundled", f"{folder}/history.jsonl", "--against", f"{folder}/ours", "--jobs", "1",
                 "--json", str(target)]) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert said.count("(synthetic)") > 5
    assert "WARNING TRAINING" in said
    names = [f"{one.manifest.name} {one.manifest.version}" for one in
             map(ModelArtefact.load, (folder / "ours", bundled_model_path()))]  # fmt: skip
    assert f"\n{names[0]} (challenger) against {names[1]} (champion), thresholds set here" in said
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["schema"]
    assert [one["rate"] for one in found["champion"]["detection"]] == [0.001, 0.0035, 0.01, 0.05]
    assert found["swaps"]


def test_a_history_with_one_class_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without one abusive sign-up there is no model, and the message says what to check."""
    events = [json.loads(line) for line in (folder / "later.jsonl").read_text(encoding="utf-8").splitlines()]
    good = [event | {"label": 0} for event in events[:400]]
    (folder / "good.jsonl").write_text("".join(json.dumps(event) + "\n" for event in good), encoding="utf-8")
    assert main(["train", f"{folder}/good.jsonl", "-o", f"{folder}/none"]) == 2
    assert "none of the 400 labelled sign-ups is abusive" in capsys.readouterr().err
    assert not (folder / "none").exists()
    assert main(["evaluate", f"{folder}/ours", f"{folder}/good.jsonl", "--jobs", "1"]) == 2


def test_warm_start_says_whether_it_is_better(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Continuing from the bundled model keeps its features and states the comparison."""
    assert main(["train", f"{folder}/history.jsonl", "-o", f"{folder}/warm", "--from", "bundled", "--jobs", "1"]) == 0
    manifest = ModelArtefact.load(folder / "warm").manifest
    assert manifest.names == ModelArtefact.load(bundled_model_path()).manifest.names
    assert "against the model continued from" in manifest.metrics
    assert "continued from" in (folder / "warm" / "MODEL_CARD.md").read_text(encoding="utf-8")
    capsys.readouterr()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--name", "a\nb"], "1 to 128 printable"),
        (["--name", ""], "1 to 128 printable"),
        (["--until", ""], "--until is empty"),
        (["--until", " "], "--until is empty"),
        (["--until", "2026-02-30"], "--until is '2026-02-30'"),
        (["--label-maturity", "nan"], "give 0 to 3,650"),
        (["--trials", "9"], "give 1 to 5"),
        (["--seed", "-1"], "no seed"),
        (["-o", "{history}/x"], "is a file"),
        (["-o", "{app}"], "not a model folder"),
    ],
)
def test_what_cannot_become_a_model_is_refused_before_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], said: str
) -> None:
    """Names, places and numbers that cannot be are refused at once: the history here could not even be read."""
    (tmp_path / "h.jsonl").write_text("no JSON\n", encoding="utf-8")
    (tmp_path / "app" / "src").mkdir(parents=True)
    (tmp_path / "app" / "manifest.json").write_text("{}", encoding="utf-8")
    words = [word.format(history=tmp_path / "h.jsonl", app=tmp_path / "app") for word in wrong]
    try:
        status = main(["train", str(tmp_path / "h.jsonl"), "-o", str(tmp_path / "m"), *words])
    except SystemExit as stop:
        status = int(str(stop.code))
    assert status == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "app" / "src").is_dir()
