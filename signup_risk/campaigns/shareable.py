"""Choose what of a campaign may be told to others, and say it as a pattern that matches nothing else."""

from __future__ import annotations

import ipaddress
import math
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.partners import KEYED_ONLY, shared_name
from signup_risk.campaigns.words import in_words
from signup_risk.features.kinds import KIND
from signup_risk.references import References

#: Says whether a value, given by name, is shared by a large part of traffic.
IsCommon = Callable[[str, str], bool]

#: A value that only its site's secret hides: kind, raw value, members that have it.
PrivateValue = tuple[str, str, int]

#: Values that many people share everywhere. At one site one of them may be a campaign's; elsewhere it is not.
NEVER_ALONE: Final = frozenset({"asn", "issuer", "email_shape", "billing_shape", "name_shape", "username_shape"})

#: Under which ids of bundles are made.
NAMESPACE: Final = uuid.UUID("5a0f7f0e-3f0c-4c55-9d0b-7f2c1a4b9e61")

#: Longest prefix of a network that is no single household's, by IP version.
PREFIXES: Final = {4: 24, 6: 48}

#: Share of a cell's traffic from which on it is mostly the campaign's.
_MOST: Final = 0.5

#: Evidence beyond this changes no whole number.
_MOST_BITS: Final = 60.0

_NAMED: Final = 3

# A mail address, an IP address, or seven digits of a phone or card number.
_PERSONAL: Final = re.compile(r"@|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:]*:|(?:\d[ ()./-]?){7}")


@dataclass(frozen=True, slots=True)
class Shareable:
    """Hold one combination that may be told.

    Attributes:
        kind: Kind of key.
        values: Its values by name; empty if it has a keyed name.
        keyed_name: Keyed name of a value that is somebody's own, or None.
        words: What it says, in words.
        confidence: From 1 to 100, see :func:`confidence`.
        first_seen: Hour of the first member that came through it; of any, if all came through others.
        last_seen: Hour of the newest.
    """

    kind: str
    values: Mapping[str, str]
    keyed_name: str | None
    words: str
    confidence: int
    first_seen: datetime
    last_seen: datetime

    @property
    def pattern(self) -> str:
        """Return the STIX pattern that matches all values of the combination, never some of them."""
        if self.keyed_name is not None:
            return _own([("kind", self.kind), ("keyed_name", self.keyed_name)])
        parts = [(name, self.values[name]) for name in KIND[self.kind].values]
        standard = [text for name, value in parts if (text := _standard(name, value))]
        # A browser set-up is more than its user agent, so the whole stands beside it.
        rest = [(name, value) for name, value in parts if name == "agent" or not _standard(name, value)]
        return " AND ".join([*standard, *([_own(rest)] if rest else [])])


def common_by(references: References, at: datetime) -> IsCommon:
    """Return what knows the mail domains where anybody may have a mailbox.

    A domain of which this is unknown, because the lists have run out, counts as one of them.

    Args:
        references: What is looked up.
        at: Moment at which it is.

    Examples:
        >>> from signup_risk.references import open_references
        >>> is_common = common_by(open_references(), datetime(2026, 6, 1, tzinfo=UTC))
        >>> is_common("email_domain", "gmail.com"), is_common("email_domain", "example.com")
        (True, False)
    """
    moment = round(at.timestamp() * 1_000_000)

    def is_common(name: str, value: str) -> bool:
        if name != "email_domain":
            return False
        facts = references.domains.lookup(value, moment)
        return facts.free is not False or facts.relay is not False

    return is_common


def is_too_common(kind: str, values: Mapping[str, str], is_common: IsCommon) -> bool:
    """Say whether a combination would match a large part of traffic: nothing in it is particular.

    Examples:
        >>> is_too_common("asn", {"asn": "64500"}, lambda name, value: False)
        True
    """
    names = KIND[kind].values
    return (len(names) == 1 and names[0] in NEVER_ALONE) or all(is_common(name, values[name]) for name in names)


def confidence(bits: float, members: Iterable[FoundMember], share: float) -> int:
    """Return how sure it is that what matches belongs to the campaign, from 0 to 100.

    It is the product of three: the mean joint probability of the members, the probability that the combination is no
    chance (its evidence at even odds), and the share of its traffic that the campaign can make up.

    Args:
        bits: Evidence that the combination is no chance.
        members: Members that came through it.
        share: Share of the traffic on it that is the campaign's.
    """
    sure = fmean(member.probability for member in members)
    no_chance = 1.0 / (1.0 + math.exp2(-max(-_MOST_BITS, min(_MOST_BITS, bits))))
    return round(100 * max(0.0, min(1.0, sure)) * no_chance * share)


def shareable(campaign: FoundCampaign, least_members: int, is_common: IsCommon) -> Iterator[Shareable]:
    """Yield the cells of a campaign that may be told, strongest first.

    Left out are cells with a value that is somebody's own, of few members, of unknown values, and such as match a
    large part of traffic.

    Args:
        campaign: The campaign.
        least_members: Fewest members of a cell; other sign-ups that fall in it do not count.
        is_common: Knows values that many share.
    """
    for cell in sorted(campaign.cells, key=lambda cell: (-cell.bits, cell.kind, cell.key)):
        if cell.members < max(1, least_members) or not _may_be_told(cell):
            continue
        share = min(1.0, cell.members / cell.total) if cell.total else 1.0
        is_lone = len(KIND[cell.kind].values) == 1
        if is_too_common(cell.kind, cell.values, is_common) or (is_lone and share < _MOST):
            continue
        # Who else of the members falls in it is counted, not known one by one.
        through = [member for member in campaign.members if member.via == cell.key] or campaign.members
        sure = confidence(cell.bits, through, share)
        if sure:
            times = [member.at for member in through]
            values = {name: cell.values[name] for name in KIND[cell.kind].values}
            yield Shareable(cell.kind, values, None, cell.words, sure, hour(min(times)), hour(max(times)))


def keyed(
    campaign: FoundCampaign, private: Iterable[PrivateValue], circle_secret: bytes, least_members: int
) -> Iterator[Shareable]:
    """Yield keyed names of values that are somebody's own and that enough members have.

    Args:
        campaign: The campaign.
        private: The values.
        circle_secret: Secret of the circle that they are for.
        least_members: Fewest members that have a value.
    """
    for kind, value, members in private:
        name = shared_name(kind, value, circle_secret)
        if members < least_members:
            continue
        bits = max((cell.bits for cell in campaign.cells if cell.kind == kind), default=0.0)
        sure = confidence(bits, campaign.members, 1.0)
        if sure:
            seen = hour(campaign.first_seen), hour(campaign.last_seen)
            yield Shareable(kind, {}, name, in_words(kind, None), sure, *seen)


def title_of(campaign: FoundCampaign, told: Iterable[Shareable]) -> str:
    """Return what a campaign is called to others: its title, or what is told of it if that could name a person."""
    title = campaign.title.strip()
    names_member = any(member.signup_id and member.signup_id in title for member in campaign.members)
    if title and not names_member and not _PERSONAL.search(title):
        return title
    return "; ".join(one.words for one in list(told)[:_NAMED]) or f"campaign {campaign.id}"


def hour(at: datetime) -> datetime:
    """Return the hour of a moment: the moment itself would tell one member's sign-up."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _may_be_told(cell: FoundCell) -> bool:
    names = KIND[cell.kind].values if cell.kind in KIND else ()
    if not names or KEYED_ONLY & set(names) or not all(cell.values.get(name) for name in names):
        return False
    return "ip_network" not in names or _version(cell.values["ip_network"]) is not None


def _version(network: str) -> int | None:
    """Return the IP version of a network that is no single household's."""
    try:
        read = ipaddress.ip_network(network)
    except ValueError:
        return None
    return read.version if read.prefixlen <= PREFIXES[read.version] else None


def _standard(name: str, value: str) -> str | None:
    """Say a value with what the standard has words for."""
    if name == "email_domain":
        return f"[domain-name:value = {_quoted(value)}]"
    if name == "ip_network":
        return f"[ipv{_version(value)}-addr:value ISSUBSET {_quoted(value)}]"
    if name == "asn" and value.isascii() and value.isdigit():
        return f"[autonomous-system:number = {int(value)}]"
    if name == "agent":
        header = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
        return f"[{header} = {_quoted(value.partition(chr(31))[0])}]"
    return None


def _own(parts: Iterable[tuple[str, str]]) -> str:
    return f"[{' AND '.join(f'x-signup-cell:{name} = {_quoted(value)}' for name, value in parts)}]"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
