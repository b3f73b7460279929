"""Assess sign-ups in process: describe, read velocity, predict, decide, explain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from signup_risk.campaigns.detector import Membership
from signup_risk.campaigns.partners import Partners
from signup_risk.errors import ConfigurationError, StoreError
from signup_risk.events import Signup
from signup_risk.extract import VERSIONS, complete, prepare
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.normalize import user_agent
from signup_risk.observer import Observer, QuietObserver
from signup_risk.policy import Policy
from signup_risk.references import References, open_references
from signup_risk.results import Assessment
from signup_risk.scorer.campaign_face import CampaignFace
from signup_risk.scorer.frame_face import FrameFace
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.judge import ExplainMode, Judge, Scored, check_mode
from signup_risk.scorer.outcome_face import OutcomeFace
from signup_risk.scorer.outcomes import DecisionNote, Outcomes
from signup_risk.scorer.preview_face import PreviewFace
from signup_risk.scorer.receipt_face import ReceiptFace
from signup_risk.scorer.rights_face import RightsFace
from signup_risk.scorer.ruled import ruled_by
from signup_risk.scorer.sandbox import fixed, warn_of_sandbox
from signup_risk.scorer.threads import Threads
from signup_risk.scorer.times import microseconds, timely, utc_now
from signup_risk.scorer.under import Under
from signup_risk.scorer.watch import DEFAULTS, Basis, CampaignSettings, CampaignWatch, KeyNames
from signup_risk.scorer.worker import Recipe
from signup_risk.stores import (
    Exchange,
    Hasher,
    Ledger,
    MemoryLedger,
    Store,
    Touch,
    open_journal,
    open_ledger,
    open_store,
)
from signup_risk.stores.base import AsyncStore

#: What a sign-up may wait for the store by default: well above the 99th percentile of a healthy one, well below
#: what a person notices (about 100 ms, Nielsen 1993).
DEADLINE_MS: Final = 50.0


class Scorer(CampaignFace, FrameFace, OutcomeFace, RightsFace, ReceiptFace, PreviewFace):
    """Assess sign-ups. Safe under threads; open one a process.

    Use :meth:`open`; the constructor takes the parts.

    Examples:
        >>> with Scorer.open("memory://") as scorer:
        ...     assessment = scorer.assess({"at": "2026-06-01T12:00:00Z", "email": "ada@example.com"})
        >>> assessment.decision
        'allow'
    """

    def __init__(  # noqa: PLR0913 - the parts that meet here and nowhere else
        self,
        store: Store,
        hasher: Hasher,
        artefact: ModelArtefact,
        references: References,
        policy: Policy,
        *,
        deadline_ms: float = DEADLINE_MS,
        explain: ExplainMode = "auto",
        clock: Callable[[], datetime] = utc_now,
        watch: CampaignWatch | None = None,
        partners: Partners | None = None,
        observer: Observer | None = None,
        sandbox: bool = False,
        ledger: Ledger | None = None,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._artefact = artefact
        self._references = references
        self._opened_at = microseconds(clock())
        self._given_policy = policy
        self._explain: ExplainMode = explain
        ruled = ruled_by(policy, hasher)
        self._judge = Judge(artefact, references, policy, explain, self._opened_at, partners, ruled=ruled)
        self._watch = watch
        self._partners = partners
        self._deadline_ms = deadline_ms
        self._clock = clock
        self._observer = None if observer is None else QuietObserver(observer)
        self._sandbox = sandbox
        if sandbox:
            warn_of_sandbox()
        self._gate = StoreGate(store, observer=self._observer)
        self._outcomes = Outcomes(
            ledger or MemoryLedger(), self._gate, hasher, clock=clock, deadline_ms=deadline_ms
        )
        self._threads = Threads()
        self._closed = False

    @classmethod
    def open(  # noqa: PLR0913 - one place to choose everything
        cls,
        store: str = "memory://",
        *,
        model: str | Path | None = None,
        references: References | None = None,
        policy: Policy | None = None,
        secret: str | bytes | None = None,
        second_secret: str | bytes | None = None,
        deadline_ms: float = DEADLINE_MS,
        explain: ExplainMode = "auto",
        clock: Callable[[], datetime] = utc_now,
        campaigns: CampaignSettings | None = DEFAULTS,
        partners: Partners | None = None,
        observer: Observer | None = None,
        sandbox: bool = False,
        require_store: bool = True,
    ) -> Self:
        """Open a scorer.

        Args:
            store: Where velocity is kept: ``memory://``, ``sqlite:///path`` or, for many machines, ``redis://host`` and
                its like (:data:`signup_risk.stores.urls.FORMS`).
            model: Folder of a model; the bundled one by default.
            references: What is looked up; the bundled data by default.
            policy: Thresholds, lists and bounds; the default policy if not given.
            secret: Secret of the keyed hashes; see :func:`signup_risk.stores.hashing.hasher_for`.
            second_secret: The other one while one takes the other's place, see :mod:`signup_risk.stores.marks`.
            deadline_ms: Milliseconds that a sign-up may wait for the store.
            explain: When to give reasons: ``auto`` unless the decision is allow, ``always`` or ``never``.
            clock: Tells the time for events without ``at``.
            campaigns: How campaigns are looked for; None leaves them out.
            partners: What partners said of campaigns of theirs, see :func:`signup_risk.campaigns.stix.import_bundle`.
            observer: Is told of assessments and lost writes, such as :class:`signup_risk.telemetry.Telemetry`.
            sandbox: Whether reserved addresses get fixed decisions; for tests, see :mod:`signup_risk.scorer.sandbox`.
            require_store: Whether a Redis or Valkey server has to be reached now. If not, a worker that starts during
                an outage scores without velocity until the server answers, and :attr:`health` says so.

        Raises:
            ConfigurationError: An option cannot be used.
            ModelMismatch: The model does not fit this version.
            StoreError: The store cannot be opened, or belongs to another secret.
        """
        artefact = ModelArtefact.load(model or bundled_model_path(), versions=VERSIONS)
        opened, hasher = open_store(store, secret=secret, second_secret=second_secret, required=require_store)
        try:
            user_agent.warm()
            rules = policy or Policy()
            return cls(
                opened, hasher, artefact, references or open_references(), rules,
                deadline_ms=deadline_ms,
                explain=explain,
                clock=clock,
                watch=CampaignWatch(open_journal(store), hasher, rules, campaigns) if campaigns else None,
                partners=partners,
                observer=observer,
                sandbox=sandbox,
                ledger=open_ledger(store),
            )  # fmt: skip
        except BaseException:
            opened.close()
            raise

    def assess(
        self,
        signup: Mapping[str, Any] | Signup,
        *,
        explain: ExplainMode | None = None,
        deadline_ms: float | None = None,
    ) -> Assessment:
        """Assess one sign-up and record it.

        Args:
            signup: The event, as a mapping of the input contract or already read.
            explain: When to give reasons, instead of the scorer's own setting.
            deadline_ms: Milliseconds to wait for the store, instead of the scorer's own setting.

        Returns:
            The assessment. Whatever the applicant typed and whatever happens to the store, there is one.

        Raises:
            InvalidSignup: The caller built the event wrongly: no mapping, an unknown field, a naive time, or a time
                more than a day ahead of the clock.
            CardNumberRefused: Something under ``card`` could be a full card number.
        """
        return self._told(self._assess(signup, explain, deadline_ms, time.perf_counter()))

    def _told(self, assessment: Assessment) -> Assessment:
        """Tell the observer, in the caller's own thread, where its trace is."""
        if self._observer is not None:
            self._observer.assessed(assessment)
        return assessment

    def _assess(
        self,
        signup: Mapping[str, Any] | Signup,
        explain: ExplainMode | None,
        deadline_ms: float | None,
        started: float,
    ) -> Assessment:
        under = self._begin(signup, explain, deadline_ms, started)
        if isinstance(under, Assessment):
            return under
        return self._end(under, *self.exchange(under.prepared.keys.touch, under.left()))

    def _begin(
        self,
        signup: Mapping[str, Any] | Signup,
        explain: ExplainMode | None,
        deadline_ms: float | None,
        started: float,
    ) -> Under | Assessment:
        """Do what comes before the store is asked; an address of the sandbox is answered at once."""
        if self._closed:
            raise ConfigurationError("this scorer is closed; open another one")
        if explain is not None:
            check_mode(explain)
        event = signup if isinstance(signup, Signup) else Signup.from_mapping(signup)
        event = timely(event, self._clock())
        if self._sandbox and (reserved := fixed(event, self._judge.policy, self._judge.model_info, started)):
            return reserved
        deadline = started + (self._deadline_ms if deadline_ms is None else deadline_ms) / 1000
        return Under(event, prepare(event, event.at_us, self._references, self._hasher), explain, started, deadline)

    def _end(self, under: Under, answer: Exchange | None, problem: StoreError | None) -> Assessment:
        """Do what comes after the store was asked."""
        seen = complete(under.prepared, answer, self._judge.features, problem)
        scored = self._judge.score(under.event, seen, under.explain, under.started)
        found, unseen = self.observe(KeyNames.of(under.prepared), answer, scored, under.left())
        assessment = self._judge.conclude(scored, found, unseen)
        self.decided(DecisionNote.of(assessment), under.left() if problem is None else 0.0)
        self.also(under.prepared.keys.second, under.left() if problem is None else 0.0)
        return assessment

    def observe(
        self, keys: KeyNames, answer: Exchange | None, scored: Scored | Basis, timeout: float
    ) -> tuple[Membership | None, tuple[str, ...]]:
        """Tell campaigns of a scored sign-up; see :meth:`signup_risk.scorer.watch.CampaignWatch.observe`."""
        if self._watch is None:
            return None, ()
        if isinstance(scored, Basis):
            return self._watch.observe(keys, answer, scored, timeout)
        return self._watch.observe(keys, answer, Basis.of(scored), timeout, scored.seen.context.velocity)

    def exchange(self, touch: Touch, timeout: float) -> tuple[Exchange | None, StoreError | None]:
        """Read and record the keys of one sign-up; see :meth:`signup_risk.scorer.gate.StoreGate.exchange`."""
        return self._gate.exchange(touch, timeout)

    def also(self, touch: Touch | None, timeout: float) -> None:
        """Record a sign-up under the second secret; see :meth:`signup_risk.scorer.gate.StoreGate.also`."""
        self._gate.also(touch, timeout)

    async def assess_async(
        self,
        signup: Mapping[str, Any] | Signup,
        *,
        explain: ExplainMode | None = None,
        deadline_ms: float | None = None,
    ) -> Assessment:
        """Assess one sign-up as :meth:`assess` does, without blocking the event loop."""
        started = time.perf_counter()  # waiting for a free thread is part of the time
        if not self._gate.is_async:
            work = partial(self._assess, signup, explain, deadline_ms, started)
            return self._told(await self._threads.run(work))
        under = self._begin(signup, explain, deadline_ms, started)
        if isinstance(under, Assessment):
            return self._told(under)
        answer = await self._gate.exchange_async(under.prepared.keys.touch, under.left())
        return self._told(await self._threads.run(partial(self._end, under, *answer)))

    def close(self) -> None:
        """Make the writes still pending if the store takes them, and release everything."""
        self._closed = True
        self._threads.close()
        self._outcomes.close()
        self._gate.close(self._deadline_ms / 1000)
        if self._watch is not None:
            self._watch.close()
        self._store.close()
        self._artefact.close()

    def recipe(self) -> Recipe:
        """Return how another process opens the same model, references and policy under the same secret."""
        parts = (self._artefact.path, self._references, self._given_policy, self._explain, self._hasher)
        return Recipe(*parts, self._opened_at, self._partners)

    @property
    def model(self) -> ModelArtefact:
        """Return the model."""
        return self._artefact

    @property
    def policy(self) -> Policy:
        """Return the policy, its list entries normalized."""
        return self._judge.policy

    @property
    def references(self) -> References:
        """Return what is looked up."""
        return self._references

    @property
    def secret_check(self) -> str:
        """Return the mark of the secret under which values are named."""
        return self._hasher.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self._store, AsyncStore):
            await self._store.close_async()
        await asyncio.to_thread(self.close)
