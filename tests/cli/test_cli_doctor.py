"""Look at everything that scoring leans on, in good order and in bad."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Scorer
from signup_risk.cli import main
from signup_risk.model import bundled_model_path


def findings(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Return the exit status, and level and text of what was found by name."""
    capsys.readouterr()
    status = main(["doctor", "--json", *options])
    found: dict[str, list[tuple[str, str]]] = {}
    for one in json.loads(capsys.readouterr().out):
        found.setdefault(one["name"], []).append((one["level"], one["text"]))
    return status, found


def used_store(folder: Path, at: datetime) -> str:
    """Return the URL of a store that has seen one sign-up."""
    url = f"sqlite:///{folder / 'velocity.db'}"
    with Scorer.open(url) as scorer:
        event: dict[str, Any] = {"signup_id": "one", "at": at.isoformat(), "email": "ada@example.com"}
        scorer.assess(event)
    return url


def test_good_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store in use has no problem, and the bundled model is said to be simulated."""
    status, found = findings(capsys, "--store", used_store(tmp_path, datetime.now(UTC)))
    assert {level for told in found.values() for level, _ in told} == {"ok", "advice"}
    assert status == 0
    assert any("simulated" in text for _, text in found["model"])
    assert "answers in" in found["store"][0][1]
    assert found["clock"][0][0] == "ok"


def test_text_form(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json every finding is one line."""
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in {"ok", "advice", "problem"} for line in lines)


def test_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store that is not there is not made by looking."""
    status, found = findings(capsys, "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert status == 0
    assert "will be made" in found["store"][0][1]
    assert list(tmp_path.iterdir()) == []


def test_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store in a folder that is not there is a problem."""
    status, found = findings(capsys, "--store", f"sqlite:///{tmp_path / 'no' / 'v.db'}")
    assert (status, found["store"][0][0]) == (1, "problem")


def test_secret_that_others_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A secret file with open permissions is a problem."""
    url = used_store(tmp_path, datetime.now(UTC))
    (tmp_path / "velocity.db.secret").chmod(0o644)
    status, found = findings(capsys, "--store", url)
    assert status == 1
    assert "chmod" in found["secret"][0][1]


def test_lost_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store without the secret that it was written under is a problem, and no new secret is made."""
    url = used_store(tmp_path, datetime.now(UTC))
    (tmp_path / "velocity.db.secret").unlink()
    status, found = findings(capsys, "--store", url)
    assert status == 1
    assert "bring it back" in found["secret"][0][1]
    assert not (tmp_path / "velocity.db.secret").exists()


@pytest.mark.parametrize(("hours", "level"), [(3, "problem"), (-80, "advice")])
def test_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str], hours: int, level: str) -> None:
    """Sign-ups ahead of the clock are a problem; a store that was silent for days is worth a word."""
    url = used_store(tmp_path, datetime.now(UTC) + timedelta(hours=hours))
    status, found = findings(capsys, "--store", url)
    assert found["clock"][0][0] == level
    assert status == (1 if level == "problem" else 0)


def test_damaged_store_and_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no store and a model that was changed are problems, each with its reason."""
    (tmp_path / "velocity.db").write_bytes(b"no database at all, but long enough to be read" * 100)
    (tmp_path / "velocity.db.secret").write_text("x" * 64)
    model = tmp_path / "model"
    shutil.copytree(bundled_model_path(), model)
    (model / "model.txt").write_text((model / "model.txt").read_text().replace("tree", "treo", 1))
    status, found = findings(capsys, "--store", f"sqlite:///{tmp_path / 'velocity.db'}", "--model", str(model))
    assert status == 1
    assert (found["store"][0][0], found["model"][0][0]) == ("problem", "problem")


def test_expired_references(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Reference data past their date are a problem, with the command that renews them."""
    from signup_risk.cli import doctor

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2060, 1, 1, tzinfo=tz)

    monkeypatch.setattr(doctor, "datetime", Later)
    status, found = findings(capsys)
    late = [told for name, told in found.items() if name.startswith("references.")]
    assert status == 1
    assert late
    assert all("data refresh" in text for told in late for _, text in told)


def test_bad_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy that cannot be read is a problem of its own; the rest is still looked at."""
    (tmp_path / "policy.toml").write_text("thresholds = 3")
    status, found = findings(capsys, "--policy", str(tmp_path / "policy.toml"))
    assert (status, found["policy"][0][0], found["model"][0][0]) == (1, "problem", "ok")


@pytest.mark.parametrize(
    ("mode", "level", "said"),
    [
        (0o400, "ok", "which SIGNUP_RISK_SECRET_FILE names"),
        (0o440, "advice", "can be read by others"),
        (0o444, "problem", "can be read by others"),
        (0o622, "problem", "others may change the secret"),
    ],
)
def test_a_secret_from_a_file(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    mode: int,
    level: str,
    said: str,
) -> None:
    """A file that the environment names is looked at as to who may read and change it."""
    path = tmp_path / "secret"
    path.write_text("a secret that was mounted\n", encoding="utf-8")
    path.chmod(mode)
    monkeypatch.setenv("SIGNUP_RISK_SECRET_FILE", str(path))
    _, found = findings(capsys)
    assert [(one, said in text) for one, text in found["secret"]] == [(level, True)]


def test_a_second_secret_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """While two secrets are live, the doctor says so and what comes next; one that is too short is a problem."""
    monkeypatch.setenv("SIGNUP_RISK_SECRET", "the first secret of all")
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET", "the second secret of all")
    _, found = findings(capsys)
    assert [level for level, _ in found["second secret"]] == ["ok", "advice"]
    assert "recorded twice" in found["second secret"][1][1]
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET", "short")
    status, found = findings(capsys)
    assert (status, found["second secret"][0][0]) == (1, "problem")
