"""Describe a model: its inputs, calibration, origin and files."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.model.calibration import Calibration

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class FeatureSummary:
    """Describe one input of the model and what is usual for it among legitimate sign-ups.

    Attributes:
        name: Name of the feature.
        reason: Reason code that it had when the model was trained.
        monotone: Direction that the trees were held to: +1, -1 or 0.
        p01: Quantile of the known values; None if no legitimate sign-up had one. So are the next four.
        p50: Median.
        p90: 90 % quantile.
        p99: 99 % quantile.
        p999: 99.9 % quantile.
        share_nonzero: Share of the known values that are not zero.
        missing_share: Share of legitimate sign-ups for which the value is unknown.
    """

    name: str
    reason: str
    monotone: int
    p01: float | None
    p50: float | None
    p90: float | None
    p99: float | None
    p999: float | None
    share_nonzero: float
    missing_share: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hold what is known about a model beside its trees.

    Attributes:
        name: Name of the model.
        version: Its version, apart from that of the code.
        created_from: Where the training data came from: window, rows, campaigns and the like.
        features: The inputs, in the order of the model's columns.
        versions: Versions of what the features are computed with, by name (normalizers, feature code).
        fingerprint: Digest of names and versions, see :func:`feature_fingerprint`.
        calibration: From raw score to probability and false-positive rate.
        thresholds: Raw thresholds by the name of the decision, for the reader; policies state rates instead.
        references: Reference data that were used for training: name, version and date of each.
        metrics: Measured quality, by name.
        synthetic: Whether the training data were simulated.
    """

    name: str
    version: str
    created_from: Mapping[str, Any]
    features: tuple[FeatureSummary, ...]
    versions: Mapping[str, int | str]
    fingerprint: str
    calibration: Calibration
    thresholds: Mapping[str, Any]
    references: tuple[Mapping[str, Any], ...]
    metrics: Mapping[str, Any]
    synthetic: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return tuple(summary.name for summary in self.features)

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return kept | {
            "format": FORMAT,
            "features": [{name: getattr(summary, name) for name in _SUMMARY} for summary in self.features],
            "calibration": self.calibration.to_dict(),
            "created_from": dict(self.created_from),
            "versions": dict(self.versions),
            "thresholds": dict(self.thresholds),
            "references": [dict(reference) for reference in self.references],
            "metrics": dict(self.metrics),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Manifest:
        """Read a manifest.

        Raises:
            ModelMismatch: If its format is another or anything is missing, of the wrong kind or
                contradictory.
        """
        if kept.get("format") != FORMAT:
            raise ModelMismatch(
                f"the model folder has format {kept.get('format')!r}, this version reads {FORMAT}; "
                "train the model again or install the version of signup-risk that made it"
            )
        manifest = cls(
            name=_part(kept, "name", _is_label),
            version=_part(kept, "version", _is_label),
            created_from=_part(kept, "created_from", _is_mapping),
            features=tuple(_summary(item) for item in _part(kept, "features", _is_list)),
            versions=_part(kept, "versions", _is_mapping),
            fingerprint=_part(kept, "fingerprint", _is_label),
            calibration=Calibration.from_dict(_part(kept, "calibration", _is_mapping)),
            thresholds=_part(kept, "thresholds", _is_mapping),
            references=tuple(
                _part(kept, "references", lambda value: _is_list(value) and all(map(_is_mapping, value)))
            ),
            metrics=_part(kept, "metrics", _is_mapping),
            synthetic=_part(kept, "synthetic", lambda value: isinstance(value, bool)),
        )
        computed = feature_fingerprint(manifest.names, manifest.versions)
        if computed != manifest.fingerprint:
            raise ModelMismatch(
                f"manifest.json names features with fingerprint {computed[:12]} but states "
                f"{manifest.fingerprint[:12]}; it was edited or damaged, copy the model folder again"
            )
        return manifest


def feature_fingerprint(names: Sequence[str], versions: Mapping[str, int | str]) -> str:
    """Return a digest of the features' names, in order, and of the versions that they were computed with.

    Examples:
        >>> feature_fingerprint(["a", "b"], {"email": 1}) == feature_fingerprint(["b", "a"], {"email": 1})
        False
    """
    text = json.dumps([list(names), sorted(versions.items())], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_digest(kept: Mapping[str, Any]) -> str:
    """Return a digest of all that a manifest file says, its own digest left out.

    It finds damage and careless edits, not an attacker, who would write another digest.

    Examples:
        >>> manifest_digest({"a": 1, "digest": "x"}) == manifest_digest({"a": 1}) != manifest_digest({"a": 2})
        True
    """
    rest = {name: value for name, value in kept.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_name(name: str) -> None:
    """Refuse a name that the manifest of a model could not be read with.

    Raises:
        ConfigurationError: It is empty, too long or holds what cannot be printed.
    """
    if not _is_label(name):
        raise ConfigurationError(
            f"the model cannot be named {name[:40]!r} ({len(name)} characters); give 1 to 128 printable characters"
        )


_SUMMARY: Final = tuple(field.name for field in fields(FeatureSummary))
_QUANTILES: Final = ("p01", "p50", "p90", "p99", "p999")


def _summary(item: Any) -> FeatureSummary:
    if not _is_mapping(item):
        raise _wrong("features", item)
    return FeatureSummary(
        name=_part(item, "name", _is_label),
        reason=_part(item, "reason", _is_label),
        monotone=_part(item, "monotone", lambda value: value in (-1, 0, 1)),
        share_nonzero=_part(item, "share_nonzero", _is_share),
        missing_share=_part(item, "missing_share", _is_share),
        **{name: _part(item, name, _is_quantile) for name in _QUANTILES},
    )


def _part(kept: Mapping[str, Any], name: str, sound: Callable[[Any], bool]) -> Any:
    value = kept.get(name)
    if not sound(value):
        raise _wrong(name, value)
    return value


def _wrong(name: str, value: Any) -> ModelMismatch:
    kind = "nothing" if value is None else f"a {type(value).__name__}"
    return ModelMismatch(
        f"manifest.json has {kind} that is not usable as {name!r}; copy the model folder again"
    )


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 128 and value.isprintable()


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0.0 <= value <= 1.0


def _is_quantile(value: Any) -> bool:
    return value is None or _is_number(value)
