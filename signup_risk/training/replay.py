"""Replay a history in its order through the very functions that serve, and keep the feature rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from signup_risk.events import Signup
from signup_risk.extract import complete, prepare
from signup_risk.features.base import Feature
from signup_risk.references import References
from signup_risk.scorer.times import microseconds
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, MemoryStore, Store
from signup_risk.stores.hashing import random_hasher
from signup_risk.training.table import NEVER, UNKNOWN, FeatureTable, RowFacts, TableDraft, weight_of

__all__ = ["NEVER", "UNKNOWN", "FeatureTable", "Outcomes", "replay", "row_facts"]


def replay(  # noqa: PLR0913 - what goes in, and where velocity is kept
    history: Iterable[Mapping[str, Any] | Signup],
    references: References,
    features: tuple[Feature, ...],
    *,
    store: Store | None = None,
    hasher: Hasher | None = None,
    labelled_only: bool = False,
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
        labelled_only: Leave sign-ups without a label out of the table; they count in velocity all the same.

    Returns:
        One row an event.

    Raises:
        InvalidSignup: An event is of a wrong type or has no ``at``.
        StoreError: The store fails; a table with holes would be worse than none.
    """
    # An empty store has length 0, and so is false.
    store, hasher = MemoryStore() if store is None else store, hasher or random_hasher()
    draft = TableDraft(tuple(entry.name for entry in features))
    outcomes = Outcomes(store)
    for event in history:
        signup = event if isinstance(event, Signup) else Signup.from_mapping(event, require_at=True)
        facts = row_facts(signup)
        outcomes.report_until(facts.at)
        prepared = prepare(signup, facts.at, references, hasher)
        touch = prepared.keys.touch
        answer = store.exchange(touch)
        outcomes.expect(touch.signup, facts)
        if facts.label != UNKNOWN or not labelled_only:
            draft.add(complete(prepared, answer, features).values, facts)
    return draft.table()


def row_facts(signup: Signup) -> RowFacts:
    """Return what a table keeps of a sign-up beside its features."""
    label = UNKNOWN if signup.label is None else signup.label
    known_at = NEVER if signup.label is None or signup.label_at is None else microseconds(signup.label_at)
    weight = weight_of(signup.propensity, signup.label_confidence)
    return RowFacts(label, signup.at_us, known_at, signup.group or "", signup.signup_id, weight)


class Outcomes:
    """Report outcomes to a store when they became known, no earlier.

    Args:
        store: The store that the sign-ups are recorded in.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._due: list[tuple[int, int, int]] = []

    def expect(self, signup: int, facts: RowFacts) -> None:
        """Note the outcome of a recorded sign-up for later.

        Args:
            signup: Name of the sign-up in the store; 0 if it has no id, and then nothing can be reported.
            facts: Its label, and when that became known.
        """
        if signup and facts.known_at != NEVER:
            heapq.heappush(self._due, (facts.known_at, signup, ABUSIVE if facts.label else LEGITIMATE))

    def report_until(self, at: int) -> None:
        """Report what was known at a moment."""
        while self._due and self._due[0][0] <= at:
            known_at, signup, outcome = heapq.heappop(self._due)
            self._store.report(signup, outcome, known_at)
