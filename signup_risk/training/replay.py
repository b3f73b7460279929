"""Replay a history in its order through the very functions that serve, and keep the feature rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from signup_risk.events import Signup
from signup_risk.extract import complete, prepare, signup_name
from signup_risk.features.base import Feature
from signup_risk.references import References
from signup_risk.scorer.times import microseconds
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, MemoryStore, Store
from signup_risk.stores.hashing import random_hasher
from signup_risk.training.table import NEVER, UNKNOWN, FeatureTable, RowFacts, TableDraft

__all__ = ["NEVER", "UNKNOWN", "FeatureTable", "replay"]


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
    draft = TableDraft(tuple(entry.name for entry in features))
    for signup, at in _with_outcomes(history, store, hasher):
        prepared = prepare(signup, at, references, hasher)
        seen = complete(prepared, store.exchange(prepared.keys.touch), features)
        draft.add(seen.values, row_facts(signup, at))
    return draft.table()


def row_facts(signup: Signup, at: int) -> RowFacts:
    """Return what a table keeps of a sign-up beside its features.

    Args:
        signup: The event.
        at: Event time in microseconds.
    """
    label = UNKNOWN if signup.label is None else signup.label
    known_at = NEVER if signup.label is None or signup.label_at is None else microseconds(signup.label_at)
    return RowFacts(label, at, known_at, signup.group or "", signup.signup_id)


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
