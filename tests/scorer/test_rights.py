"""People can see what is kept of them and have it erased, wherever it is kept."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from signup_risk import ConfigurationError, InvalidSignup, Scorer
from signup_risk.campaigns.entries import Cell, Member, joined, mark, opened
from signup_risk.errors import CardNumberRefused
from signup_risk.extract import key_of, signup_name
from signup_risk.scorer.rights_results import Erasure
from signup_risk.stores import DAYS_30, Entry, KeyView, MemoryLedger, Touch
from tests.scorer.samples import AT, FULL, told
from tests.stores.servers import Cluster, Server, cluster, server

SECRET = "one secret for all of them"
Open = Callable[[], Scorer]

#: Another person, in the same network, with the same domain, agent and form.
OTHER: dict[str, Any] = FULL | {
    "signup_id": "other-1",
    "email": "bo.okafor@brightfjord.example",
    "phone": "+442071838751",
    "first_name": "Bo",
    "last_name": "Okafor",
    "device": FULL["device"] | {"id": "dev-other"},
    "card": FULL["card"] | {"token": "tok_other"},
    "billing": None,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Run a server."""
    with server() as one:
        yield one


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    """Run a cluster."""
    with cluster() as one:
        yield one


@pytest.fixture(params=["memory", "sqlite", "redis", "cluster"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty store of each kind."""
    kind = request.param
    if kind == "redis":
        one = request.getfixturevalue("running")
        one.client().flushall()
        yield one.url("rights:")
    elif kind == "cluster":
        many = request.getfixturevalue("nodes")
        many.flush()
        yield many.url("rights:")
    else:
        yield "memory://" if kind == "memory" else f"sqlite:///{tmp_path}/velocity.db"


@pytest.fixture
def scorer(url: str) -> Iterator[Scorer]:
    """Open a scorer that has seen two persons, of the first one two sign-ups and outcomes."""
    with Scorer.open(url, secret=SECRET, deadline_ms=60_000) as one:
        one.assess(FULL)
        one.assess(OTHER)
        one.assess(FULL | {"signup_id": "signup-7262", "email": "Marlene.Quist@BrightFjord.example", "phone": None})
        assert one.report("signup-7261", "abusive", at=AT, source="chargeback", by="ann")
        assert one.report("other-1", "legitimate", at=AT, source="analyst")
        yield one


def counts(erasure: Erasure) -> dict[str, int]:
    """Return what was removed by its kind."""
    return {one.kind: one.count for one in erasure.removed}


def member(scorer: Scorer, signup_id: str, campaign_cell: int) -> Member:
    """Return a sign-up as a member of a campaign."""
    name = signup_name(signup_id, scorer._hasher)
    sealed = scorer._hasher.seal(name, signup_id).hex()
    return Member(name, 5, 0.9, campaign_cell, "allow", sealed, is_mark=True)


def with_campaign(scorer: Scorer) -> None:
    """Let a campaign have both persons as members, and both as marks."""
    assert scorer._watch is not None
    shorts = [signup_name(one, scorer._hasher) & 0xFFFF_FFFF for one in ("signup-7261", "other-1")]
    members = [member(scorer, one, 77) for one in ("signup-7261", "other-1")]
    cell = Cell("email_domain", 77, {"email_domain": "brightfjord.example"}, 40.0)
    told = [*(mark(5, short) for short in shorts), opened(5, cell, 5, ()), joined(5, "19700101-1", members)]
    told.append(joined(6, "19700101-1", [member(scorer, "signup-7262", 77)]))
    scorer._watch.journal.append(told)


def test_everything_kept_of_a_person_is_shown(scorer: Scorer) -> None:
    """The keys, sign-ups, memberships and outcomes of a person are shown, of all their sign-ups and nobody else's."""
    with_campaign(scorer)
    kept = scorer.export(email="marlene.quist@brightfjord.example", phone="020 7183 8750", country="GB")
    assert [(one.kind, one.signups, one.abusive, one.legitimate) for one in kept.keys] == [
        ("email", 2, 1, 0),
        ("phone", 1, 1, 0),
    ]
    first, second = sorted(kept.signups, key=lambda one: one.signup_id or "")
    assert (first.signup_id, second.signup_id) == ("signup-7261", "signup-7262")
    assert (first.decision, first.at is not None, first.keys > second.keys > 20) == ("allow", True, True)
    assert [(one.campaign, one.probability, one.decision) for one in first.memberships] == [
        ("19700101-1", 0.9, "allow")
    ]
    assert [(one.kind, one.what, one.source) for one in first.outcomes] == [("outcome", "abusive", "chargeback")]
    assert (kept.queued, kept.not_found) == (0, ())
    assert "other" not in json.dumps(kept.to_dict())


def test_showing_changes_nothing(scorer: Scorer) -> None:
    """Asked twice, the same is shown; whoever is unknown has nothing."""
    kept = scorer.export(signup_id="signup-7261")
    assert scorer.export(signup_id="signup-7261") == kept
    nobody = scorer.export(email="nobody@brightfjord.example", signup_id="none")
    assert (nobody.keys, nobody.signups, nobody.not_found) == ((), (), ("email", "signup_id"))


def test_a_person_is_forgotten_everywhere(scorer: Scorer) -> None:
    """After erasure nothing of a person is found by any of their values, and the report says what went from where."""
    with_campaign(scorer)
    done = scorer.forget(email="marlene.quist@brightfjord.example")
    assert (done.signups, done.not_found) == (2, ())
    found = counts(done)
    assert found.pop("keys") >= 4
    assert found.pop("sign-ups on keys of others") > 10
    assert found == {
        "writes": 0,
        "updates": 0,
        "outcomes and decisions": 1,
        "settled sign-ups": 2,
        "memberships of campaigns": 2,
        "marks": 1,
        "records of sign-ups": 2,
    }
    values = {"email": FULL["email"], "phone": FULL["phone"], "device": "dev-55aa77", "card": "tok_9f8e7d6c5b"}
    left = scorer.export(**values, signup_id="signup-7261")
    assert (left.keys, left.signups, left.queued) == ((), (), 0)
    assert left.not_found == ("email", "phone", "device", "card", "signup_id")
    assert not scorer.report("signup-7261", "abusive", at=AT)


def test_a_second_call_removes_nothing(scorer: Scorer) -> None:
    """Erasing again finds nothing to erase, and says that nothing was found."""
    with_campaign(scorer)
    assert scorer.forget(email=FULL["email"], device="dev-55aa77").total > 20
    again = scorer.forget(email=FULL["email"], device="dev-55aa77")
    assert (again.signups, again.total, again.not_found) == (0, 0, ("email", "device"))


def test_others_keep_everything(scorer: Scorer) -> None:
    """Another person's data are the same before and after, and counts of shared keys do not fall."""
    with_campaign(scorer)
    before = scorer.export(email=OTHER["email"], signup_id="other-1")
    key = key_of("ip", {"ip": "81.2.69.144"}, scorer._hasher) or 0
    scorer.forget(email=FULL["email"])
    assert scorer.export(email=OTHER["email"], signup_id="other-1") == before
    after = scorer._store.peek(Touch(scorer_at(scorer), 0, (Entry(key),)))
    view = KeyView(after.states[0], scorer_at(scorer))
    assert view.count(DAYS_30) == 3
    assert sorted(view.members(DAYS_30))[:2] == [0, 0]
    assert len(set(view.members(DAYS_30))) == 2


def scorer_at(scorer: Scorer) -> int:
    """Return a moment shortly after all sign-ups."""
    settled = scorer.export(signup_id="other-1").signups[0].at
    assert settled is not None
    return round(settled.timestamp() * 1e6) + 1


def test_one_sign_up_of_several(scorer: Scorer) -> None:
    """A sign-up named by its id goes; the person's other one stays, and so do the keys that both touched."""
    done = scorer.forget(signup_id="signup-7262")
    assert (done.signups, done.not_found) == (1, ())
    kept = scorer.export(email=FULL["email"])
    assert [one.signup_id for one in kept.signups] == ["signup-7261"]
    assert [(one.kind, one.signups) for one in kept.keys] == [("email", 2)]
    scorer.forget(signup_id="signup-7261")
    assert scorer.export(email=FULL["email"]).keys == ()


def test_a_forgotten_sign_up_may_come_again(scorer: Scorer) -> None:
    """Whoever comes again after erasure is new, and is assessed as on the first day of their keys."""
    scorer.forget(email=FULL["email"])
    scorer.assess(FULL)
    assert [(one.kind, one.signups) for one in scorer.export(email=FULL["email"]).keys] == [("email", 1)]


def test_running_processes_forget_too(url: str) -> None:
    """A scorer that was open all the while tells no campaign of an erased sign-up, nor does one opened later."""
    if url.startswith("memory"):
        return  # a memory store has one process
    with Scorer.open(url, secret=SECRET, deadline_ms=60_000) as one:
        for event in (FULL, OTHER):
            one.assess(event)
        with_campaign(one)
        with Scorer.open(url, secret=SECRET, deadline_ms=60_000) as other:
            assert len(other.campaign_joins()) == 3
            other.assess(FULL | {"signup_id": "before"})
            one.forget(signup_id="signup-7261")
            other.assess(FULL | {"signup_id": "after"})
            assert [joined_one[1] for joined_one in other.campaign_joins()] == ["other-1", "signup-7262"]
            watch = other._watch
            assert watch is not None
            books = [watch.detector.book]
        with Scorer.open(url, secret=SECRET) as third:
            assert third._watch is not None
            third._watch.detector.refresh()
            books.append(third._watch.detector.book)
        for book in books:
            assert sorted(book.campaigns["19700101-1"].members) == sorted(book.owner)
            assert len(book.owner) == 2
            assert len(book.marks) == 1


def test_sign_ups_without_an_id(url: str) -> None:
    """Of a sign-up without an id the own keys go, and its place on the word of its mailbox is nobody's."""
    with Scorer.open(url, secret=SECRET, deadline_ms=60_000) as scorer:
        for email in (FULL["email"], FULL["email"], "marlene.quist@elsewhere.example"):
            scorer.assess({**FULL, "signup_id": None, "email": email})
        done = scorer.forget(email=FULL["email"])
        assert (done.signups, counts(done)["keys"], done.not_found) == (0, 1, ())
        assert counts(done)["sign-ups on keys of others"] == 1
        assert scorer.export(email=FULL["email"]).keys == ()
        assert scorer.forget(email=FULL["email"]).total == 0


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ({}, ConfigurationError),
        ({"country": "GB"}, ConfigurationError),
        ({"email": "no mailbox"}, InvalidSignup),
        ({"phone": "020 7183 8750"}, InvalidSignup),
        ({"device": "x" * 300}, InvalidSignup),
        ({"signup_id": ""}, InvalidSignup),
        ({"card": "4111111111111111"}, CardNumberRefused),
    ],
)
def test_values_that_cannot_be_read_are_refused(named: dict[str, str], error: type[Exception]) -> None:
    """What names nobody is refused with words that hold no value, by both methods."""
    with Scorer.open("memory://") as scorer:
        for method in (scorer.forget, scorer.export):
            with pytest.raises(error) as problem:
                method(**named)  # type: ignore[operator]
            assert not any(value in str(problem.value) for value in named.values() if len(value) > 2)


def test_what_waits_in_the_process_is_found_and_withdrawn(tmp_path: Path) -> None:
    """A sign-up that the store could not take yet is shown, and once forgotten it never gets there."""
    path = tmp_path / "velocity.db"
    with Scorer.open(f"sqlite:///{path}", secret=SECRET, deadline_ms=20) as scorer:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            scorer.assess(FULL)
            scorer.assess(OTHER)
            scorer.report("signup-7261", "abusive", at=AT)
            other.execute("ROLLBACK")
        kept = scorer.export(email=FULL["email"])
        assert kept.queued == 1
        assert [one.what for one in kept.signups[0].outcomes] == ["abusive"]
        done = scorer.forget(email=FULL["email"])
        assert (done.signups, counts(done)["writes"], counts(done)["outcomes and decisions"]) == (1, 1, 1)
        scorer.assess(OTHER | {"signup_id": "other-2"}, deadline_ms=5000)
        assert scorer.pending_writes == 0
        assert scorer.export(email=FULL["email"]).not_found == ("email",)
        assert scorer.export(email=OTHER["email"]).keys[0].signups == 2


def test_no_byte_of_an_erased_sign_up_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither name, nor sealed id, nor rows of an erased sign-up stand anywhere in the file or its log."""
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db", secret=SECRET, deadline_ms=60_000) as scorer:
        for number in range(40):
            scorer.assess(OTHER | {"signup_id": f"before-{number}", "email": f"b{number}@brightfjord.example"})
        scorer.assess(FULL)
        with_campaign(scorer)
        for number in range(40):
            scorer.assess(OTHER | {"signup_id": f"after-{number}", "email": f"a{number}@brightfjord.example"})
        scorer.report("signup-7261", "abusive", at=AT)
        name = signup_name("signup-7261", scorer._hasher)
        sealed = scorer._hasher.seal(name, "signup-7261")
        wanted = [struct.pack("<q", name), struct.pack(">q", name), sealed, sealed.hex().encode(), str(name).encode()]
        wanted.append(struct.pack("<I", name & 0xFFFF_FFFF))
        assert all(any(one in held for held in files(tmp_path)) for one in (wanted[0], sealed, wanted[-1]))
        scorer.forget(email=FULL["email"])
        assert [one for one in wanted if any(one in held for held in files(tmp_path))] == []


def files(folder: Path) -> list[bytes]:
    """Return the bytes of all files in a folder."""
    return [path.read_bytes() for path in folder.iterdir()]


def test_assessments_afterwards_are_those_of_a_store_that_never_knew(url: str) -> None:
    """A person who shared nothing with others leaves no difference to what they are told."""
    apart = OTHER | {"signup_id": "apart", "ip_address": "2001:db8:7::1", "email": "x.apart@far.example"}
    with Scorer.open(url, secret=SECRET, deadline_ms=60_000) as one, Scorer.open("memory://", secret=SECRET) as other:
        for scorer in (one, other):
            scorer.assess(OTHER)
        one.assess({"signup_id": "gone", "at": AT, "email": "gone@nowhere-else.example"})
        one.forget(signup_id="gone")
        assert told(one.assess(apart))["reasons"] == told(other.assess(apart))["reasons"]


def test_a_ledger_that_fails_leaves_the_rest_to_be_found(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the ledger breaks down half-way, the same call later erases everything."""
    ledger = scorer._outcomes._queue.ledger
    with monkeypatch.context() as broken:
        broken.setattr(type(ledger), "erase", _refuse)
        with pytest.raises(ConnectionError):
            scorer.forget(email=FULL["email"])
    assert scorer.forget(email=FULL["email"]).signups == 2
    assert isinstance(ledger, MemoryLedger) or scorer.export(email=FULL["email"]).signups == ()


def _refuse(*given: object, **named: object) -> int:
    raise ConnectionError(f"{len(given)} {len(named)}")
