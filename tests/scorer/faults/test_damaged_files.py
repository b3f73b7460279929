"""Damage what a scorer keeps, while it is open: files, journal, settled records."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from signup_risk import Scorer, SignupRiskError
from signup_risk.errors import StoreMismatch
from signup_risk.stores.redis.layout import Names
from tests.scorer.faults.redis_stages import restarted_empty
from tests.scorer.faults.trial import PATIENT_MS, SECRET, STRICT, sign_up
from tests.stores.servers import server


def opened(url: str) -> Scorer:
    """Open a scorer that waits as long as it takes."""
    return Scorer.open(url, secret=SECRET, deadline_ms=PATIENT_MS)


def overwrite(path: Path) -> None:
    """Write nonsense over a file, as long as it is."""
    with path.open("r+b") as file:
        file.write(b"\xa5" * path.stat().st_size)


def test_a_file_that_is_damaged_while_open(tmp_path: Path) -> None:
    """Sign-ups are scored, closing is quiet, opening again says what is wrong, and a new file serves."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", secret=SECRET, policy=STRICT, deadline_ms=200) as scorer:
        for number in range(4):
            scorer.assess(sign_up(number), deadline_ms=PATIENT_MS)
        for name in (path, path.with_name("velocity.db-wal"), path.with_name("velocity.db-shm")):
            overwrite(name)
        for number in range(4, 20):
            answer = scorer.assess(sign_up(number))
            assert answer.degraded == ("velocity",)
            assert answer.decision == "review"
        assert scorer.report("day-2", "abusive") is False
        assert (scorer.health.state, scorer.health.pending) != ("closed", 0)
    with pytest.raises(SignupRiskError, match="cannot open"):
        opened(f"sqlite:///{path}")
    for name in tmp_path.glob("velocity.db*"):
        name.unlink()
    with opened(f"sqlite:///{path}") as scorer:
        assert scorer.assess(sign_up(20)).degraded == ()


_JOURNAL_DAMAGE = (
    b"",
    b"no JSON",
    b"[1, 2]",
    b'{"t": "mark"}',
    b'{"t": "open", "at": 1e400, "cell": 5}',
    b'{"t": "open", "at": "now", "cell": ["ip", 1, {}, 2.0], "first": 0, "shared": []}',
    b'{"t": "join", "at": 1, "c": [], "m": [1]}',
    b'{"t": "rule", "at": 1, "c": "x", "what": {}, "by": 4}',
)


def in_file(tmp_path: Path, check: Callable[[str, Callable[[bytes], None]], None]) -> None:
    """Check with a file."""
    path = tmp_path / "velocity.db"

    def put(content: bytes) -> None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("INSERT INTO journal (at, brief, content) VALUES (1, 0, ?)", (content,))
            other.commit()

    check(f"sqlite:///{path}", put)


def in_server(_: Path, check: Callable[[str, Callable[[bytes], None]], None]) -> None:
    """Check with a server."""
    with server(port=True) as one:
        names = Names(b"sr1:")

        def put(content: bytes) -> None:
            number = one.client().incr(names.counter)
            fields = {"a": 1, "b": 0, "c": content} if content else {"x": 1}
            one.client().xadd(names.entries, fields, id=f"{number}-0")

        check(one.port_url(), put)


@pytest.mark.parametrize("where", [in_file, in_server])
def test_a_damaged_journal(
    where: Callable[[Path, Callable[[str, Callable[[bytes], None]], None]], None],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Entries that nobody can read are passed over and named once; campaigns and sign-ups go on."""

    def check(url: str, put: Callable[[bytes], None]) -> None:
        with opened(url) as scorer:
            for number, content in enumerate(_JOURNAL_DAMAGE):
                put(content)
                assert scorer.assess(sign_up(number)).degraded == ()
            put(_JOURNAL_DAMAGE[1])
            assert scorer.campaigns() == ()

    with caplog.at_level(logging.WARNING):
        where(tmp_path, check)
    assert 2 <= caplog.text.count("is damaged") <= len(_JOURNAL_DAMAGE) + 1
    assert "Traceback" not in caplog.text


def test_a_journal_that_is_gone(tmp_path: Path) -> None:
    """If the journal alone fails, velocity is there, campaigns are named as missing, and nobody waits for it."""
    path = tmp_path / "velocity.db"
    with opened(f"sqlite:///{path}") as scorer:
        scorer.assess(sign_up(0))
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE journal")
            other.commit()
        answers = [scorer.assess(sign_up(number)) for number in range(1, 12)]
        assert {answer.degraded for answer in answers} == {("campaigns",)}
        assert (scorer.health.state, scorer.health.pending) == ("closed", 0)


def test_a_journal_of_another_type(tmp_path: Path) -> None:
    """The same where a server holds something else under the journal's name."""
    with server(port=True) as one, opened(one.port_url()) as scorer:
        scorer.assess(sign_up(0))
        names = Names(b"sr1:")
        one.client().set(names.entries, "no stream")
        one.client().set(names.counter, "1")
        answers = [scorer.assess(sign_up(number)) for number in range(1, 12)]
        assert {answer.degraded for answer in answers} == {("campaigns",)}
        one.client().set(names.counter, "no number")
        assert scorer.assess(sign_up(12)).degraded
        assert scorer.health.state == "closed"


def test_a_server_that_came_back_empty_is_marked_again(tmp_path: Path) -> None:
    """Once a worker has looked, a server that lost everything refuses whoever comes with another secret."""
    with restarted_empty(tmp_path) as stage, opened(stage.url) as scorer:
        stage.begin()
        stage.end()
        assert scorer.assess(sign_up(1)).degraded == ()
        scorer._store._hub.look()  # type: ignore[attr-defined]
        with pytest.raises(StoreMismatch, match="another secret"):
            Scorer.open(stage.url, secret="a secret of somebody else")
