"""Assess in the plain form and in the asynchronous one, as trials want it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from signup_risk import Assessment, Scorer
from signup_risk.stores.base import AsyncStore
from tests.scorer.faults.trial import Assess, Event


@contextmanager
def plain(scorer: Scorer) -> Iterator[Assess]:
    """Assess in the calling thread."""
    yield lambda event, deadline_ms: scorer.assess(event, deadline_ms=deadline_ms)


@contextmanager
def on_loop(scorer: Scorer) -> Iterator[Assess]:
    """Assess on an event loop that lasts as long as the context."""
    with asyncio.Runner() as runner:

        def assess(event: Event, deadline_ms: float) -> Assessment:
            return runner.run(scorer.assess_async(event, deadline_ms=deadline_ms))

        yield assess
        if isinstance(scorer._store, AsyncStore):
            runner.run(scorer._store.close_async())
