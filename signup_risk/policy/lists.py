"""Match sign-ups with what the operator allows and blocks.

An entry is *exact* if it names one identity or instrument (a mailbox, a device, one address) and *coarse* if
many people share it (a mail domain, a network, a referral code). Exact beats coarse, and among equals
allowing beats blocking: whoever writes both meant an exception.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from signup_risk.errors import ConfigurationError

ListName = Literal["allow", "block"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Kinds of entries, and the attribute of the event that each is about.
KINDS: Final[Mapping[str, str]] = {
    "email": "email",
    "email_domain": "email",
    "phone": "phone",
    "device_id": "device.id",
    "card_token": "card.token",
    "ip": "ip_address",
    "referral_code": "referral_code",
    "organization": "organization",
}
_COARSE_KINDS: Final = frozenset({"email_domain", "referral_code", "organization"})
# A /16 holds 65,536 addresses of a provider, a /32 is the usual first allocation of a whole provider in IPv6
# (RIPE-738, section 5.1).
_WIDEST_PREFIX: Final = {4: 16, 6: 32}


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Name something that is allowed or blocked.

    Attributes:
        kind: What it is, one of :data:`KINDS`.
        value: Its normalized value; an address or a network for ``ip``.
        until: Event time from which on the entry no longer holds; for ever if None.
        note: Why it is there, for the operator.
        force: Whether it stands though it is so broad that it would be refused in a block list.
    """

    kind: str
    value: str
    until: datetime | None = None
    note: str = ""
    force: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(f"a list entry has kind {self.kind!r}; use one of {', '.join(KINDS)}")
        if not self.value.strip():
            raise ConfigurationError(
                f"a list entry of kind {self.kind!r} has no value; remove it or fill it in"
            )
        if self.until is not None and self.until.tzinfo is None:
            raise ConfigurationError(
                f"until of a list entry of kind {self.kind!r} has no offset; write it like "
                "2026-12-31T00:00:00Z"
            )
        if self.kind == "ip":
            _network(self.value)

    @property
    def is_exact(self) -> bool:
        """Whether it names one identity or instrument."""
        if self.kind == "ip":
            network = _network(self.value)
            return network.prefixlen == network.max_prefixlen
        return self.kind not in _COARSE_KINDS

    @property
    def attribute(self) -> str:
        """The attribute of the event that it is about."""
        return KINDS[self.kind]

    def holds_at(self, at: datetime | None) -> bool:
        """Say whether the entry has not run out at this event time."""
        return self.until is None or at is None or at < self.until


def _as_given(_kind: str, value: str) -> str:
    return value


def _none(_kind: str, _value: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ListHooks:
    """Lend a policy the knowledge that it may not import.

    Attributes:
        normalize: Bring the value of a kind into the form that sign-ups are compared in; None if it cannot be
            read.
        objection: Say why blocking a value of a kind would hit many legitimate people; None if it would not.
    """

    normalize: Callable[[str, str], str | None] = _as_given
    objection: Callable[[str, str], str | None] = _none

    def prepare(self, entry: ListEntry, list_name: ListName) -> ListEntry:
        """Return the entry in normalized form.

        Raises:
            ConfigurationError: If its value cannot be read, or it would block many legitimate people.
        """
        value = entry.value if entry.kind == "ip" else self.normalize(entry.kind, entry.value)
        if value is None:
            raise ConfigurationError(
                f"a {list_name} entry of kind {entry.kind!r} cannot be read; correct its value"
            )
        objection = _breadth(entry) or self.objection(entry.kind, value)
        if list_name == "block" and objection and not entry.force:
            raise ConfigurationError(
                f"a block entry of kind {entry.kind!r} is refused: {objection}; narrow it, or set force = "
                "true if that is really wanted"
            )
        return replace(entry, value=value)


class EntryIndex:
    """Find the entries of one list that a sign-up matches, in time that does not grow with the list."""

    __slots__ = ("_networks", "_values")

    def __init__(self, entries: Iterable[ListEntry]) -> None:
        self._values: dict[tuple[str, str], list[ListEntry]] = {}
        # By version and prefix length, then by the network's leading bits.
        self._networks: dict[tuple[int, int], dict[int, list[ListEntry]]] = {}
        for entry in entries:
            if entry.kind == "ip":
                network = _network(entry.value)
                shift = network.max_prefixlen - network.prefixlen
                by_bits = self._networks.setdefault((network.version, shift), {})
                by_bits.setdefault(int(network.network_address) >> shift, []).append(entry)
            else:
                self._values.setdefault((entry.kind, entry.value), []).append(entry)

    def find(self, values: Mapping[str, Collection[str]], at: datetime | None) -> ListEntry | None:
        """Return a matching entry that holds at this time, an exact one if there is any."""
        found: ListEntry | None = None
        for kind, of_kind in values.items():
            for value in of_kind:
                for entry in self._candidates(kind, value):
                    if entry.holds_at(at):
                        if entry.is_exact:
                            return entry
                        found = entry
        return found

    def _candidates(self, kind: str, value: str) -> Iterable[ListEntry]:
        if kind != "ip":
            return self._values.get((kind, value), ())
        if not self._networks:
            return ()
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return ()
        number = int(address)
        return [
            entry
            for (version, shift), by_bits in self._networks.items()
            if version == address.version
            for entry in by_bits.get(number >> shift, ())
        ]


def _network(value: str) -> Network:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError as problem:
        raise ConfigurationError(
            "a list entry of kind 'ip' is neither an address nor a network; write it like 192.0.2.7 or "
            "192.0.2.0/24"
        ) from problem


def _breadth(entry: ListEntry) -> str | None:
    if entry.kind != "ip":
        return None
    network = _network(entry.value)
    widest = _WIDEST_PREFIX[network.version]
    if network.prefixlen >= widest:
        return None
    return f"a /{network.prefixlen} of IPv{network.version} is wider than /{widest}"
