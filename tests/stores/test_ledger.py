"""Hold the bundled ledgers to the contract, and the one in a file to what processes need of it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from signup_risk.errors import ConfigurationError, StoreMismatch, StoreTimeout, StoreUnavailable
from signup_risk.stores import open_ledger, open_store
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.ledger import Ledger, LedgerEntry, MemoryLedger
from signup_risk.stores.ledger_contract import NOW, LedgerContract, decision, everything, outcome
from signup_risk.stores.sqlite_ledger import SqliteLedger

WRITER = """
import sys
from signup_risk.stores.ledger_contract import outcome
from signup_risk.stores.sqlite_ledger import SqliteLedger
ledger = SqliteLedger(sys.argv[1])
first = int(sys.argv[2])
for number in range(200):
    ledger.append([outcome(first + number, known_at=part) for part in (1, 2)], timeout=60)
    ledger.append([outcome(9_999)], timeout=60)
ledger.close()
"""


class TestMemoryLedger(LedgerContract):
    """Hold the memory ledger to the contract."""

    def open(self, tmp_path: Path) -> Ledger:  # noqa: ARG002 - memory needs no place
        """Open a new ledger."""
        return MemoryLedger()


class TestSqliteLedger(LedgerContract):
    """Hold the SQLite ledger to the contract."""

    def open(self, tmp_path: Path) -> Ledger:
        """Open a file in the test's folder."""
        return SqliteLedger(tmp_path / "velocity.db")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"what": "fraud"}, "outcome 'fraud' is unknown"),
        ({"source": "decision"}, "not abusive because it was blocked"),
        ({"source": "signup_risk"}, "not abusive because it was blocked"),
        ({"source": ""}, "one short word"),
        ({"source": "Ada Lovelace"}, "one short word"),
        ({"source": "ada@example.com"}, "one short word"),
        ({"source": "a" * 33}, "one short word"),
        ({"source": "analyst\n"}, "one short word"),
        ({"confidence": 0.0}, "confidence is 0.0"),
        ({"confidence": 1.01}, "confidence is 1.01"),
        ({"confidence": float("nan")}, "confidence is nan"),
        ({"name": 0}, "give it an id"),
        ({"name": 2**63}, "give it an id"),
    ],
)
def test_entries_that_cannot_be_are_refused(parts: dict[str, Any], said: str) -> None:
    """What would poison the ledger is refused when the entry is made, and no text of a person is quoted."""
    with pytest.raises(ConfigurationError, match=said) as raised:
        outcome(**({"name": 1} | parts))
    assert "Ada" not in str(raised.value)
    assert "ada@" not in str(raised.value)


@pytest.mark.parametrize("parts", [{"what": "ban"}, {"would": ""}, {"propensity": 0.0}, {"propensity": 1.5}])
def test_decisions_that_cannot_be_are_refused(parts: dict[str, Any]) -> None:
    """A decision is one of the four, and was given with some probability."""
    with pytest.raises(ConfigurationError, match=r"decision is|propensity is"):
        decision(**({"name": 1} | parts))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version":1}', b'{"version":2,"kind":"outcome"}', b"\xff"])
def test_foreign_entries_are_refused(content: bytes) -> None:
    """What another version wrote, or nobody, is an error of the store and not half an entry."""
    with pytest.raises(StoreMismatch):
        LedgerEntry.from_bytes(content)


def test_processes_append_to_one_file(tmp_path: Path) -> None:
    """Three processes and a reader share a file: no entry is lost, doubled or torn from its neighbour."""
    path = tmp_path / "velocity.db"
    ledger = SqliteLedger(path)
    starts = (1_000, 2_000, 3_000)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(first)]) for first in starts]
    read: list[tuple[int, LedgerEntry]] = []
    while any(writer.poll() is None for writer in writers):
        read += ledger.page(read[-1][0] if read else 0, limit=50)
    while page := ledger.page(read[-1][0] if read else 0, limit=50):
        read += page
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert [entry for _, entry in read] == everything(ledger)
    found = [entry for _, entry in read if entry.name != 9_999]
    assert len(read) == len(found) + 1
    assert sorted(one.name for one in found[::2]) == [first + number for first in starts for number in range(200)]
    pairs = zip(found[::2], found[1::2], strict=True)
    assert all((one.name, one.at, other.at) == (other.name, 1, 2) for one, other in pairs)
    ledger.close()


def test_ledger_and_store_share_a_file(tmp_path: Path) -> None:
    """The ledger of a URL stands in the file of the store, and a second opening finds what the first wrote."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    for number in (1, 2):
        store, _ = open_store(url, secret="0123456789abcdef")
        ledger = open_ledger(url)
        store.exchange(touch_at(START, number, 5))
        ledger.append([outcome(number)])
        assert len(everything(ledger)) == number
        ledger.close()
        store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["velocity.db"]
    assert (tmp_path / "velocity.db").stat().st_mode & 0o777 == 0o600


def test_a_store_without_a_ledger_is_refused() -> None:
    """Outcomes that were kept in memory instead would be lost without a word."""
    with pytest.raises(ConfigurationError, match="have no ledger"):
        open_ledger("postgres://localhost/0")


def test_locked_file_times_out_and_writes_nothing(tmp_path: Path) -> None:
    """A file that another process holds is given up within the timeout, with nothing written."""
    path = tmp_path / "velocity.db"
    ledger = SqliteLedger(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreTimeout, match="ledger of outcomes"):
        ledger.append([outcome(1)], timeout=0.05)
    assert time.monotonic() - started < 10  # not for ever; a busy machine may take its time
    assert ledger.page(timeout=0.05) == []
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append([outcome(1)]) == 1
    ledger.close()


def test_half_an_append_is_undone(tmp_path: Path) -> None:
    """If one entry of a call cannot be written, none is."""
    ledger = SqliteLedger(tmp_path / "velocity.db")
    with pytest.raises(StoreUnavailable):
        ledger.append([outcome(1), outcome(2, known_at=None)])  # type: ignore[arg-type]
    assert ledger.page() == []
    ledger.close()
    with pytest.raises(StoreUnavailable):
        ledger.append([outcome(1)])


def test_erased_entries_are_not_in_the_file(tmp_path: Path) -> None:
    """Once the log is written back, no byte of an erased sign-up's sealed id is left in the file."""
    path = tmp_path / "velocity.db"
    ledger = SqliteLedger(path)
    mark = bytes(range(100, 140))
    ledger.append([outcome(1, sealed=mark, known_at=NOW), outcome(2)])
    assert ledger.erase(1) == 1
    ledger.close()
    assert mark.hex().encode() not in path.read_bytes()
    assert b"s2".hex().encode() in path.read_bytes()
