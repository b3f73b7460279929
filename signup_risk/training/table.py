"""Hold a history as rows of features, with what is known about each row."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError

Rows = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int8]
Moments = npt.NDArray[np.int64]

#: Label of a sign-up whose outcome is not known.
UNKNOWN: Final = -1

#: The most that a row may stand for. Beyond it a single lucky row would decide a tree; with explore below 0.01 the
#: cap makes the let-through count too little rather than that (truncated weights: less variance, some bias).
MOST_WEIGHT: Final = 100.0

#: When a label became known, if nobody said so: later than any time that there is.
NEVER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Hold the rows of a replayed history, in its order.

    Attributes:
        names: Names of the features, in the order of the columns.
        rows: One row a sign-up; unknown is NaN.
        labels: 1 abusive, 0 legitimate, -1 unknown.
        times: Event times in microseconds.
        known_at: When each label became known, in microseconds; :data:`NEVER` where that is not said.
        groups: Campaign or population of each sign-up, for judgement only.
        ids: Ids of the sign-ups.
        weights: How much each row counts, see :func:`weight_of`; None if all count alike.
    """

    names: tuple[str, ...]
    rows: Rows
    labels: Labels
    times: Moments
    known_at: Moments
    groups: list[str]
    ids: list[str | None]
    weights: Rows | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    @property
    def width(self) -> int:
        """Return the number of features."""
        return len(self.names)

    def columns(self, names: Sequence[str]) -> FeatureTable:
        """Return the table with these features only, in this order.

        Raises:
            ConfigurationError: The table has no feature of that name.
        """
        place = {name: column for column, name in enumerate(self.names)}
        unknown = [name for name in names if name not in place]
        if unknown:
            raise ConfigurationError(
                f"the table has no feature {unknown[0]!r} ({len(unknown)} of {len(names)} are missing); "
                "replay the history with the features that are wanted"
            )
        rows = np.ascontiguousarray(self.rows[:, [place[name] for name in names]])
        return replace(self, names=tuple(names), rows=rows)

    def where(self, chosen: npt.NDArray[np.bool_]) -> FeatureTable:
        """Return the table with the chosen rows only."""
        kept = np.flatnonzero(chosen).tolist()
        return FeatureTable(
            self.names,
            self.rows[chosen],
            self.labels[chosen],
            self.times[chosen],
            self.known_at[chosen],
            [self.groups[i] for i in kept],
            [self.ids[i] for i in kept],
            None if self.weights is None else self.weights[chosen],
        )


@dataclass(slots=True)
class TableDraft:
    """Collect rows while a history is replayed; memory grows with the rows alone, eight bytes a value.

    Attributes:
        names: Names of the features.
    """

    names: tuple[str, ...]
    _values: array[float] = field(default_factory=lambda: array("d"))
    _labels: array[int] = field(default_factory=lambda: array("b"))
    _times: array[int] = field(default_factory=lambda: array("q"))
    _known_at: array[int] = field(default_factory=lambda: array("q"))
    _groups: list[str] = field(default_factory=list)
    _ids: list[str | None] = field(default_factory=list)
    _weights: array[float] = field(default_factory=lambda: array("d"))

    def add(self, values: Sequence[float], facts: RowFacts) -> None:
        """Append a row."""
        self._values.extend(values)
        self._note(facts)

    def extend(self, rows: bytes, facts: Sequence[RowFacts]) -> None:
        """Append rows that lie one after another as float64."""
        self._values.frombytes(rows)
        for one in facts:
            self._note(one)

    def _note(self, facts: RowFacts) -> None:
        self._labels.append(facts.label)
        self._times.append(facts.at)
        self._known_at.append(facts.known_at)
        self._groups.append(facts.group)
        self._ids.append(facts.id)
        self._weights.append(facts.weight)

    def table(self) -> FeatureTable:
        """Return the rows collected; nothing is copied, so the draft cannot be added to any more."""
        weights = np.frombuffer(self._weights, dtype=np.float64)
        return FeatureTable(
            self.names,
            np.frombuffer(self._values, dtype=np.float64).reshape(len(self._labels), len(self.names)),
            np.frombuffer(self._labels, dtype=np.int8),
            np.frombuffer(self._times, dtype=np.int64),
            np.frombuffer(self._known_at, dtype=np.int64),
            self._groups,
            self._ids,
            None if (weights == 1.0).all() else weights,
        )


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Say what is known about a row beside its features.

    Attributes:
        label: 1, 0 or :data:`UNKNOWN`.
        at: Event time in microseconds.
        known_at: When the label became known, or :data:`NEVER`.
        group: Campaign or population; empty if none is given.
        id: Id of the sign-up.
        weight: How much the row counts.
    """

    label: int
    at: int
    known_at: int
    group: str
    id: str | None
    weight: float = 1.0


def weight_of(propensity: float | None, confidence: float | None) -> float:
    """Return how much a row counts: ``confidence / propensity``, the second part capped at :data:`MOST_WEIGHT`.

    A sign-up that had one chance in a hundred to be observed stands for a hundred of its kind (inverse propensity
    weighting, Horvitz and Thompson 1952), and a label that is half sure counts half.

    Args:
        propensity: Probability that the outcome could be observed, in (0, 1]; None is 1.
        confidence: How sure the label is, in (0, 1]; None is 1.

    Examples:
        >>> weight_of(None, None), weight_of(0.01, 0.5), weight_of(0.0001, None)
        (1.0, 50.0, 100.0)
    """
    return (1.0 if confidence is None else confidence) * min(MOST_WEIGHT, 1.0 / (propensity or 1.0))


def effective_number(weights: Rows) -> float:
    """Return how many rows that count alike would tell as much (Kish, 1965); 0 for none.

    Examples:
        >>> effective_number(np.ones(7)), round(effective_number(np.array([1.0, 1.0, 100.0])), 2)
        (7.0, 1.04)
    """
    total = float(weights.sum())
    return total * total / float((weights * weights).sum()) if total else 0.0
