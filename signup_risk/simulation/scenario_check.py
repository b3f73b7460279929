"""Check what a scenario file says, so that a wrong number is named rather than met halfway through a simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from numbers import Real
from typing import Any, Final

from signup_risk.errors import ConfigurationError

Check = Callable[[Any], bool]


def _number(low: float, high: float = float("inf"), *, whole: bool = False) -> tuple[Check, str]:
    kind = int if whole else Real
    limit = f"from {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"

    def holds(value: Any) -> bool:
        return isinstance(value, kind) and not isinstance(value, bool) and low <= value <= high  # type: ignore[operator]

    return holds, f"{'a whole number' if whole else 'a number'} {limit}"


def _pair(low: float, high: float = float("inf")) -> tuple[Check, str]:
    holds, said = _number(low, high)

    def both(value: Any) -> bool:
        return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(holds, value)) and value[0] <= value[1]

    return both, f"two numbers, the lower one first, each {said.removeprefix('a number ')}"


def _optional(rule: tuple[Check, str]) -> tuple[Check, str]:
    holds, said = rule
    return lambda value: value is None or holds(value), f"null or {said}"


def _is_weights(value: Any) -> bool:
    holds, _ = _number(0)
    return isinstance(value, Mapping) and all(map(holds, value.values())) and sum(value.values()) > 0


def _is_aware(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_SHARE: Final = _number(0, 1)
_SHARES: Final = _pair(0, 1)
_TEXT: Final = (lambda value: isinstance(value, str) and value != "", "a text")

#: What each key of a scenario, of its farms, crowds and listed campaigns may be.
SCENARIO: Final[Mapping[str, tuple[Check, str]]] = {
    "name": _TEXT,
    "start": (_is_aware, "a time with UTC offset, like 2026-03-01T00:00:00Z"),
    "days": _number(1, whole=True),
    "signups": _number(1, whole=True),
    "abusive_share": _SHARE,
    "campaigns": _number(0, whole=True),
    "no_signal_share": _SHARE,
    "label_noise": _SHARE,
    "country_shift": _number(0, 5),
    "population_shift": _number(0, 5),
    "period_hours": _pair(1),
    "habits": _SHARE,
    "populations": _number(1, 3, whole=True),
}
WAVES: Final[Mapping[str, tuple[Check, str]]] = {
    **dict.fromkeys(
        ("campuses", "rollouts", "hackathons", "launches", "referrals", "classrooms", "gatherings"),
        _number(0, whole=True),
    ),
    "scale": _number(0),
}
FARMS: Final[Mapping[str, tuple[Check, str]]] = {
    "kinds": (_is_weights, "weights of kinds, at least one above 0"),
    "size": _pair(1),
    "days": _pair(0.001),
    "camouflage": _SHARES,
    "contradictions": _SHARES,
    "form_median": _pair(0.01),
    "form_sigma": _pair(0.001),
    "replacement": _SHARES,
    "address_reuse": _SHARES,
    **dict.fromkeys(("patterns", "mixtures", "in_crowds", "living", "further"), _SHARE),
}
CAMPAIGN: Final[Mapping[str, tuple[Check, str]]] = {
    "kind": _TEXT,
    "size": _number(1, whole=True),
    "start_day": _number(0),
    "days": _number(0),
    "crowd": _optional(_TEXT),
    "release_day": _optional(_number(0)),
    "surge": _SHARE,
    "refill_hours": _optional(_number(0)),
    "suppliers": _optional(_number(1, 7, whole=True)),
}


def check(row: Any, rules: Mapping[str, tuple[Check, str]], place: str) -> None:
    """Refuse values that no scenario can have.

    Raises:
        ConfigurationError: A value is not what its key allows, which the message names.

    Examples:
        >>> check({"days": 0}, SCENARIO, "scenario")
        Traceback (most recent call last):
        signup_risk.errors.ConfigurationError: scenario days is 0; allowed is a whole number from 1
    """
    if not isinstance(row, Mapping):
        raise ConfigurationError(f"{place} is {type(row).__name__}; write it as an object of keys and values")
    for name, (holds, allowed) in rules.items():
        if name in row and not holds(row[name]):
            raise ConfigurationError(f"{place} {name} is {row[name]!r}; allowed is {allowed}")
