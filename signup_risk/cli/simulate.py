"""Write simulated, labelled sign-ups: ``signup-risk simulate``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from signup_risk.cli.event_files import EventFile, open_event_file
from signup_risk.cli.interrupts import Interrupts
from signup_risk.cli.progress import Progress, is_terminal
from signup_risk.errors import ConfigurationError
from signup_risk.files.errors import UnreadableFile

if TYPE_CHECKING:
    from signup_risk.simulation import Scenario

#: A training scenario of moderate size; its name stands in the help.
DEFAULT_SCENARIO: Final = "bundled-2"
#: Events are of 1970 to 2100, and a scenario lasts, and is found out, for a while.
_EARLIEST: Final = date(1970, 1, 2)
_LATEST: Final = date(2090, 1, 1)


def run_simulate(options: argparse.Namespace) -> int:
    """Write the traffic that the options describe.

    Returns:
        The exit status: 0, or 128 plus the signal that stopped it.
    """
    # Imported where it is used: its tables would cost every other command a fifth of a second.
    from signup_risk.simulation import rescaled

    scenario = rescaled(_scenario(options.scenario), options.signups, options.days)
    if options.start is not None:
        scenario = replace(scenario, start=_first_day(options.start))
    with Interrupts() as interrupts, open_event_file(options.out) as output:
        _write(scenario, options.seed, output, interrupts)
    if interrupts.requested is not None:
        print(f"signup-risk: stopped; {output.count:,} synthetic sign-ups, all of them written", file=sys.stderr)
        return 128 + interrupts.requested
    if is_terminal():
        print(f"signup-risk: {output.count:,} synthetic sign-ups of {scenario.name}", file=sys.stderr)
    return 0


def _first_day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not _EARLIEST <= day <= _LATEST:
        raise ConfigurationError(
            f"--start is {text[:40]!r}; give a day from {_EARLIEST} to {_LATEST}, such as 2026-06-01"
        )
    return datetime.combine(day, time(), UTC).isoformat()


def _scenario(source: str) -> Scenario:
    from signup_risk.simulation import load_scenario

    try:
        return load_scenario(source)
    except ValueError as problem:  # not JSON, or a scenario that is not allowed
        said = str(problem)
        raise UnreadableFile(said if said.startswith(f"scenario {source}") else f"{source}: {said}") from None


def _write(scenario: Scenario, seed: int, output: EventFile, interrupts: Interrupts) -> None:
    from signup_risk.simulation import simulate

    with Progress(scenario.signups, " sign-ups", lambda: output.count, verb="written") as progress:
        for event in simulate(scenario, seed):
            output.add(event)
            progress.step(output.count)
            if interrupts.requested is not None:
                return
