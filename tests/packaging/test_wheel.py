"""The wheel works on its own: built, installed into an empty environment, used far from the source tree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import signup_risk

ROOT = Path(__file__).resolve().parents[2]

SCORE = """
import json, pathlib, sys
from signup_risk import Scorer

with Scorer.open("sqlite:///velocity.db") as scorer:
    signup = {"at": "2026-06-01T12:00:00Z", "email": "ada@mailinator.com", "ip_address": "8.8.8.8"}
    assessment = scorer.assess(signup, explain="always")
    model = scorer.model.path
    references = [info for info in scorer.references.infos() if info.status == "ok"]
ours = [module for name, module in sorted(sys.modules.items()) if name.startswith("signup_risk")]
print(json.dumps({
    "files": [str(pathlib.Path(module.__file__)) for module in ours],
    "model": str(model),
    "references": len(references),
    "score": assessment.risk_score,
    "degraded": assessment.degraded,
    "reasons": len(assessment.reasons),
}))
"""

LINES = """\
{"signup_id": "a", "at": "2026-06-01T12:00:00Z", "email": "ada@example.com", "ip_address": "192.0.2.7"}
{"signup_id": "b", "at": "2026-06-01T12:00:05Z", "email": "grace@example.org", "ip_address": "2001:db8::7"}
"""


def run(*command: str | Path, cwd: Path, **options: Any) -> str:
    """Run a command outside the tree, without variables that Python reads, and return its output."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "PYTHONDONTWRITEBYTECODE": "1"}
    parts = [str(part) for part in command]
    options |= {"cwd": cwd, "env": environment}
    return subprocess.run(parts, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "venv/bin/python")]
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", str(wheel)]
    subprocess.run(pip + install, check=True)
    return folder


def test_wheel_scores_on_its_own(elsewhere: Path) -> None:
    """Installed alone it scores with its own model and reference data, and imports nothing from the tree."""
    said = json.loads(run(elsewhere / "venv/bin/python", "-c", SCORE, cwd=elsewhere))
    installed = str(elsewhere / "venv")
    assert all(path.startswith(installed) for path in said["files"])
    assert said["model"].startswith(installed)
    assert said["references"] >= 5
    assert said["degraded"] == []
    assert 0 <= said["score"] <= 100
    assert said["reasons"] > 0


def test_command_scores_on_its_own(elsewhere: Path) -> None:
    """The command tells its version and scores a file of two lines from standard input."""
    command = elsewhere / "venv/bin/signup-risk"
    assert signup_risk.__version__ in run(command, "--version", cwd=elsewhere)
    lines = run(command, "score", "-", cwd=elsewhere, input=LINES).splitlines()
    assert [json.loads(line)["signup_id"] for line in lines] == ["a", "b"]


def test_command_makes_a_page_on_its_own(elsewhere: Path) -> None:
    """The command writes a page of what it scored, with all that the page is made of."""
    command = elsewhere / "venv/bin/signup-risk"
    (elsewhere / "assessments.jsonl").write_text(run(command, "score", "-", cwd=elsewhere, input=LINES))
    assert "all 2 sign-ups" in run(command, "report", "assessments.jsonl", "-o", "page.html", cwd=elsewhere)
    assert "d3js.org" in (elsewhere / "page.html").read_text(encoding="utf-8")


def test_wheel_holds_what_it_needs(wheel: Path) -> None:
    """The wheel carries the types' marker, the model, the reference data and the notices, and no tests."""
    names = run(sys.executable, "-m", "zipfile", "--list", wheel, cwd=wheel.parent)
    data = ("bundled_models/bundled/model.txt", "signup_risk/data/", "stores/redis/scripts/exchange.lua")
    page = ("report/page.html", "report/style/paper.css", "report/app/main.js", "vendor/d3.min.js", "LICENSES/plot.txt")
    for wanted in ("py.typed", *data, *page, "NOTICE", "LICENSE"):
        assert wanted in names
    assert "tests/" not in names
