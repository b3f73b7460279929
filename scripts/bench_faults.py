"""Print what bad days of a store cost: the same trials as in the tests, each against a real server or file."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the trials stand among the tests

from tests.scorer.faults import forms, redis_stages, sqlite_stages
from tests.scorer.faults.trial import ALLOWANCE_MS, BEFORE, DEADLINE_MS, Trial, judge, run

_HEAD = ("", "longest ms", "deadline ms", "scored", "recovered", "dropped", "")


def row(trial: Trial, form: str) -> str:
    """Return the line of one trial."""
    assert trial.health is not None  # noqa: S101 - for the type checker
    name = trial.fault.name + (", asynchronous" if form == "on_loop" else "")
    figures = (f"{trial.longest:,.1f}", f"{DEADLINE_MS:g}", str(BEFORE + len(trial.told)))
    figures = (*figures, str(trial.health.recovered), str(trial.health.dropped))
    return line(name, *figures, "LATE" if trial.is_late else "ok")


def line(name: str, *figures: str) -> str:
    """Set the figures of one line below the others."""
    return f"  {name:<50}" + "".join(f"{figure:>12}" for figure in figures).rstrip()


def main() -> None:
    """Put a scorer through every fault and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="faults whose name holds this text (default: all)")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    faults = [one for one in (*redis_stages.FAULTS, *sqlite_stages.FAULTS) if options.only in one.name]
    jobs = [(one, using) for using in (forms.plain, forms.on_loop) for one in faults]
    print(f"Bad days: model and campaigns on; a sign-up may take {DEADLINE_MS:g} + {ALLOWANCE_MS:g} ms")
    print(line(*_HEAD))
    for fault, using in tqdm(jobs, "faults", disable=None, leave=False):
        with tempfile.TemporaryDirectory() as folder:
            trial = run(fault, Path(folder), using=using)
        judge(trial)  # nothing lost, nothing twice, nobody blocked; else it ends here and says what does not hold
        tqdm.write(row(trial, using.__name__))


if __name__ == "__main__":
    main()
