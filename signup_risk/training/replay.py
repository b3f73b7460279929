"""Replay a history in its order through the very functions that serve, and keep the feature rows."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signup_risk.events import Signup
from signup_risk.extract import complete, prepare, signup_name
from signup_risk.features.base import Feature
from signup_risk.references import References
from signup_risk.scorer.times import microseconds
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, MemoryStore, Store
from signup_risk.stores.hashing import random_hasher

#: Label of a sign-up whose outcome is not known.
UNKNOWN: Final = -1


@dataclass(slots=True)
class FeatureTable:
    """Hold the rows of a replayed history, in its order.

    Attributes:
        width: Number of features.
        values: All rows one after another, float64; unknown is NaN.
        labels: 1 abusive, 0 legitimate, -1 unknown.
        times: Event times in microseconds.
        groups: Campaign or population of each sign-up, for judgement only.
    """

    width: int
    values: array[float] = field(default_factory=lambda: array("d"))
    labels: array[int] = field(default_factory=lambda: array("b"))
    times: array[int] = field(default_factory=lambda: array("q"))
    groups: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)


def replay(
    history: Iterable[Mapping[str, Any] | Signup],
    references: References,
    features: tuple[Feature, ...],
    *,
    store: Store | None = None,
    hasher: Hasher | None = None,
) -> FeatureTable:
    """Replay a history and return its features.

    An outcome is reported to the store at ``label_at``, before the next sign-up in the history that is later, so
    nothing is learnt before it was known; labels without a time are never reported.

    Args:
        history: Events in the order in which they arrived, each with ``at``.
        references: What is looked up.
        features: What to compute.
        store: Where velocity is kept; a new memory store by default.
        hasher: Names values; a random secret by default. Features do not depend on it.

    Returns:
        One row an event.

    Raises:
        InvalidSignup: An event is of a wrong type or has no ``at``.
        StoreError: The store fails; a table with holes would be worse than none.
    """
    store, hasher = store or MemoryStore(), hasher or random_hasher()
    table = FeatureTable(len(features))
    for signup, at in _with_outcomes(history, store, hasher):
        prepared = prepare(signup, at, references, hasher)
        seen = complete(prepared, store.exchange(prepared.keys.touch), features)
        table.values.extend(seen.values)
        table.labels.append(UNKNOWN if signup.label is None else signup.label)
        table.times.append(at)
        table.groups.append(signup.group or "")
    return table


def _with_outcomes(
    history: Iterable[Mapping[str, Any] | Signup], store: Store, hasher: Hasher
) -> Iterator[tuple[Signup, int]]:
    """Yield the events, reporting each outcome as soon as an event is later than it."""
    due: list[tuple[int, int, int]] = []
    for event in history:
        signup = event if isinstance(event, Signup) else Signup.from_mapping(event, require_at=True)
        at = signup.at_us
        while due and due[0][0] <= at:
            known_at, name, outcome = heapq.heappop(due)
            store.report(name, outcome, known_at)
        yield signup, at
        if signup.label is not None and signup.label_at is not None and signup.signup_id is not None:
            outcome = ABUSIVE if signup.label else LEGITIMATE
            heapq.heappush(due, (microseconds(signup.label_at), signup_name(signup.signup_id, hasher), outcome))
