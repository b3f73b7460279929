"""Take what scikit-learn and analysts pass to a classifier, and refuse the rest with what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup

_ALLOWED: Final = "give a list of mappings or Signup values, or a DataFrame with the dotted columns of the contract"


def signups_of(events: Any) -> list[Signup]:
    """Return the sign-ups of a list or a DataFrame.

    Raises:
        ConfigurationError: It is neither, or holds something else.
        InvalidSignup: An event is of a wrong type or has no ``at``.
    """
    rows: Any = events.to_dict("records") if hasattr(events, "columns") else events
    if not isinstance(rows, Iterable) or isinstance(rows, str | bytes | Mapping):
        raise ConfigurationError(f"sign-ups were given as {type(events).__name__}; {_ALLOWED}")
    return [_signup(number, row) for number, row in enumerate(rows)]


def labels_of(y: Any, count: int) -> npt.NDArray[np.int64]:
    """Return labels as whole numbers; a table of one column is taken as a list.

    Raises:
        ConfigurationError: There are more or fewer than sign-ups, or one is neither 0 nor 1.
    """
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        shape = type(y).__name__ if labels.ndim == 0 else f"an array of shape {labels.shape}"
        raise ConfigurationError(f"labels were given as {shape}; give one label a sign-up, each 0 or 1")
    if len(labels) != count or not all(label in {0, 1} for label in labels.tolist()):
        raise ConfigurationError(
            f"{count} sign-ups and {len(labels)} labels were given; give as many labels, each 0 or 1"
        )
    return labels.astype(np.int64)


def _signup(number: int, row: Any) -> Signup:
    if isinstance(row, Signup):
        return row
    if not isinstance(row, Mapping):
        raise ConfigurationError(f"sign-up {number} is of type {type(row).__name__}; {_ALLOWED}")
    return Signup.from_mapping(_given(row), require_at=True)


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells that hold something; pandas fills the others with NaN."""
    return {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124
