"""Keep a few rows with the scores that a model gave when it was saved."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from signup_risk.errors import ModelMismatch
from signup_risk.model.booster import Booster

# The same trees give the same sum up to the order and fusing of additions by another compiler.
_TOLERANCE: Final = 1e-9
# JSON has no words for these; null stands for unknown (NaN).
_WORDS: Final = {"inf": math.inf, "-inf": -math.inf}


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """Hold one row of feature values and the raw score that belongs to it."""

    values: tuple[float, ...]
    raw_score: float

    def to_dict(self) -> dict[str, Any]:
        """Return the case as JSON values."""
        return {"values": [_to_json(value) for value in self.values], "raw_score": self.raw_score}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> GoldenCase:
        """Read a case as :meth:`to_dict` wrote it."""
        return cls(tuple(_from_json(value) for value in kept["values"]), float(kept["raw_score"]))


def golden_cases(booster: Booster, rows: Sequence[Sequence[float]]) -> tuple[GoldenCase, ...]:
    """Score rows to be kept beside the model."""
    return tuple(GoldenCase(tuple(row), booster.raw_score(array("d", row))) for row in rows)


def verify_golden(booster: Booster, cases: Sequence[GoldenCase]) -> None:
    """Check that the model still gives the scores that it was saved with.

    Raises:
        ModelMismatch: At the first case with another score.
    """
    for number, case in enumerate(cases):
        found = booster.raw_score(array("d", case.values))
        if not abs(found - case.raw_score) <= _TOLERANCE * max(1.0, abs(case.raw_score)):
            raise ModelMismatch(
                f"golden case {number} scores {found!r}, expected {case.raw_score!r}: the installed LightGBM "
                "computes this model differently; install the version that trained it, or train it again"
            )


def _to_json(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _from_json(value: Any) -> float:
    if value is None:
        return math.nan
    return _WORDS[value] if isinstance(value, str) else float(value)
