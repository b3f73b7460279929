"""What ``evaluate`` refuses before it starts, and what it reads and writes, on a handful of sign-ups."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from signup_risk import open_references
from signup_risk.cli import main
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.training.evaluate import evaluate, wanted_features
from signup_risk.training.history import read_history
from signup_risk.training.replay import replay


@pytest.fixture(scope="module")
def signups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of simulated sign-ups."""
    place = tmp_path_factory.mktemp("evaluate") / "signups.jsonl"
    assert main(["simulate", str(place), "--signups", "400", "--days", "2", "--seed", "5"]) == 0
    return place


def model_folder(place: Path) -> Path:
    """Make what looks like the folder of a model."""
    place.mkdir()
    for name in ("manifest.json", "model.txt"):
        (place / name).write_text("{}", encoding="utf-8")
    return place


def test_figures_never_replace_what_is_read(
    signups: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A history by any name, folders of data and of models, and no folder are refused before anything is read."""
    monkeypatch.setattr("signup_risk.cli.evaluate._judged", lambda _: pytest.fail("it was judged"))
    before = signups.read_bytes()
    alias = tmp_path / "alias.json"
    alias.symlink_to(signups)
    (tmp_path / "data").mkdir()
    model = model_folder(tmp_path / "ours")
    reading = ["evaluate", "bundled", str(signups), "--data-dir", str(tmp_path / "data")]
    for name, said in (
        (signups, "is read"), (alias, "is read"), (tmp_path / "data" / "e.json", "is read"),
        (model / "e.json", "folder of a model"), (tmp_path / "nowhere" / "e.json", "cannot be written"),
        (tmp_path, "cannot be written"),
    ):  # fmt: skip
        assert main([*reading, "--json", str(name)]) == 2
        assert said in capsys.readouterr().err
    assert signups.read_bytes() == before
    assert {path.name for path in tmp_path.rglob("*")} == {"alias.json", "data", "ours", "manifest.json", "model.txt"}


def test_figures_that_fail_leave_the_last_ones(signups: Path, tmp_path: Path) -> None:
    """What a file held before stays if judging fails, and nothing half stands beside it."""
    kept = tmp_path / "e.json"
    kept.write_text("old", encoding="utf-8")
    good = tmp_path / "good.jsonl"
    rows = [json.loads(line) | {"label": 0} for line in signups.read_text(encoding="utf-8").splitlines()[:20]]
    good.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["evaluate", "bundled", str(good), "--json", str(kept), "--jobs", "1"]) == 2
    assert kept.read_text(encoding="utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"e.json", "good.jsonl"}


def test_labels_may_be_words(signups: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words are refused with a way out that the command has, and that way gives the figures of numbers."""
    words = {0: "fine", 1: "fraud"}
    rows = [json.loads(line) for line in signups.read_text(encoding="utf-8").splitlines()]
    spoken = tmp_path / "spoken.jsonl"
    text = [json.dumps(row | {"label": words[row["label"]]} if "label" in row else row) for row in rows]
    spoken.write_text("\n".join(text) + "\n", encoding="utf-8")
    judging = ["evaluate", "bundled", "--jobs", "1", "--json", "-"]
    assert main([*judging, str(spoken)]) == 2
    assert "--label-values" in capsys.readouterr().err
    assert main([*judging, str(spoken), "--label-values", "fraud=1,fine=0"]) == 0
    found = capsys.readouterr().out
    assert main([*judging, str(signups)]) == 0
    assert capsys.readouterr().out == found


def test_the_past_is_replayed_and_not_judged(signups: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --since only what comes later is judged, each with the features that the whole past gives it."""
    model = ModelArtefact.load(bundled_model_path())
    history = list(read_history([str(signups)]))
    day = f"{history[-1].at:%Y-%m-%d}"
    table = replay(history, open_references(), wanted_features([model]))
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp() * 1_000_000
    wanted = evaluate(model, table.where(table.times >= start)).to_dict()
    judging = ["evaluate", "bundled", str(signups), "--jobs", "1"]
    assert main([*judging, "--json", "-", "--since", day]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["history"] == json.loads(json.dumps(wanted["history"]))
    assert found["champion"] == json.loads(json.dumps(wanted["champion"]))
    assert found["since"] == day
    assert "EMPTY_STORE" not in {one["code"] for one in found["cautions"]}
    assert main([*judging]) == 0
    assert "WARNING EMPTY_STORE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", ""], "--since is empty"),
        (["--since", "soon"], "--since is 'soon'; give a time"),
        (["--since", "2099-01-01"], "as late as --since"),
        (["--since", "2026-02-01", "--campaigns"], "--since judges a part"),
    ],
)
def test_a_time_to_judge_from_that_is_none_is_refused(
    options: list[str], said: str, signups: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A time that cannot be read, or that leaves nobody to judge, is an error that says what to give."""
    assert main(["evaluate", "bundled", str(signups), "--jobs", "1", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", str(2**31)])
def test_a_seed_that_cannot_seed_is_refused(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A seed below zero, or none, is refused with what is allowed, before any file is looked at."""
    with pytest.raises(SystemExit):
        main(["evaluate", "bundled", "nowhere.jsonl", "--seed", seed])
    assert "whole number from 0" in capsys.readouterr().err


def test_campaigns_are_judged_on_request(
    signups: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tables and the JSON get a part on campaigns, called synthetic on simulated sign-ups."""
    figures = tmp_path / "figures.json"
    assert main(["evaluate", "bundled", str(signups), "--campaigns", "--json", str(figures)]) == 0
    assert "Campaigns (synthetic)" in capsys.readouterr().out
    found = json.loads(figures.read_text(encoding="utf-8"))["campaigns"]
    assert [way["name"] for way in found["ways"]] == ["campaigns", "connected components", "MinHash of shapes"]
