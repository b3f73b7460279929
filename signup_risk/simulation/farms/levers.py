"""List what an adaptive operator can change, from cheap to dear, and how each choice is bought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import log_uniform
from signup_risk.simulation.farms import device_supply as devices
from signup_risk.simulation.farms import mail_supply as mail
from signup_risk.simulation.farms import network_supply as networks
from signup_risk.simulation.farms import payment_supply as pay
from signup_risk.simulation.farms import persona_supply as personas
from signup_risk.simulation.farms.aim import Aim, draw_aim
from signup_risk.simulation.farms.plan import Plan
from signup_risk.simulation.payment import PaymentCard
from signup_risk.simulation.people import Person
from signup_risk.simulation.scenario import FarmPriors
from signup_risk.simulation.world import CHANNELS

#: Levels of each lever in order of price; with the lever's name they are entries of the price list.
LEVERS: Final[dict[str, tuple[str, ...]]] = {
    "mail": ("throwaway", "catch_all", "bulk_freemail", "aged_freemail"),
    "network": ("machines", "vpn", "residential", "mobile"),
    "device": ("script", "headless", "prints", "spoofed", "real"),
    "phone": ("reused", "rented", "matching"),
    "card": ("shared", "virtual", "own"),
    "persona": ("gibberish", "listed", "coherent"),
    "pace": ("burst", "steady", "drip"),
}

#: The level of each lever, in the order of the levers.
Choice = tuple[int, ...]

# How much longer than in a burst an operator waits from one account to the next [assumption].
_SLOWER: Final = {"burst": 1.0, "steady": 20.0, "drip": 150.0}


def evasions(choice: Choice) -> dict[str, str]:
    """Name the level of every lever.

    Examples:
        >>> evasions((0, 0, 0, 0, 0, 0, 0))["mail"]
        'throwaway'
    """
    return {lever: levels[level] for (lever, levels), level in zip(LEVERS.items(), choice, strict=True)}


@dataclass(frozen=True, slots=True)
class Order:
    """Hold what suppliers are asked for."""

    rng: Random
    priors: FarmPriors
    size: int
    aim: Aim
    local: mail.LocalSupply

    @property
    def where(self) -> str | None:
        """Country that machines are rented in, if it matters."""
        return self.aim.main if self.aim.careful else None


class Toolbox:
    """Hold the suppliers that an operator has found so far; each is looked for once."""

    def __init__(self, rng: Random, priors: FarmPriors, size: int) -> None:
        local = mail.local_templates(rng, patterns=priors.patterns)
        self._order = Order(rng, priors, size, draw_aim(rng), local)
        self._gap = log_uniform(rng, 3, 60)
        self._found: dict[tuple[str, str], Any] = {}
        self._camouflage = rng.uniform(*priors.camouflage) / 2
        self._manners = (
            personas.manner(rng, priors.form_median, priors.form_sigma, human=0.1),
            personas.manner(rng, (8, 60), (0.2, 0.8), human=0.9),
        )

    def gap_seconds(self, choice: Choice) -> float:
        """Return the mean time from one account to the next."""
        return self._gap * _SLOWER[evasions(choice)["pace"]]

    def plan(self, choice: Choice) -> Plan:
        """Return the plan of a choice."""
        chosen = evasions(choice)
        parts = {lever: self._supplier(lever, level) for lever, level in chosen.items() if lever != "pace"}
        careful = chosen["device"] in ("spoofed", "real")
        return Plan(
            pace=chosen["pace"],
            country=self._order.aim.country,
            declared="same",
            billing=pay.own_bills if chosen["card"] == "own" else self._supplier("billing", "generated"),
            manner=self._manners[careful],
            follow=1.0 if careful else 0.4,
            camouflage=self._camouflage,
            channel=CHANNELS,
            code=None,
            code_share=0.0,
            username=None,
            organization=None,
            **parts,
        )

    def _supplier(self, lever: str, level: str) -> Any:
        key = (lever, level)
        if key not in self._found:
            self._found[key] = _SUPPLIERS[key](self._order)
        return self._found[key]


def _fresh_cards(order: Order) -> pay.CardSupply:
    """Buy until the card is another than the last one: an operator who pays for it has it new."""
    issued = pay.virtual_cards(order.rng, order.aim)
    last: list[PaymentCard] = []

    def fresh(rng: Random, person: Person) -> PaymentCard:
        card = issued(rng, person)
        while last and card.key == last[0].key:
            card = issued(rng, person)
        last[:] = [card]
        return card

    return fresh


def _reused_numbers(order: Order) -> pay.PhoneSupply:
    """Use each reception for some five accounts."""
    rented = pay.rented_numbers(order.rng, order.aim)
    held: list[str] = []

    def again(rng: Random, person: Person) -> str:
        if len(held) < 5 or rng.random() < 0.2:
            held.append(rented(rng, person))
            del held[:-5]
        return rng.choice(held)

    return again


_SUPPLIERS: Final[dict[tuple[str, str], Callable[[Order], Any]]] = {
    ("mail", "throwaway"): lambda order: mail.throwaway(order.rng, order.local),
    ("mail", "catch_all"): lambda order: mail.catch_all(order.rng, order.local),
    ("mail", "bulk_freemail"): lambda order: mail.bulk_freemail(order.rng, order.local),
    ("mail", "aged_freemail"): lambda _: mail.aged_freemail,
    ("network", "machines"): lambda order: networks.rented_machines(order.rng, order.where),
    ("network", "vpn"): lambda order: networks.vpn_pool(order.rng, order.where),
    ("network", "residential"): lambda order: networks.residential(order.rng, order.size, order.priors.address_reuse),
    ("network", "mobile"): lambda order: networks.mobile_modems(order.rng, order.where),
    ("device", "script"): lambda order: devices.script(order.rng),
    ("device", "headless"): lambda order: devices.headless_pool(order.rng),
    ("device", "prints"): lambda order: devices.print_pool(order.rng),
    ("device", "spoofed"): lambda order: devices.spoofed(order.rng, order.priors.contradictions),
    ("device", "real"): lambda order: devices.own_each(order.rng),
    ("phone", "reused"): _reused_numbers,
    ("phone", "rented"): lambda order: pay.rented_numbers(order.rng, order.aim),
    ("phone", "matching"): lambda order: pay.matching_numbers(order.rng),
    ("card", "shared"): lambda order: pay.shared_cards(order.rng, order.aim),
    ("card", "virtual"): _fresh_cards,
    ("card", "own"): lambda _: pay.own_cards,
    ("persona", "gibberish"): lambda order: personas.gibberish(order.rng),
    ("persona", "listed"): lambda order: personas.from_list(order.rng),
    ("persona", "coherent"): lambda order: personas.coherent(order.rng),
    ("billing", "generated"): lambda order: pay.generated_bills(order.rng, order.aim),
}
