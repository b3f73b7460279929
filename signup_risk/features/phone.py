"""Describe the telephone number: its line type and digits. Its country is compared in the geo family."""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context

_NO_PHONE: Final = "no usable telephone number"
_NO_TYPE: Final = "no telephone number, or one whose line type is not known"
_PHONE: Final = ("phone",)

#: Lines that nobody receives a sign-up code on as a subscriber (libphonenumber's line types).
_SERVICE_LINES: Final = frozenset({"toll_free", "premium_rate", "shared_cost", "uan", "voicemail", "pager"})
_MOBILE_LINES: Final = frozenset({"mobile", "fixed_line_or_mobile"})


def _line(c: Context) -> str | None:
    return c.phone.line_type if c.phone is not None and c.phone.line_type != "unknown" else None


@feature(
    "phone", "PHONE_INVALID", "telephone number in an assigned range",
    missing=_NO_PHONE, inputs=_PHONE, monotone=-1,
)  # fmt: skip
def phone_valid(c: Context) -> bool | None:
    """Return whether the number lies in a range that its numbering plan assigns."""
    return c.phone.valid if c.phone else None


@feature(
    "phone", "PHONE_VOIP", "telephone number of an internet telephony service",
    missing=_NO_TYPE, inputs=_PHONE, monotone=1,
)  # fmt: skip
def phone_voip(c: Context) -> bool | None:
    """Return whether the range is one of VoIP: cheap in bulk, though many honest people have one.

    Account prices fell by 30 to 40 % while VoIP numbers passed at Google (Thomas et al., CCS'14).
    """
    line = _line(c)
    return line == "voip" if line else None


@feature(
    "phone", "PHONE_SERVICE_LINE", "telephone number of a service, not of a subscriber",
    missing=_NO_TYPE, inputs=_PHONE, monotone=1,
)  # fmt: skip
def phone_service_line(c: Context) -> bool | None:
    """Return whether the line is toll free, premium rate, a pager or the like."""
    line = _line(c)
    return line in _SERVICE_LINES if line else None


@feature("phone", "PHONE_LINE_TYPE", "mobile telephone number", missing=_NO_TYPE, inputs=_PHONE)
def phone_mobile(c: Context) -> bool | None:
    """Return whether the number may be a mobile one."""
    line = _line(c)
    return line in _MOBILE_LINES if line else None


@feature(
    "phone", "PHONE_DIGITS", "one digit {value:.0f} time{value:s} in a row in the telephone number",
    missing=_NO_PHONE, inputs=_PHONE, unit="count",
)  # fmt: skip
def phone_same_digit_run(c: Context) -> int | None:
    """Return the longest run of one digit in the national number."""
    return c.phone.same_digit_run if c.phone else None


@feature(
    "phone", "PHONE_DIGITS", "{value:.0f} digit{value:s} in counting order in the telephone number",
    missing=_NO_PHONE, inputs=_PHONE, unit="count",
)  # fmt: skip
def phone_step_digit_run(c: Context) -> int | None:
    """Return the longest run of digits such as 45678 in the national number."""
    return c.phone.step_digit_run if c.phone else None


@feature("phone", "PHONE_EXTENSION", "telephone number with an extension", missing=_NO_PHONE, inputs=_PHONE)
def phone_extension(c: Context) -> bool | None:
    """Return whether a switchboard stands behind the number."""
    return c.phone.extension is not None if c.phone else None


FEATURES: Final = (
    phone_valid,
    phone_voip,
    phone_service_line,
    phone_mobile,
    phone_same_digit_run,
    phone_step_digit_run,
    phone_extension,
)
