"""Read an e-mail address and reduce it to the mailbox that one person owns.

Syntax is email-validator's. Nothing is looked up: whether a domain exists, accepts mail or is disposable is
not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from signup_risk.normalize.providers import MailProvider, find_provider

VERSION: Final = 1

# RFC 5321 4.5.3.1 allows 64 + 1 + 255 characters; the event contract allows 320.
MAX_LENGTH: Final = 320
# RFC 5321 4.5.3.1.3 by way of RFC 3696 erratum 1690: a path is at most 256 octets with its brackets.
_MAX_ASCII_LENGTH: Final = 254

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_WIDE_ATOM: Final = r"[^\s\x00-\x1f\"(),:;<>@\[\\\].]+"
_UNQUOTED: Final = re.compile(rf"{_WIDE_ATOM}(?:\.{_WIDE_ATOM})*")
_PLAIN: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.\-]+)")


@dataclass(frozen=True, slots=True)
class EmailFacts:
    """Hold what an address says about itself.

    Attributes:
        address: Address with the spelling of the local part kept, Unicode in NFC, domain in lower case.
        local: Local part as typed, unquoted when the quotes were not needed.
        domain: Domain in ASCII (IDNA) and lower case.
        mailbox: Canonical mailbox; two addresses with the same one belong to one person.
        base_local: Local part of the mailbox.
        tag: Text behind the tag separator, or None.
        had_dots: Ignored characters that were removed, as the dots of a Gmail address.
        provider: Name of a known provider, or None.
        relay: Name of a privacy relay, or None.
        is_idn: True if the domain has a label outside ASCII.
        tld: Last label of the domain.
    """

    address: str
    local: str
    domain: str
    mailbox: str
    base_local: str
    tag: str | None
    had_dots: int
    provider: str | None
    relay: str | None
    is_idn: bool
    tld: str


def normalize_email(text: str) -> EmailFacts | None:
    """Read an address; None if it is not one that mail could be sent to.

    Reserved domains for documentation and tests (``example.com``, ``.test``) are read like any other;
    ``.invalid``, ``.local``, ``.localhost``, ``.onion`` and ``.arpa``, bracketed IP addresses and display
    names are not.

    Examples:
        >>> facts = normalize_email("Jane.Doe+news@GoogleMail.com")
        >>> facts.mailbox, facts.tag, facts.had_dots, facts.provider
        ('janedoe@gmail.com', 'news', 1, 'gmail')
        >>> normalize_email("not an address") is None
        True
    """
    if len(text) > MAX_LENGTH:
        return None
    parts = _split(text.strip())
    if parts is None:
        return None
    local, ascii_domain, domain = parts
    provider, user = find_provider(ascii_domain)
    base, tag, dots, home = _canonical(local, ascii_domain, provider, user)
    return EmailFacts(
        address=f"{local}@{domain}",
        local=local,
        domain=ascii_domain,
        mailbox=f"{base}@{home}",
        base_local=base,
        tag=tag,
        had_dots=dots,
        provider=provider.name or None,
        relay=provider.relay,
        is_idn="xn--" in ascii_domain,
        tld=ascii_domain.rpartition(".")[2],
    )


def _split(text: str) -> tuple[str, str, str] | None:
    """Give local part, ASCII domain and Unicode domain; plain ASCII addresses share the cached domain."""
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        whole = _validate(text)
        return None if whole is None else (whole.local_part, whole.ascii_domain, whole.domain)
    domain = _plain_domain(plain[2])
    if domain is None or len(text) > _MAX_ASCII_LENGTH:
        return None
    return plain[1], *domain


@lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> tuple[str, str] | None:
    """Validate a domain once: a few domains make up most sign-ups, and this is the dear part of the check."""
    whole = _validate(f"a@{domain}")
    return None if whole is None else (whole.ascii_domain, whole.domain)


def _validate(text: str) -> ValidatedEmail | None:
    try:
        return validate_email(text, check_deliverability=False, allow_quoted_local=True, test_environment=True)
    except EmailNotValidError:
        return None


def _canonical(local: str, domain: str, provider: MailProvider, user: str | None) -> tuple[str, str | None, int, str]:
    """Give canonical local part, tag, number of ignored characters and canonical domain."""
    if user is not None:
        return user, local, 0, domain.partition(".")[2]
    folded = local.lower() if local.isascii() else _fold(local)
    home = provider.home or domain
    if folded.startswith('"'):
        return folded, None, 0, home
    base, tag = _cut_tag(folded, provider.separators)
    length = len(base)
    if provider.ignored:
        base = _without(base, provider.ignored) or base
    for old, new in provider.replaced:
        base = base.replace(old, new)
    return base, tag, length - len(base), home


def _fold(local: str) -> str:
    """Fold case and compatibility forms (UTS #39 3.3), unless the result could not stand in an address."""
    folded = normalize("NFKC", normalize("NFKC", local).lower())
    return folded if _UNQUOTED.fullmatch(folded) else normalize("NFC", local.lower())


def _cut_tag(local: str, separators: str) -> tuple[str, str | None]:
    """Cut at the first separator that is not the first character."""
    cuts = [cut for separator in separators if (cut := local.find(separator, 1)) > 0]
    if not cuts:
        return local, None
    cut = min(cuts)
    return local[:cut], local[cut + 1 :]


def _without(text: str, chars: str) -> str:
    for char in chars:
        text = text.replace(char, "")
    return text
