"""Measure stores under one and two writing processes, beside plain ways of counting the same; ratios of one run.

The sample is *synthetic*, the times are this machine's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench_figures import Figure, print_table
from bench_sample import machine, sample
from bench_writers import SECRET, Run, raw_rows, sorted_sets, store_alone, whole, write
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # servers are started as in the tests

from signup_risk import Signup, open_references
from signup_risk.extract import Keys, describe
from signup_risk.stores import Hasher, MemoryStore, Touch
from tests.stores.servers import Server, server

#: Aims: how much faster and smaller than sorted sets, and what two writers of one file get done in a second.
TIMES_FASTER, TIMES_SMALLER, EXCHANGES = 3.0, 5.0, 2000.0


def touches_of(events: Sequence[Any]) -> list[Touch]:
    """Return what sign-ups touch."""
    references, hasher = open_references(), Hasher(SECRET.encode())
    signups = [Signup.from_mapping(event) for event in events]
    return [Keys(describe(one, references, one.at_us).context, hasher).touch for one in signups]


@contextmanager
def redis_server() -> Iterator[tuple[Server, str]]:
    """Run a server of its own; give it and the URL of a store on it."""
    with server() as one:
        yield one, one.url()


def memory_of(one: Server) -> int:
    """Return the bytes that a server uses for its data."""
    return int(one.client().info("memory")["used_memory"])


def run_redis(opening: Any, items: Sequence[Any], writers: int) -> tuple[Run, float]:
    """Write to an empty server; return what the writers did, and the bytes a sign-up."""
    with redis_server() as (one, url):
        before = memory_of(one)
        run = write(opening, str(one.socket) if opening is sorted_sets else url, items, writers)
        return run, (memory_of(one) - before) / len(items)


def run_sqlite(opening: Any, items: Sequence[Any], writers: int) -> tuple[Run, float]:
    """Write to an empty file; return what the writers did, and the bytes a sign-up when all is closed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "velocity.db"
        run = write(opening, str(path) if opening is raw_rows else f"sqlite:///{path}", items, writers)
        return run, path.stat().st_size / len(items)


def run_memory(opening: Any, items: Sequence[Any], writers: int) -> tuple[Run, float]:
    """Write to the memory of each writer; return what they did, and the bytes of the states a sign-up."""
    run = write(opening, "memory://", items, writers)
    if opening is whole:
        return run, 0.0
    store = MemoryStore()
    for touch in items:
        store.exchange(touch)
    keys = {entry.key: entry for touch in items for entry in touch.entries}
    last = Touch(items[-1].at, 0, tuple(keys.values()))
    held = sum(len(state.blob) for state in store.peek(last).states if state is not None)
    return run, held / len(items)


RUNS = {"memory": run_memory, "SQLite": run_sqlite, "Redis": run_redis}


def our_figures(kind: str, touches: Sequence[Touch], events: Sequence[Any]) -> list[Figure]:
    """Measure one kind of store: alone and in whole assessments, with one writer and with two."""
    found = []
    for name, opening, items in (("exchange", store_alone, touches), ("assess", whole, events)):
        for writers in (1, 2):
            run, size = RUNS[kind](opening, items, writers)
            aim = EXCHANGES if (kind, name, writers) == ("SQLite", "exchange", 2) else None
            what = f"{name}, {writers} process{'es' if writers > 1 else ''}"
            found.append(Figure(f"{what}: a second", run.rate, "/s", aim, at_least=True))
            found.append(Figure(f"{what}: p50", run.median, "ms"))
            found.append(Figure(f"{what}: p99", run.tail, "ms"))
            found.append(Figure(f"{what}: refused by the store", float(run.failed), "", 0.0))
            if (name, writers) == ("exchange", 1):
                found.append(Figure("bytes a sign-up", size, "B"))
    return found


def beside(kind: str, plain: Any, touches: Sequence[Touch], *, has_aims: bool) -> list[Figure]:
    """Measure a plain way and the product on the same sign-ups, one after another."""
    run = RUNS[kind]
    (ours, our_size), (theirs, their_size) = run(store_alone, touches, 1), run(plain, touches, 1)
    faster, smaller = (TIMES_FASTER, TIMES_SMALLER) if has_aims else (None, None)
    return [
        Figure("product: a second", ours.rate, "/s"),
        Figure("plain way: a second", theirs.rate, "/s"),
        Figure("product: times as many a second", ours.rate / theirs.rate, "x", faster, at_least=True),
        Figure("product: bytes a sign-up", our_size, "B"),
        Figure("plain way: bytes a sign-up", their_size, "B"),
        Figure("plain way: times the memory", their_size / our_size, "x", smaller, at_least=True),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=12_000, help="sign-ups to write (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a tenth of them; figures are rougher")
    parser.add_argument("--only", default="", help="tables whose title holds this text (default: all)")
    options = parser.parse_args()
    events = sample(options.events // (10 if options.quick else 1))
    touches = touches_of(events)
    few = touches[: max(100, len(touches) // 8)]  # the plain ways are slow
    print(machine())
    keys = sum(len(one.entries) for one in touches) / len(touches)
    print(f"synthetic sample of {len(touches)} sign-ups, {keys:.0f} keys each")
    jobs = [
        *((f"{kind}", lambda kind=kind: our_figures(kind, touches, events)) for kind in RUNS),
        ("Redis: sorted sets a key and window", lambda: beside("Redis", sorted_sets, few, has_aims=True)),
        ("SQLite: raw rows with an index", lambda: beside("SQLite", raw_rows, few, has_aims=False)),
    ]
    for title, job in tqdm([one for one in jobs if options.only in one[0]], "stores", disable=None, leave=False):
        figures = job()
        with tqdm.external_write_mode():
            print_table(title, figures)


if __name__ == "__main__":
    main()
