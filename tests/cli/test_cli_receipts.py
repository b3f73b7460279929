"""``score --receipts`` writes receipts beside assessments and never costs the one for the other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, Outcome, line

Run = Callable[..., Outcome]
Write = Callable[..., Path]


def names_in(folder: Path) -> list[str]:
    """Return what stands in a folder, hidden files included."""
    return sorted(one.name for one in folder.iterdir())


def test_receipts_stand_beside_the_assessments(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """Both files hold a line for every sign-up, and nothing else is left behind."""
    events = lines_file([line(0), line(1)])
    found = run("score", events, "-o", tmp_path / "scored.jsonl", "--receipts", tmp_path / "receipts", "--explain")
    assert (found.status, names_in(tmp_path)) == (0, ["events.jsonl", "receipts", "scored.jsonl"])
    assert [len((tmp_path / name).read_text().splitlines()) for name in ("scored.jsonl", "receipts")] == [2, 2]


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("way", ["same name", "by another path", "link"])
def test_receipts_never_replace_the_assessments(
    run: Run, lines_file: Write, tmp_path: Path, way: str, is_there: bool
) -> None:
    """One file for both is refused before anything is written, whether it is there already or not."""
    events, target = lines_file([line(0)]), tmp_path / "both.jsonl"
    if is_there:
        target.write_text("kept\n")
    other = target
    if way == "by another path":
        other = tmp_path / ".." / tmp_path.name / "both.jsonl"
    elif way == "link":
        other = tmp_path / "link.jsonl"
        other.symlink_to(target)
    before = names_in(tmp_path)
    found = run("score", events, "--output", target, "--receipts", other)
    assert (found.status, names_in(tmp_path)) == (2, before)
    assert "would write over" in found.errors
    assert not is_there or target.read_text() == "kept\n"


def test_receipts_never_replace_what_standard_output_goes_to(lines_file: Write, tmp_path: Path) -> None:
    """A file that the shell sends the assessments to is refused for receipts."""
    events, target = lines_file([line(0)]), tmp_path / "both.jsonl"
    with target.open("wb") as stream:
        command = [*COMMAND, "score", str(events), "--receipts", str(target)]
        found = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, check=False)
    assert found.returncode == 2
    assert b"is the file that standard output goes to" in found.stderr
    assert names_in(tmp_path) == ["both.jsonl", "events.jsonl"]


def test_output_is_kept_where_receipts_cannot_be_written(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """A place for receipts that is none leaves the assessments of before as they were."""
    events, old = lines_file([line(0)]), tmp_path / "old.jsonl"
    old.write_text("kept\n")
    found = run("score", events, "--output", old, "--receipts", tmp_path / "missing" / "receipts")
    assert (found.status, old.read_text()) == (2, "kept\n")
    assert f"missing{os.sep}receipts: cannot be written" in found.errors


def test_no_receipts_are_left_where_output_cannot_be_written(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """A place for assessments that is none leaves no file of receipts, finished or not."""
    events = lines_file([line(0)])
    found = run("score", events, "--output", tmp_path / "missing" / "scored", "--receipts", tmp_path / "receipts")
    assert (found.status, names_in(tmp_path)) == (2, ["events.jsonl"])
