"""Follow campaigns through their life: opened, grown, quiet, back, merged, split and ruled upon."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from signup_risk.results import DecisionName
from signup_risk.stores.sqlite_journal import SqliteJournal
from tests.campaigns.site import DAY, HOUR, MARK, MIDDLING, MINUTE, PLAIN, PROOF, Site, ids

FARM = {"email_domain": "farm.example"}


def opened(**options: object) -> Site:
    """Return a site with one open campaign of the fewest members."""
    site = Site(**options).past()  # type: ignore[arg-type]
    site.farm(FARM)
    return site


def test_a_campaign_opens() -> None:
    """When a cell is proven its marks become members, those that came before included."""
    site = Site().past()
    before = site.farm(FARM, PROOF - 1)
    assert site.campaigns == []
    found = site.sign_up(FARM, MARK)
    [record] = site.campaigns
    assert ids(record) == [*before, f"account-{site.count}"]
    assert found is not None
    assert (found.campaign.id, found.campaign.size, found.campaign.status) == (record.id, PROOF, "open")
    assert found.campaign.growth_24h == PROOF
    assert found.campaign.signature == "domain farm.example"
    assert found.probability > 0.9
    assert found.campaign.first_seen.timestamp() * 1e6 == site.at - (PROOF - 1) * MINUTE


def test_ordinary_sign_ups_open_nothing() -> None:
    """However many share a value, without marks it is no campaign."""
    site = Site().past()
    site.farm(FARM, 60, PLAIN)
    assert site.campaigns == []


def test_what_always_was_so_opens_nothing() -> None:
    """A cell that has had marks at the same rate for weeks is how the site is."""
    site = Site().past()
    for _ in range(60):
        site.sign_up({"email_domain": "other.example"}, after=4 * HOUR)
        site.sign_up(FARM, MARK, after=4 * HOUR)
    late = [record for record in site.campaigns if record.opened_at > site.at - 15 * DAY]
    assert late == []


def test_a_campaign_grows() -> None:
    """What comes later joins if its own score does not speak against it."""
    site = opened()
    [record] = site.campaigns
    found, other = site.sign_up(FARM, MIDDLING), site.sign_up(FARM, PLAIN)
    assert found is not None
    assert found.campaign.size == PROOF + 1
    assert other is None
    assert site.sign_up({"email_domain": "elsewhere.example"}, MARK) is None
    assert len(record.members) == PROOF + 1


def test_middling_sign_ups_of_the_past_join_too() -> None:
    """Members that were no marks are found when the campaign opens; ordinary ones in the same cell are not."""
    site = Site().past()
    [middling] = site.farm(FARM, 1, MIDDLING)
    [plain] = site.farm(FARM, 1, PLAIN)
    site.farm(FARM, 10)
    [record] = site.campaigns
    assert middling in ids(record)
    assert plain not in ids(record)


def test_a_sign_up_sent_again() -> None:
    """A repeated sign-up is told the same and changes nothing."""
    site = opened()
    first = site.sign_up(FARM, MARK, name="twice")
    number = site.detector.book.number
    again = site.sign_up(FARM, MARK, name="twice", after=0)
    assert first == again
    assert site.detector.book.number == number


def test_without_an_id_nobody_is_a_member() -> None:
    """A sign-up without an id is told of the campaign but cannot belong to it, before or after it opens."""
    site = Site().past()
    for _ in range(3):
        site.sign_up(FARM, MARK, name=None)
    site.farm(FARM, 12)
    [record] = site.campaigns
    size = len(record.members)
    found = site.sign_up(FARM, MARK, name=None)
    assert found is not None
    assert len(record.members) == size
    assert 0 not in record.members
    assert 0 not in site.detector.book.marks
    assert all(name.startswith("account-") for name in ids(record))


def test_without_the_store_nothing_is_learnt() -> None:
    """A sign-up whose past could not be read is no member and no mark."""
    site = opened()
    number = site.detector.book.number
    seen = site.detector.observe
    site.detector.observe = lambda sighting, _, **more: seen(sighting, None, **more)  # type: ignore[method-assign]
    assert site.sign_up(FARM, MARK) is None
    assert site.detector.book.number == number


def test_quiet_and_back() -> None:
    """After a week without members a campaign is quiet; two more marks bring it back under its own name."""
    site = opened()
    [record] = site.campaigns
    week = record.last_seen + 7 * DAY
    assert [record.status(week), record.status(week + 1)] == ["open", "quiet"]
    site.farm(FARM, 2, after=8 * DAY)
    assert site.campaigns == [record]
    site.farm(FARM, 2)
    assert record.reopened == 1
    assert record.status(site.at) == "open"
    assert len(record.members) > PROOF


def test_one_mark_with_several_cells_opens_one_campaign() -> None:
    """Cells that are proven by the same marks at the same moment are one campaign's."""
    site = Site().past()
    site.farm({**FARM, "agent": "browser", "tls": "print", "asn": "64500"}, 20)
    [record] = site.campaigns
    assert len(record.members) == 20
    assert {cell.kind for cell in record.cells.values()} >= {"email_domain", "agent", "tls", "asn"}


def test_two_campaigns_merge() -> None:
    """Two campaigns whose marks meet in two cells of unlike kinds are one; the older one goes on."""
    site = Site().past()
    one, other = {"email_domain": "one.example"}, {"email_domain": "other.example"}
    site.farm(one)
    site.farm(other)
    first, second = site.campaigns
    common = {"agent": "browser", "tls": "print"}
    for _ in range(6):
        site.sign_up(common, after=MINUTE)
    for _ in range(30):
        site.sign_up({**one, **common}, MARK)
        site.sign_up({**other, **common}, MARK)
    assert site.campaigns == [first]
    assert second.status(site.at) == "merged"
    assert site.detector.book.find(second.id) is first
    assert len(first.members) == 2 * PROOF + 60
    assert {cell.values.get("email_domain") for cell in first.cells.values()} >= {"one.example", "other.example"}
    found = site.sign_up(other, MARK)
    assert found is not None
    assert found.campaign.id == first.id


def test_farms_that_meet_late_are_one() -> None:
    """Two campaigns are joined once their cells hold each other's marks, though the cells were given away long ago."""
    site = Site().past()
    one, other = {"email_domain": "one.example", "asn": "64500"}, {"tls": "print", "agent": "browser"}
    site.farm(one, 10)
    site.farm(other, 10)
    first, second = site.campaigns
    site.farm({**one, **other}, 40)
    assert site.campaigns == [first]
    assert second.status(site.at) == "merged"
    assert len(first.members) == 60


def test_one_common_network_does_not_merge() -> None:
    """Two campaigns that share one thing only, a network that hosts both, stay two."""
    site = Site().past()
    one, other = {"email_domain": "one.example"}, {"email_domain": "other.example"}
    site.farm(one)
    site.farm(other)
    for _ in range(6):
        site.sign_up({"asn": "64500"}, after=MINUTE)
    for _ in range(30):
        site.sign_up({**one, "asn": "64500"}, MARK)
        site.sign_up({**other, "asn": "64500"}, MARK)
    assert len(site.campaigns) == 2


@pytest.mark.parametrize("decision", ["allow", "step_up", "review", "block"])
def test_updates_name_the_admitted_members(decision: DecisionName) -> None:
    """When a campaign opens there is an update for each member let in before, and for none that was held up as much."""
    site = Site().past()
    before = site.farm(FARM, PROOF - 1, decision=decision)
    site.sign_up(FARM, MARK)
    updates = site.updates()
    assert [update.signup_id for update in updates] == ([] if decision in {"review", "block"} else before)
    for update in updates:
        assert update.decision == decision
        assert update.suggested == "review"
        assert update.campaign.id == site.campaigns[0].id
        assert update.at.timestamp() * 1e6 == site.at


def test_updates_reach_back_a_day() -> None:
    """Members that were let in more than a day ago belong to the campaign, but nothing is said of them."""
    site = Site().past()
    old = site.farm(FARM, 3)
    new = site.farm(FARM, 1, after=24 * HOUR - 2 * MINUTE)
    site.farm(FARM, 2)
    [record] = site.campaigns
    told = [update.signup_id for update in site.updates()]
    assert ids(record)[:4] == old + new
    assert told == [*new, f"account-{site.count - 1}"]


def test_no_update_twice() -> None:
    """A member is the subject of one update, however the campaign grows."""
    site = Site().past()
    site.farm({**FARM, "tls": "print"}, 40)
    told = [update.signup_id for update in site.updates()]
    assert len(told) == len(set(told))


def test_a_process_that_starts_later() -> None:
    """Whoever opens the same journal later arrives at the same campaigns."""
    site = opened()
    site.farm({"email_domain": "second.example"}, 9)
    site.rule(site.campaigns[0], "dismiss")
    site.rule(site.campaigns[1], "name", title="Second")
    later = Site(site.store, site.journal)
    later.detector.refresh()
    assert later.campaigns == site.campaigns
    later.at, later.count = site.at, 1000
    found = later.sign_up({"email_domain": "second.example"}, MARK)
    site.detector.refresh()
    assert found is not None
    assert later.campaigns == site.campaigns


def test_two_processes_take_turns(tmp_path: Path) -> None:
    """Two processes that each see every other sign-up find one campaign between them, with all members."""
    first = Site(journal=SqliteJournal(tmp_path / "velocity.db")).past()
    second = Site(first.store, SqliteJournal(tmp_path / "velocity.db"))
    second.at, second.count = first.at, 1000
    for _ in range(10):
        for site in (first, second):
            site.at += MINUTE
            site.sign_up(FARM, MARK)
    first.detector.refresh()
    [record] = first.campaigns
    assert len(record.members) == 20
    assert second.campaigns == [record]
    for site in (first, second):
        site.journal.close()


def test_two_processes_open_at_once(tmp_path: Path) -> None:
    """Two processes that assess at the same time end with the same campaign, and with one."""
    path = tmp_path / "velocity.db"
    first = Site(journal=SqliteJournal(path)).past()
    sites = [first, Site(first.store, SqliteJournal(path))]
    sites[1].at, sites[1].count = first.at, 1000
    start = threading.Barrier(2)

    def work(site: Site) -> None:
        start.wait()
        site.farm(FARM, 30)

    threads = [threading.Thread(target=work, args=(site,)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for site in sites:
        site.detector.refresh()
    [record] = sites[0].campaigns
    assert sites[1].campaigns == [record]
    assert len(record.members) == 60
    for site in sites:
        site.journal.close()


def test_threads_share_a_detector() -> None:
    """Sign-ups of several threads are all seen, and open one campaign."""
    site = Site().past()

    def work() -> None:
        for _ in range(25):
            site.sign_up(FARM, MARK, name=f"{threading.get_ident()}-{site.count}", after=0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.campaigns) == 1


def test_confirmation_is_given_for_the_cells_that_were_there() -> None:
    """A cell that is found afterwards is the campaign's, but nobody has vouched for it."""
    site = Site().past()
    shows = {"email_domain": "farm.example"}
    site.farm(shows)
    [record] = site.campaigns
    site.rule(record, "confirm")
    before = set(record.cells)
    site.farm({**shows, "ip_network": "198.51.100.0/24"}, 12)
    later = set(record.cells) - before
    assert later
    assert all(record.vouches_for(key, site.at) for key in before)
    assert not any(record.vouches_for(key, site.at) for key in later)
    site.rule(record, "restore")
    assert not any(record.vouches_for(key, site.at) for key in before)
