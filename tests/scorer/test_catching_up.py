"""What waits for a store is written when the store is back, in a process that gets no further sign-up as well."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from signup_risk import Scorer
from signup_risk.scorer import catching_up
from signup_risk.scorer.catching_up import CatchingUp
from tests.scorer.samples import AT, FULL, touch_of
from tests.scorer.test_gate import lock
from tests.stores.servers import free_port, start
from tests.waiting import await_that

SECRET = "an example, not a secret"


def threads() -> list[threading.Thread]:
    """Return the threads that catch up."""
    return [one for one in threading.enumerate() if one.name == "signup-risk-catching-up"]


def test_a_file_that_is_free_again_gets_all(tmp_path: Path) -> None:
    """Sign-up and outcome come to store and ledger without another call, and the threads end."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", deadline_ms=10) as scorer:
        other = lock(path)
        assert scorer.assess(FULL).degraded == ("velocity",)
        assert scorer.report("signup-7261", "abusive", at=AT) is False
        assert (scorer.health.pending, scorer.pending_writes) == (2, 2)
        other.close()
        await_that(lambda: not scorer.pending_writes, "everything is written")
        assert [one.what for one in scorer._outcomes.said_of("signup-7261")] == ["abusive"]
        await_that(lambda: not threads(), "the threads end")


def test_a_server_that_is_back_gets_all() -> None:
    """After so many failures that the server is spared, a thread finds that it is back; nobody else asks."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with Scorer.open(url, secret=SECRET, require_store=False, deadline_ms=200) as scorer:
        for number in range(8):
            assert "velocity" in scorer.assess({**FULL, "signup_id": f"away-{number}"}).degraded
        assert (scorer.health.state != "closed", scorer.health.pending) == (True, 8)
        one = start("--port", str(port))
        try:
            await_that(lambda: not scorer.health.pending, "everything is written")
            assert scorer.health.recovered == 8
            state = scorer._store.peek(touch_of(scorer, {**FULL, "signup_id": "next"})).states[1]
            assert state is not None
            assert state.total == 8
        finally:
            scorer.close()
            one.stop()


def test_what_fails_is_tried_again_and_stopping_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error ends no thread, success does, and after stopping none starts."""
    monkeypatch.setattr(catching_up, "PAUSE", 0.01)
    waiting, tried = [1, 2], []

    def work() -> bool:
        tried.append(time.monotonic())
        if len(tried) == 1:
            raise ValueError
        waiting.pop()
        return True

    one = CatchingUp(lambda: len(waiting), work)
    for _ in range(3):
        one.start()
    await_that(lambda: not waiting and not threads(), "all is done")
    assert len(tried) == 3
    waiting.append(3)
    one.start()
    await_that(lambda: not waiting and not threads(), "it starts anew")
    one.stop()
    waiting.append(4)
    one.start()
    assert not threads()


def test_the_child_of_a_fork_begins_anew() -> None:
    """A process that forks while its store is away leaves its child neither its writes nor locks held for ever."""
    url = f"redis://127.0.0.1:{free_port()}"
    with Scorer.open(url, secret=SECRET, require_store=False, deadline_ms=50) as scorer:
        scorer.assess(FULL)
        scorer.report("signup-7261", "abusive", at=AT)
        writes, entries = scorer._gate.pending, scorer._outcomes._queue
        locks = [one._catching_up._lock for one in (scorer._gate, entries)]
        with writes._flushing, writes._counting, entries._flushing, entries._counting, locks[0], locks[1]:
            child = os.fork()
            if not child:
                signal.alarm(20)
                waiting = scorer.pending_writes
                scorer.assess({**FULL, "signup_id": "the child's"})
                scorer.report("the child's", "abusive", at=AT)
                started = [one for one in threads() if one.is_alive()]
                os._exit(0 if (waiting, scorer.pending_writes, len(started)) == (0, 2, 2) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert scorer.pending_writes == 2
