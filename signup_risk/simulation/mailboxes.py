"""Make mailboxes as people make them: by name, nickname, year or number, at the providers of their place."""

from __future__ import annotations

from random import Random
from typing import Final

from signup_risk.simulation.draw import Weighted, digits, letters
from signup_risk.simulation.mailbox_styles import EXTRA_STYLES, Namesake
from signup_risk.simulation.people import Person
from signup_risk.simulation.tables import words
from signup_risk.simulation.taken import Taken
from signup_risk.simulation.templates import TEMPLATES, Draft

# Styles of self-chosen local parts [assumption: no public table by locale].
USUAL_STYLES: Final = {
    "first.last": 17,
    "firstlast": 15,
    "flast": 9,
    "first_last": 3,
    "last.first": 4,
    "lastfirst": 3,
    "firstl": 4,
    "f.last": 3,
    "first+year": 8,
    "first.last+yy": 6,
    "firstlast+yy": 7,
    "nick+digits": 7,
    "word+digits": 4,
    "two words": 3,
    "initials+digits": 2.5,
    "last": 2,
    "first": 2,
    "middle": 2,
    "hobby": 3,
    "doubled": 1.5,
    "leet": 0.5,
    "odd": 3.5,
}
_STYLES = Weighted(USUAL_STYLES)
_DIGIT_STYLES = Weighted({"number": 4, "pinyin": 3, "initials+digits": 3, "firstlast+yy": 2, "word+digits": 1})
_VOWELS = "aeiou"
_TEMPLATE_NAMES = tuple(TEMPLATES)


def local_part(rng: Random, person: Person) -> str:
    """Choose a local part for a person."""
    chinese = person.locale == "zh" and person.country.code == "CN"
    style = (_DIGIT_STYLES if chinese and rng.random() < 0.7 else person.mail_styles or _STYLES).pick(rng)
    first, last = person.latin_first or "me", person.latin_last or person.latin_first or "me"
    if style in EXTRA_STYLES:
        return EXTRA_STYLES[style][1](rng, Namesake(first, last, person.birth.year)).strip("._-")
    return (_by_name(rng, style, first, last, person.birth.year) or _by_fancy(rng, style, person)).strip("._-")


def _by_name(  # noqa: C901 - a table of styles
    rng: Random, style: str, first: str, last: str, year: int
) -> str | None:
    yy = f"{year % 100:02d}"
    match style:
        case "first.last" | "firstlast" | "first_last":
            return first + {"first.last": ".", "firstlast": "", "first_last": "_"}[style] + last
        case "last.first" | "lastfirst":
            return last + ("." if style == "last.first" else "") + first
        case "flast":
            return first[0] + last
        case "f.last":
            return f"{first[0]}.{last}"
        case "firstl":
            return first + last[0] + (digits(rng, rng.randint(1, 3)) if rng.random() < 0.5 else "")
        case "first+year":
            return first + (str(year) if rng.random() < 0.6 else yy)
        case "first.last+yy":
            return f"{first}.{last}{yy if rng.random() < 0.6 else digits(rng, rng.randint(1, 3))}"
        case "firstlast+yy" | "pinyin":
            return first + last + (yy if rng.random() < 0.5 else digits(rng, rng.randint(1, 4)))
        case "last":
            return last + (digits(rng, rng.randint(1, 4)) if rng.random() < 0.6 else "")
        case "first":
            return first + (digits(rng, rng.randint(2, 5)) if rng.random() < 0.8 else "")
        case "middle":
            return f"{first}.{letters(rng, 1)}.{last}" if rng.random() < 0.5 else first + letters(rng, 1) + last
    return None


def _by_fancy(rng: Random, style: str, person: Person) -> str:
    table = words()
    first, last = person.latin_first or "me", person.latin_last or "me"
    match style:
        case "nick+digits":
            return nickname(rng, first) + digits(rng, rng.randint(1, 4))
        case "word+digits":
            return rng.choice(table.words) + digits(rng, rng.randint(1, 5))
        case "two words":
            return rng.choice(table.words) + rng.choice(("", ".", "_")) + rng.choice(table.words)
        case "initials+digits":
            return first[0] + last[0] + digits(rng, rng.randint(3, 8))
        case "hobby":
            return first + rng.choice(("", ".", "_", "s")) + rng.choice(table.hobbies)
        case "doubled":
            return f"{first}{first[-1] * rng.randint(1, 3)}{digits(rng, rng.randint(0, 2))}"
        case "leet":
            return (first + last).translate(str.maketrans("aeio", "4310"))
        case "number":
            return str(rng.randint(10**7, 10**10))
    return TEMPLATES[rng.choice(_TEMPLATE_NAMES)](Draft(rng, first, last, rng.randrange(5000)))


def nickname(rng: Random, first: str) -> str:
    """Shorten a given name the way friends do."""
    cut = first[: rng.randint(3, 5)]
    return cut + rng.choice(("y", "ie", "o", "i", "")) if cut and cut[-1] not in _VOWELS else cut


def claim(rng: Random, taken: Taken, local: str, domain: str) -> str:
    """Return an address that is free at its provider, with digits appended as sign-up forms suggest."""
    chosen = local
    while not taken.claim(_box(chosen, domain)):
        chosen = f"{local}{digits(rng, rng.choice((1, 2, 2, 3, 3, 4)))}"
    return f"{chosen}@{domain}"


def _box(local: str, domain: str) -> str:
    """Name the mailbox behind an address: Gmail ignores dots and has a second domain."""
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def free_mail(rng: Random, person: Person, taken: Taken) -> str:
    """Return a person's address at a free or access provider of their country."""
    domain = (person.free_mail or person.country.free_mail).pick(rng)
    local = local_part(rng, person)
    if domain in ("gmail.com", "googlemail.com") and len(local) < 6:
        local += digits(rng, 6 - len(local))  # Gmail takes six characters or more
    return claim(rng, taken, local, domain)


def own_domain(rng: Random, person: Person, taken: Taken) -> str:
    """Return an address at a domain of the person's or of a small business."""
    table = words()
    last = person.latin_last or person.latin_first or "home"
    stem = rng.choice(
        (
            last,
            last + rng.choice(table.company_tail),
            (person.latin_first or "my") + last,
            rng.choice(table.company) + rng.choice(table.company_tail),
            f"{rng.choice(table.words)}-{rng.choice(table.company_tail)}",
            rng.choice(table.words) + rng.choice(table.words),
        )
    )
    tld = person.country.code.lower() if rng.random() < 0.35 else table.tlds.pick(rng)
    tld = {"gb": "co.uk", "br": "com.br", "au": "com.au", "us": "com", "tr": "com.tr"}.get(tld, tld)
    local = rng.choice(
        ("info", "hello", "contact", "me", "mail", "admin", "office", person.latin_first or "me")
        if rng.random() < 0.4
        else (person.latin_first or "me", local_part(rng, person))
    )
    return claim(rng, taken, local, f"{stem}.{tld}")
