"""List every field of the input contract, once: its name, and the parser that holds its limits.

A field is added here and in :mod:`signup_risk.events.signup`, nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signup_risk.errors import CardNumberRefused
from signup_risk.events.cards import SHORTEST, could_be_card_number
from signup_risk.events.moments import moment
from signup_risk.events.values import (
    Parser,
    calendar_date,
    count,
    country,
    digits,
    flag,
    label,
    number,
    one_of,
    result_code,
    screen,
    share,
    text,
    time_zone,
)

# The objects of the contract whose fields are known; `custom` is the fifth, with fields of the caller's.
PARTS: Final = ("device", "session", "card", "billing")


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one field of the contract.

    Attributes:
        name: Contract name, dotted.
        parse: Reads a value; see :mod:`signup_risk.events.values`.
        part: The object that holds the field; empty at the top.
        attribute: Name within that object, the same in the contract and in the dataclass.
        pointer: JSON pointer to the field in the nested form.
    """

    name: str
    parse: Parser
    part: str = field(init=False)
    attribute: str = field(init=False)
    pointer: str = field(init=False)

    def __post_init__(self) -> None:
        part, _, attribute = self.name.rpartition(".")
        object.__setattr__(self, "part", part)
        object.__setattr__(self, "attribute", attribute)
        object.__setattr__(self, "pointer", "/" + self.name.replace(".", "/"))


def _card(name: str, parse: Parser) -> Field:
    """Describe a field of the card: what could be a full number is refused before it is read."""
    is_token = name == "card.token"

    def guarded(value: Any) -> Any:
        # Most values are too short to be looked into.
        may_hold_one = type(value) is not str or len(value) >= SHORTEST
        if may_hold_one and could_be_card_number(value, is_token=is_token):
            raise CardNumberRefused(name)
        return parse(value)

    return Field(name, guarded)


FIELDS: Final[tuple[Field, ...]] = (
    Field("signup_id", text(128)),
    Field("at", moment("at")),
    # The longest text of an IPv6 address has 45 characters; the rest is room for a zone.
    Field("ip_address", text(64)),
    Field("email", text(320)),
    Field("phone", text(32)),
    Field("username", text(255)),
    Field("first_name", text(255)),
    Field("last_name", text(255)),
    Field("birth_date", calendar_date),
    Field("country", country),
    Field("organization", text(255)),
    Field("channel", text(64)),
    Field("referral_code", text(128)),
    Field("device.id", text(255)),
    Field("device.user_agent", text(512)),
    Field("device.accept_language", text(255)),
    Field("device.time_zone", time_zone),
    Field("device.screen", screen),
    Field("device.platform", text(64)),
    Field("device.webdriver", flag),
    Field("device.tls_fingerprint", text(128)),
    Field("session.age_seconds", number(0)),
    Field("session.form_seconds", number(0)),
    Field("session.pasted_fields", count),
    Field("session.keystrokes", count),
    Field("session.captcha_score", number(0, 1)),
    Field("session.referrer_uri", text(1024)),
    _card("card.token", text(255)),
    _card("card.issuer_id_number", digits(6, 8)),
    _card("card.last_digits", digits(2, 4)),
    _card("card.funding", one_of("credit", "debit", "prepaid", "unknown")),
    _card("card.country", country),
    _card("card.avs_result", result_code),
    _card("card.cvv_result", result_code),
    _card("card.was_3d_secure_successful", flag),
    _card("card.was_authorized", flag),
    _card("card.decline_code", text(64)),
    _card("card.processor", text(64)),
    # The contract sets no limit on the texts of `billing`; minFraud's is 255.
    Field("billing.address", text(255)),
    Field("billing.city", text(255)),
    Field("billing.region", text(255)),
    Field("billing.postal", text(255)),
    Field("billing.country", country),
    Field("billing.first_name", text(255)),
    Field("billing.last_name", text(255)),
    # Labelled data only.
    Field("label", label),
    Field("label_at", moment("label_at")),
    Field("label_confidence", share("label_confidence")),
    Field("propensity", share("propensity")),
    Field("group", text(128)),
)

BY_NAME: Final[Mapping[str, Field]] = {item.name: item for item in FIELDS}
BY_PART: Final[Mapping[str, Mapping[str, Field]]] = {
    part: {item.attribute: item for item in FIELDS if item.part == part} for part in PARTS
}
