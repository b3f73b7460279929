"""Let some people and some operators share things: a device, a card, a bill, a number, a mailbox, an address.

Farms of the other modules hide such repeats well, and their honest people hardly repeat anything. Traffic of others
is full of both: testers with forty aliases of one mailbox, companies that sign up their staff with one card, a
reading room's one computer; and operators who copy ordinary people in everything but one or two things. How often each
occurs is drawn anew for each seed over two orders of magnitude, since nobody has published it [assumption].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import letters, log_uniform

Event = dict[str, Any]
Chances = Mapping[str, float]

#: Who is copied: only ordinary people, so that the named crowds stay what they are.
_COPIED: Final = ("legit.ordinary", "legit.carrier_nat")

#: Groups of sharers at work at once.
_AT_ONCE: Final = 24

#: When what an operator did becomes known.
_KNOWN_AFTER: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe who shares what.

    Attributes:
        group: Name of the population or kind of farm.
        label: 1 for operators.
        size: Fewest and most sign-ups; honest groups favour the low end.
        share: Lowest and highest share of ordinary sign-ups that become theirs; each seed draws its own.
        pace: Lowest and highest share of ordinary traffic that one group takes while it is at work.
        chances: Chance that each thing is the same for the whole group.
        least: Things that have to be the same at least.
    """

    group: str
    label: int
    size: tuple[int, int]
    share: tuple[float, float]
    pace: tuple[float, float]
    chances: Chances
    least: int = 1


KINDS: Final = (
    Kind(
        "farm.repeat", 1, (12, 600), (0.002, 0.03), (0.002, 0.2),
        {"device": 0.3, "device_id": 0.2, "card": 0.3, "billing": 0.35, "phone": 0.3, "mailbox": 0.25, "address": 0.25},
    ),
    Kind(
        "legit.tester_series", 0, (2, 45), (0.0004, 0.02), (0.002, 0.1),
        {"mailbox": 1.0, "device": 0.8, "address": 0.7, "phone": 0.3, "card": 0.4, "billing": 0.4, "names": 0.4},
    ),
    Kind(
        "legit.company_card", 0, (3, 90), (0.0005, 0.04), (0.002, 0.3),
        {"domain": 0.95, "card": 0.6, "billing": 0.8, "address": 0.7, "agent": 0.4, "organization": 0.8},
    ),
    Kind(
        "legit.shared_device", 0, (3, 40), (0.0005, 0.03), (0.001, 0.03),
        {"device": 1.0, "address": 0.9},
    ),
    Kind(
        "legit.shared_line", 0, (2, 7), (0.0005, 0.03), (0.001, 0.05),
        {"phone": 0.5, "billing": 0.7, "address": 0.6, "card": 0.4, "device": 0.3},
    ),
)  # fmt: skip


def with_sharing(events: Iterable[Event], seed: int, *, scale: float = 1.0) -> Iterator[Event]:
    """Yield the events, some ordinary ones turned into those of people or operators who share things.

    Args:
        events: Sign-ups in order of time.
        seed: Decides who is copied, and how common each kind is.
        scale: Factor on how common all of them are.
    """
    rng = Random(f"{seed}:sharing")
    starts = [(kind, scale * _start_rate(rng, kind)) for kind in KINDS]
    working: list[_Group] = []
    number = 0
    for event in events:
        if event.get("group") in _COPIED:
            for kind, rate in starts:
                if rng.random() < rate and len(working) < _AT_ONCE:
                    number += 1
                    working.append(_Group.drawn(rng, kind, number))
            for group in working:
                if rng.random() < group.pace:
                    group.take(event)
                    break
            working = [group for group in working if group.left > 0]
        yield event


def _start_rate(rng: Random, kind: Kind) -> float:
    """Return the chance that a group starts at an ordinary sign-up: its share of traffic over its usual size."""
    low, high = kind.size
    return log_uniform(rng, *kind.share) / math.sqrt(low * high)


@dataclass(slots=True)
class _Group:
    """Hold what a group at work has in common; taken from its first member where it is not invented."""

    kind: Kind
    number: int
    left: int
    pace: float
    shared: tuple[str, ...]
    name: str
    first: Event = field(default_factory=dict)

    @classmethod
    def drawn(cls, rng: Random, kind: Kind, number: int) -> _Group:
        shared: list[str] = []
        while len(shared) < kind.least:
            shared = [thing for thing, chance in kind.chances.items() if rng.random() < chance]
        low, high = kind.size
        most = high if kind.label else log_uniform(rng, low, high)
        size = max(low, int(log_uniform(rng, low, most)))
        return cls(kind, number, size, log_uniform(rng, *kind.pace), tuple(shared), letters(rng, rng.randint(5, 10)))

    def take(self, event: Event) -> None:
        """Make the event the group's."""
        if not self.first:
            self.shared = tuple(thing for thing in self.shared if _shows(event, thing)) or self._something(event)
            self.first = {key: dict(value) if isinstance(value, dict) else value for key, value in event.items()}
        if not any(_shows(event, thing) for thing in self.shared):
            return
        for thing in self.shared:
            _SETTERS[thing](event, self)
        self.left -= 1
        event["group"] = self.kind.group if not self.kind.label else f"{self.kind.group}.{self.number}"
        if self.kind.label:
            at = datetime.fromisoformat(str(event["at"]))
            event |= {"label": 1, "label_at": (at + _KNOWN_AFTER).isoformat()}


    def _something(self, event: Event) -> tuple[str, ...]:
        """Return one thing of the kind's that the event shows; nobody is a sharer who shares nothing."""
        return tuple(thing for thing in self.kind.chances if _shows(event, thing))[:1]


def _shows(event: Event, thing: str) -> bool:
    section, _, name = _PLACES[thing].partition(".")
    found = event.get(section)
    return bool(found.get(name) if name and isinstance(found, dict) else found)


def _whole(section: str) -> Callable[[Event, _Group], None]:
    """Return what copies a section of the first member, where both have it."""

    def copy(event: Event, group: _Group) -> None:
        if section in event and section in group.first:
            event[section] = dict(group.first[section])

    return copy


def _plain(name: str) -> Callable[[Event, _Group], None]:
    def copy(event: Event, group: _Group) -> None:
        if name in event and name in group.first:
            event[name] = group.first[name]

    return copy


def _parts(section: str, *names: str) -> Callable[[Event, _Group], None]:
    def copy(event: Event, group: _Group) -> None:
        own, first = event.get(section), group.first.get(section)
        if own and first:
            event[section] = own | {name: first[name] for name in names if name in own and name in first}

    return copy


def _mailbox(event: Event, group: _Group) -> None:
    event["email"] = f"{group.name}+{event['signup_id'][-5:].lower()}@gmail.com"


def _domain(event: Event, group: _Group) -> None:
    event["email"] = f"{event['email'].partition('@')[0].partition('+')[0]}@{group.name}-works.com"


def _names(event: Event, group: _Group) -> None:
    for name in ("first_name", "last_name"):
        _plain(name)(event, group)


#: Where each thing stands; an event that lacks it cannot share it.
_PLACES: Final = {
    "device": "device.id",
    "device_id": "device.id",
    "agent": "device.user_agent",
    "card": "card.token",
    "billing": "billing.address",
    "phone": "phone",
    "address": "ip_address",
    "organization": "organization",
    "mailbox": "email",
    "domain": "email",
    "names": "last_name",
}

_SETTERS: Final[Mapping[str, Callable[[Event, _Group], None]]] = {
    "device": _whole("device"),
    "device_id": _parts("device", "id"),
    "agent": _parts("device", "user_agent", "screen", "platform", "tls_fingerprint"),
    "card": _whole("card"),
    "billing": _parts("billing", "address", "city", "region", "postal", "country"),
    "phone": _plain("phone"),
    "address": _plain("ip_address"),
    "organization": _plain("organization"),
    "mailbox": _mailbox,
    "domain": _domain,
    "names": _names,
}
