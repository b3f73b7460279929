"""A review queue orders what waits, collects rulings, writes each once, and survives the notebook."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from signup_risk import Assessment, Campaign, ConfigurationError, Scorer
from signup_risk.errors import StoreUnavailable
from signup_risk.notebook import ReviewQueue, review_queue
from signup_risk.notebook.plots import Costs
from signup_risk.results import ModelInfo, PolicyInfo
from signup_risk.stores import MemoryLedger, settle

AT = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = "a secret of thirty-two characters"
NOWHERE = 2**63 - 1


def assessed(  # the facts that an order may rest on
    signup_id: str | None,
    score: float | None = 50.0,
    decision: Any = "review",
    campaign: tuple[str, int] | None = None,
    hours: int = 0,
) -> Assessment:
    """Return an assessment."""
    group = None if campaign is None else Campaign(campaign[0], campaign[1], AT, ())
    return Assessment(
        signup_id, AT + timedelta(hours=hours), score, None if score is None else 0.002, decision, (), (), (), group,
        ModelInfo("m", "1", "f"), PolicyInfo("p", "1"), 1.0,
    )  # fmt: skip


class Ticking:
    """Tell a later time at each look."""

    def __init__(self) -> None:
        self._steps = count()

    def __call__(self) -> datetime:
        """Return the time."""
        return AT + timedelta(days=30, seconds=next(self._steps))


class FullLedger(MemoryLedger):
    """Take no outcomes while it is down."""

    down = False

    def append(self, entries: Any, *, timeout: float | None = None) -> int:
        """Append, or fail."""
        if self.down:
            raise StoreUnavailable("the ledger is down")
        return super().append(entries, timeout=timeout)


def queue_of(scorer: Scorer, *ids: str, **settings: Any) -> ReviewQueue:
    """Return a queue of sign-ups that wait."""
    return review_queue([assessed(name) for name in ids], scorer, clock=Ticking(), **settings)


def label_of(scorer: Scorer, signup_id: str) -> int | None:
    """Return what the ledger settles on."""
    found = settle(scorer.outcomes.said_of(signup_id), NOWHERE)
    return None if found is None else found.label


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("cost", ["hot", "old", "in campaign", "second", "sure", "unscored"]),
        ("score", ["sure", "second", "in campaign", "old", "hot", "unscored"]),
        ("campaign", ["hot", "in campaign", "second", "old", "sure", "unscored"]),
        ("age", ["old", "hot", "second", "in campaign", "sure", "unscored"]),
    ],
)
def test_orders(scorer: Scorer, order: Any, wanted: list[str]) -> None:
    """Each order puts first what it says, and what has no score comes last among equals."""
    rows = [
        assessed("sure", 99.0, hours=4),
        assessed("second", 70.0, campaign=("c", 2), hours=2),
        assessed("hot", 9.0, "allow", hours=1),
        assessed("old", 40.0),
        assessed("in campaign", 65.0, campaign=("c", 2), hours=3),
        assessed("unscored", None, hours=5),
    ]
    queue = review_queue(rows, scorer, order=order, decisions=None)
    assert queue.frame["signup_id"].tolist() == wanted


def test_expected_costs_are_those_of_leaving_a_decision_as_it_is(scorer: Scorer) -> None:
    """Whoever was let in costs by the risk, whoever was held by its opposite, in the unit that was given."""
    rows = [assessed("in", 30.0, "step_up"), assessed("out", 30.0, "block")]
    queue = review_queue(rows, scorer, decisions=None, costs=Costs(abusive=200, friction=10))
    assert queue.frame.set_index("signup_id")["expected_cost"].round(6).to_dict() == {"in": 60.0, "out": 7.0}


def test_who_does_not_wait_is_counted(scorer: Scorer) -> None:
    """Other decisions, sign-ups without an id and those ruled on already are left out, each with its reason."""
    scorer.report("s1", "abusive", source="chargeback")
    scorer.report("s2", "cleared", source="analyst")
    rows = [assessed("s0"), assessed("s1"), assessed("s2"), assessed("s3", decision="allow"), assessed(None)]
    queue = review_queue(rows, scorer)
    assert queue.frame["signup_id"].tolist() == ["s0"]
    assert queue.left_out == {"ruled on already": 2, "decided allow": 1, "no signup_id": 1}
    assert len(review_queue(rows, scorer, again=True)) == 3


def test_every_form_of_assessments_gives_the_same_queue(scorer: Scorer) -> None:
    """A frame of assess_frame, assessments and their JSON lines make one queue."""
    signups = [{"signup_id": f"n{n}", "at": AT.isoformat(), "email": f"b{n}@example.com"} for n in range(4)]
    frame = scorer.assess_frame(pd.DataFrame(signups))
    single = [scorer.assess(signup) for signup in signups]
    lines = [json.loads(json.dumps(one.to_dict())) for one in single]
    frames = [review_queue(form, scorer, decisions=None).frame for form in (frame, single, lines)]
    pd.testing.assert_frame_equal(frames[1], frames[2])
    pd.testing.assert_frame_equal(
        frames[0].drop(columns=["risk_score", "fpr", "expected_cost"]),
        frames[1].drop(columns=["risk_score", "fpr", "expected_cost"]),
    )


def test_rulings_reach_the_ledger_with_who_when_and_how_sure(scorer: Scorer) -> None:
    """An entry holds outcome, confidence, time, source and the analyst's keyed name; hands can be told apart."""
    queue = queue_of(scorer, "s0", "s1", "s2")
    queue.decide(["s0", "s1"], "abusive", by="ada", confidence=0.8, note="same card", happened_at=AT.isoformat())
    queue.decide("s2", "legitimate", by="grace")
    written = queue.commit()
    assert written["state"].tolist() == ["written"] * 3
    assert written["known"].tolist() == [True] * 3
    assert written["problem"].tolist() == [""] * 3
    first, second, third = (scorer.outcomes.said_of(name)[0] for name in ("s0", "s1", "s2"))
    assert (first.what, first.confidence, first.source) == ("abusive", 0.8, "analyst")
    assert first.at == round(AT.timestamp() * 1e6)
    assert first.known_at == round(queue.history()["ruled_at"].iloc[0].timestamp() * 1e6)
    assert first.by == second.by != third.by
    assert b"ada" not in first.to_bytes()
    assert (label_of(scorer, "s0"), label_of(scorer, "s2")) == (1, 0)


def test_cleared_is_not_legitimate(scorer: Scorer) -> None:
    """A cleared case is closed and has no label; a legitimate one is labelled so."""
    queue = queue_of(scorer, "s0", "s1")
    queue.decide("s0", "cleared", by="ada")
    queue.decide("s1", "legitimate", by="ada")
    queue.commit()
    assert (label_of(scorer, "s0"), label_of(scorer, "s1")) == (None, 0)
    assert len(queue.pending()) == 0
    assert len(queue_of(scorer, "s0", "s1")) == 0


def test_clearing_does_not_withdraw_what_others_reported(scorer: Scorer) -> None:
    """A chargeback stands against a cleared case unless it is said to be withdrawn; one's own ruling can be cleared."""
    queue = queue_of(scorer, "s0", "s1")
    scorer.report("s0", "abusive", source="chargeback", at=AT)
    queue.decide("s0", "cleared", by="ada")
    queue.decide("s1", "abusive", by="ada")
    written = queue.commit().set_index("signup_id")
    assert written["state"].to_dict() == {"s0": "refused", "s1": "written"}
    assert "chargeback stands" in written["problem"]["s0"]
    assert label_of(scorer, "s0") == 1
    queue.decide("s1", "cleared", by="grace")
    queue.decide("s0", "cleared", by="ada", withdraw=True)
    assert queue.commit()["state"].tolist() == ["written"] * 2
    assert (label_of(scorer, "s0"), label_of(scorer, "s1")) == (None, None)


def test_a_second_commit_writes_nothing(scorer: Scorer) -> None:
    """What is written is not written again, and a later ruling is."""
    queue = queue_of(scorer, "s0")
    queue.decide("s0", "abusive", by="ada")
    assert len(queue.commit()) == 1
    assert len(queue.commit()) == 0
    queue.decide("s0", "legitimate", by="grace")
    assert len(queue.commit()) == 1
    assert [entry.what for entry in scorer.outcomes.said_of("s0")] == ["abusive", "legitimate"]
    assert queue.history()["outcome"].tolist() == ["abusive", "legitimate"]


def test_rows_are_written_one_by_one(scorer: Scorer) -> None:
    """One that is refused keeps none of the others from being written, and can be tried again."""
    too_long = "x" * 129
    rows = [assessed("s0"), assessed("s1")]
    queue = review_queue(rows, scorer, clock=Ticking())
    queue._rows[too_long] = queue._rows["s0"].__class__(**{**{name: getattr(queue._rows["s0"], name)
                            for name in queue._rows["s0"].__slots__}, "signup_id": too_long})  # fmt: skip
    queue.decide(["s0", too_long, "s1"], "abusive", by="ada")
    written = queue.commit().set_index("signup_id")
    assert written["state"].to_dict() == {"s0": "written", "s1": "written", too_long: "refused"}
    assert "128" in written["problem"][too_long]
    assert queue.commit()["state"].tolist() == ["refused"]


def test_a_ledger_that_is_down_is_waited_for() -> None:
    """Rulings that the ledger cannot take wait in the process and are written once, when it is back."""
    with Scorer.open("memory://", secret=SECRET) as opened:
        ledger = FullLedger()
        opened.outcomes._queue.ledger = ledger
        queue = queue_of(opened, "s0")
        queue.decide("s0", "abusive", by="ada")
        ledger.down = True
        assert queue.commit()["state"].tolist() == ["waiting"]
        ledger.down = False
        assert queue.commit()["state"].tolist() == ["written"]
        assert [entry.what for _, entry in ledger.page()] == ["abusive"]
        assert len(queue.commit()) == 0


def test_a_closed_scorer_takes_nothing() -> None:
    """Where nothing can be kept any more, commit says so, and the rulings stay open."""
    with Scorer.open("memory://", secret=SECRET) as opened:
        queue = queue_of(opened, "s0")
        queue.decide("s0", "abusive", by="ada")
    with pytest.raises(ConfigurationError, match="closed"):
        queue.commit()
    assert queue.ruled()["state"].tolist() == ["open"]


def test_undo_takes_back_the_last_ruling(scorer: Scorer) -> None:
    """What was not written is gone, what was written is withdrawn by the next commit, and then nothing is left."""
    queue = queue_of(scorer, "s0", "s1")
    queue.decide(["s0", "s1"], "abusive", by="ada")
    queue.commit()
    queue.decide("s0", "legitimate", by="ada")
    queue.undo()
    assert queue.ruled()["outcome"].tolist() == ["abusive", "abusive"]
    queue.undo()
    assert queue.pending()["outcome"].tolist() == ["cleared", "cleared"]
    assert (len(queue.ruled()), "2 pending, 0 ruled; 2 to be written" in repr(queue)) == (0, True)
    assert queue.commit()["state"].tolist() == ["written", "written"]
    assert queue.pending()["signup_id"].tolist() == ["s0", "s1"]
    assert label_of(scorer, "s0") is None
    with pytest.raises(ConfigurationError, match="nothing is left"):
        queue.undo()
    fresh = queue_of(scorer, "s2")
    fresh.decide("s2", "abusive", by="ada")
    fresh.undo()
    assert fresh.pending()["signup_id"].tolist() == ["s2"]


def test_a_queue_survives_its_notebook(scorer: Scorer, tmp_path: Path) -> None:
    """After every change the file holds everything; a new notebook goes on, and writes nothing twice."""
    path = tmp_path / "queue.json"
    queue = queue_of(scorer, "s0", "s1", "s2", path=path)
    queue.decide("s0", "abusive", by="ada lovelace", note="met at the fair")
    before = path.read_bytes()  # the notebook dies between writing and saving
    queue.commit()
    path.write_bytes(before)
    with Scorer.open("memory://", secret=SECRET) as other:
        other.outcomes._queue.ledger = scorer.outcomes._queue.ledger
        again = review_queue([assessed("s0"), assessed("s3")], other, path=path, clock=Ticking())
        assert again.ruled()[["signup_id", "outcome", "by", "note", "state"]].to_numpy().tolist() == [
            ["s0", "abusive", "ada lovelace", "met at the fair", "open"]
        ]
        assert sorted(again.pending()["signup_id"]) == ["s1", "s2", "s3"]
        again.commit()
        assert [entry.what for entry in other.outcomes.said_of("s0")] == ["abusive"]
        again.decide("s1", "cleared", by="ada lovelace")
        last = review_queue([], other, path=path)
        last.undo()
    assert sorted(last.pending()["signup_id"]) == ["s1", "s2", "s3"]


def test_two_notebooks_do_not_overwrite_each_other(scorer: Scorer, tmp_path: Path) -> None:
    """A queue whose file somebody else has written changes nothing; made again, it holds the rulings of both."""
    path = tmp_path / "queue.json"
    one = queue_of(scorer, "s0", "s1", path=path)
    other = queue_of(scorer, path=path)
    other.decide("s0", "abusive", by="grace")
    third = queue_of(scorer, "s2")
    for change in (lambda: one.decide("s1", "cleared", by="ada"), one.commit, lambda: third.save(path)):
        with pytest.raises(ConfigurationError, match="somebody else"):
            change()
    assert len(one.ruled()) == 0
    again = queue_of(scorer, path=path)
    again.decide("s1", "cleared", by="ada")
    assert again.ruled()["by"].tolist() == ["grace", "ada"]


def test_the_file_names_nobody(scorer: Scorer, tmp_path: Path) -> None:
    """Ids, analysts and notes are sealed; the file is its owner's alone, small, and replaced whole."""
    path = tmp_path / "queue.json"
    queue = queue_of(scorer, "s0", *(f"ada{n}@example.com" for n in range(100)), path=path)
    queue.decide("s0", "abusive", by="grace hopper", note="knows the owner")
    content = path.read_text(encoding="ascii")
    assert not [word for word in ("ada1", "grace", "owner", "example.com", '"s0"') if word in content]
    assert path.stat().st_mode & 0o077 == 0
    assert len(content) < 60_000
    assert [one.name for one in tmp_path.iterdir()] == ["queue.json"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told | {"format": 2}, "format 1"),
        (lambda told: told | {"secret_check": "00"}, "another secret"),
        (lambda told: told | {"rows": told["rows"] | {"sealed": "AAAA"}}, "damaged"),
        (lambda told: told | {"rulings": None}, "damaged"),
        (lambda told: [told], "format 1"),
    ],
)
def test_files_that_cannot_be_used_are_refused(scorer: Scorer, tmp_path: Path, change: Any, words: str) -> None:
    """Another format, another secret and damage are told apart, with what to do."""
    path = tmp_path / "queue.json"
    queue_of(scorer, "s0", path=path)
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="ascii")))), encoding="ascii")
    with pytest.raises(ConfigurationError, match=words):
        review_queue([], scorer, path=path)


def test_what_cannot_be_written_or_read_is_said(scorer: Scorer, tmp_path: Path) -> None:
    """A folder that is not there and a file that is no queue are named."""
    with pytest.raises(ConfigurationError, match="cannot be written"):
        queue_of(scorer, "s0").save(tmp_path / "nowhere" / "queue.json")
    (tmp_path / "other.json").write_text("hello", encoding="ascii")
    with pytest.raises(ConfigurationError, match="not a review queue"):
        review_queue([], scorer, path=tmp_path / "other.json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ids": "nobody"}, "1 of 1 ids"),
        ({"ids": []}, "no sign-up is chosen"),
        ({"ids": [False]}, "no sign-up is chosen"),
        ({"outcome": "step_up_passed"}, "cleared closes a case"),
        ({"outcome": "blocked"}, "cleared closes a case"),
        ({"by": " "}, "say who"),
        ({"confidence": 0}, "above 0"),
        ({"confidence": True}, "above 0"),
        ({"source": "decision"}, "a decision of this library"),
        ({"source": "Ada Lovelace"}, "one short"),
        ({"at": "2026-06-01"}, "offset"),
    ],
)
def test_mistakes_are_refused_and_change_nothing(scorer: Scorer, arguments: dict[str, Any], words: str) -> None:
    """A ruling that is not allowed says why, and no row is ruled on."""
    queue = queue_of(scorer, "s0")
    with pytest.raises(ValueError, match=words):
        queue.decide(**{"ids": "s0", "outcome": "abusive", "by": "ada", **arguments})
    assert len(queue.pending()) == 1


def test_rows_can_be_chosen_by_mask_and_frame(scorer: Scorer) -> None:
    """A mask over the frame and a part of the frame are as good as ids."""
    queue = queue_of(scorer, "s0", "s1", "s2")
    queue.decide(queue.frame["signup_id"] == "s1", "abusive", by="ada")
    queue.decide(queue.pending().tail(1), "cleared", by="ada")
    assert queue.ruled().set_index("signup_id")["outcome"].to_dict() == {"s1": "abusive", "s2": "cleared"}


def test_campaigns_that_wait_are_summed_up(scorer: Scorer) -> None:
    """One row a campaign says how many wait and what that costs."""
    rows = [assessed("s0", 10.0, campaign=("c", 2)), assessed("s1", 20.0, campaign=("c", 2)), assessed("s2")]
    told = review_queue(rows, scorer).by_campaign()
    assert told["waiting"].to_dict() == {"c": 2}
    assert told["expected_cost"].round(3).to_dict() == {"c": 1.7}
    assert review_queue([], scorer).by_campaign().empty


def test_texts_of_strangers_stay_texts(scorer: Scorer) -> None:
    """An id with markup is escaped where a notebook shows it, and controls are taken out of notes."""
    queue = queue_of(scorer, "<script>alert(1)</script>")
    assert "<script>" not in queue._repr_html_()
    told = queue.decide(["<script>alert(1)</script>"], "cleared", by="ada\x1b[31m", note="a\nb\u202ec")
    assert told[["by", "note"]].to_numpy().tolist() == [["ada[31m", "a bc"]]
    assert "0 pending, 1 ruled; 1 to be written" in repr(queue)


def test_shadow_decisions_count(scorer: Scorer) -> None:
    """In shadow mode whoever would have been sent to review waits."""
    told = assessed("s0", decision="allow").to_dict()
    told["policy"]["shadow_decision"] = "review"
    assert review_queue([told], scorer).frame["decision"].tolist() == ["review"]


@pytest.mark.parametrize(
    "given", [{"order": "name"}, {"assessed": "x"}, {"assessed": [3]}, {"assessed": pd.DataFrame()}]
)
def test_what_is_no_queue_is_refused(scorer: Scorer, given: dict[str, Any]) -> None:
    """An unknown order and what is no assessment are refused."""
    with pytest.raises(ConfigurationError):
        review_queue(**{"assessed": [], "scorer": scorer, **given})
