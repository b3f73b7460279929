"""No text that a person can type raises, changes a second time or makes an answer grow without bound."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signup_risk.normalize import (
    address_template,
    address_text,
    billing_shape,
    coarse_shape,
    describe_text,
    fold_name,
    local_shape,
    local_shape_fine,
    matches_name,
    name_shape,
    normalize_email,
    normalize_ip,
    normalize_issuer,
    normalize_languages,
    normalize_name,
    normalize_phone,
    normalize_user_agent,
    postal_text,
    stem,
    text_shape,
    username_shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Categories include Cs: JSON may carry lone surrogates.
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=80),
    st.text(st.characters(categories=["Cs", "Mn", "Mc", "Cf", "Nd", "No", "Lo", "Lm", "Lt"]), max_size=40),
    st.text('aZé0１٣.+-_@:%[]/"\\ \x00\u202éИλ', max_size=40),
    st.builds(lambda text: f"{text}@example.com", st.text(st.characters(), max_size=30)),
    st.builds(lambda text: f"jane@{text}.com", st.text(st.characters(), max_size=30)),
    st.builds(lambda text: f"+{text}", st.text("0123456789٣²()-x;=", max_size=30)),
)

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "email": normalize_email,
    "phone": normalize_phone,
    "phone_us": lambda text: normalize_phone(text, "US"),
    "phone_country": lambda text: normalize_phone("0301234567", text),
    "ip": normalize_ip,
    "first": lambda text: normalize_name(text, None),
    "last": lambda text: normalize_name("Ann", text),
    "fold": fold_name,
    "name_shape": name_shape,
    "agent": normalize_user_agent,
    "languages": normalize_languages,
    "issuer": normalize_issuer,
    "describe": describe_text,
    "text_shape": text_shape,
    "coarse_shape": coarse_shape,
    "local_shape": local_shape,
    "local_shape_fine": local_shape_fine,
    "username_shape": username_shape,
    "stem": stem,
    "match": lambda text: matches_name(text, "Ann", "Lee"),
    "match_name": lambda text: matches_name("ann.lee", text, text[::-1]),
    "address_text": address_text,
    "address_template": address_template,
    "billing_shape": billing_shape,
    "postal": postal_text,
}

HOSTILE = (
    "",
    "\x00",
    "\ud800",
    "\udfff@\ud800.com",
    "a" * 10_000,
    "1" * 10_000,
    "+" + "1" * 10_000,
    "e" + "́" * 10_000,
    "́" * 10_000,
    "ﷺ" * 3_000,
    "a1" * 5_000,
    "." * 10_000,
    "a." * 5_000,
    " " * 10_000,
    "\u202e" * 10_000,
    "🙂" * 10_000,
    ":" * 10_000,
    "[" * 10_000,
    "%" * 10_000,
    '"' * 10_000,
    "\\" * 10_000,
    "a@" * 5_000,
    "a@" + "xn--" * 2_000,
    "en-" * 3_000,
    "en;q=" + "9" * 5_000,
    "," * 10_000,
    "(" * 10_000,
    "Mozilla/5.0 (" * 700,
    "٣" * 10_000,
    "²" * 10_000,
    "Aa" * 5_000,
    "аa" * 5_000,
)

# The longest texts of any answer: a lossless expansion (ﷺ in NFKC) of the longest name that is read.
LONGEST = 255 * 18


def _texts(answer: object) -> list[str]:
    """List every text inside an answer."""
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, tuple):
        return [text for part in answer for text in _texts(part)]
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return [text for field in dataclasses.fields(answer) for text in _texts(getattr(answer, field.name))]
    return []


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT)
@example(text="\ud800")
@example(text="＋１２０２５５５０１４３")
def test_any_text_is_answered(name: str, text: str) -> None:
    """Whatever is typed gets an answer, and the same text gets an equal one."""
    function = FUNCTIONS[name]
    assert function(text) == function(text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_long_text_gets_a_bounded_answer(name: str) -> None:
    """Ten thousand characters of anything give an answer no longer than the documented maximum allows."""
    for text in HOSTILE:
        assert all(len(part) <= LONGEST for part in _texts(FUNCTIONS[name](text)))


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT)
def test_keys_hold_no_control_characters(text: str) -> None:
    """Shapes and folded texts can be logged and hashed: valid UTF-8 without control characters."""
    keys = [local_shape(text), local_shape_fine(text), username_shape(text), billing_shape(text), stem(text)]
    name = normalize_name(text, None)
    if name is not None:
        keys += [name.shape, name.folded_first]
    for key in keys:
        key.encode("utf-8")
        assert not any(char < " " or char == "\x7f" for char in key)


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is its own folded form, so that a key does not depend on how often it was folded."""
    for fold in (fold_name, address_text, postal_text, stem):
        once = fold(text)
        assert fold(once) == once
