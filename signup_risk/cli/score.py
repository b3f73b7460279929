"""Score a file of sign-ups: ``signup-risk score``."""

from __future__ import annotations

import argparse
import os
import signal
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from signup_risk.campaigns.texts import counted
from signup_risk.cli.data import chosen_references
from signup_risk.cli.interrupts import Interrupts
from signup_risk.cli.json_file import check_output
from signup_risk.cli.pipeline import DEADLINE_MS, score_events
from signup_risk.cli.progress import Progress, is_terminal
from signup_risk.cli.receipts import Keep, open_receipts
from signup_risk.cli.write import LineWriter
from signup_risk.errors import ConfigurationError
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.records import BadLine, Records
from signup_risk.files.sources import Source, open_source
from signup_risk.policy import Policy, read_policy
from signup_risk.scorer import CampaignSettings, ExplainMode, Scorer

if TYPE_CHECKING:
    from signup_risk.campaigns.partners import Partners
    from signup_risk.campaigns.signatures import SignatureList
    from signup_risk.training.column_map import ColumnMap

# Other processes take half a second to start. Sign-ups have about a kilobyte, and several thousand are scored in
# a second: below this size the processes would cost more than they gain.
_LARGE: Final = {"B": 4 << 20, " rows": 4000}
# Beyond it the process that keeps the store is the narrow place.
_MOST_JOBS: Final = 8
_MODES: Final[dict[bool | None, ExplainMode]] = {None: "auto", True: "always", False: "never"}


@dataclass(slots=True)
class Tally:
    """Count what became of the lines."""

    decisions: Counter[str] = field(default_factory=Counter)
    bad: int = 0

    def summary(self) -> str:
        """Return the counts as a line.

        Examples:
            >>> Tally(Counter(allow=1200, block=3), bad=1).summary()
            '1,203 scored (1,200 allow, 3 block), 1 could not be scored'
        """
        kinds = ", ".join(
            f"{self.decisions[name]:,} {name}"
            for name in ("allow", "step_up", "review", "block")
            if self.decisions[name]
        )
        scored = f"{self.decisions.total():,} scored" + (f" ({kinds})" if kinds else "")
        return f"{scored}, {self.bad:,} could not be scored" if self.bad else scored


def run_score(options: argparse.Namespace) -> int:
    """Score the file that the options name.

    Returns:
        The exit status: 0, 1 if lines could not be scored, or 128 plus the signal that stopped it.
    """
    column_map = chosen_map(options)
    _check_outputs(options)
    with (
        Interrupts() as interrupts,
        closing(chosen_source(options, column_map)) as source,
        open_scorer(options) as scorer,
        # The receipts first: opening the output empties it, which is for nothing if they cannot be written.
        open_receipts(options.receipts, scorer, all_of_them=options.explain is True) as keep,
        open_output(options.output, source) as output,
    ):
        return _score(scorer, source, output, interrupts, options, column_map, keep)


def _check_outputs(options: argparse.Namespace) -> None:
    """Refuse files to write that are read, or are one another."""
    lists = [options.policy, options.signatures, options.map, *options.partners]
    if options.output not in {None, "-"}:
        check_output("--output", options.output, [name for name in lists if name is not None])
    if options.receipts is None:
        return
    used = [options.file, options.output, *lists]
    check_output("--receipts", options.receipts, [name for name in used if name not in {None, "-"}])
    if options.output in {None, "-"} and _is_standard_output(Path(options.receipts)):
        raise ConfigurationError(
            f"--receipts {options.receipts!r} is the file that standard output goes to; name another file"
        )


def _is_standard_output(path: Path) -> bool:
    """Tell whether a regular file is the one that a shell sends standard output to."""
    try:
        status = os.fstat(sys.stdout.fileno())
        return stat.S_ISREG(status.st_mode) and os.path.samestat(status, path.stat())
    except (OSError, ValueError):  # no such file yet, or standard output is no file at all
        return False


def chosen_map(options: argparse.Namespace) -> ColumnMap | None:
    """Read the column map that the options name, if they do."""
    if options.map is None:
        return None
    from signup_risk.training.column_map import read_column_map

    return read_column_map(options.map)


def chosen_source(options: argparse.Namespace, column_map: ColumnMap | None) -> Source:
    """Open the file, with the columns that its map names, if it has one."""
    if column_map is None:
        return open_source(options.file, options.format)
    return open_source(options.file, options.format, column_map.check, column_map.times())


def jobs_for(options: argparse.Namespace, source: Source) -> int:
    """Return how many processes are to share the work.

    With --strict it is one: several would have recorded sign-ups behind the line that they stop at. With --receipts it
    is one as well: they are made where the assessments are.
    """
    if options.strict or options.receipts is not None:
        return 1
    if options.jobs is not None:
        return int(options.jobs)
    if source.total is None or source.total < _LARGE[source.unit]:
        return 1
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, _MOST_JOBS)


def open_scorer(options: argparse.Namespace) -> Scorer:
    """Open the scorer that the options describe."""
    policy = Policy() if options.policy is None else read_policy(options.policy)
    return Scorer.open(
        options.store,
        model=options.model,
        references=chosen_references(options),
        policy=replace(policy, shadow=True) if options.shadow else policy,
        deadline_ms=DEADLINE_MS,
        explain=_MODES[options.explain],
        campaigns=CampaignSettings(signatures=None if options.signatures is None else _signatures(options.signatures)),
        partners=_partners(options.partners),
    )


def _signatures(name: str) -> SignatureList:
    from signup_risk.campaigns.signatures import SignatureList

    return SignatureList.read(name)


def _partners(names: Sequence[str]) -> Partners | None:
    """Read bundles of partners, each called by the name of its file."""
    if not names:
        return None
    from signup_risk.campaigns.partners import Partners
    from signup_risk.campaigns.stix import import_bundle

    found = Partners()
    for name in names:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, ValueError) as problem:
            raise UnreadableFile(f"{name}: cannot be read ({type(problem).__name__}); check the path") from None
        told = import_bundle(text, source=Path(name).stem[:80], at=datetime.now(UTC))
        left = ", ".join(f"{count:,} {reason}" for reason, count in told.left_out.items()) or "none"
        print(f"{name}: {counted(len(told.indicators), 'indicator')} read, left out: {left}", file=sys.stderr)
        found += told
    return found


def open_output(name: str | None, source: Source) -> AbstractContextManager[BinaryIO]:
    """Open the file to write to, or standard output, once input, model and store are known to be usable.

    Raises:
        UnreadableFile: It is the input, or it cannot be written.
    """
    if name is None or name == "-":
        _refuse_input(sys.stdout.buffer, source)
        return nullcontext(sys.stdout.buffer)
    try:
        # Opened to append, so that the content stays in place until it is known not to be the input.
        with closing_on_error(Path(name).open("ab")) as stream:
            _refuse_input(stream, source)
            if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                stream.truncate(0)
            return stream
    except OSError as problem:
        raise UnreadableFile(f"{name}: cannot be written ({problem.strerror}); check the path") from None


@contextmanager
def closing_on_error(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Close a stream if the block fails, and leave it open for its next user if it does not."""
    try:
        yield stream
    except BaseException:
        stream.close()
        raise


def _refuse_input(stream: BinaryIO, source: Source) -> None:
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return
    if source.is_file(status):
        raise UnreadableFile("the output is the input; give another file, or the sign-ups would be lost")


def _score(  # noqa: PLR0913 - what is read, how, and where it goes
    scorer: Scorer,
    source: Source,
    output: BinaryIO,
    interrupts: Interrupts,
    options: argparse.Namespace,
    column_map: ColumnMap | None,
    keep: Keep | None,
) -> int:
    writer = LineWriter(output)
    tally = Tally()

    @contextmanager
    def waiting() -> Iterator[None]:
        # Whoever feeds a pipe slowly sees the answers to what was fed so far.
        writer.flush()
        with interrupts.waiting():
            yield

    with Progress(source.total, source.unit, source.position) as progress:
        try:
            records = _until_asked(_mapped(source.records(waiting), column_map), interrupts)
            for number, found in score_events(scorer, records, jobs=jobs_for(options, source), keep=keep):
                if isinstance(found, BadLine):
                    tally.bad += 1
                    progress.say(f"{source.place} {number}: {found.reason}")
                else:
                    writer.add(found.line)
                    tally.decisions[found.decision] += 1
                progress.step(writer.count)
                if options.strict and tally.bad:
                    break
        finally:
            writer.flush()
    return _status(tally, interrupts.requested)


def _mapped(records: Records, column_map: ColumnMap | None) -> Records:
    if column_map is None:
        return records
    from signup_risk.training.column_map import mapped

    return mapped(records, column_map)


def _until_asked(records: Records, interrupts: Interrupts) -> Records:
    """End the input when a signal asks to stop, so that what is under way is finished and written."""
    try:
        for record in records:
            if interrupts.requested is not None:
                return
            yield record
    except KeyboardInterrupt:
        # Raised where input is waited for. Without handlers of ours (not in the main thread) there is no number.
        interrupts.requested = interrupts.requested or signal.SIGINT


def _status(tally: Tally, signal_number: int | None) -> int:
    if signal_number is not None:
        print(f"signup-risk: stopped; {tally.summary()}, all of them written", file=sys.stderr)
        return 128 + signal_number
    if is_terminal():
        print(f"signup-risk: {tally.summary()}", file=sys.stderr)
    return 1 if tally.bad else 0
