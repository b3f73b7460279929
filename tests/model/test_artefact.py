"""Save, load and damage model folders."""

from __future__ import annotations

import json
import math
import shutil
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.model import (
    FeatureSummary,
    Manifest,
    ModelArtefact,
    bundled_model_path,
    feature_fingerprint,
    save_artefact,
)
from signup_risk.model import artefact as artefact_module
from signup_risk.model.manifest import check_name, manifest_digest
from signup_risk.model.save import check_place
from signup_risk.training.calibrate import fit_calibration

TextOf = Callable[[str], str]
NAMES = tuple(f"feature_{number}" for number in range(6))
VERSIONS = {"email": 1, "phone": 2}
ROWS = [
    [0.5, -1.0, 2.0, 0.0, math.nan, math.inf],
    [math.nan] * 6,
    [0.0, 1e9, -math.inf, 3.0, 1.0, 0.1],
]


def manifest() -> Manifest:
    """Describe the small test models."""
    return Manifest(
        name="test",
        version="1",
        created_from={"start": "2026-01-01", "end": "2026-03-01", "rows": 1500},
        features=tuple(
            FeatureSummary(name, name.upper(), 0, 0.0, 1.0, 2.0, 3.0, None, 0.5, 0.1) for name in NAMES
        ),
        versions=VERSIONS,
        fingerprint=feature_fingerprint(NAMES, VERSIONS),
        calibration=fit_calibration([-1.0, 0.0, 1.0, 2.0], [0, 0, 1, 1]),
        thresholds={"review": {"fpr": 0.003, "raw": 1.5}},
        references=({"name": "domains", "version": "1"},),
        metrics={"tpr_at_1_percent": 0.5},
        synthetic=True,
    )


@pytest.fixture
def folder(tmp_path: Path, model_text: TextOf) -> Path:
    """Save a small model."""
    path = tmp_path / "models" / "test"
    save_artefact(
        path,
        model_text=model_text("plain"),
        manifest=manifest(),
        card="# Test\n\nSynthetic.\n",
        golden_rows=ROWS,
    )
    return path


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of a folder, and its digest with it."""
    path = folder / "manifest.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    change(kept)
    kept["digest"] = manifest_digest(kept)
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_a_manifest_that_was_altered_is_refused(folder: Path) -> None:
    """Thresholds and calibration are read from it, and no golden case would notice; an old manifest has no digest."""
    path = folder / "manifest.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(kept | {"thresholds": {"fpr_0.01": -9.0}}), encoding="utf-8")
    with pytest.raises(ModelMismatch, match=r"manifest\.json was altered"):
        ModelArtefact.load(folder)
    path.write_text(json.dumps({name: value for name, value in kept.items() if name != "digest"}), encoding="utf-8")
    ModelArtefact.load(folder).close()


def test_what_is_saved_is_loaded(folder: Path) -> None:
    """A folder gives back its manifest, trees and golden cases, and nothing is left beside it."""
    loaded = ModelArtefact.load(folder, names=NAMES, versions=VERSIONS)
    assert loaded.manifest == manifest()
    assert loaded.booster.feature_names == NAMES
    assert [len(case.values) for case in loaded.golden] == [6, 6, 6]
    loaded.verify_golden()
    assert loaded.booster.raw_score(array("d", ROWS[0])) == loaded.golden[0].raw_score
    loaded.close()
    assert [path.name for path in folder.parent.iterdir()] == ["test"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "MODEL_CARD.md", "golden.json", "manifest.json", "model.txt",
    ]  # fmt: skip


def test_saving_again_replaces_the_folder(folder: Path, model_text: TextOf) -> None:
    """A newer model takes the place of the older one as a whole."""
    newer = replace(manifest(), version="2")
    save_artefact(folder, model_text=model_text("deep"), manifest=newer, card="# Two\n", golden_rows=ROWS)
    loaded = ModelArtefact.load(folder)
    loaded.verify_golden()
    assert loaded.manifest.version == "2"
    assert [path.name for path in folder.parent.iterdir()] == ["test"]


def test_a_failed_save_leaves_the_old_folder(folder: Path, model_text: TextOf) -> None:
    """A model that does not fit its manifest is not put in the place of one that works."""
    other = replace(manifest(), features=manifest().features[:-1])
    other = replace(other, fingerprint=feature_fingerprint(other.names, VERSIONS))
    with pytest.raises(ModelMismatch, match=r"6 features, manifest\.json 5"):
        save_artefact(folder, model_text=model_text("plain"), manifest=other, card="", golden_rows=ROWS)
    ModelArtefact.load(folder).verify_golden()
    assert [path.name for path in folder.parent.iterdir()] == ["test"]


def test_a_failed_rename_puts_the_old_folder_back(
    folder: Path, model_text: TextOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the new folder cannot be moved into place, the old one returns there."""
    rename = Path.rename

    def refuse_new(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(OSError, match="no"):
        save_artefact(folder, model_text=model_text("deep"), manifest=manifest(), card="", golden_rows=ROWS)
    assert ModelArtefact.load(folder).booster.trees == 25


def test_other_folders_are_not_overwritten(tmp_path: Path, model_text: TextOf) -> None:
    """A folder that holds no model is not replaced by one."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("kept")
    with pytest.raises(ConfigurationError, match="not a model folder"):
        save_artefact(
            tmp_path / "notes", model_text=model_text("plain"), manifest=manifest(), card="", golden_rows=ROWS
        )
    assert (tmp_path / "notes" / "diary.txt").read_text() == "kept"


@pytest.mark.parametrize("content", ['{"name": "web app"}', '{"format": 99}', "[]", "no JSON"])
def test_a_manifest_of_something_else_is_no_model(tmp_path: Path, model_text: TextOf, content: str) -> None:
    """A folder with a manifest.json of another kind, such as that of a web page, is left as it is."""
    (tmp_path / "app" / "src").mkdir(parents=True)
    (tmp_path / "app" / "manifest.json").write_text(content)
    with pytest.raises(ConfigurationError, match="not a model folder"):
        save_artefact(tmp_path / "app", model_text=model_text("plain"), manifest=manifest(), card="", golden_rows=ROWS)
    assert (tmp_path / "app" / "src").is_dir()
    assert (tmp_path / "app" / "manifest.json").read_text() == content


def test_files_of_others_in_a_model_folder_are_kept(folder: Path, model_text: TextOf) -> None:
    """A model folder that holds something beside the model is not replaced, and the error names it."""
    (folder / "evaluation.json").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"holds 'evaluation\.json' as well"):
        save_artefact(folder, model_text=model_text("deep"), manifest=manifest(), card="", golden_rows=ROWS)
    assert (folder / "evaluation.json").read_text() == "mine"
    ModelArtefact.load(folder).verify_golden()


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    """Where a file stands there can be no folder, and that is known before anything is trained."""
    (tmp_path / "h.jsonl").write_text("{}")
    with pytest.raises(ConfigurationError, match="is a file; name another place"):
        check_place(tmp_path / "h.jsonl" / "x" / "y")


def test_the_present_folder_may_be_a_model(
    folder: Path, model_text: TextOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model folder is replaced from inside as well."""
    monkeypatch.chdir(folder)
    save_artefact(".", model_text=model_text("deep"), manifest=manifest(), card="", golden_rows=ROWS)
    assert [path.name for path in folder.parent.iterdir()] == ["test"]


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 129])
def test_names_that_no_manifest_can_have_are_refused(name: str) -> None:
    """What a manifest could not be read with is refused before there is a model."""
    with pytest.raises(ConfigurationError, match="1 to 128 printable"):
        check_name(name)


@pytest.mark.parametrize("name", ["model.txt", "MODEL_CARD.md", "golden.json"])
def test_an_altered_file_is_refused(folder: Path, name: str) -> None:
    """One byte more in any file is noticed, and the error names the file."""
    with (folder / name).open("a") as file:
        file.write(" ")
    with pytest.raises(ModelMismatch, match=f"{name} was altered"):
        ModelArtefact.load(folder)


@pytest.mark.parametrize("name", ["model.txt", "MODEL_CARD.md", "golden.json", "manifest.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """The error says which file is missing and what a folder holds."""
    (folder / name).unlink()
    with pytest.raises(ModelMismatch, match=f"{name} cannot be read .* a model folder holds"):
        ModelArtefact.load(folder)


def test_an_oversized_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is not read into memory."""
    monkeypatch.setattr(artefact_module, "_MAX_BYTES", 1000)
    with pytest.raises(ModelMismatch, match="larger than"):
        ModelArtefact.load(folder)


@pytest.mark.parametrize(
    "files",
    [None, [], {}, {"../../etc/passwd": "0"}, {"model.txt": "0", "MODEL_CARD.md": "0", "/etc/passwd": "0"}],
)
def test_manifests_cannot_name_other_files(folder: Path, files: object) -> None:
    """Only the known files may be named, so that no path leads out of the folder."""
    edit(folder, lambda kept: kept.update(files=files))
    with pytest.raises(ModelMismatch, match="digests of exactly"):
        ModelArtefact.load(folder)


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("format", 2, "format 2, this version reads 1"),
        ("format", None, "format None"),
        ("name", "", "'name'"),
        ("name", "a\nb", "'name'"),
        ("version", 1, "'version'"),
        ("synthetic", "yes", "'synthetic'"),
        ("features", {}, "'features'"),
        ("features", ["a"], "'features'"),
        ("features", [{"name": "a", "reason": "A", "monotone": 5}], "'monotone'"),
        ("calibration", None, "nothing that is not usable as 'calibration'"),
        ("references", [1], "'references'"),
        ("fingerprint", "0" * 64, "fingerprint"),
        ("versions", {"email": 9}, "fingerprint"),
    ],
)
def test_an_unusable_manifest_is_refused(folder: Path, part: str, value: object, message: str) -> None:
    """The error names the part of the manifest that cannot be used."""
    edit(folder, lambda kept: kept.update({part: value}))
    with pytest.raises(ModelMismatch, match=message):
        ModelArtefact.load(folder)


@pytest.mark.parametrize("value", ["many", True, math.inf, -0.5, 2.0])
def test_unusable_shares_are_refused(folder: Path, value: object) -> None:
    """A share has to be a number between 0 and 1."""
    edit(folder, lambda kept: kept["features"][2].update(missing_share=value))
    with pytest.raises(ModelMismatch, match=r"missing_share|not JSON"):
        ModelArtefact.load(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": NaN}', "[" * 100_000, '{"format": 1' + "0" * 5000 + "}"]
)
def test_what_is_no_json_object_is_refused(folder: Path, text: str) -> None:
    """Broken, deeply nested or huge JSON ends in an error of this package."""
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ModelMismatch, match=r"manifest\.json"):
        ModelArtefact.load(folder)


def test_another_catalogue_is_refused(folder: Path) -> None:
    """A catalogue with other features, or another order, is told apart and named."""
    with pytest.raises(
        ModelMismatch, match=r"has 6 \(missing here: feature_5; unknown to the model: other\)"
    ):
        ModelArtefact.load(folder, names=[*NAMES[:-1], "other"])
    with pytest.raises(ModelMismatch, match="another order"):
        ModelArtefact.load(folder, names=NAMES[::-1])
    with pytest.raises(ModelMismatch, match="a0, a1, a2 and 7 more"):
        ModelArtefact.load(folder, names=[*NAMES, *(f"a{number}" for number in range(10))])


def test_other_versions_are_refused(folder: Path) -> None:
    """A normalizer of another version than in training is named with both versions."""
    with pytest.raises(ModelMismatch, match="phone: trained with 2, found 3"):
        ModelArtefact.load(folder, names=NAMES, versions={"email": 1, "phone": 3})


def test_golden_cases_have_to_fit(folder: Path) -> None:
    """Golden rows of another width, or none, are refused though their digest is right."""
    for cases in ([], [{"values": [1.0], "raw_score": 0.0}], [{"values": ["nan"] * 6, "raw_score": 0.0}], 5):
        text = json.dumps({"cases": cases})
        (folder / "golden.json").write_text(text)
        digest = artefact_module.hashlib.sha256(text.encode()).hexdigest()
        edit(folder, lambda kept, digest=digest: kept["files"].update({"golden.json": digest}))
        with pytest.raises(ModelMismatch, match=r"golden\.json"):
            ModelArtefact.load(folder)


def test_other_scores_than_when_saved_are_noticed(folder: Path) -> None:
    """A golden case that no longer holds is an error with both scores."""
    loaded = ModelArtefact.load(folder)
    wrong = replace(loaded, golden=(replace(loaded.golden[0], raw_score=loaded.golden[0].raw_score + 1e-6),))
    with pytest.raises(ModelMismatch, match="golden case 0 scores"):
        wrong.verify_golden()


def test_bundled_models_are_found_in_wheel_and_tree(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside the package wins over beside the package; a name without a model is an error."""
    import signup_risk.model as model_package

    package = tmp_path / "site" / "signup_risk"
    monkeypatch.setattr(model_package, "__file__", str(package / "model" / "__init__.py"))
    with pytest.raises(ModelMismatch, match="no model 'bundled'"):
        bundled_model_path()
    beside = package.parent / "models" / "bundled"
    shutil.copytree(folder, beside)
    assert bundled_model_path() == beside
    inside = package / "bundled_models" / "bundled"
    shutil.copytree(folder, inside)
    assert bundled_model_path() == inside
