"""Measure frames with exact contributions beside assessing and explaining row by row; the sample is *synthetic*."""

from __future__ import annotations

import argparse
from array import array
from collections.abc import Callable
from time import perf_counter

import pandas as pd
from bench_figures import Figure, print_table
from bench_sample import SCENARIO, SEED, Event, machine, sample

from signup_risk import Scorer
from signup_risk.explain import Origin
from signup_risk.notebook import contributions_frame
from signup_risk.scorer.progress import quiet

#: Rows of the aim, and its seconds on two cores.
ROWS, SECONDS = 100_000, 60.0


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def row_by_row(events: list[Event]) -> None:
    """Assess and explain one after another, and lay the contributions out."""
    with Scorer.open("memory://") as scorer:
        contributions_frame([scorer.assess(event) for event in events])


def as_frame(frame: pd.DataFrame, jobs: int, *, contributions: bool = True) -> None:
    """Assess a frame."""
    with Scorer.open("memory://") as scorer:
        scorer.assess_frame(frame, contributions=contributions, jobs=jobs, progress=quiet)


def bulk_times(events: list[Event]) -> tuple[float, float, bool]:
    """Return milliseconds a row of asking LightGBM row by row and in one call, and whether the answers are equal."""
    with Scorer.open("memory://") as scorer:
        origins = [scorer.assess(event).origin for event in events]
        rows = [one.row for one in origins if isinstance(one, Origin)]
        booster, table = scorer.model.booster, array("d")
        for row in rows:
            table.extend(row)
        single: list[float] = []
        one_by_one = seconds(lambda: [single.extend(booster.contributions(row)) for row in rows])
        started = perf_counter()
        whole = booster.contributions_table(table)
        at_once = perf_counter() - started
    return 1000 * one_by_one / len(rows), 1000 * at_once / len(rows), whole.tolist() == single


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="rows of the frame (default: %(default)s)")
    options = parser.parse_args()
    events = sample(options.events)
    part = events[: max(100, len(events) // 10)]
    frame = pd.json_normalize([dict(event) for event in events])
    print(machine())
    print(f"synthetic sample: {SCENARIO}, seed {SEED}; {len(events):,} rows, {len(part):,} of them row by row")
    plain = 1000 * seconds(lambda: row_by_row(part)) / len(part)
    figures = [Figure("row by row: assess, explain, lay out", plain, "ms")]
    for jobs in (1, 2):
        took = 1000 * seconds(lambda jobs=jobs: as_frame(frame, jobs)) / len(events)  # type: ignore[misc]
        figures.append(Figure(f"assess_frame with contributions, jobs={jobs}", took, "ms"))
        figures.append(Figure(f"  jobs={jobs}: times as fast as row by row", plain / took, "x", 1, at_least=True))
        target = SECONDS if jobs > 1 else None
        figures.append(Figure(f"  jobs={jobs}: that is for {ROWS:,} rows", took * ROWS / 1000, "s", target))
    took = 1000 * seconds(lambda: as_frame(frame, 2, contributions=False)) / len(events)
    figures.append(Figure("assess_frame without contributions, jobs=2", took, "ms"))
    single, bulk, is_equal = bulk_times(part)
    figures.append(Figure("LightGBM's contributions alone, row by row", single, "ms"))
    figures.append(Figure("LightGBM's contributions alone, in one call", bulk, "ms"))
    figures.append(Figure("  the two are equal to the bit (1 yes)", float(is_equal), "", 1, at_least=True))
    print_table("A row of a frame", figures)


if __name__ == "__main__":
    main()
