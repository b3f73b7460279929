"""Measure whole processes: opening a scorer, and the command on a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

OPEN = """
from time import perf_counter
started = perf_counter()
from signup_risk import Scorer
scorer = Scorer.open("memory://")
print(perf_counter() - started)
"""

# ru_maxrss counts kilobytes on Linux and bytes on macOS (getrusage(2) of each).
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


def run_process(command: Sequence[str], output: Path) -> tuple[float, float]:
    """Run a command; return its seconds and the most megabytes that it, or a worker of it, held."""
    started = perf_counter()
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return perf_counter() - started, usage.ru_maxrss / MEGABYTE


def open_times(runs: int, folder: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of import and open in fresh interpreters, and the megabytes held after."""
    seconds, megabytes = [], []
    for _ in range(runs):
        output = folder / "opened"
        megabytes.append(run_process([sys.executable, "-c", OPEN], output)[1])
        seconds.append(float(output.read_text()))
    return seconds, megabytes


def score_file(source: Path, folder: Path, store: str) -> tuple[float, float, int]:
    """Score a file with the command; return seconds, megabytes and the lines written."""
    output = folder / "assessments.jsonl"
    command = [sys.executable, "-m", "signup_risk", "score", str(source)]
    seconds, megabytes = run_process([*command, "--output", str(output), "--store", store], folder / "said")
    with output.open("rb") as file:
        return seconds, megabytes, sum(1 for _ in file)
