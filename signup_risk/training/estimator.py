"""Fit and predict as scikit-learn does, for analysts; the package itself needs no scikit-learn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.extract import select
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.references import open_references
from signup_risk.training.estimator_input import labels_of, signups_of
from signup_risk.training.fit import raw_scores
from signup_risk.training.replay import replay
from signup_risk.training.table import FeatureTable, Rows
from signup_risk.training.train import Trained, TrainingOptions, custom_features, fit_table

_PARAMETERS: Final = ("target_fpr", "prevalence", "seed", "trials", "maturity_days")
_NOT_FITTED: Final = "this classifier is not fitted; call fit first"
#: Where a pickle keeps the names of the features.
_NAMES: Final = "features"


class SignupRiskClassifier:
    """Classify sign-ups, with the functions that train and serve.

    Velocity needs a past. ``fit`` replays its sign-ups in the order of time; ``predict_proba`` replays them again
    together with those to predict, also in the order of time, so that each of the latter sees everything that came
    before it, of both, and nothing later. Labels reach velocity only through ``label_at`` of the events that were
    fitted. In ``cross_validate`` that is what serving would have seen; with folds at random, members of one campaign
    are on both sides, so prefer ``TimeSeriesSplit`` or ``GroupKFold``. A sign-up that was fitted and is asked about
    does not meet itself in the past. Numbers and truth values under ``custom`` become features, as in ``train``.

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
        signups = signups_of(X)
        labels = labels_of(y, len(signups))
        history = [replace(one, label=label) for one, label in zip(signups, labels.tolist(), strict=True)]
        options = TrainingOptions(**self.get_params(), workers=1)
        features = (*CATALOG, *_custom(history))
        self.trained_: Trained = fit_table(_table(sorted(history, key=_time), features), features, options)
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
            raise _not_fitted()
        merged = _merged(self.history_, signups_of(X))
        table = _table([one for one, _ in merged], self.trained_.features)
        places = np.asarray([place for _, place in merged])
        rows = table.rows[places >= 0][np.argsort(places[places >= 0], kind="stable")]
        return raw_scores(self.trained_.grown.text, np.ascontiguousarray(rows))

    def predict(self, X: Any) -> npt.NDArray[np.int64]:  # noqa: N803
        """Return 1 where the probability is at least one half."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """Return the share that :meth:`predict` gets right, as scikit-learn's classifiers do.

        Where abuse is rare that says little; pass ``scoring="roc_auc"`` or another score that ranks.
        """
        found = self.predict(X)
        return float(np.average(found == labels_of(y, len(found)), weights=sample_weight))

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

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: features are functions, so their names stand for them."""
        state = dict(self.__dict__)
        if "trained_" in state:
            state[_NAMES] = tuple(entry.name for entry in self.trained_.features)
            state["trained_"] = replace(self.trained_, features=())
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was pickled, with the features of this version."""
        kept = dict(state)
        if _NAMES in kept:
            kept["trained_"] = replace(kept["trained_"], features=select(kept.pop(_NAMES)))
        self.__dict__.update(kept)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, which is the only one to ask, what this is."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=False),
            input_tags=InputTags(two_d_array=False, string=True, allow_nan=True),
        )


def _not_fitted() -> ConfigurationError:
    """Return the error of a classifier that was asked too early, scikit-learn's own kind where that is installed."""
    try:
        from sklearn.exceptions import NotFittedError
    except ImportError:
        return ConfigurationError(_NOT_FITTED)
    error: ConfigurationError = type("NotFitted", (ConfigurationError, NotFittedError), {})(_NOT_FITTED)
    return error


def _table(history: Sequence[Signup], features: tuple[Feature, ...]) -> FeatureTable:
    return replay(history, open_references(), features)


def _custom(history: Sequence[Signup]) -> tuple[Feature, ...]:
    counts = Counter(key for one in history for key, value in one.custom.items() if not isinstance(value, str))
    return custom_features(counts, len(history))


def _merged(history: Sequence[Signup], asked: Sequence[Signup]) -> list[tuple[Signup, int]]:
    """Return both in the order of time, each with its place among those asked about, -1 if it is not.

    One that was fitted and is asked about stands there once, as it did in ``fit``: else it would meet its twin in the
    counts of velocity.
    """
    waiting: defaultdict[int, list[tuple[Signup, int]]] = defaultdict(list)
    for place, one in enumerate(asked):
        waiting[one.at_us].append((_bare(one), place))
    merged = [(one, _place(one, waiting[one.at_us]) if one.at_us in waiting else -1) for one in history]
    merged += [pair for pairs in waiting.values() for pair in pairs]
    return sorted(merged, key=_time_of)


def _place(fitted: Signup, waiting: list[tuple[Signup, int]]) -> int:
    """Return the place of the first that is this sign-up, and let it wait no longer; -1 if there is none."""
    bare = _bare(fitted)
    for number, (one, place) in enumerate(waiting):
        if one == bare:
            del waiting[number]
            return place
    return -1


def _bare(signup: Signup) -> Signup:
    """Return a sign-up without its outcome and group, which may be left out where it is asked about."""
    return replace(signup, label=None, label_at=None, label_confidence=None, propensity=None, group=None)


def _time(signup: Signup) -> int:
    return signup.at_us


def _time_of(pair: tuple[Signup, int]) -> int:
    return pair[0].at_us
