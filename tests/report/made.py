"""Make assessments, and the history that they are of, without a model: quick, and known to the last figure."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DECISIONS = ("allow", "step_up", "review", "block")
START = datetime(2026, 5, 1, tzinfo=UTC)
CODES = (
    ("EMAIL_DISPOSABLE", "email"), ("EMAIL_SHAPE_SURPRISE", "email"), ("DEVICE_VELOCITY_24H", "velocity"),
    ("NETWORK_HOSTING", "geo"), ("COUNTRY_MISMATCH", "geo"), ("AGENT_AUTOMATION", "device"),
    ("NAME_DIGITS", "identity"),
    ("CARD_PREPAID", "payment"), ("PAIR_CONCENTRATION", "coordination"), ("PHONE_BLOCK", "phone"),
)  # fmt: skip
GROUPS = ("campus", "travellers", "company", "relay users", "newcomers")
CAMPAIGNS = ("20260503-1", "20260507-1", "20260512-2")


def assessment(number: int, draw: random.Random, *, days: float = 20.0) -> dict[str, Any]:
    """Return one of many assessments: one in six is of a farm, which scores high and comes in waves."""
    farm = number % 6 == 0
    score = draw.uniform(20, 100) if farm else 100 * draw.random() ** 9
    fpr = min(1.0, max(0.0001, 10 ** (-score / 25)))
    decision = "block" if fpr <= 0.001 else "review" if fpr <= 0.003 else "step_up" if fpr <= 0.01 else "allow"
    wave = number // 6 % 3 if farm and decision != "allow" else None
    at = START + timedelta(days=(3 + 4 * (number // 6 % 3) + 2 * draw.random()) if farm else days * draw.random())
    chosen = draw.sample(CODES, 6)
    sign = 1 if score > 15 else -1
    reasons = [
        {
            "code": code, "family": family,
            "text": f"{draw.randint(1, 40)} of this kind; 99% of legitimate sign-ups: at most 2",
            "contribution": sign * draw.uniform(0.05, 2.5) * (1 if draw.random() < 0.8 else -1), "direction": "risk",
        }
        for code, family in chosen
    ]  # fmt: skip
    return {
        "signup_id": f"s-{number:05}",
        "at": at.isoformat(),
        "risk_score": score,
        "fpr": fpr,
        "decision": decision,
        "reasons": sorted(reasons, key=lambda one: -abs(one["contribution"])),
        "degraded": ["velocity"] if number % 97 == 0 else [],
        "warnings": [{"code": "TIME_ZONE_UNKNOWN", "pointer": "/device/time_zone"}] if number % 50 == 0 else [],
        "campaign": None if wave is None else campaign(wave, number),
        "model": {"name": "ours", "version": "3", "fingerprint": "f" * 64},
        "policy": {"name": "default", "version": "1"},
        "latency_ms": 1.0,
    }


def campaign(wave: int, number: int) -> dict[str, Any]:
    """Return a campaign as the assessment of a member tells it."""
    return {
        "id": CAMPAIGNS[wave], "size": number, "status": "open",
        "first_seen": (START + timedelta(days=3 + 4 * wave)).isoformat(),
        "shared": ["network 192.0.2.0/24 (12 of 14)"], "signature": "one network and one form of mailbox",
        "growth_24h": 3, "title": "spring farm" if wave == 0 else None, "probability": 0.9, "suggested": "review",
    }  # fmt: skip


def assessments(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return many assessments, the same for the same seed."""
    draw = random.Random(seed)
    return [assessment(number, draw) for number in range(count)]


def history(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the sign-ups of assessments with label and group: of every tenth nothing is known."""
    events = []
    for number, one in enumerate(found):
        farm = number % 6 == 0
        event = {"signup_id": one["signup_id"], "at": one["at"], "email": f"person{number}@example.com"}
        event["group"] = f"farm.wave.{number // 6 % 3}" if farm else GROUPS[number % len(GROUPS)]
        if number % 10:
            event["label"] = int(farm)
        events.append(event)
    return events


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> Path:
    """Write objects as JSON Lines."""
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path
