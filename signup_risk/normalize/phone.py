"""Read a telephone number with libphonenumber's core tables.

The geocoder, carrier and time-zone tables are never imported: they cost up to 97 MB and 0.3 s, and what
they add (a city, a carrier at the time of allocation) is weak evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import phonenumbers

VERSION: Final = 1

# The contract allows 32 characters; RFC 3966 forms and extensions stay well below this.
MAX_LENGTH: Final = 64

# Subscriber digits that are cut off to name a block: carriers give out and port numbers in thousands and
# ten thousands.
_BLOCK_DIGITS: Final = 4
_MIN_BLOCK_NSN: Final = 7

LINE_TYPES: Final[dict[int, str]] = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed_line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll_free",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium_rate",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared_cost",
    phonenumbers.PhoneNumberType.VOIP: "voip",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "uan",
    phonenumbers.PhoneNumberType.VOICEMAIL: "voicemail",
    phonenumbers.PhoneNumberType.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """Hold what a number says about itself.

    Attributes:
        e164: ``+`` and all digits, without extension.
        region: Alpha-2 code of the region, None for international services and for unassigned ranges of a
            calling code that several regions share.
        calling_code: Country calling code.
        line_type: One of :data:`LINE_TYPES`; ``unknown`` for an invalid number.
        valid: True if the number fits an assigned range of its plan.
        possible: True if it has a length that its plan allows.
        block: The number without its last four digits.
        extension: Extension, or None.
        same_digit_run: Longest run of one digit in the national number.
        step_digit_run: Longest run of digits that rise or fall by one.
    """

    e164: str
    region: str | None
    calling_code: int
    line_type: str
    valid: bool
    possible: bool
    block: str
    extension: str | None
    same_digit_run: int
    step_digit_run: int


def normalize_phone(text: str, country: str | None = None) -> PhoneFacts | None:
    """Read a number in international form, or in national form with the country it was typed in.

    ``00`` stands for ``+`` when no country is given (ITU-T E.123). Digits of any script are read.

    Examples:
        >>> facts = normalize_phone("(202) 555-0143 ext. 7", "US")
        >>> facts.e164, facts.region, facts.line_type, facts.block, facts.extension
        ('+12025550143', 'US', 'fixed_line_or_mobile', '+1202555', '7')
        >>> normalize_phone("0143") is None
        True
    """
    if len(text) > MAX_LENGTH:
        return None
    number = _parse(text.strip(), country)
    if number is None or number.country_code is None or number.national_number is None:
        return None
    national = phonenumbers.national_significant_number(number)
    kind = phonenumbers.number_type(number)
    region = phonenumbers.region_code_for_number(number)
    e164 = f"+{number.country_code}{national}"
    return PhoneFacts(
        e164=e164,
        region=None if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region,
        calling_code=number.country_code,
        line_type=LINE_TYPES[kind],
        # is_valid_number would compute region and type once more; it is defined as a type other than UNKNOWN.
        valid=kind != phonenumbers.PhoneNumberType.UNKNOWN,
        possible=phonenumbers.is_possible_number(number),
        block=e164[:-_BLOCK_DIGITS] if len(national) >= _MIN_BLOCK_NSN else e164,
        extension=number.extension or None,
        same_digit_run=_longest_run(national, (0,)),
        step_digit_run=_longest_run(national, (1, -1)),
    )


def _parse(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    if country is None and text.startswith("00"):
        text = "+" + text[2:]
    try:
        return phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None


def _longest_run(digits: str, steps: tuple[int, ...]) -> int:
    """Count the digits of the longest run in which each differs from the one before by the same step."""
    best = 1 if digits else 0
    for step in steps:
        run = 1
        for previous, current in pairwise(digits):
            run = run + 1 if ord(current) - ord(previous) == step else 1
            best = max(best, run)
    return best
