"""Write assessments as columns, named as ``pandas.json_normalize`` names the parts of the output contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from signup_risk.scorer.frames.work import CONTRACT, Answer

#: Why a row has no answer.
ERROR: Final = "error"

#: What stands in front of the name of a feature whose contribution a column holds.
PREFIX: Final = "contribution."

#: Column of what partners add, there if any row has it.
PARTNER: Final = "partner_indicator"

_TIMES: Final = frozenset({"at", "campaign.first_seen"})
_NUMBERS: Final = frozenset({"risk_score", "fpr", "campaign.probability", "latency_ms", "propensity"})
_COUNTS: Final = frozenset({"campaign.size", "campaign.growth_24h"})


class AnswerColumns:
    """Gather answers by the place of their rows.

    Args:
        size: Number of rows.
        features: Features whose contributions are wanted; None if none are.
    """

    def __init__(self, size: int, features: Sequence[str] | None) -> None:
        self._columns: list[list[Any]] = [[None] * size for _ in CONTRACT]
        self._errors: list[str | None] = [None] * size
        self._names = None if features is None else ["raw_score", "base_value", *features, PARTNER]
        self._amounts = np.full((size, len(self._names or ())), np.nan)

    def put(self, place: int, answer: Answer) -> None:
        """Take the answer about a row."""
        for column, value in zip(self._columns, answer.values, strict=True):
            column[place] = value
        if answer.amounts:
            amounts = np.frombuffer(answer.amounts)
            self._amounts[place, : len(amounts)] = amounts

    def refuse(self, place: int, reason: str) -> None:
        """Note why there is no answer about a row."""
        self._errors[place] = reason

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """Return the answers under an index."""
        made = {name: _series(name, values, index) for name, values in zip(CONTRACT, self._columns, strict=True)}
        told = pd.DataFrame(made | {ERROR: pd.Series(self._errors, index=index, dtype=object)}, index=index)
        return told if self._names is None else pd.concat([told, self._contributions(index)], axis=1)

    def _contributions(self, index: pd.Index) -> pd.DataFrame:
        names = self._names or []
        told = [name if place < 2 else f"{PREFIX}{name}" for place, name in enumerate(names)]
        frame = pd.DataFrame(self._amounts, index=index, columns=told)
        if frame[told[-1]].isna().all():
            return frame.iloc[:, :-1]
        frame.loc[frame["base_value"].notna() & frame[told[-1]].isna(), told[-1]] = 0.0  # partners said nothing of it
        return frame


def _series(name: str, values: list[Any], index: pd.Index) -> pd.Series:
    if name in _TIMES:
        moments = pd.to_datetime(pd.Series(values, index=index, dtype=object), utc=True, format="ISO8601")
        return moments.astype("datetime64[us, UTC]")
    kind = "float64" if name in _NUMBERS else "Int64" if name in _COUNTS else object
    return pd.Series(values, index=index, dtype="boolean" if name == "explored" else kind)
