"""Judge sign-ups by the rules that a site without a model has, so that adaptive farms have something to learn from."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from signup_risk.simulation.addresses import networks_of_kind
from signup_risk.simulation.tables import words

_HOUR: Final = 3600.0
_DAY: Final = 24 * _HOUR


@dataclass(slots=True)
class RuleDefence:
    """Let a sign-up pass unless one of four rules is against it.

    The rules: a mail domain on the list of disposable ones, an address of a hosting company, many sign-ups
    from one network in an hour, a device or a card that has been used in the last day.

    Attributes:
        per_network: Sign-ups that one network may have in an hour.
        per_device: Sign-ups that one device or card may have in a day.
    """

    per_network: int = 5
    per_device: int = 2
    _seen: defaultdict[Hashable, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def __call__(self, event: Mapping[str, Any]) -> bool:
        """Return whether a sign-up passes, and remember it; events come in order of time."""
        at = datetime.fromisoformat(event["at"]).timestamp()
        address = event.get("ip_address")
        counts = [
            self._count(("network", _network(address)), at, _HOUR) < self.per_network if address else True,
            *(self._count(key, at, _DAY) < self.per_device for key in _owned(event)),
        ]
        domain = event.get("email", "").lower().rpartition("@")[2]
        return all(counts) and domain not in _disposable() and not (address and is_hosting(address))

    def _count(self, key: Hashable, at: float, window: float) -> int:
        """Return how many sign-ups a key had in the window, and add this one."""
        times = self._seen[key]
        while times and times[0] <= at - window:
            times.popleft()
        times.append(at)
        return len(times) - 1


def is_hosting(address: str) -> bool:
    """Tell whether an address belongs to a hosting company that the tables know.

    Examples:
        >>> is_hosting("192.0.2.1")
        False
    """
    if ":" in address:
        return False
    number = int(ipaddress.IPv4Address(address))
    starts, ends = _hosting()
    place = bisect_right(starts, number) - 1
    return place >= 0 and number < ends[place]


def _owned(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = (("device", "id"), ("card", "token"))
    return [(part, event[part][name]) for part, name in pairs if name in event.get(part, {})]


def _network(address: str) -> str:
    return ":".join(address.split(":")[:3]) if ":" in address else address.rpartition(".")[0]


@cache
def _disposable() -> frozenset[str]:
    return frozenset(words().disposable)


@cache
def _hosting() -> tuple[list[int], list[int]]:
    spans = sorted(prefix for network in networks_of_kind("hosting") for prefix in network.prefixes)
    return [base for base, _ in spans], [base + size for base, size in spans]
