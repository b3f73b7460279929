"""Give the joint probability that a sign-up belongs to a campaign: from its cells, and from its own score."""

from __future__ import annotations

from typing import Final

from signup_risk.campaigns.evidence import CHANCE

#: Probability from which on a sign-up is a member.
MEMBER: Final = 0.5

#: Share of marks in a cell that holds nothing but a campaign. More would be rare: even easy farms have members that
#: score low.
_PURE: Final = 0.85

#: How many times as often members as others in a cell score in each range of false-positive rates. Set by hand on two
#: calibration sites of the bundled model (synthetic), where the share of members that were abusive was compared with
#: the probability told, and judged on others; less at the low end than densities say, since the score knows much of
#: what the cell knows.
_RATIOS: Final = ((0.001, 30.0), (0.003, 20.0), (0.01, 8.0), (0.05, 1.8), (0.2, 0.2), (1.0, 0.004))


def purity(marked: int, size: int) -> float:
    """Return the share of a cell's recent sign-ups that belong to a campaign, as the share of marks tells.

    Examples:
        >>> round(purity(0, 20), 3), round(purity(10, 20), 2), round(purity(20, 20), 2)
        (0.0, 0.54, 0.98)
    """
    share = (marked + CHANCE) / (size + 1) if size else 0.0
    return min(0.98, max(0.0, (share - CHANCE) / (_PURE - CHANCE)))


def joint(prior: float, fpr: float | None) -> float:
    """Return the probability of membership, given the share of members in the cell and the sign-up's own score.

    Four places: as many as the journal keeps, so that a sign-up sent again is told the same.

    Examples:
        >>> round(joint(0.5, 0.0005), 2), round(joint(0.5, 0.5), 2), joint(0.5, None)
        (0.97, 0.0, 0.5)
    """
    ratio = 1.0 if fpr is None else next(ratio for bound, ratio in _RATIOS if fpr <= bound)
    odds = prior * ratio
    return round(odds / (odds + 1.0 - prior), 4) if prior < 1.0 else 1.0
