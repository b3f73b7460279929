"""Read a telephone number with libphonenumber's core tables.

The geocoder, carrier and time-zone tables are never imported: they cost up to 97 MB and 0.3 s, and what
they add (a city, a carrier at the time of allocation) is weak evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import phonenumbers

from signup_risk.normalize.text import repeat_run, step_run

VERSION: Final = 1

# The contract allows 32 characters; RFC 3966 forms and extensions stay well below this.
MAX_LENGTH: Final = 64

# Subscriber digits that are cut off to name a block: carriers give out and port numbers in thousands and
# ten thousands.
_BLOCK_DIGITS: Final = 4
_MIN_BLOCK_NSN: Final = 7

# ITU-T E.164: a calling code of up to three digits, at most fifteen digits in all.
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_MAX_CODE: Final = 3

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


@dataclass(frozen=True, slots=True)
class _Range:
    """Hold the lengths and the pattern of the numbers of one type; no lengths are any length."""

    lengths: frozenset[int]
    pattern: re.Pattern[str]

    def has(self, national: str) -> bool:
        return (not self.lengths or len(national) in self.lengths) and bool(self.pattern.fullmatch(national))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Hold the numbering plan of a region, its patterns compiled.

    Attributes:
        general: Numbers of any type.
        types: Types in the order in which libphonenumber tries them.
        mobile: Numbers of mobile telephones.
        lengths: Lengths of a possible number, local ones included.
        leading: Leading digits that tell the region from others of its calling code.
        prefix: National prefix or other leading digits that are not part of the number.
    """

    general: _Range
    types: tuple[tuple[int, _Range], ...]
    mobile: _Range | None
    lengths: frozenset[int]
    leading: re.Pattern[str] | None
    prefix: re.Pattern[str] | None

    def line_type(self, national: str) -> int:
        """Give the type as ``number_type`` would, once the region is known."""
        unknown: int = phonenumbers.PhoneNumberType.UNKNOWN
        if not self.general.has(national):
            return unknown
        found = next((kind for kind, numbers in self.types if numbers.has(national)), unknown)
        if found != phonenumbers.PhoneNumberType.FIXED_LINE:
            return found
        is_both = self.mobile is not None and self.mobile.has(national)
        return phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE if is_both else found


# In the order of number_type(); fixed and mobile follow.
_SPECIAL_TYPES: Final = (
    ("premium_rate", phonenumbers.PhoneNumberType.PREMIUM_RATE),
    ("toll_free", phonenumbers.PhoneNumberType.TOLL_FREE),
    ("shared_cost", phonenumbers.PhoneNumberType.SHARED_COST),
    ("voip", phonenumbers.PhoneNumberType.VOIP),
    ("personal_number", phonenumbers.PhoneNumberType.PERSONAL_NUMBER),
    ("pager", phonenumbers.PhoneNumberType.PAGER),
    ("uan", phonenumbers.PhoneNumberType.UAN),
    ("voicemail", phonenumbers.PhoneNumberType.VOICEMAIL),
)


# The library knows some 260 plans, each is compiled when its first number comes.
@lru_cache(maxsize=512)
def _plan(code: int, region: str) -> _Plan:
    # The library types its metadata as optional; codes and regions of its own table always have them.
    data: Any = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    fixed, mobile = _range(data.fixed_line), _range(data.mobile)
    kinds = phonenumbers.PhoneNumberType
    found = [(kind, _range(getattr(data, name))) for name, kind in _SPECIAL_TYPES]
    if data.same_mobile_and_fixed_line_pattern:
        found.append((kinds.FIXED_LINE_OR_MOBILE, fixed))
    else:
        found += [(kinds.FIXED_LINE, fixed), (kinds.MOBILE, mobile)]
    general = data.general_desc
    return _Plan(
        general=_Range(frozenset(general.possible_length), re.compile(general.national_number_pattern)),
        types=tuple((kind, numbers) for kind, numbers in found if numbers is not None),
        mobile=mobile,
        lengths=frozenset((*general.possible_length, *general.possible_length_local_only)),
        leading=_pattern(data.leading_digits),
        prefix=_pattern(data.national_prefix_for_parsing),
    )


@lru_cache(maxsize=512)
def _main_plan(code: int) -> _Plan:
    """Give the plan of the first region of a calling code, which the library parses with."""
    return _plan(code, phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code][0])


def _range(data: phonenumbers.PhoneNumberDesc | None) -> _Range | None:
    if data is None or not data.national_number_pattern:
        return None
    return _Range(frozenset(data.possible_length), re.compile(data.national_number_pattern))


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


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
    text = text.strip()
    parts = _split(text) or _parse(text, country)
    if parts is None:
        return None
    code, national, extension = parts
    region, kind = _region_and_type(code, national)
    e164 = f"+{code}{national}"
    return PhoneFacts(
        e164=e164,
        region=None if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region,
        calling_code=code,
        line_type=LINE_TYPES[kind],
        # is_valid_number is defined as a type other than UNKNOWN.
        valid=kind != phonenumbers.PhoneNumberType.UNKNOWN,
        possible=len(national) in _main_plan(code).lengths,
        block=e164[:-_BLOCK_DIGITS] if len(national) >= _MIN_BLOCK_NSN else e164,
        extension=extension,
        same_digit_run=repeat_run(national),
        step_digit_run=step_run(national),
    )


def _split(text: str) -> tuple[int, str, str | None] | None:
    """Split plain E.164, which most forms send, without the library's search for other notations.

    That search takes ten times as long (13 us to 1.3). Numbers whose plan may drop or rewrite leading digits
    are left to the library.
    """
    if not _E164.fullmatch(text):
        return None
    for end in range(2, 2 + _MAX_CODE):
        code = int(text[1:end])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = text[end:]
            prefix = _main_plan(code).prefix
            return None if national[0] == "0" or (prefix and prefix.match(national)) else (code, national, None)
    return None


def _parse(text: str, country: str | None) -> tuple[int, str, str | None] | None:
    if country is None and text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None
    # Typed as optional, but parse() always finds a calling code or raises.
    return cast("int", number.country_code), phonenumbers.national_significant_number(number), number.extension or None


def _region_and_type(code: int, national: str) -> tuple[str | None, int]:
    """Find the region of a number and its type there.

    The library's ``region_code_for_number`` and ``number_type`` do the same but repeat each other's matching,
    for a calling code that regions share up to four times (10 us to 2.6).
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if len(regions) == 1:
        return regions[0], _plan(code, regions[0]).line_type(national)
    for region in regions:
        plan = _plan(code, region)
        if plan.leading is None:
            kind = plan.line_type(national)
            if kind != phonenumbers.PhoneNumberType.UNKNOWN:
                return region, kind
        elif plan.leading.match(national):
            return region, plan.line_type(national)
    return None, phonenumbers.PhoneNumberType.UNKNOWN
