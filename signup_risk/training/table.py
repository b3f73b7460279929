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
    """

    names: tuple[str, ...]
    rows: Rows
    labels: Labels
    times: Moments
    known_at: Moments
    groups: list[str]
    ids: list[str | None]

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

    def table(self) -> FeatureTable:
        """Return the rows collected; nothing is copied, so the draft cannot be added to any more."""
        return FeatureTable(
            self.names,
            np.frombuffer(self._values, dtype=np.float64).reshape(len(self._labels), len(self.names)),
            np.frombuffer(self._labels, dtype=np.int8),
            np.frombuffer(self._times, dtype=np.int64),
            np.frombuffer(self._known_at, dtype=np.int64),
            self._groups,
            self._ids,
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
    """

    label: int
    at: int
    known_at: int
    group: str
    id: str | None
