"""A web worker that imports the scorer and assesses a sign-up loads none of the heavy packages."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "shap", "sklearn", "scipy", "matplotlib", "numpy", "lightgbm", "pyarrow")

ASSESS = """
from signup_risk import Scorer

with Scorer.open("memory://") as scorer:
    found = scorer.assess(
        {
            "signup_id": "s1",
            "at": "2026-06-01T12:00:00Z",
            "email": "ada.lovelace@example.com",
            "ip_address": "192.0.2.7",
            "phone": "+12025550123",
            "first_name": "Ada",
            "device": {"user_agent": "Mozilla/5.0 (X11) Firefox/140.0", "time_zone": "Europe/London"},
            "card": {"issuer_id_number": "411111"},
        },
        explain="always",
    )
    scorer.report("s1", "legitimate", at="2026-06-02T12:00:00Z")
    found.explain().to_html()
    found.for_applicant("de")
    scorer.receipt(found).to_json()
"""


def loaded(code: str) -> list[str]:
    """Return the heavy packages that code loads in a fresh interpreter."""
    watched = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    command = [sys.executable, "-c", watched]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def test_assessing_loads_nothing_heavy() -> None:
    """Import, open, assess, report, explain and keep a receipt without data-frame, plotting and array packages."""
    assert loaded(ASSESS) == []


def test_importing_loads_nothing_heavy() -> None:
    """The import alone does too, and so does the command's module."""
    assert loaded("import signup_risk.cli") == []


def test_processes_that_share_a_frame_load_nothing_heavy() -> None:
    """What a process needs that reads rows of a frame and writes answers is as light as a web worker."""
    assert loaded("import signup_risk.scorer.frames.work, signup_risk.scorer.worker") == []


def test_heavy_packages_are_found() -> None:
    """The check sees a package that is loaded."""
    assert "numpy" in loaded("import numpy")
