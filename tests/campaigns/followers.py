"""Make a purchase of fake followers, as one was documented, inside a month of ordinary sign-ups."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from heapq import merge
from random import Random
from string import ascii_lowercase
from typing import Any, Final

from signup_risk.simulation import CampaignSpec, Scenario, Waves, simulate
from signup_risk.simulation.farms.network_supply import residential, vpn_pool

ACCOUNTS: Final = 1_100
ORDINARY: Final = 8_000

#: The purchase in numbers: half of the gaps are at most 145 s, 40 % at most a minute. A log-normal with both has the
#: spread below; cut off at four hours it fills a month.
MEDIAN_GAP: Final = 145.0
_SPREAD: Final = 3.48
_LONGEST_GAP: Final = 4 * 3600.0

#: Bought mailboxes come from the large providers; and a seller's browsers from some dozens of set-ups.
_PROVIDERS: Final = ("gmail.com", "outlook.com", "hotmail.com", "yahoo.com")
_SETUPS: Final = 40

#: A digit in one name of fifty.
_DIGITS: Final = 0.02

#: Forms of a site that sells nothing: without cards, which such accounts share.
_FORMS: Final = ("browser_names", "browser")

#: Group of the bought accounts.
GROUP: Final = "farm.followers.1"

_START: Final = "2026-05-04T00:00:00+00:00"
_NO_CROWDS: Final = Waves(0, 0, 0, 0, 0)


@cache
def ordinary(seed: int) -> tuple[dict[str, Any], ...]:
    """Return a month without farms; crowds come as usual. Nobody changes it."""
    scenario = Scenario("ordinary", _START, 31, ORDINARY, 0.0, 0, profiles=_FORMS)
    return tuple(simulate(scenario, seed))


def bought(seed: int, setups: list[dict[str, Any]], *, careful: bool) -> Iterator[dict[str, Any]]:
    """Yield the accounts of the purchase.

    Persons, manners and whatever else a form asks for are those of a simulated seller of free mailboxes (kind A2).
    Mailbox, address, device and time are drawn anew: the names and gaps of the record, one of some dozens of common
    set-ups.

    Args:
        seed: Draws everything.
        setups: Browsers, screens and platforms of ordinary sign-ups.
        careful: Whether each account has a device of its own and a home behind a proxy network; otherwise the devices
            are as few as the set-ups, and the addresses those of a few tunnels.
    """
    rng = Random(f"{seed}:followers")
    listed = (CampaignSpec("a2", ACCOUNTS, 0, 30),)
    scenario = Scenario("sellers", _START, 31, 3_000, 0.0, 0, listed, profiles=_FORMS, waves=_NO_CROWDS)
    accounts = [event for event in simulate(scenario, seed) if event["group"].startswith("farm")]
    exits = residential(rng, ACCOUNTS, (0.0, 0.6)) if careful else vpn_pool(rng, None)
    pool = rng.sample(setups, _SETUPS)
    at = datetime.fromisoformat(_START) + timedelta(days=1)
    names = [(event.get("first_name") or "maria", event.get("last_name") or "silva") for event in accounts]
    others = rng.sample(names, len(names))
    for number, event in enumerate(accounts):
        at += timedelta(seconds=min(_LONGEST_GAP, MEDIAN_GAP * math.exp(rng.gauss(0.0, _SPREAD))))
        local = _local(rng, names[number] if rng.random() < 0.5 else others[number])
        email = f"{local}@{rng.choice(_PROVIDERS)}"
        event |= {"signup_id": f"bought-{number:04d}", "at": at.isoformat(), "email": email}
        event |= {"ip_address": exits(rng, event.get("country") or "US"), "group": GROUP, "label": 1}
        if "username" in event:
            event["username"] = local
        device, which = event.get("device") or {}, rng.randrange(_SETUPS)
        device |= {name: value for name, value in pool[which].items() if name in device}
        if "id" in device:
            device["id"] = f"{rng.getrandbits(64):016x}" if careful else f"pool-{which}"
        yield event


def stream(seed: int, *, careful: bool) -> list[dict[str, Any]]:
    """Return the month with the purchase in it."""
    month = ordinary(seed)
    setups = [
        {name: event["device"].get(name) for name in ("user_agent", "screen", "platform", "tls_fingerprint")}
        for event in month
        if event.get("device", {}).get("screen")
    ]
    return list(merge(month, bought(seed, setups, careful=careful), key=_time))


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def _local(rng: Random, name: tuple[str, str]) -> str:
    """Write a name with two or three random letters."""
    first, last = ("".join(char for char in part.lower() if char in ascii_lowercase) for part in name)
    stem = first + last if rng.random() < 0.5 else first or last
    tail = "".join(rng.choices(ascii_lowercase, k=rng.choice((2, 3))))
    return f"{stem or 'maria'}{tail}{rng.randrange(10) if rng.random() < _DIGITS else ''}"
