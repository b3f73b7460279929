"""Give a scorer the questions that leave no trace: what would be decided, and what would have changed it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.extract import complete, describe, prepare
from signup_risk.features.context import Context
from signup_risk.prices import Prices
from signup_risk.references import References
from signup_risk.results import Assessment
from signup_risk.scorer.judge import ExplainMode, Judge
from signup_risk.scorer.sandbox import fixed
from signup_risk.scorer.times import timely
from signup_risk.scorer.watch import Basis, CampaignWatch, KeyNames
from signup_risk.stores import Hasher, Store
from signup_risk.what_if import Direction, Limits, WhatWouldChange, search
from signup_risk.what_if.found import decided
from signup_risk.what_if.places import Place, place_of


class PreviewFace:
    """Be the part of a scorer that assesses without recording."""

    _store: Store
    _hasher: Hasher
    _references: References
    _judge: Judge
    _watch: CampaignWatch | None
    _clock: Callable[[], datetime]
    _sandbox: bool
    _closed: bool

    def preview(self, signup: Mapping[str, Any] | Signup, *, explain: ExplainMode | None = None) -> Assessment:
        """Assess a sign-up as :meth:`assess` would at its moment, and write nothing anywhere.

        The store is read as it stands: of a sign-up that has been assessed before, its own record is left out, if it
        has an id. Whether it would open a campaign is not asked; whether it would join one is.

        Args:
            signup: The event, as a mapping of the input contract or already read.
            explain: When to give reasons, instead of the scorer's own setting.

        Raises:
            InvalidSignup: The caller built the event wrongly.
            StoreError: The store cannot be asked. Nobody waits for this answer, so half of one is not given.
        """
        started = time.perf_counter()
        event = self._read(signup)
        if self._sandbox and (reserved := fixed(event, self._judge.policy, self._judge.model_info, started)):
            return reserved
        prepared = prepare(event, event.at_us, self._references, self._hasher)
        answer = self._store.peek(prepared.keys.touch)
        seen = complete(prepared, answer, self._judge.features)
        scored = self._judge.score(event, seen, explain, started)
        membership = None
        if self._watch is not None:
            membership = self._watch.foresee(KeyNames.of(prepared), Basis.of(scored), seen.context.velocity)
        return self._judge.conclude(scored, membership)

    def what_would_change(  # noqa: PLR0913 - what is asked, and how far to look
        self,
        signup: Mapping[str, Any] | Signup,
        *,
        direction: Direction | None = None,
        largest: int = 3,
        most: int = 5,
        budget: int = 400,
        without: Collection[str] = (),
        prices: Prices | None = None,
    ) -> WhatWouldChange:
        """Find the smallest sets of facts that would have changed the decision about a sign-up.

        Each set was found by assessing the sign-up with it, against the store as it stands and without recording
        anything. Facts that an applicant could truthfully have stand apart from those that an attacker could buy, which
        have a price. It is for analysts: to anybody else the second list says what to buy.

        A changed fact is a stand-in, an address of a large provider's block for *a home line*, say; so a set shows what
        such a fact does, and no promise to one applicant. The lists of facts stand in :mod:`signup_risk.what_if.facts`.

        Args:
            signup: The event, as a mapping of the input contract or already read; with its id if it was assessed.
            direction: Whether to look for a ``milder`` decision or a ``stricter`` one; milder unless it is allowed.
            largest: Most facts in a set, at most 5.
            most: Sets to give of each list.
            budget: Assessments that each list may take, some milliseconds each.
            without: Levers (``card``) or single facts (``card.own``) to leave out, such as what your form does not ask.
            prices: A price list of your own, see :func:`signup_risk.prices.load_prices`.

        Raises:
            InvalidSignup: The caller built the event wrongly.
            ConfigurationError: A bound cannot be used, or the direction is none.
            StoreError: The store cannot be asked.
        """
        limits = Limits(largest, most, budget, tuple(without))
        if direction not in {None, "milder", "stricter"}:
            raise ConfigurationError(f"direction is {str(direction)[:40]!r}; use milder or stricter")
        event = self._read(signup)
        rescore = partial(self.preview, explain="never")
        base = rescore(event)
        place = _place(describe(event, self._references, event.at_us).context)
        chosen: Direction = direction or ("stricter" if decided(base) == "allow" else "milder")
        return search(event.to_mapping(), base, rescore, place, chosen, limits, prices)

    def _read(self, signup: Mapping[str, Any] | Signup) -> Signup:
        if self._closed:
            raise ConfigurationError("this scorer is closed; open another one")
        event = signup if isinstance(signup, Signup) else Signup.from_mapping(signup)
        return timely(event, self._clock())


def _place(context: Context) -> Place:
    """Return the applicant's country: declared, else of the number, the card or the address."""
    codes = (
        context.signup.country,
        context.phone.region if context.phone else None,
        context.signup.card.country,
        context.network.country if context.network else None,
    )
    found = next((place for code in codes if (place := place_of(code))), None) or place_of("US")
    assert found is not None  # noqa: S101 - for the type checker; the table has it
    return found
