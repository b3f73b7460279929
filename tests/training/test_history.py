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


AT = "2026-05-01T12:00:00Z"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_label_that_came_with_a_second_export_counts(is_first: bool, tmp_path: Path) -> None:
    """The sign-up is as it was at first, whatever the later row knows, and has the label of that row."""
    bare = {"signup_id": "s", "at": AT, "email": "a@example.com", "label_at": None}
    told = {
        "signup_id": "s",
        "at": "2026-05-02T12:00:00Z",
        "custom.orders": 7,
        "label": 1,
        "label_at": "2026-06-01T00:00:00Z",
    }
    rows = [bare, told] if is_first else [told, bare]
    with open_history([write_lines(tmp_path / "a.jsonl", rows)]) as history:
        (one,) = history
        assert (one.email, one.custom, one.label) == ("a@example.com", {}, 1)
        assert one.label_at is not None
        assert one.label_at.isoformat() == "2026-06-01T00:00:00+00:00"
        assert (history.report.abusive, history.report.conflicting) == (1, 0)


def test_of_several_labels_the_last_known_counts(tmp_path: Path) -> None:
    """A label that was corrected later is the corrected one, and the summary says that one was dropped."""
    rows = [event(1, AT, label=n, label_at=f"2026-06-0{n + 1}T00:00:00Z") for n in (1, 0)]
    with open_history([write_lines(tmp_path / "a.jsonl", rows)]) as history:
        assert [one.label for one in history] == [1]
        assert "1 row repeated an id (1 label dropped" in history.report.summary()


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    """Rows of one moment, with and without ids, come out alike from a file and from its reverse."""
    rows = [event(n % 6, AT, ip_address=f"192.0.2.{n}") for n in range(12)]
    rows += [{"at": AT, "email": f"b{n}@example.com"} for n in range(6)]
    first, second = (
        list(read_history([write_lines(tmp_path / name, some)]))
        for name, some in (("a.jsonl", rows), ("b.jsonl", rows[::-1]))
    )
    assert first == second


def test_labels_before_their_signup_are_reported(tmp_path: Path) -> None:
    """An outcome cannot be known before the sign-up; how many are, is said."""
    rows = [event(n, AT, label_at=f"2026-0{4 + n % 3}-30T00:00:00Z") for n in range(9)]
    said: list[str] = []
    with open_history([write_lines(tmp_path / "a.jsonl", rows)], say=said.append) as history:
        assert history.report.early == 3
        assert history.report.notes == said
    assert "label_at is before the time of the sign-up in 3 rows" in said[0]


def test_the_most_frequent_own_inputs_are_kept(tmp_path: Path) -> None:
    """Of more keys than can be features the most frequent are kept, whichever came first, and the rest is told."""
    rows = [
        event(n, AT, custom={f"k{(n + step) % 300:03}": 1 for step in range(90)} | {"usual": n}) for n in range(300)
    ]
    rows += [event(n, AT, custom={"k299": 1}) for n in range(300, 310)]
    for some in (rows, rows[::-1]):
        with open_history([write_lines(tmp_path / "a.jsonl", some)]) as history:
            assert sorted(history.report.custom) == [*(f"k{n:03}" for n in range(198)), "k299", "usual"]
            assert any("301 keys" in note and "the other 101 are left out" in note for note in history.report.notes)


def test_keys_without_end_are_not_counted_without_end(tmp_path: Path) -> None:
    """Where values were made keys, counting stops at a bound, and that is said."""
    rows = [event(n, AT, custom={f"k{n}_{step}": 1 for step in range(100)}) for n in range(51)]
    with open_history([write_lines(tmp_path / "a.jsonl", rows)]) as history:
        assert len(history.report.custom) == 200
        assert any("5,000 keys with numbers or more" in note for note in history.report.notes)


def test_inputs_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """A column of the wrong kind is said when the history is read, not found out by a bad model."""
    said: list[str] = []
    path = write_lines(tmp_path / "a.jsonl", [event(n, AT, ip_address=n, email="n/a") for n in range(5)])
    open_history([path], say=said.append).close()
    assert [note.split(" in ")[0] for note in said] == ["email", "ip_address"]


@pytest.mark.parametrize("column", ["at", "label_at"])
def test_parquet_times_without_a_zone_are_refused_once(column: str, tmp_path: Path) -> None:
    """A column of naive times is refused with what to do, instead of every row."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    times = {"at": "UTC", "label_at": "UTC"} | {column: None}
    table = {name: pa.array([1, 2], pa.timestamp("us", zone)) for name, zone in times.items()}
    pq.write_table(pa.table(table | {"label": [1, 0]}), tmp_path / "a.parquet")
    with pytest.raises(SignupRiskError, match=f"times in column {column} have no time zone"):
        open_history([tmp_path / "a.parquet"])


def test_empty_files_are_named(tmp_path: Path) -> None:
    """Files without a row are refused as such, and told where another holds some."""
    empty, header = tmp_path / "a.jsonl", write_table(tmp_path / "b.csv", ["at", "email"], [])
    empty.touch()
    with pytest.raises(ConfigurationError, match=r"no rows: .*a\.jsonl, .*b\.csv; a file that is empty"):
        open_history([empty, header])
    some = write_lines(tmp_path / "c.jsonl", [event(1, AT)])
    with open_history([some, header]) as history:
        assert history.report.notes == [f"{header}: holds no rows, it is empty or has a header only"]
