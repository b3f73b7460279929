"""Keep records on disk and give them back in the order of their times, in memory for a few numbers each."""

from __future__ import annotations

import mmap
import tempfile
from array import array
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from signup_risk.training.table import UNKNOWN

Numbers = npt.NDArray[np.int64]

#: Returns the first record with the label of the second.
Relabel = Callable[[bytes, bytes], bytes]

_NONE: Final = 0
# Before every time that there is, and its negative is a number as well.
_UNSAID: Final = -(2**62)


class Entry(NamedTuple):
    """Say what the order of a history needs to know of a record.

    Attributes:
        at: Event time in microseconds.
        id: Id of the sign-up.
        label: 1, 0 or -1.
        label_at: When the label became known, in microseconds, if that is said.
    """

    at: int
    id: str | None
    label: int
    label_at: int | None = None


class Spool:
    """Take records in any order, give them back by time, each sign-up once.

    What comes back does not depend on the order in which records came: equal times are ordered by id, then by what
    the records hold. Of records with one id the earliest is kept, as a store that serves keeps it, and has the label
    that became known last: an export with the outcome may follow the one without. 49 bytes a record are held in
    memory; the records themselves are in an unnamed temporary file.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._ends = array("q", [0])
        self._times = array("q")
        self._known = array("q")
        self._ids = array("Q")
        self._contents = array("Q")
        self._labels = array("b")
        self._kept: _Kept | None = None

    def add(self, record: bytes, entry: Entry) -> None:
        """Append a record."""
        self._file.write(record)
        self._ends.append(self._ends[-1] + len(record))
        self._times.append(entry.at)
        self._known.append(_UNSAID if entry.label_at is None else entry.label_at)
        self._ids.append(_NONE if entry.id is None else _digest(entry.id.encode("utf-8", "surrogatepass")))
        self._contents.append(_digest(record))
        self._labels.append(entry.label)
        self._kept = None

    @property
    def late(self) -> int:
        """Return how many records came after a later one."""
        times = np.frombuffer(self._times, dtype=np.int64)
        return int(np.count_nonzero(times < np.maximum.accumulate(times))) if len(times) else 0

    @property
    def labels(self) -> npt.NDArray[np.int8]:
        """Return the labels of the records that are kept, in their order."""
        return np.frombuffer(self._labels, dtype=np.int8)[self._choice().labelled_by]

    def times(self) -> Numbers:
        """Return the times of the records that are kept, in their order."""
        return np.frombuffer(self._times, dtype=np.int64)[self.order()]

    def __len__(self) -> int:
        """Return the number of records that were added."""
        return len(self._times)

    def order(self) -> Numbers:
        """Return the numbers of the records that are kept, by time."""
        return self._choice().order

    def conflicts(self) -> int:
        """Return how many labels are dropped, since the sign-up has another one, which became known later."""
        ids, labels = np.frombuffer(self._ids, dtype=np.uint64), np.frombuffer(self._labels, dtype=np.int8)
        labelled = np.flatnonzero((labels != UNKNOWN) & (ids != _NONE))
        kept = ids[self.order()]
        by_id = np.argsort(kept)
        counting = self.labels[by_id[np.searchsorted(kept, ids[labelled], sorter=by_id)]]
        return int(np.count_nonzero(counting != labels[labelled]))

    def early_labels(self) -> int:
        """Return how many of the records that are kept have a label that became known before they happened."""
        known = np.frombuffer(self._known, dtype=np.int64)[self._choice().labelled_by]
        return int(np.count_nonzero((self.labels != UNKNOWN) & (known != _UNSAID) & (known < self.times())))

    def records(self, relabel: Relabel, most: int | None = None) -> Iterator[bytes]:
        """Yield the records that are kept, by time.

        Args:
            relabel: Gives a record the label of another with its id.
            most: Yield at most so many, spread over time.
        """
        self._file.flush()
        if not len(self):
            return
        order, labelled_by = self._choice()
        step = 1 if most is None else -(-len(order) // most)
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for row, other in zip(order[::step].tolist(), labelled_by[::step].tolist(), strict=True):
                record = content[self._ends[row] : self._ends[row + 1]]
                yield record if row == other else relabel(record, content[self._ends[other] : self._ends[other + 1]])

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def _choice(self) -> _Kept:
        if self._kept is None:
            ids, labels = np.frombuffer(self._ids, dtype=np.uint64), np.frombuffer(self._labels, dtype=np.int8)
            times, known = np.frombuffer(self._times, dtype=np.int64), np.frombuffer(self._known, dtype=np.int64)
            by_time = np.lexsort((np.frombuffer(self._contents, dtype=np.uint64), ids, times))
            order = _first_of_each(ids, by_time)
            repeated = len(order) < len(ids)
            self._kept = _Kept(order, _labelled_by(ids, labels, known, by_time)[order] if repeated else order)
        return self._kept


class _Kept(NamedTuple):
    """Hold the numbers of the records that are kept, by time, and of those that their labels are from."""

    order: Numbers
    labelled_by: Numbers


def _first_of_each(ids: npt.NDArray[np.uint64], by_time: Numbers) -> Numbers:
    in_order = ids[by_time]
    first = np.zeros(len(in_order), dtype=bool)
    first[np.unique(in_order, return_index=True)[1]] = True
    found: Numbers = by_time[first | (in_order == _NONE)]
    return found


def _labelled_by(
    ids: npt.NDArray[np.uint64], labels: npt.NDArray[np.int8], known: Numbers, by_time: Numbers
) -> Numbers:
    """Return for each record the one of its id whose label counts: one that has a label, known last, earliest."""
    best = by_time[np.lexsort((-known[by_time], labels[by_time] == UNKNOWN, ids[by_time]))]
    _, first, place = np.unique(ids[best], return_index=True, return_inverse=True)
    found = np.empty(len(ids), dtype=np.int64)
    found[best] = best[first[place]]
    return np.where(ids == _NONE, np.arange(len(ids)), found)


def _digest(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little") or 1
