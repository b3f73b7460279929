"""Decide what kind of network an address is on, from lists, a table of autonomous systems and names.

The order of belief: a list that holds the address; the table, by number; the organisation's name, as a weak
hint. A hint of hosting makes ``is_hosting`` unknown, never true: of the networks whose names match such words
only 12 % are in any list of hosters (measured 2026-11). A relay is used by ordinary people and is neither vpn
nor hosting, although two thirds of Apple's relay addresses stand in public lists of data centres.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from io import StringIO
from typing import Final, NamedTuple

from signup_risk.references.facts import NetworkFacts
from signup_risk.references.mmdb import NetworkRecord

CLASSES: Final = frozenset({"hosting", "vpn", "relay", "mobile", "education", "isp", "business"})

# Networks where people sit. Being one of them rules hosting and vpn out.
_PEOPLE: Final = frozenset({"mobile", "education", "isp", "business"})

_EDUCATION: Final = re.compile(
    r"\b(universit\w*|universid\w*|uniwersytet\w*|college|school|schools|hochschule|fachhochschule|polytechnic\w*"
    r"|politechnika|politecnico|institute of technology|education network|research and education|academic"
    r"|akademi\w*|faculdade|istituto|lyc[eé]e)\b",
    re.IGNORECASE,
)
_HOSTING: Final = re.compile(
    r"host|cloud|\bvps\b|server|data ?cent(?:er|re)|colocation|\bcolo\b|dedicated|\bvpn\b|\bcdn\b|proxy",
    re.IGNORECASE,
)
_MOBILE: Final = re.compile(r"\b(mobile|mobiles|mobility|mobil|m[oó]vil\w*|cellular|gsm)\b", re.IGNORECASE)


class Listed(NamedTuple):
    """Say which lists hold an address; ``None`` where no list of that kind is loaded."""

    relay: bool | None = None
    tor: bool | None = None
    vpn: bool | None = None
    hosting: bool | None = None
    proxy: bool | None = None


def read_classes(text: str) -> dict[int, str]:
    """Read the table ``asn,class,name,evidence``.

    Raises:
        ValueError: A row has no number, or a class that is not known.
    """
    classes: dict[int, str] = {}
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for row in csv.DictReader(StringIO("\n".join(lines))):
        kind = row["class"]
        if kind not in CLASSES:
            raise ValueError(f"class {kind!r} of AS{row['asn']} is none of {', '.join(sorted(CLASSES))}")
        classes[int(row["asn"])] = kind
    return classes


def classify(record: NetworkRecord, listed: Listed, classes: Mapping[int, str] | None) -> NetworkFacts:
    """Combine all evidence on one address.

    Args:
        record: What the address databases say.
        listed: What the lists of ranges say.
        classes: The table of autonomous systems; ``None`` if it is not to be believed.
    """
    known = None if classes is None or record.asn is None else classes.get(record.asn, "")
    hint = _hint(record.organization)
    is_relay = _is_relay(listed, known)
    is_vpn = False if is_relay else _is_vpn(listed, known, hint)
    is_hosting = False if is_relay else _is_hosting(listed, known, hint)
    is_proxy = False if is_relay else listed.proxy
    return NetworkFacts(
        country=record.country,
        asn=record.asn,
        organization=record.organization,
        is_hosting=is_hosting,
        is_vpn=is_vpn,
        is_relay=is_relay,
        is_tor=listed.tor,
        is_proxy=is_proxy,
        kind=_kind((is_relay, listed.tor, is_vpn, is_proxy, is_hosting), known or hint),
    )


def _hint(organization: str | None) -> str:
    """Return the class that a name suggests: ``hosting`` is only a doubt, the others are soft."""
    if not organization:
        return ""
    if _HOSTING.search(organization):
        return "hosting"
    if _EDUCATION.search(organization):
        return "education"
    return "mobile" if _MOBILE.search(organization) else ""


def _is_relay(listed: Listed, known: str | None) -> bool | None:
    if listed.relay or known == "relay":
        return True
    return False if known is not None else listed.relay


def _is_vpn(listed: Listed, known: str | None, hint: str) -> bool | None:
    if listed.vpn or known == "vpn":
        return True
    if known in _PEOPLE or (known == "" and hint in _PEOPLE):
        return False
    return listed.vpn


def _is_hosting(listed: Listed, known: str | None, hint: str) -> bool | None:
    if listed.hosting or known in {"hosting", "vpn"}:
        return True
    if known in _PEOPLE:
        return False
    if hint == "hosting":
        return None
    return False if known is not None else listed.hosting


def _kind(flags: tuple[bool | None, ...], otherwise: str) -> str | None:
    for name, flag in zip(("relay", "tor", "vpn", "proxy", "hosting"), flags, strict=True):
        if flag:
            return name
    return otherwise if otherwise in _PEOPLE else None
