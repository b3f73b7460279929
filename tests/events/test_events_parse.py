"""Check that sign-ups are read as the input contract says, and what bad input gets."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from ipaddress import IPv6Address
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from signup_risk.errors import InvalidSignup
from signup_risk.events import InputWarning, Signup
from signup_risk.events.fields import FIELDS

FULL: dict[str, Any] = {
    "signup_id": "s-1",
    "at": "2026-05-01T12:00:00.5Z",
    "ip_address": "192.0.2.7",
    "email": "Ada+x@Example.com",
    "phone": "+1 202 555 0100",
    "username": "ada",
    "first_name": "Ада",
    "last_name": "ลัดดา",
    "birth_date": "1990-02-28",
    "country": "GB",
    "organization": "Example Ltd",
    "channel": "sso:google",
    "referral_code": "R-1",
    "device": {
        "id": "d-1",
        "user_agent": "Mozilla/5.0",
        "accept_language": "en-GB,en;q=0.8",
        "time_zone": "Europe/London",
        "screen": "1920x1080",
        "platform": "Linux x86_64",
        "webdriver": False,
        "tls_fingerprint": "t13d1516h2_8daaf6152771_02713d6af862",
    },
    "session": {
        "age_seconds": 120.5,
        "form_seconds": 30,
        "pasted_fields": 0,
        "keystrokes": 88,
        "captcha_score": 0.9,
        "referrer_uri": "https://example.org/",
    },
    "card": {
        "token": "tok_1a2b3c",
        "issuer_id_number": "411111",
        "last_digits": "1111",
        "funding": "credit",
        "country": "GB",
        "avs_result": "Y",
        "cvv_result": "M",
        "was_3d_secure_successful": True,
        "was_authorized": True,
        "decline_code": "do_not_honor",
        "processor": "stripe",
    },
    "billing": {
        "address": "1 Example Street",
        "city": "London",
        "region": "LND",
        "postal": "N1 1AA",
        "country": "GB",
        "first_name": "Ada",
        "last_name": "L",
    },
    "custom": {"trial_days": 14, "plan": "pro", "vip": False},
    "label": 1,
    "label_at": "2026-06-01T00:00:00Z",
    "label_confidence": 0.8,
    "propensity": 0.01,
    "group": "farm-1",
}


def at(path: str, value: Any) -> dict[str, Any]:
    """Return an event that gives one field, nested as the contract has it."""
    part, _, name = path.rpartition(".")
    return {part: {name: value}} if part else {name: value}


def read(path: str, value: Any) -> Any:
    """Return what a field becomes, or the code of the warning about it."""
    signup = Signup.from_mapping(at(path, value))
    part, _, name = path.rpartition(".")
    found = getattr(getattr(signup, part) if part else signup, name)
    if signup.warnings:
        assert found is None
        assert [warning.pointer for warning in signup.warnings] == ["/" + path.replace(".", "/")]
        return signup.warnings[0].code
    return found


def flat(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as a row of the table that pandas makes of it."""
    row: dict[str, Any] = pd.json_normalize(event).to_dict("records")[0]
    return row


def test_sample_gives_every_field() -> None:
    """The sample that the tests build on leaves no field of the contract out."""
    signup = Signup.from_mapping(FULL)
    assert signup.warnings == ()
    for field in FIELDS:
        owner = getattr(signup, field.part) if field.part else signup
        assert getattr(owner, field.attribute) is not None, field.name


def test_dotted_columns_are_the_same_sign_up() -> None:
    """A row of a table and the nested event are one sign-up."""
    assert Signup.from_mapping(flat(FULL)) == Signup.from_mapping(FULL)


def test_gaps_of_a_table_are_absent() -> None:
    """Empty text, NaN, NaT and NA, with which tables fill gaps, are unknown and no warning."""
    assert Signup.from_mapping(dict.fromkeys(flat(FULL), "")) == Signup()
    for gap in (None, float("nan"), np.float64("nan"), pd.NaT, pd.NA):
        row = {**dict.fromkeys(flat(FULL), gap), "device": gap, "custom": gap}
        assert Signup.from_mapping(row) == Signup()
        assert Signup.from_mapping(row).warnings == ()


def test_values_of_numpy_are_read() -> None:
    """Values as they come out of a data frame are those of Python."""
    row = {
        "session.keystrokes": np.int64(3),
        "session.captcha_score": np.float32(0.5),
        "device.webdriver": np.bool_(True),
        "card.last_digits": np.int64(1234),
        "custom.days": np.int64(14),
        "label": np.int64(1),
        "username": np.str_("ada"),
        "at": pd.Timestamp("2026-05-01T12:00:00Z"),
        "birth_date": pd.Timestamp("1990-02-28"),
    }
    signup = Signup.from_mapping(row)
    assert signup.warnings == ()
    assert signup.to_mapping() == {
        "session": {"keystrokes": 3, "captcha_score": 0.5},
        "device": {"webdriver": True},
        "card": {"last_digits": "1234"},
        "custom": {"days": 14},
        "label": 1,
        "username": "ada",
        "at": "2026-05-01T12:00:00Z",
        "birth_date": "1990-02-28",
    }
    for value in (signup.at, signup.birth_date, signup.username):
        assert type(value).__module__ in ("datetime", "builtins")


def test_arrays_are_unusable() -> None:
    """A list column of a table is no value of any field, and no error."""
    for field in FIELDS:
        if field.name not in ("at", "label", "label_at", "label_confidence", "propensity"):
            assert read(field.name, np.array([1, 2])).endswith("_INVALID"), field.name


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("signup_id", 128),
        ("email", 320),
        ("phone", 32),
        ("username", 255),
        ("first_name", 255),
        ("last_name", 255),
        ("organization", 255),
        ("channel", 64),
        ("referral_code", 128),
        ("device.id", 255),
        ("device.user_agent", 512),
        ("device.accept_language", 255),
        ("device.platform", 64),
        ("device.tls_fingerprint", 128),
        ("session.referrer_uri", 1024),
        ("card.token", 255),
        ("card.decline_code", 64),
        ("card.processor", 64),
        ("billing.address", 255),
    ],
)
def test_text_limits(path: str, limit: int) -> None:
    """Text up to its limit is kept as typed; one character more, or a control character, makes it unknown."""
    assert read(path, "é" * limit) == "é" * limit
    assert read(path, "x" * (limit + 1)) == "INPUT_TOO_LONG"
    for bad in ("a\x00b", "a\nb", "a\x7f", "a\x85", "\ud800"):
        assert read(path, bad) == "INPUT_CONTROL_CHARACTER", repr(bad)
    assert read(path, "\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"
    assert read(path, "") is None
    for bad in (True, [], {}, b"x", 0.5, float("inf"), 10**400, object()):
        assert read(path, bad) == "INPUT_INVALID", repr(bad)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("signup_id", UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("ip_address", IPv6Address("2001:db8::1"), "2001:db8::1"),
        ("username", Decimal(42), "42"),
        ("username", Decimal("Infinity"), "INPUT_INVALID"),
        ("phone", 12025550100, "12025550100"),
        ("phone", 12025550100.0, "12025550100"),
        ("billing.postal", 10115, "10115"),
        ("birth_date", "1990-02-30", "DATE_INVALID"),
        ("birth_date", "1990-W01-1", "DATE_INVALID"),
        ("birth_date", "19900228", "DATE_INVALID"),
        ("birth_date", date(1990, 2, 28), date(1990, 2, 28)),
        ("birth_date", 19900228, "DATE_INVALID"),
        ("country", "gb", "GB"),
        ("country", "XK", "XK"),
        ("country", "UK", "COUNTRY_INVALID"),
        ("country", "GBR", "COUNTRY_INVALID"),
        ("country", 44, "COUNTRY_INVALID"),
        ("device.time_zone", "Etc/GMT+5", "Etc/GMT+5"),
        ("device.time_zone", "../../etc/passwd", "TIME_ZONE_INVALID"),
        ("device.time_zone", "Europe/", "TIME_ZONE_INVALID"),
        ("device.time_zone", 0, "TIME_ZONE_INVALID"),
        ("device.screen", "390X844", (390, 844)),
        ("device.screen", "65535x1", (65535, 1)),
        ("device.screen", "65536x1", "INPUT_INVALID"),
        ("device.screen", "0x600", "INPUT_INVALID"),
        ("device.screen", "800", "INPUT_INVALID"),
        ("device.screen", 800, "INPUT_INVALID"),
        ("device.webdriver", "True", True),
        ("device.webdriver", 0, False),
        ("device.webdriver", 2, "INPUT_INVALID"),
        ("device.webdriver", "yes", "INPUT_INVALID"),
        ("session.age_seconds", "12.5", 12.5),
        ("session.age_seconds", -1, "INPUT_INVALID"),
        ("session.age_seconds", "-inf", "INPUT_INVALID"),
        ("session.age_seconds", "1_000", "INPUT_INVALID"),
        ("session.age_seconds", 10**400, "INPUT_INVALID"),
        ("session.age_seconds", float("inf"), "INPUT_INVALID"),
        ("session.age_seconds", True, "INPUT_INVALID"),
        ("session.keystrokes", "3", 3),
        ("session.keystrokes", 3.5, "INPUT_INVALID"),
        ("session.keystrokes", -1, "INPUT_INVALID"),
        ("session.keystrokes", 2**53, "INPUT_INVALID"),
        ("session.captcha_score", 1, 1.0),
        ("session.captcha_score", 1.001, "INPUT_INVALID"),
        ("card.issuer_id_number", 41111111, "41111111"),
        ("card.issuer_id_number", "4111111", "INPUT_INVALID"),
        ("card.issuer_id_number", "\uff14\uff11\uff11\uff11\uff11\uff11", "INPUT_INVALID"),
        ("card.last_digits", "07", "07"),
        # As a number, 42 could be "42" or "0042".
        ("card.last_digits", 42, "INPUT_INVALID"),
        ("card.funding", "Prepaid", "prepaid"),
        ("card.funding", "charge", "INPUT_INVALID"),
        ("card.avs_result", "y", "Y"),
        ("card.avs_result", "YY", "INPUT_INVALID"),
        ("card.was_authorized", "false", False),
    ],
)
def test_values(path: str, value: Any, expected: Any) -> None:
    """Values are read where there is one way to read them, and are unknown with a warning otherwise."""
    assert read(path, value) == expected
    assert type(read(path, value)) is type(expected)


@pytest.mark.parametrize(
    ("event", "field", "hint"),
    [
        ([], "sign-up", "mapping"),
        ("{}", "sign-up", "mapping"),
        ({"e_mail": "x"}, "e_mail", "email is the closest name"),
        ({"devise.id": "x"}, "devise.id", "device.id is the closest name"),
        ({"Email": None}, "Email", "email is the closest name"),
        ({"zzz": 1}, "zzz", "signup_id"),
        ({1: 1}, "sign-up", "signup_id"),
        ({"ada@example.com": 1}, "sign-up", "signup_id"),
        ({"device": ["x"]}, "device", "user_agent"),
        ({"card": "tok"}, "card", "token"),
        ({"custom": [1]}, "custom", "object"),
        ({"custom": {"Bad": 1}}, "custom", "a-z"),
        ({"custom": {"a" * 26: 1}}, "custom", "a-z"),
        ({"custom.": 1}, "custom", "a-z"),
        ({"custom": {1: 1}}, "custom", "a-z"),
        ({"custom": {f"k{n}": 1 for n in range(101)}}, "custom", "100"),
        ({"custom": {"a": 1}, "custom.a": 2}, "custom", "one of them"),
        ({"device": {"id": "a"}, "device.id": "b"}, "device.id", "one of them"),
        ({"label": 2}, "label", "1 (abusive)"),
        ({"label": "fraud"}, "label", "1 (abusive)"),
    ],
)
def test_callers_errors(event: Any, field: str, hint: str) -> None:
    """A mistake of the caller's raises, names the field and says what is allowed."""
    with pytest.raises(InvalidSignup) as caught:
        Signup.from_mapping(event)
    assert caught.value.field == field
    assert hint in caught.value.allowed
    assert caught.value.kind in str(caught.value)


def test_time_is_required_on_demand() -> None:
    """Files need a time in each line, the API does not."""
    assert Signup.from_mapping({}) == Signup()
    with pytest.raises(InvalidSignup, match=r"^at: found nothing"):
        Signup.from_mapping({"at": None}, require_at=True)
    with pytest.raises(InvalidSignup, match=r"^at: found nothing"):
        _ = Signup().at_us


def test_unknown_nested_keys_are_warned_of() -> None:
    """A nested key that the contract does not have is pointed to, unless it is empty."""
    signup = Signup.from_mapping({"device": {"id": "d", "fingerprint": 1, "gap": None}, "billing.zip": "x"})
    assert signup.device.id == "d"
    assert signup.warnings == (
        InputWarning("INPUT_UNKNOWN", "/device/fingerprint"),
        InputWarning("INPUT_UNKNOWN", "/billing/zip"),
    )


def test_unknown_keys_are_bounded_and_not_repeated() -> None:
    """Keys may hold anything and be many: odd ones are not repeated, and warnings of them end somewhere."""
    assert Signup.from_mapping({"device": {"ada@example.com": 1}}).warnings[0].pointer == "/device"
    assert len(Signup.from_mapping({"device": {f"k{n}": 1 for n in range(9999)}}).warnings) == 32


def test_negative_zero_is_zero() -> None:
    """No value prints as -0.0, which would be another value to whoever compares texts."""
    assert str(read("session.age_seconds", -0.0)) == str(read("session.age_seconds", "-0")) == "0.0"


def test_custom_inputs() -> None:
    """The caller's own inputs keep their type; what is no number, text or truth value is unknown."""
    values = {"n": 1, "x": 0.5, "t": "gold", "b": True, "gap": None, "nan": float("nan"), "big": 10**20}
    bad = {"inf": float("inf"), "huge": 10**400, "nested": {"a": 1}, "long": "x" * 256, "ctl": "\x00"}
    signup = Signup.from_mapping({"custom": {**values, **bad}})
    assert dict(signup.custom) == {"n": 1, "x": 0.5, "t": "gold", "b": True, "big": 1e20}
    assert [type(value) for value in signup.custom.values()] == [int, float, str, bool, float]
    assert {(item.code, item.pointer) for item in signup.warnings} == {
        ("INPUT_INVALID", "/custom/inf"),
        ("INPUT_INVALID", "/custom/huge"),
        ("INPUT_INVALID", "/custom/nested"),
        ("INPUT_TOO_LONG", "/custom/long"),
        ("INPUT_CONTROL_CHARACTER", "/custom/ctl"),
    }


def test_sign_ups_are_values() -> None:
    """A sign-up is hashable, cannot be changed, and crosses process borders whole."""
    signup = Signup.from_mapping(FULL)
    assert pickle.loads(pickle.dumps(signup)) == signup  # noqa: S301 - our own bytes
    assert len({signup, Signup.from_mapping(FULL)}) == 1
    assert repr(signup.custom) == "Custom({'trial_days': 14, 'plan': 'pro', 'vip': False})"
    with pytest.raises(TypeError):
        signup.custom["plan"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError):
        signup.email = "x"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["label_confidence", "propensity"])
@pytest.mark.parametrize("value", [0, 0.0, -0.1, 1.01, "most", [0.5], True])
def test_shares_beside_a_label_are_the_analysts(name: str, value: Any) -> None:
    """A share that is none would weigh a row wrongly without a word, so it is an error and no warning."""
    with pytest.raises(InvalidSignup, match=f"{name}: .*above 0, at most 1"):
        Signup.from_mapping({name: value})


@pytest.mark.parametrize("value", [1, 1.0, "0.25", np.float64(0.25), 1e-300])
def test_shares_are_read(value: Any) -> None:
    """Shares are read as numbers are, from tables too."""
    assert Signup.from_mapping({"propensity": value}).propensity == float(value)
