"""Let operators and honest groups share things among ordinary people."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from signup_risk.events import Signup
from signup_risk.simulation import load_scenario, simulate
from signup_risk.simulation.sharing import KINDS, with_sharing


def shared(seed: int, count: int) -> list[dict[str, Any]]:
    """Return the first sign-ups of a scenario with sharing."""
    return list(islice(with_sharing(simulate(load_scenario("bundled-1"), seed), seed, scale=8), count))


def test_sharing_is_seeded_readable_and_labelled() -> None:
    """The same seed shares the same; every event is read without complaint; groups and labels agree."""
    events = shared(3, 8000)
    assert events[:3000] == shared(3, 3000)
    found = Counter(event["group"] for event in events)
    for kind in KINDS:
        mine = [e for e in events if e["group"] == kind.group or e["group"].startswith(f"{kind.group}.")]
        assert mine, found
        for event in mine:
            assert Signup.from_mapping(event, require_at=True).warnings == ()
            assert event["label"] == 1 if kind.label else event.get("label", 0) == 0
            assert "label_at" not in event or event["label_at"] > event["at"]


def test_an_operator_keeps_what_he_shares() -> None:
    """Of the things that an operator repeats, one value is found in most of his sign-ups that show the thing."""
    events = [event for event in shared(5, 8000) if event["group"].startswith("farm.repeat.")]
    group, size = Counter(event["group"] for event in events).most_common(1)[0]
    members = [event for event in events if event["group"] == group]
    assert size > 10
    shown = (
        [(e.get("device") or {}).get("id") for e in members],
        [(e.get("card") or {}).get("token") for e in members],
        [(e.get("billing") or {}).get("address") for e in members],
        [e["email"].split("+")[0] for e in members],
        [e.get("phone") for e in members],
        [e.get("ip_address") for e in members],
    )
    tops = [Counter(v for v in values if v).most_common(1)[0][1] for values in shown if any(values)]
    assert max(tops) > 0.5 * size
