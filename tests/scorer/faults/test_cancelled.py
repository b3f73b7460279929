"""Cancel an assessment that waits for its store, as a server does whose client hangs up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from signup_risk import Scorer
from tests.scorer.faults.redis_stages import slow
from tests.scorer.faults.test_clocks import blobs
from tests.scorer.faults.trial import PATIENT_MS, SECRET, sign_up


def test_a_cancelled_sign_up_counts_once(tmp_path: Path) -> None:
    """Its sign-up is neither lost nor counted twice, with an id or without."""

    async def run(scorer: Scorer) -> None:
        for number in (6, 7):  # the first has no id
            task = asyncio.create_task(scorer.assess_async(sign_up(number)))
            await asyncio.sleep(0.1)  # it is sent by then, and its answer comes 200 ms later
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert scorer.health.pending == 2
        await scorer.assess_async(sign_up(8))
        assert (scorer.health.pending, scorer.health.recovered) == (0, 2)

    with slow(tmp_path) as stage, Scorer.open(stage.url, secret=SECRET, deadline_ms=PATIENT_MS) as scorer:

        async def whole() -> None:
            await scorer.assess_async(sign_up(5))
            stage.begin()
            await run(scorer)
            await scorer._store.close_async()  # type: ignore[attr-defined]

        asyncio.run(whole())
        stage.end()
        with Scorer.open("memory://", secret=SECRET) as other:
            for number in range(5, 9):
                other.assess(sign_up(number))
            assert blobs(scorer, sign_up(9)) == blobs(other, sign_up(9))
