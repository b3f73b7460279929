"""Score files: the same answers from every format, bad lines named, good ones scored."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from signup_risk import Scorer
from tests.cli.running import Outcome, event, line

Run = Callable[..., Outcome]
Write = Callable[..., Path]
EVENTS = [event(number) for number in range(40)]
LINES = [line(number) for number in range(40)]


def test_same_answers_from_every_format(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """JSON Lines, CSV and Parquet as pandas writes them, packed or not, give what the scorer gives."""
    table = pd.json_normalize(EVENTS)
    plain = lines_file(LINES)
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    table.to_csv(tmp_path / "events.csv", index=False)
    table.to_csv(tmp_path / "events.csv.gz", index=False)
    table.assign(at=pd.to_datetime(table["at"])).to_parquet(tmp_path / "events.parquet")
    with Scorer.open() as scorer:
        assessments = [scorer.assess(one).to_dict() for one in EVENTS]
    expected = [{key: value for key, value in one.items() if key != "latency_ms"} for one in assessments]
    paths = (plain, packed, *(tmp_path / f"events.{ending}" for ending in ("csv", "csv.gz", "parquet")))
    for path in paths:
        found = run("score", path)
        assert (found.status, found.errors) == (0, "")
        assert found.assessments == json.loads(json.dumps(expected))


def test_a_table_of_others_is_scored_by_its_map(run: Run, tmp_path: Path) -> None:
    """What a model was trained on with a map is scored with it: labels left out, rows that cannot be read named."""
    rows = "user_id,signup_time,purchase_time,device_id,source,browser,sex,age,ip_address,class\n"
    rows += "7,2026-02-24 22:55:49,2026-04-18 02:47:11,QVPS,SEO,Chrome,M,39,732758368.79972,0\n"
    rows += "8,soon,,,,,,,,1\n"
    (tmp_path / "table.csv").write_text(rows)
    found = run("score", tmp_path / "table.csv", "--map", "ecommerce")
    assert found.status == 1
    assert [(one["signup_id"], one["at"]) for one in found.assessments] == [("7", "2026-02-24T22:55:49+00:00")]
    assert "line 3" in found.errors
    refused = run("score", tmp_path / "table.csv", "--map", "nosuch")
    assert refused.status == 2
    assert "one of ecommerce, registration" in refused.errors


def test_bad_lines_are_named_and_the_rest_is_scored(run: Run, lines_file: Write) -> None:
    """Bad lines are reported by number and reason, the others give what they give alone."""
    path = lines_file([LINES[0], "{secret\n", LINES[1], "\n", '{"email": "secret"}\n', LINES[2].rstrip("\n")])
    found = run("score", path)
    assert found.status == 1
    assert [one["signup_id"] for one in found.assessments] == ["s-0", "s-1", "s-2"]
    first, second = found.errors.splitlines()
    assert first.startswith("line 2: not valid JSON")
    assert second.startswith("line 5: at: found nothing")
    assert "secret" not in found.errors


def test_several_processes_change_nothing(run: Run, lines_file: Write) -> None:
    """With several processes the same is written, and said about the same lines, in the same order."""
    content = [line(number) if number % 9 else "{secret\n" for number in range(300)]
    path = lines_file(content)
    alone, together = run("score", path), run("score", path, "--jobs", "2")
    assert together.assessments == alone.assessments
    assert (together.status, together.errors) == (alone.status, alone.errors)


def test_bad_rows_of_tables(run: Run, tmp_path: Path) -> None:
    """A bad row of a CSV is named by its line, one of Parquet by its row."""
    table = pd.DataFrame({"signup_id": ["a", "b"], "at": ["2026-05-01T12:00:00Z", "yesterday"]})
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    for name, place in (("a.csv", "line 3: at: "), ("a.parquet", "row 2: at: ")):
        found = run("score", tmp_path / name)
        assert found.status == 1
        assert found.errors.startswith(place)
        assert [one["signup_id"] for one in found.assessments] == ["a"]


def test_strict_stops_at_the_first(run: Run, lines_file: Write) -> None:
    """With --strict nothing after the first bad line is scored, everything before it is."""
    found = run("score", "--strict", lines_file([LINES[0], "x\n", LINES[1], "y\n"]))
    assert found.status == 1
    assert [one["signup_id"] for one in found.assessments] == ["s-0"]
    assert len(found.errors.splitlines()) == 1


def test_output_file(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """--output gets what standard output would, in place of what was there, and standard output gets nothing."""
    path, target = lines_file(LINES), tmp_path / "out.jsonl"
    target.write_text("older and longer\n" * 10_000)
    assert run("score", path, "--output", target) == (0, "", "")
    assert [json.loads(one)["signup_id"] for one in target.read_text().splitlines()] == [f"s-{n}" for n in range(40)]


@pytest.mark.parametrize("make", [lambda path, _: path, os.link, os.symlink])
def test_input_is_not_overwritten(
    run: Run, lines_file: Write, tmp_path: Path, make: Callable[[Path, Path], Path | None]
) -> None:
    """The input is refused as output, by whatever name, and stays as it was."""
    path = lines_file(LINES)
    target = make(path, tmp_path / "other.jsonl") or tmp_path / "other.jsonl"
    found = run("score", path, "-o", target)
    assert (found.status, found.output) == (2, "")
    assert "the output is the input" in found.errors
    assert path.read_text() == "".join(LINES)


def test_reasons(run: Run, lines_file: Write) -> None:
    """Reasons are given for all with --explain, for none with --no-explain, for those not allowed by default."""
    path = lines_file(LINES[:10])
    assert all(one["reasons"] for one in run("score", "--explain", path).assessments)
    assert not any(one["reasons"] for one in run("score", "--no-explain", path).assessments)
    assert all(bool(one["reasons"]) == (one["decision"] != "allow") for one in run("score", path).assessments)


def test_policy_and_shadow(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """A policy file decides; with --shadow the answer is allow and says what it would have been."""
    policy = tmp_path / "policy.toml"
    policy.write_text('name = "all"\n[thresholds]\nstep_up = 1\nreview = 1\nblock = 0\n')
    path = lines_file(LINES[:3])
    assert {one["decision"] for one in run("score", path, "--policy", policy).assessments} == {"review"}
    for one in run("score", path, "--policy", policy, "--shadow").assessments:
        assert (one["decision"], one["policy"]["shadow_decision"]) == ("allow", "review")


def test_store_is_kept(run: Run, lines_file: Write, tmp_path: Path) -> None:
    """A file scored in two parts through one store gives what it gives in one."""
    whole = run("score", lines_file(LINES)).assessments
    store = f"sqlite:///{tmp_path}/velocity.db"
    parts = [run("score", lines_file(part), "--store", store).assessments for part in (LINES[:20], LINES[20:])]
    assert parts[0] + parts[1] == whole


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input, as JSON Lines or what --format says."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("".join(LINES[:2]).encode())))
    assert [one["signup_id"] for one in run("score", "-").assessments] == ["s-0", "s-1"]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"signup_id,at\nx,2026-05-01T12:00:00Z\n")))
    assert [one["signup_id"] for one in run("score", "-", "--format", "csv").assessments] == ["x"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere.jsonl",), "nowhere.jsonl: cannot be read (No such file or directory)"),
        (("events.xlsx",), "does not tell its format"),
        (("-", "--format", "parquet"), "cannot be read from standard input"),
        ((__file__, "--format", "jsonl", "--store", "ftp://x"), "unknown store URL"),
        ((__file__, "--format", "jsonl", "--model", "nowhere"), "nowhere"),
        ((__file__, "--format", "jsonl", "--policy", "nowhere.toml"), "nowhere.toml"),
        ((__file__, "--format", "jsonl", "--reference", "roles"), "NAME=FILE"),
        ((__file__, "--format", "jsonl", "--reference", "rules=a.txt"), "'rules' is not known"),
        ((__file__, "--format", "jsonl", "-o", "nowhere/out.jsonl"), "cannot be written"),
        ((__file__, "--format", "csv"), "not a header"),
    ],
)
def test_what_cannot_be_used(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    """A mistake in the options is one line on standard error and exit status 2."""
    found = run("score", *arguments)
    assert (found.status, found.output) == (2, "")
    assert found.errors.startswith("signup-risk: ")
    assert reason in found.errors
    assert len(found.errors.splitlines()) == 1


def test_damaged_input(run: Run, tmp_path: Path) -> None:
    """A packed file that breaks off gives what came before, and says that there was more."""
    path = tmp_path / "cut.jsonl.gz"
    content = b"".join(line(number).encode() + os.urandom(400).hex().encode() + b"\n" for number in range(400))
    path.write_bytes(gzip.compress(content)[:-5000])
    found = run("score", path, "--no-explain")
    assert found.status == 2
    assert len(found.assessments) > 0
    assert "the input is damaged or gone" in found.errors.splitlines()[-1]
