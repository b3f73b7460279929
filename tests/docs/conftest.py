"""Take the examples out of the README, so that what is printed there is what runs here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"

Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def readme() -> str:
    """Return the text of the README."""
    return README.read_text(encoding="utf-8")


@pytest.fixture
def run_example(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a named example in an empty folder and returns its names."""
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> dict[str, Any]:
        found = re.search(rf"<!-- example: {name} -->\n```python\n(.*?)```", readme, re.DOTALL)
        assert found is not None, f"README.md has no example {name}"
        line = readme[: found.start(1)].count("\n")
        names: dict[str, Any] = {"__name__": f"readme_{name}"}
        exec(compile("\n" * line + found.group(1), str(README), "exec"), names)  # noqa: S102 - our own text
        return names

    return run
