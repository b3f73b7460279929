"""Let some operators be lazy: one device, card, number or mailbox behind many otherwise ordinary sign-ups.

The farms of this package hide such repeats well, so a model trained on them alone shrugs at a device with a thousand
sign-ups. Here an operator copies ordinary people in everything but one or two things that stay the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

Event = dict[str, Any]

#: Share of ordinary sign-ups at which a new operator starts, and how many may work at once.
_START: Final = 1 / 400
_AT_ONCE: Final = 8

#: Sign-ups of one operator, and the share of ordinary traffic that he copies; logarithmically uniform.
_SIZE: Final = (12, 600)
_PACE: Final = (0.002, 0.2)

#: When what he did becomes known.
_KNOWN_AFTER: Final = timedelta(days=4)


def _device(event: Event, value: str) -> None:
    event["device"] = {**event["device"], "id": value}


def _card(event: Event, value: str) -> None:
    event["card"] = {**event["card"], "token": value}


def _mailbox(event: Event, value: str) -> None:
    event["email"] = f"{value}+{event['signup_id'][-6:]}@gmail.com"


def _phone(event: Event, value: str) -> None:
    event["phone"] = f"+44740{int(value[-7:], 36) % 10**7:07d}"


#: What can stay the same: the field that has to be there, and how it is set.
_CONSTANTS: Final[tuple[tuple[Callable[[Event], bool], Callable[[Event, str], None]], ...]] = (
    (lambda event: bool((event.get("device") or {}).get("id")), _device),
    (lambda event: bool((event.get("card") or {}).get("token")), _card),
    (lambda event: bool(event.get("email")), _mailbox),
    (lambda event: bool(event.get("phone")), _phone),
)


@dataclass(slots=True)
class _Operator:
    number: int
    left: int
    pace: float
    chosen: tuple[int, ...]
    values: dict[int, str] = field(default_factory=dict)


def with_repeats(events: Iterable[Event], seed: int) -> Iterator[Event]:
    """Yield the events, some ordinary ones turned into those of operators who repeat themselves.

    Args:
        events: Sign-ups in order of time.
        seed: Decides who is copied.
    """
    rng = random.Random(seed)
    working: list[_Operator] = []
    number = 0
    for event in events:
        if event.get("group") == "legit.ordinary":
            if rng.random() < _START and len(working) < _AT_ONCE:
                number += 1
                working.append(_operator(number, rng))
            for operator in working:
                if rng.random() < operator.pace and _repeat(event, operator):
                    break
            working = [operator for operator in working if operator.left > 0]
        yield event


def _operator(number: int, rng: random.Random) -> _Operator:
    chosen = tuple(rng.sample(range(len(_CONSTANTS)), rng.choice((1, 1, 2))))
    values = {constant: "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=14)) for constant in chosen}
    return _Operator(number, int(_log_uniform(rng, _SIZE)), _log_uniform(rng, _PACE), chosen, values)


def _repeat(event: Event, operator: _Operator) -> bool:
    """Make the event the operator's, if it has the fields that he sets."""
    if not all(_CONSTANTS[constant][0](event) for constant in operator.chosen):
        return False
    for constant in operator.chosen:
        _CONSTANTS[constant][1](event, operator.values[constant])
    operator.left -= 1
    at = datetime.fromisoformat(str(event["at"]))
    event |= {"label": 1, "label_at": (at + _KNOWN_AFTER).isoformat(), "group": f"farm.repeat.{operator.number}"}
    return True


def _log_uniform(rng: random.Random, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return float(low * (high / low) ** rng.random())
