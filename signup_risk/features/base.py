"""Define what a feature is: one pure function that carries its own description.

A family module decorates small functions and lists them in ``FEATURES``; :mod:`signup_risk.features.catalog`
joins the lists. The model knows features by name only, the explanation by reason code and text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from signup_risk.features.context import Context

Family = Literal["identity", "email", "phone", "payment", "geo", "device", "velocity", "coordination"]
Unit = Literal["flag", "count", "share", "seconds", "days", "score", "number"]
Value = float | int | bool | None
Compute = Callable[[Context], Value]

FAMILIES: Final[tuple[Family, ...]] = (
    "identity", "email", "phone", "payment", "geo", "device", "velocity", "coordination",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feature:
    """Describe one input of the model.

    Attributes:
        name: Unique name, ``snake_case``; part of the model's fingerprint.
        family: Signal family.
        reason: Stable reason code, ``UPPER_SNAKE``; several features may share one.
        text: Template of the analyst's text, formatted with ``value``: ``{value:.0f} digit{value:s}`` is written
            "1 digit" and "2 digits".
        missing: What an unknown value means, in words.
        inputs: Attributes of the event that it reads, by contract name (``email``, ``device.user_agent``).
        unit: How a value is to be read and printed.
        monotone: +1 if risk can only grow with the value, -1 if it can only fall, 0 if neither is certain.
        compute: The function; ``None`` says unknown.
    """

    name: str
    family: Family
    reason: str
    text: str
    missing: str
    inputs: tuple[str, ...]
    unit: Unit
    monotone: Literal[-1, 0, 1]
    compute: Compute


def feature(  # noqa: PLR0913 - the parts of a catalogue entry
    family: Family,
    reason: str,
    text: str,
    *,
    missing: str,
    inputs: tuple[str, ...],
    unit: Unit = "flag",
    monotone: Literal[-1, 0, 1] = 0,
) -> Callable[[Compute], Feature]:
    """Turn a function of the context into a :class:`Feature` named after it."""

    def describe(compute: Compute) -> Feature:
        return Feature(compute.__name__, family, reason, text, missing, inputs, unit, monotone, compute)

    return describe
