"""Report outcomes to real ledgers and stores: healthy, locked, full, and killed in between."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from signup_risk.errors import ConfigurationError, InvalidSignup, StoreUnavailable
from signup_risk.extract import select, signup_name
from signup_risk.features.catalog import CATALOG
from signup_risk.references import open_references
from signup_risk.results import Assessment, ModelInfo, PolicyInfo
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import DecisionNote, Outcomes
from signup_risk.stores import Hasher, KeyState, MemoryLedger, MemoryStore, open_ledger, open_store
from signup_risk.stores.base import Entry, Touch
from signup_risk.stores.ledger_contract import everything
from signup_risk.training.replay import replay
from tests.histories import histories

SECRET = "0123456789abcdef"
HASHER = Hasher(SECRET.encode())
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
AT_US = 1_780_315_200_000_000
SHARED = 4242

KILLED = """
import os, signal, sys
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.gate import StoreGate
from signup_risk.stores import open_ledger, open_store

url = sys.argv[1]
store, hasher = open_store(url, secret="0123456789abcdef")
def end(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
store.report = end
outcomes = Outcomes(open_ledger(url), StoreGate(store), hasher, deadline_ms=60_000)
outcomes.report("a1", "abusive", at="2026-06-02T12:00:00Z", source="chargeback")
"""


class Desk:
    """Hold outcomes with the ledger and the store that they write to."""

    def __init__(self, url: str, **options: Any) -> None:
        self.store, hasher = open_store(url, secret=SECRET)
        self.ledger = open_ledger(url)
        self.gate = StoreGate(self.store)
        self.outcomes = Outcomes(self.ledger, self.gate, hasher, **options)

    def sign_up(self, signup_id: str) -> None:
        """Record a sign-up on a key that all of them share."""
        self.store.exchange(Touch(AT_US, signup_name(signup_id, HASHER), (Entry(SHARED),)))

    def velocity(self) -> list[tuple[int, int]]:
        """Return when outcomes on the shared key became known, and what they are."""
        state: KeyState | None = self.store.peek(Touch(AT_US, 0, (Entry(SHARED),))).states[0]
        return [] if state is None else [(known_at - AT_US, code) for known_at, _, code in state.outcomes()]

    def close(self) -> None:
        """Release both."""
        self.outcomes.close()
        self.store.close()


@pytest.fixture(params=["memory", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Open a desk over each kind of store."""
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/velocity.db"
    opened = Desk(url, clock=lambda: AT, deadline_ms=60_000)
    yield opened
    opened.close()


def after(seconds: int) -> datetime:
    """Return a moment after the sign-ups."""
    return datetime.fromtimestamp(AT.timestamp() + seconds, UTC)


def test_an_outcome_reaches_both(desk: Desk) -> None:
    """The ledger has everything that was said, velocity the outcome, and no id or name stands in the clear."""
    desk.sign_up("a1")
    assert desk.outcomes.report("a1", "abusive", at=after(5), source="chargeback", happened_at=AT, confidence=0.9,
                                by="Ada Lovelace") is True  # fmt: skip
    (entry,) = everything(desk.ledger)
    assert HASHER.unseal(entry.name, entry.sealed) == "a1"
    assert (entry.at, entry.known_at) == (AT_US, AT_US + 5_000_000)
    assert (entry.what, entry.source, entry.confidence) == ("abusive", "chargeback", 0.9)
    assert entry.by == HASHER.name(b"reporter:", "Ada Lovelace")
    assert b"Ada" not in entry.to_bytes()
    assert b'"a1"' not in entry.to_bytes()
    assert desk.velocity() == [(5_000_000, 1)]


def test_times_default_to_now(desk: Desk) -> None:
    """Without times an outcome happened and became known now, and an unknown sign-up is kept and said to be unknown."""
    assert desk.outcomes.report("nobody", "legitimate") is False
    (entry,) = everything(desk.ledger)
    assert (entry.at, entry.known_at, entry.source, entry.by) == (AT_US, AT_US, "unspecified", 0)
    assert len(desk.gate.pending) == 0


def test_velocity_follows_the_ledger_in_any_order(desk: Desk) -> None:
    """What became known last counts, even if it is reported first; a withdrawal takes all before it back."""
    desk.sign_up("a1")
    desk.outcomes.report("a1", "legitimate", at=after(9), source="appeal")
    desk.outcomes.report("a1", "abusive", at=after(5))
    assert desk.velocity() == [(9_000_000, 2)]
    desk.outcomes.report("a1", "cleared", at=after(20))
    assert desk.velocity() == []
    desk.outcomes.report("a1", "abusive", at=after(15))
    assert desk.velocity() == []
    desk.outcomes.report("a1", "abusive", at=after(30))
    assert desk.velocity() == [(30_000_000, 1)]
    assert len(everything(desk.ledger)) == 5


@pytest.mark.parametrize("weak", ["step_up_passed", "step_up_failed"])
def test_weak_outcomes_never_reach_velocity(desk: Desk, weak: str) -> None:
    """How a further step went is kept, changes nothing in velocity, and withdraws nothing there."""
    desk.sign_up("a1")
    assert desk.outcomes.report("a1", weak, at=after(5), confidence=0.4) is True
    assert desk.outcomes.report("nobody", weak, at=after(5)) is True
    assert desk.velocity() == []
    desk.outcomes.report("a1", "abusive", at=after(6))
    desk.outcomes.report("a1", weak, at=after(7))
    assert desk.outcomes.catch_up() == 1
    assert desk.velocity() == [(6_000_000, 1)]


@pytest.mark.parametrize("source", ["decision", "signup_risk"])
def test_our_own_decisions_are_no_outcomes(desk: Desk, source: str) -> None:
    """An outcome that is our own decision is refused, and reaches neither ledger nor velocity."""
    desk.sign_up("a1")
    with pytest.raises(ConfigurationError, match="not abusive because it was blocked"):
        desk.outcomes.report("a1", "abusive", source=source)
    assert (everything(desk.ledger), desk.velocity()) == ([], [])


@pytest.mark.parametrize("signup_id", ["", "x" * 129, None, 7])
def test_ids_that_cannot_be_are_refused(desk: Desk, signup_id: Any) -> None:
    """No sign-up can have been assessed under such an id, so the report would help nobody."""
    with pytest.raises(InvalidSignup, match="1 to 128 characters"):
        desk.outcomes.report(signup_id, "abusive")


def assessed(decision: str, signup_id: str | None = "a1", shadow: str | None = None, **parts: Any) -> Assessment:
    """Return an assessment with a decision."""
    policy = PolicyInfo("default", "1", shadow)  # type: ignore[arg-type]
    made: dict[str, Any] = {"decision": decision, "reasons": (), "degraded": (), "warnings": (), "campaign": None}
    fixed = {"signup_id": signup_id, "at": AT, "risk_score": 99.0, "fpr": 0.0, "latency_ms": 1.0}
    return Assessment(**made | fixed | {"model": ModelInfo("m", "1", "f"), "policy": policy} | parts)


def note(desk: Desk, assessment: Assessment) -> None:
    """Note the decision of an assessment, as a scorer does."""
    found = DecisionNote.of(assessment)
    if found is not None:
        desk.outcomes.decided(found)


def test_decisions_that_would_block_are_noted(desk: Desk) -> None:
    """Blocked, let through and only watched: each is noted once with its probability; nothing else is."""
    for assessment in (
        assessed("block"),
        assessed("block"),
        assessed("block", "a2", propensity=0.99),
        assessed("step_up", "a3", explored=True, propensity=0.01),
        assessed("allow", "a4", shadow="block"),
        assessed("allow", "a5", shadow="review"),
        assessed("review", "a6"),
        assessed("block", None),
    ):
        note(desk, assessment)
    desk.outcomes.flush(60)
    noted = [(HASHER.unseal(e.name, e.sealed), e.what, e.would, e.propensity) for e in everything(desk.ledger)]
    assert noted == [
        ("a1", "block", "block", 1.0),
        ("a2", "block", "block", 0.99),
        ("a3", "step_up", "block", 0.01),
        ("a4", "allow", "block", 1.0),
    ]
    assert desk.outcomes.catch_up() == 0


def test_erasing_leaves_the_others(desk: Desk) -> None:
    """A sign-up is forgotten with its decisions, others stay."""
    desk.outcomes.report("a1", "abusive")
    desk.outcomes.report("a2", "abusive")
    note(desk, assessed("block"))
    assert desk.outcomes.erase("a1") == 2
    assert [HASHER.unseal(entry.name, entry.sealed) for entry in everything(desk.ledger)] == ["a2"]


def test_a_locked_file_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While another process holds the file outcomes wait, in their order; afterwards ledger and velocity have them."""
    desk = Desk(f"sqlite:///{tmp_path}/velocity.db", clock=lambda: AT, deadline_ms=20)
    desk.sign_up("a1")
    other = sqlite3.connect(tmp_path / "velocity.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.WARNING):
        assert desk.outcomes.report("a1", "abusive", at=after(1)) is False
        assert desk.outcomes.report("a1", "cleared", at=after(2)) is False
        note(desk, assessed("block"))
    assert desk.outcomes.waiting == 3
    assert caplog.text.count("outcomes wait for the store") == 1
    assert "a1" not in caplog.text
    other.execute("ROLLBACK")
    other.close()
    assert desk.outcomes.report("a1", "abusive", at=after(3), deadline_ms=60_000) is True
    assert desk.outcomes.waiting == 0
    assert [entry.what for entry in everything(desk.ledger)] == ["abusive", "cleared", "block", "abusive"]
    assert desk.velocity() == [(3_000_000, 1)]
    desk.close()


def test_an_outcome_on_its_way_is_not_lost_from_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While velocity is told of an outcome that the ledger has by now, it still counts as waiting."""
    desk = Desk(f"sqlite:///{tmp_path}/velocity.db", deadline_ms=20)
    desk.sign_up("a1")
    report, seen = desk.store.report, []

    def watched(*write: Any, **options: Any) -> bool:
        seen.append((desk.outcomes.tally, desk.gate.pending.tally))
        return bool(report(*write, **options))

    monkeypatch.setattr(desk.store, "report", watched)
    other = sqlite3.connect(tmp_path / "velocity.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert desk.outcomes.report("a1", "abusive", at=after(1)) is False
    other.execute("ROLLBACK")
    other.close()
    desk.close()
    assert seen == [((1, 0), (0, 0, 0))]
    assert desk.outcomes.tally == (0, 1)


def test_a_full_queue_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What neither ledger nor queue can take is an error of the caller's to see; decisions are counted instead."""
    desk = Desk(f"sqlite:///{tmp_path}/velocity.db", clock=lambda: AT, deadline_ms=1, limit=4)
    other = sqlite3.connect(tmp_path / "velocity.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(3):
        note(desk, assessed("block", f"d{number}"))
    assert (desk.outcomes.waiting, desk.outcomes.dropped_decisions) == (2, 1)
    for number in range(2):
        assert desk.outcomes.report(f"a{number}", "abusive") is False
    with pytest.raises(StoreUnavailable, match="report it again"):
        desk.outcomes.report("a9", "abusive")
    assert desk.outcomes.waiting == 4
    with caplog.at_level(logging.ERROR):
        desk.close()
    assert "4 outcomes and decisions could not be kept" in caplog.text
    other.execute("ROLLBACK")
    other.close()


def test_erasing_reaches_what_waits(tmp_path: Path) -> None:
    """An outcome that waits for the ledger is forgotten too, and does not come back."""
    desk = Desk(f"sqlite:///{tmp_path}/velocity.db", clock=lambda: AT, deadline_ms=1)
    other = sqlite3.connect(tmp_path / "velocity.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    desk.outcomes.report("a1", "abusive")
    desk.outcomes.report("a2", "abusive")
    other.execute("ROLLBACK")
    other.close()
    assert desk.outcomes.erase("a1") == 1
    desk.outcomes.flush(60)
    assert [HASHER.unseal(entry.name, entry.sealed) for entry in everything(desk.ledger)] == ["a2"]
    desk.close()


def test_a_failing_store_gets_it_from_the_queue(tmp_path: Path) -> None:
    """If the ledger has it and velocity fails, the outcome waits with the other pending writes."""
    desk = Desk(f"sqlite:///{tmp_path}/velocity.db", clock=lambda: AT, deadline_ms=20)
    desk.sign_up("a1")
    desk.gate._catching_up.stop()  # so that the next report is what finds it
    with desk.store._lock:  # type: ignore[attr-defined]
        assert desk.outcomes.report("a1", "abusive", at=after(1)) is False
    assert (desk.outcomes.waiting, len(desk.gate.pending)) == (0, 1)
    assert len(everything(desk.ledger)) == 1
    assert desk.outcomes.report("a1", "abusive", at=after(2), deadline_ms=60_000) is False
    assert desk.velocity() == [(2_000_000, 1)]
    desk.close()


def test_killed_between_ledger_and_velocity(tmp_path: Path) -> None:
    """A process killed after the ledger was written leaves velocity behind, and catching up brings it there."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    desk = Desk(url)
    desk.sign_up("a1")
    run = subprocess.run([sys.executable, "-c", KILLED, url], check=False)
    assert run.returncode == -signal.SIGKILL
    assert [entry.what for entry in everything(desk.ledger)] == ["abusive"]
    assert desk.velocity() == []
    assert desk.outcomes.catch_up(since=after(10**6)) == 0
    assert desk.velocity() == []
    assert desk.outcomes.catch_up() == 1
    assert desk.velocity() == [(86_400_000_000, 1)]
    assert desk.outcomes.catch_up(since=after(0)) == 1
    assert desk.velocity() == [(86_400_000_000, 1)]
    desk.close()


def served(history: list[dict[str, Any]], url: str) -> MemoryStore | Any:
    """Return the store after a history was served and its outcomes reported the worst way: all late, backwards."""
    desk = Desk(url, deadline_ms=60_000)
    replay([{k: v for k, v in e.items() if not k.startswith("label")} for e in history],
           open_references(), select(()), store=desk.store, hasher=HASHER)  # fmt: skip
    for event in reversed(history):
        if "label" in event:
            what = "abusive" if event["label"] else "legitimate"
            desk.outcomes.report(event["signup_id"], what, at=event["label_at"], source="analyst")
    desk.ledger.close()
    return desk.store


@settings(max_examples=12, deadline=None)
@given(histories(most=12))
def test_served_outcomes_equal_replayed_ones(tmp_path_factory: pytest.TempPathFactory, history: list[Any]) -> None:
    """A last sign-up sees the same features over memory, over SQLite, and where the history is replayed with labels."""
    # Of repeated ids the first counts, as in an export.
    once = list({event["signup_id"]: event for event in reversed(history)}.values())[::-1]
    last = once[-1] | {"signup_id": "last", "at": after(86_400).isoformat()}
    last = {key: value for key, value in last.items() if not key.startswith("label")}
    names = [entry for entry in CATALOG if "abusive" in entry.name or "legitimate" in entry.name]
    assert names
    place = tmp_path_factory.mktemp("served")
    stores = [served(once, "memory://"), served(once, f"sqlite:///{place}/velocity.db")]
    rows = [
        replay([last], open_references(), tuple(names), store=store, hasher=HASHER).rows.tolist() for store in stores
    ]
    rows.append(replay([*once, last], open_references(), tuple(names), hasher=HASHER).rows[-1:].tolist())
    for store in stores:
        store.close()
    assert repr(rows[0]) == repr(rows[1]) == repr(rows[2])


def test_queue_works_over_memory_too() -> None:
    """Outcomes reported while sign-ups wait for the store come after them."""
    store = MemoryStore()
    gate = StoreGate(store)
    outcomes = Outcomes(MemoryLedger(), gate, HASHER, deadline_ms=60_000)
    name = signup_name("a1", HASHER)
    gate.pending.add(Touch(AT_US, name, (Entry(SHARED),)))
    assert outcomes.report("a1", "abusive", at=after(1)) is False
    state = store.peek(Touch(AT_US, 0, (Entry(SHARED),))).states[0]
    assert state is not None
    assert [code for _, _, code in state.outcomes()] == [1]
    outcomes.close()
