"""Try how references are opened together: which file is used, what is said of it, what happens when one is damaged."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import signup_risk.references.locate
import signup_risk.references.manifest
from signup_risk.errors import ConfigurationError, ReferenceProblem
from signup_risk.references import NAMES, DomainFacts, References, open_references
from signup_risk.references.locate import Locator
from signup_risk.references.manifest import BUNDLED, Entry, check, manifest_text, read_manifest, sha256_of
from signup_risk.references.roles import open_roles
from tests.references.moments import LATER, NOW


def put(folder: Path, name: str, text: str, **changes: object) -> Path:
    """Put a refreshed file and its manifest into a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.txt"
    path.write_text(text)
    row = {
        "name": name, "file": path.name, "source": "test", "version": "1", "as_of": "2026-10-01",
        "retrieved": "2026-10-01", "licence": "MIT", "sha256": sha256_of(path), "size": path.stat().st_size,
        "rows": 1, "stale_after": "2027-10-01",
    }  # fmt: skip
    entry = Entry(**{**row, **changes})  # type: ignore[arg-type]
    (folder / "MANIFEST.json").write_text(manifest_text({name: entry}))
    return path


def test_every_name_is_described() -> None:
    """Each reference that can be replaced is listed, whether it is there or not."""
    infos = open_references().infos()
    assert sorted(info.name for info in infos) == sorted(NAMES)
    assert all(info.licence and info.as_of and info.source for info in infos if info.status == "ok")
    assert all(
        info.note == "not configured" and not info.required for info in infos if info.status == "absent"
    )


def test_unavailable() -> None:
    """In date nothing is missing; when all has expired each required reference is named."""
    references = open_references()
    assert references.unavailable(NOW) == ()
    assert set(references.unavailable(LATER)) == {info.name for info in references.infos() if info.required}


def test_refreshed_files_come_before_bundled_ones(tmp_path: Path) -> None:
    """A file in the data folder is used, with its own dates, and own files come before it."""
    put(tmp_path, "disposable", "fresh.example\n")
    references = open_references(tmp_path)
    assert references.domains.lookup("fresh.example", NOW).disposable is True
    assert references.unavailable(NOW + 365 * 86_400_000_000) == ("disposable",)
    own = tmp_path / "own.txt"
    own.write_text("own.example\n")
    references = open_references(tmp_path, overrides={"disposable": own})
    assert references.domains.lookup("fresh.example", NOW).disposable is False


@pytest.mark.parametrize("changes", [{"sha256": "0" * 64}, {"size": 1}, {"file": "gone.txt"}])
@pytest.mark.parametrize("name", ["disposable", "roles"])
def test_a_damaged_refreshed_file_gives_way_to_the_bundled_one(
    tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    """A file that is not what its entry says is not used; the description says why."""
    put(tmp_path, name, "fresh.example\n", **changes)
    references = open_references(tmp_path)
    assert references.domains.lookup("mailinator.com", NOW).disposable is True
    assert references.roles.lookup("postmaster", NOW) is True
    info = next(info for info in references.infos() if info.name == name)
    assert info.status == "ok"
    assert "refresh or reinstall it" in info.note


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"layout": 99, "files": {}}', '{"layout": 1, "files": {"x": {}}}']
)
def test_a_damaged_manifest_gives_way_to_the_bundled_data(tmp_path: Path, text: str) -> None:
    """A manifest that cannot be read takes nothing down, and says so."""
    (tmp_path / "MANIFEST.json").write_text(text)
    references = open_references(tmp_path)
    assert references.unavailable(NOW) == ()
    assert any("MANIFEST.json" in info.note for info in references.infos())


@pytest.mark.parametrize("file", ["../roles.txt", "/etc/passwd", ".hidden"])
def test_a_manifest_cannot_leave_its_folder(tmp_path: Path, file: str) -> None:
    """An entry that points elsewhere makes the manifest unreadable."""
    put(tmp_path, "roles", "x\n", file=file)
    with pytest.raises(ReferenceProblem, match="leaves the folder"):
        read_manifest(tmp_path)


def test_a_folder_without_manifest_holds_nothing(tmp_path: Path) -> None:
    """A data folder that was never refreshed, or is not there, changes nothing."""
    for folder in (tmp_path, tmp_path / "gone"):
        assert open_references(folder).unavailable(NOW) == ()


def test_damaged_bundled_data_is_absent(tmp_path: Path) -> None:
    """A broken installation leaves a reference absent and unknown; it does not stop the start."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(BUNDLED / "MANIFEST.json", folder)
    (folder / "role_accounts.txt").write_text("changed")
    roles = open_roles(Locator(None, {}, bundled=folder))
    assert roles.lookup("postmaster", NOW) is None
    (info,) = roles.infos()
    assert (info.status, info.required) == ("absent", True)
    assert "its manifest says" in info.note


def test_a_missing_package_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package of throw-away domains a miss is unknown, hits of the vendored list stay."""
    monkeypatch.setitem(__import__("sys").modules, "disposable_email_domains", None)
    references = open_references()
    assert references.unavailable(NOW) == ("disposable",)
    assert references.domains.lookup("nothing.example", NOW) == DomainFacts(None, False, False, False, None)


def test_a_missing_own_file_stops_the_start(tmp_path: Path) -> None:
    """The user's own file is the user's to mend, before the first sign-up."""
    with pytest.raises(ReferenceProblem, match=r"gone\.txt: no such file, given as 'roles'"):
        open_references(overrides={"roles": tmp_path / "gone.txt"})


def test_an_unknown_name_stops_the_start(tmp_path: Path) -> None:
    """A mistyped name is told from the names that there are."""
    with pytest.raises(ConfigurationError, match="'role' is not known; allowed: disposable"):
        open_references(overrides={"role": tmp_path / "x.txt"})


def test_verify(tmp_path: Path) -> None:
    """Every loaded file is hashed on demand, also the large one that opening only measures."""
    assert open_references().verify() == ()
    path = put(tmp_path, "roles", "fresh\n")
    references = open_references(tmp_path)
    path.write_text("other\n")
    (problem,) = references.verify()
    assert problem.startswith("roles: ")
    path.unlink()
    assert "cannot be read" in references.verify()[0]


def test_large_files_are_measured_at_open_and_hashed_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file of the right size passes at open and fails the whole check."""
    put(tmp_path, "roles", "fresh\n", sha256="0" * 64)
    entry = read_manifest(tmp_path)["roles"]
    monkeypatch.setattr(signup_risk.references.manifest, "HASHED_AT_OPEN", 1)
    assert check(tmp_path, entry).name == entry.file
    with pytest.raises(ReferenceProblem, match="its manifest says"):
        check(tmp_path, entry, whole=True)


def ask(references: References) -> tuple[bool | None, int | None]:
    """Look something up in another process."""
    return references.roles.lookup("mine", NOW), references.networks.lookup("8.8.8.8", NOW).asn


def test_references_travel_to_another_process(tmp_path: Path) -> None:
    """A pickle holds only how they were opened, own files included, and is opened anew elsewhere."""
    own = tmp_path / "roles.txt"
    own.write_text("mine\n")
    references = open_references(tmp_path, overrides={"roles": own})
    assert len(pickle.dumps(references)) < 1000
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(ask, references).result() == (True, 15169)
