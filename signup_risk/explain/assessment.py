"""Hold the full explanation of one assessment, and show it wherever an analyst looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signup_risk.explain.card import card
from signup_risk.explain.contributions import ContributionGroup, FeatureContribution, grouped
from signup_risk.explain.shap_form import shap_explanation
from signup_risk.explain.terminal import told
from signup_risk.results import Assessment

if TYPE_CHECKING:
    import shap


@dataclass(frozen=True, slots=True, repr=False)
class AssessmentExplanation:
    """Say what the score of one sign-up is made of, feature by feature.

    ``math.fsum([base_value, *(one.contribution for one in contributions)])`` is ``raw_score`` to the bit. The totals of
    groups are rounded once each: with the base value they add up to it within 1e-12.

    Attributes:
        assessment: What is explained.
        base_value: Log-odds that the contributions start from.
        contributions: What each feature of the model adds, and what partners add, strongest first.
        synthetic: Whether what is usual was measured on simulated sign-ups.
    """

    assessment: Assessment
    base_value: float
    contributions: tuple[FeatureContribution, ...]
    synthetic: bool = False

    @property
    def raw_score(self) -> float:
        """Log-odds of abuse, before calibration."""
        raw = self.assessment.raw_score
        assert raw is not None  # noqa: S101 - for the type checker; nothing else is explained
        return raw

    def by_code(self) -> tuple[ContributionGroup, ...]:
        """Return the contributions grouped by reason code, the code that moves the score most first."""
        return grouped(self.contributions, lambda one: one.code)

    def by_family(self) -> tuple[ContributionGroup, ...]:
        """Return the contributions grouped by family, the family that moves the score most first."""
        return grouped(self.contributions, lambda one: one.family)

    def to_text(self, *, top: int | None = 12, width: int = 110) -> str:
        """Return the explanation as lines for a terminal.

        Args:
            top: How many reason codes to tell one by one; all if None. The rest is told as one sum.
            width: Longest line, in characters; at least 60.
        """
        return told(self, top, width)

    def to_html(self, *, top: int = 10) -> str:
        """Return the explanation as a compact card: HTML without script, every text escaped.

        Args:
            top: How many reason codes to show; the others stand behind a click.
        """
        return card(self, top)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON values; an unknown value of a feature is null."""
        assessment = self.assessment
        return {
            "signup_id": assessment.signup_id,
            "at": assessment.at.isoformat(),
            "decision": assessment.decision,
            "risk_score": assessment.risk_score,
            "fpr": assessment.fpr,
            "model": assessment.model.to_dict(),
            "synthetic": self.synthetic,
            "raw_score": self.raw_score,
            "base_value": self.base_value,
            "contributions": [one.to_dict() for one in self.contributions],
        }

    def to_shap(self) -> shap.Explanation:
        """Return the explanation as ``shap`` has it, for its plots: ``shap.plots.waterfall(explanation.to_shap())``.

        It needs the package ``shap``, which comes with this one and is imported here alone.
        """
        return shap_explanation(self.base_value, self.contributions)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return (
            f"<AssessmentExplanation of {self.assessment.signup_id!r}: {self.assessment.decision}, "
            f"raw score {self.raw_score:+.3f}, {len(self.contributions)} contributions>"
        )
