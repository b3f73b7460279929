"""Find a data file, in the user's folder or in the package, and hold it against its manifest entry.

Each folder has one ``MANIFEST.json``: file, source, version, dates, licence, sha256, size and rows of every
file in it. A file that is not what its entry says is not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ReferenceProblem
from signup_risk.references.base import ReferenceInfo

BUNDLED: Final = Path(__file__).parent.parent / "data"
MANIFEST_NAME: Final = "MANIFEST.json"
LAYOUT: Final = 1

# Hashing costs about a millisecond a megabyte. Files above this are held against their size when they are
# opened and against their hash when they are built, refreshed or verified (``signup-risk data list
# --verify``).
HASHED_AT_OPEN: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one row of a manifest; dates are ISO text, as in the file."""

    name: str
    file: str
    source: str
    version: str
    as_of: str
    retrieved: str
    licence: str
    sha256: str
    size: int
    rows: int
    stale_after: str | None

    def info(self, folder: Path) -> ReferenceInfo:
        """Return the entry as a description of the loaded file."""
        return ReferenceInfo(
            name=self.name,
            source=self.source,
            version=self.version,
            as_of=date.fromisoformat(self.as_of),
            licence=self.licence,
            sha256=self.sha256,
            stale_after=date.fromisoformat(self.stale_after) if self.stale_after else None,
            rows=self.rows,
            path=str(folder / self.file),
        )


def read_manifest(folder: Path) -> dict[str, Entry]:
    """Read the manifest of a folder; a folder without one holds no data.

    Raises:
        ReferenceProblem: The manifest is there but cannot be read.
    """
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ReferenceProblem(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    try:
        document = json.loads(text)
        if document["layout"] != LAYOUT:
            raise ReferenceProblem(
                f"{path}: layout {document['layout']!r}, this version reads {LAYOUT}; refresh the data again"
            )
        return {name: _entry(name, row) for name, row in document["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReferenceProblem(f"{path}: not a manifest ({error}); delete it and refresh the data") from error


@cache
def bundled_manifest() -> Mapping[str, Entry]:
    """Return the manifest of the package's own data, read once."""
    return read_manifest(BUNDLED)


def manifest_text(entries: Mapping[str, Entry]) -> str:
    """Write entries as the text of a manifest, in a stable order."""
    rows: dict[str, Any] = {}
    for name in sorted(entries):
        rows[name] = {key: value for key, value in asdict(entries[name]).items() if key != "name"}
    return json.dumps({"layout": LAYOUT, "files": rows}, indent=1, ensure_ascii=False) + "\n"


def check(folder: Path, entry: Entry, *, whole: bool = False) -> Path:
    """Return the path of an entry's file, after holding it against the entry.

    Args:
        folder: Folder of the manifest.
        entry: The entry.
        whole: Hash the file however large it is.

    Raises:
        ReferenceProblem: The file is missing, or differs from the entry.
    """
    path = folder / entry.file
    try:
        size = path.stat().st_size
        digest = sha256_of(path) if whole or size <= HASHED_AT_OPEN else entry.sha256
    except OSError as error:
        raise ReferenceProblem(
            f"{path}: cannot be read ({error.strerror}); refresh or reinstall it"
        ) from error
    if size != entry.size or digest != entry.sha256:
        raise ReferenceProblem(
            f"{path}: has {size} bytes with sha256 {digest[:12]}..., its manifest says {entry.size} bytes with "
            f"{entry.sha256[:12]}...; refresh or reinstall it"
        )
    return path


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(name: str, row: Mapping[str, Any]) -> Entry:
    entry = Entry(name=name, **row)
    if "/" in entry.file or "\\" in entry.file or entry.file.startswith("."):
        raise ValueError(f"{entry.file!r} leaves the folder")
    date.fromisoformat(entry.as_of)
    if entry.stale_after is not None:
        date.fromisoformat(entry.stale_after)
    return entry
