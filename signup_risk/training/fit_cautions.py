"""Notice what makes a fitted model worth less than its figures: one input that carries it, or little to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from signup_risk.extract.custom import custom_key
from signup_risk.features.base import Feature
from signup_risk.training.fit import gains
from signup_risk.training.table import Labels

#: What is honestly known at sign-up seldom brings this share of the gain; a chargeback flag does.
_MOST_GAIN: Final = 0.8

#: Sign-ups of the rarer label for each feature, below which even a regression is unstable (Peduzzi et al. 1996); trees
#: ask for more (van der Ploeg et al. 2014).
_FEWEST: Final = 10


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


def small_cautions(labels: Labels, features: Sequence[Feature]) -> list[str]:
    """Say if trees were grown on too few sign-ups of a label for so many features."""
    rarer = int(min(np.count_nonzero(labels == label) for label in (0, 1)))
    if rarer >= _FEWEST * len(features):
        return []
    kind = "abusive" if rarer == np.count_nonzero(labels == 1) else "legitimate"
    text = (
        f"fitted on {len(labels):,} sign-ups, {rarer:,} of them {kind}, for {len(features)} features: so few that it "
        "can stop several times as many later ones as is stated. Judge the model on later sign-ups (signup-risk "
        "evaluate) before it decides, and try continuing from a model that knows more (--from bundled)"
    )
    return [text]
