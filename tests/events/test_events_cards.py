"""Check that what could be a full card number is refused all over card, and that nothing else is."""

from __future__ import annotations

import random
import traceback
import uuid
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import CardNumberRefused
from signup_risk.events import Signup
from signup_risk.events.fields import BY_PART

# Numbers that the schemes and processors publish for tests: 13, 14, 15, 16 and 19 digits.
NUMBERS = (
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
    "4222222222222",
    "6304000000000000000",
    "9792030394440796",
)


def luhn_completed(digits: str) -> str:
    """Return the digits with the check digit that makes them pass, computed the schoolbook way."""
    for check in "0123456789":
        total = 0
        for place, digit in enumerate(reversed(digits + check)):
            number = int(digit) * (1 + place % 2)
            total += number // 10 + number % 10
        if total % 10 == 0:
            return digits + check
    raise AssertionError(digits)


def refuse(event: dict[str, Any]) -> CardNumberRefused:
    """Read an event that has to be refused, and return the error."""
    with pytest.raises(CardNumberRefused) as caught:
        Signup.from_mapping(event)
    return caught.value


@pytest.mark.parametrize("name", [*BY_PART["card"], "number", "odd key"])
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_in_every_field(name: str, number: str) -> None:
    """A number is refused in each field of a card, known or not, nested or dotted."""
    for value in (number, int(number), f"card {number}", f"tok_{number}_x", [number], {"a": {"b": number}}):
        assert refuse({"card": {name: value}}).field == ("card" if " " in name else f"card.{name}")
        refuse({f"card.{name}": value})


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111_1111_1111_1111",
        "4111 - 1111 / 1111 \u2013 1111",
        "4\u200b111\u00a01111\u20111111\u202f1111",
        "\uff14" + "\uff11" * 15,
        "\u0664" + "\u0661" * 15,
        "\u2074" + "\u00b9" * 15,
        "4111111111111111 12/27 123",
        "00004111111111111111",
        "4222222222222 1227",
        "exp=1227;pan=4111111111111111;",
        "abc4111111111111111def",
    ],
)
def test_ways_of_writing(text: str) -> None:
    """Separators, other scripts' digits and text around a number do not hide it."""
    for name in ("token", "decline_code", "pan"):
        refuse({"card": {name: text}})


@pytest.mark.parametrize(
    "value",
    [
        4111111111111111.0,
        Decimal(4111111111111111),
        np.int64(4111111111111111),
        np.array(["x", "4111111111111111"]),
        b"4111111111111111",
        ("4111111111111111",),
    ],
)
def test_kinds_of_value(value: Any) -> None:
    """Numbers and containers, as tables and decoders make them, are looked into as well."""
    refuse({"card": {"token": value}})
    refuse({"card": {"other": value}})


@pytest.mark.parametrize("value", ["4111111111111111", {"x"}, ["4111 1111 1111 1111"]])
def test_card_that_is_no_object(value: Any) -> None:
    """A number in place of the card object is refused as a number, not just as a wrong type."""
    if value == {"x"}:
        value = {"4111111111111111"}
    assert refuse({"card": value}).field == "card"


def test_number_as_a_key() -> None:
    """A number used as a key is refused, and the error does not repeat the key."""
    assert refuse({"card": {"4111111111111111": True}}).field == "card"
    assert refuse({"card.4111111111111111": True}).field == "card"
    assert refuse({"card": {"pan_4111111111111111": True}}).field == "card"


@given(st.integers(12, 19), st.randoms(use_true_random=False))
def test_tokens_of_digits_alone(length: int, randoms: random.Random) -> None:
    """A token that is nothing but 12 to 19 digits is refused, whatever its check digit."""
    digits = "".join(randoms.choice("0123456789") for _ in range(length))
    refuse({"card": {"token": digits}})
    refuse({"card": {"token": "-".join(digits)}})


@given(st.text("0123456789", min_size=13, max_size=18))
def test_any_digits_that_pass_the_check(digits: str) -> None:
    """14 to 19 digits that pass the check are refused in any field, of any scheme."""
    refuse({"card": {"decline_code": f"code {luhn_completed(digits)}"}})


@pytest.mark.parametrize(
    "token",
    [
        "tok_1NirD82eZvKYlo2CIvbtLWuy",
        "12345678901",
        "card_1690000000007",
        "123456abc1234",
        "pm-4111",
    ],
)
def test_tokens_that_are_let_in(token: str) -> None:
    """Tokens as processors make them are kept."""
    assert Signup.from_mapping({"card": {"token": token}}).card.token == token


def test_random_identifiers_are_let_in() -> None:
    """UUIDs and digests hold long runs of digits by chance; none of ten thousand is taken for a number."""
    randoms = random.Random(20260501)
    for _ in range(10_000):
        bits = randoms.getrandbits(128)
        identifier = str(uuid.UUID(int=bits, version=4))
        for token in (identifier, f"tok_{identifier}", f"{bits:032x}", f"{bits * bits:064x}"):
            assert Signup.from_mapping({"card": {"token": token}}).card.token == token


def test_long_and_deep_values_are_bounded() -> None:
    """A huge, deep or cyclic value is looked into up to a bound, and warned of."""
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    deep: Any = "x"
    for _ in range(10_000):
        deep = [deep]
    event = {"card": {"a": cyclic, "b": deep, "c": "4-" * 10**6, "d": 10**5000, "e": "9" + "x" * 10**6}}
    assert len(Signup.from_mapping(event).warnings) == 5


def test_other_fields_may_hold_digits() -> None:
    """Only what is under card is looked into: a device identifier may be any digits."""
    assert Signup.from_mapping({"device.id": "4111111111111111"}).device.id is not None


@pytest.mark.parametrize("number", NUMBERS)
def test_number_is_never_echoed(number: str) -> None:
    """Neither the error, nor its chain, nor the locals of the product's frames hold the number."""
    for event in ({"card": {"token": number}}, {"card": number}, {"card": {"x": {number: number}}}):
        error = refuse(event)
        assert error.__context__ is None
        assert error.__cause__ is None
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        inside = [frame for frame in frames if "signup_risk" in frame.f_code.co_filename.split("/tests/")[0]]
        product = [frame for frame in inside if "/tests/" not in frame.f_code.co_filename]
        assert product
        told = [str(error), repr(error), repr(vars(error)), *(repr(frame.f_locals) for frame in product)]
        assert number not in "".join(told)
        for digits in ("1111111", "5555555", "3782822"):
            assert digits not in "".join(told)
