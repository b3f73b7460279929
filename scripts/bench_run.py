"""Measure speed and memory on simulated sign-ups; the sample is *synthetic*, the times are this machine's."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from bench_figures import Figure, print_table, quantile, time_calls
from bench_naive import NaiveScorer
from bench_process import open_times, score_file
from bench_stages import Stages

from signup_risk import Scorer, Signup, __version__
from signup_risk.simulation import load_scenario, simulate

SCENARIO = "bundled-1"
SEED = 4242

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


def sample(count: int) -> list[Event]:
    """Return simulated sign-ups in order of time."""
    return list(islice(simulate(load_scenario(SCENARIO), SEED), count))


def is_full(event: Event) -> bool:
    """Tell whether a sign-up speaks to every family."""
    return all(name in event for name in FAMILIES)


def assess_figures(warm: list[Event], events: list[Event], folder: Path) -> list[Figure]:
    """Measure the product on both stores, without and with reasons."""
    figures = []
    for store, p50, p99 in ((f"sqlite:///{folder}/assess", 0.7, 2.5), ("memory://", 0.4, 2.2)):
        kind = store.partition(":")[0]
        for mode, more50, more99 in (("never", 0.0, 0.0), ("always", 0.5, 1.5)):
            url = f"{store}-{mode}.db" if kind == "sqlite" else store
            with Scorer.open(url, explain=mode) as scorer:
                time_calls(scorer.assess, warm)
                times = time_calls(scorer.assess, events)
            name = f"{kind}, {'exact reasons' if mode == 'always' else 'score and decision'}"
            figures.append(Figure(f"{name}, p50", quantile(times, 0.5), "ms", p50 + more50))
            figures.append(Figure(f"{name}, p99", quantile(times, 0.99), "ms", p99 + more99))
    return figures


def naive_figures(warm: list[Event], events: list[Event], folder: Path, ours: list[Figure]) -> list[Figure]:
    """Measure the naive way on SQLite and set it beside ours."""
    found = []
    known, items = ([(event, Signup.from_mapping(event)) for event in part] for part in (warm, events))
    for name, method, most, mine in (
        ("score", NaiveScorer.score, len(events), ours[0]),
        ("with reasons", NaiveScorer.score_with_reasons, max(5, len(events) // 50), ours[2]),
    ):
        scorer = NaiveScorer(f"sqlite:///{folder}/naive-{method.__name__}.db")
        time_calls(scorer.score, known)
        times = time_calls(partial(method, scorer), items[:most])
        scorer.close()
        median = quantile(times, 0.5)
        target = 10 if method is NaiveScorer.score_with_reasons else None
        found += [
            Figure(f"naive, {name}, p50", median, "ms"),
            Figure(f"naive, {name}, p99", quantile(times, 0.99), "ms"),
            Figure(f"naive, {name}: times slower at p50", median / mine.value, "x", target, at_least=True),
        ]
    return found


def stage_figures(warm: list[Event], events: list[Event], folder: Path) -> list[Figure]:
    """Measure where the time goes, on SQLite."""
    stages = Stages(f"sqlite:///{folder}/stages.db")
    stages.run(warm)
    stages.forget_times()
    stages.run(events)
    stages.close()
    return [Figure(f"{name}, p50", quantile(times, 0.5), "ms") for name, times in stages.times.items()]


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


def machine() -> str:
    """Describe what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("lightgbm", "shap", "pandas"))
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    load = f"; load {os.getloadavg()[0]:.1f} before the start" if hasattr(os, "getloadavg") else ""
    return f"signup_risk {__version__}, {where}; {packages}{load}"


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
            ours = assess_figures(warm, full, folder)
            print_table(f"One sign-up, all families, warm, {how}", ours)
            print_table("The naive way, SQLite, same events", naive_figures(warm, full, folder, ours))
            print_table("Where the time goes, SQLite, medians", stage_figures(warm, full, folder))
        print_table("A file of JSON Lines", file_figures(events[: len(events) // 2], folder))
        print_table("A fresh process", open_figures(9 if len(events) > 10_000 else 3))


if __name__ == "__main__":
    main()
