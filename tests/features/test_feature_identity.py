"""Check the features of the person, and that no culture's ordinary names stand out."""

# ruff: noqa: RUF001 - names are spelled as people spell them

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.events.signup import Billing
from signup_risk.features.base import Feature, Value
from signup_risk.features.context import Context, Shape
from signup_risk.features.identity import FEATURES
from signup_risk.normalize import (
    coarse_shape,
    describe_text,
    matches_name,
    normalize_email,
    normalize_name,
    text_shape,
)
from signup_risk.references import DomainFacts

AT = Signup(at=datetime(2026, 5, 1, tzinfo=UTC)).at_us
BY_NAME = {entry.name: entry for entry in FEATURES}

# Common names in the spelling of each place, single names among them; none belongs to anybody in particular.
NAMES: tuple[tuple[str | None, str | None], ...] = (
    ("Anna", "Schmidt"),
    ("Jürgen", "Müller-Lüdenscheidt"),
    ("María José", "García Márquez"),
    ("João", "da Silva"),
    ("Giulia", "D'Angelo"),
    ("Zoé", "L’Hôpital"),
    ("Siobhán", "O'Connor"),
    ("Llŷr", "ap Rhys"),
    ("Søren", "Ødegård"),
    ("Björk", None),
    ("Katarzyna", "Brzęczyszczykiewicz"),
    ("Jiří", "Dvořák"),
    ("Zsófia", "Nagy"),
    ("Elif", "Yılmaz"),
    ("Ștefan", "Țepeș"),
    ("Đorđe", "Đoković"),
    ("Иван", "Петров"),
    ("Ольга", "Смирнова"),
    ("Юлія", "Шевченко"),
    ("Γιώργος", "Παπαδόπουλος"),
    ("გიორგი", "ბერიძე"),
    ("Արմեն", "Սարգսյան"),
    ("محمد", "الأحمد"),
    ("פָּנִינָה", "כהן"),
    ("علی‌رضا", "احمدی"),
    ("राजेश", "कुमार"),
    ("প্রিয়া", "সেন"),
    ("Venkatasubramanian", None),
    ("சுப்பிரமணியன்", None),
    ("Nguyễn Thị", "Hương"),
    ("สมชาย", "ใจดี"),
    ("Suharto", None),
    ("Suharto", "Suharto"),
    (None, "Sukarno"),
    ("小龍", "李"),
    ("王", "伟"),
    ("太郎", "山田"),
    ("みなみ", "高橋"),
    ("マリア", "スミス"),
    ("민준", "김"),
    ("Wei", "Ng"),
    ("Oluwaseun", "Adéyẹmí"),
    ("Ngozi", "Okonkwo"),
    ("Tsegaye", "Bekele"),
    ("ተስፋዬ", "በቀለ"),
    ("Mkrtich", "Mkrtchyan"),
    ("Kahaʻulani", "Keʻalohi"),
    ("Te Rangi", "Hīroa"),
    ("Aino", "Väänänen"),
    ("Tre", "Power"),
    ("Jean-Luc", "Null"),
    ("Thanh", "Vũ"),
    ("Ye", None),
    ("Aung", "San"),
    ("Dzmitry", "Ўладзіміраў"),
    ("Ülle", "Õunapuu"),
    ("Ráhel", "Özil"),
    ("Jesús", "Test-Gómez"),
    ("Mary Ann", "McDonald"),
    ("Q'orianka", "Yupanqui"),
)


def context(
    first: str | None = None,
    last: str | None = None,
    email: str | None = None,
    free: bool = False,
    **event: Any,
) -> Context:
    """Return what is known of a person."""
    facts = normalize_email(email) if email else None
    username, billing = event.get("username"), event.get("billing", Billing())
    return Context(
        Signup(first_name=first, last_name=last, email=email, **event),
        AT,
        email=facts,
        local_text=describe_text(facts.base_local) if facts else None,
        name_match=matches_name(facts.base_local, first, last) if facts and (first or last) else None,
        domain=DomainFacts(free=free) if facts else None,
        name=normalize_name(first, last),
        billing_name=normalize_name(billing.first_name, billing.last_name),
        username_text=describe_text(username) if username else None,
        username_shape=Shape(text_shape(username), coarse_shape(username)) if username else None,
    )


def bill(first: str, last: str) -> Billing:
    """Return a bill with a name."""
    return Billing(first_name=first, last_name=last)


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("name_digit_share", context("Ann1", "Lee2"), 0.25),
        ("name_digit_share", context("1234"), 1.0),
        ("name_digit_share", context("Иван7"), None),
        ("name_mixed_script", context("P\u0430ul"), True),
        ("name_link", context("Win at www.example"), True),
        ("name_link", context("https://example.org", "Ann"), True),
        ("name_placeholder", context("Test", "User"), True),
        ("name_placeholder", context(None, "test"), True),
        ("name_placeholder", context("Christopher", "Null"), False),
        ("name_placeholder", context("\u200d"), False),
        ("name_keyboard_run", context("Asdfgh", "Lee"), 6),
        ("mailbox_is_full_name", context("Ann", "Lee", "ann.lee@example.com"), True),
        ("mailbox_is_full_name", context("Ann", "Lee", "tiger@example.com"), False),
        ("mailbox_is_full_name", context("Иван", "Петров", "ivan.petrov@example.com"), None),
        ("mailbox_is_full_name", context("Ann", "Lee", "ann.lee@duck.com"), None),
        ("mailbox_is_initial_name", context("John", "Smith", "jsmith@example.com"), True),
        ("mailbox_is_unrelated", context("Ann", "Lee", "tiger@example.com"), True),
        ("mailbox_is_unrelated", context("Ann", "Lee", "ann.lee@example.com"), False),
        ("mailbox_added_letters", context("Mathew", "Doe", "mathewstn@example.com"), 3),
        ("mailbox_added_letters", context("Mathew", "Doe", "mathew7@example.com"), 0),
        ("mailbox_added_digits", context("John", "Smith", "john.smith42@example.com"), 2),
        ("mailbox_added_digits", context("Mathew", "Doe", "mathewstn@example.com"), 0),
        ("mailbox_year_is_birth_year", context(email="a1987@x.example", birth_date=date(1987, 3, 4)), True),
        ("mailbox_year_is_birth_year", context(email="a1987@x.example", birth_date=date(1990, 3, 4)), False),
        ("mailbox_year_is_birth_year", context(email="a@x.example", birth_date=date(1990, 3, 4)), None),
        ("birth_date_impossible", context(birth_date=date(1900, 1, 1)), True),
        ("birth_date_impossible", context(birth_date=date(2026, 5, 3)), True),
        ("birth_date_impossible", context(birth_date=date(2026, 5, 2)), False),
        ("birth_date_impossible", context(birth_date=date(1910, 1, 1)), False),
        ("username_mailbox_likeness", context(email="tiger9@x.example", username="Tiger9"), 1.0),
        ("username_mailbox_likeness", context(email="tiger9@x.example", username="tiger777"), 0.625),
        ("username_mailbox_likeness", context(email="tiger9@x.example", username="tiger9@x.example"), None),
        ("username_mailbox_likeness", context(username="tiger"), None),
        ("username_has_name", context("Ann", "Lee", username="BigAnn"), True),
        ("username_has_name", context("Ann", "Lee", username="MrLee"), True),
        ("username_has_name", context("Ann", "Lee", username="tiger"), False),
        ("username_has_name", context("Иван", username="ivan"), None),
        ("username_digit_share", context(username="ab12"), 0.5),
        ("username_digit_share", context(username="иван12"), None),
        ("username_entropy", context(username="abab"), 1.0),
        ("username_random", context(username="x7k2m9q4"), True),
        ("username_random", context(username="BraveTiger42"), False),
        ("username_random", context(username="x7k2m9q4@example.com"), None),
        ("billing_name_difference", context("Ann", "Lee", billing=bill("ann", "LEE")), 0.0),
        ("billing_name_difference", context("Ann", "Lee", billing=bill("Lee", "Ann")), 0.0),
        ("billing_name_difference", context("Ann", "Lee", billing=bill("Bob", "Lee")), 0.5),
        ("billing_name_difference", context("Ann", "Lee", billing=bill("Bob", "Ray")), 1.0),
        ("billing_name_difference", context("Иван", "Петров", billing=bill("Ivan", "Petrov")), None),
        ("billing_name_difference", context("\u200d", billing=bill("\u200c\u200d\u200d", "7")), None),
        ("organization_in_domain", context(email="a@acmetools.example", organization="Acme Ltd"), True),
        ("organization_in_domain", context(email="a@ibm.example", organization="Insel Bau Mitte"), True),
        ("organization_in_domain", context(email="a@other.example", organization="Acme Ltd"), False),
        ("organization_in_domain", context(email="a@other.example", organization="株式会社"), None),
        ("organization_in_domain", context(email="a@gmail.com", organization="Acme Ltd", free=True), None),
        ("organization_in_domain", context(email="a@gmail.com", organization="Acme Ltd"), None),
        ("organization_in_domain", context(email="a@acmetools.example"), None),
        ("organization_in_domain", context(organization="Acme Ltd"), None),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature says what its text says, and None where there is nothing to compare."""
    assert BY_NAME[name].compute(c) == expected


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without any fact every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None


@pytest.mark.parametrize(("first", "last"), NAMES)
def test_names_of_the_world_do_not_stand_out(first: str | None, last: str | None) -> None:
    """Ordinary names of more than twenty languages look like any other or are not measured at all."""
    c = context(first, last)
    assert BY_NAME["name_mixed_script"].compute(c) is False
    assert BY_NAME["name_link"].compute(c) is False
    assert BY_NAME["name_placeholder"].compute(c) is False
    assert BY_NAME["name_digit_share"].compute(c) in (0.0, None)
    assert (BY_NAME["name_keyboard_run"].compute(c) or 0) <= 4


def test_one_name_reads_like_two() -> None:
    """A single name changes no answer that its two-part neighbour gets."""
    alone, both = context("Sukarno"), context("Sukarno", "Hatta")
    names = [entry for entry in FEATURES if entry.name.startswith("name_")]
    assert len(names) > 3
    assert [entry.compute(alone) for entry in names] == [entry.compute(both) for entry in names]
