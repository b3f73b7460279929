"""Write numbers as they are read in a figure: shares, counts, times, money."""

from __future__ import annotations

import math
from typing import Final

#: Where axes of shares have their ticks, as far as they are in sight.
SHARE_TICKS: Final = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
#: The same on a scale of log-odds, which has room at both ends.
ODDS_TICKS: Final = (0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)


def percent(share: float | None) -> str:
    """Return a share in per cent with as many digits as it deserves.

    Examples:
        >>> [percent(share) for share in (0.0, 0.00012, 0.0034, 0.031, 0.5, 0.986, 0.9998, 1.0, None)]
        ['0 %', '0.01 %', '0.34 %', '3.1 %', '50 %', '98.6 %', '99.98 %', '100 %', 'unknown']
        >>> percent(-0.012)
        '-1.2 %'
    """
    if share is None or math.isnan(share):
        return "unknown"
    value = abs(100 * share)
    room = min(value, 100 - value) if value <= 100 else value
    digits = 0 if room == 0 else 3 if room < 0.01 else 2 if room < 1 else 1 if room < 10 else 0
    said = f"{value:.{digits}f}"
    if "." in said:
        said = said.rstrip("0").rstrip(".")
    return f"{'-' if share < 0 and said != '0' else ''}{said} %"


def count(number: float) -> str:
    """Return a count, thousands apart.

    Examples:
        >>> count(12345), count(3)
        ('12,345', '3')
    """
    return f"{number:,.0f}"


def short(number: float) -> str:
    """Return a number in little room, for ticks.

    Examples:
        >>> [short(number) for number in (0, 0.25, 7, 950, 1200, 25000, 3400000, -1500)]
        ['0', '0.25', '7', '950', '1.2k', '25k', '3.4M', '-1.5k']
    """
    value = abs(number)
    for factor, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            said = f"{value / factor:.3g}{unit}"
            break
    else:
        said = f"{value:.3g}"
    return f"{'-' if number < 0 and said != '0' else ''}{said}"


def signed(number: float, digits: int = 2) -> str:
    """Return a number with its sign.

    Examples:
        >>> signed(0.5), signed(-1.25, 1), signed(0.0)
        ('+0.50', '-1.2', '0.00')
    """
    said = f"{abs(number):.{digits}f}"
    return said if not float(said) else f"{'+' if number > 0 else '-'}{said}"


def signed_short(number: float) -> str:
    """Return a number with its sign and no more digits than it has, for ticks.

    Examples:
        >>> [signed_short(number) for number in (0.25, -1.0, 0.0, 0.30000000000000004)]
        ['+0.25', '-1', '0', '+0.3']
    """
    return f"{number:+.4g}" if round(number, 9) else "0"


def times(factor: float) -> str:
    """Return a factor.

    Examples:
        >>> times(3.14), times(25.3)
        ('3.1 times', '25 times')
    """
    return f"{factor:.1f} times" if factor < 10 else f"{factor:,.0f} times"


def plural(number: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun.

    Examples:
        >>> plural(1, "sign-up"), plural(1200, "sign-up"), plural(2, "entry", "entries")
        ('1 sign-up', '1,200 sign-ups', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
