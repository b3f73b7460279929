"""Collect the values of a sign-up while it is read."""

from __future__ import annotations

import re
from typing import Any, Final

from signup_risk.errors import InvalidSignup
from signup_risk.events.custom import NO_CUSTOM, Custom, CustomValue
from signup_risk.events.fields import Field
from signup_risk.events.kinds import kind_of, safe_name
from signup_risk.events.signup import Billing, Card, Device, InputWarning, Session, Signup
from signup_risk.events.values import Parser, Unusable, custom_value, plain
from signup_risk.events.warnings import INPUT_UNKNOWN

_CUSTOM_KEY: Final = re.compile(r"[a-z0-9_]{1,25}")
_CUSTOM_KEYS: Final = 100
# Enough to see what is wrong; an object of ten thousand unknown keys must not make ten thousand warnings.
_UNKNOWN_KEYS: Final = 32

_NO_DEVICE: Final = Device()
_NO_SESSION: Final = Session()
_NO_CARD: Final = Card()
_NO_BILLING: Final = Billing()


class Draft:
    """Hold what has been read so far, and turn it into a sign-up."""

    __slots__ = ("_custom", "_parts", "_seen_custom", "_unknown", "_warnings")

    def __init__(self) -> None:
        self._parts: dict[str, dict[str, Any]] = {
            "": {},
            "device": {},
            "session": {},
            "card": {},
            "billing": {},
        }
        self._custom: dict[str, CustomValue] = {}
        self._seen_custom = 0
        self._unknown = 0
        self._warnings: list[InputWarning] = []

    def read(self, parse: Parser, value: Any, pointer: str) -> Any:
        """Return what a parser makes of a value, or ``None`` and note why not."""
        try:
            return parse(value)
        except Unusable as problem:
            simple = plain(value)
            if simple is not value:
                return self.read(parse, simple, pointer)
            self.warn(problem.code, pointer)
            return None

    def put(self, field: Field, value: Any, pointer: str) -> None:
        """Read the value of a field and keep it, if there is one."""
        found = self.read(field.parse, value, pointer)
        if found is None:
            return
        part = self._parts[field.part]
        if field.attribute in part:
            raise InvalidSignup(field.name, "two values, one nested and one dotted", "one of them")
        part[field.attribute] = found

    def has(self, field: Field) -> bool:
        """Tell whether a field has a value."""
        return field.attribute in self._parts[field.part]

    def put_custom(self, key: Any, value: Any, pointer: str) -> None:
        """Read one of the caller's own inputs, of which the caller also chose the key."""
        self._seen_custom += 1
        if self._seen_custom > _CUSTOM_KEYS:
            raise InvalidSignup("custom", f"more than {_CUSTOM_KEYS} keys", f"up to {_CUSTOM_KEYS} keys")
        if not isinstance(key, str) or not _CUSTOM_KEY.fullmatch(key):
            raise InvalidSignup(
                "custom", f"a key that is {kind_of(key)}", "keys of 1 to 25 of a-z, 0-9 and _"
            )
        name = safe_name(key)
        found = self.read(custom_value, value, pointer if name is None else f"{pointer}/{name}")
        if found is None:
            return
        if key in self._custom:
            raise InvalidSignup("custom", "a key given nested and dotted", "one of them")
        self._custom[key] = found

    def warn(self, code: str, pointer: str) -> None:
        """Note that the value at a pointer could not be used."""
        self._warnings.append(InputWarning(code, pointer))

    def unknown(self, parent: str, key: object) -> None:
        """Note a key that the contract does not have; one that may be anything but a name is not repeated."""
        self._unknown += 1
        if self._unknown <= _UNKNOWN_KEYS:
            name = safe_name(key)
            self.warn(INPUT_UNKNOWN, parent if name is None else f"{parent}/{name}")

    def build(self, *, require_at: bool) -> Signup:
        """Make the sign-up."""
        parts = self._parts
        top, device, session, card, billing = parts.values()
        if require_at and "at" not in top:
            raise InvalidSignup("at", "nothing", "an RFC 3339 time with offset; it is required here")
        return Signup(
            **top,
            device=Device(**device) if device else _NO_DEVICE,
            session=Session(**session) if session else _NO_SESSION,
            card=Card(**card) if card else _NO_CARD,
            billing=Billing(**billing) if billing else _NO_BILLING,
            custom=Custom(self._custom) if self._custom else NO_CUSTOM,
            warnings=tuple(self._warnings),
        )
