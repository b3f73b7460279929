"""Write an applicant as a contract event: only the fields of the form, in the site's way of writing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from signup_risk.simulation.agents import identifier, tls_text
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.habits import USUAL, Writing
from signup_risk.simulation.intake import CARD_FIELDS, Period
from signup_risk.simulation.phones import national_form
from signup_risk.simulation.view import identifies, seen

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = EPOCH.replace(tzinfo=None)
_TIMESPECS: Final = {0: "seconds", 3: "milliseconds", 6: "microseconds"}


def time_text(at_us: int, decimals: int = 3) -> str:
    """Write a moment as RFC 3339 in UTC.

    Examples:
        >>> time_text(0)
        '1970-01-01T00:00:00.000Z'
    """
    return (_NAIVE_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec=_TIMESPECS[decimals]) + "Z"


def write_event(  # noqa: PLR0913 - the parts of one event, all needed
    rng: Random, who: Applicant, form: frozenset[str], period: Period, at_us: int, number: int
) -> dict[str, Any]:
    """Return the contract event of a sign-up, without its labels."""
    writing = period.writing
    if writing is not USUAL.writing:
        who = seen(rng, who, writing)
        form = form if identifies(rng, writing) else form - {"id"}
    event: dict[str, Any] = {"signup_id": _signup_id(rng, number, writing), "at": time_text(at_us, writing.at_decimals)}
    if "ip_address" in form:
        event["ip_address"] = who.ip_address
    _write_identity(rng, event, who, form, period)
    sections = {
        "device": _device(who, form, period),
        "session": _session(who, form, period),
        "card": _card(who, form, period),
        "billing": _billing(who, form),
    }
    event.update({name: section for name, section in sections.items() if section})
    return event


def _signup_id(rng: Random, number: int, writing: Writing) -> str:
    bits = rng.getrandbits(64)
    match writing.signup_id:
        case "number":
            return str(100_000 + number)
        case "prefixed":
            return f"su_{number:07d}"
        case "uuid":
            return str(UUID(int=number << 96 | bits))
        case _:
            return f"{number:08x}{bits:016x}"


def _write_identity(rng: Random, event: dict[str, Any], who: Applicant, form: frozenset[str], period: Period) -> None:
    event["email"] = _typed_email(rng, who.email, period)
    if "phone" in form and who.phone:
        national = rng.random() < period.national_phones and who.phone.startswith(f"+{who.person.country.calling_code}")
        keep = "country" in form and who.home == who.person.country.code
        event["phone"] = national_form(who.phone, who.person.country.calling_code) if national and keep else who.phone
    person = who.person
    values = {
        "username": who.username,
        "first_name": _typed_name(rng, person.first, period),
        "last_name": _typed_name(rng, person.last, period),
        "birth_date": person.birth.isoformat(),
        "country": who.home,
        "organization": who.organization,
        "channel": who.channel,
        "referral_code": who.referral_code,
    }
    event.update({name: value for name, value in values.items() if value is not None and name in form})


def _typed_email(rng: Random, email: str, period: Period) -> str:
    if rng.random() > period.careless:
        return email
    return rng.choice((email.capitalize(), email.capitalize(), email.title(), email.upper()))


def _typed_name(rng: Random, name: str | None, period: Period) -> str | None:
    case = period.writing.name_case
    if name is not None and case != "typed":
        return {"lower": name.lower(), "upper": name.upper(), "title": name.title()}[case]
    if name is None or rng.random() > period.careless * 1.5:
        return name
    return rng.choice((name.lower(), name.lower(), name.upper(), f"{name} "))


def _device(who: Applicant, form: frozenset[str], period: Period) -> dict[str, Any]:
    browser = who.browser
    values = {
        "id": identifier(browser.key, period.device_style) if "id" in form else None,
        "user_agent": browser.agent,
        "accept_language": browser.languages,
        "time_zone": browser.zone,
        "screen": browser.screen,
        "platform": browser.platform,
        "webdriver": browser.webdriver,
        "tls_fingerprint": tls_text(browser.tls, period.tls_style),
    }
    return {name: value for name, value in values.items() if value is not None and name in form}


def _session(who: Applicant, form: frozenset[str], period: Period) -> dict[str, Any]:
    visit = who.visit
    if visit is None:
        return {}
    values = {
        "age_seconds": round(visit.age_seconds, period.decimals),
        "form_seconds": round(visit.form_seconds, period.decimals),
        "pasted_fields": visit.pasted_fields,
        "keystrokes": visit.keystrokes,
        "captcha_score": round(visit.captcha_score, 2),
        "referrer_uri": visit.referrer,
    }
    return {name: value for name, value in values.items() if name in form}


def _card(who: Applicant, form: frozenset[str], period: Period) -> dict[str, Any]:
    card = who.card
    if card is None or form.isdisjoint(CARD_FIELDS):
        return {}
    values = {
        "token": f"{period.writing.card_prefix}{_token(card.key)}",
        "issuer_id_number": card.issuer.number[: period.issuer_digits],
        "last_digits": card.last_digits[-period.last_digits :],
        "funding": card.issuer.funding,
        "card_country": card.issuer.country,
        "avs_result": card.avs,
        "cvv_result": card.cvv,
        "was_3d_secure_successful": card.secure,
        "was_authorized": card.authorized,
        "processor": period.processor,
    }
    names = {"card_country": "country"}
    section = {names.get(name, name): value for name, value in values.items() if value is not None and name in form}
    if card.decline and "was_authorized" in form:
        section["decline_code"] = card.decline
    return section


def _token(key: int) -> str:
    """Write a card's key in consonants: digits in a row could be taken for a card number."""
    text = ""
    while key:
        key, index = divmod(key, 20)
        text += "bcdfghjklmnpqrstvwxz"[index]
    return text


def _billing(who: Applicant, form: frozenset[str]) -> dict[str, Any]:
    billing = who.billing
    if billing is None:
        return {}
    values = {
        "address": billing.address,
        "city": billing.city,
        "region": billing.region,
        "postal": billing.postal,
        "billing_country": billing.country,
        "billing_first_name": billing.first_name,
        "billing_last_name": billing.last_name,
    }
    return {name.removeprefix("billing_"): value for name, value in values.items() if value and name in form}
