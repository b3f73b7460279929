"""Read from a sign-up's facts the values that velocity keys are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from signup_risk.features.context import Context


def _ip(c: Context) -> str | None:
    return c.ip.address if c.ip else None


def _ip_network(c: Context) -> str | None:
    return c.ip.network if c.ip else None


def _asn(c: Context) -> str | None:
    return str(c.network.asn) if c.network and c.network.asn is not None else None


def _email(c: Context) -> str | None:
    return c.email.mailbox if c.email else None


def _email_domain(c: Context) -> str | None:
    return c.email.domain if c.email else None


def _email_shape(c: Context) -> str | None:
    return c.local_shape.fine if c.local_shape else None


def _email_form(c: Context) -> str | None:
    """Join the coarse shape with how the mailbox relates to the names: what a generator of both would repeat."""
    if c.local_shape is None:
        return None
    return f"{c.local_shape.coarse}\x1f{c.name_match.code if c.name_match else ''}"


def _email_stem(c: Context) -> str | None:
    return c.local_stem


def _phone(c: Context) -> str | None:
    return c.phone.e164 if c.phone else None


def _phone_block(c: Context) -> str | None:
    return c.phone.block if c.phone else None


def _device(c: Context) -> str | None:
    return c.signup.device.id


def _card(c: Context) -> str | None:
    return c.signup.card.token


def _issuer(c: Context) -> str | None:
    return c.issuer_number.number if c.issuer_number else None


def _billing(c: Context) -> str | None:
    return c.billing_key


def _billing_shape(c: Context) -> str | None:
    return c.billing_shape


def _name(c: Context) -> str | None:
    if c.name is None:
        return None
    return f"{c.name.folded_first}\x1f{c.name.folded_last}"


def _name_shape(c: Context) -> str | None:
    return c.name.shape if c.name else None


def _username_shape(c: Context) -> str | None:
    return c.username_shape.fine if c.username_shape else None


def _referral(c: Context) -> str | None:
    return c.signup.referral_code


def _agent(c: Context) -> str | None:
    device = c.signup.device
    if device.user_agent is None:
        return None
    return f"{device.user_agent}\x1f{device.screen}\x1f{device.platform}"


def _locale(c: Context) -> str | None:
    device = c.signup.device
    if device.time_zone is None and device.accept_language is None:
        return None
    return f"{device.time_zone}\x1f{device.accept_language}"


def _tls(c: Context) -> str | None:
    return c.signup.device.tls_fingerprint


def _form(c: Context) -> str | None:
    """Bucket the time on the form by steps of about 20 %, the spread of a scripted form."""
    seconds = c.signup.session.form_seconds
    return None if seconds is None else str(round(4 * math.log2(seconds + 1)))


def _screen(c: Context) -> str | None:
    screen = c.signup.device.screen
    return None if screen is None else f"{screen[0]}x{screen[1]}"


def _ip_country(c: Context) -> str | None:
    return c.network.country if c.network else None


#: How each value of :data:`signup_risk.features.kinds.INPUTS` is read; ``None`` if the sign-up does not show it.
READERS: Final[Mapping[str, Callable[[Context], str | None]]] = {
    "ip": _ip,
    "ip_network": _ip_network,
    "asn": _asn,
    "email": _email,
    "email_domain": _email_domain,
    "email_shape": _email_shape,
    "email_form": _email_form,
    "email_stem": _email_stem,
    "phone": _phone,
    "phone_block": _phone_block,
    "device": _device,
    "card": _card,
    "issuer": _issuer,
    "billing": _billing,
    "billing_shape": _billing_shape,
    "name": _name,
    "name_shape": _name_shape,
    "username_shape": _username_shape,
    "referral": _referral,
    "agent": _agent,
    "locale": _locale,
    "tls": _tls,
    "form": _form,
    "screen": _screen,
    "ip_country": _ip_country,
}
