"""Let operators repeat themselves among ordinary people."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from signup_risk.events import Signup
from signup_risk.simulation import load_scenario, simulate
from signup_risk.simulation.repeats import with_repeats


def test_repeats_are_seeded_readable_and_labelled() -> None:
    """The same seed repeats the same; every event is read without complaint; operators have one thing constant."""
    scenario = load_scenario("bundled-1")
    first = list(islice(with_repeats(simulate(scenario, 3), 3), 12_000))
    again = list(islice(with_repeats(simulate(scenario, 3), 3), 12_000))
    assert first == again
    mine = [event for event in first if event["group"].startswith("farm.repeat")]
    assert len(mine) > 50
    for event in mine:
        assert Signup.from_mapping(event, require_at=True).warnings == ()
        assert event["label"] == 1
        assert event["label_at"] > event["at"]
    group, _ = Counter(event["group"] for event in mine).most_common(1)[0]
    members = [event for event in mine if event["group"] == group]
    constants = (
        {(event.get("device") or {}).get("id") for event in members},
        {(event.get("card") or {}).get("token") for event in members},
        {event["email"].split("+")[0] for event in members},
        {event.get("phone") for event in members},
    )
    assert min(len(values) for values in constants) == 1
