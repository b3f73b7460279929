"""Define the sign-up as a value: parsed once at the edge, frozen and typed from there on.

Every field may be ``None``: unknown is a third value, neither clean nor bad. Text is kept as typed; its
meaning is the normalizers' work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from signup_risk.errors import InvalidSignup
from signup_risk.events.custom import NO_CUSTOM, CustomValue

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def _without_trace(error: InvalidSignup) -> InvalidSignup:
    """Cut an error from the frames that saw the value: some loggers print the locals of frames."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


@dataclass(frozen=True, slots=True)
class InputWarning:
    """Say that a value of the input could not be used and became unknown.

    Attributes:
        code: Stable code, explained in :data:`signup_risk.events.warnings.WARNING_CODES`.
        pointer: JSON pointer (RFC 6901) to the value.
    """

    code: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Device:
    """Describe the browser or app that the sign-up came from.

    Attributes:
        id: The caller's device or browser identifier.
        user_agent: ``User-Agent`` header.
        accept_language: ``Accept-Language`` header.
        time_zone: IANA name that the browser reports.
        screen: Width and height in pixels.
        platform: ``navigator.platform`` or the like.
        webdriver: ``navigator.webdriver``.
        tls_fingerprint: JA3 or JA4.
    """

    id: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    time_zone: str | None = None
    screen: tuple[int, int] | None = None
    platform: str | None = None
    webdriver: bool | None = None
    tls_fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Describe the visit that led to the sign-up.

    Attributes:
        age_seconds: Since the visit began.
        form_seconds: Spent on the form.
        pasted_fields: Fields filled by pasting.
        keystrokes: Keys pressed on the form.
        captcha_score: 0 to 1, 1 is human.
        referrer_uri: Where the visitor came from.
    """

    age_seconds: float | None = None
    form_seconds: float | None = None
    pasted_fields: int | None = None
    keystrokes: int | None = None
    captcha_score: float | None = None
    referrer_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Describe the card that was put on file, never its number.

    Attributes:
        token: The processor's stable token of the card.
        issuer_id_number: First 6 or 8 digits.
        last_digits: Last 2 or 4 digits.
        funding: ``credit``, ``debit``, ``prepaid`` or ``unknown``.
        country: The issuer's country, alpha-2.
        avs_result: Answer of the address check, one character.
        cvv_result: Answer of the code check, one character.
        was_3d_secure_successful: Whether the holder was authenticated.
        was_authorized: Whether the processor authorized the card.
        decline_code: The processor's reason for declining.
        processor: Name of the processor.
    """

    token: str | None = None
    issuer_id_number: str | None = None
    last_digits: str | None = None
    funding: str | None = None
    country: str | None = None
    avs_result: str | None = None
    cvv_result: str | None = None
    was_3d_secure_successful: bool | None = None
    was_authorized: bool | None = None
    decline_code: str | None = None
    processor: str | None = None


@dataclass(frozen=True, slots=True)
class Billing:
    """Describe the billing address.

    Attributes:
        address: Street address.
        city: City.
        region: State, province or the like.
        postal: Postal code.
        country: Alpha-2.
        first_name: First name on the bill.
        last_name: Last name on the bill.
    """

    address: str | None = None
    city: str | None = None
    region: str | None = None
    postal: str | None = None
    country: str | None = None
    first_name: str | None = None
    last_name: str | None = None


@dataclass(frozen=True, slots=True)
class Signup:
    """Describe one new-account event.

    Attributes:
        signup_id: Idempotency key.
        at: When it happened, aware, in UTC; the only clock that scoring uses.
        ip_address: As given.
        email: As typed.
        phone: As typed; a national form is read with ``country``.
        username: As typed.
        first_name: Any script; may be the only name.
        last_name: Any script; may be the only name.
        birth_date: Declared.
        country: Declared, alpha-2.
        organization: Declared.
        channel: Way in, such as ``direct`` or ``sso:google``.
        referral_code: Invite or referral used.
        device: The browser or app.
        session: The visit.
        card: The card put on file.
        billing: The billing address.
        custom: The caller's own inputs.
        label: 1 abusive, 0 legitimate; of labelled data only.
        label_at: When the label became known, aware, in UTC.
        label_confidence: How sure the label is, in (0, 1]; absent is 1.
        propensity: Probability that the outcome of such a sign-up could be observed at all, in (0, 1]; absent is 1.
        group: Campaign or population name, for evaluation only: no feature reads it.
        warnings: What could not be used. They tell of the input, not of the sign-up, so they do not count in
            comparisons.
    """

    signup_id: str | None = None
    at: datetime | None = None
    ip_address: str | None = None
    email: str | None = None
    phone: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    country: str | None = None
    organization: str | None = None
    channel: str | None = None
    referral_code: str | None = None
    device: Device = Device()
    session: Session = Session()
    card: Card = Card()
    billing: Billing = Billing()
    custom: Mapping[str, CustomValue] = NO_CUSTOM
    label: int | None = None
    label_at: datetime | None = None
    label_confidence: float | None = None
    propensity: float | None = None
    group: str | None = None
    warnings: tuple[InputWarning, ...] = field(default=(), compare=False)

    @property
    def at_us(self) -> int:
        """Return the event time in microseconds since the epoch.

        Raises:
            InvalidSignup: If the sign-up has no time.

        Examples:
            >>> Signup(at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)).at_us
            1000000
        """
        if self.at is None:
            raise InvalidSignup("at", "nothing", "an aware datetime; give `at` when the sign-up is built")
        return (self.at - _EPOCH) // _MICROSECOND

    @classmethod
    def from_mapping(cls, event: Mapping[str, Any], *, require_at: bool = False) -> Signup:
        """Read a sign-up from the input contract, nested or with dotted keys.

        Args:
            event: One sign-up. ``device``, ``session``, ``card``, ``billing`` and ``custom`` are objects, or
                their fields are keys such as ``device.id``, as tables have them.
            require_at: Whether ``at`` has to be there, as in files.

        Raises:
            CardNumberRefused: If anything under ``card`` could be a full card number.
            InvalidSignup: If the caller built the event wrongly. What an applicant typed never raises: it
                becomes unknown, and a warning says so.

        Examples:
            >>> signup = Signup.from_mapping({"at": "2026-05-01T12:00:00Z", "email": "ada@example.com",
            ...                               "country": "Atlantis", "device.screen": "1920x1080"})
            >>> signup.email, signup.country, signup.device.screen
            ('ada@example.com', None, (1920, 1080))
            >>> signup.warnings
            (InputWarning(code='COUNTRY_INVALID', pointer='/country'),)
        """
        # The reader builds this class, so it can only be imported once both are there.
        from signup_risk.events.parse import read_mapping

        error: InvalidSignup
        try:
            return read_mapping(event, require_at=require_at)
        except InvalidSignup as found:
            error = found
        del event
        raise _without_trace(error)

    @classmethod
    def from_minfraud(cls, request: Mapping[str, Any], *, require_at: bool = False) -> Signup:
        """Read a sign-up from the body of a minFraud request.

        :data:`signup_risk.events.minfraud.MINFRAUD_FIELDS` says where each of its fields lands, and
        :data:`signup_risk.events.minfraud.MINFRAUD_IGNORED` which do not and why. Warnings point into the
        request.

        Args:
            request: The request as sent to minFraud Score, Insights or Factors.
            require_at: Whether ``event.time`` has to be there.

        Raises:
            CardNumberRefused: If anything under ``credit_card`` or ``payment`` could be a full card number.
            InvalidSignup: If the caller built the request wrongly.

        Examples:
            >>> request = {"event": {"type": "account_creation", "transaction_id": "t-1"},
            ...            "billing": {"phone_country_code": "1", "phone_number": "202-555-0100"}}
            >>> signup = Signup.from_minfraud(request)
            >>> signup.signup_id, signup.phone
            ('t-1', '+1 202-555-0100')
        """
        from signup_risk.events.minfraud import read_minfraud

        error: InvalidSignup
        try:
            return read_minfraud(request, require_at=require_at)
        except InvalidSignup as found:
            error = found
        del request
        raise _without_trace(error)

    def to_mapping(self) -> dict[str, Any]:
        """Return the sign-up as the input contract has it: nested JSON values, present fields only.

        Examples:
            >>> Signup(email="ada@example.com", device=Device(screen=(800, 600))).to_mapping()
            {'email': 'ada@example.com', 'device': {'screen': '800x600'}}
        """
        from signup_risk.events.parse import write_mapping

        return write_mapping(self)
