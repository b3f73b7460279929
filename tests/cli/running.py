"""Make sign-ups as lines, and run the command as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

COMMAND = (sys.executable, "-m", "signup_risk")


class Outcome(NamedTuple):
    """Hold what a run of the command left behind."""

    status: int
    output: str
    errors: str

    @property
    def assessments(self) -> list[dict[str, Any]]:
        """Return the assessments written, without how long they took."""
        found = [json.loads(line) for line in self.output.splitlines()]
        return [{key: value for key, value in one.items() if key != "latency_ms"} for one in found]


def event(number: int) -> dict[str, Any]:
    """Return one of many sign-ups: a few share a device, fields are missing here and there."""
    made: dict[str, Any] = {
        "signup_id": f"s-{number}",
        "at": f"2026-05-01T12:{number % 60:02}:00.250Z",
        "ip_address": f"192.0.2.{number % 200}",
        "email": f"kärin.number{number}@example.com",
        "country": "US",
        "device": {"id": f"device-{number % 5}", "webdriver": number % 3 == 0, "screen": "1920x1080"},
        "session": {"age_seconds": 30.5 + number, "keystrokes": 40 + number},
        "card": {"issuer_id_number": "411111", "last_digits": f"00{number % 90 + 10}"},
        "custom": {"trial_days": number, "plan": "gold", "is_invited": True},
    }
    if number % 4 == 0:
        del made["session"], made["country"]
    return made


def line(number: int) -> str:
    """Return one of many sign-ups as a line of JSON."""
    return json.dumps(event(number), ensure_ascii=False) + "\n"


def spawn(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command with pipes on all three streams."""
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([*COMMAND, *map(str, arguments)], **(pipes | options))
