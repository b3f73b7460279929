"""Measure speed and memory on simulated sign-ups; the sample is *synthetic*, the times are this machine's."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from bench_figures import Contender, Figure, print_table, quantile, time_calls, time_in_turns
from bench_floor import floor_times, slowness
from bench_naive import NaiveScorer
from bench_process import open_times, score_file
from bench_sample import SCENARIO, SEED, machine, sample
from bench_stages import Stages

from signup_risk import Scorer, Signup

#: What a sign-up has to bring so that no family of features is spared.
FAMILIES = ("email", "ip_address", "phone", "first_name", "device", "session", "card", "billing")

Event = Mapping[str, Any]


@contextmanager
def one_core() -> Iterator[str]:
    """Stay on one core, where the system lets a process choose, and say so."""
    if not hasattr(os, "sched_setaffinity"):
        yield "unpinned"
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield "pinned to one core"
    finally:
        os.sched_setaffinity(0, before)


def is_full(event: Event) -> bool:
    """Tell whether a sign-up speaks to every family."""
    return all(name in event for name in FAMILIES)


#: Bounds of the median and the 99th percentile, in milliseconds.
BOUNDS = {
    "sqlite, score and decision": (0.7, 2.5),
    "sqlite, exact reasons": (1.2, 4.0),
    "memory, score and decision": (0.4, 2.2),
    "memory, exact reasons": (0.9, 3.7),
}

#: What campaigns may add to a sign-up, in milliseconds.
CAMPAIGNS_MS = 0.3


def call_figures(warm: list[Event], events: list[Event], folder: Path) -> tuple[list[Figure], list[Figure]]:
    """Measure the product on both stores, and the naive way on SQLite, in turns."""
    with ExitStack() as stack:
        contenders = []
        for name in BOUNDS:
            mode = "always" if "reasons" in name else "never"
            url = f"sqlite:///{folder}/{mode}.db" if name.startswith("sqlite") else "memory://"
            scorer = stack.enter_context(Scorer.open(url, explain=mode))
            time_calls(scorer.assess, warm)
            contenders.append(Contender(name, scorer.assess, events))
        for kind, url in (("sqlite", f"sqlite:///{folder}/alone.db"), ("memory", "memory://")):
            alone = stack.enter_context(Scorer.open(url, explain="never", campaigns=None))
            time_calls(alone.assess, warm)
            contenders.append(Contender(f"{kind}, without campaigns", alone.assess, events))
        known, items = ([(event, Signup.from_mapping(event)) for event in part] for part in (warm, events))
        for name, method, every in (
            ("naive, score", NaiveScorer.score, 1),
            ("naive, with reasons", NaiveScorer.score_with_reasons, 50),
        ):
            naive = stack.enter_context(closing(NaiveScorer(f"sqlite:///{folder}/{method.__name__}.db")))
            time_calls(naive.score, known)
            contenders.append(Contender(name, partial(method, naive), items, every))
        times = time_in_turns(contenders)
    return our_figures(times), naive_figures(times)


def our_figures(times: Mapping[str, list[float]]) -> list[Figure]:
    """Set the product's times beside their bounds."""
    found = []
    for name, (median, tail) in BOUNDS.items():
        found.append(Figure(f"{name}, p50", quantile(times[name], 0.5), "ms", median))
        found.append(Figure(f"{name}, p99", quantile(times[name], 0.99), "ms", tail))
    for kind in ("sqlite", "memory"):
        whole, alone = times[f"{kind}, score and decision"], times[f"{kind}, without campaigns"]
        more = quantile(whole, 0.5) - quantile(alone, 0.5)
        found.append(Figure(f"{kind}: more for campaigns, p50", more, "ms", CAMPAIGNS_MS))
        found.append(Figure(f"{kind}: more for campaigns, mean", fmean(whole) - fmean(alone), "ms", CAMPAIGNS_MS))
    return found


def naive_figures(times: Mapping[str, list[float]]) -> list[Figure]:
    """Set the naive way beside the product on the same store."""
    found = []
    for name, ours, target in (
        ("naive, score", "sqlite, score and decision", None),
        ("naive, with reasons", "sqlite, exact reasons", 10),
    ):
        ratio = quantile(times[name], 0.5) / quantile(times[ours], 0.5)
        found.append(Figure(f"{name}, p50", quantile(times[name], 0.5), "ms"))
        found.append(Figure(f"{name}, p99", quantile(times[name], 0.99), "ms"))
        found.append(Figure(f"{name}: times slower at p50", ratio, "x", target, at_least=True))
    return found


def stage_figures(warm: list[Event], events: list[Event], folder: Path) -> list[Figure]:
    """Measure where the time goes, on SQLite."""
    stages = Stages(f"sqlite:///{folder}/stages.db")
    stages.run(warm)
    stages.forget_times()
    stages.run(events)
    stages.close()
    return [Figure(f"{name}, p50", quantile(times, 0.5), "ms") for name, times in stages.times.items()]


def floor_figures(warm: list[Event], events: list[Event], folder: Path) -> list[Figure]:
    """Measure what is left of a sign-up when all code of this package is taken away."""
    return [Figure(f"{name}, p50", value, "ms") for name, value in floor_times(warm, events, folder).items()]


def yardstick_figures() -> list[Figure]:
    """Measure how this machine compares with the one that the bounds were set on."""
    return [Figure(f"{name}: times as long", ratio, "x") for name, ratio in slowness().items()]


def file_figures(events: list[Event], folder: Path) -> list[Figure]:
    """Measure the command on a file, and on a quarter of it: memory must not grow with the file."""
    figures = []
    whole, part = (write_lines(events[:count], folder) for count in (len(events), len(events) // 4))
    for kind, store in (("sqlite", f"sqlite:///{folder}/{{}}.db"), ("memory", "memory://")):
        seconds, megabytes, lines = score_file(whole, folder, store.format("whole"))
        if lines != len(events):
            sys.exit(f"{len(events)} sign-ups went in and {lines} assessments came out")
        less = score_file(part, folder, store.format("part"))[1]
        name = f"signup-risk score, {kind}"
        figures.append(Figure(name, lines / seconds, "/s", 4000, at_least=True))
        figures.append(Figure(f"{name}, memory", megabytes, "MB"))
        figures.append(Figure(f"{name}, memory to that of a quarter", megabytes / less, "x"))
    return figures


def write_lines(events: list[Event], folder: Path) -> Path:
    """Write sign-ups as JSON Lines."""
    path = folder / f"{len(events)}.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def open_figures(runs: int) -> list[Figure]:
    """Measure import and open in fresh interpreters."""
    seconds, megabytes = open_times(runs)
    return [
        Figure("import and Scorer.open, median", quantile(seconds, 0.5), "s", 0.5),
        Figure("import and Scorer.open, memory, median", quantile(megabytes, 0.5), "MB", 150),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=40_000, help="sign-ups to simulate (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a tenth of them; figures are rougher")
    options = parser.parse_args()
    events = sample(options.events // (10 if options.quick else 1))
    warm = events[: len(events) // 10]
    full = [event for event in events[len(warm) :] if is_full(event)][:3000]
    print(machine())
    print(f"synthetic sample: {SCENARIO}, seed {SEED}; {len(warm)} to warm up, {len(full)} measured")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with one_core() as how:
            ours, naive = call_figures(warm, full, folder)
            print_table(f"One sign-up, all families, warm, {how}", ours)
            print_table("The naive way, SQLite, same events", naive)
            print_table("Where the time goes, SQLite, medians", stage_figures(warm, full, folder))
            print_table("Of that, C libraries' work alone, medians", floor_figures(warm, full, folder))
            print_table("This machine beside the one that the bounds were set on", yardstick_figures())
        print_table("A file of JSON Lines", file_figures(events[: len(events) // 2], folder))
        print_table("A fresh process", open_figures(9 if len(events) > 10_000 else 3))


if __name__ == "__main__":
    main()
