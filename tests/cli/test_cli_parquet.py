"""Read Parquet: types as other tools write them, one bad value spoiling one row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from signup_risk import Signup
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.parquet_rows import ParquetRows
from signup_risk.files.records import BadLine, signup_of

MOMENT = datetime(2026, 5, 1, 12, 0, 0, 250, tzinfo=UTC)


def read(path: Path, **columns: Any) -> list[tuple[int, Signup | BadLine]]:
    """Write columns to a file and read its sign-ups."""
    pq.write_table(pa.table(columns), path)
    rows = ParquetRows(path)
    try:
        assert rows.total == len(next(iter(columns.values())))
        return [(number, signup_of(row)) for number, row in rows.records()]
    finally:
        rows.close()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit(tmp_path: Path, unit: str) -> None:
    """Times are read from every unit and zone, as fine as Python has them."""
    moment = pa.array([1_777_636_800], pa.timestamp("s")).cast(pa.timestamp(unit, "Asia/Tokyo"))
    [(number, signup)] = read(tmp_path / "a.parquet", at=moment)
    assert number == 1
    assert isinstance(signup, Signup)
    assert signup.at == MOMENT.replace(microsecond=0)


def test_nested_columns(tmp_path: Path) -> None:
    """Objects as struct columns mean the same as dotted columns; null is unknown."""
    found = read(
        tmp_path / "a.parquet",
        at=pa.array([MOMENT, MOMENT], pa.timestamp("us", "UTC")),
        device=pa.array([{"id": "d-1", "webdriver": True}, None]),
        **{"session.keystrokes": pa.array([None, 7.0])},
    )
    first, second = (signup for _, signup in found)
    assert isinstance(first, Signup)
    assert isinstance(second, Signup)
    assert (first.device.id, first.device.webdriver, first.session.keystrokes) == ("d-1", True, None)
    assert (second.device.id, second.session.keystrokes) == (None, 7)


def test_one_bad_value_spoils_one_row(tmp_path: Path) -> None:
    """A time beyond Python's years and a text that is not UTF-8 make their own rows bad only."""
    texts = pa.array([b"a@example.com", b"\xff", b"c@example.com"], pa.binary())
    found = read(
        tmp_path / "a.parquet",
        at=pa.array([MOMENT, MOMENT, MOMENT], pa.timestamp("us", "UTC")),
        email=pa.StringArray.from_buffers(3, *texts.buffers()[1:]),
        label_at=pa.array([None, None, 10**12], pa.int64()).cast(pa.timestamp("s", "UTC")),
    )
    assert [number for number, signup in found if isinstance(signup, BadLine)] == [2, 3]


def test_naive_times_are_refused(tmp_path: Path) -> None:
    """Times without a zone are refused once for the file, since nobody knows when they were."""
    with pytest.raises(UnreadableFile, match="no time zone"):
        read(tmp_path / "a.parquet", at=pa.array([datetime(2026, 5, 1)], pa.timestamp("us")))  # noqa: DTZ001


def test_no_parquet(tmp_path: Path) -> None:
    """A file of another format is refused, and one that is cut off."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"at,email\n")
    with pytest.raises(UnreadableFile, match="not a Parquet file"):
        ParquetRows(path)


def test_columns_are_checked(tmp_path: Path) -> None:
    """A file without times, or with a column that is no field, is refused."""
    with pytest.raises(UnreadableFile, match="no column at"):
        read(tmp_path / "a.parquet", email=["a@example.com"])
    with pytest.raises(UnreadableFile, match="e_mail"):
        read(tmp_path / "a.parquet", at=["2026-05-01T12:00:00Z"], e_mail=["a@example.com"])
