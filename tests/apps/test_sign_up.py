"""An application that uses an integration counts, decides and restarts as it should, over real HTTP and under load."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from signup_risk import Scorer
from tests.apps.common import ALLOWED, BLOCKED
from tests.apps.serving import visit
from tests.apps.sites import SITES, Applicant, Serve, sign_up, totals

FORGED = "81.2.69.99"


@pytest.fixture(params=list(SITES))
def serve(request: pytest.FixtureRequest) -> Serve:
    """Return each application in turn."""
    return SITES[request.param]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Return the URL of a store that outlives the application."""
    return f"sqlite:///{tmp_path}/velocity.db"


def address(number: int) -> str:
    """Return the address of a client."""
    return f"86.20.{number}.7"


def test_dozens_at_once_are_counted_once_each(serve: Serve, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of dozens of clients that send everything twice, each sign-up counts once, on its own address, by one scorer."""
    opened: list[str] = []
    really = Scorer.open

    def counting(*args: object, **options: object) -> Scorer:
        opened.append(str(args[0]))
        return really(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Scorer, "open", counting)
    applicants = [
        Applicant(f"s{client}-{number}", f"{FORGED}, {address(client)}", f"a{client}@example.com", f"d{client}")
        for client in range(36)
        for number in range(2)
    ]
    with serve(store) as url:
        responses = sign_up(url, *applicants, *applicants)
    assert opened == [store]
    assert {response.status_code for response in responses} <= {201, 202, 403}
    monkeypatch.undo()
    clients = [{"ip_address": address(client), "device": {"id": f"d{client}"}} for client in range(36)]
    *counted, forged = totals(store, *clients, {"ip_address": FORGED})
    assert {(one["all"], one["ip"], one["device"]) for one in counted} == {(len(applicants), 2, 2)}
    assert forged["ip"] == 0


def test_headers_decide_nothing_that_a_proxy_did_not_write(serve: Serve, store: str) -> None:
    """What an applicant types into headers neither gets a blocked address in nor blocks somebody else."""
    with serve(store) as url:
        proxied = sign_up(
            url,
            Applicant("blocked", BLOCKED),
            Applicant("forges_allowed", f"{ALLOWED}, {BLOCKED}"),
            Applicant("forges_garbage", f'for="{ALLOWED}, \\",, {BLOCKED}'),
            Applicant("allowed", ALLOWED),
            Applicant("forges_blocked", f"{BLOCKED}, {ALLOWED}"),
        )
        direct = sign_up(url, Applicant("direct", BLOCKED), Applicant("direct2"), local="127.0.0.9")
    assert [response.status_code for response in proxied] == [403, 403, 403, 201, 201]
    assert [response.json()["next"] for response in proxied[2:4]] == ["contact_support", "welcome"]
    assert [response.status_code for response in direct] == [201, 201]
    blocked, allowed = totals(store, {"ip_address": BLOCKED}, {"ip_address": ALLOWED})
    assert (blocked["ip"], allowed["ip"]) == (3, 2)


def test_a_restart_keeps_what_was_counted(serve: Serve, store: str) -> None:
    """After a restart the same id still counts once, another one is added, and a report finds its sign-up."""
    with serve(store) as url:
        sign_up(url, Applicant("s1"), Applicant("s2"))
    with serve(store) as url:
        sign_up(url, Applicant("s2"), Applicant("s3"))
        root = url.removesuffix("/signup").removesuffix("/async")
        known = visit(f"{root}/internal/signups/s1/outcome", {"params": {"outcome": "abusive"}})
        unknown = visit(f"{root}/internal/signups/s9/outcome", {"params": {"outcome": "abusive"}})
    assert [response.status_code for response in known + unknown] == [200, 404]
    (counted,) = totals(store, {"device": {"id": "d1"}})
    assert (counted["all"], counted["device"]) == (3, 3)


def test_headers_of_the_request_are_read(serve: Serve, store: str) -> None:
    """User agent and languages are taken from the request and counted with it."""
    call = Applicant("s1").call()
    call["headers"]["Accept-Language"] = "de-CH,de;q=0.8"
    with serve(store) as url:
        visit(url, call)
    device = {"user_agent": call["headers"]["User-Agent"], "accept_language": "de-CH,de;q=0.8"}
    same, other = (
        {"device": device | change, "session": {"form_seconds": 41.5}} for change in ({}, {"accept_language": "de"})
    )
    asked, others = totals(store, same, other)
    assert (asked["agent"], asked["agent+form"], asked["locale+form"]) == (1, 1, 1)
    assert others["locale+form"] == 0


def test_nobody_is_logged(serve: Serve, store: str, caplog: pytest.LogCaptureFixture) -> None:
    """A log of everything holds neither the address nor the mailbox nor the id of an applicant."""
    with caplog.at_level(logging.DEBUG, logger="signup_risk"), serve(store) as url:
        sign_up(url, Applicant("signup-7261", f"unknown, {address(1)}", "grace.hopper@example.com"))
        sign_up(url, Applicant("signup-7262", "grace, unknown", "grace.hopper@example.com"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("signup_risk")]
    assert [text for text in ours for secret in (address(1), "grace", "signup-726") if secret in text] == []
