"""Whatever a run writes down, in good order and with faults, holds nothing that identifies a person."""

from __future__ import annotations

import contextlib
import logging
import pickle
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from signup_risk import CardNumberRefused, InvalidSignup, Scorer
from signup_risk.cli import main
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.stores.state import KeyState
from tests.scorer.sieve import MARK, files, found, identifiers, marked
from tests.stores.servers import Server, server
from tests.telemetry_site import Site

SECRET = "a secret that nobody may read anywhere"
ANALYST = f"ann {MARK}"
Fault = Callable[[], contextlib.AbstractContextManager[None]]

#: Sign-ups of the run, and those of them that come while the store is locked or refuses.
SIGNUPS, AT_FAULT = 260, 12


@pytest.fixture(scope="module")
def stream() -> list[dict[str, Any]]:
    """Return simulated sign-ups, a farm that becomes a campaign among them, with some that cannot be read."""
    scenario = rescaled(load_scenario("bundled-1"), signups=3000, days=8)
    made = [marked(event) for event in islice(simulate(scenario, 7), SIGNUPS)]
    for number, bad in enumerate(({"email": MARK}, {"ip_address": MARK}, {"phone": f"+{MARK}"})):
        made[50 * number].update(bad)
    for number in range(0, SIGNUPS, 9):
        made[number]["phone"] = f"+4915112{number:06}"
    return made


@pytest.fixture
def site() -> Iterator[Site]:
    """Return the providers of an application, which keep what they are told."""
    one = Site()
    yield one
    one.meters.shutdown()
    one.tracers.shutdown()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Run a server that writes all it keeps to its disk, as it is."""
    options = ("--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--rdbcompression", "no")
    with server(*options) as one:
        yield one


def lived(scorer: Scorer, stream: list[dict[str, Any]], fault: Fault) -> dict[str, bytes]:
    """Live through good and bad days, and return what waited in the process meanwhile."""
    for number, event in enumerate(stream[:-AT_FAULT]):
        scorer.assess(event)
        if number % 10 == 0:
            scorer.report(event["signup_id"], "abusive", at=event["at"], source="chargeback", by=ANALYST)
    for bad in ({"card": {"token": "4111111111111111"}}, {MARK: MARK}, {"at": MARK}):
        with pytest.raises((CardNumberRefused, InvalidSignup)):
            scorer.assess({**stream[0], **bad})
    with fault():
        for event in stream[-AT_FAULT:]:
            assert "velocity" in scorer.assess(event, deadline_ms=15).degraded
            scorer.report(event["signup_id"], "legitimate", at=event["at"], by=ANALYST, deadline_ms=15)
        waiting = [*scorer._gate.pending._held], [*scorer._outcomes._queue._held]
    assert sum(map(len, waiting)) >= 2 * AT_FAULT - 1  # one may be in the hands of the thread that tries again
    told = {"queue": pickle.dumps(waiting) + repr(waiting).encode(), "health": repr(scorer.health).encode()}
    scorer.assess(stream[0], deadline_ms=60_000)
    return told | receipts(scorer, stream)


def receipts(scorer: Scorer, stream: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return receipts in all their forms, of sign-ups that were decided in different ways."""
    made = [scorer.receipt(scorer.preview(event)) for event in stream[:-AT_FAULT:5]]
    assert len({one.outcome.decision for one in made}) > 1
    told = [f"{one.to_json()}{one!r}{one.redacted('de').to_json()}{one.redacted()!r}" for one in made]
    assert sum(map(len, told)) > 1_000_000
    return {"receipts": "\n".join(told).encode()}


def kept(scorer: Scorer) -> dict[str, bytes]:
    """Return ledger and journal as they are read, and see that there is something in them."""
    assert scorer._watch is not None
    journal = b"\n".join(content for _, content in scorer._watch.journal.since(0))
    ledger = b"\n".join(entry.to_bytes() for _, entry in scorer._outcomes._queue.ledger.page())
    assert journal.count(b'"join"') > 5
    assert ledger.count(b'"outcome"') > 20
    return {"journal": journal, "ledger": ledger, "repr": repr(vars(scorer)).encode()}


def opened(url: str, site: Site) -> Scorer:
    """Open a scorer that tells of itself."""
    return Scorer.open(url, secret=SECRET, deadline_ms=60_000, observer=site.telemetry)


def written(caplog: pytest.LogCaptureFixture, site: Site) -> dict[str, bytes]:
    """Return what was logged, at all levels, and what was exported."""
    records = "\n".join(f"{vars(record)}" for record in caplog.records)
    return {"log": (caplog.text + records).encode(), "telemetry": site.told().encode()}


def test_a_memory_store(stream: list[dict[str, Any]], site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Keys, records, queue, ledger, journal, log and telemetry of a store in memory hold hashes only."""
    caplog.set_level(logging.DEBUG)
    with opened("memory://", site) as scorer:
        store: Any = scorer._store
        held = lived(scorer, stream, lambda: _locked(store._lock))
        held |= kept(scorer) | written(caplog, site)
        keys = dict(store._keys.items())
        held["store"] = pickle.dumps((keys, store._signups.items()))
        assert max(KeyState(blob).total for blob in keys.values()) > 200
    assert found(held, identifiers(stream, SECRET)) == []


def test_a_sqlite_file(
    stream: list[dict[str, Any]],
    site: Site,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file, its log and its index, open and closed, and what the commands print of it, hold hashes only."""
    caplog.set_level(logging.DEBUG)
    url, path = f"sqlite:///{tmp_path}/velocity.db", tmp_path / "velocity.db"
    with opened(url, site) as scorer:
        held = lived(scorer, stream, lambda: _locked_file(path))
        held |= kept(scorer) | written(caplog, site)
        assert {f"velocity.db{end}" for end in ("", "-wal", "-shm")} <= {one.name for one in tmp_path.iterdir()}
        receipt = tmp_path / "receipt.json"
        receipt.write_text(scorer.receipt(scorer.preview(stream[5])).to_json(), encoding="utf-8")
        held |= files(tmp_path)
    held |= {f"closed {name}": content for name, content in files(tmp_path).items()}
    monkeypatch.setenv("SIGNUP_RISK_SECRET", SECRET)
    main(["ledger", "summary", "--store", url])
    main(["doctor", "--store", url])
    main(["forget", "--store", url, "--email", stream[7]["email"], "--signup-id", "none"])
    main(["replay", str(receipt), "--json"])
    main(["score", "--store", url, str(_lines(tmp_path / "bad.jsonl")), "-o", str(tmp_path / "scored")])
    held["commands"] = "".join(capsys.readouterr()).encode()
    assert b"sign-ups found" in held["commands"]
    assert b'"reproduced"' in held["commands"]
    assert held["commands"].count(b"line ") >= 3
    assert found(held, identifiers(stream, SECRET)) == []


def test_a_redis_server(
    stream: list[dict[str, Any]], site: Site, caplog: pytest.LogCaptureFixture, running: Server
) -> None:
    """Names and values in the server, its two files and its log hold hashes only."""
    caplog.set_level(logging.DEBUG)
    client = running.client()
    with opened(running.url(), site) as scorer:
        held = lived(scorer, stream, lambda: _refusing(client))
        held |= kept(scorer) | written(caplog, site)
        names = list(client.scan_iter(count=1000))
        held["names"] = b"\n".join(names)
        held |= {f"value {name!r}": _value(client, name) for name in names}
        client.save()
        told = files(running.folder)
        assert any(name.endswith(".rdb") for name in told)
        assert any("appendonly" in name and len(content) > 100_000 for name, content in told.items())
    assert found(held | told, identifiers(stream, SECRET)) == []


def test_the_sieve_finds_what_is_there(stream: list[dict[str, Any]], tmp_path: Path) -> None:
    """A mailbox in a file's name, an address in its bytes, a secret in hexadecimal and an id in base64 are found."""
    (tmp_path / f"{MARK.upper()}.txt").write_bytes(b"\0\1" + stream[1]["ip_address"].encode())
    held = files(tmp_path) | {"hex": SECRET.encode().hex().upper().encode(), "base64": b"cXZ6eHF2eng="}
    assert {place.rpartition("/")[2] for place, _ in found(held, identifiers(stream, SECRET))} == {
        f"{MARK.upper()}.txt",
        "hex",
        "base64",
    }
    assert sum(place.endswith(".txt") for place, _ in found(held, identifiers(stream, SECRET))) == 2


@contextlib.contextmanager
def _locked(lock: Any) -> Iterator[None]:
    with lock:
        yield


@contextlib.contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def _refusing(client: Any) -> Iterator[None]:
    """Let the server refuse every write, since it is full."""
    client.config_set("maxmemory", 1)
    yield
    client.config_set("maxmemory", 0)


def _value(client: Any, name: bytes) -> bytes:
    reads = {b"string": client.get, b"hash": client.hgetall}
    reads |= {b"zset": lambda one: client.zrange(one, 0, -1), b"stream": client.xrange}
    value = reads[client.type(name)](name)
    return value if isinstance(value, bytes) else repr(value).encode() + b"".join(_flat(value))


def _flat(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        yield from _flat([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _flat(one)


def _lines(path: Path) -> Path:
    path.write_text(f'{{"at": "{MARK}"}}\n{{"card": "{MARK}"}}\nno JSON {MARK}\n', encoding="utf-8")
    return path
