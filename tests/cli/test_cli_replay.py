"""``signup-risk replay`` makes decisions again from receipts, and says what is wrong with one that it cannot."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from signup_risk import Receipt
from signup_risk.model import ModelArtefact, bundled_model_path, save_artefact
from signup_risk.receipts.canonical import canonical, digest
from tests.cli.running import Outcome, line
from tests.explain.receipt_samples import POLICIES, SECRET, made

Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def receipts() -> list[Receipt]:
    """Return receipts of different decisions."""
    return [made(policy) for policy in POLICIES.values()]


def written(path: Path, *texts: str) -> Path:
    """Write a file of receipts."""
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def edited(receipt: Receipt, decision: str) -> str:
    """Return a receipt with another decision and a digest that fits it."""
    told = receipt.to_dict()
    told["outcome"] = {**told["outcome"], "decision": decision}
    told["digest"] = digest({name: value for name, value in told.items() if name not in {"digest", "mark"}})
    return canonical(told)


def test_many_receipts_are_made_again(receipts: list[Receipt], run: Run, tmp_path: Path) -> None:
    """Every line comes out the same, empty lines passed over, and the exit status is 0."""
    path = written(tmp_path / "receipts.jsonl", *(one.to_json() for one in receipts), "")
    found = run("replay", path)
    assert (found.status, found.errors) == (0, "")
    assert len(found.output.splitlines()) == len(receipts)
    for told, receipt in zip(found.output.splitlines(), receipts, strict=True):
        assert f"reproduced: {receipt.outcome.decision}, raw score {receipt.outcome.raw_score:+.6f}" in told


def test_json_has_every_bit(receipts: list[Receipt], run: Run, tmp_path: Path) -> None:
    """As JSON the figures are those of the receipt to the bit."""
    found = run("replay", "--json", written(tmp_path / "one.json", receipts[0].to_json()))
    told = json.loads(found.output)
    outcome = receipts[0].outcome
    assert (told["raw_score"], told["probability"], told["fpr"], told["decision"]) == (
        outcome.raw_score, outcome.probability, outcome.fpr, outcome.decision,
    )  # fmt: skip
    assert (told["result"], told["differences"], told["secret"]) == ("reproduced", [], None)


def test_a_readable_receipt_is_read(receipts: list[Receipt], run: Run, tmp_path: Path) -> None:
    """One receipt over many lines is one receipt."""
    path = written(tmp_path / "one.json", json.dumps(receipts[0].to_dict(), indent=2))
    assert run("replay", path).output.count("reproduced") == 1


def test_standard_input_is_read(
    receipts: list[Receipt], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dash is standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(receipts[0].to_json() + "\n"))
    assert run("replay", "-").status == 0


def test_bad_receipts_are_named_and_the_others_made_again(
    receipts: list[Receipt], run: Run, tmp_path: Path
) -> None:
    """An edited receipt, an unknown format and what is no receipt are refused by line; the rest is done."""
    damaged = receipts[0].to_json().replace("signup-risk-start", "signup-risk-stall", 1)
    other = receipts[0].to_json().replace('"format":1', '"format":7', 1)
    lines = (damaged, receipts[1].to_json(), other, "{}", edited(receipts[0], "block"), "x" * 1_500_000)
    found = run("replay", written(tmp_path / "mixed.jsonl", *lines, receipts[2].to_json()))
    assert found.status == 1
    assert found.output.count("reproduced") == 2
    assert "line 5: different: allow" in found.output
    assert "decision 'block' was 'allow' now" in found.output
    for said in ("line 1: refused: the receipt was edited or damaged", "line 3: refused: the receipt has format '7'",
                 "line 4: refused: this is no receipt", "line 6: refused: this has 1,000,001 characters"):  # fmt: skip
        assert said in found.errors
    assert "line 7: reproduced" in found.output


def test_the_secret_finds_what_was_forged(
    receipts: list[Receipt], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the secret a genuine receipt is told from one that was written anew, and from one under another secret."""
    kept = receipts[0]
    forged = dataclasses.replace(kept, campaign="20260601-1")
    path = written(tmp_path / "some.jsonl", kept.to_json(), forged.to_json())
    monkeypatch.setenv("SIGNUP_RISK_SECRET", SECRET)
    found = run("replay", path)
    assert found.status == 1
    assert found.output.splitlines()[0].endswith("; genuine")
    assert "different: " in found.output.splitlines()[1]
    assert "FORGED" in found.output.splitlines()[1]
    monkeypatch.setenv("SIGNUP_RISK_SECRET", "another secret of sixteen")
    found = run("replay", path)
    assert (found.status, found.output.count("different: ")) == (1, 2)
    assert found.output.count("NOT VERIFIED: made under another secret") == 2


def test_a_receipt_of_no_known_secret_is_not_verified(
    receipts: list[Receipt], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt that was written anew and bears the mark of a secret that nobody has does not pass for genuine."""
    kept = receipts[0]
    forged = dataclasses.replace(
        kept, at=kept.at + timedelta(days=1), keyed=dataclasses.replace(kept.keyed, secret="0" * 16)
    )
    path = written(tmp_path / "forged.jsonl", forged.to_json())
    assert run("replay", path).status == 0, "without a secret nobody can tell"
    monkeypatch.setenv("SIGNUP_RISK_SECRET", SECRET)
    found = run("replay", path)
    assert found.status == 1
    assert "NOT VERIFIED" in found.output


def test_the_second_secret_vouches_too(
    receipts: list[Receipt], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In and after a change of secrets a receipt of the other live one is genuine, and a forged one still is not."""
    kept = receipts[0]
    path = written(tmp_path / "kept.jsonl", kept.to_json())
    monkeypatch.setenv("SIGNUP_RISK_SECRET", "the secret of the time after")
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET", SECRET)
    found = run("replay", path)
    assert (found.status, found.output.rstrip().endswith("; genuine")) == (0, True)
    forged = dataclasses.replace(kept, campaign="20260601-1")
    assert "FORGED" in run("replay", written(path, forged.to_json())).output


def test_the_model_that_gave_the_score_is_needed(receipts: list[Receipt], run: Run, tmp_path: Path) -> None:
    """Another model is refused with what to do; of several the right one is taken."""
    bundled = ModelArtefact.load(bundled_model_path())
    save_artefact(
        tmp_path / "ours",
        model_text=(bundled_model_path() / "model.txt").read_text(encoding="utf-8"),
        manifest=dataclasses.replace(bundled.manifest, version="other"),
        card="card",
        golden_rows=[case.values for case in bundled.golden],
    )
    path = written(tmp_path / "one.json", receipts[0].to_json())
    found = run("replay", path, "--model", tmp_path / "ours")
    assert found.status == 1
    assert "give the folder of the model that gave the score as --model" in found.errors
    assert run("replay", path, "--model", tmp_path / "ours", "--model", bundled_model_path()).status == 0


def test_scoring_a_file_writes_receipts(run: Run, tmp_path: Path, lines_file: Callable[..., Path]) -> None:
    """Sign-ups that would not be allowed get a receipt, with --explain all do, and all of them are made again."""
    policy = tmp_path / "policy.json"
    policy.write_text('{"thresholds": {"step_up": 0.5, "review": 0.0, "block": 0.0}, "shadow": true}', encoding="utf-8")
    events, kept = lines_file([line(number) for number in range(30)]), tmp_path / "receipts.jsonl"
    shown = run("score", events, "--policy", policy, "--receipts", kept, "--jobs", "4")
    stopped = [one for one in shown.assessments if one["policy"]["shadow_decision"] == "step_up"]
    receipts = [json.loads(text) for text in kept.read_text(encoding="ascii").splitlines()]
    assert 0 < len(receipts) == len(stopped) < 30
    assert [one["outcome"]["fpr"] for one in receipts] == [one["fpr"] for one in stopped]
    assert run("replay", kept).status == 0
    run("score", events, "--policy", policy, "--receipts", kept, "--explain")
    assert run("replay", kept).output.count("reproduced: allow") == 30


def test_receipts_replace_nothing_that_is_read(run: Run, lines_file: Callable[..., Path]) -> None:
    """The input is no place for receipts."""
    events = lines_file([line(1)])
    found = run("score", events, "--receipts", events)
    assert found.status == 2
    assert "--receipts" in found.errors
    assert events.read_text(encoding="utf-8") == line(1)


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("", "there is no receipt")])
def test_nothing_to_do_is_an_error(content: str | None, said: str, run: Run, tmp_path: Path) -> None:
    """A file that is not there, or holds nothing, ends with status 2."""
    path = tmp_path / "none.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    found = run("replay", path)
    assert found.status == 2
    assert said in found.errors


def test_a_mark_of_utf_8_is_passed_over(receipts: list[Receipt], run: Run, tmp_path: Path) -> None:
    """A file that an editor saved with a byte order mark is read as it is meant."""
    path = tmp_path / "marked.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + receipts[0].to_json().encode("ascii") + b"\n")
    assert run("replay", path).status == 0


@pytest.mark.parametrize("form", ["gzip", "utf-16"])
def test_what_is_no_text_is_said_once(receipts: list[Receipt], run: Run, tmp_path: Path, form: str) -> None:
    """A packed file, or one of another encoding, gets one line of what to do and not one a line of noise."""
    text = "".join(f"{one.to_json()}\n" for one in receipts)
    path = tmp_path / "packed.jsonl"
    path.write_bytes(gzip.compress(text.encode()) if form == "gzip" else text.encode("utf-16"))
    found = run("replay", path)
    assert found.status == 1
    assert len(found.errors.splitlines()) == 1
    assert "no text; unpack it" in found.errors
