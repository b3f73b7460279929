"""Fit and predict as scikit-learn does, for analysts; the package itself needs no scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.features.catalog import CATALOG
from signup_risk.references import open_references
from signup_risk.training.fit import raw_scores
from signup_risk.training.replay import replay
from signup_risk.training.table import FeatureTable, Rows
from signup_risk.training.train import Trained, TrainingOptions, fit_table

_PARAMETERS: Final = ("target_fpr", "prevalence", "seed", "trials", "maturity_days")


class SignupRiskClassifier:
    """Classify sign-ups, with the functions that train and serve.

    Velocity needs a past. ``fit`` replays its sign-ups in the order of time; ``predict_proba`` replays them again
    together with those to predict, also in the order of time, so that each of the latter sees everything that came
    before it, of both, and nothing later. Labels reach velocity only through ``label_at`` of the events that were
    fitted. In ``cross_validate`` that is what serving would have seen; with folds at random, members of one campaign
    are on both sides, so prefer ``TimeSeriesSplit`` or ``GroupKFold``.

    Args:
        target_fpr: False-positive rate at which parameters are chosen.
        prevalence: Share of abuse that probabilities are stated for; that of the calibration part by default.
        seed: Seeds sampling.
        trials: Sets of parameters to try.
        maturity_days: Days until an outcome is known, where an event does not say.

    Attributes:
        classes_: 0 and 1, once fitted.
        trained_: The model and what was measured while it was trained.
    """

    _estimator_type = "classifier"

    def __init__(
        self,
        *,
        target_fpr: float = 0.01,
        prevalence: float | None = None,
        seed: int = 1,
        trials: int = 1,
        maturity_days: float = 0.0,
    ) -> None:
        self.target_fpr = target_fpr
        self.prevalence = prevalence
        self.seed = seed
        self.trials = trials
        self.maturity_days = maturity_days

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803 - scikit-learn's names
        """Fit on sign-ups.

        Args:
            X: Events of the contract: a list of mappings or :class:`Signup` values, or a DataFrame with dotted columns.
            y: 1 abusive, 0 legitimate; as many.

        Raises:
            ConfigurationError: Lengths differ, a label is none of the two, or one of them is missing.
            InvalidSignup: An event is of a wrong type or has no ``at``.
        """
        signups, labels = _signups(X), np.asarray(y)
        if len(signups) != len(labels) or not set(labels.tolist()) <= {0, 1}:
            raise ConfigurationError(
                f"{len(signups)} sign-ups and {len(labels)} labels were given; give as many labels, each 0 or 1"
            )
        history = [replace(one, label=int(label)) for one, label in zip(signups, labels.tolist(), strict=True)]
        options = TrainingOptions(**self.get_params(), workers=1)
        self.trained_: Trained = fit_table(_table(sorted(history, key=_time)), CATALOG, options)
        self.history_ = history
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: Any) -> Rows:  # noqa: N803
        """Return the probabilities of 0 and 1 for each sign-up, shape (n, 2)."""
        raw = self.decision_function(X)
        risky = np.asarray([self.trained_.calibration.probability(score) for score in raw.tolist()])
        return np.column_stack([1.0 - risky, risky])

    def decision_function(self, X: Any) -> Rows:  # noqa: N803
        """Return the log-odds of each sign-up, shape (n,)."""
        if not hasattr(self, "trained_"):
            raise ConfigurationError("this classifier is not fitted; call fit first")
        asked = [replace(one, label=None, label_at=None) for one in _signups(X)]
        merged = sorted([(one, -1) for one in self.history_] + [(one, i) for i, one in enumerate(asked)], key=_time_of)
        table = _table([one for one, _ in merged]).columns([entry.name for entry in self.trained_.features])
        places = np.asarray([place for _, place in merged])
        rows = table.rows[places >= 0][np.argsort(places[places >= 0], kind="stable")]
        return raw_scores(self.trained_.grown.text, np.ascontiguousarray(rows))

    def predict(self, X: Any) -> npt.NDArray[np.int64]:  # noqa: N803
        """Return 1 where the probability is at least one half."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name."""
        del deep
        return {name: getattr(self, name) for name in _PARAMETERS}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name.

        Raises:
            ConfigurationError: There is no such parameter.
        """
        for name, value in parameters.items():
            if name not in _PARAMETERS:
                raise ConfigurationError(f"there is no parameter {name!r}; there are {', '.join(_PARAMETERS)}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, which is the only one to ask, what this is."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=False),
            input_tags=InputTags(two_d_array=False, string=True, allow_nan=True),
        )


def _signups(events: Any) -> list[Signup]:
    rows: Iterable[Any] = events.to_dict("records") if hasattr(events, "to_dict") else events
    return [one if isinstance(one, Signup) else Signup.from_mapping(_given(one), require_at=True) for one in rows]


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells that hold something; pandas fills the others with NaN."""
    return {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124


def _table(history: Sequence[Signup]) -> FeatureTable:
    return replay(history, open_references(), CATALOG)


def _time(signup: Signup) -> int:
    return signup.at_us


def _time_of(pair: tuple[Signup, int]) -> int:
    return pair[0].at_us
