"""Run the command in this process, on files made for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from signup_risk.cli import main
from tests.cli.running import Outcome


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs the command in this process."""

    def runs(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        output, errors = capfd.readouterr()
        return Outcome(status, output, errors)

    return runs


@pytest.fixture
def lines_file(tmp_path: Path) -> Callable[[Sequence[str | bytes]], Path]:
    """Return a function that writes lines to a file of JSON Lines."""

    def write(lines: Sequence[str | bytes]) -> Path:
        path = tmp_path / "events.jsonl"
        path.write_bytes(b"".join(one.encode() if isinstance(one, str) else one for one in lines))
        return path

    return write
