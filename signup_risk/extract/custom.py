"""Make features of the caller's own inputs, on demand: ``custom_<key>`` is the number or truth value at that key."""

from __future__ import annotations

import re
from typing import Final

from signup_risk.features.base import Family, Feature, Value
from signup_risk.features.context import Context

PREFIX: Final = "custom_"
#: What the contract allows as a key of ``custom``.
_KEY: Final = re.compile(r"[a-z0-9_]{1,25}")
#: What the caller says of an applicant belongs to who the applicant is.
_FAMILY: Final[Family] = "identity"


def custom_feature(key: str) -> Feature:
    """Return the feature of a custom input.

    A text at that key, or none, is unknown: texts are no numbers, and their meaning is the caller's.

    Examples:
        >>> custom_feature("trial_days").name, custom_feature("trial_days").reason
        ('custom_trial_days', 'CUSTOM_TRIAL_DAYS')
    """

    def compute(c: Context) -> Value:
        found = c.signup.custom.get(key)
        return None if isinstance(found, str) else found

    return Feature(
        name=f"{PREFIX}{key}",
        family=_FAMILY,
        reason=f"CUSTOM_{key.upper()}",
        text=f"custom.{key} is {{value}}",
        missing=f"custom.{key} was not given, or is a text",
        inputs=(f"custom.{key}",),
        unit="number",
        monotone=0,
        compute=compute,
    )


def custom_key(name: str) -> str | None:
    """Return the key that a feature's name stands for; ``None`` if it is no such name.

    Examples:
        >>> custom_key("custom_trial_days"), custom_key("email_age")
        ('trial_days', None)
    """
    key = name.removeprefix(PREFIX)
    return key if key != name and _KEY.fullmatch(key) else None
