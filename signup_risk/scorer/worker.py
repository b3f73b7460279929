"""Do the part of assessing that needs no store, in a process of its own."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from signup_risk.campaigns.detector import Membership
from signup_risk.campaigns.partners import Partners
from signup_risk.errors import StoreUnavailable
from signup_risk.events import Signup
from signup_risk.extract import VERSIONS, Prepared, complete, prepare
from signup_risk.model import ModelArtefact
from signup_risk.policy import Policy
from signup_risk.references import References
from signup_risk.results import Assessment
from signup_risk.scorer.judge import ExplainMode, Judge, Scored
from signup_risk.scorer.outcomes import DecisionNote
from signup_risk.scorer.ruled import ruled_by
from signup_risk.scorer.watch import Basis
from signup_risk.stores import Exchange, Hasher, KeyState, Touch

#: A sign-up's keys on the way: event time, name of the sign-up, keys, attributes of each, kinds, names of its values,
#: and what it touches under a second secret.
Keyed = tuple[int, int, list[int], list[tuple[int, ...]], list[str], dict[str, int], Touch | None]

#: The store's answer on the way: whether it was a repeat, the bytes of each key, and whether the store evicts keys; or
#: what went wrong.
Answer = tuple[bool, list[bytes | None], bool] | str

#: What campaigns say on the way: the campaign of a sign-up, and the signals that could not be looked up.
Verdict = tuple[Membership | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say how a worker opens what it needs.

    Attributes:
        model: Folder of the model.
        references: What is looked up; opened again from its files.
        policy: The operator's rules, as given.
        explain: When to give reasons.
        hasher: Names values under the store's secret.
        opened_at: When the policy's lists were made, in microseconds.
        partners: What partners said.
    """

    model: Path
    references: References
    policy: Policy
    explain: ExplainMode
    hasher: Hasher
    opened_at: int
    partners: Partners | None = None


@dataclass(slots=True)
class _Under:
    """Hold one sign-up under way."""

    event: Signup
    prepared: Prepared
    started: float


def work(
    connection: Connection,
    recipe: Recipe,
    read: Callable[[Any], Any],
    write: Callable[[Assessment], Any],
    write_many: Callable[[Sequence[Assessment]], Sequence[Any]] | None = None,
) -> None:
    """Answer messages until the other side hangs up.

    A thread reads them at all times: if both sides wrote before they read, full pipes would hold both for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other side decides when to stop
    messages: SimpleQueue[tuple[str, list[Any]] | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, messages), daemon=True).start()
    artefact = ModelArtefact.load(recipe.model, versions=VERSIONS)
    ruled = ruled_by(recipe.policy, recipe.hasher)
    parts = recipe.references, recipe.policy, recipe.explain, recipe.opened_at, recipe.partners
    judge = Judge(artefact, *parts, ruled=ruled)
    described: deque[list[Any]] = deque()
    scored: deque[list[Any]] = deque()
    while (message := messages.get()) is not None:
        kind, content = message
        if kind == "describe":
            described.append([_described(read(item), recipe) for item in content])
            connection.send(("keys", [_keyed(one) if isinstance(one, _Under) else None for one in described[-1]]))
        elif kind == "score":
            scored.append([_scored(*pair, judge) for pair in zip(described.popleft(), content, strict=True)])
            connection.send(("scores", [Basis.of(one) if isinstance(one, Scored) else None for one in scored[-1]]))
        else:
            verdicts = zip(scored.popleft(), content, strict=True)
            concluded = [_concluded(one, verdict, judge) for one, verdict in verdicts]
            connection.send(("results", _written(concluded, write, write_many)))


def _receive(connection: Connection, messages: SimpleQueue[tuple[str, list[Any]] | None]) -> None:
    try:
        while True:
            messages.put(connection.recv())
    except (EOFError, OSError):
        messages.put(None)


def _described(found: Any, recipe: Recipe) -> Any:
    if not isinstance(found, Signup):
        return found
    started = time.perf_counter()
    return _Under(found, prepare(found, found.at_us, recipe.references, recipe.hasher), started)


def _keyed(one: _Under) -> Keyed:
    keys = one.prepared.keys
    touch, entries = keys.touch, keys.touch.entries
    own = [entry.key for entry in entries], [entry.attributes for entry in entries]
    return touch.at, touch.signup, *own, keys.kinds, keys.names, keys.second


def _scored(one: Any, answer: Answer | None, judge: Judge) -> Any:
    if not isinstance(one, _Under) or answer is None:
        return one
    if isinstance(answer, str):
        seen = complete(one.prepared, None, judge.features, StoreUnavailable(answer))
    else:
        repeated, blobs, evicting = answer
        states = tuple(None if blob is None else KeyState(blob) for blob in blobs)
        seen = complete(one.prepared, Exchange(states, repeated, evicting), judge.features)
    return judge.score(one.event, seen, None, one.started)


def _concluded(one: Any, verdict: Verdict | None, judge: Judge) -> Any:
    return judge.conclude(one, *verdict) if isinstance(one, Scored) and verdict is not None else one


def _written(
    concluded: list[Any],
    write: Callable[[Assessment], Any],
    write_many: Callable[[Sequence[Assessment]], Sequence[Any]] | None,
) -> list[tuple[Any, DecisionNote | None]]:
    """Return what is answered, and what was decided; what is no assessment is answered as it is."""
    assessed = [one for one in concluded if isinstance(one, Assessment)]
    answers = iter(map(write, assessed) if write_many is None else write_many(assessed))
    return [(next(answers), DecisionNote.of(one)) if isinstance(one, Assessment) else (one, None) for one in concluded]
