"""Move SQLite's write-ahead log into its file, in the background."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Final

#: Sign-ups between checkpoints; at about 100 kB of log each, the log stays near 50 MB.
EVERY: Final = 512

#: Passive checkpoints wait for nobody but never let the log start over while sign-ups keep coming, and a log that
#: only grows makes every write dearer. So two of them move nearly everything, and then one that holds writers back
#: for the rest, a moment, lets the log start over (sqlite.org/pragma.html#pragma_wal_checkpoint, read 2026-11).
_STEPS: Final = ("PASSIVE", "PASSIVE", "RESTART")

_PATIENCE: Final = 5.0


class Checkpointer:
    """Run a checkpoint after every 512 sign-ups.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writes = 0
        self._due = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def wrote(self) -> None:
        """Count one sign-up written; start the thread with the first, so that a reader has none."""
        self._writes += 1
        if self._writes % EVERY:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="signup-risk-checkpoint", daemon=True)
            self._thread.start()
        self._due.set()

    def close(self) -> None:
        """Stop the thread. The last connection to close makes the last checkpoint itself."""
        self._closed = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            if self._closed:
                return
            try:  # opened each time, since a connection that could not be opened once may be the next time
                with closing(sqlite3.connect(self._path, isolation_level=None, timeout=1)) as connection:
                    for step in _STEPS:
                        connection.execute(f"PRAGMA wal_checkpoint({step})").fetchall()
            except sqlite3.Error:  # busy or failing disk: the log grows until the next one succeeds
                continue


def empty_log(path: Path, timeout: float | None) -> bool:
    """Move the whole log into the file and cut it to nothing; say whether nobody was in the way.

    Args:
        path: The SQLite file.
        timeout: Seconds to wait for readers and writers; 5 by default.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE if timeout is None else timeout)
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.Error:
        return False
    finally:
        connection.close()
