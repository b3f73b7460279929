"""Let campaigns outlive the ninety days of their journal, and their members not."""

from __future__ import annotations

from signup_risk.campaigns.entries import read
from signup_risk.stores.journal import KEPT_FOR
from tests.campaigns.site import DAY, HOUR, MARK, PLAIN, PROOF, Site

FARM = {"email_domain": "farm.example"}


def living(days: int) -> Site:
    """Return a site with a campaign that has gone on for so many days, four sign-ups a day."""
    site = Site().past()
    site.farm(FARM)
    site.farm(FARM, 4 * days, after=6 * HOUR)
    return site


def started(site: Site) -> Site:
    """Return the same site in a process that starts now."""
    other = Site(site.store, site.journal)
    other.detector.refresh()
    other.at, other.count = site.at, site.count
    return other


def test_a_process_that_starts_late_knows_a_campaign_that_still_goes_on() -> None:
    """What opened 130 days ago is known by its name, cells and rulings, and the next sign-up is told the same."""
    site = living(130)
    [record] = site.campaigns
    site.rule(record, "name", title="winter farm")
    site.farm(FARM, 40 * 4, after=6 * HOUR)
    assert all(read(content)["t"] != "open" for _, content in site.journal.since(0))
    fresh = started(site)
    [again] = fresh.campaigns
    assert (again.id, again.title, again.cells) == (record.id, "winter farm", record.cells)
    times = [(one.opened_at, one.first_seen, one.last_seen) for one in (again, record)]
    assert times[0] == times[1]
    told = fresh.sign_up(FARM, MARK)
    assert told is not None
    assert told.campaign.id == record.id


def test_members_are_held_for_ninety_days() -> None:
    """Of a campaign that goes on, members of the last ninety days are held, and a day's more at most."""
    site = living(200)
    [record] = site.campaigns
    assert min(record.times) > site.at - KEPT_FOR - 2 * DAY
    assert site.detector.book.owner.keys() == record.members.keys()
    assert record.first_seen < site.at - 190 * DAY
    assert len(record.members) < 4 * 93
    assert 0 < record.probability <= 1


def test_a_dismissal_outlives_the_journal() -> None:
    """What was dismissed half a year ago is not raised again, in the old process or in a new one."""
    site = Site().past()
    site.farm(FARM)
    [record] = site.campaigns
    site.rule(record, "dismiss")
    for number in range(3 * 190):
        site.sign_up({"email_domain": f"day-{number}.example"}, after=8 * HOUR)
    assert all(read(content)["t"] == "keep" for _, content in site.journal.since(0))
    for one in (site, started(site)):
        one.farm(FARM, 2 * PROOF)
        assert [(found.id, found.status(one.at)) for found in one.campaigns] == [(record.id, "dismissed")]


def test_what_fell_silent_is_told_no_more() -> None:
    """A campaign on which nobody ruled is forgotten ninety days after its last member, everywhere."""
    site = living(40)
    for number in range(3 * 95):
        site.sign_up({"email_domain": f"day-{number}.example"}, after=8 * HOUR)
    site.farm({"email_domain": "another.example"}, 1)
    assert site.campaigns == []
    assert started(site).campaigns == []


def test_bridges_go_with_their_campaigns() -> None:
    """What two campaigns had in common is forgotten with them, or a process that runs for months would fill with it."""
    site = Site().past()
    ones, others = {"email_domain": "one.example"}, {"email_domain": "other.example"}
    for shows in (ones, others):
        site.farm(shows)
    names = [record.id for record in site.campaigns]
    site.farm({"asn": "64500"}, 6, fpr=PLAIN)
    for shows in (ones, others) * 30:
        site.sign_up({**shows, "asn": "64500"}, MARK)
    assert [record.id for record in site.campaigns] == names
    assert site.detector.book.is_bridged(*names, "asn")
    for number in range(3 * 95):
        site.sign_up({"email_domain": f"day-{number}.example"}, after=8 * HOUR)
    site.sign_up(ones, MARK)
    assert not site.detector.book.is_bridged(*names, "asn")


def test_campaigns_of_a_list_are_not_told_in_the_journal() -> None:
    """They come with the list at every start, and go with it."""
    first = living(1)
    [record] = first.campaigns
    site = Site(known=[record])
    for number in range(3 * 70):
        site.sign_up({"email_domain": f"day-{number}.example"}, after=8 * HOUR)
    assert site.journal.since(0) == []
    assert site.detector.book.campaigns.keys() == {record.id}
