"""Several worker processes of one machine share a store, each with one scorer of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.apps.serving import PATIENCE
from tests.apps.sites import Applicant, sign_up, totals

ROOT = Path(__file__).resolve().parents[2]

# A worker serves the socket that it is given, as the workers of every server do.
WORK = """
import socket
import sys
import uvicorn

from tests.apps.fastapi_app import worker_app

config = uvicorn.Config(worker_app(), proxy_headers=False, ws="none", log_level="warning")
uvicorn.Server(config).run([socket.socket(fileno=int(sys.argv[1]))])
"""

# What the two cases of forking below share.
FORK = """
import os
import sys
from django.conf import settings

settings.configure(SIGNUP_RISK={"STORE": sys.argv[1], "OPTIONS": {"deadline_ms": 30_000}})

from django.http import HttpRequest
from signup_risk.integrations.django import assess_signup, close, scorer

def sign_up(signup_id):
    found = assess_signup(HttpRequest(), {"signup_id": signup_id, "device.id": "d1"})
    assert found.degraded == (), found.degraded

def fork(work):
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as problem:
            print(type(problem).__name__, problem, flush=True)  # os._exit flushes nothing
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def child_signs_up():
    sign_up("child")
    close()
"""
FORK_BEFORE = FORK + """
assert fork(child_signs_up) == 0
sign_up("parent")
close()
assert fork(child_signs_up) == 0
sign_up("late")
close()
"""
FORK_WHILE_OPEN = FORK + """
sign_up("parent")
parents = scorer()
assert fork(child_signs_up) == 1
sign_up("late")
assert scorer() is parents
close()
assert fork(lambda: sign_up("child")) == 0
"""


@contextmanager
def workers(notes: Path, store: str) -> Iterator[str]:
    """Serve the FastAPI application with two workers, and return the address of its sign-up endpoint."""
    environment = os.environ | {"APP_STORE": store, "APP_NOTES": str(notes)}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        command = [sys.executable, "-c", WORK, str(descriptor)]
        working = [subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[descriptor]) for _ in range(2)]
        try:
            _wait(working, notes)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/signup"
        finally:
            for worker in working:
                worker.terminate()
            for worker in working:
                worker.wait(PATIENCE)


def _wait(working: list[subprocess.Popen[bytes]], notes: Path) -> None:
    """Wait until every worker has noted that it is open."""
    end = time.monotonic() + PATIENCE
    while len(list(notes.iterdir())) < len(working):
        assert [worker.poll() for worker in working] == [None] * len(working), "a worker ended"
        assert time.monotonic() < end, "the workers did not start"
        time.sleep(0.05)


def forked(code: str, store: str) -> str:
    """Run code that forks in a fresh interpreter, and return what it prints."""
    command = [sys.executable, "-c", code, store]
    return subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout


def test_workers_count_together(tmp_path: Path) -> None:
    """Two workers open one scorer each, and what they count in one file is exact, whoever gets which sign-up."""
    store, notes = f"sqlite:///{tmp_path}/velocity.db", tmp_path / "notes"
    notes.mkdir()
    applicants = [Applicant(f"s{number}", f"86.20.{number % 8}.7") for number in range(40)]
    with workers(notes, store) as url:
        responses = sign_up(url, *applicants, *applicants)
    assert len(list(notes.iterdir())) == 2
    assert {response.status_code for response in responses} <= {201, 202, 403}
    counted = totals(store, *({"ip_address": f"86.20.{client}.7", "device": {"id": "d1"}} for client in range(8)))
    assert {(one["ip"], one["device"]) for one in counted} == {(5, 40)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_processes_fork_before_they_open(tmp_path: Path) -> None:
    """A Django process that forks before its first sign-up, or closed again, and its children count in one file."""
    store = f"sqlite:///{tmp_path}/velocity.db"
    assert forked(FORK_BEFORE, store) == ""
    (counted,) = totals(store, {"device": {"id": "d1"}})
    assert counted["device"] == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_a_fork_while_open_is_refused(tmp_path: Path) -> None:
    """A child of a process that has the store open is refused it, told why, and the file stays whole."""
    store = f"sqlite:///{tmp_path}/velocity.db"
    said = forked(FORK_WHILE_OPEN, store)
    assert said.startswith("StoreUnavailable")
    assert "close it before forking" in said
    (counted,) = totals(store, {"device": {"id": "d1"}})
    assert counted["device"] == 3
