"""Throw anything at the reader: nothing that an applicant may type raises, and nothing typed is echoed."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import CardNumberRefused, InvalidSignup
from signup_risk.events import WARNING_CODES, Billing, Card, Device, Session, Signup
from signup_risk.events.cards import could_be_card_number
from signup_risk.events.countries import COUNTRY_CODES
from signup_risk.events.custom import Custom
from signup_risk.events.fields import BY_PART, FIELDS
from signup_risk.events.minfraud import MINFRAUD_FIELDS, MINFRAUD_IGNORED

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**305)
    | st.floats()
    | st.text(st.characters())
    | st.text("0123456789 .:/-xTZ+", max_size=40)
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
CALLERS = {"at", "label", "label_at", "label_confidence", "propensity"}
TYPED = [field for field in FIELDS if field.name not in CALLERS]
CUSTOM_KEYS = st.from_regex(r"[a-z0-9_]{1,25}", fullmatch=True)


def objects(part: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an object of the contract with any values, and some keys that it does not have."""
    return st.dictionaries(st.sampled_from(list(BY_PART[part])) | st.text(max_size=8), JSON, max_size=6)


EVENTS = st.fixed_dictionaries(
    {},
    optional={
        **{field.name: JSON for field in TYPED if not field.part},
        **{part: objects(part) for part in BY_PART},
        "custom": st.dictionaries(CUSTOM_KEYS, JSON, max_size=5),
    },
)


def resolve(pointer: str, document: Any) -> Any:
    """Follow a JSON pointer as RFC 6901 says; the error of a missing member is the test's failure."""
    assert pointer == "" or pointer.startswith("/")
    for token in pointer.split("/")[1:]:
        assert isinstance(document, Mapping)
        document = document[token.replace("~1", "/").replace("~0", "~")]
    return document


def error_of(read: Callable[[Any], Signup], event: Any) -> InvalidSignup | None:
    """Return the contract's error about an event, or nothing; another error is the test's failure."""
    try:
        read(event)
    except InvalidSignup as error:
        return error
    return None


def check_warnings(signup: Signup, document: Any) -> None:
    """Check that codes are known and pointers lead to something."""
    for warning in signup.warnings:
        assert warning.code in WARNING_CODES
        assert resolve(warning.pointer, document) is not None


@given(EVENTS)
def test_nothing_typed_raises(event: dict[str, Any]) -> None:
    """With known keys and right containers only a card number raises; warnings point to values."""
    try:
        signup = Signup.from_mapping(event)
    except CardNumberRefused:
        assert could_be_card_number(event["card"], is_token=True)
        return
    check_warnings(signup, event)


@given(EVENTS)
def test_dotted_form_reads_the_same(event: dict[str, Any]) -> None:
    """The dotted form of an event gives the same sign-up."""
    flat = {
        (f"{key}.{name}" if isinstance(values, dict) else key): value
        for key, values in event.items()
        for name, value in (values.items() if isinstance(values, dict) else [("", values)])
        if not isinstance(values, dict) or key in (*BY_PART, "custom")
    }
    event = {key: value for key, value in event.items() if not isinstance(value, dict) or key in (*BY_PART, "custom")}
    try:
        signup = Signup.from_mapping(event)
    except CardNumberRefused:
        with pytest.raises(CardNumberRefused):
            Signup.from_mapping(flat)
        return
    assert Signup.from_mapping(flat) == signup


@given(JSON | st.dictionaries(st.sampled_from([field.name for field in FIELDS]) | st.text(), JSON))
def test_anything_else_is_the_callers_error(event: Any) -> None:
    """Any JSON value at all gives a sign-up or one error of the contract."""
    error = error_of(Signup.from_mapping, event)
    assert error is None or (error.field and error.kind and error.allowed)


@given(EVENTS)
def test_contract_form_comes_back(event: dict[str, Any]) -> None:
    """What was read, written as the contract's JSON and read again, is the same."""
    try:
        signup = Signup.from_mapping(event)
    except CardNumberRefused:
        return
    written = json.loads(json.dumps(signup.to_mapping(), allow_nan=False))
    again = Signup.from_mapping(written)
    assert again == signup
    assert again.warnings == ()


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
SIGNUPS = st.builds(
    Signup,
    signup_id=st.none() | TEXT,
    at=st.none() | MOMENTS,
    email=st.none() | TEXT,
    birth_date=st.none() | st.dates(date(1, 1, 1)),
    country=st.none() | st.sampled_from(sorted(COUNTRY_CODES)),
    device=st.builds(
        Device,
        id=st.none() | TEXT,
        screen=st.none() | st.tuples(st.integers(1, 65535), st.integers(1, 65535)),
        webdriver=st.none() | st.booleans(),
    ),
    session=st.builds(
        Session,
        age_seconds=st.none() | st.floats(0, 1e13),
        keystrokes=st.none() | st.integers(0, 2**53 - 1),
        captcha_score=st.none() | st.floats(0, 1),
    ),
    card=st.builds(Card, token=st.none() | st.text("abcdef", min_size=1), was_authorized=st.none() | st.booleans()),
    billing=st.builds(Billing, city=st.none() | TEXT),
    custom=st.builds(Custom, st.dictionaries(CUSTOM_KEYS, TEXT | st.booleans() | st.floats(-1e9, 1e9))),
    label=st.sampled_from([None, 0, 1]),
    label_at=st.none() | MOMENTS,
    label_confidence=st.none() | st.floats(0, 1, exclude_min=True),
    propensity=st.none() | st.floats(0, 1, exclude_min=True),
)


@given(SIGNUPS)
def test_any_sign_up_comes_back(signup: Signup) -> None:
    """Any sign-up, written as the contract's JSON and read again, is the same."""
    written = json.loads(json.dumps(signup.to_mapping(), allow_nan=False))
    assert Signup.from_mapping(written) == signup


MARKER = "Zq7marker"


def told(error: BaseException) -> str:
    """Return whatever a logger could print of an error."""
    return "".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])


@given(
    st.sampled_from(sorted({field.name for field in FIELDS} | {*BY_PART, "custom", "unknown", "custom.Bad"})),
    st.sampled_from([MARKER, [MARKER], {MARKER: MARKER}, f"{MARKER}4111111111111111", {"Ä": {MARKER}}]),
)
def test_no_value_is_echoed(name: str, value: Any) -> None:
    """No error repeats any part of a value, in its text, its attributes or its chain."""
    for event in ({name: value}, {"card": value}, {"card": {"token": value}}, [value]):
        error = error_of(Signup.from_mapping, event)
        if error is not None:
            assert MARKER not in told(error)
            assert "4111111" not in told(error)
            assert error.__context__ is None
            assert error.__cause__ is None


GROUPS = sorted({name.partition(".")[0] for name in (*MINFRAUD_FIELDS, *MINFRAUD_IGNORED)} - {"shopping_cart"})
NAMES = sorted(name for name in (*MINFRAUD_FIELDS, *MINFRAUD_IGNORED) if not name.startswith("shopping_cart"))


@given(st.dictionaries(st.sampled_from([name for name in NAMES if name != "event.time"]), JSON, max_size=12))
def test_nothing_typed_raises_in_minfraud_form(values: dict[str, Any]) -> None:
    """The minFraud form is as forgiving, and its warnings point into the request."""
    request: dict[str, Any] = {}
    for name, value in values.items():
        group, _, key = name.partition(".")
        request.setdefault(group, {})[key] = value
    try:
        signup = Signup.from_minfraud(request)
    except CardNumberRefused:
        assert any(could_be_card_number(request.get(group), is_token=True) for group in ("credit_card", "payment"))
        return
    check_warnings(signup, request)


@given(st.dictionaries(st.sampled_from([*GROUPS, "shopping_cart", "custom_inputs"]) | st.text(), JSON) | JSON)
def test_any_json_in_minfraud_form(request: Any) -> None:
    """Any JSON value at all gives a sign-up or one error of the contract."""
    error = error_of(Signup.from_minfraud, request)
    if error is None:
        check_warnings(Signup.from_minfraud(request), request)
    else:
        assert error.field
