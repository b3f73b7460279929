"""Ordinary people are coherent, farms overlap with them, and no single value gives the label away."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random
from typing import Any

import pytest

from signup_risk.simulation import agents
from signup_risk.simulation.mailboxes import claim
from signup_risk.simulation.people import make_person
from signup_risk.simulation.phones import mobile_number, number_blocks, number_in_block
from signup_risk.simulation.tables import countries, locales
from signup_risk.simulation.taken import Taken
from signup_risk.simulation.templates import TEMPLATES, Draft


def test_tables_are_wide_enough() -> None:
    """At least 25 countries, 25 locales with 30 names each, and 25 templates that differ."""
    assert len(countries()) >= 25
    assert len(locales()) >= 25
    assert all(len(table.first) >= 30 and len(table.last) >= 30 for table in locales().values())
    written = {name: write(Draft(Random(1), "maria", "lopez", 7)) for name, write in TEMPLATES.items()}
    assert len(set(written.values())) >= 25


@pytest.mark.parametrize("country", sorted(countries()))
def test_people_of_every_country_can_be_made(country: str) -> None:
    """Each country gives names, a city and a number that starts with its calling code."""
    rng = Random(country)
    for _ in range(20):
        person = make_person(rng, country)
        assert person.first or person.last
        assert person.latin_first.isascii()
        assert person.latin_first
        assert date(1930, 1, 1) < person.birth < date(2009, 1, 1)
        assert mobile_number(rng, person.country).startswith(f"+{person.country.calling_code}")


def test_numbers_of_a_block_share_their_start_and_length() -> None:
    """A seller's numbers look like any of that country, only closer together."""
    rng = Random(4)
    for code in ("US", "DE", "IN", "VN", "BR"):
        place = countries()[code]
        block = number_blocks(rng, place, 1)[0]
        lengths = {len(mobile_number(rng, place)) for _ in range(200)}
        numbers = {number_in_block(rng, place, block) for _ in range(50)}
        assert all(number.startswith(block) and len(number) in lengths for number in numbers)


def test_devices_agree_with_themselves() -> None:
    """Platform and agent name the same system on every installation."""
    rng = Random(6)
    signs = {"windows": ("Windows NT", "Win32"), "mac": ("Macintosh", "MacIntel"), "ios": ("iPhone", "iPhone")}
    for _ in range(500):
        person = make_person(rng, rng.choice(("US", "IN", "DE", "JP")))
        browser = agents.make_browser(rng, date(2026, 5, 1), person.owner())
        in_agent, platform = signs.get(browser.system, ("Linux", browser.platform))
        if browser.system in signs:
            assert in_agent in (browser.agent or "")
            assert browser.platform == platform
        assert (browser.languages or "").startswith(person.language)


def test_a_mailbox_is_given_out_once() -> None:
    """The same wish leads to different addresses, dots at Gmail notwithstanding."""
    taken, rng = Taken(16), Random(1)
    given = [claim(rng, taken, local, "gmail.com") for local in ("ann.lee", "annlee", "a.nnlee", "annlee")]
    assert len({address.replace(".", "") for address in given}) == 4


def test_ordinary_people_have_devices_and_cards_of_their_own(traffic: list[dict[str, Any]]) -> None:
    """Outside families, cafés and second tries nobody shares a device or a card."""
    shared = {"legit.family", "legit.cafe", "legit.retry"}
    for section, name in (("device", "id"), ("card", "token")):
        values = Counter(
            e[section][name]
            for e in traffic
            if e["group"].startswith("legit.") and e["group"] not in shared and name in e.get(section, {})
        )
        assert max(values.values()) == 1


def test_good_and_bad_overlap_in_every_coarse_value(traffic: list[dict[str, Any]]) -> None:
    """Mail domains, agents, channels, funding, checks and languages of farms are seen on good people and vice versa."""
    readers = {
        "mail": lambda e: e["email"].lower().endswith(("gmail.com", "outlook.com", "hotmail.com")),
        "webdriver": lambda e: e.get("device", {}).get("webdriver"),
        "channel": lambda e: e.get("channel"),
        "funding": lambda e: e.get("card", {}).get("funding"),
        "authorized": lambda e: e.get("card", {}).get("was_authorized"),
        "avs": lambda e: e.get("card", {}).get("avs_result"),
        "platform": lambda e: e.get("device", {}).get("platform"),
        "country": lambda e: e.get("country"),
        "tag": lambda e: "+" in e["email"],
    }
    for read in readers.values():
        seen: dict[bool, Counter[object]] = defaultdict(Counter)
        for event in traffic:
            seen[event["group"].startswith("farm.")][read(event)] += 1
        common = {value for value, count in seen[True].items() if count > 60}
        assert common <= set(seen[False])


def test_no_attribute_of_a_campaign_is_always_the_same_everywhere(traffic: list[dict[str, Any]]) -> None:
    """Form times of farms lie among those of good people: the middle of one falls into the body of the other."""
    times: dict[bool, list[float]] = defaultdict(list)
    for event in traffic:
        if "form_seconds" in event.get("session", {}):
            times[event["group"].startswith("farm.")].append(event["session"]["form_seconds"])
    good, bad = sorted(times[False]), sorted(times[True])
    assert good[len(good) // 20] < bad[len(bad) // 2] < good[-len(good) // 20]
