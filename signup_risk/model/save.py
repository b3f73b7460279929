"""Write a model folder so that a reader sees the old one or the new one, never a mixture."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from signup_risk.errors import ConfigurationError
from signup_risk.model.artefact import CARD, GOLDEN, HASHED, MANIFEST, MODEL, ModelArtefact
from signup_risk.model.booster import Booster
from signup_risk.model.golden import golden_cases
from signup_risk.model.manifest import Manifest


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
        ConfigurationError: If something that is no model folder stands at that place.
    """
    target = Path(path)
    if target.exists() and not (target / MANIFEST).is_file():
        raise ConfigurationError(f"{str(target)!r} exists and is not a model folder; name another place")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
        fresh = Path(beside, "new")
        fresh.mkdir()
        _write(fresh, _contents(model_text, card, golden_rows), manifest)
        loaded = ModelArtefact.load(fresh, names=manifest.names)
        loaded.verify_golden()
        loaded.close()
        _swap(fresh, target, Path(beside, "old"))


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
    text = json.dumps(manifest.to_dict() | {"files": files}, indent=1, allow_nan=False, ensure_ascii=False)
    for name, content in {**contents, MANIFEST: text.encode()}.items():
        with (folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
