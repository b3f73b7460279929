"""Keep records on disk and give them back in the order of their times, in memory for a few numbers each."""

from __future__ import annotations

import mmap
import tempfile
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

_NONE: Final = 0


class Entry(NamedTuple):
    """Say what the order of a history needs to know of a record.

    Attributes:
        at: Event time in microseconds.
        id: Id of the sign-up.
        label: 1, 0 or -1.
    """

    at: int
    id: str | None
    label: int


class Spool:
    """Take records in any order, give them back by time, each sign-up once.

    Equal times keep the order in which they came. Of records with one id the earliest is kept. 33 bytes a record are
    held in memory; the records themselves are in an unnamed temporary file.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._ends = array("q", [0])
        self._times = array("q")
        self._ids = array("Q")
        self._labels = array("b")
        self._order: npt.NDArray[np.int64] | None = None

    def add(self, record: bytes, entry: Entry) -> None:
        """Append a record."""
        self._file.write(record)
        self._ends.append(self._ends[-1] + len(record))
        self._times.append(entry.at)
        self._ids.append(_NONE if entry.id is None else _digest(entry.id))
        self._labels.append(entry.label)
        self._order = None

    @property
    def late(self) -> int:
        """Return how many records came after a later one."""
        times = np.frombuffer(self._times, dtype=np.int64)
        return int(np.count_nonzero(times < np.maximum.accumulate(times))) if len(times) else 0

    @property
    def labels(self) -> npt.NDArray[np.int8]:
        """Return the labels of the records that are kept, in their order."""
        return np.frombuffer(self._labels, dtype=np.int8)[self.order()]

    def times(self) -> npt.NDArray[np.int64]:
        """Return the times of the records that are kept, in their order."""
        return np.frombuffer(self._times, dtype=np.int64)[self.order()]

    def __len__(self) -> int:
        """Return the number of records that were added."""
        return len(self._times)

    def order(self) -> npt.NDArray[np.int64]:
        """Return the numbers of the records that are kept, by time."""
        if self._order is None:
            by_time = np.argsort(np.frombuffer(self._times, dtype=np.int64), kind="stable")
            ids = np.frombuffer(self._ids, dtype=np.uint64)[by_time]
            first = np.zeros(len(ids), dtype=bool)
            first[np.unique(ids, return_index=True)[1]] = True
            self._order = by_time[first | (ids == _NONE)]
        return self._order

    def conflicts(self) -> int:
        """Return how many records that are left out have another label than the one that is kept."""
        kept = self.order()
        ids, labels = np.frombuffer(self._ids, dtype=np.uint64), np.frombuffer(self._labels, dtype=np.int8)
        known = dict(zip(ids[kept].tolist(), labels[kept].tolist(), strict=True))
        dropped = np.setdiff1d(np.arange(len(ids)), kept, assume_unique=True)
        return sum(known[ids[i].item()] != labels[i].item() for i in dropped)

    def records(self) -> Iterator[bytes]:
        """Yield the records that are kept, by time."""
        self._file.flush()
        if not len(self):
            return
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for number in self.order().tolist():
                yield content[self._ends[number] : self._ends[number + 1]]

    def close(self) -> None:
        """Delete the file."""
        self._file.close()


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1
