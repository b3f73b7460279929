"""Cancel an assessment that waits for its store, as a server does whose client hangs up."""

from __future__ import annotations

import asyncio

import pytest

from signup_risk import Scorer
from tests.scorer.faults.proxy import proxy
from tests.scorer.faults.test_clocks import blobs
from tests.scorer.faults.trial import PATIENT_MS, SECRET, sign_up
from tests.stores.servers import server
from tests.waiting import await_that


def test_a_cancelled_sign_up_counts_once() -> None:
    """Its sign-up is neither lost nor counted twice, with an id or without."""
    with server() as one, proxy(one.socket) as between:
        client = one.client()

        async def run(scorer: Scorer) -> None:
            await scorer.assess_async(sign_up(5))
            for number in (6, 8):  # the first has no id
                held, between.delay = client.dbsize(), 20.0
                task = asyncio.create_task(scorer.assess_async(sign_up(number)))
                while client.dbsize() == held:  # noqa: ASYNC110 - until it is recorded; its answer comes much later
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert scorer.health.pending == 1
                between.delay = 0.0
                await scorer.assess_async(sign_up(number + 1))
            await asyncio.to_thread(await_that, lambda: not scorer.health.pending, "everything is written")
            assert scorer.health.recovered == 2
            await scorer._store.close_async()  # type: ignore[attr-defined]

        url = f"redis://127.0.0.1:{between.port}"
        with Scorer.open(url, secret=SECRET, deadline_ms=PATIENT_MS) as scorer:
            asyncio.run(run(scorer))
            with Scorer.open("memory://", secret=SECRET) as other:
                for number in range(5, 10):
                    other.assess(sign_up(number))
                assert blobs(scorer, sign_up(10)) == blobs(other, sign_up(10))
