"""The commands show and erase what a store keeps of a person."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signup_risk import Scorer
from tests.cli.running import Outcome
from tests.scorer.samples import AT, FULL, SECRETS

Run = Callable[..., Outcome]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a store that knows one person, with an outcome."""
    found = f"sqlite:///{tmp_path}/velocity.db"
    with Scorer.open(found) as scorer:
        scorer.assess(FULL)
        scorer.report("signup-7261", "abusive", at=AT, source="chargeback")
    return found


def test_export_and_forget(run: Run, url: str) -> None:
    """What export shows, forget removes; afterwards both say that nothing is found, by their status as well."""
    shown = run("export", "--store", url, "--email", FULL["email"], "--phone", "02071838750", "--country", "GB")
    assert shown.status == 0
    kept = json.loads(shown.output)
    assert [one["kind"] for one in kept["keys"]] == ["email", "phone"]
    assert [one["what"] for one in kept["signups"][0]["outcomes"]] == ["abusive"]
    done = run("forget", "--store", url, "--email", FULL["email"])
    assert (done.status, done.errors) == (0, "")
    assert done.output.startswith("1 sign-ups found, ")
    assert "store    records of sign-ups" in done.output
    again = run("forget", "--store", url, "--email", FULL["email"], "--json")
    assert (again.status, json.loads(again.output)["total"]) == (1, 0)
    assert run("export", "--store", url, "--signup-id", "signup-7261").status == 1


def test_persons_from_a_file(run: Run, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or standard input names one person a line."""
    path = tmp_path / "who.jsonl"
    path.write_text('{"email": "nobody@example.com"}\n\n{"signup_id": "signup-7261"}\n', encoding="utf-8")
    shown = run("export", "--store", url, "--from", path)
    assert [len(json.loads(line)["signups"]) for line in shown.output.splitlines()] == [0, 1]
    assert shown.status == 1
    monkeypatch.setattr("sys.stdin", io.StringIO('{"card": "tok_9f8e7d6c5b"}\n'))
    done = run("forget", "--store", url, "--from", "-", "--json")
    assert (done.status, json.loads(done.output)["signups"]) == (0, 1)


def test_forget_prints_nothing_of_a_person(run: Run, url: str) -> None:
    """Neither report repeats what the person was named by."""
    for more in ((), ("--json",)):
        done = run("forget", "--store", url, "--email", FULL["email"], "--device", "dev-55aa77", *more)
        assert not [one for one in SECRETS if one in done.output + done.errors]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ((), "nobody is named"),
        (("--country", "GB"), "nobody is named"),
        (("--phone", "020 7183 8750"), "phone"),
        (("--email", "no mailbox"), "email"),
        (("--email", "a@example.com", "--from", "who.jsonl"), "not by both"),
        (("--from", "{line}"), "line 2 of --from"),
    ],
)
def test_what_cannot_be_used_is_said(run: Run, url: str, tmp_path: Path, named: tuple[str, ...], said: str) -> None:
    """Options and lines that name nobody are refused before anything is done, and quoted nowhere."""
    path = tmp_path / "lines"
    path.write_text('{"signup_id": "signup-7261"}\n{"mail": "secret@example.com"}\n', encoding="utf-8")
    failed = run("forget", "--store", url, *[one.format(line=path) for one in named])
    assert (failed.status, failed.output) == (2, "")
    assert said in failed.errors
    assert not any(value in failed.errors for value in ("020 7183", "no mailbox", "secret@"))
    assert run("export", "--store", url, "--signup-id", "signup-7261").status == 0


@pytest.mark.parametrize("store", ["memory://", "sqlite:///{folder}/none.db"])
def test_a_store_that_is_not_there(run: Run, tmp_path: Path, store: str) -> None:
    """A store that cannot hold anything is refused, and none is made."""
    failed = run("forget", "--store", store.format(folder=tmp_path), "--email", "a@example.com")
    assert (failed.status, list(tmp_path.iterdir())) == (2, [])


def test_the_ledger_is_brought_along(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two live secrets the ledger is brought under the first one; without a second it says what is missing."""
    url, old, new = f"sqlite:///{tmp_path}/two.db", "the first secret of all", "the second secret of all"
    with Scorer.open(url, secret=old, second_secret=new) as scorer:
        scorer.assess(FULL)
        scorer.report("signup-7261", "abusive", at=AT)
    monkeypatch.setenv("SIGNUP_RISK_SECRET", new)
    refused = run("ledger", "rekey", "--store", url)
    assert (refused.status, "SIGNUP_RISK_SECOND_SECRET" in refused.errors) == (2, True)
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET", old)
    assert run("ledger", "rekey", "--store", url).output == "1 entries brought under the first secret\n"
    assert run("ledger", "rekey", "--store", url).output == "0 entries brought under the first secret\n"
    monkeypatch.delenv("SIGNUP_RISK_SECOND_SECRET")
    kept = json.loads(run("export", "--store", url, "--signup-id", "signup-7261").output)
    assert [one["what"] for one in kept["signups"][0]["outcomes"]] == ["abusive"]
