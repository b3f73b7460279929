"""Let an analyst rule: dismiss, restore, confirm, name, split."""

from __future__ import annotations

from dataclasses import replace

from signup_risk.policy import Policy
from tests.campaigns.site import DAY, MARK, MILD, PLAIN, PROOF, Site

FARM = {"email_domain": "farm.example"}


def opened(**options: object) -> Site:
    """Return a site with one open campaign of the fewest members."""
    site = Site(**options).past()  # type: ignore[arg-type]
    site.farm(FARM)
    return site


def test_dismissed_is_not_raised_again() -> None:
    """What an analyst dismissed opens nothing, in the same cell or in others that its sign-ups share."""
    site = opened()
    [record] = site.campaigns
    site.rule(record, "dismiss")
    assert site.sign_up(FARM, MARK) is None
    site.farm(FARM, 20)
    assert [one.id for one in site.campaigns] == [record.id]
    assert record.status(site.at) == "dismissed"
    assert len(record.members) == PROOF


def test_dismissed_sign_ups_prove_no_other_cell() -> None:
    """Marks of a dismissed campaign do not make one by another thing that they share."""
    site = Site().past()
    site.farm({**FARM, "tls": "print"}, PROOF)
    for record in site.campaigns:
        site.rule(record, "dismiss")
    known = len(site.campaigns)
    site.farm({**FARM, "tls": "print", "agent": "browser"}, 1)
    assert len(site.campaigns) == known


def test_restored_goes_on() -> None:
    """A dismissal can be taken back; members and cells are there again."""
    site = opened()
    [record] = site.campaigns
    site.rule(record, "dismiss")
    site.rule(record, "restore")
    found = site.sign_up(FARM, MARK)
    assert found is not None
    assert found.campaign.id == record.id
    assert record.status(site.at) == "open"
    assert len(record.members) == PROOF + 1


def test_confirmed_until() -> None:
    """A confirmation holds until its end, and lets in what the cell alone would leave out."""
    site = opened()
    [record] = site.campaigns
    site.farm(FARM, 14, PLAIN)
    assert site.sign_up(FARM, MILD) is None
    site.rule(record, "confirm", until=site.at + DAY)
    assert record.status(site.at) == "confirmed"
    assert [record.status(site.at + DAY - 1), record.status(site.at + DAY)] == ["confirmed", "open"]
    found = site.sign_up(FARM, MILD)
    assert found is not None
    assert found.campaign.status == "confirmed"
    assert site.sign_up(FARM, MILD, after=2 * DAY) is None


def test_confirmed_cell_that_others_use_too() -> None:
    """Where mostly others come in, as on a network, a confirmation takes no ordinary sign-up for a member."""
    site = opened()
    [record] = site.campaigns
    site.rule(record, "confirm", until=site.at + DAY)
    site.farm(FARM, 60, PLAIN)
    assert site.sign_up(FARM, MILD) is None
    assert site.sign_up(FARM, MARK) is not None


def test_named() -> None:
    """A campaign bears the name that an analyst gave it."""
    site = opened()
    [record] = site.campaigns
    site.rule(record, "name", title="Spring farm")
    found = site.sign_up(FARM, MARK)
    assert found is not None
    assert found.campaign.title == "Spring farm"


def test_split() -> None:
    """A cell that was split off takes the members that came through it along, as a campaign of its own."""
    site = Site().past()
    two = {"email_domain": "two.example", "tls": "print"}
    site.farm({**FARM, "tls": "print"}, 12)
    site.farm(two, 12)
    site.farm({"email_domain": "two.example"}, 5)
    [record] = site.campaigns
    [key] = [key for key, cell in record.cells.items() if cell.values.get("email_domain") == "two.example"]
    whole, through = len(record.members), sum(member.via == key for member in record.members.values())
    assert through >= 5
    site.rule(record, "split", cells=[key])
    first, second = site.campaigns
    assert first is record
    assert (len(first.members), len(second.members)) == (whole - through, through)
    assert list(second.cells) == [key]
    found = site.sign_up({"email_domain": "two.example"}, MARK)
    assert found is not None
    assert found.campaign.id == second.id


def test_ruling_on_nothing() -> None:
    """A ruling on an unknown campaign, a split of no or of every cell, and a restored open one change nothing."""
    site = opened()
    [record] = site.campaigns
    before = record.told(site.at, Policy().suggest)
    site.rule(record, "split", cells=list(record.cells))
    site.rule(record, "split", cells=[1])
    site.rule(record, "restore")
    site.rule(record, "nonsense")
    site.rule(replace(record, id="no such campaign"), "dismiss")
    assert site.campaigns == [record]
    assert record.told(site.at, Policy().suggest) == before
