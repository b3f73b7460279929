"""Open what answers people's requests on a store, without a model: for the command line and jobs of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from signup_risk.policy import Policy
from signup_risk.references import References
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.rights import Rights
from signup_risk.scorer.times import utc_now
from signup_risk.scorer.watch import DEFAULTS, CampaignWatch
from signup_risk.stores import open_journal, open_ledger, open_store


@contextmanager
def open_rights(url: str, references: References, *, secret: str | bytes | None = None) -> Iterator[Rights]:
    """Open the rights of the people in a store.

    Args:
        url: Of the store.
        references: What is looked up.
        secret: Secret of the keyed hashes; by default found as a scorer finds it.

    Raises:
        ConfigurationError: The URL or the secret cannot be used, or the store cannot erase.
        StoreError: The store cannot be opened, or belongs to another secret.
    """
    with ExitStack() as opened:
        store, hasher = open_store(url, secret=secret)
        opened.enter_context(closing(store))
        gate = StoreGate(store)
        watch = CampaignWatch(open_journal(url), hasher, Policy(), DEFAULTS)
        opened.enter_context(closing(watch))
        outcomes = Outcomes(open_ledger(url), gate, hasher)
        opened.enter_context(closing(outcomes))
        yield Rights(gate, outcomes, watch, hasher, references, utc_now)
