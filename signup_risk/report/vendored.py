"""Hand out the libraries that a page draws with, held against their manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from signup_risk.errors import ReferenceProblem
from signup_risk.references.manifest import Entry, check, read_manifest

#: Libraries as their packages publish them, with MANIFEST.json and the texts of their licences.
VENDOR: Final = Path(__file__).parent / "vendor"
#: In the order in which they load: the second draws with the first.
LIBRARIES: Final = ("d3", "plot")


def library_entries() -> tuple[Entry, ...]:
    """Return what the manifest says about each library, in the order in which they load.

    Raises:
        ReferenceProblem: One of them is not in the manifest.
    """
    entries = read_manifest(VENDOR)
    missing = [name for name in LIBRARIES if name not in entries]
    if missing:
        raise ReferenceProblem(f"{VENDOR}: the library {missing[0]!r} is missing; install signup_risk again")
    return tuple(entries[name] for name in LIBRARIES)


def library_text(entry: Entry) -> str:
    """Return the code of a library, unmodified.

    Raises:
        ReferenceProblem: The file is missing, or is not what the manifest says.
    """
    return check(VENDOR, entry).read_bytes().decode("utf-8")


def licence_texts() -> tuple[tuple[str, str], ...]:
    """Return name and licence of each library and of its parts, as their packages ship them."""
    files = sorted((VENDOR / "LICENSES").glob("*.txt"))
    return tuple((file.stem, file.read_text(encoding="utf-8").strip()) for file in files)
