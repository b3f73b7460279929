"""Read histories as users have them: in any order, with holes, with other columns and other words for labels."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from signup_risk.errors import ConfigurationError, SignupRiskError
from signup_risk.training.column_map import read_column_map
from signup_risk.training.history import open_history, read_history

ECOMMERCE = [
    "user_id", "signup_time", "purchase_time", "device_id", "source", "browser", "sex", "age", "ip_address", "class",
]  # fmt: skip


def write_lines(path: Path, events: list[dict[str, Any]]) -> Path:
    """Write events as JSON Lines."""
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def write_table(path: Path, columns: list[str], rows: list[list[object]]) -> Path:
    """Write a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def event(number: int, at: str, **more: object) -> dict[str, Any]:
    """Return a labelled sign-up."""
    return {"signup_id": f"s{number}", "at": at, "email": f"a{number}@example.com", "label": number % 2} | more


def test_rows_come_in_the_order_of_time_whatever_their_offsets(tmp_path: Path) -> None:
    """Mixed offsets and files in any order are one history."""
    first = write_lines(
        tmp_path / "a.jsonl", [event(3, "2026-05-01T12:00:00+02:00"), event(1, "2026-05-01T11:00:00+05:30")]
    )
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(event(2, "2026-05-01T01:30:00-05:00")).encode()))
    found = list(read_history([first, packed]))
    assert [one.signup_id for one in found] == ["s1", "s2", "s3"]


def test_repeated_ids_count_once_and_are_reported(tmp_path: Path) -> None:
    """The same id twice is one sign-up; another label the second time is noted."""
    twice = "2026-05-01T12:00:00Z"
    rows = [event(1, twice), event(1, twice, label=0), event(2, "2026-05-02T00:00:00Z")]
    with open_history([write_lines(tmp_path / "a.jsonl", rows)]) as history:
        assert len(history) == 2
        assert (history.report.repeated, history.report.conflicting) == (1, 1)


def test_bad_lines_are_named_and_the_others_kept(tmp_path: Path) -> None:
    """A naive time, broken JSON and a missing time are reported with their line numbers, never with what they hold."""
    path = write_lines(tmp_path / "a.jsonl", [event(1, "2026-05-01T12:00:00Z"), event(2, "2026-05-01T12:00:00")])
    path.write_text(path.read_text() + '{"email": "secret@example.com"}\n{"email": "secret\n', encoding="utf-8")
    said: list[str] = []
    with open_history([path], say=said.append) as history:
        assert len(history) == 1
        assert history.report.bad == 3
    text = "\n".join(said)
    assert all(f"line {number}" in text for number in (2, 3, 4))
    assert "secret" not in text


def test_three_kinds_of_label_are_refused_until_they_are_mapped(tmp_path: Path) -> None:
    """The values are listed, with what to do about them."""
    rows = [event(n, f"2026-05-0{n}T12:00:00Z", label=word) for n, word in enumerate(("good", "bad", "open"), start=1)]
    path = write_lines(tmp_path / "a.jsonl", rows)
    with pytest.raises(ConfigurationError) as problem:
        open_history([path])
    assert all(word in str(problem.value) for word in ("good", "bad", "open", "--label-values"))


def test_columns_without_a_value_are_unknown(tmp_path: Path) -> None:
    """A column that is empty throughout is as if it were not there."""
    path = write_table(
        tmp_path / "a.csv", ["at", "email", "phone", "label"],
        [["2026-05-01T12:00:00Z", "a@example.com", "", 1], ["2026-05-01T13:00:00Z", "b@example.com", "", ""]],
    )  # fmt: skip
    found = list(read_history([path]))
    assert [one.phone for one in found] == [None, None]
    assert [one.label for one in found] == [1, None]


def test_ecommerce_columns(tmp_path: Path) -> None:
    """Addresses as numbers and times without offset are read; sex and age are not."""
    rows = [
        [7, "2015-02-24 22:00:01", "2015-04-18 02:00:11", "DEVICEA", "SEO", "Chrome", "M", 39, 3221225985.79, 0],
        [8, "2015-01-01 18:00:44", "2015-01-01 18:00:45", "DEVICEB", "Ads", "Opera", "F", 53, 3325256705.11, 1],
    ]
    path = write_table(tmp_path / "fraud.csv", ECOMMERCE, rows)
    first, second = read_history([path], column_map=read_column_map("ecommerce"))
    assert (first.signup_id, first.ip_address, first.label) == ("8", "198.51.100.1", 1)
    assert (second.device.id, second.channel, second.label) == ("DEVICEA", "SEO", 0)
    assert first.at is not None
    assert first.at.isoformat() == "2015-01-01T18:00:44+00:00"
    assert first.custom == {}
    assert first.birth_date is None


def test_registration_columns(tmp_path: Path) -> None:
    """Labels in words, and none where it is not known."""
    path = write_table(
        tmp_path / "r.csv", ["ip_address", "email_address", "EVENT_TIMESTAMP", "EVENT_LABEL"],
        [["192.0.2.1", "a@example.com", "10/08/2019 20:44", "fraud"],
         ["192.0.2.2", "b@example.com", "2019-10-09T01:00:00Z", "legit"],
         ["192.0.2.3", "c@example.com", "10/10/2019 07:00", ""]],
    )  # fmt: skip
    found = list(read_history([path], column_map=read_column_map("registration")))
    assert [one.label for one in found] == [1, 0, None]
    assert [one.email for one in found] == ["a@example.com", "b@example.com", "c@example.com"]


def test_nothing_readable_is_refused(tmp_path: Path) -> None:
    """A history without one sign-up says so."""
    path = tmp_path / "a.jsonl"
    path.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(SignupRiskError, match="no sign-up that can be read"):
        open_history([path])
