"""The commands find campaigns in a file and let an analyst rule on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from signup_risk.campaigns.report import read_report
from signup_risk.cli.event_files import open_event_file
from signup_risk.notebook import campaigns_frame
from signup_risk.simulation import load_scenario, rescaled, simulate
from tests.cli.running import Outcome

Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return twenty simulated days of six thousand sign-ups."""
    path = tmp_path_factory.mktemp("campaigns") / "history.jsonl"
    with open_event_file(str(path)) as file:
        for event in simulate(rescaled(load_scenario("bundled-1"), signups=6000, days=20), 7):
            file.add(event)
    return path


@pytest.fixture(scope="module")
def reported(history: Path) -> Path:
    """Return the report on that history."""
    from signup_risk.cli import main

    out = history.with_name("report.json")
    frame, section = history.with_name("members.csv"), history.with_name("section.html")
    wanted = ["campaigns", history, "-o", out, "--frame", frame, "--section", section, "--jobs", "1"]
    assert main([str(one) for one in wanted]) == 0
    return out


@pytest.fixture
def report(reported: Path, tmp_path: Path) -> Path:
    """Return a copy of the report that a test may change."""
    copy = tmp_path / "report.json"
    copy.write_bytes(reported.read_bytes())
    return copy


def test_report_frame_and_section_tell_the_same_campaigns(reported: Path) -> None:
    """The JSON, the table of members and the page agree in number, and the page holds no member."""
    found = read_report(reported)
    assert len(found.campaigns) >= 3
    assert found.synthetic
    members = pd.read_csv(reported.with_name("members.csv"))
    assert members.groupby("campaign").size().to_dict() == {one.id: one.size for one in found.campaigns}
    page = reported.with_name("section.html").read_text(encoding="utf-8")
    assert all(one.id in page for one in found.campaigns)
    assert "synthetic" in page
    assert not any(member.signup_id in page for one in found.campaigns for member in one.members)
    assert list(campaigns_frame(found).index) == [one.id for one in found.campaigns]


def test_most_members_of_campaigns_are_farm_accounts(reported: Path, history: Path) -> None:
    """The labels, which the command did not need, agree with it (synthetic)."""
    labels = {one["signup_id"]: one.get("label", 0) for one in map(json.loads, history.read_text().splitlines())}
    members = [member.signup_id for one in read_report(reported).campaigns for member in one.members]
    assert sum(labels[one] for one in members) > 0.85 * len(members)


def test_two_processes_find_the_same(reported: Path, history: Path, tmp_path: Path, run: Run) -> None:
    """What is found does not depend on the number of processes."""
    out = tmp_path / "again.json"
    outcome = run("campaigns", history, "-o", out, "--jobs", "2")
    assert outcome.status == 0
    assert "under a secret made for this run" in outcome.errors
    first, again = read_report(reported), read_report(out)
    told = [[(one.id, one.status, [m.signup_id for m in one.members]) for one in r.campaigns] for r in (first, again)]
    assert told[0] == told[1]


def test_analyst_goes_from_list_to_undo(report: Path, run: Run) -> None:
    """Every step of the day is one command, and the file keeps the record."""
    largest = max(read_report(report).campaigns, key=lambda one: one.size).id
    assert largest in run("review", report, "list").output
    assert "combination" in run("review", report, "show", largest).output
    assert run("review", report, "name", largest, "Spring").status == 0
    assert run("review", report, "--by", "ada", "confirm", largest, "--days", "7").status == 0
    assert "acts alone" in run("review", report, "preview", largest).output
    done = run("review", report, "act", largest, "block", "--reason", "farm", "--known-good", "50")
    changes = [json.loads(line) for line in done.output.splitlines()]
    assert changes
    undone = run("review", report, "undo", "action-1", "--reason", "appeal")
    back = [json.loads(line) for line in undone.output.splitlines()]
    assert [(one["signup_id"], one["after"]) for one in back] == [(one["signup_id"], one["before"]) for one in changes]
    kept = read_report(report)
    assert [one.what for one in kept.rulings] == ["name", "confirm"]
    assert [one.undoes for one in kept.actions] == [None, "action-1"]


def test_dismissed_campaign_is_not_raised_again(report: Path, history: Path, tmp_path: Path, run: Run) -> None:
    """The same history, read under the list of what was dismissed, raises those combinations no more."""
    largest = max(read_report(report).campaigns, key=lambda one: one.size)
    listed, out = tmp_path / "signatures.json", tmp_path / "again.json"
    run("review", report, "dismiss", largest.id, "--note", "ours")
    assert run("review", report, "signatures", "-o", listed).status == 0
    assert run("campaigns", history, "-o", out, "--signatures", listed, "--jobs", "1").status == 0
    raised = {cell.words for one in read_report(out).campaigns for cell in one.cells}
    public = {cell.words for cell in largest.cells if not cell.words.startswith("one ")}
    assert not raised & public


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "20990101-1"), "is not in the report"),
        (("undo", "action-7", "--reason", "x"), "is not in the report"),
        (("confirm", "20990101-1", "--days", "-1"), "days is -1.0, which is not possible"),
    ],
)
def test_refusals_say_what_and_leave_the_file(report: Path, run: Run, arguments: tuple[str, ...], told: str) -> None:
    """Status 2, one line, and not a byte changed."""
    before = report.read_bytes()
    outcome = run("review", report, *arguments)
    assert (outcome.status, told in outcome.errors, report.read_bytes()) == (2, True, before)


def test_output_is_never_the_history(history: Path, run: Run) -> None:
    """Writing over what is read is refused."""
    outcome = run("campaigns", history, "-o", history)
    assert outcome.status == 2
    assert "which is read" in outcome.errors


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-o", "r.json", "--section", "x.txt"), "--section 'x.txt' tells no format"),
        (("-o", "r.html", "--section", "r.html"), "is the file of --output too"),
        (("-o", "r.json", "--frame", "HISTORY"), "--frame"),
        (("-o", "HISTORY"), "--output"),
    ],
)
def test_outputs_are_named_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, options: tuple[str, ...], told: str
) -> None:
    """Whatever file cannot be written is refused by its option before the history is read."""
    monkeypatch.chdir(tmp_path)
    Path("history.csv").write_text("at\n2026-06-01T12:00:00Z\n", encoding="utf-8")
    outcome = run("campaigns", "history.csv", *("history.csv" if one == "HISTORY" else one for one in options))
    assert (outcome.status, told in outcome.errors) == (2, True)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "history.csv"]


def test_table_that_pandas_wrote_with_its_row_numbers_is_read(tmp_path: Path, run: Run) -> None:
    """The column of an index without a name is nobody's."""
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-06-01T12:00:00Z"] * 3)}).drop(1)
    frame.to_parquet(tmp_path / "history.parquet", index=True)
    assert "__index_level_0__" in pq.read_schema(tmp_path / "history.parquet").names
    outcome = run("campaigns", tmp_path / "history.parquet", "-o", tmp_path / "report.json")
    assert outcome.status == 0
    assert outcome.output == "0 campaigns among 2 sign-ups (marks from a model trained on synthetic traffic)\n"


def test_cells_hold_the_members_that_the_history_shows_in_them(reported: Path, history: Path) -> None:
    """The members of a domain are all members with a mailbox there, and the sign-ups all with one."""
    events = {one["signup_id"]: one for one in map(json.loads, history.read_text().splitlines())}
    domains = {name: one.get("email", "").partition("@")[2].lower() for name, one in events.items()}
    checked = 0
    for found in read_report(reported).campaigns:
        for cell in found.cells:
            if cell.kind == "email_domain":
                checked += 1
                domain = dict(cell.values)["email_domain"]
                assert cell.members == sum(domains[one.signup_id] == domain for one in found.members)
                assert cell.total == sum(one == domain for one in domains.values())
    assert checked
