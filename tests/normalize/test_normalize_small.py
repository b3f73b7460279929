"""Issuer numbers, language headers, addresses and the public list of names."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import signup_risk.normalize as package
from signup_risk.normalize import (
    LanguageFacts,
    address_template,
    address_text,
    billing_shape,
    normalize_issuer,
    normalize_languages,
    postal_text,
)
from signup_risk.normalize.card import SCHEMES


@pytest.mark.parametrize(
    ("number", "scheme"),
    [
        ("424242", "visa"),
        ("42424242", "visa"),
        ("510000", "mastercard"),
        ("559999", "mastercard"),
        ("222100", "mastercard"),
        ("272099", "mastercard"),
        ("222099", None),
        ("272100", None),
        ("340000", "amex"),
        ("378282", "amex"),
        ("601100", "discover"),
        ("644000", "discover"),
        ("659999", "discover"),
        ("352800", "jcb"),
        ("358999", "jcb"),
        ("352799", None),
        ("359000", None),
        ("620000", "unionpay"),
        ("300000", "diners"),
        ("305999", "diners"),
        ("306000", None),
        ("361111", "diners"),
        ("675964", "maestro"),
        ("220000", "mir"),
        ("220499", "mir"),
        ("220500", "borica"),
        ("508500", "rupay"),
        ("606282", "hipercard"),
        ("636368", "elo"),
        ("650031", "elo"),
        ("506100", "verve"),
        ("979200", "troy"),
        ("860000", "uzcard"),
        ("986000", "humo"),
        ("000000", None),
        ("900000", None),
    ],
)
def test_schemes_by_range(number: str, scheme: str | None) -> None:
    """Both ends of the ranges belong to their scheme, neighbours outside do not."""
    facts = normalize_issuer(number)
    assert facts is not None
    assert facts.scheme == scheme


@pytest.mark.parametrize(
    "text", ["", "42424", "4242424", "424242424", "4242 42", "42424a", "４２４２４２", "4242424242424242"]
)
def test_other_issuer_numbers_are_none(text: str) -> None:
    """Only six or eight ASCII digits are an issuer number; a whole card number is not read."""
    assert normalize_issuer(text) is None


def test_issuer_number_keeps_both_lengths() -> None:
    """Eight digits give both lengths, six give one."""
    eight, six = normalize_issuer(" 42424242 "), normalize_issuer("424242")
    assert eight is not None
    assert six is not None
    assert (eight.number, eight.iin6, eight.iin8) == ("42424242", "424242", "42424242")
    assert (six.number, six.iin6, six.iin8) == ("424242", "424242", None)
    assert set(SCHEMES) >= {"visa", "mastercard", "amex", "discover", "jcb", "unionpay", "diners", "maestro"}


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_eight_digits_have_the_scheme_of_their_six(number: str) -> None:
    """No range is finer than six digits."""
    eight, six = normalize_issuer(number), normalize_issuer(number[:6])
    assert eight is not None
    assert six is not None
    assert eight.scheme == six.scheme


@pytest.mark.parametrize(
    ("text", "primary", "region", "tags"),
    [
        ("en-US,en;q=0.9,de;q=0.8", "en", "US", ("en-US", "en", "de")),
        ("de, en-US;q=0.8", "de", None, ("de", "en-US")),
        ("en;q=0.3, fr-ca;q=0.9", "fr", "CA", ("fr-CA", "en")),
        ("en, en-gb;q=0.9, en-us;q=0.8", "en", "GB", ("en", "en-GB", "en-US")),
        ("ZH-hant-tw", "zh", "TW", ("zh-Hant-TW",)),
        ("es-419,es", "es", None, ("es-419", "es")),
        ("en_US", "en", "US", ("en-US",)),
        ("fil-PH", "fil", "PH", ("fil-PH",)),
        ("*, nl;q=0.1", "nl", None, ("nl",)),
        ("fr;q=0, it", "it", None, ("it",)),
        ("en;q=x", "en", None, ("en",)),
        ("en, EN, en", "en", None, ("en",)),
    ],
)
def test_languages(text: str, primary: str, region: str | None, tags: tuple[str, ...]) -> None:
    """Weights order the tags, case is canonical, only the preferred language gives a region."""
    assert normalize_languages(text) == LanguageFacts(primary, region, tags, len(tags))


@pytest.mark.parametrize(
    "text", ["", "*", ",,;", "e", "english", "1-US", "en-", "en;q=0", "en--US", "日本語"]
)
def test_no_language_is_none(text: str) -> None:
    """What names no language is unknown."""
    assert normalize_languages(text) is None


def test_many_languages_are_cut() -> None:
    """At most twenty tags are read."""
    facts = normalize_languages(",".join(f"a{chr(97 + i)}" for i in range(26)))
    assert facts is not None
    assert facts.count == len(facts.tags) == 20


@given(st.lists(st.sampled_from(["en-US", "de", "zh-Hant-TW", "pt-BR", "es-419"]), min_size=1, max_size=5))
def test_canonical_languages_stay(tags: list[str]) -> None:
    """A header made of canonical tags gives them back, without repeats."""
    facts = normalize_languages(", ".join(tags))
    assert facts is not None
    assert list(facts.tags) == list(dict.fromkeys(tags))


@pytest.mark.parametrize(
    "spelling",
    [
        "12 Main Street, Apt. 4",
        "12 MAIN ST APT 4",
        "12  main st.; apartment 4",
        "１２ Main Street Apt 4",
        "12 Main Str Apt #4",
    ],
)
def test_spellings_of_an_address_collide(spelling: str) -> None:
    """Case, width, punctuation and abbreviations do not make another address."""
    assert address_text(spelling) == "12 main st apt 4"
    assert address_template(spelling) == "# main st apt #"
    assert billing_shape(spelling) == "D2 W W W D1"


def test_templates_forget_numbers_only() -> None:
    """Other numbers share the template, other streets do not."""
    assert address_template("907 Main Street") == address_template("8 Main St")
    assert address_template("8 Main St") != address_template("8 Mill St")
    assert billing_shape("8 Main St") == billing_shape("7 Mill Rd") != billing_shape("88 Main St")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("東京都千代田区1丁目2-3", "WD1WD1 D1"),
        ("ул. Гоголя, д. 5", "W W W D1"),
        ("O'Connell St 1", "W W D1"),
        ("", ""),
        ("--", ""),
        ("1" * 40, "D9"),
    ],
)
def test_billing_shapes(text: str, shape: str) -> None:
    """Words of any script and numbers are told apart."""
    assert billing_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "expected"), [("sw1a 1aa", "SW1A1AA"), ("12345-6789", "123456789"), (" ", "")]
)
def test_postal_codes(text: str, expected: str) -> None:
    """Blanks and dashes do not make another postal code."""
    assert postal_text(text) == expected


def test_the_surface_is_a_sorted_list_of_names() -> None:
    """Every public name exists, the list is sorted and without repeats."""
    assert list(package.__all__) == sorted(set(package.__all__))
    assert all(hasattr(package, name) for name in package.__all__)
