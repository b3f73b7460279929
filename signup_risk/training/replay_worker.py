"""Do the part of a replay that needs no store, in a process of its own."""

from __future__ import annotations

import signal
import threading
from array import array
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from signup_risk.events import Signup
from signup_risk.extract import Prepared, complete, prepare, select
from signup_risk.features.base import Feature
from signup_risk.references import References
from signup_risk.stores import Exchange, Hasher, KeyState
from signup_risk.training.history import signup_of_record
from signup_risk.training.replay import row_facts
from signup_risk.training.table import RowFacts

#: An event on the way: a record of a history's temporary file, or as :func:`~signup_risk.training.replay.replay`
#: takes it.
Item = bytes | Signup | Mapping[str, Any]

#: Event time, name of the sign-up, keys, attributes of each, and what a table keeps beside the features.
Keyed = tuple[int, int, list[int], list[tuple[int, ...]], RowFacts]

#: Whether it was a repeat and the bytes of each key; ``None`` if no row is wanted.
Answer = tuple[bool, list[bytes | None]] | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say how a worker describes sign-ups.

    Attributes:
        names: Names of the features.
        references: What is looked up; opened again from its files.
        hasher: Names values.
    """

    names: tuple[str, ...]
    references: References
    hasher: Hasher


def work(connection: Connection, recipe: Recipe) -> None:
    """Answer messages until the other side hangs up.

    A thread reads them at all times: if both sides wrote before they read, full pipes would hold both for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other side decides when to stop
    messages: SimpleQueue[tuple[str, list[Any]] | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, messages), daemon=True).start()
    features = select(recipe.names)
    chunks: deque[list[Prepared]] = deque()
    while (message := messages.get()) is not None:
        kind, content = message
        if kind == "describe":
            signups = [_signup(item) for item in content]
            chunks.append([prepare(one, one.at_us, recipe.references, recipe.hasher) for one in signups])
            connection.send(("keys", list(map(_keyed, signups, chunks[-1]))))
        else:
            connection.send(("rows", _rows(chunks.popleft(), content, features).tobytes()))


def _receive(connection: Connection, messages: SimpleQueue[tuple[str, list[Any]] | None]) -> None:
    try:
        while True:
            messages.put(connection.recv())
    except (EOFError, OSError):
        messages.put(None)


def _signup(item: Item) -> Signup:
    if isinstance(item, bytes):
        return signup_of_record(item)
    return item if isinstance(item, Signup) else Signup.from_mapping(item, require_at=True)


def _keyed(signup: Signup, prepared: Prepared) -> Keyed:
    touch = prepared.keys.touch
    entries = touch.entries
    return touch.at, touch.signup, [e.key for e in entries], [e.attributes for e in entries], row_facts(signup)


def _rows(chunk: Sequence[Prepared], answers: Sequence[Answer], features: tuple[Feature, ...]) -> array[float]:
    """Return the rows that are wanted, one after another."""
    values = array("d")
    for prepared, answer in zip(chunk, answers, strict=True):
        if answer is not None:
            repeated, blobs = answer
            states = tuple([None if blob is None else KeyState(blob) for blob in blobs])
            values.extend(complete(prepared, Exchange(states, repeated), features).values)
    return values
