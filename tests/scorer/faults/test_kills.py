"""Kill a worker between reading and writing: nothing is half there, and its sign-up sent again counts once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Scorer
from tests.scorer.faults.test_clocks import blobs, in_file, in_server
from tests.scorer.faults.trial import PATIENT_MS, SECRET, sign_up

#: A worker that dies at the named place while it assesses its third sign-up.
_WORKER = """
import importlib, json, os, signal, sys
from signup_risk import Scorer
url, secret, place, events = sys.argv[1:]
module, _, name = place.partition(":")
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
usual = getattr(owner, last)
armed = False
def die(*given, **named):
    if armed:
        os.kill(os.getpid(), signal.SIGKILL)
    return usual(*given, **named)
setattr(owner, last, die)
scorer = Scorer.open(url, secret=secret, deadline_ms=60_000)
for number, event in enumerate(json.loads(events)):
    armed = number == 2
    scorer.assess(event)
"""

#: Where a sign-up has been read and not yet written, written and not yet committed, sent and not yet answered.
_PLACES = {
    "SQLite, read": (in_file, "signup_risk.stores.sqlite:recorded", False),
    "SQLite, written": (in_file, "signup_risk.stores.sqlite:struct.pack", False),
    "SQLite, campaigns": (in_file, "signup_risk.campaigns.detector:pack", True),
    "Redis, before it is sent": (in_server, "signup_risk.stores.redis.wire:Wire.send", False),
    "Redis, before the answer": (in_server, "signup_risk.stores.redis.wire:Wire.reply", None),
}


@pytest.mark.parametrize("case", _PLACES)
def test_a_worker_that_is_killed(case: str, tmp_path: Path) -> None:
    """The store holds the sign-ups before it, of the one under way all or nothing, and sent again it counts once."""
    where, place, is_there = _PLACES[case]
    numbers = [1, 2, 3]
    with where(tmp_path) as url:
        events = json.dumps([sign_up(number) for number in numbers])
        died = subprocess.run([sys.executable, "-c", _WORKER, url, SECRET, place, events], check=False)
        assert died.returncode == -signal.SIGKILL
        with Scorer.open(url, secret=SECRET, deadline_ms=PATIENT_MS) as scorer:
            found = blobs(scorer, sign_up(9))
            whole, without = _held([1, 2, 3]), _held([1, 2])
            assert found in (whole, without)
            if is_there is not None:
                assert found == (whole if is_there else without)
            scorer.assess(sign_up(3))
            assert blobs(scorer, sign_up(9)) == whole
            scorer.assess(sign_up(4))
            assert blobs(scorer, sign_up(9)) == _held([1, 2, 3, 4])


def _held(numbers: list[int]) -> list[Any]:
    with Scorer.open("memory://", secret=SECRET) as scorer:
        for number in numbers:
            scorer.assess(sign_up(number))
        return blobs(scorer, sign_up(9))
