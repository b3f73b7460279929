"""Choose the file of a reference: the user's own, else the refreshed one, else the one in the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from signup_risk.errors import ReferenceProblem
from signup_risk.references.base import ReferenceInfo, absent
from signup_risk.references.manifest import BUNDLED, Entry, bundled_manifest, check, read_manifest


@dataclass(frozen=True, slots=True)
class Located:
    """Hold the chosen file. ``path`` is ``None`` where there is none, and ``info`` says why."""

    info: ReferenceInfo
    path: Path | None
    is_override: bool = False


@dataclass(frozen=True, slots=True)
class Locator:
    """Look for files in the user's overrides, the refreshed folder and the package, in this order.

    A mistake in an override is the user's to mend, at start, and raises. A refreshed file that is damaged
    gives way to the bundled one with a note; a damaged bundled one leaves the reference absent, so that a
    sign-up is still scored, without it.
    """

    data_dir: Path | None
    overrides: Mapping[str, Path]
    bundled: Path = BUNDLED
    refreshed: Mapping[str, Entry] = field(default_factory=dict)
    note: str = ""

    @classmethod
    def of(cls, data_dir: Path | None, overrides: Mapping[str, Path]) -> Locator:
        """Read the manifest of the refreshed folder, if there is one."""
        if data_dir is None:
            return cls(None, overrides)
        try:
            return cls(data_dir, overrides, refreshed=read_manifest(data_dir))
        except ReferenceProblem as problem:
            return cls(data_dir, overrides, note=str(problem))

    def find(self, name: str, *, required: bool = True) -> Located:
        """Choose the file of a reference.

        Raises:
            ReferenceProblem: The user's own file is not there.
        """
        if name in self.overrides:
            return _override(name, self.overrides[name], required=required)
        refreshed = self.find_refreshed(name)
        if refreshed is not None and refreshed.path is not None:
            return refreshed
        note = self.note if refreshed is None else refreshed.info.note
        return self._bundled(name, note, required=required)

    def find_refreshed(self, name: str) -> Located | None:
        """Return the refreshed file, ``None`` if there is none, or a note about one that is damaged."""
        entry = self.refreshed.get(name)
        if entry is None or self.data_dir is None:
            return None
        try:
            return Located(entry.info(self.data_dir), check(self.data_dir, entry))
        except ReferenceProblem as problem:
            return Located(absent(name, str(problem)), None)

    def _bundled(self, name: str, note: str, *, required: bool) -> Located:
        entry = (
            bundled_manifest().get(name) if self.bundled == BUNDLED else read_manifest(self.bundled).get(name)
        )
        if entry is None:
            return Located(absent(name, note or "not configured", required=required), None)
        try:
            path = check(self.bundled, entry)
        except ReferenceProblem as problem:
            return Located(absent(name, str(problem), required=required), None)
        return Located(replace(entry.info(self.bundled), note=note, required=required), path)


def _override(name: str, path: Path, *, required: bool) -> Located:
    """Describe the user's own file; its date is that of the file until its content says better."""
    if not path.is_file():
        raise ReferenceProblem(f"{path}: no such file, given as {name!r}; correct the path or leave it out")
    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    info = ReferenceInfo(
        name, source="user file", as_of=changed, licence="user's own", path=str(path), required=required
    )
    return Located(info, path, is_override=True)
