"""Read the input contract into a sign-up, and write it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NoReturn

from signup_risk.errors import CardNumberRefused, InvalidSignup
from signup_risk.events.cards import could_be_card_number
from signup_risk.events.draft import Draft
from signup_risk.events.fields import BY_NAME, BY_PART, FIELDS, PARTS
from signup_risk.events.kinds import is_absent, kind_of, safe_name
from signup_risk.events.moments import write_moment
from signup_risk.events.signup import Signup

_TOP_NAMES: Final = (*(field.name for field in FIELDS if not field.part), *PARTS, "custom")


def read_mapping(event: Any, *, require_at: bool) -> Signup:
    """Read one event of the input contract; see :meth:`signup_risk.events.signup.Signup.from_mapping`."""
    if not isinstance(event, Mapping):
        raise InvalidSignup("sign-up", kind_of(event), "a mapping of field names to values")
    draft = Draft()
    for key, value in event.items():
        if value is None and key in BY_NAME:
            continue
        field = BY_NAME.get(key)
        if field is not None:
            draft.put(field, value, field.pointer)
        elif key in BY_PART:
            _read_part(draft, key, value)
        elif key == "custom":
            _read_custom(draft, value)
        else:
            _read_dotted(draft, key, value)
    return draft.build(require_at=require_at)


def _read_part(draft: Draft, part: str, values: Any) -> None:
    if not isinstance(values, Mapping):
        if is_absent(values):
            return
        if part == "card" and could_be_card_number(values, is_token=True):
            raise CardNumberRefused(part)
        raise InvalidSignup(part, kind_of(values), f"an object with the fields {', '.join(BY_PART[part])}")
    fields = BY_PART[part]
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            _read_unknown(draft, part, key, value)
        elif value is not None:
            draft.put(field, value, field.pointer)


def _read_unknown(draft: Draft, part: str, key: Any, value: Any) -> None:
    if part == "card" and (could_be_card_number(value) or could_be_card_number(key)):
        name = safe_name(key)
        raise CardNumberRefused(part if name is None else f"{part}.{name}")
    if not is_absent(value):
        draft.unknown(f"/{part}", key)


def _read_custom(draft: Draft, values: Any) -> None:
    if isinstance(values, Mapping):
        for key, value in values.items():
            draft.put_custom(key, value, "/custom")
    elif not is_absent(values):
        raise InvalidSignup(
            "custom", kind_of(values), "an object of up to 100 numbers, texts and truth values"
        )


def _read_dotted(draft: Draft, key: Any, value: Any) -> None:
    """Read a key that is no field: a dotted one of an object's that may have more keys, or a mistake."""
    part, dot, rest = key.partition(".") if isinstance(key, str) else ("", "", "")
    if dot and part == "custom":
        draft.put_custom(rest, value, "/custom")
    elif dot and part in BY_PART:
        _read_unknown(draft, part, rest, value)
    else:
        _refuse_name(key)


def _refuse_name(key: Any) -> NoReturn:
    # Only a developer's mistake needs it, so nobody else pays for the import.
    import difflib

    name = safe_name(key)
    if name is None:
        raise InvalidSignup("sign-up", f"a field name that is {kind_of(key)}", ", ".join(_TOP_NAMES))
    close = difflib.get_close_matches(name.lower(), [*_TOP_NAMES, *BY_NAME], n=1)
    advice = f"{close[0]} is the closest name" if close else ", ".join(_TOP_NAMES)
    raise InvalidSignup(name, "an unknown field", f"{advice}; the caller's own inputs go under custom")


def write_mapping(signup: Signup) -> dict[str, Any]:
    """Write a sign-up as the input contract; see :meth:`signup_risk.events.signup.Signup.to_mapping`."""
    written: dict[str, Any] = {}
    for field in FIELDS:
        owner = getattr(signup, field.part) if field.part else signup
        value = getattr(owner, field.attribute)
        if value is not None:
            target = written.setdefault(field.part, {}) if field.part else written
            target[field.attribute] = _plain(value)
    if signup.custom:
        written["custom"] = dict(signup.custom)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        width, height = value
        return f"{width}x{height}"
    return value
