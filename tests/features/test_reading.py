"""Read velocity from hand-made pasts: what is hot, what is alike, what is regular."""

from __future__ import annotations

import math

import pytest

from signup_risk.features.reading import Velocity
from signup_risk.stores import DAYS_7, DAYS_30, HOUR_1, HOURS_24, Entry, KeyView, MemoryStore, Touch
from signup_risk.stores.windows import DAY, HOUR, MINUTE, SECOND

NOW = 1_780_000_000 * SECOND
ALL_KEY, NETWORK, DOMAIN = 1, 2, 3

#: Attributes of a network key: ip, email_domain, email_shape, agent.
Others = tuple[int, int, int, int]


class Past:
    """Build a past of sign-ups and read it at one moment."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.number = 0

    def add(self, at: int, *, network: bool = False, domain: bool = False, others: Others = (0, 0, 0, 0)) -> None:
        """Record a sign-up, on the network or domain in question or elsewhere."""
        self.number += 1
        entries = [Entry(ALL_KEY, ())]
        if network:
            entries.append(Entry(NETWORK, others))
        if domain:
            entries.append(Entry(DOMAIN, (0, 0, 0, 0)))
        self.store.exchange(Touch(at, self.number, tuple(entries)))

    def read(self, names: dict[str, int] | None = None) -> Velocity:
        """Return the velocity of a sign-up on the network now."""
        touch = Touch(NOW, 0, (Entry(ALL_KEY, ()), Entry(NETWORK, (0, 0, 0, 0)), Entry(DOMAIN, (0, 0, 0, 0))))
        states = self.store.peek(touch).states
        kinds = ("all", "ip_network", "email_domain")
        return Velocity({k: KeyView(s, NOW) for k, s in zip(kinds, states, strict=True)}, names or {})


def steady(past: Past, days: int = 6, an_hour: int = 10, network_every: int = 0) -> None:
    """Add even traffic before the present hour, every so many sign-ups of it on the network."""
    number = 0
    for hour in range(days * 24, 1, -1):
        for step in range(an_hour):
            number += 1
            on_it = bool(network_every) and number % network_every == 0
            past.add(NOW - hour * HOUR + step * (HOUR // an_hour), network=on_it)


def test_quiet_network_that_runs_hot_is_a_surprise() -> None:
    """Ten sign-ups in an hour on a network that never had any are many standard deviations."""
    past = Past()
    steady(past)
    for minute in range(10):
        past.add(NOW - minute * MINUTE - SECOND, network=True)
    surprise = past.read().surprise("ip_network", HOUR_1, DAYS_7)
    assert surprise is not None
    assert surprise > 4


def test_busy_network_at_its_usual_pace_is_none() -> None:
    """A carrier's gateway that always has half of the traffic surprises nobody with half of it."""
    past = Past()
    steady(past, an_hour=20, network_every=2)
    for minute in range(20):
        past.add(NOW - minute * MINUTE - SECOND, network=minute % 2 == 0)
    surprise = past.read().surprise("ip_network", HOUR_1, DAYS_7)
    assert surprise is not None
    assert abs(surprise) < 1


@pytest.mark.parametrize("later", [0, 1, 63, 64, 100, 300])
def test_overtaken_sign_up_is_read(later: int) -> None:
    """However many later sign-ups of a hot network were recorded first, its heat is a number."""
    past = Past()
    steady(past)
    for number in range(400):
        past.add(NOW - number * MINUTE, network=True)
    for second in range(1, later + 1):
        past.add(NOW + second * SECOND, network=True)
    surprise = past.read().surprise("ip_network", HOURS_24, DAYS_30)
    assert surprise is not None
    assert math.isfinite(surprise)
    assert surprise > 10 or later >= 64


def test_launch_day_lifts_everything_and_surprises_nobody() -> None:
    """Twenty times the usual traffic, the network's share of it unchanged, is no surprise on the network."""
    past = Past()
    steady(past, an_hour=20, network_every=4)
    for number in range(400):
        past.add(NOW - (number + 1) * 5 * SECOND, network=number % 4 == 0)
    surprise = past.read().surprise("ip_network", HOUR_1, DAYS_7)
    assert surprise is not None
    assert abs(surprise) < 1


def test_without_a_past_nothing_is_known() -> None:
    """In a new store surprise and likeness are unknown, not zero."""
    past = Past()
    for minute in range(10):
        past.add(NOW - minute * MINUTE - SECOND, network=True, others=(1, 7, 1, 1))
    velocity = past.read({"email_domain": 7})
    assert velocity.surprise("ip_network", HOUR_1, DAYS_7) is None
    assert velocity.alike("ip_network", "email_domain", HOURS_24) is None


def test_kinds_that_a_sign_up_lacks_are_unknown() -> None:
    """No device means unknown counts; a device never seen means none."""
    velocity = Past().read()
    assert velocity.count("device", HOUR_1) is None
    assert velocity.count("ip_network", HOUR_1) == 0


def test_tenure_is_unknown_in_a_young_store() -> None:
    """Never seen before says nothing where nothing is old, and something after a day."""
    young, old = Past(), Past()
    young.add(NOW - HOUR)
    old.add(NOW - 2 * DAY)
    assert young.read().age_days("ip_network") is None
    assert old.read().age_days("ip_network") == 0
    old.add(NOW - DAY, network=True)
    assert old.read().age_days("ip_network") == 1
    ancient = Past()
    ancient.add(NOW - 60 * DAY, network=True)
    assert ancient.read().age_days("ip_network") == 14


def test_bits_grow_with_the_number_of_copies() -> None:
    """Thirty sign-ups of a rare domain on the network are more evidence than five; a common domain is none."""
    found = []
    for copies in (5, 30):
        past = Past()
        for number in range(990):
            past.add(NOW - 3 * DAY + number * MINUTE, domain=number % 99 == 0)
        for minute in range(copies):
            past.add(NOW - minute * MINUTE - SECOND, network=True, others=(minute, 7, 0, 0))
        bits = past.read({"email_domain": 7}).bits("ip_network", "email_domain", HOURS_24)
        base = 11 / (990 + copies + 1)
        assert bits == pytest.approx(copies * math.log2(1 / base))
        found.append(bits)
        assert past.read({"email_domain": 8}).bits("ip_network", "email_domain", HOURS_24) == 0
    assert found[1] > found[0]


def test_hottest_takes_the_largest_surprise_that_is_known() -> None:
    """Of a hot network and a quiet domain the network counts; kinds that the sign-up lacks do not."""
    past = Past()
    steady(past)
    for minute in range(10):
        past.add(NOW - minute * MINUTE - SECOND, network=True)
    velocity = past.read()
    heat = velocity.hottest(("email_domain", "ip_network", "device"), HOUR_1, DAYS_7)
    assert heat == velocity.surprise("ip_network", HOUR_1, DAYS_7)
    assert velocity.hottest(("device",), HOUR_1, DAYS_7) is None


def test_alike_counts_doublings_over_the_share_in_all_traffic() -> None:
    """A domain that is 1 in 100 everywhere and all of this network is over-represented by about 6 doublings."""
    past = Past()
    for number in range(990):
        past.add(NOW - 3 * DAY + number * MINUTE, domain=number % 99 == 0)
    for minute in range(30):
        past.add(NOW - minute * MINUTE - SECOND, network=True, others=(minute, 7, 0, 0))
    velocity = past.read({"email_domain": 7})
    alike = velocity.alike("ip_network", "email_domain", HOURS_24)
    assert alike is not None
    base = 11 / 1021
    assert alike == pytest.approx(math.log2((30 + base) / 31 / base))
    other = past.read({"email_domain": 8}).alike("ip_network", "email_domain", HOURS_24)
    assert other is not None
    assert other < 0


def test_distinct_counts_this_sign_up_as_well() -> None:
    """Three addresses so far and a fourth now make four; the third again makes three."""
    past = Past()
    for number in (11, 12, 13, 13):
        past.add(NOW - HOUR, network=True, others=(number, 0, 0, 0))
    assert past.read({"ip": 14}).distinct("ip_network", "ip", HOURS_24) == 4
    assert past.read({"ip": 13}).distinct("ip_network", "ip", HOURS_24) == 3
    assert past.read().distinct("ip_network", "ip", HOURS_24) == 3


def test_spread_tells_copies_from_a_crowd() -> None:
    """Eight sign-ups with one agent spread 1/8, with eight agents 1."""
    for agents, wanted in ((1, 1 / 8), (8, 1.0)):
        past = Past()
        for number in range(8):
            past.add(NOW - HOUR, network=True, others=(0, 0, 0, 1 + number % agents))
        assert past.read().spread("ip_network", "agent", HOURS_24) == wanted


def test_clockwork_is_regular_and_chance_is_not() -> None:
    """Even gaps vary by nothing; gaps that double vary by much; few gaps say nothing."""
    even, uneven, few = Past(), Past(), Past()
    for number in range(1, 9):
        even.add(NOW - number * MINUTE, network=True)
        uneven.add(NOW - (1 << number) * MINUTE, network=True)
    for number in range(1, 4):
        few.add(NOW - number * MINUTE, network=True)
    assert even.read().regularity("ip_network", HOURS_24) == 0
    found = uneven.read().regularity("ip_network", HOURS_24)
    assert found is not None
    assert found > 1
    assert few.read().regularity("ip_network", HOURS_24) is None


def test_outcomes_weigh_against_each_other() -> None:
    """The share of abusive outcomes is drawn towards none by two sign-ups, and unknown without outcomes."""
    past = Past()
    for number in range(4):
        past.add(NOW - HOUR, network=True)
        past.store.report(number + 1, 1 if number < 3 else 2, NOW - MINUTE)
    velocity = past.read()
    assert velocity.abusive("ip_network", DAYS_7) == 3
    assert velocity.abusive_share("ip_network", DAYS_7) == 3 / 6
    assert velocity.abusive_share("email_domain", DAYS_7) is None
    assert velocity.abusive("email_domain", DAYS_7) == 0


def test_outcomes_are_unknown_where_nobody_reports_any() -> None:
    """No report at all is not the same as nothing bad reported."""
    past = Past()
    past.add(NOW - HOUR, network=True)
    assert past.read().abusive("ip_network", DAYS_7) is None
