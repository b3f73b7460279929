"""Measure frames with exact contributions beside assessing and explaining row by row; the sample is *synthetic*."""

from __future__ import annotations

import argparse
import resource
from array import array
from collections.abc import Callable
from functools import partial
from time import perf_counter

import pandas as pd
from bench_figures import Figure, print_table
from bench_floor import slowness
from bench_sample import SCENARIO, SEED, Event, machine, sample

from signup_risk import Scorer
from signup_risk.explain import Origin
from signup_risk.notebook import contributions_frame
from signup_risk.scorer.progress import quiet

#: Rows of the aim, and its seconds on two cores.
ROWS, SECONDS = 100_000, 60.0


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that work takes, and those of processor time, of processes that it starts and ends as well."""
    before, started = _processor_seconds(), perf_counter()
    work()
    return perf_counter() - started, _processor_seconds() - before


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def row_by_row(events: list[Event]) -> None:
    """Assess and explain one after another, and lay the contributions out."""
    with Scorer.open("memory://") as scorer:
        contributions_frame([scorer.assess(event, explain="never") for event in events])


def as_frame(frame: pd.DataFrame, jobs: int) -> None:
    """Assess a frame."""
    with Scorer.open("memory://") as scorer:
        scorer.assess_frame(frame, explain="never", contributions=True, jobs=jobs, progress=quiet)


def frame_figures(events: list[Event]) -> list[Figure]:
    """Measure a frame on one process and on two beside this one, and a tenth of its rows one after another.

    Processes take seconds to start, whatever there is to do; so what a *further* row takes is measured as well, by
    leaving three quarters of the rows out.
    """
    part = events[: max(100, len(events) // 10)]
    frame = pd.json_normalize([dict(event) for event in events])
    plain, plain_cpu = (1000 * took / len(part) for took in measured(partial(row_by_row, part)))
    figures = [Figure("row by row: a row", plain, "ms"), Figure("  processor time", plain_cpu, "ms")]
    for jobs in (1, 2):
        few = frame.iloc[: len(frame) // 4]
        part_wall, part_cpu = measured(partial(as_frame, few, jobs))
        wall, cpu = measured(partial(as_frame, frame, jobs))
        left = len(frame) - len(few)
        further, further_cpu = 1000 * (wall - part_wall) / left, 1000 * (cpu - part_cpu) / left
        cores = ROWS * further_cpu / 1000 / jobs
        figures += [
            Figure(f"assess_frame, jobs={jobs}: a row", 1000 * wall / len(frame), "ms"),
            Figure("  a further row", further, "ms"),
            Figure("  its processor time, all processes", further_cpu, "ms"),
            Figure("  times less processor time than row by row", plain_cpu / further_cpu, "x", 1, at_least=True),
            Figure(f"  {ROWS:,} rows, by the clock", wall + further * (ROWS - len(frame)) / 1000, "s", SECONDS),
            Figure(f"  {ROWS:,} rows, processor time / jobs", cores, "s", SECONDS),
        ]
    return figures


def model_figures(events: list[Event]) -> list[Figure]:
    """Measure LightGBM's contributions alone, asked for row by row and in one call, and compare their bits."""
    with Scorer.open("memory://") as scorer:
        rows = [one.row for event in events if isinstance(one := scorer.assess(event).origin, Origin)]
        booster, table = scorer.model.booster, array("d")
        for row in rows:
            table.extend(row)
        single: list[float] = []
        whole: list[float] = []
        _, alone = measured(lambda: [single.extend(booster.contributions(row)) for row in rows])
        _, at_once = measured(lambda: whole.extend(booster.contributions_table(table)))
    return [
        Figure("LightGBM's contributions, row by row", 1000 * alone / len(rows), "ms"),
        Figure("LightGBM's contributions, in one call", 1000 * at_once / len(rows), "ms"),
        Figure("  equal to the bit (1 is yes)", float(whole == single), "", 1, at_least=True),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="rows of the frame (default: %(default)s)")
    options = parser.parse_args()
    events = sample(options.events)
    print(machine())
    print(f"synthetic sample: {SCENARIO}, seed {SEED}; {len(events):,} rows, a tenth of them row by row")
    print_table("A row of a frame, with exact contributions", frame_figures(events))
    print_table("Of that, the model alone, processor time a row", model_figures(events[: max(100, len(events) // 10)]))
    yardsticks = [Figure(f"{name}: times as long", ratio, "x") for name, ratio in slowness().items()]
    print_table("This machine beside the one that the aim was set on", yardsticks)


if __name__ == "__main__":
    main()
