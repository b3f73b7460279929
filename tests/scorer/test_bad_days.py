"""Give the scorer bad days: a locked store, a damaged one, a closed one, a time that has not come."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from signup_risk import ConfigurationError, InvalidSignup, Scorer
from tests.scorer.samples import AT, FULL, touch_of
from tests.waiting import await_that


def test_locked_store_degrades_and_catches_up(tmp_path: Path) -> None:
    """While another process holds the file, sign-ups are scored without velocity; afterwards nothing is missing."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", deadline_ms=10) as scorer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for number in range(3):
            assessment = scorer.assess({**FULL, "signup_id": f"locked{number}"})
            assert assessment.degraded == ("velocity",)
            assert assessment.decision != "block"
        assert scorer.pending_writes == 3
        assert scorer.report("locked0", "abusive", at=AT) is False
        assert scorer.pending_writes == 4
        other.execute("ROLLBACK")
        other.close()
        assert scorer.assess({**FULL, "signup_id": "free"}, deadline_ms=5000).degraded == ()
        await_that(lambda: not scorer.pending_writes, "everything is written")
        assert scorer.dropped_writes == 0
        touch = touch_of(scorer, {**FULL, "signup_id": "after"})
        state = scorer._store.peek(touch).states[1]
        assert state is not None
        assert (state.total, len(state.outcomes())) == (4, 1)


def test_async_form_does_not_block_the_loop(tmp_path: Path) -> None:
    """While an assessment waits for a locked store, the loop goes on."""

    async def run() -> tuple[int, Any]:
        path = tmp_path / "velocity.db"
        async with Scorer.open(f"sqlite:///{path}", deadline_ms=300) as scorer:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            task = asyncio.create_task(scorer.assess_async(FULL))
            turns = 0
            while not task.done():
                await asyncio.sleep(0)
                turns += 1
            other.execute("ROLLBACK")
            other.close()
            assert await scorer.report_async("signup-7261", "abusive", at=AT) is False
            return turns, task.result()

    turns, assessment = asyncio.run(run())
    assert turns > 10
    assert assessment.degraded == ("velocity",)


def test_a_damaged_row_degrades(tmp_path: Path) -> None:
    """Bytes in the store that nobody wrote cost velocity, not the sign-up flow."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}") as scorer:
        scorer.assess(FULL)
        for damage in (b"", b"\x00", b"\xff" * 200, 12345, "text"):
            other = sqlite3.connect(path)
            other.execute("UPDATE keys SET state = ?", (damage,))
            other.commit()
            other.close()
            assert scorer.assess({**FULL, "signup_id": f"d{damage!r}"}).degraded == ("velocity",)


def test_outcome_of_a_pending_sign_up_is_kept(tmp_path: Path) -> None:
    """An outcome that comes while its sign-up waits for the store is stored after it."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", deadline_ms=10) as scorer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        scorer.assess(FULL)
        other.execute("ROLLBACK")
        other.close()
        assert scorer.report("signup-7261", "abusive", at=AT, deadline_ms=5000) is False
        assert scorer.pending_writes == 0
        state = scorer._store.peek(touch_of(scorer, {**FULL, "signup_id": "next"})).states[1]
        assert state is not None
        assert len(state.outcomes()) == 1


def test_closed_scorer_says_so() -> None:
    """Both forms of a closed scorer raise an error of the library."""
    scorer = Scorer.open("memory://")
    scorer.close()
    with pytest.raises(ConfigurationError, match="closed"):
        scorer.assess(FULL)
    with pytest.raises(ConfigurationError, match="closed"):
        asyncio.run(scorer.assess_async(FULL))


def test_a_time_that_has_not_come_is_the_callers_error() -> None:
    """A sign-up of the year 2100 is refused, and what the store knows stays known."""
    with Scorer.open("memory://", clock=lambda: datetime(2026, 6, 1, 13, tzinfo=UTC)) as scorer:
        scorer.assess(FULL)
        with pytest.raises(InvalidSignup, match="ahead"):
            scorer.assess({**FULL, "signup_id": "future", "at": "2100-01-01T00:00:00Z"})
        assert scorer._store.peek(touch_of(scorer, {**FULL, "signup_id": "next"})).states[1] is not None
