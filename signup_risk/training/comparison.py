"""Say whether a model beats the one that it was continued from, on sign-ups that neither was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from signup_risk.training.search import detection_at
from signup_risk.training.table import Labels, Rows

Verdict = Literal["better", "worse", "no difference"]

#: Repetitions of the bootstrap.
REPEATS: Final = 300
_TAIL: Final = 2.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold a model's detection beside that of another, thresholds set alike on the same rows.

    Attributes:
        fpr: False-positive rate.
        old: Share of abusive sign-ups that the old model finds.
        new: Share that the new model finds.
        low: Lower end of the 95 % interval of the gain, bootstrapped by group where there are groups.
        high: Its upper end.
        abusive: Abusive sign-ups compared on.
        legitimate: Legitimate ones.
        units: What was drawn: ``campaign`` or ``sign-up``.
    """

    fpr: float
    old: float
    new: float
    low: float
    high: float
    abusive: int
    legitimate: int
    units: Literal["campaign", "sign-up"]

    @property
    def verdict(self) -> Verdict:
        """Say which model is better, if that can be told."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no difference"

    def sentence(self) -> str:
        """Return the comparison in words.

        Examples:
            >>> Comparison(0.01, 0.5, 0.7, 0.1, 0.3, 90, 900, "sign-up").sentence()
            'beats the old model: finds 70.0% instead of 50.0% at 1% FPR (gain 95%: +10.0 to +30.0 points)'
        """
        heads = {
            "better": "beats the old model",
            "worse": "is worse than the old model",
            "no difference": "cannot be told from the old model",
        }
        return (
            f"{heads[self.verdict]}: finds {self.new:.1%} instead of {self.old:.1%} at {100 * self.fpr:.3g}% FPR "
            f"(gain 95%: {100 * self.low:+.1f} to {100 * self.high:+.1f} points)"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return asdict(self) | {"verdict": self.verdict}


def compare(  # noqa: PLR0913 - two models, the rows, and how
    old: Rows,
    new: Rows,
    labels: Labels,
    groups: Sequence[str],
    *,
    fpr: float,
    seed: int,
    weights: Rows | None = None,
) -> Comparison:
    """Compare the raw scores of two models on the same rows.

    Args:
        old: Scores of the old model.
        new: Scores of the new model.
        labels: Labels of the rows.
        groups: Campaign of each row; empty where there is none.
        fpr: False-positive rate.
        seed: Seeds the bootstrap.
        weights: For how many sign-ups each row stands; one each by default.
    """
    rng = np.random.default_rng(seed)
    abusive, legitimate = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    campaigns = np.array([groups[i] for i in abusive.tolist()])
    by_campaign = len(set(campaigns.tolist())) > 1 and not (campaigns == "").any()
    names = campaigns if by_campaign else np.arange(len(abusive))
    members = [abusive[names == name] for name in np.unique(names)]
    gains = []
    for _ in range(REPEATS):
        drawn = [members[i] for i in rng.integers(len(members), size=len(members)).tolist()]
        rows = np.concatenate([*drawn, rng.choice(legitimate, len(legitimate))])
        given = None if weights is None else weights[rows]
        gains.append(
            detection_at(new[rows], labels[rows], fpr, given) - detection_at(old[rows], labels[rows], fpr, given)
        )
    low, high = np.percentile(gains, [_TAIL, 100 - _TAIL]).tolist()
    return Comparison(
        fpr,
        detection_at(old, labels, fpr, weights),
        detection_at(new, labels, fpr, weights),
        low,
        high,
        len(abusive),
        len(legitimate),
        "campaign" if by_campaign else "sign-up",
    )
