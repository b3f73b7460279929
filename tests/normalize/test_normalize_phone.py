"""A number is read as libphonenumber reads it, without its large tables."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.normalize import PhoneFacts, normalize_phone
from signup_risk.normalize.phone import LINE_TYPES

EXAMPLES = [
    number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if (number := phonenumbers.example_number_for_type(region, kind)) is not None
]


def read(text: str, country: str | None = None) -> PhoneFacts:
    """Read a number that must be readable."""
    facts = normalize_phone(text, country)
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("text", "country", "e164", "region", "line_type"),
    [
        ("+1 202-555-0143", None, "+12025550143", "US", "fixed_line_or_mobile"),
        ("(202) 555-0143", "US", "+12025550143", "US", "fixed_line_or_mobile"),
        ("202.555.0143", "us", "+12025550143", "US", "fixed_line_or_mobile"),
        ("0012025550143", None, "+12025550143", "US", "fixed_line_or_mobile"),
        ("+44 20 7946 0123", None, "+442079460123", "GB", "fixed_line"),
        ("020 7946 0123", "GB", "+442079460123", "GB", "fixed_line"),
        ("+44 20 7946 0123", "US", "+442079460123", "GB", "fixed_line"),
        ("＋４４２０７９４６０１２３", None, "+442079460123", "GB", "fixed_line"),
        ("٠٢٠٧٩٤٦٠١٢٣", "GB", "+442079460123", "GB", "fixed_line"),
        ("1-800-FLOWERS", "US", "+18003569377", "US", "toll_free"),
        ("+800 1234 5678", None, "+80012345678", None, "toll_free"),
        ("+39 02 1234 5678", None, "+390212345678", "IT", "fixed_line"),
        ("tel:+12025550143", None, "+12025550143", "US", "fixed_line_or_mobile"),
    ],
)
def test_known_numbers(text: str, country: str | None, e164: str, region: str | None, line_type: str) -> None:
    """International, national, vanity and foreign-digit forms give one E.164 number, region and type."""
    facts = read(text, country)
    assert (facts.e164, facts.region) == (e164, region)
    assert facts.line_type == line_type


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", None),
        ("+", None),
        ("none", None),
        ("0143", None),
        ("202 555 0143", None),
        ("202 555 0143", "ZZ"),
        ("202 555 0143", ""),
        ("+999 123 456", None),
        ("+9991234567", None),
        ("+1" + "2" * 60, None),
        ("jane@example.com", "US"),
        ("\x00\ud800", "US"),
    ],
)
def test_unusable_numbers_are_none(text: str, country: str | None) -> None:
    """Words, national numbers without a known country and endless digits are unknown."""
    assert normalize_phone(text, country) is None


def test_extension_is_kept_apart() -> None:
    """An extension does not make another number."""
    facts = read("+1 202-555-0143 ext. 77")
    assert (facts.e164, facts.extension) == ("+12025550143", "77")
    assert read("+12025550143").extension is None


def test_block_holds_ten_thousand_numbers() -> None:
    """Neighbours share a block, a short number is its own block."""
    assert read("+12025550143").block == read("+12025559999").block == "+1202555"
    assert read("+1202555").block == "+1202555"


def test_invalid_numbers_say_so() -> None:
    """An impossible length and an unassigned range are reported, not refused."""
    short, unassigned = read("+1202555"), read("+10005550143")
    assert (short.valid, short.possible, short.line_type) == (False, False, "unknown")
    assert (unassigned.valid, unassigned.possible, unassigned.region) == (False, True, None)


@pytest.mark.parametrize(
    ("text", "same", "steps"),
    [("+12025550143", 3, 2), ("+12021234567", 1, 7), ("+12027777777", 7, 1), ("+12029876543", 1, 7)],
)
def test_digit_runs(text: str, same: int, steps: int) -> None:
    """Repeated and counting digits are measured on the national number."""
    facts = read(text)
    assert (facts.same_digit_run, facts.step_digit_run) == (same, steps)


@pytest.mark.parametrize("number", EXAMPLES[::5], ids=lambda number: f"{number.country_code}-{number.national_number}")
def test_agrees_with_libphonenumber(number: phonenumbers.PhoneNumber) -> None:
    """Format, validity, possibility, region and type are the library's own."""
    facts = read(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    assert facts.e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert facts.valid == phonenumbers.is_valid_number(number)
    assert facts.possible == phonenumbers.is_possible_number(number)
    assert facts.region == phonenumbers.region_code_for_number(number)
    assert facts.line_type == LINE_TYPES[phonenumbers.number_type(number)]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.builds(
            lambda code, digits: f"+{code}{digits}",
            st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)),
            st.text("0123456789", min_size=1, max_size=13),
        ),
        st.builds(
            lambda number, tail: phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:-3] + tail,
            st.sampled_from(EXAMPLES),
            st.text("0123456789", max_size=4),
        ),
    )
)
def test_plain_e164_is_read_as_the_library_reads_it(text: str) -> None:
    """Numbers that skip the library's parser, assigned or not, have its digits, region, type and possibility."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        assert normalize_phone(text) is None
        return
    facts = read(text)
    assert facts.e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert facts.possible == phonenumbers.is_possible_number(number)
    assert facts.line_type == LINE_TYPES[phonenumbers.number_type(number)]
    region = phonenumbers.region_code_for_number(number)
    assert facts.region == (None if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(EXAMPLES), st.integers(0, 9999))
def test_e164_is_its_own_normal_form(number: phonenumbers.PhoneNumber, tail: int) -> None:
    """Reading the E.164 text again changes nothing, whatever country was typed."""
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:-4] + f"{tail:04}"
    once = normalize_phone(text, None)
    if once is not None:
        assert normalize_phone(once.e164, None) == once
        assert normalize_phone(once.e164, "FR") == once


def test_large_tables_are_not_imported() -> None:
    """Geocoder, carrier and time-zone tables stay out of the process, as do all other heavy modules."""
    heavy = [
        "phonenumbers.geocoder",
        "phonenumbers.carrier",
        "phonenumbers.timezone",
        "phonenumbers.geodata",
        "ua_parser",
        "crawleruseragents",
        "numpy",
        "dns",
    ]
    script = (
        "import sys; from signup_risk.normalize import normalize_phone; normalize_phone('2025550143', 'US');"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
