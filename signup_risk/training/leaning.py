"""Notice a model that leans on one input of the caller's own, as it does where that input tells the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signup_risk.extract.custom import custom_key
from signup_risk.features.base import Feature
from signup_risk.training.fit import gains

#: What is honestly known at sign-up seldom brings this share of the gain; a chargeback flag does.
_MOST_GAIN: Final = 0.8


def leaning_cautions(model_text: str, features: Sequence[Feature]) -> list[str]:
    """Say if one input under ``custom`` brings nearly all of the gain."""
    found = gains(model_text)
    total = float(found.sum()) or 1.0
    return [
        f"custom.{key} brings {gain / total:.0%} of what the model has learnt: is it known at sign-up? If it is filled "
        "later, or follows from the outcome, leave it out and train again, or nothing will be found when it is empty"
        for key, gain in zip((custom_key(entry.name) for entry in features), found.tolist(), strict=True)
        if key is not None and gain > _MOST_GAIN * total
    ]
