"""Say the values that a campaign shares in words; what belongs to one person is only counted, never named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from signup_risk.campaigns.shapes import billing_in_words, coarse_in_words, fine_in_words
from signup_risk.features.context import Context
from signup_risk.features.keys import READERS
from signup_risk.features.kinds import KIND
from signup_risk.normalize.user_agent import normalize_user_agent

#: Values that are one person's or one household's own. They are keyed hashes everywhere, here too.
PRIVATE: Final = frozenset({"ip", "email", "email_stem", "phone", "device", "card", "billing", "name", "referral"})

#: Values that may be named once several sign-ups share them.
PUBLIC: Final = tuple(name for name in READERS if name not in PRIVATE)

_ONE: Final[Mapping[str, str]] = {
    "ip": "one IP address",
    "email": "one mailbox",
    "email_stem": "one word in the mailbox",
    "phone": "one phone number",
    "device": "one device",
    "card": "one card",
    "billing": "one billing address",
    "name": "one name",
    "referral": "one referral code",
}

_RELATIONS: Final[Mapping[str, str]] = {
    "first_last": "{first}{last}",
    "last_first": "{last}{first}",
    "flast": "{f}{last}",
    "lastf": "{last}{f}",
    "firstl": "{first}{l}",
    "lfirst": "{l}{first}",
    "first": "{first}",
    "last": "{last}",
    "initials": "{f}{l}",
    "partial": "{part of a name}",
    "none": "{no name}",
}

_LONGEST: Final = 80


def public_values(context: Context) -> dict[str, str]:
    """Return the values of a sign-up that may be named once several share them."""
    found = {name: READERS[name](context) for name in PUBLIC}
    return {name: value for name, value in found.items() if value}


def in_words(name: str, value: str | None) -> str:
    """Say a value as an analyst reads it.

    Args:
        name: Which value, one of :data:`signup_risk.features.kinds.INPUTS`.
        value: The value itself; None of those that are private.

    Examples:
        >>> in_words("email_domain", "example.com"), in_words("device", None), in_words("form", "15")
        ('domain example.com', 'one device', 'forms filled in 11 to 14 s')
        >>> in_words("email_form", "wd2" + chr(31) + "first_last+digits")
        'mailboxes like {first}{last}{digits}'
    """
    if value is None:
        return _ONE.get(name, f"one value of {name.replace('_', ' ')}")
    say = _SAY.get(name)
    text = say(value) if say else f"{name.replace('_', ' ')} {value}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def cell_in_words(kind: str, values: Mapping[str, str]) -> str:
    """Say what the sign-ups of a cell have in common.

    Examples:
        >>> cell_in_words("asn+email_domain", {"asn": "64500", "email_domain": "example.com"})
        'network operator AS64500 and domain example.com'
    """
    return " and ".join(in_words(name, values.get(name)) for name in KIND[kind].values)


def _form(value: str) -> str:
    middle = int(value)
    low, high = (max(0, round(2 ** ((middle + side) / 4) - 1)) for side in (-0.5, 0.5))
    return f"forms filled in {low} to {high} s" if high > low else f"forms filled in {high} s"


def _email_form(value: str) -> str:
    shape, _, relation = value.partition("\x1f")
    name, _, rest = relation.partition("+")
    if name in _RELATIONS and name != "none":
        return f"mailboxes like {_RELATIONS[name]}{f'{{{rest}}}' if rest else ''}"
    return f"mailboxes like {coarse_in_words(shape)}"


def _agent(value: str) -> str:
    text, _, screen = value.partition("\x1f")
    facts = normalize_user_agent(text)
    name = f"{facts.browser} on {facts.os}" if facts else "a browser"
    size = re.findall(r"\d+", screen.partition("\x1f")[0])
    return f"one set-up of {name}{', screen ' + 'x'.join(size) if size else ''}"


def _locale(value: str) -> str:
    zone, _, language = value.partition("\x1f")
    known = "an unknown time zone" if zone == "None" else f"time zone {zone}"
    return f"{known} with {'unknown languages' if language == 'None' else f'languages {language}'}"


_SAY: Final[Mapping[str, Callable[[str], str]]] = {
    "ip_network": lambda value: f"network {value}",
    "asn": lambda value: f"network operator AS{value}",
    "email_domain": lambda value: f"domain {value}",
    "email_shape": lambda value: f"mailboxes of shape {fine_in_words(value)}",
    "email_form": _email_form,
    "phone_block": lambda value: f"phone numbers {value}…",
    "issuer": lambda value: f"card issuer {value}",
    "billing_shape": lambda value: f"billing addresses of form {billing_in_words(value)}",
    "name_shape": lambda value: f"names of shape {value}",
    "username_shape": lambda value: f"user names of shape {fine_in_words(value)}",
    "agent": _agent,
    "locale": _locale,
    "tls": lambda value: f"TLS fingerprint {value}",
    "form": _form,
    "screen": lambda value: f"screen {value}",
    "ip_country": lambda value: f"addresses in {value}",
}
