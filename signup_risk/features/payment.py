"""Describe the card by what its issuer and processor said. Countries are compared in the geo family."""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context

_NO_ISSUER: Final = "no card, or nothing is known of its issuer"
_NO_RESULT: Final = "no card, or the processor did not say"

#: Answers of the address check: 0 both parts match, 0.5 one of them, 1 none. Left out are U, R, S, G, I, C
#: and E, which say that nobody looked, B and P, where one part of a foreign address could not be read, and
#: the name checks of American Express (Visa and Mastercard codes as Checkout.com and Airwallex list them,
#: read 2026-11).
_AVS: Final = dict.fromkeys("YXDFM", 0.0) | dict.fromkeys("AZW", 0.5) | {"N": 1.0}

#: Answers of the code check. P, U and S say that nobody looked, or that there was no code to look at.
_CVV: Final = {"M": False, "Y": False, "N": True}

#: Reasons for declining, by the processor's word and by ISO 8583 response code. Words are Stripe's, shared by
#: many processors (docs.stripe.com/declines/codes, read 2026-11). Refusals without a reason (do_not_honor,
#: 05) are in none of the three.
_STOLEN: Final = frozenset(
    {
        "fraudulent", "lost_card", "stolen_card", "pickup_card", "restricted_card", "merchant_blacklist",
        "security_violation", "04", "07", "41", "43", "59", "62", "63",
    }
)  # fmt: skip
_WRONG_DETAILS: Final = frozenset(
    {
        "incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc", "incorrect_zip",
        "incorrect_address", "expired_card", "invalid_expiry_month", "invalid_expiry_year",
        "invalid_account", "14", "54", "82", "n7",
    }
)  # fmt: skip
_NO_FUNDS: Final = frozenset(
    {
        "insufficient_funds", "withdrawal_count_limit_exceeded", "card_velocity_exceeded", "51", "61",
        "65",
    }
)  # fmt: skip


def _is_declined_for(c: Context, reasons: frozenset[str]) -> bool | None:
    """Return whether the card was declined for one of the reasons; an authorized one was not."""
    card = c.signup.card
    if card.was_authorized:
        return False
    return card.decline_code.strip().lower() in reasons if card.decline_code is not None else None


@feature(
    "payment", "PAYMENT_PREPAID", "prepaid card",
    missing="no card, or its funding is not known", inputs=("card.funding", "card.issuer_id_number"),
)  # fmt: skip
def card_prepaid(c: Context) -> bool | None:
    """Return whether the card is prepaid, by the processor's word or else by the issuer's range."""
    funding = c.signup.card.funding
    if funding is not None and funding != "unknown":
        return funding == "prepaid"
    return c.issuer.is_prepaid if c.issuer else None


@feature(
    "payment", "PAYMENT_VIRTUAL", "card from a range of virtual cards",
    missing=_NO_ISSUER, inputs=("card.issuer_id_number",),
)  # fmt: skip
def card_virtual(c: Context) -> bool | None:
    """Return whether the issuer gives out numbers in bulk by an interface."""
    return c.issuer.is_virtual if c.issuer else None


@feature(
    "payment", "PAYMENT_FUNDING_CONFLICT", "card funding as reported is not that of the issuer's range",
    missing="funding is not known from both sides", inputs=("card.funding", "card.issuer_id_number"),
)  # fmt: skip
def card_funding_conflict(c: Context) -> bool | None:
    """Return whether processor and issuer table name different fundings."""
    said = c.signup.card.funding
    known = c.issuer.funding if c.issuer else None
    return said != known if known is not None and said is not None and said != "unknown" else None


@feature(
    "payment", "PAYMENT_UNKNOWN_SCHEME", "card number in no range of a card scheme",
    missing="no issuer id number", inputs=("card.issuer_id_number",),
)  # fmt: skip
def card_unknown_scheme(c: Context) -> bool | None:
    """Return whether no scheme issues such numbers."""
    return c.issuer_number.scheme is None if c.issuer_number else None


@feature(
    "payment", "PAYMENT_AVS_MISMATCH", "{value:.0%} of the billing address is not what the issuer has",
    missing="no card, or its address was not checked", inputs=("card.avs_result",), unit="share", monotone=1,
)  # fmt: skip
def card_avs_mismatch(c: Context) -> float | None:
    """Return how much of the billing address the issuer contradicts: street, postal code or both."""
    result = c.signup.card.avs_result
    return _AVS.get(result.upper()) if result is not None else None


@feature(
    "payment", "PAYMENT_CVV_MISMATCH", "card code does not match",
    missing="no card, or its code was not checked", inputs=("card.cvv_result",), monotone=1,
)  # fmt: skip
def card_cvv_mismatch(c: Context) -> bool | None:
    """Return whether the issuer said that the code is wrong."""
    result = c.signup.card.cvv_result
    return _CVV.get(result.upper()) if result is not None else None


@feature(
    "payment", "PAYMENT_3DS_FAILED", "holder failed to authenticate (3-D Secure)",
    missing="no authentication was tried", inputs=("card.was_3d_secure_successful",), monotone=1,
)  # fmt: skip
def card_authentication_failed(c: Context) -> bool | None:
    """Return whether the issuer could not authenticate the holder."""
    passed = c.signup.card.was_3d_secure_successful
    return None if passed is None else not passed


@feature(
    "payment", "PAYMENT_DECLINED", "card declined",
    missing=_NO_RESULT, inputs=("card.was_authorized",), monotone=1,
)  # fmt: skip
def card_declined(c: Context) -> bool | None:
    """Return whether the processor refused the card."""
    passed = c.signup.card.was_authorized
    return None if passed is None else not passed


@feature(
    "payment", "PAYMENT_DECLINED_STOLEN", "card declined as lost, stolen or fraudulent",
    missing=_NO_RESULT, inputs=("card.decline_code", "card.was_authorized"), monotone=1,
)  # fmt: skip
def card_declined_as_stolen(c: Context) -> bool | None:
    """Return whether the issuer suspects that the card is in the wrong hands."""
    return _is_declined_for(c, _STOLEN)


@feature(
    "payment", "PAYMENT_DECLINED_DETAILS", "card declined for wrong details",
    missing=_NO_RESULT, inputs=("card.decline_code", "card.was_authorized"), monotone=1,
)  # fmt: skip
def card_declined_for_details(c: Context) -> bool | None:
    """Return whether number, code or date was wrong: a slip of the finger, or somebody guessing."""
    return _is_declined_for(c, _WRONG_DETAILS)


@feature(
    "payment", "PAYMENT_DECLINED_FUNDS", "card declined for lack of funds",
    missing=_NO_RESULT, inputs=("card.decline_code", "card.was_authorized"),
)  # fmt: skip
def card_declined_for_funds(c: Context) -> bool | None:
    """Return whether the account behind the card was empty, as it happens to anybody."""
    return _is_declined_for(c, _NO_FUNDS)


FEATURES: Final = (
    card_prepaid,
    card_virtual,
    card_funding_conflict,
    card_unknown_scheme,
    card_avs_mismatch,
    card_cvv_mismatch,
    card_authentication_failed,
    card_declined,
    card_declined_as_stolen,
    card_declined_for_details,
    card_declined_for_funds,
)
