"""A bulk action is looked at first, kept within caps, recorded and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signup_risk.campaigns.action import ActionRecord, Caps, act, preview, undo
from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.errors import ConfigurationError

AT = datetime(2026, 6, 1, tzinfo=UTC)
NARROW = FoundCell("ip_network", 11, {"ip_network": "198.51.100.0/24"}, 40.0, 8, 9)
BROAD = FoundCell("email_domain", 12, {"email_domain": "gmail.com"}, 30.0, 10, 30_000)


def member(number: int, *, via: int = 11, probability: float = 0.99, is_mark: bool = True) -> FoundMember:
    """Return a member."""
    at = AT + timedelta(minutes=number)
    return FoundMember(f"s{number}", at, probability, is_mark, "allow" if number % 2 else "review", via)


def campaign(*members: FoundMember, cells: tuple[FoundCell, ...] = (NARROW, BROAD)) -> FoundCampaign:
    """Return a campaign."""
    return FoundCampaign("20260601-1", "", "open", AT, AT, AT, 0, (), cells, members)


def test_preview_says_how_far_each_combination_reaches() -> None:
    """One sign-up outside shares the network, thirty thousand the free-mail domain."""
    seen = preview(campaign(*(member(n) for n in range(10))), traffic=100_000)
    shares = {cell.words: (round(cell.outside_share, 6), cell.acts_alone) for cell in seen.cells}
    assert shares == {
        "network 198.51.100.0/24": (0.00001, True),
        "domain gmail.com": (round(29_990 / 99_990, 6), False),
    }


def test_broad_combination_alone_condemns_nobody() -> None:
    """A member without a high score of its own that came through a free-mail domain is withheld."""
    members = (member(1), member(2, is_mark=False), member(3, via=12), member(4, via=12, is_mark=False))
    seen = preview(campaign(*members), traffic=100_000)
    assert [one.signup_id for one in seen.affected] == ["s1", "s2", "s3"]
    assert seen.withheld == {"came through a combination that too many others share": 1}


def test_campaign_known_by_broad_combinations_only_cannot_be_acted_on() -> None:
    """Where every combination holds for many others, the action is refused whatever the members' scores."""
    seen = preview(campaign(member(1, via=12), cells=(BROAD,)), traffic=100_000)
    assert len(seen.objections) == 1
    with pytest.raises(ConfigurationError, match=r"every combination holds for more than 0\.10%"):
        act(seen, "block", by="ada", reason="farm", at=AT)


def test_combination_of_unknown_reach_does_not_act_alone() -> None:
    """A count that is missing is not a count of nought."""
    seen = preview(campaign(member(1), cells=(replace(NARROW, total=0),)), traffic=100_000)
    assert not seen.cells[0].acts_alone


def test_known_good_member_stops_the_action_unless_the_cap_allows_it() -> None:
    """One member known to be legitimate is one too many by default, and is never acted on."""
    whole = campaign(*(member(n) for n in range(5)))
    seen = preview(whole, traffic=10_000, known_good=["s3", "other"])
    assert (seen.known_good, len(seen.affected), bool(seen.objections)) == (("s3",), 4, True)
    allowed = preview(whole, traffic=10_000, known_good=["s3"], caps=Caps(known_good=1))
    assert not allowed.objections
    assert "s3" not in {one.signup_id for one in allowed.affected}


def test_caps_on_number_and_probability_hold() -> None:
    """Too many members at once are refused; members below the least probability are withheld."""
    whole = campaign(member(1), member(2), member(3, probability=0.7))
    seen = preview(whole, traffic=10_000, caps=Caps(members=1))
    assert seen.withheld == {"joint probability below 0.8": 1}
    assert seen.objections == ("2 members would be acted on, at most 1 may be",)


def test_dismissed_campaign_cannot_be_acted_on() -> None:
    """What an analyst dismissed is left alone."""
    seen = preview(replace(campaign(member(1)), status="dismissed"), traffic=10_000)
    assert seen.objections == ("an analyst dismissed it",)


def test_undo_gives_every_member_the_decision_that_it_had() -> None:
    """An action and its undoing leave every sign-up as it was; neither loosens a stricter decision."""
    seen = preview(campaign(*(member(n) for n in range(6))), traffic=10_000)
    done = act(seen, "review", by="ada", reason="farm", at=AT)
    assert {before for _, before, _ in done.changes} == {"allow"}
    back = undo(done, by="bob", reason="appeal", at=AT, number=2)
    assert back.changes == tuple((one, after, before) for one, before, after in done.changes)
    assert back.undoes == done.id
    assert ActionRecord.from_dict(back.to_dict()) == back


@pytest.mark.parametrize(("by", "reason", "decision"), [("", "x", "block"), ("x", "", "block"), ("x", "y", "allow")])
def test_action_needs_somebody_a_reason_and_a_possible_decision(by: str, reason: str, decision: str) -> None:
    """Nothing is done in bulk without a name and a reason, and nobody is admitted in bulk."""
    seen = preview(campaign(member(1)), traffic=10_000)
    with pytest.raises(ConfigurationError):
        act(seen, decision, by=by, reason=reason, at=AT)  # type: ignore[arg-type]


def test_undoing_cannot_be_undone() -> None:
    """To act again one looks at a new preview."""
    done = act(preview(campaign(member(1)), traffic=10_000), "block", by="ada", reason="farm", at=AT)
    back = undo(done, by="ada", reason="wrong", at=AT, number=2)
    with pytest.raises(ConfigurationError, match="look at a new preview"):
        undo(back, by="ada", reason="again", at=AT, number=3)
