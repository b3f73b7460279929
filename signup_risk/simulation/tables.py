"""Read the self-written tables of the simulation: countries, names, words and networks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from signup_risk.simulation.draw import Weighted, weighted_text


@dataclass(frozen=True, slots=True)
class Zone:
    """Give a time zone and its standard offset; an hour of summer time does not matter to a rhythm."""

    name: str
    offset_hours: float


@dataclass(frozen=True, slots=True)
class City:
    """Give a city, its region and the pattern of its postal codes."""

    name: str
    region: str
    postal: str


@dataclass(frozen=True, slots=True)
class Country:
    """Describe how the people of a country sign up.

    Attributes:
        weight: Share of ordinary traffic.
        mobile_network: Share of people who arrive over a mobile carrier.
        handheld: Share of people who arrive on a telephone or tablet.
        ipv6: Share of people whose address is IPv6 where their network has it.
    """

    code: str
    weight: float
    locales: Weighted[str]
    zones: Weighted[Zone]
    languages: tuple[str, ...]
    free_mail: Weighted[str]
    calling_code: int
    mobile_prefixes: tuple[str, ...]
    subscriber_digits: int
    mobile_network: float
    ipv6: float
    handheld: float
    cities: tuple[City, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Locale:
    """List given names and surnames as pairs (Latin, native), and the parts further surnames are composed of.

    Attributes:
        single: Share of people with one name only.
    """

    code: str
    first: tuple[tuple[str, str], ...]
    last: tuple[tuple[str, str], ...]
    roots: tuple[str, ...]
    ends: tuple[str, ...]
    single: float


@dataclass(frozen=True, slots=True)
class Words:
    """Hold word lists for mailboxes, companies and domains."""

    words: tuple[str, ...]
    hobbies: tuple[str, ...]
    company: tuple[str, ...]
    company_tail: tuple[str, ...]
    university: tuple[str, ...]
    disposable: tuple[str, ...]
    tlds: Weighted[str]
    junk_tlds: Weighted[str]


def read_json(name: str) -> Any:
    """Return the content of a data file of the simulation."""
    return json.loads((files("signup_risk.simulation") / "data" / name).read_text(encoding="utf-8"))


@cache
def countries() -> dict[str, Country]:
    """Return every country by its code."""
    return {code: _country(code, row) for code, row in read_json("countries.json").items()}


@cache
def locales() -> dict[str, Locale]:
    """Return every locale by its code."""
    return {code: _locale(code, row) for code, row in read_json("names.json").items()}


@cache
def words() -> Words:
    """Return the word lists."""
    row = read_json("words.json")
    lists = {
        key: tuple(row[key].split())
        for key in ("words", "hobbies", "company", "company_tail", "university", "disposable")
    }
    return Words(**lists, tlds=weighted_text(row["tlds"]), junk_tlds=weighted_text(row["junk_tlds"]))


def _country(code: str, row: dict[str, Any]) -> Country:
    cities = tuple(City(*text.split("|")) for text in row["cities"])
    return Country(
        code=code,
        weight=row["weight"],
        locales=Weighted(row["locales"]),
        zones=Weighted([(Zone(name, offset), weight) for name, offset, weight in row["zones"]]),
        languages=tuple(row["languages"]),
        free_mail=Weighted(row["mail"]),
        calling_code=row["calling_code"],
        mobile_prefixes=tuple(row["mobile_prefixes"]),
        subscriber_digits=row["subscriber_digits"],
        mobile_network=row["mobile_network"],
        ipv6=row["ipv6"],
        handheld=row["handheld"],
        cities=cities,
        streets=tuple(row["street"].split(";")),
    )


def _locale(code: str, row: dict[str, Any]) -> Locale:
    return Locale(
        code=code,
        first=_pairs(row["first"]),
        last=_pairs(row["last"]),
        roots=tuple(row["roots"].replace("_", " ").split()),
        ends=tuple(row["ends"].split()),
        single=row.get("single", 0.004),
    )


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.replace("_", " ").partition("|") for item in text.split())
    return tuple((latin, native or latin) for latin, _, native in pairs)
