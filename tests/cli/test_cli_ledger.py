"""From decisions and reports to a model: score into a store, report, export from the ledger, train on it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Policy, Scorer
from signup_risk.cli import main
from signup_risk.model import ModelArtefact
from signup_risk.policy import Thresholds
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.stores import Ledger, LedgerEntry, open_ledger, open_store
from signup_risk.stores.settle import settle
from signup_risk.training.evaluate.intervals import wilson

SECRET = "0123456789abcdef"
EXPLORE = 0.25
AS_OF = "2026-12-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNUP_RISK_SECRET", SECRET)


@contextmanager
def desk(url: str) -> Iterator[tuple[Outcomes, Ledger]]:
    """Open outcomes over the store of a URL."""
    store, hasher = open_store(url, secret=SECRET)
    ledger = open_ledger(url)
    outcomes = Outcomes(ledger, StoreGate(store), hasher, deadline_ms=60_000)
    yield outcomes, ledger
    outcomes.close()
    store.close()


def events_of(path: Path) -> list[dict[str, Any]]:
    """Return the events of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a simulated site that scored, blocked, tried out and was told what became of accounts."""
    folder = tmp_path_factory.mktemp("site")
    assert main(["simulate", f"{folder}/truth.jsonl", "--signups", "1800", "--days", "8", "--seed", "5",
                 "--start", "2026-06-01"]) == 0  # fmt: skip
    truth = events_of(folder / "truth.jsonl")
    bare = [{k: v for k, v in event.items() if not k.startswith("label")} for event in truth]
    (folder / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in bare), encoding="utf-8")
    url = f"sqlite:///{folder}/velocity.db"
    policy = Policy(thresholds=Thresholds(0.1, 0.1, 0.1), explore=EXPLORE)
    with desk(url) as (outcomes, _), Scorer.open(url, policy=policy, secret=SECRET, explain="never") as scorer:
        for event in truth:
            assessment = scorer.assess({k: v for k, v in event.items() if k not in ("label", "label_at")})
            known = datetime.fromisoformat(event["at"]) + timedelta(days=2)
            if assessment.decision != "block":
                what = "abusive" if event["label"] else "legitimate"
                outcomes.report(event["signup_id"], what, at=known, source="analyst", happened_at=event["at"])
            elif event["label"] == 0:
                outcomes.report(event["signup_id"], "legitimate", at=known, source="appeal")
    return folder


def export(place: Path, name: str, *more: str) -> dict[str, dict[str, Any]]:
    """Export, and return the rows by id."""
    out = place / name
    status = main(["ledger", "export", "--store", f"sqlite:///{place}/velocity.db", "--history", f"{place}/log.jsonl",
                   "-o", str(out), "--as-of", AS_OF, *more])  # fmt: skip
    assert status == 0
    return {row["signup_id"]: row for row in events_of(out)}


def entries(place: Path) -> dict[str, list[LedgerEntry]]:
    """Return the entries of the ledger by the id that they seal."""
    _, hasher = opened = open_store(f"sqlite:///{place}/velocity.db", secret=SECRET)
    opened[0].close()
    with desk(f"sqlite:///{place}/velocity.db") as (_, ledger):
        found: dict[str, list[LedgerEntry]] = {}
        for _, entry in ledger.page(limit=10**6):
            found.setdefault(hasher.unseal(entry.name, entry.sealed), []).append(entry)
    return found


def test_an_export_says_what_the_ledger_knows(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every sign-up is there with its reported label; blocked ones have none, let-through ones their propensity."""
    rows, told = export(place, "training.jsonl"), entries(place)
    truth = {event["signup_id"]: event for event in events_of(place / "truth.jsonl")}
    assert set(rows) == set(truth)
    blocked = explored = 0
    for name, row in rows.items():
        decision = next((entry for entry in told.get(name, ()) if entry.kind == "decision"), None)
        if decision is not None and decision.what == "block":
            blocked += 1
            assert "label" not in row
            assert row["propensity"] == 1
            continue
        explored += decision is not None
        assert row["label"] == truth[name]["label"]
        assert row["propensity"] == (EXPLORE if decision is not None else 1)
        assert datetime.fromisoformat(row["label_at"]) - datetime.fromisoformat(row["at"]) == timedelta(days=2)
    assert blocked > 50
    assert abs(explored - EXPLORE * (blocked + explored)) < 5 * math.sqrt(0.19 * (blocked + explored))
    assert f"{blocked:,} blocked" in capsys.readouterr().err


def test_training_takes_the_export(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Train reads it as it is and says what its weights are worth, and evaluate judges on it."""
    export(place, "history.jsonl")
    assert main(["train", f"{place}/history.jsonl", "-o", f"{place}/ours", "--trials", "1", "--jobs", "1"]) == 0
    said = capsys.readouterr()
    assert "rows are weighed by propensity and confidence: from 1 to 4 each" in said.out + said.err
    assert ModelArtefact.load(place / "ours").manifest.names
    assert main(["evaluate", f"{place}/ours", f"{place}/history.jsonl", "--jobs", "1"]) == 0


def test_the_cut_off_is_kept(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As of a moment nothing is known of later reports, and later sign-ups are left out."""
    out = place / "early.jsonl"
    assert main(["ledger", "export", "--store", f"sqlite:///{place}/velocity.db", "--history", f"{place}/log.jsonl",
                 "-o", str(out), "--as-of", "2026-06-05T00:00:00Z"]) == 0  # fmt: skip
    rows = events_of(out)
    moment = datetime.fromisoformat("2026-06-05T00:00:00+00:00")
    assert rows
    for row in rows:
        assert datetime.fromisoformat(row["at"]) <= moment
        assert "label" not in row or datetime.fromisoformat(row["label_at"]) <= moment
    assert any("label" in row for row in rows)
    assert "after the cut-off" in capsys.readouterr().err


def test_unreported_ones_are_legitimate_only_if_asked_and_old(tmp_path: Path) -> None:
    """Silence is no label by default; if asked it is one once mature, and the young get none whatever was reported."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    log = [{"signup_id": name, "at": f"2026-0{month}-01T00:00:00Z", "label": 1}
           for name, month in (("old", 5), ("old reported", 5), ("young", 7), ("young reported", 7))]  # fmt: skip
    log.append({"at": "2026-05-01T00:00:00Z"})
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in log), encoding="utf-8")
    with desk(url) as (outcomes, _):
        for name in ("old reported", "young reported"):
            outcomes.report(name, "abusive", at="2026-07-02T00:00:00Z", source="chargeback", confidence=0.75)

    def labels(*more: str) -> list[tuple[Any, Any, Any]]:
        arguments = ["--store", url, "--history", f"{tmp_path}/log.jsonl", "-o", f"{tmp_path}/out.jsonl"]
        assert main(["ledger", "export", *arguments, "--as-of", "2026-07-03T00:00:00Z", *more]) == 0
        rows = events_of(tmp_path / "out.jsonl")
        return [(row.get("label"), row.get("label_confidence"), row.get("label_at")) for row in rows]

    reported, silent = (1, 0.75, "2026-07-02T00:00:00Z"), (None, None, None)
    assert labels() == [silent, reported, silent, reported, silent]
    mature = (0, None, "2026-06-30T00:00:00Z")
    assert labels("--assume-legitimate") == [mature, reported, silent, silent, silent]
    assert labels("--assume-legitimate", "--mature-days", "70") == [silent] * 5


def test_weak_outcomes_label_with_their_confidence(tmp_path: Path) -> None:
    """How a step went gives a label that is not sure, and none with --strong-only."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    (tmp_path / "log.jsonl").write_text('{"signup_id": "a", "at": "2026-05-01T00:00:00Z"}\n', encoding="utf-8")
    with desk(url) as (outcomes, _):
        outcomes.report("a", "step_up_failed", at="2026-05-02T00:00:00Z")
    for more, wanted in (([], (1, 0.3)), (["--strong-only"], (None, None))):
        arguments = ["--store", url, "--history", f"{tmp_path}/log.jsonl", "-o", f"{tmp_path}/out.jsonl", *more]
        assert main(["ledger", "export", *arguments]) == 0
        (row,) = events_of(tmp_path / "out.jsonl")
        assert (row.get("label"), row.get("label_confidence")) == wanted


def test_bad_lines_are_reported_and_the_rest_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that cannot be read is named by its number, never by what it holds, and the status says so."""
    with desk(f"sqlite:///{tmp_path}/velocity.db"):
        pass
    (tmp_path / "log.jsonl").write_text('{"signup_id": "a", "at": "2026-05-01T00:00:00Z"}\n{"email": "ada@\n')
    assert main(["ledger", "export", "--store", f"sqlite:///{tmp_path}/velocity.db", "--history",
                 f"{tmp_path}/log.jsonl", "-o", f"{tmp_path}/out.jsonl"]) == 1  # fmt: skip
    said = capsys.readouterr().err
    assert "line 2: not valid JSON" in said
    assert "ada@" not in said
    assert len(events_of(tmp_path / "out.jsonl")) == 1


@pytest.mark.parametrize(
    ("store", "out", "said"),
    [
        ("memory://", "out.jsonl", "leaves no ledger"),
        ("sqlite:///{}/none.db", "out.jsonl", "there is no velocity store"),
        ("sqlite:///{}/velocity.db", "out.parquet", "no place for your own inputs"),
        ("sqlite:///{}/velocity.db", "log.jsonl", "would write over the history"),
        ("sqlite:///{}/velocity.db", "out.txt", "does not tell its format"),
    ],
)
def test_mistakes_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], store: str, out: str, said: str
) -> None:
    """A mistyped store makes no new one, and no input is written over."""
    with desk(f"sqlite:///{tmp_path}/velocity.db"):
        pass
    (tmp_path / "log.jsonl").write_text('{"at": "2026-05-01T00:00:00Z"}\n')
    before = sorted(path.name for path in tmp_path.iterdir())
    status = main(["ledger", "export", "--store", store.format(tmp_path), "--history", f"{tmp_path}/log.jsonl",
                   "-o", f"{tmp_path}/{out}"])  # fmt: skip
    assert status == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_summary_measures_wrong_blocks(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts are those of the ledger, and the share of legitimate among the blocked is that of those let through."""
    assert main(["ledger", "summary", "--store", f"sqlite:///{place}/velocity.db", "--as-of", AS_OF, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    told = entries(place)
    let = [own for own in told.values() if any(e.kind == "decision" and e.what == "step_up" for e in own)]
    blocked = sum(any(e.kind == "decision" and e.what == "block" for e in own) for own in told.values())
    settled = [settle(own, 2**62) for own in let]
    hits = sum(one is not None and one.label == 0 for one in settled)
    wanted = wilson(hits, len(let))
    assert found["blocks"] == {"blocked": blocked, "blocked for certain": 0, "let through": len(let), "watched": 0}
    assert found["explored"] == len(let) / (len(let) + blocked)
    assert found["wrongly_blocked"]["count"] == len(let)
    for name in ("value", "low", "high"):
        assert found["wrongly_blocked"][name] == pytest.approx(getattr(wanted, name))
    assert found["delay_days"]["median"] == 2
    assert found["outcomes"]["abusive"].keys() == {"analyst"}
    assert main(["ledger", "summary", "--store", f"sqlite:///{place}/velocity.db", "--as-of", AS_OF]) == 0
    text = capsys.readouterr().out
    assert f"{len(let):,} let through" in text
    assert "legitimate among the blocked" in text


def test_an_empty_ledger_has_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing said is no error, and no share is made up."""
    with desk(f"sqlite:///{tmp_path}/velocity.db"):
        pass
    assert main(["ledger", "summary", "--store", f"sqlite:///{tmp_path}/velocity.db"]) == 0
    assert "is not known" in capsys.readouterr().out
