"""Read an issuer identification number and name the card scheme.

Only scheme ranges are known here (ISO/IEC 7812 allocations, public facts of the schemes' own acceptance
rules); issuer, country and funding need the user's own table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VERSION: Final = 1

# Ranges are inclusive and compared on as many leading digits as they are written with. Where two fit, the
# longer wins. The international schemes follow the table of issuing networks in the article "Payment card
# number" (mirrors read 2026-11). The ranges of domestic schemes (elo, hipercard, verve, troy, humo, uzcard,
# borica, bancontact, dankort, rupay) are best effort: schemes do not publish them in full, and a wrong one
# costs a coarse label. Ranges that schemes share by agreement (622126-622925) carry the issuing scheme.
_RANGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("4", "4", "visa"),
    ("51", "55", "mastercard"),
    ("2221", "2720", "mastercard"),
    ("34", "34", "amex"),
    ("37", "37", "amex"),
    ("6011", "6011", "discover"),
    ("644", "649", "discover"),
    ("65", "65", "discover"),
    ("3528", "3589", "jcb"),
    ("2131", "2131", "jcb"),
    ("1800", "1800", "jcb"),
    ("62", "62", "unionpay"),
    ("81", "81", "unionpay"),
    ("300", "305", "diners"),
    ("3095", "3095", "diners"),
    ("36", "36", "diners"),
    ("38", "39", "diners"),
    ("50", "50", "maestro"),
    ("56", "58", "maestro"),
    ("61", "61", "maestro"),
    ("63", "63", "maestro"),
    ("67", "69", "maestro"),
    ("2200", "2204", "mir"),
    ("2205", "2205", "borica"),
    ("60", "60", "rupay"),
    ("6521", "6522", "rupay"),
    ("82", "82", "rupay"),
    ("508", "508", "rupay"),
    ("9792", "9792", "troy"),
    ("401178", "401179", "elo"),
    ("431274", "431274", "elo"),
    ("438935", "438935", "elo"),
    ("451416", "451416", "elo"),
    ("457393", "457393", "elo"),
    ("457631", "457632", "elo"),
    ("504175", "504175", "elo"),
    ("506699", "506778", "elo"),
    ("509000", "509999", "elo"),
    ("627780", "627780", "elo"),
    ("636297", "636297", "elo"),
    ("636368", "636368", "elo"),
    ("650031", "650033", "elo"),
    ("650035", "650051", "elo"),
    ("650405", "650439", "elo"),
    ("650485", "650538", "elo"),
    ("650541", "650598", "elo"),
    ("650700", "650718", "elo"),
    ("650720", "650727", "elo"),
    ("650901", "650978", "elo"),
    ("651652", "651679", "elo"),
    ("655000", "655019", "elo"),
    ("655021", "655058", "elo"),
    ("606282", "606282", "hipercard"),
    ("506099", "506198", "verve"),
    ("650002", "650027", "verve"),
    ("507865", "507964", "verve"),
    ("5019", "5019", "dankort"),
    ("4571", "4571", "dankort"),
    ("6703", "6703", "bancontact"),
    ("1", "1", "uatp"),
    ("9860", "9860", "humo"),
    ("8600", "8600", "uzcard"),
)


def _by_length() -> dict[int, tuple[tuple[str, str, str], ...]]:
    lengths = sorted({len(low) for low, _, _ in _RANGES}, reverse=True)
    return {length: tuple(row for row in _RANGES if len(row[0]) == length) for length in lengths}


_BY_LENGTH: Final = _by_length()

SCHEMES: Final = tuple(sorted({scheme for _, _, scheme in _RANGES}))


@dataclass(frozen=True, slots=True)
class IssuerNumberFacts:
    """Hold what an issuer number says about itself.

    Attributes:
        number: The six or eight digits.
        iin6: First six digits.
        iin8: All eight digits, or None if six were given.
        scheme: One of :data:`SCHEMES`, or None.
    """

    number: str
    iin6: str
    iin8: str | None
    scheme: str | None


def normalize_issuer(text: str) -> IssuerNumberFacts | None:
    """Read an issuer number of six or eight digits; None for anything else.

    Examples:
        >>> normalize_issuer("42424242").scheme
        'visa'
        >>> normalize_issuer("4242") is None
        True
    """
    if len(text) > 16:
        return None
    digits = text.strip()
    if len(digits) not in (6, 8) or not (digits.isascii() and digits.isdigit()):
        return None
    return IssuerNumberFacts(digits, digits[:6], digits if len(digits) == 8 else None, _scheme(digits))


def _scheme(digits: str) -> str | None:
    for length, rows in _BY_LENGTH.items():
        head = digits[:length]
        for low, high, scheme in rows:
            if low <= head <= high:
                return scheme
    return None
