"""Read the rows of a pandas frame as mappings of the input contract, whatever its dtypes and index are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events import Signup
from signup_risk.events.fields import BY_NAME
from signup_risk.events.kinds import is_absent, kind_of, safe_name
from signup_risk.scorer.frames.work import Row, RowProblem
from signup_risk.scorer.times import timely

#: Fields of labelled data; no score reads them, so they stay where they are.
_LABELLED: Final = frozenset({"label", "label_at", "label_confidence", "propensity", "group"})

#: What a cell holds that its column cannot give out as a value of Python's.
_UNREADABLE: Final = object()

_ADVICE: Final = "rename it, drop it, or name it in ignore="


class FrameRows:
    """Hold the columns of a frame that are fields of a sign-up.

    A level of the index that is called like a field, ``signup_id`` for instance, counts as a column if no column has
    that name.

    Args:
        frame: One row a sign-up; dotted columns (``device.id``), or columns of mappings (``device``).
        ignore: Columns to leave out.

    Raises:
        ConfigurationError: It is no frame, or its columns are not as they should be.
    """

    def __init__(self, frame: pd.DataFrame, ignore: Collection[str] = ()) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise ConfigurationError(
                f"sign-ups were given as {kind_of(frame)}; give a pandas DataFrame (Polars and Arrow have to_pandas())"
            )
        left_out = {ignore} if isinstance(ignore, str) else set(ignore)
        columns = {name: frame.iloc[:, place] for place, name in enumerate(_checked(frame.columns, left_out))}
        for level, name in enumerate(frame.index.names):
            if name in BY_NAME and name not in columns and name not in left_out:
                columns[name] = frame.index.get_level_values(level).to_series()
        wanted = {name: column for name, column in columns.items() if name not in left_out | _LABELLED}
        _check_fields(wanted)
        self._size = len(frame)
        self._cells = {name: _cells(column) for name, column in wanted.items()}

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._size

    def __iter__(self) -> Iterator[Row | RowProblem]:
        """Yield the rows in their order, without the cells that hold nothing."""
        return map(self.row, range(self._size))

    def row(self, place: int) -> Row | RowProblem:
        """Return one row, without the cells that hold nothing."""
        found = {}
        for name, cells in self._cells.items():
            value = cells[place]
            if value is _UNREADABLE:
                return RowProblem(f"{name}: found a value that cannot be read; allowed: a value of Python's")
            if not is_absent(value):
                found[name] = value
        return found


def in_order_of_time(rows: FrameRows, now: datetime) -> tuple[list[tuple[int, Row]], dict[int, RowProblem]]:
    """Return the rows in the order of time, equal times in the order of the frame, and those that have no usable time.

    Args:
        rows: The rows.
        now: The present moment; a time more than a day ahead is not usable.
    """
    timed: list[tuple[datetime, int, Row]] = []
    problems: dict[int, RowProblem] = {}
    for place, row in enumerate(rows):
        found = row if isinstance(row, RowProblem) else time_of(row, now)
        if isinstance(found, RowProblem):
            problems[place] = found
        elif isinstance(row, dict):
            timed.append((found, place, row | {"at": found}))
    timed.sort(key=lambda one: one[:2])
    return [(place, row) for _, place, row in timed], problems


def time_of(row: Row, now: datetime) -> datetime | RowProblem:
    """Return when a sign-up happened, or why that cannot be told."""
    try:
        found = BY_NAME["at"].parse(row.get("at"))
        if found is None:
            return RowProblem("at: found nothing; allowed: a time with an offset; it is required in frames")
        at = timely(Signup(at=found), now).at
    except InvalidSignup as problem:
        return RowProblem(str(problem))
    assert at is not None  # noqa: S101 - for the type checker; it was given
    return at


def _checked(columns: pd.Index, left_out: Collection[str]) -> list[str]:
    """Return the names of the columns.

    Raises:
        ConfigurationError: They are no texts, or one stands twice.
    """
    if columns.nlevels > 1:
        raise ConfigurationError(f"the columns have {columns.nlevels} levels; join their names with dots (device.id)")
    names = list(columns)
    for name in names:
        if not isinstance(name, str) and name not in left_out:
            raise ConfigurationError(f"a column is called by {kind_of(name)}; {_ADVICE}")
    wanted = [name for name in names if name not in left_out]
    twice = next((name for name in wanted if wanted.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(f"the column {safe_name(twice) or 'of one name'} stands twice; keep one of them")
    return names


def _check_fields(columns: dict[str, pd.Series]) -> None:
    """Refuse columns that are no fields, and times without a zone, once rather than in every row."""
    try:
        Signup.from_mapping(dict.fromkeys(columns))
    except InvalidSignup as problem:
        raise ConfigurationError(f"column {problem}; {_ADVICE}") from None
    if "at" not in columns:
        raise ConfigurationError("there is no column at; it is required in frames, a time with an offset")
    if _is_naive(columns["at"].dtype):
        raise ConfigurationError(
            'the times in column at have no time zone; say which: frame["at"] = frame["at"].dt.tz_localize("UTC")'
        )


def _is_naive(dtype: Any) -> bool:
    if isinstance(dtype, np.dtype):
        return dtype.kind == "M"
    told = getattr(dtype, "pyarrow_dtype", None)
    return told is not None and str(told).startswith(("timestamp", "date")) and getattr(told, "tz", None) is None


def _cells(column: pd.Series) -> Sequence[Any]:
    """Return a column as values of Python's, or NumPy's scalars, which the parsers of the event know."""
    try:
        found: list[Any] = column.astype(object).tolist()
    except (ValueError, OverflowError, TypeError):
        # One value of the column is none of Python's, a time beyond the year 9999 for instance.
        return [_one(column, place) for place in range(len(column))]
    return found


def _one(column: pd.Series, place: int) -> Any:
    try:
        return column.iloc[place : place + 1].astype(object).tolist()[0]
    except (ValueError, OverflowError, TypeError):
        return _UNREADABLE
