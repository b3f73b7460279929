"""Supply a campaign with personas and with the manner in which its forms are filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from signup_risk.simulation.draw import Weighted, letters, log_normal, log_uniform, some
from signup_risk.simulation.people import Person, ascii_name, given_name, make_person, surname
from signup_risk.simulation.sessions import MANNERS, Visit, human_score, referrer, visit
from signup_risk.simulation.tables import countries, locales, words

# Invents an ordinary person of the country that is wanted, when asked.
Make = Callable[[], Person]
PersonaSupply = Callable[[Random, Make], Person]
Manner = Callable[[Random, int], Visit]


def coherent(_rng: Random) -> PersonaSupply:
    """Use personas that fit their country, as a language model writes them."""
    return lambda _rng, make: make()


def from_list(rng: Random) -> PersonaSupply:
    """Use a name library: a short list of first and last names of one or two locales."""
    codes = [
        rng.choice(("en", "en", "en", "de", "fr", "es", "ru", "vi", "id", "pt", "hi")) for _ in range(rng.randint(1, 2))
    ]
    firsts = [pair for code in codes for pair in some(rng, locales()[code].first, 8, 40)]
    lasts = [pair for code in codes for pair in some(rng, locales()[code].last, 8, 45)]

    def supply(rng: Random, make: Make) -> Person:
        return _named(make(), rng.choice(firsts)[0], rng.choice(lasts)[0])

    return supply


def mixed(_rng: Random) -> PersonaSupply:
    """Use names of different locales put together."""

    def supply(rng: Random, make: Make) -> Person:
        one, two = (locales()[rng.choice(tuple(locales()))] for _ in range(2))
        return _named(make(), given_name(rng, one)[0], surname(rng, two)[0])

    return supply


def gibberish(rng: Random) -> PersonaSupply:
    """Use invented letters or words for names."""
    style = rng.choice(("letters", "words", "same"))

    def supply(rng: Random, make: Make) -> Person:
        person = make()
        if style == "letters":
            return _named(person, letters(rng, rng.randint(4, 9)), letters(rng, rng.randint(4, 9)))
        first = rng.choice(words().words).capitalize()
        return _named(person, first, first if style == "same" else rng.choice(words().words).capitalize())

    return supply


def repeated(rng: Random) -> PersonaSupply:
    """Use the operator's own name in a few spellings."""
    country = rng.choice(tuple(countries()))
    base = make_person(rng, country)

    def supply(rng: Random, _make: Make) -> Person:
        first, last = base.first or "Al", base.last or "Lee"
        return replace(
            base,
            first=rng.choice((first, first[:1], f"{first}{letters(rng, 1)}", last)),
            last=rng.choice((last, last, first)),
        )

    return supply


def with_birth_dates(rng: Random, supply: PersonaSupply) -> PersonaSupply:
    """Fill birth dates the way a script does: a fixed day, a short range, or as people do."""
    style = rng.choice(("fixed", "range", "people", "people"))
    start = date(rng.randint(1978, 2001), 1, 1)
    span = rng.choice((28, 365, 3650, 9000))

    def dated(rng: Random, make: Make) -> Person:
        person = supply(rng, make)
        if style == "people":
            return person
        return replace(person, birth=start if style == "fixed" else start + timedelta(days=rng.randrange(span)))

    return dated


def manner(rng: Random, median: tuple[float, float], sigma: tuple[float, float], *, human: float) -> Manner:
    """Draw how a campaign fills forms: how long, how evenly, typed or pasted, how the captcha fares."""
    pace, spread, visit_extra = (
        log_uniform(rng, *median),
        log_uniform(rng, *sigma),
        log_uniform(rng, 1, 200),
    )
    keys = Weighted({"none": 25 * (1.1 - human), "typed": 30, "exact": 15, "few": 20}).pick(rng)
    pasted = rng.choice((0, 0, 0, 1, 2, 4))
    score, width = rng.uniform(0.05 + 0.5 * human, 0.95), rng.choice((4, 10, 30))
    people = rng.random() < human
    if rng.random() < 0.2 + 0.4 * human:
        return natural(rng)

    def supply(rng: Random, length: int) -> Visit:
        form = log_normal(rng, pace, spread)
        typed = {
            "none": 0,
            "typed": int(length * rng.uniform(1.0, 1.2)),
            "exact": length,
            "few": rng.randint(1, 20),
        }[keys]
        return Visit(
            age_seconds=form + log_normal(rng, visit_extra, max(0.1, spread)),
            form_seconds=form,
            pasted_fields=max(0, pasted + (rng.randint(-1, 1) if spread > 0.2 else 0)),
            keystrokes=typed,
            captcha_score=human_score(rng) if people else rng.betavariate(score * width, (1 - score) * width),
            referrer=referrer(rng),
        )

    return supply


def natural(rng: Random) -> Manner:
    """Fill forms as a person does, each campaign in its own favourite way and pace."""
    favourite, share = MANNERS.pick(rng), rng.uniform(0.3, 1.0)
    pace = log_uniform(rng, 0.6, 1.5)

    def supply(rng: Random, length: int) -> Visit:
        made = visit(rng, length, favourite if rng.random() < share else None)
        made.form_seconds *= pace
        made.age_seconds *= pace
        return made

    return supply


def _named(person: Person, first: str, last: str) -> Person:
    single = person.first is None or person.last is None
    return replace(
        person,
        first=first,
        last=None if single else last,
        latin_first=ascii_name(first) or "al",
        latin_last=ascii_name(last),
    )
