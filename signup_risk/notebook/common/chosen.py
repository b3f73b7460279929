"""Find the rows that somebody chose: by a mask, a query, ids, or a frame of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.events.kinds import is_absent, kind_of

Bools = npt.NDArray[np.bool_]

#: Some of the rows, as a caller may give them.
Chosen: TypeAlias = str | pd.DataFrame | pd.Series | Collection[Any]

_FORMS = "give a mask of one truth value a row, a query, ids, or a frame of sign-ups"


def rows_chosen(chosen: Chosen, ids: Sequence[str | None], frame: pd.DataFrame | None = None) -> Bools:
    """Return which rows are chosen.

    Args:
        chosen: A mask, a query over the frame, ids, or a frame that is found by its ids, else, if not every row has
            one, by its index.
        ids: Id of each row; None if it has none.
        frame: The rows, if they are given as a frame.

    Raises:
        ConfigurationError: It is none of these, or not all that are chosen are there.

    Examples:
        >>> rows_chosen({"b"}, ["a", "b", None]).tolist(), rows_chosen([True, None, False], ["a", "b", "c"]).tolist()
        ([False, True, False], [True, False, False])
    """
    if isinstance(chosen, str):
        return _queried(chosen, frame)
    if isinstance(chosen, pd.DataFrame):
        return _framed(chosen, ids, frame)
    told = _listed(chosen)
    if not _is_mask(told):
        return _named(told, ids)
    if isinstance(chosen, pd.Series) and frame is not None and not chosen.index.equals(frame.index):
        raise ConfigurationError("the index of the mask is not that of the frame; make it of the same frame")
    if len(told) != len(ids):
        raise ConfigurationError(f"the mask has {len(told):,} places for {len(ids):,} rows; make it of the same frame")
    return np.array([not is_absent(one) and bool(one) for one in told], dtype=np.bool_)


def _listed(chosen: Any) -> list[Any]:
    if not isinstance(chosen, Collection | pd.Series | pd.Index | np.ndarray) or isinstance(chosen, bytes):
        raise ConfigurationError(f"the chosen are given as {kind_of(chosen)}; {_FORMS}")
    return list(chosen)


def _is_mask(told: Sequence[Any]) -> bool:
    return bool(told) and all(isinstance(one, bool | np.bool_) or is_absent(one) for one in told)


def _queried(query: str, frame: pd.DataFrame | None) -> Bools:
    if frame is None:
        raise ConfigurationError("a query was given and no frame to ask it of; give the sign-ups as a frame, or ids")
    try:
        found = frame.eval(query)
    except Exception as problem:  # noqa: BLE001 - pandas raises whatever its parser and the columns do
        raise ConfigurationError(
            f"the query cannot be asked of the frame ({type(problem).__name__}: {str(problem)[:80]}); names with dots "
            "stand in backticks, and what a query cannot say a mask can"
        ) from None
    if not isinstance(found, pd.Series) or not pd.api.types.is_bool_dtype(found.dtype):
        raise ConfigurationError("the query gives no truth value for each row; compare something with something")
    told: Bools = found.fillna(value=False).to_numpy(dtype=np.bool_)
    return told


def _framed(chosen: pd.DataFrame, ids: Sequence[str | None], frame: pd.DataFrame | None) -> Bools:
    told = _ids_of(chosen)
    without = len(chosen) if told is None else sum(map(is_absent, told))
    if told is not None and not without:
        return _named(told, ids)
    if frame is None or not frame.index.is_unique or not chosen.index.isin(frame.index).all():
        raise ConfigurationError(
            f"{without:,} of {len(chosen):,} chosen rows have no signup_id, and the index of their frame does not tell "
            "them from others of the background; give a mask or ids"
        )
    found: Bools = frame.index.isin(chosen.index)
    if told is not None and not _agree(told, chosen, frame):
        raise ConfigurationError(
            f"{without:,} of {len(chosen):,} chosen rows have no signup_id, and by the index of their frame others "
            "have another id than in the background; give a mask, or rows of the same frame"
        )
    return found


def _ids_of(frame: pd.DataFrame) -> list[Any] | None:
    """Return the id of each row, absent ones included; None if the frame has no ids at all."""
    if "signup_id" in frame.columns:
        return list(frame["signup_id"])
    if "signup_id" in frame.index.names:
        return list(frame.index.get_level_values("signup_id"))
    return None


def _agree(told: Sequence[Any], chosen: pd.DataFrame, frame: pd.DataFrame) -> bool:
    """Tell whether rows that are found by their index are those that their ids say, where they have ids."""
    there = _ids_of(frame.loc[chosen.index])
    if there is None:
        return all(map(is_absent, told))
    return all(is_absent(one) or one == other for one, other in zip(told, there, strict=True))


def _named(chosen: Sequence[Any], ids: Sequence[str | None]) -> Bools:
    if without := sum(map(is_absent, chosen)):
        raise ConfigurationError(
            f"{without:,} of the {len(chosen):,} ids are absent, so it cannot be told which rows are meant; give a mask"
        )
    wanted = set(chosen)
    known = {one for one in ids if one is not None}
    missing = len(wanted - known)
    if missing:
        raise ConfigurationError(
            f"{missing:,} of {len(wanted):,} ids are not among the {len(ids):,} rows; put their sign-ups into the frame"
        )
    return np.array([one in wanted for one in ids], dtype=np.bool_)
