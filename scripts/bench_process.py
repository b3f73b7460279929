"""Measure whole processes: opening a scorer, and the command on a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OPEN = """
from time import perf_counter
started = perf_counter()
from signup_risk import Scorer
scorer = Scorer.open("memory://")
print(perf_counter() - started)
"""

# A child starts with its parent's peak of memory (Linux keeps ru_maxrss across exec), and this process is large.
# So a small one stands between, and says what it measured.
MEASURE = """
import os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - started, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""

# ru_maxrss counts kilobytes on Linux and bytes on macOS (getrusage(2) of each).
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


def run_process(command: Sequence[str]) -> tuple[float, float, str]:
    """Run a command; return its seconds, the most megabytes that it or a worker of it held, and its output."""
    measured = [sys.executable, "-S", "-c", MEASURE, *command]
    done = subprocess.run(measured, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed with {done.returncode}: {done.stderr}")
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), float(peak) / MEGABYTE, done.stdout


def open_times(runs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of import and open in fresh interpreters, and the megabytes held after."""
    opened = [run_process([sys.executable, "-c", OPEN]) for _ in range(runs)]
    return [float(said) for _, _, said in opened], [megabytes for _, megabytes, _ in opened]


def score_file(source: Path, folder: Path, store: str) -> tuple[float, float, int]:
    """Score a file with the command; return seconds, megabytes and the lines written."""
    output = folder / "assessments.jsonl"
    command = [sys.executable, "-m", "signup_risk", "score", str(source)]
    seconds, megabytes, _ = run_process([*command, "--output", str(output), "--store", store])
    with output.open("rb") as file:
        return seconds, megabytes, sum(1 for _ in file)
