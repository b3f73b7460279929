"""The notebooks run from top to bottom, and their executed copies are of the same cells."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import matplotlib as mpl
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell runs, in an empty folder, without a display."""
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(source), run_name="notebook")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_executed_copy_has_the_same_cells_and_no_errors(source: Path) -> None:
    """Whoever opens the executed notebook sees what the source would give."""
    cells = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    parts = re.split(r"^# %%(?P<kind> \[markdown\])?\n", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    wanted = [text.strip() for kind, text in zip(parts[::2], parts[1::2], strict=True) if kind is None]
    assert code == wanted
    assert not [out for cell in cells for out in cell.get("outputs", []) if out["output_type"] == "error"]
