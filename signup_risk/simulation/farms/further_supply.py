"""Further supplies, of the second edition: leased blocks, a domain each, worn devices, one thing that stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any, Final

from signup_risk.simulation import addresses, mailboxes, payment, phones
from signup_risk.simulation.agents import Browser
from signup_risk.simulation.draw import Weighted, some
from signup_risk.simulation.farms import device_supply as devices
from signup_risk.simulation.farms import mail_supply as mail
from signup_risk.simulation.farms import network_supply as networks
from signup_risk.simulation.farms import payment_supply as pay
from signup_risk.simulation.farms import persona_supply as personas
from signup_risk.simulation.farms.aim import Aim
from signup_risk.simulation.people import Person
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import World, company_domain

Parts = dict[str, Any]

#: Where a campaign shows what it has bought; the order is that of the attributes that camouflage can hide.
SHOWN: Final = {"mail": 0, "device": 1, "phone": 3, "card": 6}


def draw_further(rng: Random, aim: Aim, local: mail.LocalSupply) -> Parts:
    """Draw parts of a plan that stand in for those of its kind."""
    draw: Callable[[Random, Aim, mail.LocalSupply], Parts] = rng.choice((_leased, _domain_each, _worn, _lazy, _lazy))
    return draw(rng, aim, local)


def _leased(rng: Random, aim: Aim, _local: mail.LocalSupply) -> Parts:
    return {"network": leased_blocks(rng, aim.main)}


def _domain_each(rng: Random, _aim: Aim, local: mail.LocalSupply) -> Parts:
    return {"mail": domain_each(rng, local)}


def _worn(rng: Random, _aim: Aim, _local: mail.LocalSupply) -> Parts:
    return {"device": worn_devices(rng)}


def _lazy(rng: Random, aim: Aim, _local: mail.LocalSupply) -> Parts:
    """Copy ordinary people in everything but one thing, which stays the same."""
    name = rng.choice(tuple(SHOWN))
    draws: dict[str, Callable[[], Any]] = {
        "mail": lambda: mail.aliases(rng),
        "device": lambda: one_device(rng),
        "phone": lambda: few_numbers(rng),
        "card": lambda: one_card(rng, aim),
    }
    return {
        name: draws[name](),
        "persona": personas.coherent(rng),
        "network": networks.everyday_lines(rng),
        "camouflage": 1.0,
        "shown": SHOWN[name],
        "code": None,
    }


def leased_blocks(rng: Random, where: str) -> networks.NetworkSupply:
    """Use whole /24s that an access provider or company leases out: no list calls them hosting."""
    kind = rng.choice(("isp", "business", "isp"))
    choices = addresses.networks(where, kind) or addresses.networks_of_kind(kind)
    nets = [rng.choice(rng.choice(choices).prefixes) for _ in range(rng.choice((1, 1, 2, 4, 8)))]
    starts = [base + rng.randrange(max(1, size // 256)) * 256 for base, size in nets]
    width = rng.choice((30, 120, 254))
    return lambda rng, _country: addresses.ipv4(rng.choice(starts) + 1 + rng.randrange(width))


def domain_each(rng: Random, local: mail.LocalSupply) -> mail.MailSupply:
    """Use a new domain for every account, or for every few."""
    looks_ordinary, most = rng.random() < 0.5, rng.choice((1, 1, 2, 3))
    left: dict[str, int] = {}

    def supply(rng: Random, world: World, person: Person, number: int) -> str:
        if not left:
            left[company_domain(rng) if looks_ordinary else mail.fresh_domain(rng)] = most
        domain = next(iter(left))
        left[domain] -= 1
        if left[domain] == 0:
            del left[domain]
        return mailboxes.claim(rng, world.taken, local(rng, person, number), domain)

    return supply


def worn_devices(rng: Random) -> devices.DeviceSupply:
    """Use each device for a few accounts, then the next one; several are in use at a time."""
    low = rng.randint(2, 4)
    high, at_once = low + rng.randint(0, 8), rng.choice((1, 3, 10))
    in_use: list[tuple[Browser, int]] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if len(in_use) < at_once:
            in_use.append((devices.matching(rng, at, person), rng.randint(low, high)))
        place = rng.randrange(len(in_use))
        browser, left = in_use[place]
        if left == 1:
            del in_use[place]
        else:
            in_use[place] = (browser, left - 1)
        return browser

    return supply


def one_device(rng: Random) -> devices.DeviceSupply:
    """Use one installation, whose traits may be those of any person while its identifier stays."""
    key, keeps_traits = rng.getrandbits(128), rng.random() < 0.5
    kept: list[Browser] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if keeps_traits and kept:
            return kept[0]
        kept[:] = [replace(devices.matching(rng, at, person), key=key)]
        return kept[0]

    return supply


def one_card(rng: Random, aim: Aim) -> pay.CardSupply:
    """Use one card for all accounts."""
    card = payment.make_card(rng, payment.issuers(aim.main).pick(rng), decline=0.0)
    return lambda _rng, _person: card


def few_numbers(rng: Random) -> pay.PhoneSupply:
    """Use one to three numbers for all accounts."""
    places = some(rng, tuple(countries()), 1, 3)
    numbers = [phones.mobile_number(rng, countries()[code]) for code in places]
    chosen = Weighted([(number, rng.uniform(0.2, 1.0)) for number in numbers])
    return lambda rng, _person: chosen.pick(rng)
