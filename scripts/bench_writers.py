"""Let one or more processes write one store at the same time, and say how fast each of them was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench_figures import quantile
from bench_plain import RawRows, SortedSets

from signup_risk import Scorer, StoreError
from signup_risk.stores import Touch, open_store

SECRET = "one secret for all writers"  # noqa: S105 - of a store that lasts as long as the measurement

#: Seconds that an exchange may wait: a store that is only busy is not an error.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """Hold what writers did.

    Attributes:
        rate: Sign-ups a second, all writers together.
        times: Milliseconds of each.
        failed: Sign-ups that the store did not take, as far as the caller was told.
    """

    rate: float
    times: list[float]
    failed: int

    @property
    def median(self) -> float:
        """Return the median in milliseconds."""
        return quantile(self.times, 0.5)

    @property
    def tail(self) -> float:
        """Return the 99th percentile in milliseconds."""
        return quantile(self.times, 0.99)


#: Opens what writers write to; gives the call for one sign-up, which says whether it failed, and what closes it.
Opening = Callable[[str], tuple[Callable[[Any], bool], Callable[[], None]]]


def store_alone(url: str) -> tuple[Callable[[Touch], bool], Callable[[], None]]:
    """Exchange with a store and nothing else."""
    store, _ = open_store(url, secret=SECRET)

    def exchange(touch: Touch) -> bool:
        try:
            store.exchange(touch, timeout=_PATIENCE)
        except StoreError:
            return True
        return False

    return exchange, store.close


def whole(url: str) -> tuple[Callable[[Mapping[str, Any]], bool], Callable[[], None]]:
    """Assess with model and campaigns, without reasons."""
    scorer = Scorer.open(url, secret=SECRET, explain="never", deadline_ms=1000 * _PATIENCE)
    return lambda event: not {"velocity", "campaigns"}.isdisjoint(scorer.assess(event).degraded), scorer.close


def sorted_sets(path: str) -> tuple[Callable[[Touch], bool], Callable[[], None]]:
    """Count in sorted sets."""
    plain = SortedSets(Path(path))
    return lambda touch: not plain.exchange(touch), plain.close


def raw_rows(path: str) -> tuple[Callable[[Touch], bool], Callable[[], None]]:
    """Count raw rows."""
    plain = RawRows(Path(path))
    return lambda touch: not plain.exchange(touch), plain.close


def write(opening: Opening, where: str, items: Sequence[Any], writers: int = 1) -> Run:
    """Write sign-ups from so many processes, each every n-th one.

    Args:
        opening: What is written to.
        where: Its URL or path.
        items: Sign-ups in the order of time.
        writers: How many processes.
    """
    context = get_context("spawn")
    barrier, results = context.Barrier(writers), context.SimpleQueue()
    parts = [items[number::writers] for number in range(writers)]
    processes = [context.Process(target=_work, args=(opening, where, part, barrier, results)) for part in parts]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    seconds = max(end for _, end, _, _ in found) - min(start for start, _, _, _ in found)
    return Run(len(items) / seconds, [one for _, _, times, _ in found for one in times], sum(row[3] for row in found))


def _work(opening: Opening, where: str, items: Sequence[Any], barrier: Any, results: Any) -> None:
    call, close = opening(where)
    times, failed = [], 0
    with closing(_Closing(close)):
        barrier.wait()
        start = time.monotonic()
        for item in items:
            began = time.perf_counter()
            failed += call(item)
            times.append(1000 * (time.perf_counter() - began))
        end = time.monotonic()
    results.put((start, end, times, failed))


@dataclass(frozen=True, slots=True)
class _Closing:
    close: Callable[[], None]
