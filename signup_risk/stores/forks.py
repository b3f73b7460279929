"""Refuse a SQLite file in a process that forked off while the file was open.

SQLite keeps one note a process of which files are open and which locks are held. A forked child inherits the note, but
not the locks, so that a connection of its own to the same file takes locks for granted that nobody holds, and the file
is damaged (sqlite.org/howtocorrupt.html, section 2.6). Nothing short of starting anew mends that: the child is refused.
"""

from __future__ import annotations

import os
from pathlib import Path

from signup_risk.errors import StoreUnavailable

#: Files that are open: real path, process that opened it, and who holds it.
_open: set[tuple[str, int, int]] = set()


def claim(path: Path, holder: object) -> None:
    """Note that a file is being opened.

    Raises:
        StoreUnavailable: The parent process had it open when this one forked off.

    Examples:
        >>> holder = object()
        >>> claim(Path("velocity.db"), holder)
        >>> release(Path("velocity.db"), holder)
    """
    real = os.path.realpath(path)
    if any(other == real and pid != os.getpid() for other, pid, _ in tuple(_open)):
        raise StoreUnavailable(
            f"the velocity store {path} was open when this process forked off, and SQLite would damage the file; open "
            "it in the workers only, or close it before forking"
        )
    _open.add((real, os.getpid(), id(holder)))


def release(path: Path, holder: object) -> None:
    """Note that a file is closed. A second call does nothing."""
    _open.discard((os.path.realpath(path), os.getpid(), id(holder)))
