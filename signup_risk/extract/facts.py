"""Work out the facts of a sign-up: normalize what was typed, look up what is known of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from signup_risk.events import InputWarning, Signup
from signup_risk.features.context import Context, Shape
from signup_risk.normalize import (
    describe_address,
    describe_local,
    describe_shape,
    describe_text,
    matches_name,
    normalize_email,
    normalize_ip,
    normalize_issuer,
    normalize_languages,
    normalize_name,
    normalize_phone,
    normalize_user_agent,
    postal_text,
)
from signup_risk.references import CountryFacts, References

_LOG: Final = logging.getLogger(__name__)

#: Shortest word that is counted as a word of a mailbox: shorter ones are shared by everybody.
_MIN_STEM: Final = 4


@dataclass(frozen=True, slots=True)
class Described:
    """Hold the facts of a sign-up before its velocity is read.

    Attributes:
        context: The facts.
        warnings: Values of the event that could not be used.
        failed: Facts that could not be worked out through a fault of ours; they are unknown.
    """

    context: Context
    warnings: tuple[InputWarning, ...]
    failed: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """Collect facts while they are worked out."""

    signup: Signup
    references: References
    at: int
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[InputWarning] = field(default_factory=list)

    def warn(self, code: str, pointer: str) -> None:
        self.warnings.append(InputWarning(code, pointer))

    def country(self, code: str | None) -> CountryFacts | None:
        return None if code is None else self.references.countries.lookup(code, self.at)


def describe(signup: Signup, references: References, at: int) -> Described:
    """Work out the facts of a sign-up.

    A fault in one part leaves its facts unknown and is named in ``failed``: whatever an applicant typed, the
    sign-up flow goes on. The log gets the part and the kind of fault, never a value.

    Args:
        signup: The event.
        references: What is looked up.
        at: Event time in microseconds.
    """
    draft = _Draft(signup, references, at)
    failed = []
    for part in _PARTS:
        try:
            part(draft)
        except Exception as fault:  # noqa: BLE001 - see the docstring
            failed.append(f"facts.{part.__name__.removeprefix('_describe_')}")
            _LOG.warning("%s failed with %s", failed[-1], type(fault).__name__)
    return Described(Context(signup, at, **draft.facts), (*signup.warnings, *draft.warnings), tuple(failed))


def _describe_email(draft: _Draft) -> None:
    if draft.signup.email is None:
        return
    email = normalize_email(draft.signup.email)
    if email is None:
        draft.warn("EMAIL_ADDRESS_UNUSABLE", "/email")
        return
    local = email.base_local
    fine, coarse, word = describe_local(local)
    draft.facts |= {
        "email": email,
        "local_text": describe_text(local),
        "local_shape": Shape(fine, coarse),
        "local_stem": word if len(word) >= _MIN_STEM else None,
        "domain": draft.references.domains.lookup(email.domain, draft.at),
        "is_role": draft.references.roles.lookup(email.local, draft.at),
    }


def _describe_network(draft: _Draft) -> None:
    if draft.signup.ip_address is None:
        return
    ip = draft.facts["ip"] = normalize_ip(draft.signup.ip_address)
    if ip is None:
        draft.warn("IP_ADDRESS_INVALID", "/ip_address")
    elif ip.special is not None:
        draft.warn("IP_ADDRESS_RESERVED", "/ip_address")
    else:
        network = draft.facts["network"] = draft.references.networks.lookup(ip.address, draft.at)
        draft.facts["ip_country"] = draft.country(network.country)


def _describe_person(draft: _Draft) -> None:
    signup, facts = draft.signup, draft.facts
    facts["declared_country"] = draft.country(signup.country)
    if signup.first_name is not None or signup.last_name is not None:
        name = facts["name"] = normalize_name(signup.first_name, signup.last_name)
        if name is None:
            draft.warn("NAME_UNUSABLE", "/last_name" if signup.first_name is None else "/first_name")
        elif "email" in facts:
            facts["name_match"] = matches_name(facts["email"].base_local, name.first, name.last)
    if signup.username is not None:
        facts["username_text"] = describe_text(signup.username)
        facts["username_shape"] = Shape(*describe_shape(signup.username))


def _describe_phone(draft: _Draft) -> None:
    if draft.signup.phone is None:
        return
    number = draft.facts["phone"] = normalize_phone(draft.signup.phone, draft.signup.country)
    if number is None:
        draft.warn("PHONE_UNUSABLE", "/phone")
    else:
        draft.facts["phone_country"] = draft.country(number.region)


def _describe_payment(draft: _Draft) -> None:
    card, billing, facts = draft.signup.card, draft.signup.billing, draft.facts
    facts["card_country"] = draft.country(card.country)
    if card.issuer_id_number is not None:
        issuer = facts["issuer_number"] = normalize_issuer(card.issuer_id_number)
        if issuer is None:
            draft.warn("ISSUER_ID_NUMBER_UNUSABLE", "/card/issuer_id_number")
        else:
            facts["issuer"] = draft.references.issuers.lookup(issuer.number, draft.at)
    shape, template = describe_address(billing.address or "")
    if shape:
        postal = postal_text(billing.postal) if billing.postal else ""
        facts["billing_shape"] = shape
        facts["billing_key"] = f"{template}\x1f{postal}"
    if billing.first_name is not None or billing.last_name is not None:
        facts["billing_name"] = normalize_name(billing.first_name, billing.last_name)


def _describe_device(draft: _Draft) -> None:
    device, facts = draft.signup.device, draft.facts
    if device.user_agent is not None:
        facts["agent"] = normalize_user_agent(device.user_agent)
        if facts["agent"] is None:
            draft.warn("USER_AGENT_UNUSABLE", "/device/user_agent")
    if device.accept_language is not None:
        facts["languages"] = normalize_languages(device.accept_language)
    if device.time_zone is not None:
        countries = draft.references.countries
        facts["zone_countries"] = countries.countries_of_zone(device.time_zone, draft.at)
        if facts["zone_countries"] is None and countries.infos()[0].is_usable(draft.at):
            draft.warn("TIME_ZONE_UNKNOWN", "/device/time_zone")


_PARTS: Final[tuple[Callable[[_Draft], None], ...]] = (
    _describe_email,
    _describe_network,
    _describe_person,
    _describe_phone,
    _describe_payment,
    _describe_device,
)
