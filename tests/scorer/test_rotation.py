"""One secret takes the other's place, and velocity and outcomes are what they would be without that."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Scorer, Signup
from signup_risk.extract import complete, prepare, signup_name
from signup_risk.features.catalog import CATALOG
from signup_risk.references import References, open_references
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.parallel import assess_parallel
from signup_risk.stores import Hasher, MemoryLedger, MemoryStore, Store, open_store
from tests.histories import ADDRESSES, AGENTS, MAILBOXES
from tests.scorer.samples import AT, FULL, told
from tests.scorer.test_parallel import read, write
from tests.stores.servers import Server, server
from tests.waiting import await_that

A, B = "the first secret of all", "the second secret of all"
OLD, NEW = Hasher(A.encode()), Hasher(B.encode())
FILLING, CHANGING = OLD.beside(NEW), NEW.beside(OLD)
START = datetime(2026, 1, 1, tzinfo=UTC)

#: Days on which the steps of the rotation begin: filling, changing worker by worker, changed, the old one left out.
STEPS = (20, 115, 122, 128)
DAYS = 150


@pytest.fixture(scope="module")
def references() -> References:
    """Return what is looked up."""
    return open_references()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Run a server."""
    with server() as one:
        yield one


@pytest.fixture(params=["memory", "sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store of each kind."""
    if request.param == "redis":
        one: Server = request.getfixturevalue("running")
        one.client().flushall()
        return one.url("rotation:")
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/velocity.db"


def history(seed: int) -> list[tuple[float, dict[str, Any]]]:
    """Return sign-ups of 150 days with the day of each, some late, some twice, bursts and pauses among them."""
    rng, at, made = random.Random(seed), 0.0, list[tuple[float, dict[str, Any]]]()
    while at < DAYS:
        at += rng.choice([0.0, 0.0001, 0.01, 0.2, 1.1, 2.0])
        event: dict[str, Any] = {
            "signup_id": f"s{len(made)}" if rng.random() < 0.9 or not made else made[-1][1]["signup_id"],
            "at": (START + timedelta(days=at - rng.choice([0, 0, 0, 0.02]))).isoformat(),
            "ip_address": rng.choice(ADDRESSES),
            "email": rng.choice([*MAILBOXES, f"new{len(made)}@example.com"]),
            "phone": rng.choice([None, "+4915112345678"]),
            "device": {"id": rng.choice([None, "d1", f"d{len(made)}"]), "user_agent": rng.choice(AGENTS)},
            "card": rng.choice([None, {"token": "tok_a", "issuer_id_number": "411111"}]),
        }
        made.append((at, event))
    return made


class Worker:
    """Assess and report as a scorer does, for all features."""

    def __init__(self, store: Store, references: References, ledger: MemoryLedger) -> None:
        self.gate, self.references, self.ledger = StoreGate(store), references, ledger

    def row(self, event: dict[str, Any], hasher: Hasher) -> list[float | None]:
        """Return the features of a sign-up, and record it under every live secret."""
        signup = Signup.from_mapping(event)
        prepared = prepare(signup, signup.at_us, self.references, hasher)
        answer, problem = self.gate.exchange(prepared.keys.touch, 60)
        assert problem is None
        self.gate.also(prepared.keys.second, 60)
        values = complete(prepared, answer, CATALOG).values
        return [None if math.isnan(value) else value for value in values]

    def report(self, signup_id: str, at: str, hasher: Hasher) -> None:
        """Report a sign-up as abusive."""
        Outcomes(self.ledger, self.gate, hasher, deadline_ms=60_000).report(signup_id, "abusive", at=at)


def rows(store: Store, references: References, seed: int, hasher_at: Callable[[float], Hasher]) -> list[Any]:
    """Replay a history by workers that hold the secrets of the day."""
    worker, rng, found = Worker(store, references, MemoryLedger()), random.Random(seed), []
    past: list[str] = []
    for day, event in history(seed):
        found.append(worker.row(event, hasher_at(day)))
        past.append(event["signup_id"])
        if rng.random() < 0.15:
            worker.report(rng.choice(past[-20:]), event["at"], hasher_at(day))
    return found


def rotating(seed: int) -> Callable[[float], Hasher]:
    """Return what tells the secrets of a worker by the day; while some have changed, chance says which is asked."""
    rng = random.Random(seed + 1)

    def of(day: float) -> Hasher:
        step = sum(day >= begin for begin in STEPS)
        return (OLD, FILLING, rng.choice([FILLING, CHANGING]), CHANGING, NEW)[step]

    return of


@pytest.mark.parametrize("seed", range(2))
def test_features_are_those_without_a_rotation(url: str, references: References, seed: int) -> None:
    """Before, during and after the change, by workers that changed and by those that did not, all numbers are equal."""
    wanted = rows(MemoryStore(), references, seed, lambda _: Hasher(b"a secret that stays for good"))
    assert len(wanted) > 200
    with closing(open_store(url, secret=A, second_secret=B)[0]) as store:
        found = rows(store, references, seed, rotating(seed))
    assert found == wanted


def test_a_change_without_filling_would_show(references: References) -> None:
    """The comparison can fail: under a secret that was not filled, numbers are others."""
    wanted = rows(MemoryStore(), references, 0, lambda _: OLD)
    found = rows(MemoryStore(), references, 0, lambda day: OLD if day < STEPS[1] else NEW)
    assert found[: len(found) // 2] == wanted[: len(wanted) // 2]
    assert found != wanted


def test_two_scorers_in_the_middle_of_the_change(tmp_path: Path) -> None:
    """Scorers that have changed and others that have not see each other's sign-ups and outcomes."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    shared: dict[str, Any] = {"deadline_ms": 60_000, "campaigns": None}
    with (
        Scorer.open(url, secret=A, second_secret=B, **shared) as old,
        Scorer.open(url, secret=B, second_secret=A, **shared) as new,
        Scorer.open("memory://", secret=A, **shared) as alone,
    ):
        for number in range(40):
            event = FULL | {"signup_id": f"s{number}", "at": f"2026-06-01T12:{number:02}:00Z"}
            one, other = (old, new) if number % 3 else (new, old)
            assert told(one.assess(event, explain="always")) == told(alone.assess(event, explain="always"))
            if number % 4 == 0:
                assert other.report(f"s{number}", "abusive", at=event["at"])
                assert alone.report(f"s{number}", "abusive", at=event["at"])
        assert (old.pending_writes, new.pending_writes) == (0, 0)
        assert new.export(email=FULL["email"]).keys[0].signups == 40
        assert len(new.export(email=FULL["email"]).signups) == 40
        assert new.forget(email=FULL["email"]).signups == 40
        for scorer in (old, new):
            assert scorer.export(email=FULL["email"]).not_found == ("email",)
            assert scorer.forget(email=FULL["email"]).total == 0


def test_what_cannot_be_written_twice_is_no_degradation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If only the second exchange fails, the assessment is whole, and the write waits in the queue."""
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db", secret=A, second_secret=B, deadline_ms=60_000) as scorer:
        store: Any = scorer._store
        with monkeypatch.context() as broken:
            usual = store.exchange
            broken.setattr(store, "exchange", lambda touch, timeout=None: _only(usual, touch, timeout))
            assert scorer.assess(FULL).degraded == ()
            assert scorer.pending_writes == 1
        assert scorer.assess(FULL | {"signup_id": "next"}).degraded == ()
        await_that(lambda: not scorer.pending_writes, "it is written")
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db", secret=B, second_secret=A) as scorer:
        assert scorer.export(email=FULL["email"]).keys[0].signups == 2


def _only(usual: Any, touch: Any, timeout: float | None) -> Any:
    from signup_risk.errors import StoreUnavailable

    if touch.signup == signup_name("signup-7261", NEW):
        raise StoreUnavailable("the second one is refused")
    return usual(touch, timeout=timeout)


def test_the_ledger_comes_along(tmp_path: Path) -> None:
    """Outcomes said under the old secret count under both, and once they are brought along under the new one alone."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    with Scorer.open(url, secret=A, deadline_ms=60_000) as scorer:
        scorer.assess(FULL)
        scorer.report("signup-7261", "abusive", at=AT, source="chargeback")
    with Scorer.open(url, secret=A, second_secret=B):
        pass
    with Scorer.open(url, secret=B, second_secret=A, deadline_ms=60_000) as scorer:
        scorer.report("signup-7261", "step_up_passed", at=AT)
        assert [len(one.outcomes) for one in scorer.export(signup_id="signup-7261").signups] == [2]
        assert scorer.outcomes.rekey() == 1
        assert scorer.outcomes.rekey() == 0
    with Scorer.open(url, secret=B) as scorer:
        kept = scorer.export(signup_id="signup-7261").signups[0]
        assert sorted(one.what for one in kept.outcomes) == ["abusive", "step_up_passed"]
        assert scorer.outcomes.erase("signup-7261") == 2


def test_campaigns_of_the_old_secret_can_be_read(tmp_path: Path) -> None:
    """After the change nobody stumbles over members that were sealed under the other secret."""
    from tests.scorer.test_rights import with_campaign

    url = f"sqlite:///{tmp_path}/velocity.db"
    with Scorer.open(url, secret=A, second_secret=B) as scorer:
        with_campaign(scorer)
    with Scorer.open(url, secret=B, second_secret=A) as scorer:
        assert [one for _, one, _ in scorer.campaign_joins()] == ["signup-7261", "other-1", "signup-7262"]
        assert scorer.found_campaigns() is not None
    with Scorer.open(url, secret=B) as scorer:
        assert all(one.startswith("sealed:") for _, one, _ in scorer.campaign_joins())


def test_workers_of_a_file_record_under_both(tmp_path: Path) -> None:
    """Sign-ups that processes share out among them are recorded under the second secret as well."""
    url, made = f"sqlite:///{tmp_path}/velocity.db", [FULL | {"signup_id": f"s{number}"} for number in range(70)]
    with Scorer.open(url, secret=A, second_secret=B, deadline_ms=60_000) as scorer:
        assert len(list(assess_parallel(scorer, enumerate(made), read, write, workers=1, timeout=60))) == 70
    with Scorer.open(url, secret=B) as scorer:
        assert [one.signups for one in scorer.export(email=FULL["email"]).keys] == [70]
