"""Read the rows of a Parquet file as mappings, a batch at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from signup_risk.events.fields import PARTS
from signup_risk.files.csv_rows import CheckColumns, check_columns
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.records import BadLine, Payload, Records

# About a megabyte of sign-ups: large enough for the columns to pay off, small beside everything else.
_BATCH: Final = 2048

#: Columns with times of the contract.
TIMES: Final = ("at", "label_at")

# The row numbers that pandas writes for a frame whose index has no name.
_INDEX: Final = re.compile(r"__index_level_\d+__")


class ParquetRows:
    """Hold an open Parquet file.

    Attributes:
        total: Number of rows.
    """

    def __init__(self, path: Path, check: CheckColumns = check_columns, times: Sequence[str] = TIMES) -> None:
        """Open the file and look at its columns.

        Args:
            path: The file.
            check: Refuses columns that nobody wants.
            times: Columns whose times have to have a zone.

        Raises:
            UnreadableFile: It is no Parquet file, its columns are no fields, or its times have no zone.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            self._file = pq.ParquetFile(path, pre_buffer=False)
        except (pa.ArrowException, OSError) as problem:
            raise UnreadableFile(f"{path}: not a Parquet file that can be read ({type(problem).__name__})") from None
        self.total: int = self._file.metadata.num_rows
        schema = self._file.schema_arrow
        self._columns = [name for name in schema.names if not _INDEX.fullmatch(name)]
        check([name for name in self._columns if name not in (*PARTS, "custom")])
        for name in times:
            if name in schema.names:
                _check_zone(path, name, schema.field(name).type)

    def records(self) -> Records:
        """Yield the rows, numbered from 1.

        Raises:
            UnreadableFile: The file is damaged further on.
        """
        import pyarrow as pa

        number = 0
        try:
            for batch in self._file.iter_batches(_BATCH, columns=self._columns):
                for row in _rows(_in_microseconds(batch)):
                    number += 1
                    yield number, row
        except (pa.ArrowException, OSError) as problem:
            raise UnreadableFile(f"damaged after row {number} ({type(problem).__name__})") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _check_zone(path: Path, name: str, kind: Any) -> None:
    """Refuse times without a zone once, rather than in every row."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind) and kind.tz is None:
        raise UnreadableFile(f"{path}: the times in column {name} have no time zone; write them with one, such as UTC")


def _in_microseconds(batch: Any) -> Any:
    """Return the batch with times as fine as Python can hold; finer ones would need pandas."""
    import pyarrow as pa

    for place, column in enumerate(batch.schema):
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            coarse = batch.column(place).cast(pa.timestamp("us", column.type.tz), safe=False)
            batch = batch.set_column(place, column.name, coarse)
    return batch


def _rows(batch: Any) -> Iterator[Payload]:
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        # Some value in the batch is none of Python's: a time beyond the year 9999, a text that is not UTF-8.
        for place in range(batch.num_rows):
            yield _single(batch.slice(place, 1))


def _single(row: Any) -> Payload:
    try:
        found: Payload = row.to_pylist()[0]
    except (ValueError, OverflowError):
        return BadLine("a value that cannot be read: a time out of range or a text that is not UTF-8")
    return found
