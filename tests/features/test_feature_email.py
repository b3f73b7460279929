"""Check the features of the e-mail address, and that no language's ordinary mailboxes stand out."""

from __future__ import annotations

import pytest

from signup_risk.events import Signup
from signup_risk.features.base import Feature, Value
from signup_risk.features.context import Context, Shape
from signup_risk.features.email import FEATURES
from signup_risk.normalize import (
    describe_text,
    local_shape,
    local_shape_fine,
    matches_name,
    normalize_email,
)
from signup_risk.references import DomainFacts

AT = 1_780_000_000_000_000
BY_NAME = {entry.name: entry for entry in FEATURES}
OWN = DomainFacts(disposable=False, suspected=False, free=False, relay=False)

# Common names as people of each place spell them in a mailbox; none belongs to anybody in particular.
LATIN_MAILBOXES = (
    "anna.schmidt",
    "juergen.mueller",
    "maria.garcia",
    "pablo.fernandez",
    "joao.silva",
    "giulia.rossi",
    "pierre.dupont",
    "a.kowalska",
    "katarzyna.nowak",
    "krzysztof.zielinski",
    "petr.novak",
    "jana.svobodova",
    "zsofia.nagy",
    "ioana.popescu",
    "ivana.horvat",
    "dragan",
    "elif.yilmaz",
    "mehmet.demir",
    "ivan.petrov",
    "olga.smirnova",
    "oleksandr",
    "shevchenko",
    "giorgi.beridze",
    "armen.sargsyan",
    "mohammed.ahmed",
    "fatima.hassan",
    "abdulrahman",
    "youssef",
    "noa.cohen",
    "parisa.ahmadi",
    "rajesh.kumar",
    "priya.sharma",
    "venkatasubramanian",
    "thiruvengadam",
    "sanduni.perera",
    "nguyen.van.anh",
    "tranthihuong",
    "somchai.jaidee",
    "siti.nurhaliza",
    "budi.santoso",
    "wei.zhang",
    "zhangxiaoqiang",
    "li.na",
    "chan.taiman",
    "hiroshi.tanaka",
    "yuki.sato",
    "minjun.kim",
    "jiwoo.park",
    "oluwaseun.adeyemi",
    "chidinma.okafor",
    "kwame.mensah",
    "thandiwe.nkosi",
    "tsegaye.bekele",
    "amina.diallo",
    "aino.virtanen",
    "bjorn.svensson",
    "soren.nielsen",
    "siobhan.oconnor",
    "llewelyn.jones",
)


def context(address: str, known: DomainFacts | None = OWN, first: str | None = None) -> Context:
    """Return what is known of an address."""
    email = normalize_email(address)
    assert email is not None
    local = email.base_local
    return Context(
        Signup(),
        AT,
        email=email,
        local_text=describe_text(local),
        local_shape=Shape(local_shape_fine(local), local_shape(local)),
        name_match=matches_name(local, first, None) if first else None,
        domain=known,
        is_role=False,
    )


def value(name: str, c: Context) -> Value:
    """Return one feature of a context."""
    return BY_NAME[name].compute(c)


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("email_disposable", context("a@example.com", DomainFacts(disposable=True)), True),
        ("email_disposable", context("a@example.com", DomainFacts()), None),
        ("email_suspected_disposable", context("a@example.com", DomainFacts(suspected=True)), True),
        ("email_free", context("a@gmail.com", DomainFacts(free=True)), True),
        ("email_relay", context("a@duck.com", None), True),
        ("email_relay", context("a@example.com"), False),
        ("email_role", context("a@example.com"), False),
        ("email_tagged", context("ann+7@example.com"), True),
        ("email_tagged", context("ann@example.com"), False),
        ("email_tagged", context("ann+7@duck.com"), None),
        ("email_ignored_characters", context("a.n.n.a@gmail.com"), 3),
        ("email_length", context("ann.lee@example.com"), 7),
        ("email_digit_share", context("ab12@example.com"), 0.5),
        ("email_trailing_digits", context("tiger48213@example.com"), 5),
        ("email_ends_with_year", context("tiger1987@example.com"), True),
        ("email_ends_with_year", context("tiger48213@example.com"), False),
        ("email_word_digits", context("tiger48213@example.com"), True),
        ("email_word_digits", context("tiger1987@example.com"), False),
        ("email_random", context("x7k2m9q4@example.com"), True),
        ("email_random", context("9f86d081884c7d65@example.com"), True),
        ("email_random", context("3f2504e0-4f89-41d3-9a0c-0305e82c3301@example.com"), True),
        ("email_random", context("mary.jones@example.com"), False),
        ("email_unreadable", context("qkzmvtpl@example.com"), True),
        ("email_unreadable", context("qkzmvtpl@example.com", first="Qkzmvtpl"), None),
        ("email_entropy", context("abab@example.com"), 1.0),
        ("email_consonant_run", context("mathewstn@example.com"), 4),
        ("email_consonant_run", context("mathewstn@example.com", first="Mathew"), None),
        ("email_vowel_share", context("anna@example.com"), 0.5),
        ("email_switches", context("a1b2@example.com"), 3),
        ("email_step_run", context("mail12345@example.com"), 5),
        ("email_keyboard_run", context("qwerty@example.com"), 6),
        ("email_repeat_run", context("baaad@example.com"), 3),
        ("email_domain_length", context("a@mail.example.com"), 12),
        ("email_domain_length", context("a@gmail.com"), None),
        ("email_domain_length", context("a@example.com", DomainFacts(free=True)), None),
        ("email_domain_length", context("a@bücher.example"), None),
        ("email_domain_digits", context("a@x7y42.example"), 3),
        ("email_domain_hyphens", context("a@my-own-mail.example"), 2),
        ("email_domain_consonant_run", context("a@qkzmvt.example"), 6),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature says what its text says, and None where the question does not arise."""
    assert value(name, c) == expected


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without an address every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None


MEASURES = [
    entry.name
    for entry in FEATURES
    if entry.reason in {"EMAIL_RANDOM", "EMAIL_DIGITS", "EMAIL_KEYBOARD", "EMAIL_LENGTH", "EMAIL_WORD_DIGITS"}
]


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize(
    "address",
    [
        "dpdcnf87nu@privaterelay.appleid.com",
        "x7k2m9q4@mozmail.com",
        "иван.петров@example.com",
        "山田太郎@example.jp",
        "अजय@example.in",
        "2845109736@qq.com",
    ],
)
def test_characters_are_not_measured(name: str, address: str) -> None:
    """Relayed and numbered mailboxes and letters outside ASCII are never measured."""
    assert value(name, context(address)) is None


def test_relay_known_only_by_the_reference() -> None:
    """A relay that only the reference knows is not measured either."""
    assert value("email_entropy", context("x7k2m9q4@example.com", DomainFacts(relay=True))) is None


@pytest.mark.parametrize("local", LATIN_MAILBOXES)
def test_names_of_the_world_do_not_look_random(local: str) -> None:
    """Ordinary mailboxes of twenty and more languages raise no flag and stay in the ordinary range."""
    c = context(f"{local}@example.com")
    assert value("email_random", c) is False
    assert value("email_unreadable", c) is False
    assert value("email_word_digits", c) is False
    assert value("email_consonant_run", c) <= 4  # type: ignore[operator]
    assert value("email_keyboard_run", c) <= 3  # type: ignore[operator]
    assert 0.2 <= value("email_vowel_share", c) <= 0.8  # type: ignore[operator]
