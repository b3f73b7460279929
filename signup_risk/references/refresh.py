"""Renew reference data in the user's folder: fetch, check, swap in, or leave everything as it was.

Each file is written under a new name and comes into use when the manifest, replaced in one step, names it. A
reader that opens the folder at any moment finds a whole old or a whole new file; the one before stays until
the next refresh. Two refreshes of one folder at the same moment are not kept apart: the later manifest wins.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from signup_risk.errors import ConfigurationError, ReferenceProblem
from signup_risk.references.download import fetch_url
from signup_risk.references.manifest import (
    MANIFEST_NAME,
    Entry,
    bundled_manifest,
    check,
    manifest_text,
    read_manifest,
)
from signup_risk.references.sources import SOURCES, Parsed, Source

Fetch = Callable[[str, int], bytes]

# A source that suddenly has less than half of its rows is broken more often than it is cleaned.
_SMALLEST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Say what became of one reference.

    Attributes:
        name: The reference.
        entry: Its new entry in the manifest; ``None`` if the old data was left.
        problem: Why it was left; empty if it was renewed.
    """

    name: str
    entry: Entry | None
    problem: str = ""


def refresh(
    names: Iterable[str],
    data_dir: str | Path,
    today: date,
    *,
    sources: Sequence[Source] = SOURCES,
    fetch: Fetch = fetch_url,
) -> tuple[Refreshed, ...]:
    """Renew references, one after the other; one that fails keeps its old data and does not stop the others.

    Args:
        names: References to renew; none means all that have a public address.
        data_dir: The user's folder, made if it is not there; :func:`~signup_risk.references.open_references`
            takes the same.
        today: The day, since nothing below the command reads the clock.
        sources: What can be fetched.
        fetch: Returns the body behind an address, at most so many bytes long.

    Raises:
        ConfigurationError: A name has no public address.
        ReferenceProblem: The folder, or the manifest in it, cannot be used.
    """
    known = {source.name: source for source in sources}
    wanted = tuple(dict.fromkeys(names)) or tuple(known)
    for name in wanted:
        if name not in known:
            raise ConfigurationError(f"{name!r} cannot be refreshed; allowed: {', '.join(known)}")
    folder = Path(data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReferenceProblem(f"{folder}: cannot be made ({error.strerror}); give another folder") from error
    read_manifest(folder)
    return tuple(_renew(known[name], folder, today, fetch) for name in wanted)


def _renew(source: Source, folder: Path, today: date, fetch: Fetch) -> Refreshed:
    try:
        parsed = source.parse([fetch(url, source.most_bytes) for url in source.urls])
        _check_rows(source, parsed, folder)
        entry = _entry(source, parsed, today)
        _swap_in(folder, entry, parsed.content)
        return Refreshed(source.name, entry)
    except ReferenceProblem as problem:
        return Refreshed(source.name, None, f"{source.name}: {problem}")
    except OSError as error:
        return Refreshed(
            source.name, None, f"{source.name}: cannot be written to {folder} ({error.strerror})"
        )


def _check_rows(source: Source, parsed: Parsed, folder: Path) -> None:
    present = read_manifest(folder).get(source.name) or bundled_manifest().get(source.name)
    least = max(source.least_rows, 0 if present is None else int(present.rows * _SMALLEST_SHARE))
    if parsed.rows < least:
        raise ReferenceProblem(f"has {parsed.rows:,} rows, at least {least:,} were expected; try again later")


def _entry(source: Source, parsed: Parsed, today: date) -> Entry:
    digest = hashlib.sha256(parsed.content).hexdigest()
    as_of = parsed.as_of or today
    return Entry(
        name=source.name,
        file=f"{source.name}-{digest[:16]}{source.suffix}",
        source=" ".join(source.urls),
        version=as_of.isoformat(),
        as_of=as_of.isoformat(),
        retrieved=today.isoformat(),
        licence=source.licence,
        sha256=digest,
        size=len(parsed.content),
        rows=parsed.rows,
        stale_after=(as_of + timedelta(days=source.believed_days)).isoformat(),
    )


def _swap_in(folder: Path, entry: Entry, content: bytes) -> None:
    before = read_manifest(folder)
    _write(folder / entry.file, content)
    check(folder, entry, whole=True)
    after = {**before, entry.name: entry}
    _write(folder / MANIFEST_NAME, manifest_text(after).encode())
    _remove_older(folder, entry, before)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole and durably, or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            # A temporary file is its owner's alone; the data is for every process that scores.
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_older(folder: Path, entry: Entry, before: Mapping[str, Entry]) -> None:
    """Remove files of this reference that neither the new nor the last manifest names."""
    kept = {entry.file, before[entry.name].file if entry.name in before else entry.file}
    for path in folder.glob(f"{entry.name}-*"):
        if path.name not in kept:
            with suppress(OSError):  # still open in another process, on a system that minds
                path.unlink()
