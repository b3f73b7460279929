"""An analyst rules on campaigns; the record keeps it, and assessments honour what was confirmed and dismissed."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signup_risk import CampaignSettings, Scorer
from signup_risk.campaigns import review
from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.signatures import Signature, SignatureList
from signup_risk.errors import ConfigurationError
from signup_risk.stores import Hasher

AT = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = "a secret of thirty-two characters"
DOMAIN = FoundCell("email_domain", 1, {"email_domain": "farm.example"}, 40.0, 3, 3)
NETWORK = FoundCell("ip_network", 2, {"ip_network": "198.51.100.0/24"}, 30.0, 3, 3)
DEVICE = FoundCell("device", 3, {}, 25.0, 2, 2)


def member(number: int, via: int) -> FoundMember:
    """Return a member."""
    return FoundMember(f"s{number}", AT + timedelta(hours=number), 0.99, True, "allow", via)


def found(name: str, *cells: FoundCell) -> FoundCampaign:
    """Return a campaign with two members through each cell."""
    members = tuple(member(2 * cell.key + n, cell.key) for cell in cells for n in range(2))
    return FoundCampaign(name, "", "open", AT, members[0].at, members[-1].at, 0, ("a",), cells, members)


@pytest.fixture
def report() -> CampaignReport:
    """Return a report of two campaigns."""
    campaigns = (found("20260601-1", DOMAIN, NETWORK), found("20260601-2", DEVICE))
    return CampaignReport(1000, AT, AT, "model 1", True, "abcd", campaigns)


def test_report_is_the_same_after_writing_and_reading(report: CampaignReport) -> None:
    """Campaigns, rulings, actions and what is known good survive the file."""
    changed = review.confirm(report, "20260601-1", by="ada", at=AT, days=14, note="sure")
    changed, _ = review.act(changed, "20260601-1", "block", by="ada", reason="farm", at=AT)
    changed = replace(changed, known_good=frozenset({"s9"}))
    assert CampaignReport.from_dict(changed.to_dict()) == changed


@pytest.mark.parametrize("told", [{}, {"format": 2}, {"format": 1}, [], "x"])
def test_what_is_no_report_is_refused(told: object) -> None:
    """Another file says what is wrong and what to do."""
    with pytest.raises(ConfigurationError, match=r"signup-risk campaigns|this version reads"):
        CampaignReport.from_dict(told)  # type: ignore[arg-type]


def test_rulings_change_status_and_stand_on_the_record(report: CampaignReport) -> None:
    """Confirm, dismiss, restore and name leave who, when and why."""
    changed = review.confirm(report, "20260601-1", by="ada", at=AT, days=14)
    changed = review.dismiss(changed, "20260601-2", by="bob", at=AT, note="lab computers")
    changed = review.name(changed, "20260601-1", "Spring farm", by="ada", at=AT)
    assert [one.status for one in changed.campaigns] == ["confirmed", "dismissed"]
    assert changed.campaign("20260601-1").title == "Spring farm"
    assert [(one.what, one.by, one.note) for one in changed.rulings] == [
        ("confirm", "ada", ""), ("dismiss", "bob", "lab computers"), ("name", "ada", "Spring farm"),
    ]  # fmt: skip
    assert review.restore(changed, "20260601-2", by="bob", at=AT).campaign("20260601-2").status == "open"


def test_merge_joins_cells_and_members_in_the_order_of_time(report: CampaignReport) -> None:
    """The first campaign keeps its id and has everything."""
    changed = review.merge(report, "20260601-1", "20260601-2", by="ada", at=AT)
    whole = changed.campaign("20260601-1")
    assert len(changed.campaigns) == 1
    assert {cell.key for cell in whole.cells} == {1, 2, 3}
    assert [one.at for one in whole.members] == sorted(one.at for one in whole.members)
    assert whole.size == 6


def test_split_takes_cells_and_the_members_that_came_through_them(report: CampaignReport) -> None:
    """Both parts keep their own members and times; all cells or none cannot be split off."""
    changed = review.split(report, "20260601-1", [2], by="ada", at=AT)
    part, rest = changed.campaign("20260601-1.2"), changed.campaign("20260601-1")
    assert ([cell.key for cell in part.cells], [cell.key for cell in rest.cells]) == ([2], [1])
    assert {one.via for one in part.members} == {2}
    assert part.first_seen == part.members[0].at
    for cells in ([], [1, 2], [7]):
        with pytest.raises(ConfigurationError, match="name some of them"):
            review.split(report, "20260601-1", cells, by="ada", at=AT)


def test_action_is_undone_once(report: CampaignReport) -> None:
    """The record of an undoing names what it undoes, and there is no second one."""
    changed, done = review.act(report, "20260601-1", "block", by="ada", reason="farm", at=AT)
    changed, back = review.undo(changed, done.id, by="bob", reason="appeal", at=AT)
    assert (back.undoes, [one.id for one in changed.actions]) == ("action-1", ["action-1", "action-2"])
    with pytest.raises(ConfigurationError, match="taken back already"):
        review.undo(changed, done.id, by="bob", reason="again", at=AT)


@pytest.mark.parametrize("campaign", ["", "20260601-9"])
def test_unknown_campaign_is_named_with_those_that_exist(report: CampaignReport, campaign: str) -> None:
    """The error says what the report holds."""
    with pytest.raises(ConfigurationError, match="20260601-1, 20260601-2"):
        review.dismiss(report, campaign, by="ada", at=AT)


def test_signatures_hold_cells_of_ruled_campaigns_with_their_end(report: CampaignReport) -> None:
    """Public values are in the clear, private ones a keyed hash; what nobody ruled on is left out."""
    changed = review.confirm(report, "20260601-1", by="ada", at=AT, days=14)
    made = review.signatures(changed, version=3)
    assert {(one.kind, one.key, one.until) for one in made.signatures} == {
        ("email_domain", None, AT + timedelta(days=14)),
        ("ip_network", None, AT + timedelta(days=14)),
    }
    changed = review.dismiss(changed, "20260601-2", by="ada", at=AT)
    assert review.signatures(changed).signatures[-1].key == 3
    assert SignatureList.from_json(made.to_json()) == made


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 9}', '{"format": 1, "version": 1, "signatures": [1]}'])
def test_what_is_no_list_of_signatures_is_refused(text: str) -> None:
    """The error says what to do."""
    with pytest.raises(ConfigurationError, match="signatures"):
        SignatureList.from_json(text)


def assessed(signatures: SignatureList, day: int, **event: object) -> tuple[str, str | None]:
    """Return decision and campaign of a sign-up under a list of signatures."""
    settings = CampaignSettings(signatures=signatures)
    with Scorer.open("memory://", secret=SECRET, campaigns=settings) as scorer:
        told = {"signup_id": "x", "at": f"2026-06-{day:02}T12:00:00Z", "email": "ada.byron@farm.example"}
        answer = scorer.assess(told | event)
    return answer.decision, answer.campaign.id if answer.campaign else None


def listed(verdict: str, until: datetime | None = None) -> SignatureList:
    """Return a list of one domain."""
    values = {"email_domain": "farm.example"}
    return SignatureList(1, (Signature("20260501-1", "T", verdict, "email_domain", values, None, until, "ada"),))  # type: ignore[arg-type]


def test_confirmed_signature_recognises_a_member_until_it_ends() -> None:
    """The next sign-up in a confirmed cell belongs to the campaign; after the end, and elsewhere, none does.

    Here the account alone looks ordinary enough to fall short of membership, so a suspicious one is used.
    """
    suspicious = {
        "ip_address": "45.83.220.10",
        "device": {"user_agent": "python-requests/2.31", "webdriver": True},
        "session": {"form_seconds": 0.4},
    }
    until = datetime(2026, 6, 10, tzinfo=UTC)
    assert assessed(listed("confirmed", until), 5, **suspicious)[1] == "20260501-1"
    assert assessed(listed("confirmed", until), 11, **suspicious)[1] is None
    assert assessed(listed("confirmed", until), 5, email="ada.byron@other.example", **suspicious)[1] is None


def test_private_signature_counts_under_its_own_secret_only(caplog: pytest.LogCaptureFixture) -> None:
    """A keyed hash made elsewhere means nothing here and is left out, not in silence."""
    device = Signature("20260501-1", "", "confirmed", "device", {}, 99, None, "ada")
    own, other = Hasher(SECRET.encode()), Hasher(b"another secret of enough bytes...")
    made = SignatureList(1, (device, *listed("confirmed").signatures), own.check())
    with caplog.at_level(logging.WARNING):
        assert [len(one.cells) for one in made.records(own)] == [2]
        assert caplog.text == ""
        assert [len(one.cells) for one in made.records(other)] == [1]
    assert "1 of 2 signatures were made under another secret" in caplog.text


def test_confirmation_that_has_run_out_opens_nothing() -> None:
    """After its end a list's cell is a cell like any other: marks in it are no members by the list's word alone."""
    until = datetime(2026, 6, 10, tzinfo=UTC)
    suspicious = {"ip_address": "45.83.220.10", "device": {"user_agent": "python-requests/2.31", "webdriver": True}}
    with Scorer.open("memory://", campaigns=CampaignSettings(signatures=listed("confirmed", until))) as scorer:
        for number in range(8):
            told = {"signup_id": f"s{number}", "at": f"2026-06-11T12:0{number}:00Z", "email": f"a{number}@farm.example"}
            answer = scorer.assess(told | suspicious | {"session": {"form_seconds": 0.4}})
            assert answer.campaign is None
        assert answer.fpr <= 0.003
        assert scorer.campaigns() == ()


@pytest.mark.parametrize("version", [0, -1, "1", True, None])
def test_versions_of_lists_count_from_one(version: Any) -> None:
    """A list whose version cannot be compared is refused."""
    with pytest.raises(ConfigurationError, match="whole number from 1"):
        SignatureList(version, ())


def test_confirmed_combination_that_many_others_share_is_no_signature(report: CampaignReport) -> None:
    """What cannot act alone is not honoured alone either, unless the analyst insists; dismissing is not narrowed."""
    common = FoundCell("email_domain", 9, {"email_domain": "icloud.com"}, 40.0, 4, 300)
    wide = replace(report, campaigns=(found("20260601-1", common, NETWORK), found("20260601-2", common)))
    confirmed = review.confirm(wide, "20260601-1", by="ada", at=AT)
    assert {one.kind for one in review.signatures(confirmed).signatures} == {"ip_network"}
    assert {one.kind for one in review.signatures(confirmed, wide=True).signatures} == {"ip_network", "email_domain"}
    assert review.reach(confirmed, "20260601-1")[9].outside == 296
    mixed = FoundCell("asn", 8, {"asn": "64500"}, 40.0, 4, 5)
    few = replace(report, signups=10_000, campaigns=(found("20260601-1", mixed),))
    assert review.reach(few, "20260601-1")[8].acts_alone  # but a fifth of those in it are others
    assert review.signatures(review.confirm(few, "20260601-1", by="ada", at=AT)).signatures == ()
    dismissed = review.dismiss(wide, "20260601-2", by="ada", at=AT)
    assert [one.kind for one in review.signatures(dismissed).signatures] == ["email_domain"]


def test_second_action_starts_where_the_first_left_the_accounts(report: CampaignReport) -> None:
    """Both undone in turn, every account is as it was; the first cannot be undone beneath the second."""
    once, first = review.act(report, "20260601-1", "review", by="ada", reason="farm", at=AT)
    twice, second = review.act(once, "20260601-1", "block", by="ada", reason="surely", at=AT)
    assert {change[1:] for change in second.changes} == {("review", "block")}
    with pytest.raises(ConfigurationError, match=r"action-2 still stands on 4 accounts of action-1"):
        review.undo(twice, first.id, by="bob", reason="appeal", at=AT)
    back, undone = review.undo(twice, second.id, by="bob", reason="appeal", at=AT)
    assert {change[1:] for change in undone.changes} == {("block", "review")}
    back, undone = review.undo(back, first.id, by="bob", reason="appeal", at=AT)
    assert {change[1:] for change in undone.changes} == {("review", "allow")}
    assert set(back.standing().values()) == {"allow"}
    again, third = review.act(back, "20260601-1", "step_up", by="ada", reason="once more", at=AT)
    assert {change[1:] for change in third.changes} == {("allow", "step_up")}
    assert [one.id for one in again.still_standing()] == [third.id]


def test_accounts_that_are_so_already_are_not_acted_on_again(report: CampaignReport) -> None:
    """The same action a second time changes nobody, so undoing it loosens nobody."""
    once, _ = review.act(report, "20260601-1", "block", by="ada", reason="farm", at=AT)
    twice, second = review.act(once, "20260601-1", "block", by="ada", reason="again", at=AT)
    assert second.changes == ()
    assert review.undo(twice, second.id, by="bob", reason="x", at=AT)[1].changes == ()


def test_restored_campaign_stands_as_it_would_have(report: CampaignReport) -> None:
    """One whose members stopped coming is quiet, and what was never ruled on cannot be taken back."""
    late = replace(report, last_at=AT + timedelta(days=30))
    ruled = review.confirm(late, "20260601-1", by="ada", at=AT)
    assert review.restore(ruled, "20260601-1", by="ada", at=AT).campaign("20260601-1").status == "quiet"
    with pytest.raises(ConfigurationError, match="neither confirmed nor dismissed"):
        review.restore(report, "20260601-1", by="ada", at=AT)
