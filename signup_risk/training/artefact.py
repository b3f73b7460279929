"""Describe a trained model in a manifest and a card, and write its folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from signup_risk.extract import VERSIONS
from signup_risk.model import Manifest, ModelArtefact, feature_fingerprint, save_artefact
from signup_risk.references import References
from signup_risk.training.evaluate.cautions import sketch, training_record
from signup_risk.training.fit import summaries
from signup_risk.training.history import HistoryReport
from signup_risk.training.simulated import simulated_count
from signup_risk.training.table import FeatureTable
from signup_risk.training.train import Trained, TrainingOptions
from signup_risk.training.trained_card import trained_card

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_GOLDEN_ROWS: Final = 20


def save_trained(  # noqa: PLR0913 - everything that a folder tells
    out: str | Path,
    trained: Trained,
    report: HistoryReport,
    options: TrainingOptions,
    references: References,
    *,
    name: str,
    base: ModelArtefact | None = None,
) -> Manifest:
    """Write the folder of a trained model and return its manifest.

    Nothing in it depends on the clock or the machine: the same history, options and references give the same bytes.

    Args:
        out: The folder; a model that is there is replaced.
        trained: The model.
        report: What was found in the history.
        options: How it was trained.
        references: What was looked up.
        name: Name of the model.
        base: The model that it was continued from.

    Raises:
        ConfigurationError: Something that is no model folder stands at that place.
    """
    manifest = describe(trained, report, options, references, name=name, base=base)
    calibrated = trained.table.rows[trained.split.calibrate]
    step = max(1, len(calibrated) // _GOLDEN_ROWS)
    save_artefact(
        out,
        model_text=trained.grown.text,
        manifest=manifest,
        card=trained_card(manifest),
        golden_rows=calibrated[: step * _GOLDEN_ROWS : step].tolist(),
    )
    return manifest


def describe(  # noqa: PLR0913 - as above
    trained: Trained,
    report: HistoryReport,
    options: TrainingOptions,
    references: References,
    *,
    name: str,
    base: ModelArtefact | None = None,
) -> Manifest:
    """Return the manifest of a trained model."""
    names = [entry.name for entry in trained.features]
    split = trained.split
    used = trained.table.where(split.fit | split.stop | split.calibrate)
    return Manifest(
        name=name,
        version="1",
        created_from=_origin(trained, used, report, options, base),
        features=summaries([used], trained.features),
        versions=dict(VERSIONS),
        fingerprint=feature_fingerprint(names, VERSIONS),
        calibration=trained.calibration,
        thresholds={f"fpr_{threshold.fpr:g}": threshold.raw for threshold in trained.thresholds},
        references=tuple(reference_entry(info) for info in references.infos()),
        metrics=_metrics(trained),
        synthetic=simulated_count(used.groups) > 0 or (base is not None and base.manifest.synthetic),
    )


def reference_entry(info: Any) -> dict[str, Any]:
    """Return what a manifest keeps of a reference."""
    as_of = info.as_of.isoformat() if info.as_of else None
    return {"name": info.name, "version": info.version, "as_of": as_of, "sha256": info.sha256}


def _origin(
    trained: Trained, used: FeatureTable, report: HistoryReport, options: TrainingOptions, base: ModelArtefact | None
) -> dict[str, Any]:
    split = trained.split
    report = trained.at_cut_off or report
    origin: dict[str, Any] = {
        "window": {"first": _text(int(used.times.min())), "last": _text(int(used.times.max()))},
        "id_sketch": sketch(used.ids),
        "sign-ups": report.abusive + report.legitimate + report.unlabelled,
        "abusive": report.abusive,
        "legitimate": report.legitimate,
        "without a label": report.unlabelled,
        "repeated ids left out": report.repeated,
        "rows that could not be read": report.bad,
        "fitted on": int(split.fit.sum()),
        "stopped on": int(split.stop.sum()),
        "calibrated on": int(split.calibrate.sum()),
        "gap in days": round(split.gap_days, 3),
        "left out in the gap": split.in_gap,
        "left out, not known at the cut-off": split.immature,
        "trees": trained.grown.trees,
        "parameters": trained.parameters,
        "seed": options.seed,
    }
    simulated = simulated_count(used.groups)
    if 0 < simulated < len(used):
        origin["simulated"] = f"{simulated:,} of {len(used):,} sign-ups used, by the names of their groups"
    if base is not None:
        origin["trained_on"] = training_record(base.manifest)
        origin["continued from"] = f"{base.manifest.name} {base.manifest.version}"
        origin["trees continued from"] = base.booster.trees
    return origin


def _metrics(trained: Trained) -> dict[str, Any]:
    metrics: dict[str, Any] = {
        "thresholds": [threshold.to_dict() for threshold in trained.thresholds],
        "trials": [trial.to_dict() for trial in trained.trials],
    }
    if trained.cautions:
        metrics["cautions"] = list(trained.cautions)
    if trained.comparison is not None:
        metrics["against the model continued from"] = trained.comparison.to_dict()
    return metrics


def _text(moment: int) -> str:
    return (_EPOCH + timedelta(microseconds=moment)).isoformat().replace("+00:00", "Z")
