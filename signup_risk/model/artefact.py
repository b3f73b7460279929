"""Load a model folder, refusing anything that is not exactly what it says it is.

A folder holds ``model.txt``, ``manifest.json``, ``MODEL_CARD.md`` and ``golden.json``: text only, nothing
that can execute. The manifest states the digest of each other file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, Self

from signup_risk.errors import ModelMismatch
from signup_risk.model.booster import Booster
from signup_risk.model.golden import GoldenCase, verify_golden
from signup_risk.model.manifest import Manifest, feature_fingerprint, manifest_digest

MODEL: Final = "model.txt"
MANIFEST: Final = "manifest.json"
CARD: Final = "MODEL_CARD.md"
GOLDEN: Final = "golden.json"
HASHED: Final = (MODEL, CARD, GOLDEN)
# 5,000 trees of 31 leaves are 20 MB; whatever is larger is not a model of this library.
_MAX_BYTES: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class ModelArtefact:
    """Hold a loaded model.

    Attributes:
        manifest: What is known about it.
        booster: Its trees.
        golden: Rows with the scores that it has to give.
        path: The folder that it came from.
        digest: Digest of all that the manifest says, trees and calibration included: it tells one model from every
            other, where the manifest's fingerprint tells features from others.
    """

    manifest: Manifest
    booster: Booster
    golden: tuple[GoldenCase, ...]
    path: Path
    digest: str = ""

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        names: Sequence[str] | None = None,
        versions: Mapping[str, int | str] | None = None,
    ) -> Self:
        """Load a model folder and check it.

        Args:
            path: The folder.
            names: Names of the features that will be computed for it, in order.
            versions: Versions that they will be computed with.

        Raises:
            ModelMismatch: If a file is missing, too large or altered, or the model wants other features.
        """
        folder = Path(path)
        kept = _read_json(folder, MANIFEST, _read(folder, MANIFEST))
        contents = _read_verified(folder, kept.get("files"))
        manifest = Manifest.from_dict(kept)
        _check_digest(kept)
        if names is not None:
            _check_names(manifest.names, tuple(names))
        if versions is not None:
            _check_versions(manifest, versions)
        booster = Booster(contents[MODEL].decode("utf-8", "replace"))
        if booster.feature_names != manifest.names:
            raise ModelMismatch(
                f"model.txt has {len(booster.feature_names)} features, manifest.json {len(manifest.names)}, "
                "and they differ in name or order; the files are of different models, copy the folder again"
            )
        golden = _read_golden(folder, contents[GOLDEN], len(manifest.names))
        verify_golden(booster, golden)
        return cls(manifest, booster, golden, folder, manifest_digest(kept))

    def verify_golden(self) -> None:
        """Check that the model gives the scores that it was saved with.

        Raises:
            ModelMismatch: If one differs.
        """
        verify_golden(self.booster, self.golden)

    def close(self) -> None:
        """Let go of LightGBM's memory."""
        self.booster.close()


def _read(folder: Path, name: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as problem:
        raise ModelMismatch(
            f"{name} cannot be read in the model folder {str(folder)!r} ({problem.strerror}); "
            f"a model folder holds {MANIFEST}, {', '.join(HASHED)}"
        ) from problem
    if len(content) > _MAX_BYTES:
        raise ModelMismatch(
            f"{name} is larger than {_MAX_BYTES // 2**20} MB, the most that is read; check the folder"
        )
    return content


def _read_verified(folder: Path, files: Any) -> dict[str, bytes]:
    # Names are compared with the known ones and never used as paths, so a manifest cannot point outside its
    # folder.
    if not isinstance(files, dict) or set(files) != set(HASHED):
        raise ModelMismatch(
            f"manifest.json has to state the digests of exactly {', '.join(HASHED)}; save it again"
        )
    contents = {name: _read(folder, name) for name in HASHED}
    for name, content in contents.items():
        found = hashlib.sha256(content).hexdigest()
        if found != files[name]:
            raise ModelMismatch(
                f"{name} was altered: sha256 {found[:12]}, manifest.json expects "
                f"{str(files[name])[:12]}; copy the folder again, or save the model again after a deliberate "
                "change"
            )
    return contents


def _check_digest(kept: Mapping[str, Any]) -> None:
    """Refuse a manifest whose calibration or thresholds, say, are not those that were saved.

    Models saved before manifests had a digest have none to check.
    """
    stated, found = kept.get("digest"), manifest_digest(kept)
    if stated is not None and stated != found:
        raise ModelMismatch(
            f"manifest.json was altered: its content has sha256 {found[:12]}, it states {str(stated)[:12]}; copy the "
            "folder again, or save the model again after a deliberate change"
        )


def _read_json(folder: Path, name: str, content: bytes) -> dict[str, Any]:
    try:
        kept = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise ModelMismatch(
            f"{name} in {str(folder)!r} is not JSON; copy the model folder again"
        ) from problem
    if not isinstance(kept, dict):
        raise ModelMismatch(f"{name} in {str(folder)!r} is a JSON {type(kept).__name__}, wanted an object")
    return kept


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _read_golden(folder: Path, content: bytes, width: int) -> tuple[GoldenCase, ...]:
    kept = _read_json(folder, GOLDEN, content)
    try:
        cases = tuple(map(GoldenCase.from_dict, kept["cases"]))
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise ModelMismatch(f"{GOLDEN} is incomplete ({problem!r}); save the model again") from problem
    if not cases or any(len(case.values) != width for case in cases):
        raise ModelMismatch(
            f"{GOLDEN} has to hold rows of {width} values, at least one; save the model again"
        )
    return cases


def _check_names(expected: tuple[str, ...], found: tuple[str, ...]) -> None:
    if expected == found:
        return
    absent = sorted(set(expected) - set(found))
    added = sorted(set(found) - set(expected))
    what = (
        f"missing here: {_some(absent)}; unknown to the model: {_some(added)}"
        if absent or added
        else "another order"
    )
    raise ModelMismatch(
        f"the model expects {len(expected)} features, the catalogue has {len(found)} ({what}); "
        "use the model of this version, or train it again with the present catalogue"
    )


def _check_versions(manifest: Manifest, versions: Mapping[str, int | str]) -> None:
    if feature_fingerprint(manifest.names, versions) == manifest.fingerprint:
        return
    trained = manifest.versions
    differing = [
        f"{name}: trained with {trained.get(name)!r}, found {versions.get(name)!r}"
        for name in sorted(set(trained) | set(versions))
        if trained.get(name) != versions.get(name)
    ]
    raise ModelMismatch(
        f"the features are computed differently than when the model was trained ({_some(differing)}); "
        "use the model of this version, or train it again"
    )


def _some(names: Sequence[str]) -> str:
    if not names:
        return "none"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
