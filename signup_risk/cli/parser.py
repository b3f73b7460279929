"""Describe the command line."""

from __future__ import annotations

import argparse
from typing import Final

from signup_risk._version import __version__
from signup_risk.cli.campaigns import add_campaigns
from signup_risk.cli.catalogue import LAYOUTS, run_features
from signup_risk.cli.data import run_list
from signup_risk.cli.doctor import add_doctor
from signup_risk.cli.evaluate import run_evaluate
from signup_risk.cli.ledger import add_ledger
from signup_risk.cli.numbers import positive, seed
from signup_risk.cli.refresh import run_refresh
from signup_risk.cli.replay import add_replay
from signup_risk.cli.report import add_report
from signup_risk.cli.review import add_review
from signup_risk.cli.rights import add_rights
from signup_risk.cli.score import run_score
from signup_risk.cli.simulate import DEFAULT_SCENARIO, run_simulate
from signup_risk.cli.train import add_train
from signup_risk.features.base import FAMILIES
from signup_risk.files.sources import FORMATS

_SCORE: Final = """\
Reads sign-ups and writes one assessment a line, as JSON, in input order. Time is the time of the events.
Lines that cannot be scored are reported on standard error with their number and reason, never with what they
hold; the rest is scored.

exit status: 0 all scored, 1 some lines were not, 2 nothing could be done or the input broke off,
             130 stopped by Ctrl-C, with all whole lines written"""

_SIMULATE: Final = """\
Writes synthetic sign-ups, sorted by time, each with its label, when that became known (label_at) and the
population or campaign it is drawn from (group). With another number of sign-ups or days, campaigns and crowds
grow or shrink with them.

exit status: 0 all written, 2 nothing could be done, 130 stopped by Ctrl-C, with what was made so far written"""

_EVALUATE: Final = """\
Replays labelled sign-ups and says what a model finds of the abuse, what it costs the legitimate, group by group,
how early campaigns are stopped and how far the figures can be believed; warnings come first. With --against, a
second model, the challenger, is judged on the same sign-ups: better means that it finds more than MODEL, the champion.

exit status: 0 judged, 1 judged but for rows that could not be read, 2 nothing could be done"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="signup-risk", description="Score new sign-ups: probability of abuse, decision, reasons."
    )
    parser.add_argument("--version", action="version", version=f"signup-risk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_score(commands)
    _add_references(add_train(commands))
    _add_references(add_campaigns(commands))
    add_review(commands)
    add_report(commands)
    add_ledger(commands)
    add_replay(commands)
    _add_features(commands)
    _add_data(commands)
    _add_simulate(commands)
    _add_evaluate(commands)
    _add_references(add_doctor(commands))
    for command in add_rights(commands):
        _add_references(command)
    return parser


def _add_score(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = commands.add_parser(
        "score",
        help="score a file of sign-ups",
        description=_SCORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.set_defaults(run=run_score)
    score.add_argument("file", metavar="FILE", help="JSON Lines, CSV or Parquet, also .gz; - is standard input")
    score.add_argument("-o", "--output", metavar="OUT", help="file to write (default: standard output)")
    score.add_argument("--format", choices=FORMATS, help="format of FILE (default: told by its name)")
    score.add_argument("--map", metavar="FILE", help="column map of a table, a file or ecommerce or registration")
    score.add_argument(
        "--store",
        metavar="URL",
        default="memory://",
        help="velocity store: memory:// (default), sqlite:///PATH or redis://HOST",
    )
    score.add_argument("--model", metavar="DIR", help="folder of a model (default: the bundled one)")
    score.add_argument("--policy", metavar="FILE", help="policy as TOML or JSON (default: the default policy)")
    _add_references(score)
    score.add_argument(
        "--explain",
        action=argparse.BooleanOptionalAction,
        help="give reasons for all sign-ups, or for none (default: for those not allowed)",
    )
    score.add_argument(
        "--jobs",
        metavar="N",
        type=positive,
        help="processes that share the work (default: all cores for large files, else 1)",
    )
    _add_known_campaigns(score)
    _add_receipts(score)
    score.add_argument("--strict", action="store_true", help="stop at the first line that cannot be scored")
    score.add_argument(
        "--shadow",
        action="store_true",
        help="always answer allow, and say under policy what it would have been",
    )


def _add_known_campaigns(score: argparse.ArgumentParser) -> None:
    score.add_argument("--signatures", metavar="FILE", help="what was confirmed and dismissed, from review signatures")
    score.add_argument(
        "--partners",
        metavar="BUNDLE",
        action="append",
        default=[],
        help="what a partner tells, from review share; may be given several times",
    )


def _add_receipts(score: argparse.ArgumentParser) -> None:
    score.add_argument(
        "--receipts",
        metavar="FILE",
        help="write receipts, for replay, of sign-ups that are not allowed, of all with --explain; in one process",
    )


def _add_features(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    features = commands.add_parser("features", help="print the catalogue of features")
    features.set_defaults(run=run_features)
    features.add_argument("--family", choices=FAMILIES, help="only this family")
    features.add_argument("--format", choices=tuple(LAYOUTS), default="table", help="layout (default: table)")


def _add_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    data = commands.add_parser("data", help="show or refresh reference data")
    actions = data.add_subparsers(title="actions", required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="show what is loaded, its source, age and licence")
    shown.set_defaults(run=run_list)
    _add_references(shown)
    shown.add_argument("--json", action="store_true", help="print JSON, one object a reference")
    shown.add_argument("--verify", action="store_true", help="hash every file and compare it with its manifest")
    refreshed = actions.add_parser("refresh", help="fetch what has a public address, verify it and swap it in")
    refreshed.set_defaults(run=run_refresh)
    refreshed.add_argument("names", metavar="NAME", nargs="*", help="references to renew (default: all that can be)")
    # Explicit, since scoring reads a refreshed folder only where it is told to as well.
    refreshed.add_argument("--data-dir", metavar="DIR", required=True, help="folder to fill, made if it is not there")


def _add_simulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    simulated = commands.add_parser(
        "simulate",
        help="write simulated, labelled sign-ups",
        description=_SIMULATE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulated.set_defaults(run=run_simulate)
    simulated.add_argument("out", metavar="OUT", help=".jsonl, .jsonl.gz or .parquet; - is standard output, as JSON")
    simulated.add_argument("--signups", metavar="N", type=positive, help="about how many (default: the scenario's)")
    simulated.add_argument("--days", metavar="D", type=positive, help="over how many days (default: the scenario's)")
    simulated.add_argument("--start", metavar="DATE", help="first day, such as 2026-06-01 (default: the scenario's)")
    simulated.add_argument("--seed", metavar="S", type=int, default=1, help="same seed, same sign-ups (default: 1)")
    simulated.add_argument(
        "--scenario",
        metavar="SCENARIO",
        default=DEFAULT_SCENARIO,
        help=f"file, or name of a scenario that is bundled (default: {DEFAULT_SCENARIO})",
    )


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    judged = commands.add_parser(
        "evaluate",
        help="judge a model on labelled sign-ups",
        description=_EVALUATE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    judged.set_defaults(run=run_evaluate)
    judged.add_argument("model", metavar="MODEL", help="folder of a model, or: bundled")
    judged.add_argument("history", metavar="HISTORY", nargs="+", help="JSON Lines, CSV or Parquet, also .gz")
    judged.add_argument("--against", metavar="MODEL2", help="folder of the challenger, or: bundled")
    judged.add_argument(
        "--since", metavar="TIME", help="judge what comes from this time or day on; what came before is replayed only"
    )
    judged.add_argument("--map", metavar="FILE", help="column map: a file, or one that comes with the package")
    judged.add_argument("--label-column", metavar="NAME", help="column with the label (default: label)")
    judged.add_argument("--label-values", metavar="V=M,...", help="what labels mean, as fraud=1,legit=0,open=unknown")
    judged.add_argument("--json", metavar="FILE", help="write all figures as JSON; - prints them instead of the tables")
    judged.add_argument("--policy", metavar="FILE", help="policy as TOML or JSON (default: the default policy)")
    judged.add_argument("--seed", metavar="S", type=seed, default=1, help="same seed, same intervals (default: 1)")
    judged.add_argument("--jobs", metavar="N", type=positive, help="processes that replay (default: by size)")
    judged.add_argument("--campaigns", action="store_true", help="also judge how campaigns are found, in another run")
    _add_references(judged)


def _add_references(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="folder of refreshed reference data")
    parser.add_argument(
        "--reference",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="own file for a reference; may be given several times, data list shows the names",
    )
