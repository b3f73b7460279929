"""Check that minFraud requests are read whole: each field lands somewhere or is ignored for a reason."""

from __future__ import annotations

from typing import Any

import pytest

from signup_risk.errors import CardNumberRefused, InvalidSignup
from signup_risk.events import InputWarning, Signup
from signup_risk.events.fields import BY_NAME
from signup_risk.events.minfraud import MINFRAUD_FIELDS, MINFRAUD_IGNORED

ADDRESS = "first_name last_name company address address_2 city region country postal phone_number phone_country_code"
SCHEMA = {
    "device": "ip_address user_agent accept_language session_age session_id tracking_token",
    "event": "transaction_id shop_id time type party",
    "account": "user_id username_md5",
    "email": "address domain",
    "billing": ADDRESS,
    "shipping": f"{ADDRESS} delivery_speed",
    "payment": "method processor was_authorized decline_code",
    "credit_card": (
        "issuer_id_number last_digits token bank_name bank_phone_country_code bank_phone_number country "
        "avs_result cvv_result was_3d_secure_successful"
    ),
    "order": ("amount currency discount_code affiliate_id subaffiliate_id referrer_uri is_gift has_gift_message"),
    "shopping_cart": "category item_id quantity price",
}
NAMES = {f"{group}.{name}" for group, names in SCHEMA.items() for name in names.split()}


def full_request() -> dict[str, Any]:
    """Return a request with every field of the schema, shaped as published examples are."""
    person = {
        "first_name": "First",
        "last_name": "Last",
        "company": "Example Company",
        "address": "1 Example Rd.",
        "address_2": "Unit 5",
        "city": "Springfield",
        "region": "CT",
        "country": "US",
        "postal": "06510",
        "phone_number": "202-555-0100",
        "phone_country_code": "1",
    }
    return {
        "event": {
            "transaction_id": "txn-1",
            "shop_id": "s2123",
            "time": "2026-05-01T14:00:00.052+02:00",
            "type": "account_creation",
            "party": "customer",
        },
        "account": {"user_id": "3132", "username_md5": "0123456789abcdef0123456789abcdef"},
        "email": {"address": "ada@example.com", "domain": "example.com"},
        "billing": person,
        "shipping": {**person, "first_name": "Ship", "delivery_speed": "same_day"},
        "payment": {
            "method": "card",
            "processor": "stripe",
            "was_authorized": False,
            "decline_code": "invalid number",
        },
        "credit_card": {
            "country": "US",
            "issuer_id_number": "411111",
            "last_digits": "7643",
            "bank_name": "Example Bank",
            "bank_phone_country_code": "1",
            "bank_phone_number": "202-555-0123",
            "avs_result": "Y",
            "cvv_result": "N",
            "token": "123456abc1234",
            "was_3d_secure_successful": True,
        },
        "order": {
            "amount": 323.21,
            "currency": "USD",
            "discount_code": "FIRST",
            "affiliate_id": "af12",
            "subaffiliate_id": "saf42",
            "is_gift": True,
            "has_gift_message": False,
            "referrer_uri": "https://www.example.com/",
        },
        "shopping_cart": [{"category": "pets", "item_id": "ad2", "quantity": 2, "price": 20.43}],
        "device": {
            "ip_address": "192.0.2.110",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
            "accept_language": "en-US,en;q=0.8",
            "session_id": "foobar",
            "session_age": 3600.8,
            "tracking_token": "opaque",
        },
        "custom_inputs": {"section": "news", "num_of_previous_purchases": 19, "is_vip": True},
    }


def test_every_field_has_its_place() -> None:
    """Each of the 64 fields stands in exactly one of the two tables, and lands in a field that exists."""
    assert len(NAMES) == 64
    assert set(MINFRAUD_FIELDS) & set(MINFRAUD_IGNORED) == set()
    assert set(MINFRAUD_FIELDS) | set(MINFRAUD_IGNORED) == NAMES | {"credit_card.last_4_digits"}
    assert set(MINFRAUD_FIELDS.values()) <= set(BY_NAME)
    assert all(MINFRAUD_IGNORED.values())


def test_sample_gives_every_field() -> None:
    """The request that the tests build on leaves no field of the schema out."""
    given = {
        f"{group}.{name}"
        for group, values in full_request().items()
        for name in (values[0] if isinstance(values, list) else values)
        if group != "custom_inputs"
    }
    assert given == NAMES


def test_full_request() -> None:
    """A request with every object converts with one call, without a warning."""
    signup = Signup.from_minfraud(full_request(), require_at=True)
    assert signup.warnings == ()
    assert signup.to_mapping() == {
        "signup_id": "txn-1",
        "at": "2026-05-01T12:00:00.052000Z",
        "channel": "s2123",
        "ip_address": "192.0.2.110",
        "email": "ada@example.com",
        "phone": "+1 202-555-0100",
        "organization": "Example Company",
        "referral_code": "af12",
        "device": {"user_agent": "Mozilla/5.0 (X11; Linux x86_64)", "accept_language": "en-US,en;q=0.8"},
        "session": {"age_seconds": 3600.8, "referrer_uri": "https://www.example.com/"},
        "card": {
            "token": "123456abc1234",
            "issuer_id_number": "411111",
            "last_digits": "7643",
            "country": "US",
            "avs_result": "Y",
            "cvv_result": "N",
            "was_3d_secure_successful": True,
            "was_authorized": False,
            "decline_code": "invalid number",
            "processor": "stripe",
        },
        "billing": {
            "address": "1 Example Rd., Unit 5",
            "city": "Springfield",
            "region": "CT",
            "postal": "06510",
            "country": "US",
            "first_name": "First",
            "last_name": "Last",
        },
        "custom": {"section": "news", "num_of_previous_purchases": 19, "is_vip": True},
    }


@pytest.mark.parametrize("name", sorted(MINFRAUD_FIELDS))
def test_each_field_lands_where_the_table_says(name: str) -> None:
    """Alone, each field gives the field that the table names and no other; a calling code needs a number."""
    group, _, key = name.partition(".")
    value = full_request()[group].get(key, "7643")
    written = Signup.from_minfraud({group: {key: value}}).to_mapping()
    part, _, attribute = MINFRAUD_FIELDS[name].rpartition(".")
    if key == "phone_country_code":
        assert written == {}
    elif part:
        assert list(written) == [part]
        assert list(written[part]) == [attribute]
    else:
        assert list(written) == [attribute]


@pytest.mark.parametrize("name", sorted(MINFRAUD_IGNORED))
def test_ignored_fields_leave_nothing(name: str) -> None:
    """An ignored field changes nothing, and is not called unknown."""
    group = name.partition(".")[0]
    key = name.partition(".")[2]
    value = [{key: 1}] if group == "shopping_cart" else {key: full_request()[group][key]}
    signup = Signup.from_minfraud({group: value})
    assert signup == Signup()
    assert signup.warnings == ()


def test_hashed_address() -> None:
    """An MD5 in place of an address is no address: it is unknown, and a warning says so."""
    signup = Signup.from_minfraud({"email": {"address": "0123456789ABCDEF0123456789abcdef", "domain": "example.com"}})
    assert signup == Signup()
    assert signup.warnings == (InputWarning("EMAIL_ADDRESS_UNUSABLE", "/email/address"),)


@pytest.mark.parametrize("kind", ["purchase", "something_new", 5])
def test_other_types_are_read_with_a_warning(kind: Any) -> None:
    """A request of another type converts all the same, as published examples are purchases, and says so."""
    request = full_request()
    request["event"]["type"] = kind
    signup = Signup.from_minfraud(request)
    assert signup == Signup.from_minfraud(full_request())
    assert signup.warnings == (InputWarning("EVENT_TYPE_UNEXPECTED", "/event/type"),)


@pytest.mark.parametrize(
    ("billing", "phone", "pointers"),
    [
        ({"phone_number": "202-555-0100"}, "202-555-0100", []),
        ({"phone_number": 2025550100, "phone_country_code": 1}, "+1 2025550100", []),
        ({"phone_number": "+1 202-555-0100", "phone_country_code": "44"}, "+1 202-555-0100", []),
        (
            {"phone_number": "202-555-0100", "phone_country_code": "USA"},
            "202-555-0100",
            ["phone_country_code"],
        ),
        ({"phone_number": "2" * 40, "phone_country_code": "1"}, None, ["phone_number"]),
        ({"phone_country_code": "1"}, None, []),
    ],
)
def test_phone(billing: dict[str, Any], phone: str | None, pointers: list[str]) -> None:
    """Calling code and number are joined, unless the number has its own or the code is none."""
    signup = Signup.from_minfraud({"billing": billing})
    assert signup.phone == phone
    assert [warning.pointer for warning in signup.warnings] == [f"/billing/{name}" for name in pointers]


def test_address_too_long_to_join() -> None:
    """A second line that the field has no room for is left out with a warning."""
    signup = Signup.from_minfraud({"billing": {"address": "a" * 200, "address_2": "b" * 200}})
    assert signup.billing.address == "a" * 200
    assert signup.warnings == (InputWarning("INPUT_TOO_LONG", "/billing/address_2"),)


def test_first_usable_value_wins() -> None:
    """Of several fields for one, the first that can be used is taken."""
    request = {"event": {"transaction_id": "x" * 129}, "account": {"user_id": 3132}}
    assert Signup.from_minfraud(request).signup_id == "3132"
    legacy = {"credit_card": {"last_4_digits": "0001", "last_digits": "0002"}}
    assert Signup.from_minfraud(legacy).card.last_digits == "0002"


def test_gaps_are_absent() -> None:
    """Objects and values that are null leave nothing and are no error."""
    request = {group: dict.fromkeys(names.split()) for group, names in SCHEMA.items()}
    assert Signup.from_minfraud(request) == Signup()
    gaps = dict.fromkeys([*SCHEMA, "custom_inputs"])
    assert Signup.from_minfraud(gaps).warnings == ()


def test_unknown_keys_are_warned_of() -> None:
    """The service warns of unknown keys, so they do not raise here either."""
    signup = Signup.from_minfraud({"novelty": 1, "device": {"ip_address": "192.0.2.1", "colour": "red"}})
    assert signup.ip_address == "192.0.2.1"
    assert [(item.code, item.pointer) for item in signup.warnings] == [
        ("INPUT_UNKNOWN", "/novelty"),
        ("INPUT_UNKNOWN", "/device/colour"),
    ]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ([], "request"),
        ({"device": "x"}, "device"),
        ({"custom_inputs": []}, "custom_inputs"),
        ({"custom_inputs": {"Bad key": 1}}, "custom"),
        ({"event": {"time": "2026-05-01"}}, "event.time"),
    ],
)
def test_callers_errors(request_: Any, field: str) -> None:
    """A mistake of the caller's raises and names the field as the request does."""
    with pytest.raises(InvalidSignup) as caught:
        Signup.from_minfraud(request_)
    assert caught.value.field == field


def test_time_is_required_on_demand() -> None:
    """Files need a time in each request."""
    with pytest.raises(InvalidSignup, match=r"^at: found nothing"):
        Signup.from_minfraud({}, require_at=True)


@pytest.mark.parametrize(
    ("group", "key"),
    [
        ("credit_card", "token"),
        ("credit_card", "bank_name"),
        ("credit_card", "number"),
        ("payment", "decline_code"),
    ],
)
def test_card_numbers_are_refused(group: str, key: str) -> None:
    """A card number is refused in every field that tells of a card, ignored ones included."""
    with pytest.raises(CardNumberRefused) as caught:
        Signup.from_minfraud({group: {key: "4111 1111 1111 1111"}})
    assert caught.value.field == f"{group}.{key}"
    assert "4111" not in str(caught.value)
    with pytest.raises(CardNumberRefused):
        Signup.from_minfraud({group: "4111111111111111"})


def test_phone_of_a_bank_is_no_card_number() -> None:
    """The number of a bank's telephone may pass the check by chance; it is let through, and not kept."""
    assert Signup.from_minfraud({"credit_card": {"bank_phone_number": "+42222222 22222"}}) == Signup()
