"""The command writes a page whole or not at all, and refuses what it must not write over."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Outcome, spawn
from tests.report.made import assessments, history, write_lines

Run = Callable[..., Outcome]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Return a file of assessments."""
    return write_lines(tmp_path / "assessments.jsonl", assessments(60))


def test_page_is_written_and_summed_up(told: Path, tmp_path: Path, run: Run) -> None:
    """The command says what the page holds and how large it is."""
    out = tmp_path / "report.html"
    outcome = run("report", told, "-o", out, "--title", "May & June")
    assert (outcome.status, outcome.errors) == (0, "")
    assert outcome.output == f"{out}: all 60 sign-ups, {out.stat().st_size / 1e6:.1f} MB\n"
    assert "<title>May &amp; June</title>" in out.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_page_is_written_over_an_earlier_one(told: Path, tmp_path: Path, run: Run) -> None:
    """A page of this command may be replaced, by one of fewer rows here."""
    out = tmp_path / "report.html"
    assert run("report", told, "-o", out).status == 0
    outcome = run("report", told, "-o", out, "--rows", "20")
    assert "20 of 60 sign-ups one by one" in outcome.output


def test_bad_lines_are_named_and_the_rest_is_shown(tmp_path: Path, run: Run) -> None:
    """A line that is no assessment is reported by number, without what it holds; the status says that some failed."""
    told, out = tmp_path / "a.jsonl", tmp_path / "report.html"
    lines = [json.dumps(one) for one in assessments(3)]
    told.write_text("\n".join([lines[0], '{"secret": "ada@example.com"', lines[1], "[]", lines[2]]) + "\n")
    outcome = run("report", told, "-o", out)
    assert outcome.status == 1
    assert "line 2: not valid JSON" in outcome.errors
    assert "line 4: a list" in outcome.errors
    assert "ada@" not in outcome.errors
    assert "all 3 sign-ups" in outcome.output
    assert "2 lines could not be read" in outcome.output


def test_packed_files_and_history_are_read(told: Path, tmp_path: Path, run: Run) -> None:
    """Assessments may be packed; a history that knows none of them is remarked on."""
    packed = tmp_path / "assessments.jsonl.gz"
    packed.write_bytes(gzip.compress(told.read_bytes()))
    others = [one | {"signup_id": f"x{one['signup_id']}"} for one in history(assessments(60))]
    events = write_lines(tmp_path / "h.jsonl", others)
    outcome = run("report", packed, "--history", events, "-o", tmp_path / "report.html")
    assert outcome.status == 0
    assert "no assessment has the id of a sign-up of the history" in outcome.errors


@pytest.mark.parametrize(
    ("options", "told_of"),
    [
        (("-o", "report.txt"), "is no page; end it in .html or .htm"),
        (("-o", "foreign.html"), "is a file that signup-risk report did not write"),
        (("-o", "assessments.html"), "which is read"),
        (("-o", "r.html", "--rows", "100001"), "a page holds 100,000 at most"),
        (("-o", "r.html", "--label-column", "y"), "--label-column says how to read a history"),
        (("-o", "r.html", "--campaigns", "foreign.html"), "cannot be read as JSON"),
        (("-o", "nowhere/r.html"), "cannot be written"),
        (("-o", "r.html", "--note", "none.txt"), "--note 'none.txt' cannot be read (No such file"),
        (("-o", "r.html", "--note", "binary.txt"), "it is not in UTF-8"),
        (("-o", "r.html", "--note", "long.txt"), "the note has 100,000 characters; a page takes 10,000"),
        (("-o", "note.html", "--note", "note.html"), "which is read"),
    ],
)
def test_what_cannot_be_done_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, options: tuple[str, ...], told_of: str
) -> None:
    """Status 2 and one line; nothing is written and nothing is lost."""
    monkeypatch.chdir(tmp_path)
    write_lines(Path("assessments.html"), assessments(5))
    Path("foreign.html").write_text("<!doctype html><p>mine", encoding="utf-8")
    Path("note.html").write_text("read this first", encoding="utf-8")
    Path("binary.txt").write_bytes(b"\xff\xfe\xff")
    Path("long.txt").write_text("x" * 200_000, encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    outcome = run("report", "assessments.html", *options)
    assert outcome.status == 2
    assert told_of in outcome.errors
    assert outcome.errors.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Stopped while it waits for input, the command writes no page and no part of one."""
    out = tmp_path / "report.html"
    process = spawn("report", "-", "-o", out)
    assert process.stdin is not None
    process.stdin.write(b"".join(json.dumps(one).encode() + b"\n" for one in assessments(400)) + b"[]\n")
    process.stdin.flush()
    assert process.stderr is not None
    assert b"line 401" in process.stderr.readline()
    process.send_signal(number)
    _, errors = process.communicate()
    assert process.returncode == 128 + number
    assert b"nothing was written" in errors
    assert list(tmp_path.iterdir()) == []


def test_campaigns_of_a_report_stand_in_for_those_of_assessments(tmp_path: Path, run: Run) -> None:
    """Members are those of the report, which knows those that came before a campaign was opened, and its cells."""
    member = {"signup_id": "s-00001", "at": "2026-05-02T00:00:00+00:00", "probability": 0.9, "is_mark": True}
    cell = {"kind": "email_domain", "key": 1, "values": {"email_domain": "brightfjord.example"}, "bits": 30.0}
    cell |= {"members": 1, "total": 1}
    campaign = {
        "id": "20260502-1", "title": "winter farm", "status": "open", "signature": "one domain", "shared": ["a domain"],
        "first_seen": member["at"], "opened_at": member["at"], "last_seen": member["at"], "reopened": 0,
        "members": [member | {"decision": "allow", "via": 1}], "cells": [cell], "suggested": "review",
    }  # fmt: skip
    report = {"format": 1, "signups": 60, "first_at": None, "last_at": None, "model": "m", "synthetic": True,
              "secret_check": "", "campaigns": [campaign], "known_good": [], "rulings": [], "actions": []}  # fmt: skip
    (tmp_path / "campaigns.json").write_text(json.dumps(report), encoding="utf-8")
    told = write_lines(tmp_path / "a.jsonl", assessments(60))
    out = tmp_path / "report.html"
    outcome = run("report", told, "--campaigns", tmp_path / "campaigns.json", "-o", out)
    assert outcome.status == 0, outcome.errors
    page = out.read_text(encoding="utf-8")
    assert "winter farm" in page
    assert "brightfjord.example" in page
    assert "20260503-1" not in page
