"""Supply a campaign with mailboxes: throwaway, catch-all, bulk freemail, aliases, aged, programmes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from signup_risk.simulation import mailboxes
from signup_risk.simulation.draw import Weighted, digits, letters, skewed_index, some
from signup_risk.simulation.people import Person
from signup_risk.simulation.populations.network_users import hidden_mail
from signup_risk.simulation.populations.people_kinds import student_local, university_domain
from signup_risk.simulation.tables import countries, words
from signup_risk.simulation.templates import TEMPLATES, Draft, Template, draw_pattern
from signup_risk.simulation.world import World, company_domain

MailSupply = Callable[[Random, World, Person, int], str]
LocalSupply = Callable[[Random, Person, int], str]

_BULK: Final = Weighted(
    {
        "outlook.com": 30,
        "hotmail.com": 26,
        "gmail.com": 26,
        "yahoo.com": 6,
        "mail.ru": 5,
        "gmx.com": 3,
        "rambler.ru": 2,
        "proton.me": 2,
        "aol.com": 1.5,
        "yandex.com": 2,
        "icloud.com": 1.5,
        "zohomail.com": 1,
        "mail.com": 2,
        "tutanota.com": 0.7,
    }
)


def local_templates(rng: Random, low: int = 1, high: int = 3, *, patterns: float = 0.0) -> LocalSupply:
    """Choose one to three templates that a seller or script writes its mailboxes with, or invent a pattern."""
    if patterns and rng.random() < patterns:
        return patterned(draw_pattern(rng))
    chosen = Weighted([(name, rng.uniform(0.2, 1.0)) for name in some(rng, tuple(TEMPLATES), low, high)])

    def supply(rng: Random, person: Person, number: int) -> str:
        first, last = person.latin_first or "mia", person.latin_last or "lane"
        return TEMPLATES[chosen.pick(rng)](Draft(rng, first, last, number)).strip(".-_")

    return supply


def patterned(pattern: Template) -> LocalSupply:
    """Write every mailbox by one pattern."""

    def supply(rng: Random, person: Person, number: int) -> str:
        first, last = person.latin_first or "mia", person.latin_last or "lane"
        return pattern(Draft(rng, first, last, number)).strip(".-_") or letters(rng, 6)

    return supply


def person_like(rng: Random, person: Person, _number: int) -> str:
    """Write a mailbox as people do."""
    return mailboxes.local_part(rng, person)


def at_domains(local: LocalSupply, domains: list[str], skew: float = 1.5) -> MailSupply:
    """Use a fixed set of domains, the first of them most."""

    def supply(rng: Random, world: World, person: Person, number: int) -> str:
        domain = domains[skewed_index(rng, len(domains), skew)]
        return mailboxes.claim(rng, world.taken, local(rng, person, number), domain)

    return supply


def throwaway(rng: Random, local: LocalSupply) -> MailSupply:
    """Use public disposable domains, partly ones that no list knows yet."""
    known = some(rng, words().disposable, 1, 25)
    unknown = [fresh_domain(rng) for _ in range(rng.randint(0, max(1, len(known))))] if rng.random() < 0.5 else []
    pool = known + unknown
    rng.shuffle(pool)
    return at_domains(local, pool, 2.5)


def catch_all(rng: Random, local: LocalSupply) -> MailSupply:
    """Use one to twenty domains that the operator registered for the purpose."""
    ordinary_looking = rng.random() < 0.35
    count = rng.choice((1, 1, 2, 3, 4, 6, 10, 20))
    return at_domains(local, [company_domain(rng) if ordinary_looking else fresh_domain(rng) for _ in range(count)])


def bulk_freemail(rng: Random, local: LocalSupply) -> MailSupply:
    """Use mailboxes bought by the thousand from a seller at one to four providers."""
    domains = [_BULK.pick(rng) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.2:
        domains.append(rng.choice(tuple(countries().values())).free_mail.pick(rng))
    return at_domains(local, domains)


def aged_freemail(rng: Random, world: World, person: Person, _number: int) -> str:
    """Use old mailboxes that look like the persona's own."""
    return mailboxes.free_mail(rng, person, world.taken)


def aliases(rng: Random) -> MailSupply:
    """Expand a few base mailboxes by dots, plus tags, relays or other spellings."""
    bases = [letters(rng, rng.randint(6, 12)) for _ in range(rng.choice((1, 1, 2, 3, 5)))]
    domain = rng.choice(
        ("gmail.com", "gmail.com", "gmail.com", "outlook.com", "icloud.com", "fastmail.com", "proton.me")
    )
    manner = rng.choice(("plus", "dots", "both", "hidden")) if domain == "gmail.com" else "plus"
    tag_style = rng.choice(("number", "word", "random"))

    def supply(rng: Random, world: World, _person: Person, number: int) -> str:
        if manner == "hidden":
            return hidden_mail(rng, world)
        base = rng.choice(bases)
        local = _dots(rng, base) if manner != "plus" else base
        if manner == "dots":
            return f"{local}@{domain}"
        tag = {"number": str(number + 1), "word": rng.choice(words().words), "random": letters(rng, 5)}[tag_style]
        return f"{local}+{tag}@{domain}"

    return supply


def programme(rng: Random) -> MailSupply:
    """Use addresses of one to three universities, bought or made through open enrolment."""
    domains: list[str] = []
    count, style, personal = rng.randint(1, 3), rng.randrange(6), rng.random() < 0.5

    def supply(rng: Random, world: World, person: Person, _number: int) -> str:
        while len(domains) < count:
            domains.append(university_domain(rng, person))
        local = student_local(rng, person, style if personal else None)
        return mailboxes.claim(rng, world.taken, local, rng.choice(domains))

    return supply


def fresh_domain(rng: Random) -> str:
    """Register a domain as cheap as it comes."""
    table = words()
    stem = rng.choice(
        (
            rng.choice(table.words) + rng.choice(("mail", "box", "post", "inbox", "hub", "zone", "net")),
            rng.choice(table.words) + rng.choice(table.words),
            letters(rng, rng.randint(4, 9)),
            rng.choice(table.words) + digits(rng, rng.randint(1, 3)),
            f"{rng.choice(table.company)}{rng.choice(table.company_tail)}",
            f"{rng.choice(table.words)}-{rng.choice(table.hobbies)}",
        )
    )
    return f"{stem}.{table.junk_tlds.pick(rng)}"


def _dots(rng: Random, base: str) -> str:
    return base[0] + "".join(("." if rng.random() < 0.35 else "") + c for c in base[1:])
