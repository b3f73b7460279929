"""Assess a long list of sign-ups on several cores, with the same answers in the same order as on one.

Velocity is sequential by nature: each sign-up reads what those before it left. It is also the smaller part of the
work. So workers describe sign-ups and name their keys, this process exchanges them with the store in order, the
workers that described them compute features and predict, this process tells campaigns in order, and the workers
explain and write.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from signup_risk.errors import SignupRiskError
from signup_risk.events import Signup
from signup_risk.results import Assessment
from signup_risk.scorer.judge import ExplainMode
from signup_risk.scorer.watch import Basis, KeyNames
from signup_risk.scorer.worker import Answer, Keyed, Recipe, Verdict, work
from signup_risk.stores import Entry, Exchange, Touch

if TYPE_CHECKING:
    from signup_risk.scorer.scorer import Scorer

P = TypeVar("P")
R = TypeVar("R")

#: Sign-ups sent to a worker at once: enough that messages cost little, few enough that nothing waits long.
CHUNK: Final = 64

#: Chunks under way for each worker: one being described, one being scored, one being concluded, one waiting.
_DEPTH: Final = 4


def assess_parallel(  # noqa: PLR0913 - what goes in, how it is read, how it is written, where
    scorer: Scorer,
    items: Iterable[tuple[int, P]],
    read: Callable[[P], Signup | R],
    write: Callable[[Assessment], R],
    *,
    workers: int,
    timeout: float,
    explain: ExplainMode | None = None,
    write_many: Callable[[Sequence[Assessment]], Sequence[R]] | None = None,
) -> Iterator[tuple[int, R]]:
    """Assess numbered items in their order.

    Args:
        scorer: Its store is used from this process, its model and policy are opened again in the workers.
        items: Numbers and what they stand for, in order.
        read: Makes a sign-up, with its time, of an item; anything else that it returns is passed on. Runs in the
            workers, so it has to be a function of a module.
        write: Makes the answer of an assessment; runs in the workers as well.
        workers: Number of processes beside this one.
        timeout: Seconds that a sign-up may wait for the store.
        explain: When to give reasons, instead of the scorer's own setting.
        write_many: Makes the answers of some dozen assessments at once, instead of ``write``.

    Yields:
        Each number with its answer.

    Raises:
        SignupRiskError: A worker ended before its work was done.
    """
    recipe = scorer.recipe() if explain is None else replace(scorer.recipe(), explain=explain)
    crew = [_Worker(recipe, read, write, write_many) for _ in range(workers)]
    try:
        yield from _Run(scorer, crew, timeout).results(iter(items))
    finally:
        for worker in crew:
            worker.stop()


class _Worker(Generic[P, R]):
    """Hold one process and the connection to it."""

    def __init__(
        self,
        recipe: Recipe,
        read: Callable[[P], Signup | R],
        write: Callable[[Assessment], R],
        write_many: Callable[[Sequence[Assessment]], Sequence[R]] | None,
    ) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would share LightGBM's and SQLite's state
        self._connection: Connection
        self._connection, far = context.Pipe()
        arguments = (far, recipe, read, write, write_many)
        self._process: SpawnProcess = context.Process(target=work, args=arguments, daemon=True)
        self._process.start()
        far.close()

    def send(self, message: object) -> None:
        """Send a message; the worker reads at all times, so this does not wait for its work."""
        try:
            self._connection.send(message)
        except (BrokenPipeError, ConnectionError) as problem:
            raise self._gone() from problem

    def receive(self) -> Any:
        """Wait for the next message."""
        try:
            return self._connection.recv()
        except (EOFError, ConnectionError) as problem:
            raise self._gone() from problem

    def stop(self) -> None:
        """End the process, whatever it is doing; it holds nothing that has to be saved."""
        self._process.terminate()
        self._process.join()
        self._connection.close()

    def _gone(self) -> SignupRiskError:
        self._process.join(1)
        return SignupRiskError(
            f"a scoring process ended with status {self._process.exitcode}; score with one process to see why"
        )


@dataclass(slots=True)
class _Chunk(Generic[P]):
    """Hold the numbers of a chunk, the worker that it is with, and what was exchanged with the store."""

    worker: _Worker[P, Any]
    numbers: list[int]
    exchanged: list[tuple[KeyNames, Exchange | None]] = field(default_factory=list)


class _Run(Generic[P, R]):
    """Send chunks round: described, exchanged in order, scored, told campaigns in order, concluded.

    A worker answers in the order in which it was asked, so what is awaited next from it is always known: the answer
    of its oldest chunk at each stage.
    """

    def __init__(self, scorer: Scorer, crew: list[_Worker[P, R]], timeout: float) -> None:
        self._scorer = scorer
        self._crew = crew
        self._timeout = timeout
        self._described: deque[_Chunk[P]] = deque()
        self._scored: deque[_Chunk[P]] = deque()
        self._concluding: deque[_Chunk[P]] = deque()
        kinds = ("keys", "scores", "results")
        self._inbox: dict[int, dict[str, deque[Any]]] = {id(w): {kind: deque() for kind in kinds} for w in crew}

    def results(self, items: Iterator[tuple[int, P]]) -> Iterator[tuple[int, R]]:
        """Yield numbers and answers in order."""
        turn = 0
        more = True
        width = len(self._crew)
        while more or self._described or self._scored or self._concluding:
            while more and self._under_way() < _DEPTH * width:
                more = self._start(list(islice(items, CHUNK)), self._crew[turn % width])
                turn += 1
            if self._described:
                self._exchange(self._described.popleft())
            if self._scored and (not self._described or len(self._scored) > width):
                self._tell_campaigns(self._scored.popleft())
            if self._concluding and (not self._scored or len(self._concluding) >= width):
                yield from self._collect(self._concluding.popleft())

    def _under_way(self) -> int:
        return len(self._described) + len(self._scored) + len(self._concluding)

    def _start(self, chunk: list[tuple[int, P]], worker: _Worker[P, R]) -> bool:
        if not chunk:
            return False
        worker.send(("describe", [item for _, item in chunk]))
        self._described.append(_Chunk(worker, [number for number, _ in chunk]))
        return True

    def _exchange(self, chunk: _Chunk[P]) -> None:
        keyed: list[Keyed | None] = self._await(chunk.worker, "keys")
        chunk.worker.send(("score", [None if one is None else self._answer(one, chunk) for one in keyed]))
        self._scored.append(chunk)

    def _answer(self, keyed: Keyed, chunk: _Chunk[P]) -> Answer:
        at, signup, keys, attributes, kinds, names, second = keyed
        touch = Touch(at, signup, tuple(map(Entry, keys, attributes)))
        answer, problem = self._scorer.exchange(touch, self._timeout)
        chunk.exchanged.append((KeyNames(touch, kinds, names), answer))
        self._scorer.also(second, self._timeout if problem is None else 0.0)
        if answer is None:
            return str(problem)
        return answer.repeated, [None if state is None else state.blob for state in answer.states], answer.evicting

    def _tell_campaigns(self, chunk: _Chunk[P]) -> None:
        bases: list[Basis | None] = self._await(chunk.worker, "scores")
        told = iter(chunk.exchanged)
        chunk.worker.send(("conclude", [None if one is None else self._verdict(next(told), one) for one in bases]))
        chunk.exchanged.clear()
        self._concluding.append(chunk)

    def _verdict(self, exchanged: tuple[KeyNames, Exchange | None], basis: Basis) -> Verdict:
        return self._scorer.observe(*exchanged, basis, self._timeout)

    def _collect(self, chunk: _Chunk[P]) -> Iterator[tuple[int, R]]:
        for number, (result, note) in zip(chunk.numbers, self._await(chunk.worker, "results"), strict=True):
            self._scorer.decided(note, self._timeout)
            yield number, result

    def _await(self, worker: _Worker[P, R], kind: str) -> Any:
        """Return the next message of a kind, keeping those of the other kinds that come first."""
        inbox = self._inbox[id(worker)]
        while not inbox[kind]:
            came, content = worker.receive()
            inbox[came].append(content)
        return inbox[kind].popleft()
