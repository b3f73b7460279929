"""Read the ledger of outcomes: ``signup-risk ledger export`` and ``signup-risk ledger summary``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from signup_risk.cli.event_files import EventFile, open_event_file
from signup_risk.cli.progress import Progress
from signup_risk.cli.table import aligned
from signup_risk.errors import ConfigurationError
from signup_risk.files.records import BadLine, signup_of
from signup_risk.files.sources import open_source
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.times import microseconds, moment_of, utc_now
from signup_risk.stores import Hasher, Ledger, open_ledger, open_store
from signup_risk.stores.hashing import SECOND_VARIABLE

if TYPE_CHECKING:
    from signup_risk.training.ledger_rows import LedgerJoin
    from signup_risk.training.ledger_summary import LedgerSummary

_EXPORT: Final = """\
Joins your own log of sign-ups with the ledger of outcomes and writes a history that train takes as it is: label
(1 abusive, 0 legitimate, absent unknown), label_at, label_confidence where a label is not sure, and propensity, the
probability that the outcome of such a sign-up could be observed. Sign-ups that were blocked stay unlabelled; those
let through by chance stand for the rest in train, by 1 / propensity. Labels that the log holds are replaced.

A sign-up of which nothing was reported is unknown. With --assume-legitimate it counts as legitimate once it is
--mature-days old, and all younger ones stay unlabelled, reported or not.

exit status: 0 all written, 1 some lines could not be read, 2 nothing could be done"""

_REKEY: Final = """\
Brings what the ledger keeps under the second secret (SIGNUP_RISK_SECOND_SECRET) under the first (SIGNUP_RISK_SECRET).
Run it once all processes read under the new secret, and before the old one is left out: nobody could tell any more of
whom the older entries speak. It may be stopped and run again.

exit status: 0 done, 2 nothing could be done"""

_SUMMARY: Final = """\
Counts outcomes by kind and source, says how late they become known, what share of blocks was let through and, from
those, how many of the blocked are legitimate, with Wilson's 95 % interval.

exit status: 0 done, 2 nothing could be done"""


def add_ledger(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    ledger = commands.add_parser("ledger", help="read the ledger of outcomes")
    actions = ledger.add_subparsers(title="actions", required=True, metavar="ACTION")
    form = argparse.RawDescriptionHelpFormatter
    export = actions.add_parser("export", help="write a history to train on", description=_EXPORT, formatter_class=form)
    export.set_defaults(run=run_export)
    _add_store(export)
    export.add_argument("--history", metavar="FILE", nargs="+", required=True, help="sign-ups, as score takes them")
    export.add_argument("-o", "--output", metavar="OUT", required=True, help=".jsonl, .jsonl.gz; - is standard output")
    export.add_argument("--assume-legitimate", action="store_true", help="take old unreported sign-ups for legitimate")
    export.add_argument("--mature-days", metavar="D", type=float, default=60.0, help="how old that is (default: 60)")
    export.add_argument("--strong-only", action="store_true", help="give no labels from passed and failed steps")
    summary = actions.add_parser("summary", help="say what it holds", description=_SUMMARY, formatter_class=form)
    summary.set_defaults(run=run_summary)
    _add_store(summary)
    summary.add_argument("--json", action="store_true", help="print JSON")
    rekey = actions.add_parser("rekey", help="bring it under a new secret", description=_REKEY, formatter_class=form)
    rekey.set_defaults(run=run_rekey)
    rekey.add_argument("--store", metavar="URL", required=True, help="the velocity store, sqlite:///PATH")


def run_rekey(options: argparse.Namespace) -> int:
    """Bring the ledger that the options name under the first of two secrets."""
    _check_store(options.store)
    store, hasher = open_store(options.store)
    with closing(store), closing(Outcomes(open_ledger(options.store), StoreGate(store), hasher)) as outcomes:
        if hasher.second is None:
            raise ConfigurationError(f"there is no second secret to bring entries from; set {SECOND_VARIABLE}")
        print(f"{outcomes.rekey():,} entries brought under the first secret")
    return 0


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="URL", required=True, help="the velocity store, sqlite:///PATH")
    parser.add_argument("--as-of", metavar="TIME", help="what was known then, RFC 3339 with offset (default: now)")


def run_export(options: argparse.Namespace) -> int:
    """Write the history that the options name.

    Returns:
        The exit status: 0, or 1 if lines could not be read.
    """
    from signup_risk.training.ledger_rows import LabelRules, LedgerJoin

    _check_output(options)
    rules = LabelRules(_as_of(options), options.mature_days, options.assume_legitimate, options.strong_only)
    with _opened(options.store) as (ledger, hasher):
        join = LedgerJoin.of(ledger, hasher, rules)
    with open_event_file(options.output) as output:
        bad = sum(_join(path, join, output) for path in options.history)
    said = f"{output.count:,} sign-ups written: {join.summary()}"
    print(f"signup-risk: {said}" + (f"; {bad:,} could not be read" if bad else ""), file=sys.stderr)
    return 1 if bad else 0


def run_summary(options: argparse.Namespace) -> int:
    """Print what the ledger that the options name holds."""
    from signup_risk.training.ledger_rows import entries_of
    from signup_risk.training.ledger_summary import summarize

    with _opened(options.store) as (ledger, _):
        found = summarize(entries_of(ledger), _as_of(options))
    print(json.dumps(found.to_dict(), indent=1) if options.json else summary_text(found))
    return 0


def summary_text(found: LedgerSummary) -> str:
    """Return a summary for people."""
    rows = [("outcome", "source", "entries")]
    rows += [(what, source, f"{n:,}") for what, sources in found.outcomes.items() for source, n in sources.items()]
    kinds, share = found.signups, found.wrongly_blocked
    lines = [aligned(rows) if len(rows) > 1 else "no outcomes"]
    lines.append(
        f"{kinds['abusive']:,} sign-ups abusive, {kinds['legitimate']:,} legitimate, {kinds['weak']:,} of them weakly"
    )
    if found.delay_days["median"] is not None:
        lines.append(f"days until known: median {found.delay_days['median']:.1f}, 90% {found.delay_days['p90']:.1f}")
    lines.append("would-be blocks: " + ", ".join(f"{n:,} {name}" for name, n in found.blocks.items()))
    if found.explored is not None:
        lines.append(f"let through by chance: {found.explored:.2%} of those of whom chance decided")
    if share.value is None:
        lines.append("no let-through sign-up has a strong outcome yet, so how often blocking is wrong is not known")
    else:
        lines.append(
            f"legitimate among the blocked: {share.value:.1%} (95%: {share.low:.1%} to {share.high:.1%}), from "
            f"{share.count:,} let through; {found.unsettled:,} more have no strong outcome yet and are left out"
        )
    return "\n".join(lines)


def _join(path: str, join: LedgerJoin, output: EventFile) -> int:
    """Join one file; return how many of its lines could not be read."""
    bad = 0
    with (
        closing(open_source(path, None)) as source,
        Progress(source.total, source.unit, source.position, verb="written") as progress,
    ):
        for number, payload in source.records(nullcontext):
            signup = signup_of(payload)
            if isinstance(signup, BadLine):
                bad += 1
                progress.say(f"{path}, {source.place} {number}: {signup.reason}")
            elif (row := join.row(signup)) is not None:
                output.add(row.to_mapping())
            progress.step(output.count)
    return bad


@contextmanager
def _opened(url: str) -> Iterator[tuple[Ledger, Hasher]]:
    """Open the ledger of a store that is there."""
    _check_store(url)
    store, hasher = open_store(url)
    store.close()
    with closing(open_ledger(url)) as ledger:
        yield ledger, hasher


def _check_store(url: str) -> None:
    """See that a store is there; a mistyped path must not become an empty store."""
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        raise ConfigurationError("a memory store ends with its process and leaves no ledger; give the store's own URL")
    if scheme == "sqlite" and not Path(unquote(rest[1:])).is_file():
        raise ConfigurationError(f"there is no velocity store {unquote(rest[1:])}; check --store")


def _as_of(options: argparse.Namespace) -> int:
    return microseconds(moment_of(options.as_of, utc_now))


def _check_output(options: argparse.Namespace) -> None:
    name = options.output
    if Path(name).suffix.lower() in {".parquet", ".pq"}:
        raise ConfigurationError("a table has no place for your own inputs (custom); end --output in .jsonl")
    target = Path(name)
    if any(name != "-" and target.exists() and Path(one).exists() and target.samefile(one) for one in options.history):
        raise ConfigurationError(f"--output {name!r} would write over the history that is read; name another file")
