"""Run the command as a process: signals, pipes, a terminal, memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from signup_risk import __version__
from tests.cli.running import line, spawn

Write = Callable[..., Path]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_while_waiting(number: int, status: int) -> None:
    """What came through a slow pipe is answered at once, and a signal leaves whole lines and a count."""
    process = spawn("score", "-")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write((line(0) + line(1) + line(2) + '{"at": ').encode())
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(3)]
    process.send_signal(number)
    rest, errors = process.communicate()
    assert process.returncode == status
    assert [one["signup_id"] for one in answers] == ["s-0", "s-1", "s-2"]
    assert rest == b""
    assert errors.decode().startswith("signup-risk: stopped; 3 scored")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_signal_while_scoring(lines_file: Write, tmp_path: Path, jobs: str) -> None:
    """A signal in the middle of a file leaves a file of whole lines, the first ones, as many as it says."""
    path, target = lines_file([line(number) for number in range(20_000)]), tmp_path / "out.jsonl"
    os.mkfifo(target)
    process = spawn("score", path, "--output", target, "--no-explain", "--jobs", jobs)
    with target.open("rb") as stream:
        first = stream.readline()
        process.send_signal(signal.SIGINT)
        content = first + stream.read()
    _, errors = process.communicate()
    found = [json.loads(one)["signup_id"] for one in content.splitlines()]
    assert process.returncode == 130
    assert content.endswith(b"\n")
    assert 0 < len(found) < 20_000
    assert found == [f"s-{number}" for number in range(len(found))]
    assert errors.decode().startswith(f"signup-risk: stopped; {len(found):,} scored")


def test_broken_pipe_is_quiet(lines_file: Write) -> None:
    """A reader that goes away ends the command without a word."""
    process = spawn("score", lines_file([line(number) for number in range(1000)]), "--no-explain", bufsize=0)
    assert process.stdout is not None
    assert process.stdout.read(1) == b"{"
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_full_disk() -> None:
    """An output that takes nothing more is one line on standard error, not a traceback."""
    process = spawn("score", "-", "-o", "/dev/full")
    _, errors = process.communicate(line(0).encode())
    assert process.returncode == 2
    assert errors == b"signup-risk: No space left on device; nothing more was written\n"


def test_progress_on_a_terminal(lines_file: Write) -> None:
    """On a terminal standard error shows progress and a summary; the output is the same."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = spawn("score", lines_file([line(number) for number in range(300)]), stderr=theirs)
    os.close(theirs)
    output, _ = process.communicate()
    shown = bytearray()
    while not (b"300 scored (" in shown and shown.endswith(b")\r\n")):  # whatever the decisions are
        shown += os.read(ours, 1 << 16)
    os.close(ours)
    assert len(output.splitlines()) == 300
    assert b"scored" in shown
    assert b"B/s" in shown
    assert b"signup-risk: 300 scored (" in shown


PEAK = """
import resource, sys
from signup_risk.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def peak_kilobytes(path: Path, jobs: str) -> int:
    """Return the most memory that scoring a file takes."""
    command = [sys.executable, "-c", PEAK, "score", str(path), "--no-explain", "-o", os.devnull, "--jobs", jobs]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stderr.splitlines()[-1])


@pytest.mark.parametrize(("ending", "jobs"), [("jsonl", "1"), ("csv", "2")])
def test_memory_is_constant(tmp_path: Path, ending: str, jobs: str) -> None:
    """Ten times the lines take no more memory, though the file has several times what is allowed for."""
    peaks = []
    for count in (2_000, 20_000):
        # One sign-up sent again and again, so that velocity has nothing to keep; most of each line is a broken
        # one, which costs reading but no scoring.
        path = tmp_path / f"{count}.{ending}"
        good = '{"signup_id": "s", "at": "2026-05-01T12:00:00Z"}\n'
        if ending == "csv":
            good = "s,2026-05-01T12:00:00Z,\n"
        with path.open("w") as file:
            file.write("signup_id,at,email\n" if ending == "csv" else "")
            for _ in range(count // 100):
                file.write(good + ("x" * 2_000 + "\n") * 99)
        peaks.append(peak_kilobytes(path, jobs))
    assert peaks[1] - peaks[0] < 8_000


def test_version() -> None:
    """The module runs as the command does."""
    process = spawn("--version")
    output, _ = process.communicate()
    assert (process.returncode, output.decode().strip()) == (0, f"signup-risk {__version__}")
