"""Say what membership of a campaign does to a decision."""

from __future__ import annotations

from dataclasses import dataclass

from signup_risk.errors import ConfigurationError
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import DecisionName


@dataclass(frozen=True, slots=True)
class CampaignRule:
    """State from which joint probability of account and campaign on each decision is taken.

    Membership only raises a decision. It blocks only an account whose own score asks for a further step and whose
    evidence is broad: company alone condemns nobody.

    Attributes:
        step_up: Ask for a further step from here on.
        review: Have a person look from here on.
        block: Block from here on.
        unconfirmed: The strictest decision that a campaign calls for before an analyst has confirmed it.

    Examples:
        >>> CampaignRule().outcome(0.96)
        'review'
    """

    step_up: float = 0.5
    review: float = 0.9
    block: float = 0.97
    unconfirmed: DecisionName = "review"

    def __post_init__(self) -> None:
        if not 0.0 < self.step_up <= self.review <= self.block:
            raise ConfigurationError(
                f"campaign probabilities are step_up {self.step_up!r}, review {self.review!r}, block {self.block!r}; "
                "they are above 0, and a stricter decision may not have a lower one; above 1 never happens"
            )
        if self.unconfirmed not in OUTCOMES:
            raise ConfigurationError(
                f"unconfirmed is {str(self.unconfirmed)[:40]!r}; use one of {', '.join(OUTCOMES)}"
            )

    def outcome(self, probability: float) -> DecisionName:
        """Return the strictest decision whose probability is reached."""
        if probability >= self.block:
            return "block"
        if probability >= self.review:
            return "review"
        return "step_up" if probability >= self.step_up else "allow"
