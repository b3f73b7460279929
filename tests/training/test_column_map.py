"""Read tables through column maps: those that come along on generated rows, and maps with mistakes in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.training.column_map import SHIPPED, read_column_map
from signup_risk.training.history import open_history

START = datetime(2026, 5, 1, tzinfo=UTC)
Row = tuple[dict[str, object], dict[str, Any]]


def ecommerce_row(number: int, random: Random) -> Row:
    """Return a row of an e-commerce table, and the event that it stands for."""
    at = START + timedelta(seconds=61 * number)
    address, label = random.randrange(2**32), random.randrange(2)
    device, source = f"D{random.randrange(9)}", random.choice(["SEO", "Ads", "Direct"])
    row = {
        "user_id": number, "signup_time": f"{at:%Y-%m-%d %H:%M:%S}", "purchase_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "device_id": device, "source": source, "browser": "Chrome", "sex": random.choice("MF"), "age": 30 + number % 9,
        "ip_address": f"{address}.{random.randrange(1, 99_999)}", "class": label,
    }  # fmt: skip
    return row, {
        "signup_id": str(number), "at": at, "device.id": device, "channel": source,
        "ip_address": str(IPv4Address(address)), "label": label,
    }  # fmt: skip


def registration_row(number: int, random: Random) -> Row:
    """Return a row of a table of registrations, and the event that it stands for."""
    at = START + timedelta(minutes=number)
    address, label = str(IPv4Address(random.randrange(2**32))), random.choice([1, 0, None])
    email = f"user{random.randrange(10**6)}@example.com"
    form = random.choice(["%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M"])
    words = {1: "fraud", 0: "legit", None: ""}
    row = {
        "ip_address": address, "email_address": email, "EVENT_TIMESTAMP": at.strftime(form),
        "EVENT_LABEL": words[label],
    }  # fmt: skip
    event = {"at": at, "ip_address": address, "email": email}
    return row, event if label is None else event | {"label": label}


MAKERS: dict[str, Callable[[int, Random], Row]] = {"ecommerce": ecommerce_row, "registration": registration_row}


def write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_parquet(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as Parquet, with texts and whole numbers."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize(("form", "write"), [("csv", write_csv), ("jsonl", write_jsonl), ("parquet", write_parquet)])
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_maps_read_generated_rows(
    name: str, form: str, write: Callable[[Path, list[dict[str, object]]], None], tmp_path: Path
) -> None:
    """Every row of a table, shuffled and in any format, is the sign-up that the contract would have it be."""
    random = Random(7)
    made = [MAKERS[name](number, random) for number in range(300)]
    rows = [row for row, _ in made]
    random.shuffle(rows)
    path = tmp_path / f"table.{form}"
    write(path, rows)
    with open_history([path], column_map=read_column_map(name)) as history:
        assert list(history) == [Signup.from_mapping(event) for _, event in made]
        assert history.report.bad == 0
        assert history.report.notes == []


@pytest.mark.parametrize("kind", ["naive", "aware"])
def test_times_of_parquet_have_the_offset_of_the_map(kind: str, tmp_path: Path) -> None:
    """Naive times of a table are read with the map's offset, aware ones as they are."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    zone = None if kind == "naive" else "UTC"
    table = {
        "EVENT_TIMESTAMP": pa.array([START.replace(tzinfo=None)], pa.timestamp("us", zone)),
        "email_address": ["a@example.com"],
    }
    pq.write_table(pa.table(table), tmp_path / "r.parquet")
    with open_history([tmp_path / "r.parquet"], column_map=read_column_map("registration")) as history:
        assert [one.at for one in history] == [START]


AT = {"field": "at", "convert": "time", "offset": "+00:00"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"constants": 3}, "constants is an int; write it as a table"),
        ({"constants": [1]}, "constants is a list of length 1"),
        ({"ignored": ["a"]}, "ignored is a list of length 1"),
        ({"ignored": 3}, "ignored is an int"),
        ({"columns": {"t": {"field": "at", "offset": "+00:00"}}}, "has offset or formats, which only"),
        ({"columns": {"t": AT | {"formats": 5}}}, "column 't' has formats 5; give a list of texts"),
        ({"columns": {"t": AT | {"formats": "%Y"}}}, "has formats '%Y'"),
        ({"columns": {"t": AT | {"formats": [1]}}}, r"has formats \[1\]"),
        ({"columns": {"t": AT | {"convert": ["time"]}}}, r"is converted by \['time'\]; known are time"),
        ({"columns": {"t": AT | {"convert": {}}}}, "is converted by {}"),
        ({"columns": {"t": AT | {"offset": 5}}}, "offset '5' is not of the form"),
        ({"columns": {"t": AT | {"field": ["at"]}}}, r"\['at'\] is no field"),
        ({"columns": {"t": AT | {"values": {"a": 1}}}}, "maps values, which only the label can"),
        ({"columns": {"t": {"field": "email"}}}, "no column holds the field at"),
        ({"columns": {"t": "at"}}, "column 't' says other things"),
        ({"columns": {"t": AT, "u": AT}}, "field 'at' is given twice"),
        ({"columns": {"t": AT, "l": {"field": "label", "values": 3}}}, "label values have to be given"),
        ({"columns": []}, "no columns"),
        ({"rows": {}}, "other parts"),
    ],
)
def test_mistakes_in_a_map_are_named(said: dict[str, object], expected: str, tmp_path: Path) -> None:
    """What is of a wrong type is said with its place, its value and what is allowed."""
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"columns": {"t": AT}} | said), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=expected):
        read_column_map(path)


@pytest.mark.parametrize("convert", ["ipv4_number", "number", "epoch_seconds"])
def test_a_number_beyond_every_float_is_unknown(convert: str, tmp_path: Path) -> None:
    """A whole number of 401 digits loses its value, or its row where it is the time, and nothing else."""
    columns = {"t": AT, "n": {"field": "label_at" if convert == "epoch_seconds" else "ip_address", "convert": convert}}
    (tmp_path / "map.json").write_text(json.dumps({"columns": columns}), encoding="utf-8")
    lines = [f'{{"t": "2026-05-01 12:00:0{n}", "n": 1{"0" * digits}}}\n' for n, digits in enumerate((8, 400))]
    (tmp_path / "h.jsonl").write_text("".join(lines), encoding="utf-8")
    with open_history([tmp_path / "h.jsonl"], column_map=read_column_map(tmp_path / "map.json")) as history:
        assert history.report.read == (1 if convert == "epoch_seconds" else 2)
