"""Let things happen to a SQLite file, for real."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.scorer.faults.trial import Fault, Stage

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
"""


@contextmanager
def locked(folder: Path) -> Iterator[Stage]:
    """Let another process hold the file."""
    path = folder / "velocity.db"
    holders: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        command = [sys.executable, "-c", _HOLD, str(path)]
        one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holders.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == b"held\n"

    def end() -> None:
        holders[0].communicate()

    yield Stage(f"sqlite:///{path}", begin, end)


@contextmanager
def full(folder: Path) -> Iterator[Stage]:
    """Fill the disk: a small one in memory if this user may mount one, else by a limit on how long files grow."""
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)]
    is_mounted = sys.platform == "linux" and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield _filled(small) if is_mounted else _limited(small)
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(small)], check=True)


def _filled(small: Path) -> Stage:
    filler = small / "filler"

    def begin() -> None:
        with filler.open("wb", buffering=0) as file:
            for size in (65_536, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    return Stage(f"sqlite:///{small}/velocity.db", begin, filler.unlink)


def _limited(small: Path) -> Stage:
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def begin() -> None:
        longest = max(path.stat().st_size for path in small.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest, most))

    return Stage(
        f"sqlite:///{small}/velocity.db", begin, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))
    )


FAULTS = (
    Fault("SQLite locked by another process", locked, "locked"),
    Fault("SQLite on a full disk", full, "velocity store failed"),
)
