"""Read a history of sign-ups from files, in any order, and give it back in the order of time.

Rows that cannot be read are reported with file, number and reason, never with what they hold; a sign-up that stands
twice counts once: as it was the earliest time, with the label that became known last. Rows are kept in a temporary
file while they are brought into order, so a history may be larger than memory.
"""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events import Signup
from signup_risk.files.csv_rows import check_columns
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.parquet_rows import TIMES
from signup_risk.files.records import BadLine, Payload, object_of
from signup_risk.files.sources import Source, open_source
from signup_risk.references import open_references
from signup_risk.scorer.times import microseconds
from signup_risk.training.column_map import ColumnMap
from signup_risk.training.input_notes import LOOKED_AT, input_notes
from signup_risk.training.label_values import LabelReader, LabelValues
from signup_risk.training.progress import Progress, quiet
from signup_risk.training.spool import Entry, Spool
from signup_risk.training.table import UNKNOWN

#: Takes a line for the user.
Say = Callable[[str], None]

#: Bad rows that are named one by one; the rest is counted.
SHOWN: Final = 20
#: Keys of ``custom`` that can become features, the most frequent ones.
MOST_CUSTOM: Final = 200
# So many are counted; whoever has more of them has made keys of values.
_COUNTED_CUSTOM: Final = 5000
_LABEL: Final = ("label", "label_at", "label_confidence", "propensity")


@dataclass(slots=True)
class HistoryReport:
    """Say what was found in a history.

    Attributes:
        read: Rows that are sign-ups.
        bad: Rows that could not be read.
        problems: The first of them: file, number and reason.
        late: Rows that came after a later one.
        repeated: Rows whose id had been there, left out.
        conflicting: Labels that were dropped, since the id has another one, which became known later.
        early: Labels that became known before their sign-up, which cannot be.
        abusive: Sign-ups labelled abusive.
        legitimate: Sign-ups labelled legitimate.
        unlabelled: Sign-ups whose outcome is not known.
        first: Time of the first sign-up, in microseconds.
        last: Time of the last.
        custom: Keys of ``custom`` that held numbers or truth values, and how often.
        notes: What else the user should know.
    """

    read: int = 0
    bad: int = 0
    problems: list[str] = field(default_factory=list)
    late: int = 0
    repeated: int = 0
    conflicting: int = 0
    early: int = 0
    abusive: int = 0
    legitimate: int = 0
    unlabelled: int = 0
    first: int = 0
    last: int = 0
    custom: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Return the counts as a line.

        Examples:
            >>> HistoryReport(read=90, abusive=20, legitimate=60, unlabelled=8, repeated=2, bad=1).summary()
            '88 sign-ups: 20 abusive, 60 legitimate, 8 without a label; 2 rows repeated an id; 1 row could not be read'
        """
        kept = self.read - self.repeated
        said = f"{kept:,} sign-ups: {self.abusive:,} abusive, {self.legitimate:,} legitimate"
        said += f", {self.unlabelled:,} without a label"
        if self.repeated:
            said += f"; {_counted(self.repeated, 'row')} repeated an id"
        if self.conflicting:
            said += (
                f" ({_counted(self.conflicting, 'label')} dropped; of several, the one that became known last counts)"
            )
        if self.late:
            said += f"; {self.late:,} rows were not in the order of time and were sorted"
        if self.bad:
            said += f"; {_counted(self.bad, 'row')} could not be read"
        return said


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class History:
    """Hold a history that was read. Use it as a context manager, or close it.

    Attributes:
        report: What was found.
    """

    def __init__(self, spool: Spool, report: HistoryReport) -> None:
        self._spool = spool
        self.report = report

    def __len__(self) -> int:
        """Return the number of sign-ups."""
        return len(self._spool.order())

    def __iter__(self) -> Iterator[Signup]:
        """Yield the sign-ups in the order of time."""
        return map(signup_of_record, self.records())

    def records(self) -> Iterator[bytes]:
        """Yield what :func:`signup_of_record` reads, for processes that share the work."""
        return self._spool.records(_relabelled)

    def close(self) -> None:
        """Delete the temporary file."""
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_history(  # noqa: PLR0913 - how files are read, each choice with a default
    paths: Sequence[str | Path],
    *,
    column_map: ColumnMap | None = None,
    label_column: str | None = None,
    label_values: LabelValues | None = None,
    say: Say | None = None,
    progress: Progress = quiet,
) -> Iterator[Signup]:
    """Yield the sign-ups of files in the order of time; see :func:`open_history`."""
    with open_history(
        paths,
        column_map=column_map,
        label_column=label_column,
        label_values=label_values,
        say=say,
        progress=progress,
    ) as history:
        yield from history


def open_history(  # noqa: PLR0913 - as above
    paths: Sequence[str | Path],
    *,
    column_map: ColumnMap | None = None,
    label_column: str | None = None,
    label_values: LabelValues | None = None,
    say: Say | None = None,
    progress: Progress = quiet,
) -> History:
    """Read files of sign-ups: JSON Lines, CSV or Parquet, also ``.gz``.

    Args:
        paths: The files.
        column_map: How their columns become fields; by default they are named as the contract names them.
        label_column: Column, or key of the outermost object, with the label.
        label_values: What the values of the label mean.
        say: Takes what the user should know at once: bad rows, columns left out.
        progress: Shows how far the reading is.

    Raises:
        UnreadableFile: A file cannot be opened, or its columns are not as they should be.
        ConfigurationError: The label has values that mean nothing, or no row could be read.
    """
    spool = Spool()
    reader = _Reader(spool, column_map, label_column, label_values, say or _unsaid)
    try:
        for path in paths:
            reader.read(str(path), progress)
        return History(spool, reader.finish())
    except BaseException:
        spool.close()
        raise


def signup_of_record(record: bytes) -> Signup:
    """Return the sign-up of a record."""
    return Signup.from_mapping(_unpack(record), require_at=True)


def event_of_record(record: bytes) -> Mapping[str, Any]:
    """Return what a record of a history's temporary file says, unchecked: it was checked when it was written."""
    event: Mapping[str, Any] = _unpack(record)
    return event


def _pack(event: Mapping[str, Any]) -> bytes:
    """Write an event for the temporary file: JSON where it can be, else as Python has it (times, decimals)."""
    try:
        return b"J" + json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError):
        return b"P" + pickle.dumps(event, pickle.HIGHEST_PROTOCOL)


def _relabelled(record: bytes, other: bytes) -> bytes:
    event, source = _unpack(record), _unpack(other)
    label = {name: source[name] for name in _LABEL if name in source}
    return _pack({name: value for name, value in event.items() if name not in _LABEL} | label)


def _unpack(record: bytes) -> Any:
    if record[:1] == b"P":
        return pickle.loads(record[1:])  # noqa: S301 - written by _pack to an unnamed file of this process
    return json.loads(record[1:].decode("utf-8", "surrogatepass"))


class _Reader:
    """Read file after file into a spool."""

    def __init__(
        self, spool: Spool, column_map: ColumnMap | None, label: str | None, values: LabelValues | None, say: Say
    ) -> None:
        self._spool = spool
        self._map = column_map
        self._label_column = label
        mapped = None if column_map is None else column_map.labels
        self._labels = LabelReader(values or mapped)
        self._label_seen = False
        self._empty: list[str] = []
        self._say = say
        self._report = HistoryReport()

    def read(self, path: str, progress: Progress) -> None:
        """Read one file."""
        is_empty = True
        with closing(open_source(path, None, self._check, self._times())) as source:
            for number, payload in progress(source.records(nullcontext), f"reading {Path(path).name}"):
                self._take(payload, path, source, number)
                is_empty = False
        if is_empty:
            self._empty.append(path)

    def finish(self) -> HistoryReport:
        """Return what was found, having refused what no model can be made of."""
        report, spool = self._report, self._spool
        self._refuse_nothing()
        labels, times = spool.labels, spool.times()
        report.late = spool.late
        report.repeated = report.read - len(labels)
        report.conflicting = spool.conflicts() if report.repeated else 0
        report.abusive, report.legitimate = int((labels == 1).sum()), int((labels == 0).sum())
        report.unlabelled = int((labels == UNKNOWN).sum())
        report.first, report.last = int(times[0]), int(times[-1])
        report.early = spool.early_labels()
        self._note_oddities()
        self._choose_custom()
        return report

    def _refuse_nothing(self) -> None:
        report = self._report
        if not report.read + report.bad:
            raise ConfigurationError(
                f"the history holds no rows: {', '.join(self._empty[:SHOWN]) or 'no file was given'}; "
                "a file that is empty, or has a header only, cannot be learnt from. Give files with sign-ups"
            )
        if not report.read:
            raise ConfigurationError(
                f"the history holds no sign-up that can be read; {report.bad:,} bad rows, the first of them "
                f"{report.problems[0]}"
            )
        if self._label_column is not None and not self._label_seen:
            raise ConfigurationError(f"no row has a field {self._label_column!r}; check --label-column")
        self._labels.check(self._label_column or "label")

    def _note_oddities(self) -> None:
        for path in self._empty:
            self._note(f"{path}: holds no rows, it is empty or has a header only")
        if self._report.early:
            self._note(
                f"label_at is before the time of the sign-up in {_counted(self._report.early, 'row')}, though no "
                "outcome is known earlier; check which column it is, and its offset from UTC"
            )
        some = map(signup_of_record, self._spool.records(_relabelled, LOOKED_AT))
        for note in input_notes(some, open_references()):
            self._note(note)

    def _choose_custom(self) -> None:
        """Keep the most frequent keys, of equal ones the first by name, so that the order of rows is no matter."""
        counted = self._report.custom
        ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        if len(counted) == _COUNTED_CUSTOM:
            self._note(f"custom has {_COUNTED_CUSTOM:,} keys with numbers or more; those that came later do not count")
        if len(ranked) > MOST_CUSTOM:
            self._note(
                f"custom has {len(ranked):,} keys with numbers or truth values; only the {MOST_CUSTOM} most frequent "
                f"can become features, the other {len(ranked) - MOST_CUSTOM:,} are left out"
            )
        self._report.custom = Counter(dict(ranked[:MOST_CUSTOM]))

    def _times(self) -> tuple[str, ...]:
        """Return the columns whose times are read as they are, so that they have to say their offset."""
        return TIMES if self._map is None else self._map.times()

    def _check(self, columns: Sequence[str]) -> None:
        label = self._label_column
        if label is not None and label not in columns:
            raise UnreadableFile(f"there is no column {label!r} for the label; check --label-column")
        others = [name for name in columns if name != label]
        if self._map is None:
            check_columns(others)
            return
        self._map.check(columns)
        unused = self._map.unused(others)
        if unused:
            self._note(f"columns that the map {self._map.name} does not name are left out: {', '.join(unused[:10])}")

    def _note(self, text: str) -> None:
        if text not in self._report.notes:
            self._report.notes.append(text)
            self._say(text)

    def _take(self, payload: Payload, path: str, source: Source, number: int) -> None:
        try:
            event = self._event(payload)
            signup = event if isinstance(event, BadLine) else Signup.from_mapping(event, require_at=True)
        except InvalidSignup as problem:
            signup = BadLine(str(problem))
        if isinstance(signup, BadLine):
            self._bad(f"{path}, {source.place} {number}: {signup.reason}")
            return
        assert not isinstance(event, BadLine)  # noqa: S101 - for the type checker; told apart above
        label = UNKNOWN if signup.label is None else signup.label
        label_at = None if signup.label_at is None else microseconds(signup.label_at)
        self._spool.add(_pack(event), Entry(signup.at_us, signup.signup_id, label, label_at))
        self._report.read += 1
        self._count_custom(signup)

    def _event(self, payload: Payload) -> Mapping[str, Any] | BadLine:
        found = object_of(payload) if isinstance(payload, bytes) else payload
        if isinstance(found, BadLine):
            return found
        event = dict(found)
        column = self._label_column
        self._label_seen = self._label_seen or (column is not None and column in event)
        raw = event.pop(column, None) if column is not None else None
        if self._map is not None:
            event = self._map.apply(event)
        given = event.pop("label", None)
        label = self._labels.read(given if column is None else raw)
        return event if label is None else event | {"label": label}

    def _bad(self, problem: str) -> None:
        report = self._report
        report.bad += 1
        if len(report.problems) < SHOWN:
            report.problems.append(problem)
            self._say(problem)

    def _count_custom(self, signup: Signup) -> None:
        counted = self._report.custom
        for key, value in signup.custom.items():
            if not isinstance(value, str) and (key in counted or len(counted) < _COUNTED_CUSTOM):
                counted[key] += 1


def _unsaid(_text: str) -> None:
    """Say nothing."""
