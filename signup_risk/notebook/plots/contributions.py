"""Read frames of contributions: one row a sign-up, one column a feature or a reason code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.extract.custom import custom_feature, custom_key
from signup_risk.features.catalog import CATALOG
from signup_risk.notebook.plots.frames import floats, is_synthetic, require
from signup_risk.training.evaluate.sample import Floats

#: What may stand beside the contributions without being one.
BESIDE: Final = frozenset(
    {"base_value", "raw_score", "risk_score", "fpr", "decision", "signup_id", "at", "label", "group", "weight"}
)
_FAMILY: Final[dict[str, str]] = {
    **{entry.name: entry.family for entry in CATALOG},
    **{entry.reason: entry.family for entry in CATALOG},
    # What partners say stands beside the model.
    "partner_indicator": "coordination",
    "PARTNER_INDICATOR": "coordination",
}
OTHER: Final = "other"
#: What stands in front of the name of a feature in a frame of assessments.
FRONT: Final = "contribution."


@dataclass(frozen=True, slots=True)
class Contributions:
    """Hold contributions as numbers.

    Attributes:
        names: Features or reason codes.
        families: Family of each.
        table: Log-odds, a row a sign-up, a column a name.
        amounts: Values of the features; NaN is unknown. None if they were not given.
        synthetic: Whether the sign-ups are simulated.
    """

    names: list[str]
    families: list[str]
    table: Floats
    amounts: Floats | None
    synthetic: bool


def contributions_of(
    frame: pd.DataFrame, values: pd.DataFrame | None = None, synthetic: bool | None = None
) -> Contributions:
    """Read contributions and, if given, the values that they are of.

    Raises:
        ConfigurationError: A frame is empty or holds what is no number, or the two do not fit.
    """
    require(frame, [])
    fronted = [name for name in frame.columns if str(name).startswith(FRONT)]
    columns = fronted or [name for name in frame.columns if name not in BESIDE]
    if not columns:
        raise ConfigurationError(
            f"the frame has no column of contributions, only {', '.join(map(repr, frame.columns[:6]))}; give one "
            "column for each feature or reason code"
        )
    require(frame, columns)
    table = np.column_stack([floats(frame, name) for name in columns])
    given = None if values is None else _values(values, columns, len(frame))
    # A sign-up that could not be assessed has no contribution at all.
    told = ~np.isnan(table).all(axis=1)
    if not told.any():
        raise ConfigurationError(f"none of the {len(frame):,} rows has a contribution; give assessed sign-ups")
    names = [str(name).removeprefix(FRONT) for name in columns]
    families = [family_of(name) for name in names]
    kept = np.nan_to_num(table[told], nan=0.0)
    return Contributions(names, families, kept, None if given is None else given[told], is_synthetic(frame, synthetic))


def family_of(name: str) -> str:
    """Return the family of a feature or a reason code.

    Examples:
        >>> family_of("device_count_24h"), family_of("EMAIL_DISPOSABLE"), family_of("custom_plan"), family_of("x")
        ('velocity', 'email', 'identity', 'other')
    """
    key = custom_key(name.lower())
    return _FAMILY.get(name) or (OTHER if key is None else custom_feature(key).family)


def _values(values: pd.DataFrame, columns: list[str], rows: int) -> Floats:
    require(values, [])
    if len(values) != rows:
        raise ConfigurationError(
            f"there are {rows:,} rows of contributions and {len(values):,} of values; give both of the same sign-ups"
        )
    unknown = np.full(rows, np.nan)
    names = [str(name).removeprefix(FRONT) for name in columns]
    if not any(name in values.columns for name in names):
        raise ConfigurationError(
            f"values has none of the {len(names):,} features, such as {names[0]!r}, but {len(values.columns):,} other "
            "columns; give values of features, not sign-ups: pd.DataFrame(table.rows, columns=table.names) of the same "
            "sign-ups, replayed (signup_risk.training.replay)"
        )
    return np.column_stack([floats(values, name) if name in values.columns else unknown for name in names])
