"""Supply a campaign with telephone numbers, cards and billing addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from signup_risk.simulation import payment, phones
from signup_risk.simulation.draw import fill_pattern, some
from signup_risk.simulation.farms.aim import Aim
from signup_risk.simulation.payment import BillingAddress, PaymentCard
from signup_risk.simulation.people import Person, street_address
from signup_risk.simulation.tables import countries

PhoneSupply = Callable[[Random, Person], str]
CardSupply = Callable[[Random, Person], PaymentCard]
BillingSupply = Callable[[Random, Person], BillingAddress]

# Countries that sell cheap receptions (price notes of 2025: RU 0.08, UK 0.10, US 0.26 dollars).
_CHEAP = (
    "RU",
    "GB",
    "US",
    "ID",
    "IN",
    "PH",
    "VN",
    "NG",
    "KE",
    "PL",
    "UA",
    "BR",
    "CO",
    "MX",
    "NL",
    "PK",
    "ZA",
    "MY",
)


def rented_numbers(rng: Random, aim: Aim) -> PhoneSupply:
    """Use receptions from a few countries, partly from the same blocks, some numbers more than once."""
    places = aim.fitting(some(rng, _CHEAP, 1, 4))
    blocks = {code: phones.number_blocks(rng, countries()[code], rng.randint(1, 12)) for code in places}
    in_block, again = rng.random(), rng.random() ** 3 * 0.5
    used: list[str] = []

    def supply(rng: Random, person: Person) -> str:
        if used and rng.random() < again:
            return rng.choice(used)
        code = person.country.code if person.country.code in blocks else rng.choice(places)
        place = countries()[code]
        blocked = rng.random() < in_block
        number = (
            phones.number_in_block(rng, place, rng.choice(blocks[code]))
            if blocked
            else phones.mobile_number(rng, place)
        )
        if len(used) < 200:
            used.append(number)
        return number

    return supply


def matching_numbers(rng: Random) -> PhoneSupply:
    """Use a rented card of the persona's country for each account."""
    in_block = rng.random() * 0.6
    blocks: dict[str, list[str]] = {}

    def supply(rng: Random, person: Person) -> str:
        place = person.country
        if rng.random() < in_block:
            held = blocks.setdefault(place.code, phones.number_blocks(rng, place, 8))
            return phones.number_in_block(rng, place, rng.choice(held))
        return phones.mobile_number(rng, place)

    return supply


def own_numbers(rng: Random, person: Person) -> str:
    """Use a number as ordinary people have."""
    return phones.mobile_number(rng, person.country)


def shared_cards(rng: Random, _aim: Aim) -> CardSupply:
    """Use a few cards for many accounts."""
    count, decline = rng.choice((1, 1, 2, 3, 6)), rng.uniform(0.02, 0.25)
    pool: list[PaymentCard] = []

    def supply(rng: Random, person: Person) -> PaymentCard:
        if len(pool) < count:
            pool.append(
                payment.make_card(rng, payment.issuers(person.country.code).pick(rng), decline=decline, farm=True)
            )
        return rng.choice(pool)

    return supply


def virtual_cards(rng: Random, aim: Aim) -> CardSupply:
    """Use virtual cards of one to four issuer numbers, most new, some charged to several accounts."""
    places = aim.fitting(some(rng, ("US", "GB", "HK", "SG", "DE", "NL", "CA"), 1, 2))[:2]
    pool = [issuer for code in places for issuer in (*payment.virtual_issuers(code), *payment.issuers(code).values[:3])]
    chosen = some(rng, pool, 1, 4)
    decline, mismatch, again = rng.uniform(0.02, 0.35), rng.uniform(0.02, 0.5), rng.random() ** 2 * 0.5
    last: list[PaymentCard] = []

    def supply(rng: Random, _person: Person) -> PaymentCard:
        if last and rng.random() < again:
            return last[-1]
        card = payment.make_card(rng, rng.choice(chosen), mismatch=mismatch, decline=decline, farm=True)
        last[:] = [card]
        return card

    return supply


def stolen_cards(rng: Random, aim: Aim) -> CardSupply:
    """Use bought card data from anywhere: many declines, addresses that do not match."""
    places = aim.fitting(some(rng, tuple(countries()), 1, 8))
    decline, mismatch = rng.uniform(0.15, 0.7), rng.uniform(0.2, 0.8)

    def supply(rng: Random, person: Person) -> PaymentCard:
        place = person.country.code if person.country.code in places else rng.choice(places)
        issuer = payment.issuers(place).pick(rng)
        return payment.make_card(rng, issuer, mismatch=mismatch, decline=decline, farm=True)

    return supply


def own_cards(rng: Random, person: Person) -> PaymentCard:
    """Use a card as ordinary people have."""
    return payment.make_card(rng, payment.issuers(person.country.code).pick(rng))


def template_bills(rng: Random, aim: Aim) -> BillingSupply:
    """Use one to five addresses out of a guide, the flat or the number changed each time."""
    code = aim.main if aim.careful else rng.choice(("US", "US", "US", "GB", "CA", "HK", "SG"))
    place = countries()[code]
    stems = []
    for _ in range(rng.randint(1, 5)):
        city = rng.choice(place.cities)
        stems.append((street_address(rng, place), city, fill_pattern(rng, city.postal)))
    change = rng.choice(("flat", "number", "none", "both"))

    def supply(rng: Random, person: Person) -> BillingAddress:
        street, city, postal = rng.choice(stems)
        if change in ("number", "both"):
            street = f"{rng.randint(1, 9900)} {street.split(' ', 1)[-1]}"
        if change in ("flat", "both"):
            street = f"{street} {rng.choice(('Apt', 'Unit', '#', 'Suite'))} {rng.randint(1, 999)}"
        return BillingAddress(street, city.name, city.region, postal, code, person.first, person.last)

    return supply


def generated_bills(rng: Random, aim: Aim) -> BillingSupply:
    """Use addresses from a generator for one country, whoever the persona is."""
    fixed = None if aim.careful else countries()[rng.choice(("US", "US", "GB", "DE", "CA", "FR"))]

    def supply(rng: Random, person: Person) -> BillingAddress:
        place = fixed or person.country
        moved = replace(person, country=place, city=rng.choice(place.cities))
        return payment.bill_at_home(rng, moved)

    return supply


def own_bills(rng: Random, person: Person) -> BillingAddress:
    """Use the persona's own address."""
    return payment.bill_at_home(rng, person)
