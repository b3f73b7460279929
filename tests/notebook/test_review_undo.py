"""Taking a ruling back leaves what others said, in the ledger too, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import ConfigurationError, InvalidSignup, Scorer
from signup_risk.notebook import ReviewQueue, review_queue
from signup_risk.stores import LedgerEntry, MemoryLedger, settle
from tests.notebook.test_review_queue import AT, NOWHERE, SECRET, FullLedger, Ticking, assessed, label_of, queue_of

LATER = AT + timedelta(days=31)


def standing(scorer: Scorer, signup_id: str) -> tuple[str, str, float] | None:
    """Return outcome, source and confidence that count."""
    found = settle(scorer.outcomes.said_of(signup_id), NOWHERE)
    return None if found is None else (found.entry.what, found.entry.source, found.entry.confidence)


def ruled(scorer: Scorer, outcome: Any = "legitimate", **more: Any) -> ReviewQueue:
    """Return a queue in which a ruling on s0 was written."""
    queue = review_queue([assessed("s0")], scorer, clock=Ticking(), again=True)
    queue.decide("s0", outcome, by="ada", **more)
    queue.commit()
    return queue


@pytest.mark.parametrize("said", ["abusive", "step_up_passed"])
def test_what_stood_before_is_written_again(scorer: Scorer, said: Any) -> None:
    """A chargeback, and a step that was passed, count again once the ruling over them is taken back."""
    scorer.report("s0", said, source="chargeback", confidence=0.8, at=AT, happened_at=AT - timedelta(days=9))
    queue = ruled(scorer)
    assert standing(scorer, "s0") == ("legitimate", "analyst", 1.0)
    queue.undo()
    assert queue.commit()["state"].tolist() == ["written"]
    assert standing(scorer, "s0") == (said, "chargeback", 0.8)
    last = scorer.outcomes.said_of("s0")[-1]
    assert last.at == round((AT - timedelta(days=9)).timestamp() * 1e6)


def test_what_came_since_stays(scorer: Scorer) -> None:
    """A chargeback that arrived after the ruling is no matter of the analyst's, and nothing is written."""
    queue = ruled(scorer)
    scorer.report("s0", "abusive", source="chargeback", at=LATER)
    before = scorer.outcomes.said_of("s0")
    queue.undo()
    written = queue.commit()
    assert written[["state", "outcome"]].to_numpy().tolist() == [["written", "abusive"]]
    assert scorer.outcomes.said_of("s0") == before
    assert len(queue.commit()) == 0


def test_a_withdrawn_chargeback_comes_back(scorer: Scorer) -> None:
    """Whoever takes back a withdrawal has the chargeback again."""
    scorer.report("s0", "abusive", source="chargeback", at=AT)
    queue = ruled(scorer, "cleared", withdraw=True)
    assert standing(scorer, "s0") is None
    queue.undo()
    queue.commit()
    assert standing(scorer, "s0") == ("abusive", "chargeback", 1.0)


def test_steps_are_taken_back_one_after_another(scorer: Scorer) -> None:
    """Two written rulings are taken back in turn, with and without a commit in between."""
    for is_written in (True, False):
        name = "s1" if is_written else "s2"
        queue = queue_of(scorer, name)
        for outcome in ("abusive", "legitimate"):
            queue.decide(name, outcome, by="ada")
            queue.commit()
        queue.undo()
        if is_written:
            queue.commit()
            assert label_of(scorer, name) == 1
        queue.undo()
        queue.commit()
        assert label_of(scorer, name) is None


def test_a_ruling_that_was_overtaken_before_it_was_written_counts_again(scorer: Scorer) -> None:
    """Taking back the later, written ruling leaves the earlier one to be written."""
    queue = queue_of(scorer, "s0")
    queue.decide("s0", "abusive", by="ada")
    queue.decide("s0", "legitimate", by="ada")
    queue.commit()
    queue.undo()
    queue.commit()
    assert label_of(scorer, "s0") == 1
    queue.undo()
    queue.commit()
    assert label_of(scorer, "s0") is None


def test_a_ruling_dated_ahead_is_taken_back(scorer: Scorer) -> None:
    """What takes a ruling back is not earlier than the ruling, whose time was given."""
    queue = ruled(scorer, "abusive", at=(AT + timedelta(days=30, hours=20)).isoformat())
    queue.undo()
    queue.commit()
    assert label_of(scorer, "s0") is None


def test_who_was_killed_in_mid_commit_can_take_back(scorer: Scorer, tmp_path: Path) -> None:
    """Before the first is written the file says that any may be, and taking them back withdraws those that were."""
    path = tmp_path / "queue.json"
    queue = queue_of(scorer, "s0", "s1", "s2", path=path)
    queue.decide(["s0", "s1", "s2"], "abusive", by="ada")
    kept: list[bytes] = []

    def dying(items: Any, *_: Any, **__: Any) -> Iterator[Any]:
        for number, item in enumerate(items):
            if number == 1:
                kept.append(path.read_bytes())
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        queue.commit(progress=dying)
    assert queue.ruled()["state"].tolist() == ["written", "waiting", "open"]
    path.write_bytes(kept[0])  # what a killed process leaves: it could not save at the end
    again = review_queue([], scorer, path=path, clock=Ticking())
    assert again.ruled()["state"].tolist() == ["waiting"] * 3
    assert label_of(scorer, "s0") == 1
    again.undo()
    assert again.commit()["state"].tolist() == ["written"] * 3
    assert [label_of(scorer, name) for name in ("s0", "s1", "s2")] == [None] * 3
    assert scorer.outcomes.said_of("s1") == []


def test_a_refused_ruling_stays_open(scorer: Scorer) -> None:
    """What was refused was not written, and says so afterwards too."""
    scorer.report("s0", "abusive", source="chargeback", at=AT)
    queue = ruled(scorer, "cleared")
    assert queue.ruled()["state"].tolist() == ["open"]


def test_calls_of_one_moment_are_taken_back_one_by_one(scorer: Scorer, tmp_path: Path) -> None:
    """A queue that was read from its file knows the calls apart, though they were given the same time."""
    path = tmp_path / "queue.json"
    queue = queue_of(scorer, "s0", "s1", path=path)
    for name in ("s0", "s1"):
        queue.decide(name, "abusive", by="ada", at=AT)
    again = review_queue([], scorer, path=path)
    assert again.undo()["signup_id"].tolist() == ["s1"]
    assert again.ruled()["signup_id"].tolist() == ["s0"]


def test_another_queue_made_during_a_commit_keeps_its_rulings(scorer: Scorer, tmp_path: Path) -> None:
    """What another notebook saved meanwhile is not overwritten, and the error says so; nothing is lost."""
    path = tmp_path / "queue.json"
    queue = queue_of(scorer, "s0", "s1", path=path)
    queue.decide("s0", "abusive", by="ada")

    def meanwhile(items: Iterable[Any], *_: Any, **__: Any) -> Iterator[Any]:
        review_queue([], scorer, path=path, clock=Ticking()).decide("s1", "cleared", by="grace")
        yield from items

    with pytest.raises(ConfigurationError, match="somebody else"):
        queue.commit(progress=meanwhile)
    again = review_queue([], scorer, path=path, clock=Ticking())
    assert sorted(again.ruled()["by"]) == ["ada", "grace"]
    again.commit()
    assert [entry.what for entry in scorer.outcomes.said_of("s0")] == ["abusive"]


def test_what_another_hand_said_is_told(scorer: Scorer) -> None:
    """Clearing what another analyst ruled is done and told; clearing one's own is no news."""
    queues = [queue_of(scorer, "s0", "s1") for _ in range(2)]
    queues[0].decide(["s0", "s1"], "abusive", by="ada")
    queues[0].commit()
    queues[1].decide("s0", "cleared", by="grace")
    queues[1].decide("s1", "cleared", by="ada")
    written = queues[1].commit()
    assert written["state"].tolist() == ["written"] * 2
    assert written["problem"].tolist() == ["abusive from analyst by another hand stood, and was withdrawn", ""]


class Slow(FullLedger):
    """Count the milliseconds that it was given to answer in."""

    given = 0.0
    asked = 0

    def append(self, entries: Any, *, timeout: float | None = None) -> int:
        """Note how long somebody would wait, and fail while it is down."""
        self.given += timeout or 0.0
        return super().append(entries, timeout=timeout)

    def of(self, name: int, *, timeout: float | None = None) -> list[LedgerEntry]:
        """Count."""
        self.asked += 1
        return super().of(name, timeout=timeout)


def test_a_ledger_that_is_down_is_waited_for_once() -> None:
    """After the first that waits, the others wait for the ledger no longer, and nothing is asked of it."""
    with Scorer.open("memory://", secret=SECRET) as opened:
        ledger = Slow()
        opened.outcomes._queue.ledger = ledger
        names = [f"s{number}" for number in range(6)]
        queue = queue_of(opened, *names)
        queue.decide(names[:5], "abusive", by="ada")
        queue.decide("s5", "cleared", by="ada")
        ledger.down, ledger.asked = True, 0
        assert queue.commit()["state"].tolist() == ["waiting"] * 5 + ["refused"]
        assert 4.0 < ledger.given <= 5.0
        assert ledger.asked == 0
        ledger.down = False
        assert queue.commit()["state"].tolist() == ["written"] * 6
        assert isinstance(ledger, MemoryLedger)
        assert [len(opened.outcomes.said_of(name)) for name in names] == [1] * 6


def test_nobody_rules_from_the_future(scorer: Scorer) -> None:
    """A ruling or a report dated more than a day ahead would stand against all that comes, so it is refused."""
    queue = queue_of(scorer, "s0")
    ahead = "2090-01-01T00:00:00Z"
    with pytest.raises(InvalidSignup, match="a day ahead"):
        queue.decide("s0", "abusive", by="ada", at=ahead)
    for late in ({"at": ahead}, {"happened_at": ahead}):
        with pytest.raises(InvalidSignup, match="a day ahead"):
            scorer.report("s0", "abusive", **late)  # type: ignore[arg-type]
    assert len(queue.pending()) == 1
    assert scorer.outcomes.said_of("s0") == []


@pytest.mark.parametrize("check", [[], {}, None, 7])
def test_a_mark_of_another_kind_is_another_secret(scorer: Scorer, tmp_path: Path, check: Any) -> None:
    """A file whose mark of the secret is no text is refused like one under another secret."""
    path = tmp_path / "queue.json"
    queue_of(scorer, "s0", path=path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"secret_check": check}), encoding="ascii")
    with pytest.raises(ConfigurationError, match="another secret"):
        review_queue([], scorer, path=path)
