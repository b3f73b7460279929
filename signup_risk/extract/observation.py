"""Compute the features of a sign-up: before the store is asked, and after."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from signup_risk.errors import StoreError
from signup_risk.events import InputWarning, Signup
from signup_risk.extract.facts import Described, describe
from signup_risk.extract.keyed import Keys, is_blind
from signup_risk.features.base import Feature
from signup_risk.features.context import Context
from signup_risk.features.reading import Velocity
from signup_risk.references import References
from signup_risk.stores import DAYS_30, Exchange, Hasher, Touch

_LOG: Final = logging.getLogger(__name__)
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Observation:
    """Hold one sign-up as the model sees it.

    Attributes:
        context: Its facts, velocity included if the store could be asked.
        values: The features, in the order asked; unknown is NaN.
        warnings: Values of the event that could not be used.
        failed: Facts and features that could not be worked out through a fault of ours; they are unknown.
        touch: What it left, or should have left, in the store.
        problem: Why the store could not be asked, or ``None``.
        draw: Gives the sign-up's own number, see :func:`signup_risk.extract.keyed.chance`; a policy that explores asks.
        evicted: Whether the store gives up keys before their time, so that velocity may lack some.
        hashes: 63-bit keyed hashes of the sign-up's values.
    """

    context: Context
    values: list[float]
    warnings: tuple[InputWarning, ...]
    failed: tuple[str, ...]
    touch: Touch
    problem: StoreError | None
    draw: Callable[[], float | None]
    evicted: bool = False
    hashes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold a sign-up that has been described and whose keys are named, before the store is asked.

    Attributes:
        described: Its facts.
        keys: What it touches.
    """

    described: Described
    keys: Keys


def prepare(signup: Signup, at: int, references: References, hasher: Hasher) -> Prepared:
    """Describe a sign-up and name its keys.

    Args:
        signup: The event.
        at: Event time in microseconds.
        references: What is looked up.
        hasher: Names values under the store's secret.
    """
    described = describe(signup, references, at)
    return Prepared(described, Keys(described.context, hasher))


def complete(
    prepared: Prepared, answer: Exchange | None, features: tuple[Feature, ...], problem: StoreError | None = None
) -> Observation:
    """Compute the features of a prepared sign-up from what the store answered; without an answer velocity is unknown.

    Args:
        prepared: The sign-up.
        answer: What the store knew before it; ``None`` if it could not be asked.
        features: What to compute.
        problem: Why it could not be asked.
    """
    described, keys = prepared.described, prepared.keys
    context, warnings = described.context, described.warnings
    if answer is not None:
        if not is_blind(answer):
            context = with_velocity(context, keys.read(answer))
        if _is_late(keys.touch.at, answer):
            warnings = (*warnings, InputWarning("LATE_EVENT", "/at"))
    values, failed = values_of(context, features)
    evicted = answer is not None and answer.evicting
    failed = described.failed + failed
    return Observation(context, values, warnings, failed, keys.touch, problem, keys.draw, evicted, keys.hashes)


def _is_late(at: int, answer: Exchange) -> bool:
    """Tell whether a sign-up is older than every window of the store: the first key is that of all traffic."""
    clock = answer.states[0]
    return clock is not None and clock.newest - at > DAYS_30.length


def with_velocity(context: Context, velocity: Velocity | None) -> Context:
    """Return the context with what the store knew."""
    return replace(context, velocity=velocity)


def values_of(context: Context, features: tuple[Feature, ...]) -> tuple[list[float], tuple[str, ...]]:
    """Compute features in their order; unknown is NaN. A feature that fails is unknown and named."""
    row, failed = [], []
    for entry in features:
        try:
            value = entry.compute(context)
        except Exception as fault:  # noqa: BLE001 - a fault of one feature must not take the sign-up flow down
            failed.append(f"features.{entry.name}")
            _LOG.warning("feature %s failed with %s", entry.name, type(fault).__name__)
            value = None
        row.append(_NAN if value is None else value)
    return row, tuple(failed)
