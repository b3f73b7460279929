"""Write simulated sign-ups from the command line: the formats, the size asked for, whole files or none."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from signup_risk.cli import event_files
from signup_risk.events import Signup
from signup_risk.files.sources import open_source
from signup_risk.simulation import load_scenario, rescaled, simulate
from tests.cli.running import Outcome, spawn

SMALL = ("--signups", "300", "--days", "2", "--seed", "4", "--scenario", "demo-1")


def wanted() -> list[dict[str, Any]]:
    """Return the sign-ups that the options of ``SMALL`` describe."""
    return list(simulate(rescaled(load_scenario("demo-1"), 300, 2), 4))


def test_standard_output_holds_one_event_a_line(run: Callable[..., Outcome]) -> None:
    """What is written is what the library yields, and nothing is said beside it."""
    outcome = run("simulate", "-", *SMALL)
    assert outcome.status == 0
    assert outcome.errors == ""
    assert [json.loads(line) for line in outcome.output.splitlines()] == wanted()


def test_a_packed_file_is_the_same_bytes_each_time(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """A name that ends in .gz packs the lines, without the time of writing."""
    one, two = tmp_path / "one.jsonl.gz", tmp_path / "two.jsonl.gz"
    assert run("simulate", one, *SMALL).status == run("simulate", two, *SMALL).status == 0
    assert one.read_bytes() == two.read_bytes()
    assert [json.loads(line) for line in gzip.decompress(one.read_bytes()).splitlines()] == wanted()
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_parquet_holds_the_same_sign_ups(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """Dotted columns are read back as the sign-ups that the lines hold, labels included."""
    path = tmp_path / "events.parquet"
    assert run("simulate", path, *SMALL).status == 0
    source = open_source(str(path), None)
    rows = [Signup.from_mapping(row) for _, row in source.records(lambda: pytest.fail("a table never waits"))]
    source.close()
    assert rows == [Signup.from_mapping(event) for event in wanted()]


def test_a_first_day_moves_the_whole_scenario(run: Callable[..., Outcome]) -> None:
    """With --start the sign-ups begin at that day, so that one history can come after another."""
    outcome = run("simulate", "-", *SMALL, "--start", "2027-03-01")
    days = {json.loads(line)["at"][:10] for line in outcome.output.splitlines()}
    assert days == {"2027-03-01", "2027-03-02"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("out.jsonl", "--start", "soon"), "--start is 'soon'; give a day"),
        (("out.jsonl", "--start", "9999-12-31"), "give a day from 1970-01-02 to 2090-01-01"),
        (("out.xlsx",), "out.xlsx: the name does not tell its format"),
        (("out.jsonl", "--scenario", "nosuch"), "scenario nosuch: No such file"),
        (("missing/out.jsonl",), "missing/out.jsonl: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """A name without a format, an unknown scenario or a missing folder is one line and status 2."""
    monkeypatch.chdir(tmp_path)
    outcome = run("simulate", *arguments, "--signups", "50")
    assert outcome.status == 2
    assert said in outcome.errors
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_scenario_is_said(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """A file that is no scenario is named, and what was there before stays."""
    scenario, kept = tmp_path / "own.json", tmp_path / "kept.jsonl"
    scenario.write_text('{"version": 1}', encoding="utf-8")
    kept.write_text("before\n", encoding="utf-8")
    outcome = run("simulate", kept, "--scenario", scenario)
    assert outcome.status == 2
    assert "own.json" in outcome.errors
    assert kept.read_text(encoding="utf-8") == "before\n"


def test_what_fails_halfway_leaves_nothing(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """An error after the file was begun leaves what was there before, and no scratch file."""
    scenario, kept = tmp_path / "own.json", tmp_path / "kept.parquet"
    listed = ({"kind": "b7", "size": 20, "start_day": 0, "days": 1},)
    scenario.write_text(
        json.dumps(json.loads(load_scenario("demo-1").to_json()) | {"listed": listed}), encoding="utf-8"
    )
    kept.write_text("before\n", encoding="utf-8")
    outcome = run("simulate", kept, "--scenario", scenario)
    assert outcome.status == 2
    assert "unknown kind of farm 'b7'" in outcome.errors
    assert kept.read_text(encoding="utf-8") == "before\n"
    assert sorted(tmp_path.iterdir()) == [kept, scenario]


def test_parquet_is_written_in_row_groups(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many sign-ups are many groups of rows, so that neither side needs them all in memory."""
    monkeypatch.setattr(event_files, "_ROW_GROUP", 100)
    path = tmp_path / "events.parquet"
    assert run("simulate", path, *SMALL).status == 0
    metadata = parquet.ParquetFile(path).metadata
    assert metadata.num_row_groups == -(-metadata.num_rows // 100)
    assert metadata.num_rows == len(wanted())


def test_interrupted_it_leaves_a_whole_file(tmp_path: Path) -> None:
    """After Ctrl-C the file holds what was made so far, to the last whole line."""
    path = tmp_path / "long.jsonl"
    running = spawn("simulate", path, "--signups", "60000", "--days", "60", "--scenario", "demo-1")
    while not any(scratch.stat().st_size for scratch in tmp_path.iterdir()):
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate()
    assert running.returncode == 130
    assert [found.name for found in tmp_path.iterdir()] == ["long.jsonl"]
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert f"stopped; {len(events):,} synthetic sign-ups" in errors.decode()
    assert events[0]["at"].startswith("2026-05-04")
