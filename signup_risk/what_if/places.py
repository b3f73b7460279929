"""Say what is ordinary in a country: whose addresses people have there, their time zone, language and numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

#: Where a country's own are not in the table.
_OTHERWISE: Final = "US"


@dataclass(frozen=True, slots=True)
class Place:
    """Hold what is ordinary in a country.

    Attributes:
        code: Alpha-2 code.
        home: Block of addresses of an access provider.
        mobile: Block of a mobile carrier, or of an access provider where the table has no carrier.
        vpn: Block of a VPN operator.
        hosting: Block of a hoster.
        time_zone: IANA name of the commonest zone.
        language: Tag of the commonest language.
        mail: Large mail providers.
        calling_code: Country calling code.
        mobile_prefix: Start of mobile numbers.
        subscriber_digits: Digits after it.
    """

    code: str
    home: str
    mobile: str
    vpn: str
    hosting: str
    time_zone: str
    language: str
    mail: tuple[str, ...]
    calling_code: int
    mobile_prefix: str
    subscriber_digits: int


def place_of(code: str | None) -> Place | None:
    """Return what is ordinary in a country; None for one that is not in the table.

    Examples:
        >>> place_of("DE").time_zone, place_of("AQ")
        ('Europe/Berlin', None)
    """
    return _places().get(code or "")


@cache
def _places() -> dict[str, Place]:
    rows = json.loads((files("signup_risk.what_if") / "places.json").read_text(encoding="utf-8"))["places"]
    other = rows[_OTHERWISE]
    return {
        code: Place(
            code=code,
            **row
            | {
                "mail": tuple(row["mail"]),
                "mobile": row["mobile"] or row["home"],
                "vpn": row["vpn"] or other["vpn"],
                "hosting": row["hosting"] or other["hosting"],
            },
        )
        for code, row in rows.items()
    }
