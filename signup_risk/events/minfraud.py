"""Read a minFraud request as a sign-up.

The request's schema is that of minFraud's documentation and of its Python client 3.x (read 2026-05): 64
fields in ten objects, and ``custom_inputs``. Each stands in one of the two tables below. What the service
only warns of (unknown keys, values it cannot use) is only warned of here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from signup_risk.errors import CardNumberRefused, InvalidSignup
from signup_risk.events.cards import could_be_card_number
from signup_risk.events.draft import Draft
from signup_risk.events.fields import BY_NAME
from signup_risk.events.kinds import is_absent, kind_of, safe_name
from signup_risk.events.moments import moment
from signup_risk.events.signup import Signup
from signup_risk.events.values import Parser, Unusable, text
from signup_risk.events.warnings import EMAIL_ADDRESS_UNUSABLE, EVENT_TYPE_UNEXPECTED, INPUT_TOO_LONG

# Where several fields land in one, the first that can be used wins, but for the two pairs that are joined
# (`_JOINED`).
MINFRAUD_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "event.transaction_id": "signup_id",
        # As unique as the sign-up that makes the account.
        "account.user_id": "signup_id",
        "event.time": "at",
        # The shop or site through which an account is opened is its way in.
        "event.shop_id": "channel",
        "device.ip_address": "ip_address",
        "device.user_agent": "device.user_agent",
        "device.accept_language": "device.accept_language",
        "device.session_age": "session.age_seconds",
        "email.address": "email",
        # The name stays on the bill: copied to the sign-up's own name, it would agree with itself and look
        # like trust.
        "billing.first_name": "billing.first_name",
        "billing.last_name": "billing.last_name",
        "billing.company": "organization",
        "billing.address": "billing.address",
        "billing.address_2": "billing.address",
        "billing.city": "billing.city",
        "billing.region": "billing.region",
        "billing.country": "billing.country",
        "billing.postal": "billing.postal",
        "billing.phone_number": "phone",
        "billing.phone_country_code": "phone",
        "payment.processor": "card.processor",
        "payment.was_authorized": "card.was_authorized",
        "payment.decline_code": "card.decline_code",
        "credit_card.issuer_id_number": "card.issuer_id_number",
        "credit_card.last_digits": "card.last_digits",
        # The name that `last_digits` had before 2022; clients still send it.
        "credit_card.last_4_digits": "card.last_digits",
        "credit_card.token": "card.token",
        "credit_card.country": "card.country",
        "credit_card.avs_result": "card.avs_result",
        "credit_card.cvv_result": "card.cvv_result",
        "credit_card.was_3d_secure_successful": "card.was_3d_secure_successful",
        # Whoever brought the account is its referral; a code that many may use says less.
        "order.affiliate_id": "referral_code",
        "order.subaffiliate_id": "referral_code",
        "order.discount_code": "referral_code",
        "order.referrer_uri": "session.referrer_uri",
    }
)

_NO_SHIPMENT: Final = "a sign-up has no shipment"
_NO_ORDER: Final = "a sign-up has no order"

MINFRAUD_IGNORED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "device.session_id": "names a visit, not a device: each would look like a device never seen before",
        "device.tracking_token": "opaque to all but the service that issued it, and new with each visit",
        "event.type": "checked: anything but account_creation, or nothing, gives a warning",
        "event.party": "says who filled the form in, which the contract has no field for",
        "account.username_md5": "the hash has no shape, and would be taken for a user name made by a machine",
        "email.domain": "sent with a hashed address; a domain alone is no address",
        "shipping.first_name": _NO_SHIPMENT,
        "shipping.last_name": _NO_SHIPMENT,
        "shipping.company": _NO_SHIPMENT,
        "shipping.address": _NO_SHIPMENT,
        "shipping.address_2": _NO_SHIPMENT,
        "shipping.city": _NO_SHIPMENT,
        "shipping.region": _NO_SHIPMENT,
        "shipping.country": _NO_SHIPMENT,
        "shipping.postal": _NO_SHIPMENT,
        "shipping.phone_number": _NO_SHIPMENT,
        "shipping.phone_country_code": _NO_SHIPMENT,
        "shipping.delivery_speed": _NO_SHIPMENT,
        "payment.method": "the contract describes cards only",
        "credit_card.bank_name": "the issuer is looked up by its number, not by what the applicant calls it",
        "credit_card.bank_phone_country_code": "as bank_name",
        "credit_card.bank_phone_number": "as bank_name",
        "order.amount": _NO_ORDER,
        "order.currency": _NO_ORDER,
        "order.is_gift": _NO_ORDER,
        "order.has_gift_message": _NO_ORDER,
        "shopping_cart.category": _NO_ORDER,
        "shopping_cart.item_id": _NO_ORDER,
        "shopping_cart.quantity": _NO_ORDER,
        "shopping_cart.price": _NO_ORDER,
    }
)

_GROUPS: Final = frozenset(name.partition(".")[0] for name in (*MINFRAUD_FIELDS, *MINFRAUD_IGNORED))
# Phone numbers have up to 15 digits, so by chance some pass for card numbers. They are not kept.
_PHONES: Final = frozenset({"bank_phone_number", "bank_phone_country_code"})
_MD5: Final = re.compile(r"[0-9a-fA-F]{32}")
_CALLING_CODE: Final = re.compile(r"\+?([1-9]\d{0,3})", re.ASCII)
_TEXT: Final = text(255)
_JOINED: Final = frozenset(
    {"billing.address", "billing.address_2", "billing.phone_number", "billing.phone_country_code"}
)


def _email(value: Any) -> str | None:
    found = BY_NAME["email"].parse(value)
    if found and _MD5.fullmatch(found):
        raise Unusable(EMAIL_ADDRESS_UNUSABLE)
    return found  # type: ignore[no-any-return]


def _calling_code(value: Any) -> str | None:
    found = _TEXT(value)
    if not found:
        return None
    match = _CALLING_CODE.fullmatch(found)
    if not match:
        raise Unusable
    return match[1]


# Read otherwise than the field in which they land.
_PARSERS: Final[Mapping[str, Parser]] = {"email.address": _email, "event.time": moment("event.time")}


def read_minfraud(request: Any, *, require_at: bool) -> Signup:
    """Read one request; see :meth:`signup_risk.events.signup.Signup.from_minfraud`."""
    if not isinstance(request, Mapping):
        raise InvalidSignup("request", kind_of(request), "a mapping as sent to minFraud")
    draft = Draft()
    given: dict[str, Any] = {}
    for group, values in request.items():
        if group == "custom_inputs":
            _read_custom(draft, values)
        elif group not in _GROUPS:
            draft.unknown("", group)
        elif group != "shopping_cart" and not is_absent(values):
            _collect(draft, group, values, given)
    _check_type(draft, given.get("event.type"))
    for name, target in MINFRAUD_FIELDS.items():
        if name in given and name not in _JOINED:
            _put_first(draft, name, target, given[name])
    _put_phone(draft, given)
    _put_address(draft, given)
    return draft.build(require_at=require_at)


def _read_custom(draft: Draft, values: Any) -> None:
    if isinstance(values, Mapping):
        for key, value in values.items():
            draft.put_custom(key, value, "/custom_inputs")
    elif not is_absent(values):
        raise InvalidSignup("custom_inputs", kind_of(values), "an object of numbers, texts and truth values")


def _collect(draft: Draft, group: str, values: Any, given: dict[str, Any]) -> None:
    """Take the known values of one object, once it is sure that none of a card's is its number."""
    holds_card = group in ("credit_card", "payment")
    if not isinstance(values, Mapping):
        if holds_card and could_be_card_number(values, is_token=True):
            raise CardNumberRefused(group)
        raise InvalidSignup(group, kind_of(values), "an object")
    for key, value in values.items():
        if holds_card and key not in _PHONES:
            _refuse_card_number(group, key, value)
        name = f"{group}.{key}" if isinstance(key, str) else ""
        if name not in MINFRAUD_FIELDS and name not in MINFRAUD_IGNORED:
            draft.unknown(f"/{group}", key)
        elif not is_absent(value):
            given[name] = value


def _refuse_card_number(group: str, key: Any, value: Any) -> None:
    if could_be_card_number(key) or could_be_card_number(value, is_token=key == "token"):
        name = safe_name(key)
        raise CardNumberRefused(group if name is None else f"{group}.{name}")


def _check_type(draft: Draft, value: Any) -> None:
    """Warn of another type than a sign-up's; published examples are purchases, and are read all the same."""
    if value is not None and not (isinstance(value, str) and value == "account_creation"):
        draft.warn(EVENT_TYPE_UNEXPECTED, "/event/type")


def _pointer(name: str) -> str:
    return "/" + name.replace(".", "/")


def _put_first(draft: Draft, name: str, target: str, value: Any) -> None:
    field = BY_NAME[target]
    if draft.has(field):
        return
    if name in _PARSERS:
        value = draft.read(_PARSERS[name], value, _pointer(name))
    draft.put(field, value, _pointer(name))


def _read(draft: Draft, parse: Parser, name: str, given: Mapping[str, Any]) -> Any:
    return draft.read(parse, given.get(name), _pointer(name))


def _put_phone(draft: Draft, given: Mapping[str, Any]) -> None:
    """Join calling code and number; alone, a number is taken as it is, and a code says nothing."""
    code = _read(draft, _calling_code, "billing.phone_country_code", given)
    phone = _read(draft, _TEXT, "billing.phone_number", given)
    if code and phone and not phone.lstrip().startswith("+"):
        phone = f"+{code} {phone}"
    draft.put(BY_NAME["phone"], phone, "/billing/phone_number")


def _put_address(draft: Draft, given: Mapping[str, Any]) -> None:
    """Join the lines of the address, if the field holds both."""
    first = _read(draft, _TEXT, "billing.address", given)
    second = _read(draft, _TEXT, "billing.address_2", given)
    joined = ", ".join(line for line in (first, second) if line)
    if len(joined) > 255:
        draft.warn(INPUT_TOO_LONG, "/billing/address_2")
        joined = first
    draft.put(BY_NAME["billing.address"], joined, "/billing/address")
