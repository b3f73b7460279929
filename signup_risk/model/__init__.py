"""Hold the model: its trees, calibration and folder."""

from __future__ import annotations

from pathlib import Path

from signup_risk.errors import ModelMismatch
from signup_risk.model.artefact import ModelArtefact
from signup_risk.model.booster import Booster
from signup_risk.model.calibration import Calibration
from signup_risk.model.manifest import FeatureSummary, Manifest, feature_fingerprint
from signup_risk.model.save import save_artefact

__all__ = [
    "Booster",
    "Calibration",
    "FeatureSummary",
    "Manifest",
    "ModelArtefact",
    "bundled_model_path",
    "feature_fingerprint",
    "save_artefact",
]


def bundled_model_path(name: str = "bundled") -> Path:
    """Return the folder of a model that comes with the package.

    A wheel carries the models inside the package; in a source tree they stand at the top level.

    Raises:
        ModelMismatch: If there is no such model.
    """
    package = Path(__file__).resolve().parent.parent
    for models in (package / "bundled_models", package.parent / "models"):
        if (models / name / "manifest.json").is_file():
            return models / name
    raise ModelMismatch(
        f"no model {name!r} comes with this package; reinstall it, or pass the path of your own"
    )
