"""Hand contributions to the plots of the ``shap`` package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from signup_risk.explain.contributions import FeatureContribution

if TYPE_CHECKING:
    import shap


def shap_explanation(base_value: float, contributions: Sequence[FeatureContribution]) -> shap.Explanation:
    """Return contributions as one row of ``shap``, in log-odds.

    Args:
        base_value: Log-odds that they start from.
        contributions: What each feature adds.
    """
    import numpy as np  # both take a second to load and are wanted here alone
    import shap

    return shap.Explanation(
        values=np.array([one.contribution for one in contributions]),
        base_values=base_value,
        data=np.array([one.value for one in contributions]),
        feature_names=[one.feature for one in contributions],
    )
