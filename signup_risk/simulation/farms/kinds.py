"""Draw a plan for each kind of farm from the priors, after the archetypes A0 to A7 of the field.

Kinds say what a farm tends to buy, never what it always shows: every supplier but the defining one is drawn
anew for each campaign, and a share of attributes is camouflaged.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import Weighted, letters, some
from signup_risk.simulation.farms import device_supply as devices
from signup_risk.simulation.farms import mail_supply as mail
from signup_risk.simulation.farms import network_supply as networks
from signup_risk.simulation.farms import payment_supply as pay
from signup_risk.simulation.farms import persona_supply as personas
from signup_risk.simulation.farms.aim import Aim, draw_aim
from signup_risk.simulation.farms.further_supply import draw_further
from signup_risk.simulation.farms.plan import Plan
from signup_risk.simulation.scenario import FarmPriors
from signup_risk.simulation.tables import countries
from signup_risk.simulation.world import CHANNELS, organization

Drawer = Callable[[Random, FarmPriors, int], Plan]
_CROWD_COUNTRIES: Final = ("IN", "ID", "PH", "PK", "BD", "NG", "KE", "VN", "BR", "EG", "UA")


def _base(rng: Random, priors: FarmPriors, aim: Aim, **chosen: Any) -> Plan:
    """Draw every part that a kind has not chosen."""
    parts: dict[str, Any] = {
        "pace": rng.choice(("burst", "batches", "even", "poisson", "shifts", "blended")),
        "country": aim.country,
        "declared": "same" if aim.careful or rng.random() < 0.6 else rng.choice(("US", "US", "GB", "DE", "IN", "SG")),
        "follow": rng.uniform(0.85, 1.0) if aim.careful else rng.random() * 0.7,
        "device": devices.few_real(rng),
        "phone": pay.rented_numbers(rng, aim),
        "card": rng.choice((pay.virtual_cards, pay.stolen_cards, pay.shared_cards))(rng, aim),
        "billing": _bills(rng, aim),
        "manner": personas.manner(rng, priors.form_median, priors.form_sigma, human=rng.random()),
        "camouflage": rng.uniform(*priors.camouflage),
        "channel": CHANNELS
        if rng.random() < 0.55
        else Weighted({rng.choice(CHANNELS.values): 1.0, "direct": rng.random()}),
        "code": letters(rng, 8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") if rng.random() < 0.3 else None,
        "code_share": rng.uniform(0.3, 1.0),
        "username": mail.local_templates(rng, patterns=priors.patterns) if rng.random() < 0.5 else None,
        "organization": organization(rng) if rng.random() < 0.4 else None,
    }
    parts.update(chosen)
    if priors.further and rng.random() < priors.further:
        parts.update(draw_further(rng, aim, mail.local_templates(rng, patterns=priors.patterns)))
    parts["persona"] = personas.with_birth_dates(rng, parts["persona"])
    return Plan(**parts)


def a0(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw a script kiddie: throwaway mail, a few rented machines or one line, a program."""
    aim = draw_aim(rng)
    local = mail.local_templates(rng, 1, 2, patterns=priors.patterns)
    return _base(
        rng,
        priors,
        aim,
        pace=rng.choice(("burst", "burst", "even", "batches")),
        persona=rng.choice((personas.gibberish, personas.from_list, personas.mixed, personas.coherent))(rng),
        mail=mail.throwaway(rng, local) if rng.random() < 0.8 else mail.catch_all(rng, local),
        network=_network(rng, size, priors, aim, machines=6, vpn=3, line=2, residential=1),
        device=rng.choice((devices.script, devices.script, devices.headless_pool))(rng),
    )


def a1(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw a catch-all farm: own fresh domains, a template over a name list, headless browsers."""
    aim = draw_aim(rng)
    local = mail.local_templates(rng, patterns=priors.patterns) if rng.random() < 0.75 else mail.person_like
    return _base(
        rng,
        priors,
        aim,
        persona=rng.choice((personas.from_list, personas.from_list, personas.coherent, personas.mixed))(rng),
        mail=mail.catch_all(rng, local),
        network=_network(rng, size, priors, aim, machines=4, vpn=4, line=1, residential=3),
        device=rng.choice((devices.headless_pool, devices.print_pool, devices.script, devices.few_real))(rng),
    )


def a2(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw a bulk freemail farm: a seller's pool with the seller's pattern, names that do not match it."""
    aim = draw_aim(rng)
    local = mail.local_templates(rng, patterns=priors.patterns) if rng.random() < 0.85 else mail.person_like
    return _base(
        rng,
        priors,
        aim,
        persona=rng.choice((personas.coherent, personas.from_list, personas.mixed))(rng),
        mail=mail.bulk_freemail(rng, local),
        network=_network(rng, size, priors, aim, machines=3, vpn=3, line=1, residential=5, modems=2),
        device=rng.choice((devices.print_pool, devices.print_pool, devices.headless_pool, devices.spoofed_default))(
            rng
        ),
    )


def a3(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw an alias farmer: one box, one home, real browsers, a shared card."""
    aim = draw_aim(rng, rng.choice(tuple(countries())) if rng.random() < 0.7 else None)
    return _base(
        rng,
        priors,
        aim,
        pace=rng.choice(("poisson", "shifts", "blended", "batches")),
        persona=rng.choice((personas.repeated, personas.coherent, personas.from_list))(rng),
        mail=mail.aliases(rng),
        network=_network(rng, size, priors, aim, line=6, vpn=3, residential=2, modems=1),
        card=pay.shared_cards(rng, aim) if rng.random() < 0.7 else pay.virtual_cards(rng, aim),
        phone=pay.own_numbers if rng.random() < 0.3 else pay.rented_numbers(rng, aim),
        manner=personas.manner(rng, (6, 90), (0.15, 0.8), human=0.8),
    )


def a4(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw an anti-detect professional: unique everything, placed where the persona lives, virtual cards."""
    aim = draw_aim(rng)
    local = mail.local_templates(rng, patterns=priors.patterns) if rng.random() < 0.4 else mail.person_like
    return _base(
        rng,
        priors,
        aim,
        pace=rng.choice(("blended", "blended", "poisson", "shifts", "even")),
        declared="same",
        persona=personas.coherent(rng),
        mail=mail.aged_freemail if rng.random() < 0.55 else mail.bulk_freemail(rng, local),
        network=networks.residential(rng, size, priors.address_reuse),
        device=devices.spoofed(rng, priors.contradictions),
        phone=pay.matching_numbers(rng),
        card=pay.virtual_cards(rng, aim),
        billing=_bills(rng, aim) if rng.random() < 0.75 else pay.own_bills,
        manner=personas.manner(rng, (12, 80), (0.05, 0.6), human=0.9),
    )


def a6(rng: Random, priors: FarmPriors, size: int) -> Plan:
    """Draw a channel abuser: programme addresses of an institution, real names, no payment of note."""
    country = rng.choice(("US", "US", "IN", "ID", "GB", "BR", "NG", "VN", "PL", "TR", "MX", "PK", "KE"))
    aim = draw_aim(rng, country)
    return _base(
        rng,
        priors,
        aim,
        pace=rng.choice(("blended", "shifts", "poisson", "batches")),
        persona=personas.coherent(rng),
        mail=mail.programme(rng),
        network=networks.campus_tunnel(rng, country)
        if rng.random() < 0.5
        else networks.residential(rng, size, priors.address_reuse),
        device=rng.choice((devices.own_each, devices.few_real, devices.print_pool, devices.telephones))(rng),
        phone=pay.own_numbers,
        channel=Weighted({"edu": rng.uniform(0.4, 1), "startup_program": rng.uniform(0, 0.4), "direct": 0.1}),
        manner=personas.manner(rng, (8, 90), (0.2, 0.8), human=0.9),
    )


def a7(rng: Random, priors: FarmPriors, _size: int) -> Plan:
    """Draw a crowd of paid people: each with an own home, device and mailbox; a code or cards in common."""
    code = letters(rng, rng.randint(5, 9), "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    aim = Aim(Weighted({place: rng.random() for place in some(rng, _CROWD_COUNTRIES, 1, 3)}), careful=True)
    return _base(
        rng,
        priors,
        aim,
        pace=rng.choice(("blended", "poisson", "shifts")),
        declared="same",
        persona=personas.coherent(rng),
        mail=mail.aged_freemail,
        network=networks.everyday_lines(rng),
        device=devices.own_each(rng),
        phone=pay.own_numbers,
        card=pay.shared_cards(rng, aim) if rng.random() < 0.4 else pay.own_cards,
        billing=pay.own_bills,
        manner=personas.manner(rng, (15, 70), (0.4, 0.8), human=1.0),
        code=code,
        code_share=rng.uniform(0.7, 1.0),
        camouflage=0.0,
        channel=Weighted({"invite": 1.0, "direct": rng.random()}),
    )


DRAWERS: Final[dict[str, Drawer]] = {"a0": a0, "a1": a1, "a2": a2, "a3": a3, "a4": a4, "a6": a6, "a7": a7}
_HYDRA: Final = Weighted({"a1": 2, "a2": 4, "a4": 4, "a3": 0.5, "a6": 0.7})
KINDS: Final = (*sorted((*DRAWERS, "a5", "a8")),)


def draw_plans(rng: Random, kind: str, priors: FarmPriors, size: int, suppliers: int | None = None) -> Weighted[Plan]:
    """Return the plans of a campaign: one, or several with shares for a hydra (A5) and for mixtures."""
    if kind != "a5" and suppliers is None and rng.random() > priors.mixtures:
        return Weighted([(DRAWERS[kind](rng, priors, size), 1.0)])
    kinds = [_HYDRA.pick(rng) for _ in range(suppliers or rng.randint(2, 5))]
    kinds[0] = kind if kind in DRAWERS else kinds[0]
    each = max(20, size // len(kinds))
    return Weighted([(DRAWERS[name](rng, priors, each), rng.uniform(0.3, 1.0)) for name in kinds])


def _network(rng: Random, size: int, priors: FarmPriors, aim: Aim, **weights: float) -> networks.NetworkSupply:
    """Choose a supplier of addresses, or two that are mixed."""
    where = aim.main if aim.careful else None
    draw = {
        "machines": lambda: networks.rented_machines(rng, where),
        "vpn": lambda: networks.vpn_pool(rng, where),
        "line": lambda: networks.own_line(rng, where or rng.choice(tuple(countries()))),
        "residential": lambda: networks.residential(rng, size, priors.address_reuse),
        "modems": lambda: networks.mobile_modems(rng, where),
    }
    first = draw[Weighted(weights).pick(rng)]()
    if rng.random() > 0.25:
        return first
    return partial(_either, first, draw[Weighted(weights).pick(rng)](), rng.uniform(0.2, 0.8))


def _either(
    first: networks.NetworkSupply, second: networks.NetworkSupply, share: float, rng: Random, country: str
) -> str:
    return (first if rng.random() < share else second)(rng, country)


def _bills(rng: Random, aim: Aim) -> pay.BillingSupply:
    style = rng.random()
    if style < 0.5:
        return pay.template_bills(rng, aim)
    return pay.generated_bills(rng, aim) if style < 0.8 else pay.own_bills
