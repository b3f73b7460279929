"""Measure what a store takes for many sign-ups: bytes a sign-up and a key as they come in.

The sign-ups are the published case, *synthetic*: 500,000 in 45 days, of which 25,000 are farmed; other numbers take as
many days as they need at that pace. Nothing is scored: a store holds the same whoever asks it.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench_sample import machine
from bench_writers import SECRET
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # servers are started as in the tests

from signup_risk import Signup, open_references
from signup_risk.extract import Keys, describe
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.stores import open_store
from tests.stores.servers import server

#: Sign-ups a day in the published case.
_DAILY = 500_000 / 45

#: Sign-ups that a process takes at a time: about half an hour of them, no more than counts as in time.
_BLOCK = 250

#: Says how many bytes a store has, and how many keys.
Look = Callable[[], tuple[int, int]]

_worker: dict[str, Any] = {}


@contextmanager
def redis_store() -> Iterator[tuple[str, Look]]:
    """Run a server of its own; what it had before the first sign-up does not count."""
    with server() as one:
        client = one.client()
        empty = int(client.info("memory")["used_memory"])
        yield one.url(), lambda: (int(client.info("memory")["used_memory"]) - empty, client.dbsize())


@contextmanager
def sqlite_store() -> Iterator[tuple[str, Look]]:
    """Give a file of its own; its log counts as well."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/velocity.db"

        def look() -> tuple[int, int]:
            with closing(open_store(url, secret=SECRET)[0]) as store:
                return sum(file.stat().st_size for file in Path(folder).glob("velocity.db*")), len(store)

        yield url, look


STORES = {"redis": redis_store, "sqlite": sqlite_store}


def begin(url: str) -> None:
    """Open what a writing process needs."""
    store, hasher = open_store(url, secret=SECRET)
    _worker.update(store=store, hasher=hasher, references=open_references())


def write(events: Sequence[Any]) -> int:
    """Record a block of sign-ups; return how many."""
    for event in events:
        signup = Signup.from_mapping(event)
        context = describe(signup, _worker["references"], signup.at_us).context
        _worker["store"].exchange(Keys(context, _worker["hasher"]).touch, timeout=30.0)
    return len(events)


def written(events: Iterable[Any], url: str, writers: int) -> Iterator[int]:
    """Let processes write sign-ups; yield after each block how many that are, in order and few ahead."""
    events, waiting = iter(events), deque[Future[int]]()
    with ProcessPoolExecutor(writers, get_context("spawn"), begin, (url,)) as pool:
        done = 0
        while block := list(islice(events, _BLOCK)):
            waiting.append(pool.submit(write, block))
            if len(waiting) > writers:
                done += waiting.popleft().result()
                yield done
        for one in waiting:
            done += one.result()
            yield done


def measure(kind: str, signups: int, writers: int) -> Iterator[str]:
    """Yield a line after each power of ten, its triple, and the end."""
    days = max(1, math.ceil(signups / _DAILY))
    events = simulate(rescaled(load_scenario("seed-1"), signups=signups, days=days), seed=1)
    marks = [number for power in range(4, 9) for number in (10**power, 3 * 10**power)]
    with STORES[kind]() as (url, look):
        open_store(url, secret=SECRET)[0].close()
        empty, done = look()[0], 0
        shown = tqdm(total=signups, unit=" sign-ups", disable=None, leave=False)
        for done in written(events, url, writers):
            shown.update(done - shown.n)
            if done >= marks[0]:
                marks = [mark for mark in marks if mark > done]
                yield line(kind, done, look, empty)
        yield line(kind, done, look, empty)


def line(kind: str, done: int, look: Look, empty: int) -> str:
    """Return what a store has after so many sign-ups."""
    size, keys = look()
    size -= empty
    return f"{kind:<8}{done:>11,}{size / 1e6:>11,.1f} MB{size / done:>9,.0f} B{keys:>13,}{size / keys:>9,.0f} B"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signups", type=int, default=100_000, help="sign-ups to write (default: %(default)s)")
    parser.add_argument("--stores", nargs="+", choices=sorted(STORES), default=sorted(STORES), help="of which stores")
    parser.add_argument("--writers", type=int, default=2, help="writing processes (default: %(default)s)")
    options = parser.parse_args()
    print(machine())
    print(f"synthetic: the published case, {_DAILY:,.0f} sign-ups a day")
    print("store      sign-ups          size  a sign-up         keys    a key")
    for kind in options.stores:
        for line in measure(kind, options.signups, options.writers):
            with tqdm.external_write_mode():
                print(line, flush=True)


if __name__ == "__main__":
    main()
