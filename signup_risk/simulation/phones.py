"""Make telephone numbers from the mobile ranges of a country's numbering plan."""

from __future__ import annotations

from random import Random

from signup_risk.simulation.draw import digits
from signup_risk.simulation.tables import Country


def mobile_number(rng: Random, country: Country) -> str:
    """Return a mobile number in E.164 form."""
    subscriber = rng.choice("23456789") + digits(rng, country.subscriber_digits - 1)
    return f"+{country.calling_code}{rng.choice(country.mobile_prefixes)}{subscriber}"


def number_blocks(rng: Random, country: Country, count: int) -> list[str]:
    """Return the starts of numbers that a seller of receptions holds: all but four digits or so."""
    kept = max(1, country.subscriber_digits - rng.choice((3, 4, 4, 5)))
    starts = [f"+{country.calling_code}{rng.choice(country.mobile_prefixes)}" for _ in range(count)]
    return [f"{start}{rng.choice('23456789')}{digits(rng, kept - 1)}" for start in starts]


def number_in_block(rng: Random, country: Country, block: str) -> str:
    """Return a number that starts like a block."""
    prefix_length = len(country.mobile_prefixes[0])
    national = len(block) - 1 - len(str(country.calling_code))
    missing = country.subscriber_digits - (national - _prefix_length(country, block, prefix_length))
    return block + digits(rng, max(0, missing))


def national_form(number: str, calling_code: int) -> str:
    """Write a number as it is dialled at home, the trunk zero included where most countries have one.

    Examples:
        >>> national_form("+447400123456", 44)
        '07400123456'
    """
    rest = number[1 + len(str(calling_code)) :]
    return rest if calling_code in (1, 34, 39, 45, 47, 420, 65, 852, 30, 351) else f"0{rest}"


def _prefix_length(country: Country, block: str, default: int) -> int:
    start = block[1 + len(str(country.calling_code)) :]
    lengths = [len(p) for p in country.mobile_prefixes if start.startswith(p)]
    return max(lengths, default=default)
