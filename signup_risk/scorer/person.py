"""Name a person by what they typed, as the keys of velocity name them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events import Signup
from signup_risk.extract import Keys, describe, signup_name
from signup_risk.references import References
from signup_risk.stores import Hasher

#: Kinds of key that are a person's own.
OWN: Final[tuple[str, ...]] = ("email", "phone", "device", "card")

#: Kinds that a person's values are part of, and that others share.
_SHARED: Final = frozenset({"email_stem"})

_ALLOWED: Final = {
    "email": "one mailbox, name@example.com",
    "phone": "a number in E.164, +4915112345678, or in national form together with country",
    "device": "the device.id of the sign-up, at most 255 characters",
    "card": "the card.token of the sign-up, at most 255 characters",
    "signup_id": "the signup_id of the sign-up, 1 to 128 characters",
}


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Say whom a request for access or erasure is about; each value on its own finds sign-ups.

    Attributes:
        email: Mailbox, in any spelling that leads to the same one.
        phone: Telephone number.
        country: ISO 3166-1 alpha-2 country of a number in national form.
        device: ``device.id``.
        card: ``card.token``.
        signup_id: Id of one sign-up.

    Raises:
        ConfigurationError: Nothing is named.
    """

    email: str | None = None
    phone: str | None = None
    country: str | None = None
    device: str | None = None
    card: str | None = None
    signup_id: str | None = None

    def __post_init__(self) -> None:
        if not self.named:
            raise ConfigurationError(f"nobody is named; give at least one of {', '.join(_ALLOWED)}")

    def __repr__(self) -> str:
        return f"<Person by {', '.join(self.named)}>"  # values end up in logs

    @property
    def named(self) -> tuple[str, ...]:
        """Return by what the person is named."""
        return tuple(one.name for one in fields(self) if one.name != "country" and getattr(self, one.name) is not None)

    def keyed(self, references: References, hasher: Hasher, at: datetime) -> KeyedPerson:
        """Return the person's keys, by the same lines that name those of a sign-up.

        Raises:
            InvalidSignup: A value cannot be read.
        """
        told: dict[str, Any] = {"at": at, "email": self.email, "phone": self.phone, "country": self.country}
        told |= {"device": {"id": self.device}, "card": {"token": self.card}, "signup_id": self.signup_id}
        signup = Signup.from_mapping(told)
        keys = Keys(describe(signup, references, signup.at_us).context, hasher)
        touched = dict(zip(keys.kinds, [entry.key for entry in keys.touch.entries], strict=True))
        for name in self.named:
            if not (signup.signup_id if name == "signup_id" else name in touched):
                value = getattr(self, name)
                raise InvalidSignup(name, f"{type(value).__name__} that cannot be read", _ALLOWED[name])
        own = {kind: touched[kind] for kind in OWN if kind in touched}
        shared = frozenset(key for kind, key in touched.items() if kind in _SHARED)
        values = frozenset(keys.names[kind] for kind in own)
        return KeyedPerson(own, shared, values, signup_name(signup.signup_id, hasher))


class KeyedPerson(NamedTuple):
    """Hold a person's keys under one secret.

    Attributes:
        own: Their own keys by kind.
        shared: Keys of others on which their values may stand.
        values: 32-bit names of their values.
        signup: 63-bit name of the sign-up that is named; 0 for none.
    """

    own: dict[str, int]
    shared: frozenset[int]
    values: frozenset[int]
    signup: int
