"""An analyst's commands say what they did, refuse what would do harm, and obey nothing that somebody typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.signatures import SignatureList
from tests.cli.running import Outcome

Run = Callable[..., Outcome]

AT = datetime(2026, 6, 1, tzinfo=UTC)
FIRST, SECOND = "20260601-1", "20260601-2"
NARROW = FoundCell("ip_network", 2, {"ip_network": "198.51.100.0/24"}, 30.0, 12, 13)
WIDE = FoundCell("email_domain", 1, {"email_domain": "icloud.com"}, 40.0, 12, 312)
DEVICES = (FoundCell("device", 0xA3F1, {}, 25.0, 12, 12), FoundCell("device", 0x77, {}, 24.0, 12, 12))


def found(name: str, *cells: FoundCell) -> FoundCampaign:
    """Return a campaign of twelve members, half of whom were to be reviewed."""
    members = tuple(
        FoundMember(
            f"{name}/{number}", AT + timedelta(hours=number), 0.99, True, "block" if number % 2 else "allow", 2
        )
        for number in range(12)
    )
    return FoundCampaign(name, "", "open", AT, members[0].at, members[-1].at, 0, (), cells, members)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return the file of a report of two campaigns, one member of the first known good."""
    campaigns = (found(FIRST, WIDE, NARROW), found(SECOND, *DEVICES))
    good = frozenset({f"{FIRST}/3"})
    made = CampaignReport(2012, AT, AT, "model 1", True, "abcd", campaigns, good, labelled=True)
    return written(made, tmp_path / "report.json")


def written(report: CampaignReport, path: Path) -> Path:
    """Write a report."""
    path.write_text(json.dumps(report.to_dict()), encoding="utf-8")
    return path


def test_confirming_says_what_will_be_honoured_and_whom_it_reaches(report: Path, run: Run) -> None:
    """The narrow network will be, the mail domain of many will not, and a known good member speaks against it."""
    told = run("review", report, "confirm", FIRST, "--days", "3").output
    assert f"{FIRST}: 1 combination honoured, 1 not" in told
    assert "  honoured: network 198.51.100.0/24: reaches 1 outside the campaign beside 12 members" in told
    assert "not honoured, too many others fall in it: domain icloud.com: reaches 300 outside" in told
    assert "objection: 1 of 12 members is known to be legitimate" in told


@pytest.mark.parametrize(("option", "kinds"), [((), {"ip_network"}), (("--wide",), {"ip_network", "email_domain"})])
def test_signatures_keep_to_the_brake(
    report: Path, tmp_path: Path, run: Run, option: tuple[str, ...], kinds: set[str]
) -> None:
    """What too many others fall in is told only if that is asked for in so many words."""
    out = tmp_path / "signatures.json"
    run("review", report, "confirm", FIRST)
    outcome = run("review", report, "signatures", "-o", out, *option)
    assert outcome.status == 0
    assert f"{len(kinds)} signature" in outcome.output
    assert {one.kind for one in SignatureList.read(out).signatures} == kinds


@pytest.mark.parametrize("command", [("signatures",), ("share", "--producer", "Example Shop")])
def test_output_is_never_the_report(report: Path, tmp_path: Path, run: Run, command: tuple[str, ...]) -> None:
    """Writing over the report is refused, by its own name and by another."""
    other = tmp_path / "other.json"
    other.symlink_to(report)
    before = report.read_bytes()
    for name in (report, other):
        outcome = run("review", report, *command, "-o", name)
        assert (outcome.status, "which is read" in outcome.errors, report.read_bytes()) == (2, True, before)


def test_titles_and_names_reach_no_terminal_as_commands(report: Path, run: Run) -> None:
    """Control characters are taken out when typed and, if a file holds them all the same, escaped when printed."""
    run("review", report, "--by", "a\x1b[2Jda", "name", FIRST, "Win\x1b[31mter\nfarm" + "x" * 300)
    kept = CampaignReport.read(report)
    assert kept.campaign(FIRST).title.startswith("Win[31mter farmx")
    assert len(kept.campaign(FIRST).title) == 200
    assert kept.rulings[-1].by == "a[2Jda"
    forged = replace(kept, campaigns=(replace(kept.campaigns[0], title="\x1b[2J\r\nforged"), kept.campaigns[1]))
    written(forged, report)
    for command in (("list",), ("show", FIRST)):
        told = run("review", report, *command).output
        assert "\\x1b[2J\\r\\nforged" in told
        assert "\x1b" not in told


def test_preview_says_what_an_action_would_change(report: Path, run: Run) -> None:
    """The refusal stands first; then who would change, and who is so already."""
    lines = run("review", report, "preview", FIRST).output.splitlines()
    assert lines[0] == "refused: 1 of 12 members are known to be legitimate, at most 0 may be"
    assert "  block: 6 change, 5 are so already or stricter" in lines
    acted = run("review", report, "act", FIRST, "block", "--reason", "x", "--known-good", "1")
    assert len(acted.output.splitlines()) == 6


def test_without_labels_it_says_so(report: Path, run: Run) -> None:
    """Nought of the members known good is not the same as nobody knows."""
    written(replace(CampaignReport.read(report), labelled=False, known_good=frozenset()), report)
    for command in ("preview", "confirm"):
        assert "no labels: known good cannot be counted" in run("review", report, command, FIRST).output


def test_every_ruling_says_what_it_did(report: Path, run: Run) -> None:
    """One line each, and show tells who ruled what, why and until when, and what was done."""
    assert run("review", report, "dismiss", SECOND, "--note", "lab").output.startswith(f"{SECOND}: dismissed; 2 comb")
    assert run("review", report, "restore", SECOND).output == f"{SECOND}: dismissed before, open again\n"
    assert run("review", report, "name", SECOND, "Lab").output == f"{SECOND}: called 'Lab'\n"
    assert f"{SECOND}: 1 combination, " in run("review", report, "split", SECOND, "1").output
    run("review", report, "--by", "ada", "confirm", SECOND, "--days", "3", "--note", "sure")
    run("review", report, "--by", "bob", "act", SECOND, "block", "--reason", "lab farm")
    told = run("review", report, "show", SECOND).output
    assert "  confirm by ada on " in told
    assert ", until " in told
    assert ": sure\n" in told
    assert "  action-1 by bob on " in told


def test_merged_campaign_says_where_it_went(report: Path, run: Run) -> None:
    """Asked for by its old id it names the new one, and combinations that read alike can be told apart."""
    assert run("review", report, "merge", FIRST, SECOND).output == f"{FIRST}: has taken in {SECOND}, 24 members\n"
    outcome = run("review", report, "show", SECOND)
    assert (outcome.status, f"was merged into {FIRST} on " in outcome.errors) == (2, True)
    told = run("review", report, "show", FIRST).output
    assert "one device (#a3f1)" in told
    assert "one device (#0077)" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("restore", FIRST), "was neither confirmed nor dismissed"),
        (("confirm", "x" * 4000), "'" + "x" * 40 + "' is not in the report"),
        (("confirm", FIRST, "--days", "nan"), "days is nan"),
        (("--by", "\x1b", "dismiss", FIRST), "say who"),
    ],
)
def test_refusals_leave_the_report(report: Path, run: Run, arguments: tuple[str, ...], told: str) -> None:
    """Status 2, what is wrong, and not a byte changed."""
    before = report.read_bytes()
    outcome = run("review", report, *arguments)
    assert (outcome.status, told in outcome.errors, report.read_bytes()) == (2, True, before)
    assert len(outcome.errors) < 1000


def test_lists_count_from_one(report: Path, run: Run) -> None:
    """A version of nought is refused."""
    with pytest.raises(SystemExit):
        run("review", report, "signatures", "-o", report.with_name("x.json"), "--version", "0")


def test_what_was_confirmed_and_what_partners_say_counts_in_scoring(report: Path, tmp_path: Path, run: Run) -> None:
    """The bundle and the list that review writes are what score takes, and it says how much of a bundle it read."""
    signatures, bundle, events = tmp_path / "signatures.json", tmp_path / "shop.json", tmp_path / "signups.jsonl"
    now = datetime.now(UTC)
    made = CampaignReport.read(report)
    recent = (replace(one, members=tuple(replace(m, at=now) for m in one.members)) for one in made.campaigns)
    written(replace(made, campaigns=tuple(recent)), report)
    run("review", report, "confirm", FIRST)
    assert run("review", report, "signatures", "-o", signatures).status == 0
    told = run("review", report, "share", "-o", bundle, "--producer", "Example Shop")
    assert (told.status, "tells 1 combination of 2 campaigns" in told.output) == (0, True)
    event = {"signup_id": "s", "at": now.isoformat(), "ip_address": "198.51.100.7"}
    events.write_text(json.dumps(event) + "\n", encoding="utf-8")
    outcome = run("score", events, "--signatures", signatures, "--partners", bundle, "--explain")
    [assessment] = outcome.assessments
    assert "PARTNER_INDICATOR" in {reason["code"] for reason in assessment["reasons"]}
    assert f"{bundle}: 1 indicator read, left out: none" in outcome.errors
    for name in (signatures, bundle):
        before = name.read_bytes()
        refused = run("score", events, "--signatures", signatures, "--partners", bundle, "-o", name)
        assert (refused.status, "which is read" in refused.errors, name.read_bytes()) == (2, True, before)
