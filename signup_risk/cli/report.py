"""Write a page about assessments for people who have neither notebook nor library: ``signup-risk report``."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from signup_risk.campaigns.texts import counted
from signup_risk.cli.event_files import scratch_file
from signup_risk.cli.history_options import chosen_history
from signup_risk.cli.interrupts import Interrupts
from signup_risk.cli.json_file import check_output
from signup_risk.cli.numbers import positive
from signup_risk.cli.progress import Progress
from signup_risk.errors import ConfigurationError
from signup_risk.files.sources import open_source

if TYPE_CHECKING:
    from signup_risk.campaigns.report import CampaignReport
    from signup_risk.report.build import PageBuilder
    from signup_risk.report.outcomes import Outcomes

_ABOUT: Final = """\
Writes one HTML file that anybody can open in a browser, mail and print. It asks nothing of the network: charts with
filters, tables that sort, and the reasons behind each sign-up. Give it what signup-risk score wrote, with --explain if
the reasons of allowed sign-ups are wanted too. A history (the sign-ups with label and group) adds outcomes, what
was found, and what each group pays; only label and group of it get into the page.

exit status: 0 all read, 1 some lines could not be read, 2 nothing could be done, 130 stopped by Ctrl-C with nothing
             written"""
_PAGES: Final = (".html", ".htm")
_SHOWN: Final = 20
# A page's mark stands among its first lines.
_HEAD: Final = 4096
# More than a page takes, so that a note that is too long is refused, and no large file read whole.
_MOST_READ: Final = 100_000


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    report = commands.add_parser(
        "report",
        help="write a page about assessments",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.set_defaults(run=run_report)
    report.add_argument(
        "assessments", metavar="ASSESSMENTS", help="JSON Lines of signup-risk score, also .gz; - reads standard input"
    )
    report.add_argument("-o", "--output", metavar="FILE", required=True, help="page to write, .html")
    report.add_argument(
        "--history",
        metavar="H",
        nargs="+",
        default=[],
        help="the sign-ups, with label and group: JSON Lines, CSV or Parquet",
    )
    report.add_argument(
        "--campaigns", metavar="FILE", help="report of signup-risk campaigns, in place of what assessments tell"
    )
    report.add_argument("--title", metavar="TEXT", default="Sign-up risk report", help="heading of the page")
    report.add_argument("--note", metavar="FILE", help="plain text to be read first, such as what to look at and why")
    report.add_argument(
        "--rows",
        metavar="N",
        type=positive,
        default=None,
        help="sign-ups that the page holds one by one (default: 10000)",
    )
    report.add_argument(
        "--map", metavar="FILE", help="column map of the history: a file, or one that comes with the package"
    )
    report.add_argument("--label-column", metavar="NAME", help="column of the history with the label (default: label)")
    report.add_argument("--label-values", metavar="V=M,...", help="what labels mean, as fraud=1,legit=0,open=unknown")


def run_report(options: argparse.Namespace) -> int:
    """Write the page that the options describe.

    Returns:
        The exit status: 0, 1 if lines could not be read, or 128 plus the signal that stopped it.
    """
    _check(options)
    with Interrupts() as interrupts:
        try:
            # Nothing stands half written at any moment, so a signal may raise wherever it lands.
            with interrupts.waiting():
                builder = _read(options)
                page = builder.html()
                with scratch_file(Path(options.output)) as stream:
                    stream.write(page)
        except KeyboardInterrupt:
            if interrupts.requested is None:
                raise
            _say("signup-risk: stopped; nothing was written")
            return 128 + interrupts.requested
    print(_summary(builder, options.output, len(page)))
    return 1 if builder.bad else 0


def _check(options: argparse.Namespace) -> None:
    """Refuse what can be refused before anything is read."""
    from signup_risk.report.build import MOST_ROWS

    output = Path(options.output)
    if output.suffix.lower() not in _PAGES:
        raise ConfigurationError(f"--output {options.output!r} is no page; end it in {' or '.join(_PAGES)}")
    if (options.rows or 0) > MOST_ROWS:
        raise ConfigurationError(
            f"--rows is {options.rows:,}; a page holds {MOST_ROWS:,} at most, or no browser opens it"
        )
    inputs = [options.assessments, *options.history, options.campaigns, options.map, options.note]
    check_output("--output", options.output, [name for name in inputs if name not in {None, "-"}])
    _refuse_foreign(output)


def _refuse_foreign(output: Path) -> None:
    """Refuse to write over a page that is not of this command's making."""
    from signup_risk.report.page import MARK

    if not output.is_file() or not output.stat().st_size:
        return
    with output.open("rb") as stream:
        head = stream.read(_HEAD)
    if MARK.encode() not in head:
        raise ConfigurationError(
            f"--output {str(output)!r} is a file that signup-risk report did not write; name another file"
        )


def _read(options: argparse.Namespace) -> PageBuilder:
    from signup_risk.report.build import ROWS, PageBuilder

    outcomes, campaigns = _outcomes(options), _campaigns(options.campaigns)
    builder = PageBuilder(
        options.title, rows=options.rows or ROWS, outcomes=outcomes, campaigns=campaigns, note=_note(options.note)
    )
    with (
        closing(open_source(options.assessments, "jsonl")) as source,
        Progress(source.total, source.unit, source.position, verb="read") as progress,
    ):
        for number, payload in source.records(nullcontext):
            problem = builder.add(number, payload)
            if problem is not None and builder.bad <= _SHOWN:
                progress.say(f"{source.place} {number}: {problem.reason}")
            progress.step(builder.totals.count)
    if builder.bad > _SHOWN:
        _say(f"{builder.bad - _SHOWN:,} more lines could not be read")
    if outcomes is not None and builder.totals.count and not outcomes.joined:
        _say("no assessment has the id of a sign-up of the history; check that they are of the same sign-ups")
    return builder


def _outcomes(options: argparse.Namespace) -> Outcomes | None:
    if not options.history:
        _refuse_idle(options)
        return None
    from signup_risk.report.outcomes import Outcomes
    from signup_risk.training.progress import bars

    with chosen_history(options, _say) as history:
        return Outcomes(bars(history, "joining", len(history)))


def _refuse_idle(options: argparse.Namespace) -> None:
    """Refuse options that say how to read a history where there is none."""
    given: dict[str, Any] = {
        "--map": options.map,
        "--label-column": options.label_column,
        "--label-values": options.label_values,
    }
    idle = [name for name, value in given.items() if value is not None]
    if idle:
        raise ConfigurationError(f"{idle[0]} says how to read a history; give it with --history, or leave it out")


def _note(name: str | None) -> str:
    if name is None:
        return ""
    try:
        with Path(name).open(encoding="utf-8-sig") as stream:
            return stream.read(_MOST_READ)
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is not in UTF-8"
        raise ConfigurationError(f"--note {name!r} cannot be read ({why}); give a file of plain text") from None


def _campaigns(name: str | None) -> CampaignReport | None:
    if name is None:
        return None
    from signup_risk.campaigns.report import read_report

    return read_report(name)


def _summary(builder: PageBuilder, output: str, size: int) -> str:
    kept, count = builder.kept(), builder.totals.count
    held = (
        f"all {counted(count, 'sign-up')}" if kept == count else f"{kept:,} of {counted(count, 'sign-up')} one by one"
    )
    bad = f"; {counted(builder.bad, 'line')} could not be read" if builder.bad else ""
    return f"{output}: {held}, {size / 1e6:.1f} MB{bad}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
