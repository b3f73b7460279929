"""Find the campaigns of a history: ``signup-risk campaigns``."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signup_risk.campaigns.texts import counted
from signup_risk.campaigns.words import PRIVATE
from signup_risk.cli.data import chosen_references
from signup_risk.cli.event_files import scratch_file
from signup_risk.cli.history_options import chosen_history
from signup_risk.cli.json_file import check_output, json_file
from signup_risk.cli.numbers import jobs_for, positive
from signup_risk.cli.pipeline import DEADLINE_MS
from signup_risk.cli.review_text import summary
from signup_risk.errors import ConfigurationError
from signup_risk.features.kinds import KIND
from signup_risk.policy import Policy, read_policy
from signup_risk.scorer import CampaignSettings, Scorer
from signup_risk.stores.hashing import SECRET_VARIABLE

if TYPE_CHECKING:
    from signup_risk.campaigns.report import CampaignReport

_FRAMES: Final = (".csv", ".parquet")
_PAGES: Final = (".html", ".htm")

_ABOUT: Final = """\
Scores a history in its order, as it would have been scored, and writes the campaigns that came to light: groups of
sign-ups that share more high scores than chance and than an honest crowd would. No labels are needed; members that
are labelled legitimate are named as known good. The file is what signup-risk review works on.

exit status: 0 all read, 1 some rows could not be read, 2 nothing could be done"""


def add_campaigns(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Describe the command."""
    found = commands.add_parser(
        "campaigns",
        help="find the campaigns of a history",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.set_defaults(run=run_campaigns)
    found.add_argument("history", metavar="HISTORY", nargs="+", help="JSON Lines, CSV or Parquet, also .gz")
    found.add_argument("-o", "--output", metavar="FILE", required=True, help="report to write, JSON")
    found.add_argument("--frame", metavar="FILE", help="also write the members as .csv or .parquet")
    found.add_argument("--section", metavar="FILE", help="also write a section of a page, .html")
    found.add_argument("--model", metavar="DIR", help="folder of a model (default: the bundled one)")
    found.add_argument("--policy", metavar="FILE", help="policy as TOML or JSON (default: the default policy)")
    found.add_argument("--signatures", metavar="FILE", help="what was confirmed and dismissed before")
    found.add_argument("--false-alarms", metavar="N", type=float, default=1.0, help="false campaigns allowed a week")
    found.add_argument("--store", metavar="URL", default="memory://", help="where to keep what is found")
    found.add_argument("--map", metavar="FILE", help="column map: a file, or one that comes with the package")
    found.add_argument("--label-column", metavar="NAME", help="column with the label (default: label)")
    found.add_argument("--label-values", metavar="V=M,...", help="what labels mean, as fraud=1,legit=0,open=unknown")
    found.add_argument("--jobs", metavar="N", type=positive, help="processes that score (default: by size)")
    return found


def run_campaigns(options: argparse.Namespace) -> int:
    """Find the campaigns of the history that the options name.

    Returns:
        The exit status: 0, or 1 if rows of the history could not be read.
    """
    from signup_risk.training.find_campaigns import find_campaigns
    from signup_risk.training.progress import bars

    inputs = _inputs(options)
    _check_outputs(options, inputs)
    with ExitStack() as stack:
        write = stack.enter_context(json_file(options.output, inputs, "--output"))
        scorer = stack.enter_context(_scorer(options))
        history = stack.enter_context(chosen_history(options, _say))
        report = find_campaigns(history, scorer, workers=jobs_for(options.jobs, len(history)), progress=bars)
        write(report.to_dict())
        bad = history.report.bad
    if options.frame is not None:
        _write_frame(report, Path(options.frame))
    if options.section is not None:
        from signup_risk.report.campaigns import campaign_section

        with scratch_file(Path(options.section)) as stream:
            stream.write(campaign_section(report).encode("utf-8", "backslashreplace"))
    _warn_of_secret(report, options.store)
    print(summary(report))
    return 1 if bad else 0


def _check_outputs(options: argparse.Namespace, inputs: list[str]) -> None:
    """Refuse files to write that tell no format, are read, or are one another."""
    taken = [*inputs, options.output]
    for option, name, endings in (("--frame", options.frame, _FRAMES), ("--section", options.section, _PAGES)):
        if name is None:
            continue
        if Path(name).suffix.lower() not in endings:
            raise ConfigurationError(f"{option} {name!r} tells no format; end it in {' or '.join(endings)}")
        if Path(name).resolve() == Path(options.output).resolve():
            raise ConfigurationError(f"{option} {name!r} is the file of --output too; name another file")
        check_output(option, name, taken)


def _scorer(options: argparse.Namespace) -> Scorer:
    from signup_risk.campaigns.signatures import SignatureList

    known = None if options.signatures is None else SignatureList.read(options.signatures)
    return Scorer.open(
        options.store,
        model=options.model,
        references=chosen_references(options),
        policy=Policy() if options.policy is None else read_policy(options.policy),
        deadline_ms=DEADLINE_MS,
        explain="never",
        campaigns=CampaignSettings(false_alarms_weekly=options.false_alarms, signatures=known),
    )


def _warn_of_secret(report: CampaignReport, store: str) -> None:
    """Say that a secret made for this run alone is gone with it, where somebody's own values are known under it."""
    private = sum(bool(PRIVATE & set(KIND[cell.kind].values)) for one in report.campaigns for cell in one.cells)
    if private and store.startswith("memory:") and SECRET_VARIABLE not in os.environ:
        _say(
            f"{counted(private, 'combination')} of values that are somebody's own are named under a secret made for "
            "this run and will match in no other; for use as signatures, set "
            f"{SECRET_VARIABLE} to the scorer's secret"
        )


def _inputs(options: argparse.Namespace) -> list[str]:
    references = [text.partition("=")[2] for text in options.reference]
    named = [options.model, *options.history, options.map, options.policy, options.signatures, options.data_dir]
    return [name for name in (*named, *references) if name]


def _write_frame(report: CampaignReport, path: Path) -> None:
    from signup_risk.notebook import members_frame

    frame = members_frame(report)
    with scratch_file(path) as stream:
        if path.suffix.lower() == ".csv":
            stream.write(frame.to_csv().encode("utf-8", "backslashreplace"))
        else:
            frame.to_parquet(stream)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
