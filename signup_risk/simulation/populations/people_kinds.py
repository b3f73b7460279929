"""People with an unusual trait: prepaid cards, plus aliases, slow typing, shared households, second tries."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from signup_risk.simulation import mailboxes, payment
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import digits
from signup_risk.simulation.people import Person, birth_date, given_name
from signup_risk.simulation.tables import locales, words
from signup_risk.simulation.world import Moment, World, dress, ordinary


def prepaid(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who pays with a prepaid card."""
    applicant = ordinary(rng, world, moment, country, group="legit.prepaid")
    if applicant.card:
        issuer = rng.choice(payment.prepaid_issuers(country) or payment.issuers(country).values)
        applicant.card = payment.make_card(rng, issuer, mismatch=0.25, decline=0.14)
    return applicant


def virtual_card(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who makes a virtual card for every shop."""
    applicant = ordinary(rng, world, moment, country, group="legit.virtual_card")
    if applicant.card:
        issuer = rng.choice(payment.virtual_issuers(country) or payment.issuers(country).values)
        applicant.card = payment.make_card(rng, issuer, mismatch=0.12, decline=0.08)
    return applicant


def disposable_mail(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who only wants to look and gives a throwaway mailbox."""
    applicant = ordinary(rng, world, moment, country, group="legit.disposable")
    domain = rng.choice(words().disposable)
    applicant.email = mailboxes.claim(rng, world.taken, mailboxes.local_part(rng, applicant.person), domain)
    return applicant


def tester(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who marks the address with the name of the service or tests one's own product."""
    applicant = ordinary(rng, world, moment, country, group="legit.tester")
    local, _, domain = applicant.email.partition("@")
    tag = rng.choice(
        ("test", "signup", "news", "ai", "trial", "demo", "dev", rng.choice(words().words), digits(rng, 2))
    )
    applicant.email = f"{local}+{tag}{digits(rng, 1) if rng.random() < 0.3 else ''}@{domain}"
    return applicant


def slow_typist(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who types with one finger or with an aid."""
    return ordinary(rng, world, moment, country, group="legit.slow_typist", manner="slow")


def password_manager(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone whose fields are pasted by a program."""
    return ordinary(rng, world, moment, country, group="legit.password_manager", manner="manager")


def new_business(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build the owner of a small business with a fresh domain."""
    applicant = ordinary(rng, world, moment, country, group="legit.new_business")
    applicant.email = mailboxes.own_domain(rng, applicant.person, world.taken)
    return applicant


def student(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build a student or teacher with a university mailbox, anywhere."""
    applicant = ordinary(rng, world, moment, country, group="legit.student")
    applicant.email = mailboxes.claim(
        rng, world.taken, student_local(rng, applicant.person), university_domain(rng, applicant.person)
    )
    if rng.random() < 0.4:
        applicant.channel = "edu"
    return applicant


def student_local(rng: Random, person: Person, style: int | None = None) -> str:
    """Write a mailbox as universities give them out."""
    first, last = person.latin_first or "s", person.latin_last or "student"
    style = rng.randrange(6) if style is None else style
    return (
        f"{first}.{last}",
        f"{first[0]}{last[:7]}",
        f"{first[0]}{last[:5]}{digits(rng, 2)}",
        f"s{digits(rng, 7)}",
        f"{first}.{last}{digits(rng, 1)}",
        f"{first[:2]}{last[:2]}{digits(rng, 4)}",
    )[style]


def university_domain(rng: Random, person: Person) -> str:
    """Invent the mail domain of a university in a country."""
    code = person.country.code
    name = rng.choice(words().university) + "-" + person.city.name.split()[-1].lower()
    stem = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-")).strip("-") or "campus"
    if code == "US":
        return f"{stem.replace('-', '')}.edu"
    if code in ("GB", "IN", "JP", "KR", "ZA", "KE", "NZ", "TH", "ID", "IR", "IL"):
        return f"{stem}.ac.{code.lower() if code != 'GB' else 'uk'}"
    if code in (
        "AU",
        "BR",
        "CN",
        "MX",
        "NG",
        "PK",
        "MY",
        "SG",
        "PH",
        "TR",
        "PL",
        "CO",
        "AR",
        "EG",
        "TW",
        "HK",
        "UA",
        "VN",
    ):
        return f"{stem}.edu.{code.lower()}"
    return f"uni-{stem}.{code.lower()}"


def relative_of(rng: Random, world: World, moment: Moment, first: Applicant) -> Applicant:
    """Build a relative: the same home address and surname, often the same card, sometimes the same device."""
    person = world.person(rng, first.person.country.code, first.person.locale)
    given = given_name(rng, locales()[person.locale])
    relative = replace(
        person,
        last=first.person.last,
        latin_last=first.person.latin_last,
        zone=first.person.zone,
        first=given[0],
        city=first.person.city,
        birth=birth_date(rng),
    )
    applicant = ordinary(rng, world, moment, first.person.country.code, group="legit.family", person=relative)
    applicant.ip_address = first.ip_address
    if rng.random() < 0.3:
        applicant.browser = first.browser
    if applicant.card and first.card and rng.random() < 0.55:
        applicant.card = first.card
    if applicant.billing and first.billing:
        applicant.billing = replace(first.billing, first_name=relative.first, last_name=relative.last)
    if "phone" in moment.form and first.phone and rng.random() < 0.12:
        applicant.phone = first.phone
    return applicant


def same_person_again(rng: Random, world: World, moment: Moment, first: Applicant) -> Applicant:
    """Build the second try of someone who cancelled or forgot: same device, maybe another mailbox."""
    same_mail = rng.random() < 0.45
    email = first.email if same_mail else mailboxes.free_mail(rng, first.person, world.taken)
    again = replace(first, email=email, visit=None, group="legit.retry", username=None)
    if rng.random() < 0.3 and first.card:
        again.card = None
    dress(rng, world, again, moment)
    return again
