"""Write a model folder so that a reader sees the old one or the new one, never a mixture."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.model.artefact import CARD, GOLDEN, HASHED, MANIFEST, MODEL, ModelArtefact
from signup_risk.model.booster import Booster
from signup_risk.model.golden import golden_cases
from signup_risk.model.manifest import FORMAT, Manifest, manifest_digest

#: All that a model folder holds; whatever else stands in a folder is someone's own and must not go with it.
_OWN: Final = frozenset({MODEL, CARD, GOLDEN, MANIFEST})


def save_artefact(
    path: str | Path,
    *,
    model_text: str,
    manifest: Manifest,
    card: str,
    golden_rows: Sequence[Sequence[float]],
) -> None:
    """Write a model folder, replacing one that is there.

    The folder is written beside its place, loaded and checked, and only then renamed; a folder that stands
    there is moved aside first, so for one instant none may be found, but never half of one.

    Args:
        path: Where the folder shall stand.
        model_text: The trees, as LightGBM saves them.
        manifest: What is known about the model.
        card: The model card, in Markdown.
        golden_rows: Rows of feature values that are kept with the scores that the model gives them now.

    Raises:
        ModelMismatch: If the parts do not belong together.
        ConfigurationError: If no model folder can stand at that place, see :func:`check_place`.
    """
    check_place(path)
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
        fresh = Path(beside, "new")
        fresh.mkdir()
        _write(fresh, _contents(model_text, card, golden_rows), manifest)
        loaded = ModelArtefact.load(fresh, names=manifest.names)
        loaded.verify_golden()
        loaded.close()
        _swap(fresh, target, Path(beside, "old"))


def check_place(path: str | Path) -> None:
    """Refuse a place that a model folder cannot take without loss: only a model folder, and nothing else, gives way.

    Raises:
        ConfigurationError: Something else stands there, the folder holds files beside those of a model, or nothing
            can be written there.
    """
    target = Path(path).resolve()
    if target.exists():
        _check_replaceable(target, str(path))
    above = next(folder for folder in target.parents if folder.exists())
    if not above.is_dir():
        raise ConfigurationError(f"{str(path)!r} cannot be a folder: {str(above)!r} is a file; name another place")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ConfigurationError(f"{str(path)!r} cannot be written: {str(above)!r} is read-only; name another place")


def _check_replaceable(target: Path, said: str) -> None:
    if not target.is_dir() or not _is_manifest(target / MANIFEST):
        raise ConfigurationError(
            f"{said!r} exists and is not a model folder (it has no {MANIFEST} of format {FORMAT}); name another place"
        )
    strange = sorted(one.name for one in target.iterdir() if one.name not in _OWN or not one.is_file())
    if strange:
        raise ConfigurationError(
            f"{said!r} is a model folder, but holds {strange[0]!r} as well ({len(strange)} beside the files of the "
            "model), which would be lost; move it out, or name another place"
        )


def _is_manifest(path: Path) -> bool:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT and "fingerprint" in found


def _swap(fresh: Path, target: Path, aside: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise


def _contents(model_text: str, card: str, golden_rows: Sequence[Sequence[float]]) -> dict[str, bytes]:
    with Booster(model_text) as booster:
        cases = [case.to_dict() for case in golden_cases(booster, golden_rows)]
    golden = json.dumps({"cases": cases}, allow_nan=False)
    return {MODEL: model_text.encode("ascii"), CARD: card.encode(), GOLDEN: golden.encode()}


def _write(folder: Path, contents: dict[str, bytes], manifest: Manifest) -> None:
    files = {name: hashlib.sha256(contents[name]).hexdigest() for name in HASHED}
    # As a reader will see it: tuples become lists.
    kept = json.loads(json.dumps(manifest.to_dict() | {"files": files}, allow_nan=False))
    text = json.dumps(kept | {"digest": manifest_digest(kept)}, indent=1, allow_nan=False, ensure_ascii=False)
    for name, content in {**contents, MANIFEST: text.encode()}.items():
        with (folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
