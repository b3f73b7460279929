"""Read payloads: what is wrong is named, what is in it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import Signup
from signup_risk.files.records import BadLine, signup_of

AT = '"at": "2026-05-01T12:00:00Z"'

BAD = {
    "not JSON": (b'{"email": secret}', "not valid JSON at character 11"),
    "cut off": (b'{"email": "secr', "not valid JSON at character 11"),
    "two values": (b'{"email": "secret"} {}', "not valid JSON at character 21"),
    "array": (b'["secret"]', "a list of length 1 instead of an object"),
    "text": (b'"secret"', "a str of length 6 instead of an object"),
    "null": (b"null", "nothing instead of an object"),
    "not UTF-8": (b'{"email": "secret\xff"}', "not UTF-8 at byte 18"),
    "UTF-16": ('{"email": "secret"}'.encode("utf-16"), "not UTF-8 at byte 1"),
    "NaN": (b'{"session": {"age_seconds": NaN}}', "NaN or Infinity"),
    "Infinity": (b'{"session": {"age_seconds": -Infinity}}', "NaN or Infinity"),
    "key twice": (b'{"email": "secret", "email": "other"}', "one key twice"),
    "nested key twice": (b'{"card": {"token": "secret", "token": "x"}}', "one key twice"),
    "deep": (b'{"custom": ' + b"[" * 100_000, "nested too deeply"),
    "many digits": (b'{"custom": {"n": ' + b"7" * 5000 + b"}}", "too many digits"),
    "no time": (b'{"email": "secret@example.com"}', "at: found nothing"),
    "naive time": (b'{"at": "2026-05-01T12:00:00"}', "at: found a str of length 19"),
    "unknown field": (f'{{{AT}, "e_mail": "secret"}}'.encode(), "email is the closest name"),
    "card number": (f'{{{AT}, "card": {{"token": "4111 1111 1111 1111"}}}}'.encode(), "card.token: found what could"),
    "card key": (f'{{{AT}, "card": {{"4111111111111111": 1}}}}'.encode(), "card: found what could be"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_lines(name: str) -> None:
    """A bad line gets a reason of one line that repeats nothing of what it holds."""
    payload, expected = BAD[name]
    found = signup_of(payload)
    assert isinstance(found, BadLine)
    assert expected in found.reason
    assert "secret" not in found.reason
    assert "4111" not in found.reason
    assert "\n" not in found.reason


def test_good_line() -> None:
    """A good line is a sign-up, its characters unharmed, with spaces around it or not."""
    found = signup_of(f' {{{AT}, "first_name": "Žofie"}}\r'.encode())
    assert isinstance(found, Signup)
    assert found.first_name == "Žofie"


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes(payload: bytes) -> None:
    """No bytes raise."""
    assert isinstance(signup_of(payload), Signup | BadLine)
