"""Campaigns never take the sign-up flow down, whatever fails beside it."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from signup_risk import CampaignSettings, ConfigurationError, Scorer
from signup_risk.results import Update
from tests.campaigns.site import MARK, PROOF, Site

EVENT: dict[str, Any] = {"at": "2026-06-01T12:00:00Z", "email": "ada@example.com", "ip_address": "198.51.100.7"}


def updates() -> list[Update]:
    """Return the updates of a campaign that has just opened."""
    site = Site().past()
    site.farm({"email_domain": "farm.example"}, PROOF, MARK)
    return site.updates()


def test_updates_are_handed_over() -> None:
    """Every update goes to the function given for them, once."""
    told: list[Update] = []
    with Scorer.open("memory://", campaigns=CampaignSettings(on_update=told.append)) as scorer:
        assert scorer._watch is not None
        waiting = updates()
        scorer._watch.detector.updates.extend(waiting)
        scorer.assess(EVENT)
        scorer.assess(EVENT)
        assert len(waiting) == PROOF - 1
        assert told == waiting
        assert list(scorer.updates()) == []


def test_a_function_for_updates_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of that function is logged, the sign-up has its answer, and no update is lost: it is tried again."""
    told: list[Update] = []

    def broken(update: Update) -> None:
        told.append(update)
        if len(told) == 1:
            raise ValueError("no such queue")

    with Scorer.open("memory://", campaigns=CampaignSettings(on_update=broken)) as scorer:
        assert scorer._watch is not None
        waiting = updates()
        scorer._watch.detector.updates.extend(waiting)
        with caplog.at_level(logging.ERROR):
            assessment = scorer.assess(EVENT)
        assert len(scorer._watch.detector.updates) == PROOF - 1
        scorer.assess(EVENT)
        assert list(scorer.updates()) == []
    assert assessment.decision == "allow"
    assert assessment.degraded == ()
    assert told == [waiting[0], *waiting[1:], waiting[0]]
    assert "the function for updates failed" in caplog.text


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"on_update": "print"}, "on_update is of type str"),
        ({"signatures": "x.json"}, "signatures is of type str"),
        ({"false_alarms_weekly": "x"}, "false_alarms_weekly is of type str"),
        ({"watch_hours": None}, "watch_hours is of type NoneType"),
    ],
)
def test_settings_of_a_wrong_type_are_refused_at_once(settings: dict[str, Any], told: str) -> None:
    """Not the first update but the opening says what is wrong."""
    with pytest.raises(ConfigurationError, match=told):
        CampaignSettings(**settings)


@pytest.mark.parametrize(
    "ruling", [{"by": "\x1b\n"}, {"by": 7}, {"days": 0}, {"days": float("nan")}, {"days": "7"}, {"title": 7}]
)
def test_rulings_are_checked_as_those_on_a_report_are(ruling: dict[str, Any]) -> None:
    """Who rules, for how long and what title are looked at before anything is written."""
    with Scorer.open("memory://") as scorer, pytest.raises(ConfigurationError):
        scorer.rule("20260601-1", "name", **({"by": "ada"} | ruling))


def test_titles_are_kept_without_control_characters() -> None:
    """What an analyst types into the running scorer reaches no terminal as a command."""
    site = Site().past()
    site.farm({"email_domain": "farm.example"}, PROOF, MARK)
    with Scorer.open("memory://") as scorer:
        assert scorer._watch is not None
        scorer._watch.detector = site.detector
        [record] = site.campaigns
        assert scorer.rule(record.id, "name", by="ada", title="Win\x1b[31mter\n" + "x" * 300)
        assert record.title.startswith("Win[31mter x")
        assert len(record.title) == 200


def test_a_journal_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without its journal a sign-up is assessed as ever, and says that campaigns could not be looked up."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    with Scorer.open(url, campaigns=None, secret="x" * 32, deadline_ms=60_000) as scorer:
        wanted = scorer.assess({**EVENT, "signup_id": "one"})
    with Scorer.open(url, secret="x" * 32, deadline_ms=60_000) as scorer:
        assert scorer._watch is not None
        scorer._watch.close()
        for number in range(3):
            found = scorer.assess({**EVENT, "signup_id": f"further {number}"})
            assert found.degraded == ("campaigns",)
            assert found.campaign is None
            assert found.decision == wanted.decision
    assert caplog.text.count("assessing without campaigns") == 1


def test_a_journal_that_is_gone_for_a_while(tmp_path: Path) -> None:
    """When the journal's table is there again, so are campaigns."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", deadline_ms=60_000) as scorer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("ALTER TABLE settled RENAME TO elsewhere")
        assert scorer.assess({**EVENT, "signup_id": "one"}).degraded == ("campaigns",)
        other.execute("ALTER TABLE elsewhere RENAME TO settled")
        assert scorer.assess({**EVENT, "signup_id": "two"}).degraded == ()
        other.close()
