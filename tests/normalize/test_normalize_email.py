"""An address is read as email-validator reads it and reduced to the mailbox of one person."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from signup_risk.normalize import normalize_email
from signup_risk.normalize.email import MAX_LENGTH
from signup_risk.normalize.providers import PROVIDERS, find_provider

LOCAL = st.from_regex(r"[a-z0-9]{1,8}([._-][a-z0-9]{1,6}){0,2}", fullmatch=True)
DOMAIN = st.sampled_from(
    ["gmail.com", "yahoo.com", "proton.me", "yandex.ru", "me.com", "example.org", "fastmail.com"]
)


def mailbox(text: str) -> str:
    """Give the mailbox of an address that must be readable."""
    facts = normalize_email(text)
    assert facts is not None
    return facts.mailbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane.Doe@Gmail.com", "janedoe@gmail.com"),
        ("j.a.n.e.doe+shop@googlemail.com", "janedoe@gmail.com"),
        ("Jane.Doe+x@example.com", "jane.doe@example.com"),
        ("jane.doe+x+y@hotmail.co.uk", "jane.doe@hotmail.co.uk"),
        ("jane.doe@outlook.com", "jane.doe@outlook.com"),
        ("jane-shop@yahoo.com", "jane@yahoo.com"),
        ("jane-shop@yahoo.co.uk", "jane@yahoo.co.uk"),
        ("jane-shop@example.com", "jane-shop@example.com"),
        ("jane+x@mac.com", "jane@icloud.com"),
        ("jane.doe@me.com", "jane.doe@icloud.com"),
        ("jane+x@fastmail.fm", "jane@fastmail.fm"),
        ("shop@jane.fastmail.fm", "jane@fastmail.fm"),
        ("J-a_n.e@pm.me", "jane@proton.me"),
        ("jane@protonmail.com", "jane@proton.me"),
        ("jane.doe+x@ya.ru", "jane-doe@yandex.ru"),
        ("jane-doe@yandex.kz", "jane-doe@yandex.ru"),
        ("jane+x@zohomail.com", "jane@zohomail.com"),
        ("any.thing@jane.anonaddy.com", "jane@anonaddy.com"),
        ("any.thing@jane.mozmail.com", "jane@mozmail.com"),
        ("+tag@example.com", "+tag@example.com"),
        ('"jane"@example.com', "jane@example.com"),
        ('"Jane Doe"@example.com', '"jane doe"@example.com'),
        ("  jane@example.com\n", "jane@example.com"),
        ("ＪＡＮＥ@example.com", "jane@example.com"),
        ("Иван@Почта.РФ", "иван@xn--80a1acny.xn--p1ai"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
    ],
)
def test_mailbox_of_known_addresses(text: str, expected: str) -> None:
    """Case, tags, dots, alias domains, subdomains, quotes, width and IDN fold as the provider folds them."""
    assert mailbox(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "@example.com",
        "jane@",
        "jane@localhost",
        "jane@host.local",
        "jane@host.invalid",
        "jane@[192.0.2.1]",
        "Jane <jane@example.com>",
        "jane@example..com",
        "jane..doe@example.com",
        "jane@-example.com",
        "jane@example.com, joe@example.com",
        "jane@ex ample.com",
        "jane\x00@example.com",
        "jane@example.123",
        "jane@" + "a" * 64 + ".com",
        "j" * 250 + "@example.com",
    ],
)
def test_unusable_addresses_are_none(text: str) -> None:
    """What no mail can be sent to is unknown."""
    assert normalize_email(text) is None


@pytest.mark.parametrize(
    "text", ["a@example.com", "a@mail.example.net", "a@host.test", "a@host.example", "a@test"]
)
def test_reserved_domains_for_tests_are_read(text: str) -> None:
    """Documentation and test domains are ordinary, so that examples and test suites work."""
    assert mailbox(text) == text


def test_every_fact_of_an_address() -> None:
    """The parts are told apart and the spelling of the local part is kept."""
    facts = normalize_email("Jane.Doe+News@GoogleMail.com")
    assert facts is not None
    assert (facts.address, facts.local, facts.domain) == (
        "Jane.Doe+News@googlemail.com",
        "Jane.Doe+News",
        "googlemail.com",
    )
    assert (facts.base_local, facts.tag, facts.had_dots) == ("janedoe", "news", 1)
    assert (facts.provider, facts.relay, facts.is_idn, facts.tld) == ("gmail", None, False, "com")


@pytest.mark.parametrize(
    ("text", "relay"),
    [
        ("x4k1@privaterelay.appleid.com", "apple"),
        ("x4k1@mozmail.com", "firefox"),
        ("x4k1@jane.mozmail.com", "firefox"),
        ("x4k1@duck.com", "duckduckgo"),
        ("x4k1@aleeas.com", "simplelogin"),
        ("x4k1@jane.anonaddy.com", "addy"),
        ("x4k1@passmail.net", "proton-pass"),
        ("x4k1@gmail.com", None),
        ("x4k1@notduck.com", None),
    ],
)
def test_relays_are_recognised_by_domain(text: str, relay: str | None) -> None:
    """A privacy relay is named, a domain that only resembles one is not."""
    facts = normalize_email(text)
    assert facts is not None
    assert facts.relay == relay


def test_idn_is_reported_in_both_spellings() -> None:
    """Unicode and Punycode spellings of a domain are one domain."""
    typed, encoded = normalize_email("jane@bücher.example"), normalize_email("jane@xn--bcher-kva.example")
    assert typed is not None
    assert encoded is not None
    assert typed.is_idn
    assert encoded.is_idn
    assert typed.mailbox == encoded.mailbox


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.builds("{}@{}".format, LOCAL, DOMAIN),
        st.from_regex(r"[A-Za-z0-9.!#+\"' -]{1,12}@[A-Za-z0-9.-]{1,16}(\.[a-z]{2,3})?", fullmatch=True),
        st.builds("{}@{}.com".format, st.text(max_size=12), st.text(max_size=12)),
    )
)
def test_accepts_exactly_what_email_validator_accepts(text: str) -> None:
    """The short way for plain addresses accepts and refuses as the library does."""
    assume(len(text) <= MAX_LENGTH)
    try:
        validate_email(
            text.strip(), check_deliverability=False, allow_quoted_local=True, test_environment=True
        )
    except EmailNotValidError:
        assert normalize_email(text) is None
    else:
        assert normalize_email(text) is not None


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.builds("{}@{}".format, LOCAL, DOMAIN),
        st.builds(
            "{}@{}".format, st.text(st.characters(categories=["L", "M", "N", "P", "S"]), max_size=12), DOMAIN
        ),
    )
)
def test_mailbox_of_a_mailbox_is_itself(text: str) -> None:
    """The canonical mailbox is an address, and its own mailbox."""
    facts = normalize_email(text)
    assume(facts is not None)
    assert facts is not None
    assert mailbox(facts.mailbox) == facts.mailbox
    assert mailbox(facts.address) == facts.mailbox


@given(LOCAL, st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True), st.integers(0, 2**8 - 1))
def test_gmail_spellings_share_one_mailbox(local: str, tag: str, mask: int) -> None:
    """Case, dots and tags of Gmail lead to one mailbox."""
    base = "".join(char for char in local if char.isalnum())
    dotted = "".join(
        char + ("." if mask >> (index % 8) & 1 and index < len(base) - 1 else "")
        for index, char in enumerate(base)
    )
    assert mailbox(f"{dotted.upper()}+{tag}@GoogleMail.com") == mailbox(f"{base}@gmail.com")


@given(LOCAL, st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True), DOMAIN)
def test_plus_tags_share_one_mailbox(local: str, tag: str, domain: str) -> None:
    """A plus tag leads to the mailbox without it, at every domain."""
    assert mailbox(f"{local}+{tag}@{domain}") == mailbox(f"{local}@{domain}")


def test_dots_count_where_no_provider_ignores_them() -> None:
    """Two people at an ordinary domain are not merged."""
    assert mailbox("jane.doe@example.com") != mailbox("janedoe@example.com")
    assert mailbox("jane.doe@outlook.com") != mailbox("janedoe@outlook.com")


def test_provider_table_is_canonical() -> None:
    """Every domain is in lower case, listed once, and every home domain is one of its provider's own."""
    for domain, provider in PROVIDERS.items():
        assert domain == domain.strip().lower()
        assert "." in domain
        assert provider.home is None or PROVIDERS[provider.home] is provider


def test_subdomains_belong_to_a_user_only_where_listed() -> None:
    """A subdomain of Gmail or of an unknown domain is no user."""
    assert find_provider("mail.gmail.com")[1] is None
    assert find_provider("jane.example.org")[1] is None
    assert find_provider("jane.fastmail.com")[1] == "jane"
