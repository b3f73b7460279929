"""Write one SQLite file from several processes, and kill one in mid-stream."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError, StoreMismatch, StoreTimeout, StoreUnavailable
from signup_risk.stores import HOUR_1, KeyView, SqliteStore, open_store
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.windows import SECOND

WRITER = """
import sys
from signup_risk.stores import SqliteStore
from signup_risk.stores.contract import START, touch_at
store = SqliteStore(sys.argv[1])
first, last = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, last):
    store.exchange(touch_at(START + number, number, 5), timeout=60)
    print(number, flush=True)
store.close()
"""


def writer(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    """Start a process that records sign-ups and says each one after it is recorded."""
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def count(store: SqliteStore) -> int:
    """Count the sign-ups on the key that all writers touch."""
    at = START + 100 * SECOND
    return KeyView(store.peek(touch_at(at, 0, 5)).states[1], at).count(HOUR_1)


def test_two_processes_count_everything_once(tmp_path: Path) -> None:
    """Two processes that write the same file, half of the ids in common, lose and double nothing."""
    path = tmp_path / "velocity.db"
    writers = [writer(path, 1, 401), writer(path, 201, 601)]
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    store = SqliteStore(path)
    assert count(store) == 600
    store.close()


def test_kill_in_mid_stream(tmp_path: Path) -> None:
    """After kill -9 the file is sound and holds every sign-up that was answered, and at most one more."""
    path = tmp_path / "velocity.db"
    process = writer(path, 1, 1_000_000)
    assert process.stdout is not None
    said = 0
    while said < 500:
        said = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    answered = int(rest[-1]) if rest else said
    store = SqliteStore(path)
    assert count(store) in (answered, answered + 1)
    store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_reopened_store_goes_on(tmp_path: Path) -> None:
    """What one run recorded, the next one reads."""
    path = tmp_path / "velocity.db"
    for first in (1, 11):
        store = SqliteStore(path)
        for number in range(first, first + 10):
            store.exchange(touch_at(START + number, number, 5))
        store.close()
    store = SqliteStore(path)
    assert count(store) == 20
    store.close()


def test_locked_file_times_out_and_records_nothing(tmp_path: Path) -> None:
    """A file that another process holds is given up within the timeout, with nothing recorded."""
    path = tmp_path / "velocity.db"
    store = SqliteStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreTimeout):
        store.exchange(touch_at(START, 1, 5), timeout=0.02)
    other.execute("ROLLBACK")
    other.close()
    assert not store.exchange(touch_at(START, 1, 5)).repeated
    store.close()


def test_damaged_file_is_refused(tmp_path: Path) -> None:
    """A file that is no database is refused with the store's error."""
    path = tmp_path / "velocity.db"
    path.write_bytes(b"this is not a database" * 500)
    with pytest.raises(StoreUnavailable, match="cannot open"):
        SqliteStore(path)


def test_forked_store_is_refused(tmp_path: Path) -> None:
    """A store that crossed a fork refuses to work instead of damaging the file."""
    store = SqliteStore(tmp_path / "velocity.db")
    store._pid = os.getpid() + 1
    with pytest.raises(StoreUnavailable, match="fork"):
        store.peek(touch_at(START, 1, 5))
    store._pid = os.getpid()
    store.close()


def test_other_secret_is_refused(tmp_path: Path) -> None:
    """A store written under another secret is refused, and the error says what to do."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    store, _ = open_store(url, secret="0123456789abcdef")
    store.close()
    with pytest.raises(StoreMismatch, match="give the secret"):
        open_store(url, secret="fedcba9876543210")


def test_secret_is_made_beside_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a secret one is made, readable by the owner alone, and found again."""
    monkeypatch.delenv("SIGNUP_RISK_SECRET", raising=False)
    url = f"sqlite:///{tmp_path}/velocity.db"
    names = []
    for _ in range(2):
        store, hasher = open_store(url)
        names.append(hasher.name(b"ip", "192.0.2.1"))
        store.close()
    assert names[0] == names[1]
    assert (tmp_path / "velocity.db.secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "velocity.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "redis", "file:///x", "memory://x", "sqlite:///no/such/x.db"])
def test_unusable_urls(url: str) -> None:
    """A URL that names no store is refused, with the forms that are known or the folder that is missing."""
    with pytest.raises(ConfigurationError, match=r"known are|does not exist"):
        open_store(url)


def test_short_secret_is_refused() -> None:
    """A secret shorter than 16 bytes is refused."""
    with pytest.raises(ConfigurationError, match="at least 16"):
        open_store("memory://", secret="short")
