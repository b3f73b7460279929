"""Open a file of sign-ups: JSON Lines, CSV or Parquet, packed or not, a file or standard input."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Final, Literal, Protocol, get_args

from signup_risk.files.csv_rows import CheckColumns, check_columns, csv_records
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.lines import BLOCK, numbered_lines
from signup_risk.files.parquet_rows import TIMES, ParquetRows
from signup_risk.files.records import Records

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

_BY_SUFFIX: Final[dict[str, Format]] = {
    "": "jsonl", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".csv": "csv", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_GZIP_MAGIC: Final = b"\x1f\x8b"

#: Is called, and entered, around everything that may wait for input.
Waiting = Callable[[], AbstractContextManager[None]]


class Source(Protocol):
    """Give the records of one input.

    Attributes:
        total: Its size in units, if it is known.
        unit: What progress is counted in, ``B`` for bytes.
        place: What the numbers of records count: ``line`` or ``row``.
    """

    total: int | None
    unit: str
    place: str

    def records(self, waiting: Waiting) -> Records:
        """Yield the records; reads within ``waiting()``."""

    def position(self) -> int:
        """Return how many units have been read."""

    def is_file(self, status: os.stat_result) -> bool:
        """Tell whether a file is the one that is read."""

    def close(self) -> None:
        """Close the input."""


def open_source(
    name: str, form: Format | None, check: CheckColumns = check_columns, times: Sequence[str] = TIMES
) -> Source:
    """Open a file, or standard input for ``-``.

    Args:
        name: Path or ``-``.
        form: Format, if it is not to be told by the name.
        check: Refuses the columns of a table that nobody wants.
        times: Columns whose times have to have a zone, where a format can leave it out.

    Raises:
        UnreadableFile: It cannot be opened, or its name tells no format.
    """
    chosen = form or _format_of(name)
    if name == "-":
        if chosen == "parquet":
            raise UnreadableFile("Parquet cannot be read from standard input, since it begins at the end; give a file")
        return LineSource(sys.stdin.buffer, chosen, check)
    path = Path(name)
    try:
        stream = path.open("rb")
    except OSError as problem:
        raise UnreadableFile(f"{name}: cannot be read ({problem.strerror}); check the path") from None
    if chosen == "parquet":
        stream.close()
        return ParquetSource(path, check, times)
    return LineSource(stream, chosen, check)


def _format_of(name: str) -> Format:
    """Tell the format by the name.

    Examples:
        >>> _format_of("-"), _format_of("may.csv.gz"), _format_of("may.pq")
        ('jsonl', 'csv', 'parquet')
    """
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    if suffix not in _BY_SUFFIX:
        raise UnreadableFile(
            f"{name}: the name does not tell its format; end it in .jsonl, .csv or .parquet, or give --format"
        )
    return _BY_SUFFIX[suffix]


class LineSource:
    """Read lines from a stream, unpacking gzip."""

    place = "line"
    unit = "B"

    def __init__(self, stream: BinaryIO, form: Format, check: CheckColumns = check_columns) -> None:
        self._stream = stream
        self._check = check
        self._form = form
        self._status = _status(stream)
        is_regular = self._status is not None and stat.S_ISREG(self._status.st_mode)
        self.total = self._status.st_size if self._status is not None and is_regular else None
        self._read_bytes = 0

    def records(self, waiting: Waiting) -> Records:
        """Yield the records of the lines; blank lines are none.

        Raises:
            UnreadableFile: The stream breaks, or what it holds is not what its format says.
        """
        lines = numbered_lines(self._reader(waiting))
        if self._form == "csv":
            yield from csv_records(lines, self._check)
            return
        for number, line in lines:
            if not isinstance(line, bytes) or line.strip():
                yield number, line

    def position(self) -> int:
        """Return how many bytes have been read, packed ones if they are packed."""
        return self._read_bytes

    def is_file(self, status: os.stat_result) -> bool:
        """Tell whether a regular file is the one that is read."""
        return self.total is not None and self._status is not None and os.path.samestat(self._status, status)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def _reader(self, waiting: Waiting) -> Callable[[int], bytes]:
        unpacked: io.BufferedIOBase | None = None

        def read(size: int) -> bytes:
            nonlocal unpacked
            # What fails on entering is the output, so it is not for this to explain.
            with waiting():
                try:
                    if unpacked is None:
                        unpacked = _unpacked(_Counted(self._stream, self._count))
                    return unpacked.read1(size)
                except (OSError, EOFError, zlib.error) as problem:
                    kind = getattr(problem, "strerror", None) or type(problem).__name__
                    raise UnreadableFile(f"reading stopped ({kind}); the input is damaged or gone") from None

        return read

    def _count(self, size: int) -> None:
        self._read_bytes += size


class _Counted(io.RawIOBase):
    """Read what a stream has, without waiting for more than the first bytes, and count it."""

    def __init__(self, stream: BinaryIO, count: Callable[[int], None]) -> None:
        self._stream = stream
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        found = self._stream.read1(len(target))  # type: ignore[attr-defined]
        target[: len(found)] = found
        self._count(len(found))
        return len(found)


def _unpacked(raw: io.RawIOBase) -> io.BufferedIOBase:
    buffered = io.BufferedReader(raw, BLOCK)
    return gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == _GZIP_MAGIC else buffered


def _status(stream: BinaryIO) -> os.stat_result | None:
    try:
        return os.fstat(stream.fileno())
    except (OSError, io.UnsupportedOperation):
        return None


class ParquetSource:
    """Read the rows of a Parquet file."""

    place = "row"
    unit = " rows"

    def __init__(self, path: Path, check: CheckColumns = check_columns, times: Sequence[str] = TIMES) -> None:
        self._rows = ParquetRows(path, check, times)
        self._status = path.stat()
        self._number = 0
        self.total: int | None = self._rows.total

    def records(self, waiting: Waiting) -> Records:  # noqa: ARG002 - a Parquet file never waits
        """Yield the rows."""
        for number, row in self._rows.records():
            self._number = number
            yield number, row

    def position(self) -> int:
        """Return how many rows have been read."""
        return self._number

    def is_file(self, status: os.stat_result) -> bool:
        """Tell whether a file is the one that is read."""
        return os.path.samestat(self._status, status)

    def close(self) -> None:
        """Close the file."""
        self._rows.close()
