"""Hold the bundled journals to the contract, and the one in a file to what processes need of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from signup_risk.errors import StoreTimeout, StoreUnavailable
from signup_risk.stores import SqliteStore, open_journal, open_store
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.journal import ErasableJournal, Journal, MemoryJournal
from signup_risk.stores.journal_contract import NOW, JournalContract, JournalErasureContract, entry_of, texts
from signup_risk.stores.sqlite_journal import SqliteJournal

WRITER = """
import sys
from signup_risk.stores.journal_contract import NOW, entry_of
from signup_risk.stores.sqlite_journal import SqliteJournal
journal = SqliteJournal(sys.argv[1])
for number in range(int(sys.argv[3])):
    journal.append([entry_of(f"{sys.argv[2]} {number} {part}") for part in "ab"], timeout=60)
    journal.settle(number, NOW, sys.argv[2].encode(), timeout=60)
journal.close()
"""


class TestMemoryJournal(JournalContract):
    """Hold the memory journal to the contract."""

    def open(self, tmp_path: Path) -> Journal:  # noqa: ARG002 - memory needs no place
        """Open a new journal."""
        return MemoryJournal()


class TestSqliteJournal(JournalContract):
    """Hold the SQLite journal to the contract."""

    def open(self, tmp_path: Path) -> Journal:
        """Open a file in the test's folder."""
        return SqliteJournal(tmp_path / "velocity.db")


class TestMemoryJournalErasure(JournalErasureContract):
    """Hold the memory journal to the contract of changing what has been written."""

    def open(self, tmp_path: Path) -> ErasableJournal:  # noqa: ARG002 - memory needs no place
        """Open a new journal."""
        return MemoryJournal()


class TestSqliteJournalErasure(JournalErasureContract):
    """Hold the SQLite journal to the contract of changing what has been written."""

    def open(self, tmp_path: Path) -> ErasableJournal:
        """Open a file in the test's folder."""
        return SqliteJournal(tmp_path / "velocity.db")


def test_two_processes_append_to_one_file(tmp_path: Path) -> None:
    """Two processes and a reader share a file: no entry is lost, doubled or torn from its neighbour."""
    path = tmp_path / "velocity.db"
    journal = SqliteJournal(path)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name, "300"]) for name in ("one", "two")]
    read: list[tuple[int, bytes]] = []
    while any(writer.poll() is None for writer in writers):
        read += journal.since(read[-1][0] if read else 0)
    read += journal.since(read[-1][0] if read else 0)
    assert [writer.returncode for writer in writers] == [0, 0]
    found = [content.decode() for _, content in read]
    assert sorted(found) == sorted(f"{name} {n} {part}" for name in ("one", "two") for n in range(300) for part in "ab")
    assert all(a[:-1] == b[:-1] for a, b in zip(found[::2], found[1::2], strict=True))
    assert read == journal.since(0)
    assert set(journal.settled(range(300)).values()) <= {b"one", b"two"}
    journal.close()


def test_journal_and_store_share_a_file(tmp_path: Path) -> None:
    """The journal of a URL stands in the file of the store, and a second opening finds what the first wrote."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    for number in (1, 2):
        store, _ = open_store(url, secret="0123456789abcdef")
        journal = open_journal(url)
        store.exchange(touch_at(START, number, 5))
        journal.append([entry_of(f"{number}")])
        assert len(journal.since(0)) == number
        journal.close()
        store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["velocity.db"]
    assert (tmp_path / "velocity.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "step",
    [
        lambda journal: journal.append([entry_of("a")], timeout=0.05),
        lambda journal: journal.settle(1, NOW, b"record", timeout=0.05),
    ],
    ids=["append", "settle"],
)
def test_locked_file_times_out_and_writes_nothing(tmp_path: Path, step: Callable[[Journal], None]) -> None:
    """A file that another process holds is given up within the timeout, with nothing written."""
    path = tmp_path / "velocity.db"
    journal = SqliteJournal(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreTimeout):
        step(journal)
    assert time.monotonic() - started < 10  # not for ever; a busy machine may take its time
    assert journal.since(0, timeout=0.05) == []
    other.execute("ROLLBACK")
    other.close()
    journal.append([entry_of("b")])
    assert texts(journal) == ["b"]
    assert journal.settled([1]) == {}
    journal.close()


def test_busy_journal_times_out(tmp_path: Path) -> None:
    """Another thread that holds the connection makes a caller wait no longer than it said."""
    journal = SqliteJournal(tmp_path / "velocity.db")
    with journal._lock, pytest.raises(StoreTimeout):
        journal.since(0, timeout=0.02)
    journal.close()


def test_closed_or_forked_journal_is_unavailable(tmp_path: Path) -> None:
    """A closed journal, and one that a fork took along, raise the store's own error."""
    journal = SqliteJournal(tmp_path / "velocity.db")
    journal._pid = os.getpid() + 1
    with pytest.raises(StoreUnavailable, match="fork"):
        journal.since(0)
    journal._pid = os.getpid()
    journal.close()
    for call in (lambda: journal.since(0), lambda: journal.append([entry_of("a")]), lambda: journal.trim(NOW)):
        with pytest.raises(StoreUnavailable):
            call()


def test_file_that_is_none(tmp_path: Path) -> None:
    """A file that is no database is refused with the store's own error."""
    path = tmp_path / "velocity.db"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnavailable, match="cannot open"):
        SqliteJournal(path)


def test_half_an_append_is_undone(tmp_path: Path) -> None:
    """If one entry of a call cannot be written, none is."""
    journal = SqliteJournal(tmp_path / "velocity.db")
    with pytest.raises(StoreUnavailable):
        journal.append([entry_of("a"), entry_of("b")._replace(content=None)])  # type: ignore[arg-type]
    assert journal.since(0) == []
    journal.append([entry_of("c")])
    assert texts(journal) == ["c"]
    journal.close()


def test_file_does_not_grow_without_end(tmp_path: Path) -> None:
    """The log beside the file is written back by the store, so that the journal's part in it stays small."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    store, journal = SqliteStore(tmp_path / "velocity.db"), open_journal(url)
    log, before, grown = tmp_path / "velocity.db-wal", 0, []
    for number in range(1, 20_001):
        store.exchange(touch_at(START + number, number, 5))
        journal.settle(number % 50, NOW, bytes(200))
        if number % 4000 == 0:  # which would be 47 MB of log; a busy machine keeps the thread waiting for a while
            grown.append(log.stat().st_size - before)
            before += grown[-1]
            if grown[-1] < 24 * 2**20:
                break
    assert grown[-1] < 24 * 2**20, grown
    journal.close()
    store.close()
