"""What a report says of cells and of what is shared is counted over all members and the whole history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from signup_risk.campaigns.falling import falls
from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.recount import SHARE, Recount
from signup_risk.campaigns.settled import unpack
from signup_risk.campaigns.shared import LEAST_MEMBERS, LIFT
from tests.campaigns.site import MARK, PROOF, Site

AT = datetime(2026, 6, 1, tzinfo=UTC)

#: Whether a sign-up is a member, its domain and its network; one name stands for a value, as for its key.
SignUp = tuple[bool, int, int]

signups = st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.integers(11, 13)), max_size=60)


def campaign(history: list[SignUp], *extra: str) -> FoundCampaign:
    """Return the campaign of a history's members, all of whom came through the first domain, with nothing counted."""
    names = [f"s{number}" for number, one in enumerate(history) if one[0]]
    members = tuple(FoundMember(name, AT, 0.9, True, "allow", 1) for name in (*names, *extra))
    kinds = {1: "email_domain", 2: "email_domain", 11: "ip_network"}
    cells = tuple(FoundCell(kind, key, {}, 9.0, 0, 0) for key, kind in kinds.items())
    return FoundCampaign("c", "", "open", AT, AT, AT, 0, ("before",), cells, members)


def recounted(history: list[SignUp], *extra: str) -> FoundCampaign:
    """Return the campaign after the history was read again."""
    count = Recount([campaign(history, *extra)])
    for number, (is_member, domain, network) in enumerate(history):
        assert count.is_member(f"s{number}") == is_member
        if is_member:
            names = {"email_domain": domain, "ip_network": network}
            public = {"email_domain": f"d{domain}.example", "ip_network": f"net {network}"}
            count.member(f"s{number}", [domain, network], names, public)
    count.ask()
    for _, domain, network in history:
        count.sign_up([domain, network], {"email_domain": domain, "ip_network": network})
    [found] = count.campaigns()
    return found


@given(signups)
def test_cells_hold_all_members_and_all_sign_ups(history: list[SignUp]) -> None:
    """Members and sign-ups of each cell are those of a plain count over the history."""
    members = Counter(value for is_member, *values in history if is_member for value in values)
    total = Counter(value for _, *values in history for value in values)
    for cell in recounted(history).cells:
        assert (cell.members, cell.total) == (members[cell.key], total[cell.key])


@given(signups)
def test_shares_are_of_all_members_and_of_all_traffic(history: list[SignUp]) -> None:
    """Named is what enough members show, much more often than all traffic; both shares are those of a plain count."""
    members = [one for one in history if one[0]]
    wanted = set()
    for domain in (1, 2, 3):
        inside, usual = sum(one[1] == domain for one in members), sum(one[1] == domain for one in history)
        if inside >= max(LEAST_MEMBERS, SHARE * len(members)) and inside / len(members) >= LIFT * usual / len(history):
            share = f"{inside / len(members):.0%} of the {len(members)} members, {usual / len(history):.1%} of all"
            wanted.add(f"domain d{domain}.example: {share}")
    told = recounted(history).shared
    if len(members) < LEAST_MEMBERS:
        assert told == ("before",)
    else:
        assert {text for text in told if text.startswith("domain")} == wanted


def test_members_from_before_the_history_count_in_the_cell_that_is_known() -> None:
    """An older store knows members that the history does not hold; they came through one cell at least."""
    history = [(True, 1, 11)] * 6 + [(False, 3, 12)] * 40
    cells = {cell.key: (cell.members, cell.total) for cell in recounted(history, "older 1", "older 2").cells}
    assert cells == {1: (8, 8), 2: (0, 0), 11: (6, 6)}


def test_members_that_joined_before_a_cell_was_found_fall_in_it() -> None:
    """The second cell of a campaign counts the members that came through the first, as long as they are on record."""
    site = Site().past()
    shows = {"email_domain": "farm.example", "ip_network": "198.51.100.0/24"}
    site.farm(shows, PROOF, MARK)
    site.farm(shows, 4, MARK)
    [record] = site.campaigns
    settled = {short: one for short, row in site.journal.settled(list(record.members)).items() if (one := unpack(row))}
    inside = falls(record, settled)
    assert len(record.cells) > 1
    assert set(inside.values()) == {PROOF + 4}
    assert falls(record, {}) != inside
