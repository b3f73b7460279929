"""Replay a history on several cores, with the same table as on one.

Workers describe sign-ups and name their keys, this process exchanges them with the store in order, and the workers
that described them compute the features (as :mod:`signup_risk.scorer.parallel` does for scoring).
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from signup_risk.errors import SignupRiskError
from signup_risk.features.base import Feature
from signup_risk.references import References
from signup_risk.stores import Entry, Hasher, MemoryStore, Store, Touch
from signup_risk.stores.hashing import random_hasher
from signup_risk.training.replay import Outcomes
from signup_risk.training.replay_worker import Answer, Item, Keyed, Recipe, work
from signup_risk.training.table import UNKNOWN, FeatureTable, RowFacts, TableDraft

#: Sign-ups sent to a worker at once: enough that messages cost little, few enough that nothing waits long.
CHUNK: Final = 64

#: Chunks under way for each worker: one being described, one being finished, one waiting.
_DEPTH: Final = 3


def replay_parallel(  # noqa: PLR0913 - as replay
    history: Iterable[Item],
    references: References,
    features: tuple[Feature, ...],
    *,
    workers: int = 2,
    hasher: Hasher | None = None,
    labelled_only: bool = False,
) -> FeatureTable:
    """Replay a history as :func:`signup_risk.training.replay.replay` does, with an equal table.

    Args:
        history: Events in order; records of :meth:`signup_risk.training.history.History.records` too, which are then
            read in the workers.
        references: What is looked up.
        features: What to compute: of the catalogue or ``custom_<key>``, since workers find them by name.
        workers: Processes beside this one.
        hasher: Names values; a random secret by default. Features do not depend on it.
        labelled_only: Leave sign-ups without a label out of the table; they count in velocity all the same.

    Raises:
        SignupRiskError: A worker ended before its work was done.
    """
    names = tuple(entry.name for entry in features)
    recipe = Recipe(names, references, hasher or random_hasher())
    crew = [_Worker(recipe) for _ in range(workers)]
    draft = TableDraft(names)
    try:
        _Run(MemoryStore(), crew, draft, labelled_only=labelled_only).replay(iter(history))
    finally:
        for worker in crew:
            worker.stop()
    return draft.table()


class _Worker:
    """Hold one process and the connection to it."""

    def __init__(self, recipe: Recipe) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would share LightGBM's threads
        self._connection: Connection
        self._connection, far = context.Pipe()
        self._process = context.Process(target=work, args=(far, recipe), daemon=True)
        self._process.start()
        far.close()
        self._keys: deque[list[Keyed]] = deque()
        self._rows: deque[bytes] = deque()

    def send(self, message: object) -> None:
        """Send a message; the worker reads at all times, so this does not wait for its work."""
        try:
            self._connection.send(message)
        except (BrokenPipeError, ConnectionError) as problem:
            raise self._gone() from problem

    def next_keys(self) -> list[Keyed]:
        """Wait for the keys of the oldest chunk that is not exchanged."""
        while not self._keys:
            self._receive()
        return self._keys.popleft()

    def next_rows(self) -> bytes:
        """Wait for the rows of the oldest chunk that is exchanged."""
        while not self._rows:
            self._receive()
        return self._rows.popleft()

    def stop(self) -> None:
        """End the process, whatever it is doing; it holds nothing that has to be saved."""
        self._process.terminate()
        self._process.join()
        self._connection.close()

    def _receive(self) -> None:
        try:
            kind, message = self._connection.recv()
        except (EOFError, ConnectionError) as problem:
            raise self._gone() from problem
        (self._keys if kind == "keys" else self._rows).append(message)

    def _gone(self) -> SignupRiskError:
        self._process.join(1)
        return SignupRiskError(
            f"a replaying process ended with status {self._process.exitcode}; replay with one process to see why"
        )


class _Chunk(NamedTuple):
    """Hold a chunk that is with a worker to be finished, and what is kept of its rows beside the features."""

    worker: _Worker
    facts: list[RowFacts]


class _Run:
    """Send chunks round: described, exchanged in order, finished in order.

    A worker answers in the order in which it was asked, keys and rows apart, so what is awaited next is always known.
    """

    def __init__(self, store: Store, crew: list[_Worker], draft: TableDraft, *, labelled_only: bool) -> None:
        self._store = store
        self._crew = crew
        self._draft = draft
        self._labelled_only = labelled_only
        self._outcomes = Outcomes(store)
        self._described: deque[_Worker] = deque()
        self._finishing: deque[_Chunk] = deque()

    def replay(self, items: Iterator[Item]) -> None:
        """Replay all items."""
        turn, more = 0, True
        while more or self._described or self._finishing:
            while more and len(self._described) + len(self._finishing) < _DEPTH * len(self._crew):
                more = self._start(list(islice(items, CHUNK)), self._crew[turn % len(self._crew)])
                turn += 1
            if self._described:
                self._exchange(self._described.popleft())
            if self._finishing and (not self._described or len(self._finishing) >= len(self._crew)):
                self._collect(self._finishing.popleft())

    def _start(self, chunk: list[Item], worker: _Worker) -> bool:
        if not chunk:
            return False
        worker.send(("describe", chunk))
        self._described.append(worker)
        return True

    def _exchange(self, worker: _Worker) -> None:
        answers: list[Answer] = []
        wanted: list[RowFacts] = []
        for keyed in worker.next_keys():
            facts = keyed[-1]
            answer = self._answer(keyed)
            is_wanted = facts.label != UNKNOWN or not self._labelled_only
            answers.append(answer if is_wanted else None)
            if is_wanted:
                wanted.append(facts)
        worker.send(("finish", answers))
        self._finishing.append(_Chunk(worker, wanted))

    def _answer(self, keyed: Keyed) -> Answer:
        at, signup, keys, attributes, facts = keyed
        self._outcomes.report_until(at)
        answer = self._store.exchange(Touch(at, signup, tuple(map(Entry, keys, attributes))))
        self._outcomes.expect(signup, facts)
        return answer.repeated, [None if state is None else state.blob for state in answer.states]

    def _collect(self, chunk: _Chunk) -> None:
        self._draft.extend(chunk.worker.next_rows(), chunk.facts)
