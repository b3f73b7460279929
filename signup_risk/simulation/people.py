"""Invent people: names in the script they would type, a birth date, a home and its languages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from signup_risk.simulation.agents import Owner
from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.habits import Audience
from signup_risk.simulation.tables import City, Country, Locale, Zone, countries, locales

# Letters that canonical decomposition does not take apart, as people write them in a mailbox name.
_FOLDS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "'": "",
        "-": "",
        " ": "",
        ".": "",
        "\u2019": "",
    }
)

# Share of people who type their name in the native script, where there is one [assumption].
_NATIVE_SHARE = {
    "ja": 0.75,
    "ko": 0.65,
    "zh": 0.6,
    "ru": 0.6,
    "uk": 0.5,
    "he": 0.5,
    "ar": 0.4,
    "th": 0.45,
    "fa": 0.4,
    "el": 0.3,
    "bn": 0.12,
    "hi": 0.06,
    "ur": 0.08,
}
_DIACRITICS_SHARE = 0.75
_COMPOSED_SHARE = 0.55
_SECOND_NAME_SHARE = 0.06


@dataclass(slots=True)
class Person:
    """Hold one invented person.

    Attributes:
        first, last: As typed on the form; one of them may be absent.
        latin_first, latin_last: Lower-case ASCII, as a mailbox is built from them.
        mail_styles, free_mail: How mailboxes are chosen, where the audience has habits of its own.
    """

    country: Country
    locale: str
    first: str | None
    last: str | None
    latin_first: str
    latin_last: str
    birth: date
    city: City
    zone: Zone
    language: str
    mail_styles: Weighted[str] | None = None
    free_mail: Weighted[str] | None = None

    def owner(self, handheld: float | None = None) -> Owner:
        """Return the person as the owner of a device."""
        share = self.country.handheld if handheld is None else handheld
        return Owner(self.country.code, share, self.language, self.zone.name)


@lru_cache(maxsize=65536)
def ascii_name(text: str) -> str:
    """Fold a name to the lower-case ASCII letters a mailbox takes.

    Examples:
        >>> ascii_name("Jürgen O'Weiß")
        'jurgenoweiss'
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDS))
    return "".join(c for c in decomposed if c.isascii() and c.isalnum()).lower()


def make_person(rng: Random, country: str, locale: str | None = None) -> Person:
    """Invent a person of a country; the locale is drawn from those who live there."""
    place = countries()[country]
    code = locale or place.locales.pick(rng)
    table = locales()[code]
    first, last = given_name(rng, table), surname(rng, table)
    native = rng.random() < _NATIVE_SHARE.get(code, _DIACRITICS_SHARE)
    typed_first = first[1] if native else _plain(first[0])
    typed_last: str | None = last[1] if native else _plain(last[0])
    typed: tuple[str | None, str | None] = (typed_first, typed_last)
    if rng.random() < table.single:
        typed = (typed_first, None) if rng.random() < 0.8 else (None, typed_first)
    return Person(
        country=place,
        locale=code,
        first=typed[0],
        last=typed[1],
        latin_first=ascii_name(first[0]),
        latin_last=ascii_name(last[0]),
        birth=birth_date(rng),
        city=rng.choice(place.cities),
        zone=place.zones.pick(rng),
        language=home_language(rng, place),
    )


def settled(rng: Random, person: Person, audience: Audience) -> Person:
    """Return a person as one of an audience: with its names, ages and mailboxes."""
    changes: dict[str, Any] = {"mail_styles": audience.mail_styles, "free_mail": audience.free_mail}
    if audience.name_pool:
        table, single = locales()[person.locale], person.first is None or person.last is None
        first, last = (rng.choice(names[: audience.name_pool]) for names in (table.first, table.last))
        changes |= {"latin_first": ascii_name(first[0]), "latin_last": ascii_name(last[0]), "first": first[0]}
        changes["last"] = None if single else last[0]
    elif audience.ascii_names and not f"{person.first}{person.last}".isascii():
        changes["first"] = person.first and person.latin_first.capitalize()
        changes["last"] = person.last and person.latin_last.capitalize()
    if audience.other_name and rng.random() < audience.other_name:
        table = locales()[person.locale]
        changes["latin_first"] = ascii_name(given_name(rng, table)[0])
        changes["latin_last"] = ascii_name(surname(rng, table)[0])
    if audience.even_ages:
        changes["birth"] = date(2008, 1, 1) - timedelta(days=rng.randrange(52 * 365))
    return replace(person, **changes)


def given_name(rng: Random, table: Locale) -> tuple[str, str]:
    """Draw a given name as (Latin, native); some people give two."""
    name = rng.choice(table.first)
    if table.code == "zh" and len(name[1]) == 1 and rng.random() < 0.6:
        other = rng.choice(table.first)
        return name[0] + other[0].lower(), name[1] + other[1]
    if rng.random() < _SECOND_NAME_SHARE:
        other = rng.choice(table.first)
        return f"{name[0]} {other[0]}", f"{name[1]} {other[1]}"
    return name


def surname(rng: Random, table: Locale) -> tuple[str, str]:
    """Draw a surname; rare ones are composed, as half of a population is outside any top list."""
    if not table.roots or rng.random() > _COMPOSED_SHARE:
        name = rng.choice(table.last)
        if table.code in ("es", "fil", "pt") and rng.random() < 0.25:
            second = rng.choice(table.last)
            return f"{name[0]} {second[0]}", f"{name[1]} {second[1]}"
        return name
    root = rng.choice(table.roots)
    composed = root + rng.choice(table.ends)
    return composed, composed


def birth_date(rng: Random) -> date:
    """Draw a birth date of an adult; the young sign up more often."""
    years = 17.5 + rng.gammavariate(2.2, 7.0)
    return date(2026, 1, 1) - timedelta(days=int(min(years, 88.0) * 365.25))


def home_language(rng: Random, place: Country) -> str:
    """Return the main language of a device: mostly that of the place, often English."""
    if rng.random() < 0.07:
        return "en-US"
    return place.languages[int(len(place.languages) * rng.random() ** 2.2)]


def street_address(rng: Random, person_country: Country) -> str:
    """Write a street address in the manner of a country."""
    table = locales()[person_country.locales.pick(rng)]
    name = rng.choice(table.last)[0] if rng.random() < 0.5 else surname(rng, table)[0]
    pattern = rng.choice(person_country.streets)
    return pattern.format(n=1 + int(rng.expovariate(1 / 60)), u=rng.randint(1, 30), name=name)


def _plain(text: str) -> str:
    """Drop diacritics but keep case, spaces and hyphens."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ł", "l").replace("\u0131", "i"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
