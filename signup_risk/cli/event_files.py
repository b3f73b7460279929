"""Write events to a file, whole or not at all: JSON Lines, packed or not, or Parquet by its name."""

from __future__ import annotations

import gzip
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from signup_risk.cli.write import LineWriter, json_text
from signup_risk.events.fields import FIELDS
from signup_risk.files.errors import UnreadableFile

_LINES: Final = (".jsonl", ".ndjson", ".json")
_PARQUET: Final = (".parquet", ".pq")
# Some tens of megabytes of sign-ups: readers take a row group at a time, and so does the memory here.
_ROW_GROUP: Final = 20_000
_GZIP_LEVEL: Final = 6


class EventFile(Protocol):
    """Take events, one after another."""

    @property
    def count(self) -> int:
        """How many events were taken so far."""

    def add(self, event: Mapping[str, Any]) -> None:
        """Take one event."""

    def close(self) -> None:
        """Write what is held back and end the file; what was added last is in it."""


@contextmanager
def open_event_file(name: str) -> Iterator[EventFile]:
    """Open a file for events, standard output for ``-``.

    What is written stands in a scratch file until the block ends without an error, so that nobody takes half a
    file for a whole one.

    Raises:
        UnreadableFile: The name tells no format, or the file cannot be written.
    """
    is_table = Path(name).suffix.lower() in _PARQUET
    if name == "-":
        with _finished(_Lines(sys.stdout.buffer)) as lines:
            yield lines
        return
    if not is_table and Path(name.removesuffix(".gz")).suffix.lower() not in _LINES:
        raise UnreadableFile(f"{name}: the name does not tell its format; end it in .jsonl, .jsonl.gz or .parquet")
    with scratch_file(Path(name)) as stream, ExitStack() as stack:
        target: BinaryIO = stream
        if name.endswith(".gz"):
            # No name and time of writing inside, so that the same sign-ups give the same bytes.
            packed = gzip.GzipFile("", "wb", _GZIP_LEVEL, stream, mtime=0)
            target = stack.enter_context(packed)  # type: ignore[assignment]
        yield stack.enter_context(_finished(_Table(target) if is_table else _Lines(target)))


@contextmanager
def _finished(file: _Lines | _Table) -> Iterator[_Lines | _Table]:
    try:
        yield file
    except BaseException:
        file.give_up()
        raise
    file.close()


@contextmanager
def scratch_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside the one that is wanted, and give it its name if the block succeeds."""
    wanted = path.resolve()
    is_special = wanted.exists() and not stat.S_ISREG(wanted.stat().st_mode)
    scratch = wanted if is_special else wanted.with_name(f".{wanted.name}.{os.getpid()}.partial")
    try:
        stream = scratch.open("wb")
    except OSError as problem:
        raise UnreadableFile(f"{path}: cannot be written ({problem.strerror}); check the path") from None
    try:
        with stream:
            yield stream
        if not is_special:
            scratch.replace(wanted)
    except BaseException:
        if not is_special:
            scratch.unlink(missing_ok=True)
        raise


class _Lines:
    """Write JSON Lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self._writer = LineWriter(stream)

    @property
    def count(self) -> int:
        return self._writer.count

    def add(self, event: Mapping[str, Any]) -> None:
        self._writer.add(json_text(event))

    def give_up(self) -> None:
        """Leave what is held back unwritten."""

    def close(self) -> None:
        self._writer.flush()


class _Table:
    """Write Parquet: one column a field, dotted as ``pandas.json_normalize`` names it, in row groups."""

    def __init__(self, stream: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schema = pa.schema([(field.name, _type_of(field.name)) for field in _COLUMNS])
        self._writer = pq.ParquetWriter(stream, self._schema, compression="zstd")
        self._columns: dict[str, list[Any]] = {field.name: [] for field in _COLUMNS}
        self._count = 0

    @property
    def count(self) -> int:
        return self._count

    def add(self, event: Mapping[str, Any]) -> None:
        for field in _COLUMNS:
            part = event.get(field.part) or {} if field.part else event
            value = part.get(field.attribute)
            self._columns[field.name].append(_moment(value) if field.name in _TIMES and value else value)
        self._count += 1
        if self._count % _ROW_GROUP == 0:
            self._write_group()

    def close(self) -> None:
        self._write_group()
        self._writer.close()

    def give_up(self) -> None:
        """End the file while it is still open, as pyarrow would do it later; nobody will read it."""
        self._writer.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        if self._columns["at"]:
            self._writer.write_table(pa.table(self._columns, schema=self._schema))
            for column in self._columns.values():
                column.clear()


_TIMES: Final = frozenset({"at", "label_at"})
#: Simulated labels are sure and all of them are seen, so a table of them has no columns for either.
_COLUMNS: Final = [field for field in FIELDS if field.name not in {"label_confidence", "propensity"}]
_NUMBERS: Final = frozenset({"session.age_seconds", "session.form_seconds", "session.captcha_score"})
_COUNTS: Final = frozenset({"session.pasted_fields", "session.keystrokes", "label"})
_FLAGS: Final = frozenset({"device.webdriver", "card.was_3d_secure_successful", "card.was_authorized"})


def _type_of(name: str) -> Any:
    import pyarrow as pa

    if name in _TIMES:
        return pa.timestamp("us", tz="UTC")
    if name in _NUMBERS:
        return pa.float64()
    if name in _COUNTS:
        return pa.int64()
    return pa.bool_() if name in _FLAGS else pa.string()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
