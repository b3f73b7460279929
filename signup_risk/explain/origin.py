"""Keep with an assessment the little that its explanation is worked out from when somebody asks.

A row of values, 8 bytes a feature, and the contributions if they have been asked for: about 2 kB an assessment. The
model is shared. All else is worked out again, which takes about a millisecond.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from signup_risk.errors import ModelMismatch, NoExplanation
from signup_risk.explain.assessment import AssessmentExplanation
from signup_risk.explain.circumstances import Circumstances
from signup_risk.explain.contributions import FeatureContribution, exact
from signup_risk.explain.reasons import Explainer
from signup_risk.features.base import Feature
from signup_risk.model import ModelArtefact
from signup_risk.results import Assessment


class Explained(NamedTuple):
    """Hold the model that assessments are explained with.

    Attributes:
        artefact: The model.
        features: The features that it wants, in its order.
        explainer: Words their values.
    """

    artefact: ModelArtefact
    features: tuple[Feature, ...]
    explainer: Explainer


class Origin:
    """Hold what one assessment was worked out from. It never changes.

    A copy that was pickled has the numbers and not the model; :meth:`with_model` gives it one.

    Args:
        model: The model; None where it is not at hand.
        row: Values of the features.
        found: Contributions and base value, if they have been asked for.
        further: What counts beside the model, as partners do.
        circumstances: What the decision rested on beside the score.
    """

    __slots__ = ("_found", "_further", "_model", "_row", "circumstances")

    def __init__(
        self,
        model: Explained | None,
        row: array[float],
        found: array[float] | None,
        further: tuple[FeatureContribution, ...] = (),
        circumstances: Circumstances | None = None,
    ) -> None:
        self._model = model
        self._row = row
        self._found = found
        self._further = further
        self.circumstances = circumstances

    @property
    def row(self) -> array[float]:
        """Return the values of the features, in the model's order; NaN says unknown."""
        return self._row

    @property
    def found(self) -> array[float] | None:
        """Return contributions and base value as the model gave them, if they have been asked for."""
        return self._found

    @property
    def further(self) -> tuple[FeatureContribution, ...]:
        """Return what counts beside the model."""
        return self._further

    def with_model(self, model: Explained) -> Origin:
        """Return the same with a model.

        Raises:
            NoExplanation: The model has another number of features.
        """
        if len(model.features) != len(self._row):
            raise NoExplanation(
                f"the assessment has {len(self._row)} feature values and this model wants {len(model.features)}; "
                "explain it with a scorer of the model that gave it"
            )
        return Origin(model, self._row, self._found, self._further, self.circumstances)

    def explain(self, assessment: Assessment) -> AssessmentExplanation:
        """Explain the assessment that this belongs to; see :meth:`signup_risk.Assessment.explain`."""
        if assessment.raw_score is None:
            raise NoExplanation(
                "the model could not be asked about this sign-up, so no score is there to explain; `degraded` and "
                "`policy` say what it was decided by"
            )
        model = self.at_hand()
        base, amounts = self.amounts(assessment.raw_score, self._contributions(model))
        return AssessmentExplanation(
            assessment, base, self._worded(model, amounts), model.artefact.manifest.synthetic
        )

    def amounts(self, raw_score: float, found: Sequence[float]) -> tuple[float, list[float]]:
        """Return the base value and what every feature adds, in the model's order, then what counts beside the model.

        Args:
            raw_score: What they add up to; see :func:`signup_risk.explain.contributions.exact`.
            found: Contributions and base value as the model gave them.
        """
        *contributions, base_value = found
        return exact(raw_score, base_value, (*contributions, *(one.contribution for one in self._further)))

    def at_hand(self) -> Explained:
        """Return the model.

        Raises:
            NoExplanation: It is in another process.
        """
        if self._model is None:
            raise NoExplanation(
                "this assessment comes from another process and left its model there; explain it with "
                "scorer.explain(assessment), by a scorer of the same model"
            )
        return self._model

    def _contributions(self, model: Explained) -> Sequence[float]:
        if self._found is not None:
            return self._found
        try:
            return model.artefact.booster.contributions(self._row)
        except (ModelMismatch, ValueError) as problem:
            raise NoExplanation(
                "the contributions were not asked for when this was assessed, and its scorer is closed by now; explain "
                'before closing it, open it with explain="always", or use scorer.explain(assessment) of an open one'
            ) from problem

    def _worded(self, model: Explained, amounts: Sequence[float]) -> tuple[FeatureContribution, ...]:
        rows = zip(model.features, self._row, amounts, model.artefact.manifest.features, strict=False)
        found = [
            FeatureContribution(
                feature.name,
                feature.reason,
                feature.family,
                math.nan if math.isnan(value) else value,  # one object, so that equal explanations compare equal
                amount,
                model.explainer.text(column, value),
                usual,
            )
            for column, (feature, value, amount, usual) in enumerate(rows)
        ]
        found += [
            FeatureContribution(one.feature, one.code, one.family, one.value, amount, one.text, one.usual)
            for one, amount in zip(self._further, amounts[len(found) :], strict=True)
        ]
        return tuple(sorted(found, key=lambda one: -abs(one.contribution)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Origin, (None, self._row, self._found, self._further, self.circumstances)

    def __copy__(self) -> Origin:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Origin:
        return self


def contributions_of(origins: Sequence[Origin]) -> list[Sequence[float]]:
    """Return contributions and base value of many assessments of one model, which is asked once for all it was not yet.

    LightGBM works out a row of a table as it does a single one, so the numbers are the same to the bit.

    Raises:
        NoExplanation: The model is in another process.
    """
    wanted = [origin for origin in origins if origin.found is None]
    told: dict[int, Sequence[float]] = {id(origin): origin.found for origin in origins if origin.found is not None}
    if wanted:
        rows = array("d")
        for origin in wanted:
            rows.extend(origin.row)
        table = wanted[0].at_hand().artefact.booster.contributions_table(rows)
        width = len(table) // len(wanted)
        told |= {id(origin): table[at * width : (at + 1) * width] for at, origin in enumerate(wanted)}
    return [told[id(origin)] for origin in origins]
