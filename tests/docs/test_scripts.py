"""The programs behind the scripts run from end to end, on a small sample."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def run(name: str, *arguments: str) -> str:
    """Run a program of the scripts and return what it printed."""
    command = [sys.executable, str(SCRIPTS / name), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_demo_shows_decisions_reasons_and_farms() -> None:
    """The demonstration prints decisions by group, reasons, how far each farm came, and calls it all synthetic."""
    said = run("demo_run.py", "--most", "1300")
    for part in ("all legitimate", "farm.a1.1", "Allowed: ", "first stopped: ", "a second, on one thread"):
        assert part in said
    assert said.count("synthetic") >= 5


def test_bench_prints_every_table() -> None:
    """The measurement prints all its tables and sets the naive way beside the product."""
    said = run("bench_run.py", "--events", "100")
    for part in ("sqlite, exact reasons, p99", "memory, score and decision, p50", "times slower at p50"):
        assert part in said
    for part in ("contributions, p50", "signup-risk score, sqlite, memory", "import and Scorer.open, median"):
        assert part in said


def test_bench_of_frames_sets_rows_beside() -> None:
    """Frames are set beside single rows in one run, and contributions asked for at once are those of single rows."""
    said = run("bench_frames.py", "--events", "60").splitlines()
    for part in ("row by row: a row", "jobs=2: a row", "times less processor time", "100,000 rows, by the clock"):
        assert any(part in line for line in said)
    assert any("equal to the bit" in line and line.rstrip().split()[-4] == "ok" for line in said)


def test_bench_of_bad_days_prints_its_table() -> None:
    """The table of bad days has a line for both forms, and nothing was dropped."""
    said = run("bench_faults.py", "--only", "noeviction").splitlines()
    rows = [line for line in said if "Redis full" in line]
    assert len(rows) == 2
    assert all(line.split()[-2] == "0" for line in rows)


def test_bench_of_stores_sets_plain_ways_beside() -> None:
    """The product is set beside a plain way in one run."""
    said = run("bench_store.py", "--events", "60", "--only", "raw rows")
    for part in ("product: times as many a second", "plain way: bytes a sign-up"):
        assert part in said


def test_bench_of_bytes_looks_at_every_store() -> None:
    """What a store takes is told by sign-up and by key, for a server and for a file."""
    said = run("bench_bytes.py", "--signups", "400").splitlines()
    for kind in ("redis", "sqlite"):
        (row,) = (line.split() for line in said if line.startswith(kind))
        assert int(row[1].replace(",", "")) > 300
        assert 500 < int(row[4].replace(",", "")) < 20_000


def test_soak_ends_in_parity() -> None:
    """After seconds of two writers the store holds what a replay of their sign-ups holds, and nothing failed."""
    said = run("bench_soak.py", "--minutes", "0.05", "--store", "sqlite", "--events", "100")
    for part in ("states differ from a replay", "sign-ups without velocity", "writes dropped", "growth an hour"):
        assert part in said
    assert "MISSED" not in said
