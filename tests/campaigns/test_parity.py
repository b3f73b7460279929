"""Find the same campaigns in the same stream, wherever it is kept, by however many processes, however often sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Assessment, Scorer, Signup
from signup_risk.campaigns.found import FoundCampaign
from signup_risk.results import Update
from signup_risk.scorer.parallel import assess_parallel
from signup_risk.scorer.watch import CampaignSettings
from signup_risk.simulation import CampaignSpec, Scenario, Waves, simulate
from tests.stores.servers import server

SECRET = "one secret for all of them"
PATIENT_MS = 60_000.0

SCENARIO = Scenario(
    "parity",
    "2026-05-04T00:00:00+00:00",
    6,
    2_400,
    0.0,
    0,
    (CampaignSpec("a1", 150, 2, 1), CampaignSpec("a2", 200, 2.5, 2), CampaignSpec("a4", 120, 3, 2)),
    profiles=("full", "browser"),
    waves=Waves(0, 1, 1, 0, 0),
)
SEED = 3


@dataclass
class Told:
    """Hold everything that a run tells."""

    answers: list[dict[str, Any]]
    updates: list[Update]
    campaigns: tuple[FoundCampaign, ...]


def read(event: dict[str, Any]) -> Signup:
    """Read an event."""
    return Signup.from_mapping(event, require_at=True)


def write(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as JSON values, without what differs from run to run."""
    return {key: value for key, value in assessment.to_dict().items() if key != "latency_ms"}


def opened(url: str, campaigns: CampaignSettings | None = None) -> Scorer:
    """Open a scorer that waits as long as it takes."""
    settings = campaigns or CampaignSettings()
    return Scorer.open(url, secret=SECRET, deadline_ms=PATIENT_MS, campaigns=settings, explain="never")


def told(scorer: Scorer, answers: list[dict[str, Any]]) -> Told:
    """Return what a run told."""
    return Told(answers, list(scorer.updates()), scorer.found_campaigns())


@pytest.fixture(scope="module")
def stream() -> list[dict[str, Any]]:
    """Return a week's sign-ups with three farms."""
    return list(simulate(SCENARIO, SEED))


@pytest.fixture(scope="module")
def wanted(stream: list[dict[str, Any]]) -> Told:
    """Return what one process says that keeps everything in memory."""
    with opened("memory://") as scorer:
        return told(scorer, [write(scorer.assess(event)) for event in stream])


def test_the_stream_is_worth_comparing(stream: list[dict[str, Any]], wanted: Told) -> None:
    """The stream opens campaigns, decides by them and looks back; their members are farm accounts."""
    farms = {event["signup_id"] for event in stream if event["group"].startswith("farm")}
    members = {member.signup_id for found in wanted.campaigns for member in found.members}
    assert wanted.campaigns
    assert wanted.updates
    assert sum(answer["campaign"] is not None for answer in wanted.answers) > 50
    assert len(members & farms) > 0.85 * len(members)
    assert not any(answer["degraded"] for answer in wanted.answers)


def test_two_workers_instead_of_one_process(stream: list[dict[str, Any]], wanted: Told) -> None:
    """Parallel assessment gives the same assessments, updates and campaigns as one process."""
    with opened("memory://") as scorer:
        numbered = assess_parallel(scorer, enumerate(stream), read, write, workers=2, timeout=60)
        assert told(scorer, [answer for _, answer in numbered]) == wanted


def test_every_sign_up_sent_twice(stream: list[dict[str, Any]], wanted: Told) -> None:
    """Whoever sends each sign-up again is told the same campaign again, and nothing else changes.

    Its score may differ (in 100 of the first 1,500 of this stream, by up to 4 points): on a key of more than 64
    sign-ups one of them has moved into a bucket by then.
    """
    with opened("memory://") as scorer:
        pairs = [(write(scorer.assess(event)), write(scorer.assess(event))) for event in stream]
        assert [second["campaign"] for _, second in pairs] == [first["campaign"] for first, _ in pairs]
        assert told(scorer, [first for first, _ in pairs]) == wanted


def test_a_file_closed_and_opened_again(stream: list[dict[str, Any]], wanted: Told, tmp_path: Path) -> None:
    """A SQLite store gives the same assessments, updates and campaigns as memory, by two processes after each other."""
    url, middle = f"sqlite:///{tmp_path}/velocity.db", len(stream) * 3 // 5
    with opened(url) as scorer:
        answers = [write(scorer.assess(event)) for event in stream[:middle]]
        updates = list(scorer.updates())
    with opened(url) as scorer:
        answers += [write(scorer.assess(event)) for event in stream[middle:]]
        later = told(scorer, answers)
    later.updates = updates + later.updates
    assert later == wanted


def test_a_redis_server_shared_by_two(stream: list[dict[str, Any]], wanted: Told) -> None:
    """Two scorers that take turns on one Redis server, each with its own connections, tell what one process tells."""
    with server() as running, opened(running.url()) as one, opened(running.url()) as other:
        # Each is told only what it brings to light itself, and records of the other come a moment later.
        answers = []
        for number, event in enumerate(stream):
            scorer, before = (one, other) if number // 50 % 2 else (other, one)
            if number % 50 == 0:
                settle(before)
            answers.append(write(scorer.assess(event)))
        assert answers == wanted.answers
        for scorer in (one, other):
            scorer.campaigns()
        later = [told(scorer, answers) for scorer in (one, other)]
        assert sorted(later[0].updates + later[1].updates, key=str) == sorted(wanted.updates, key=str)
        assert [found.id for found in later[0].campaigns] == [found.id for found in wanted.campaigns]


def settle(scorer: Scorer) -> None:
    """Write what a scorer holds to write behind."""
    watch: Any = scorer._watch
    watch._journal._hub.flush()


def test_nothing_of_a_person_is_in_the_file(stream: list[dict[str, Any]], wanted: Told, tmp_path: Path) -> None:
    """No mailbox, telephone number, address or id of a member can be read in the bytes of the store."""
    first = min(found.opened_at for found in wanted.campaigns).isoformat()
    begun = [event for event in stream if event["at"] <= first]
    begun += stream[len(begun) : len(begun) + 150]
    with opened(f"sqlite:///{tmp_path}/velocity.db") as scorer:
        for event in begun:
            scorer.assess(event)
        members = {member.signup_id for found in scorer.found_campaigns() for member in found.members}
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()).lower()
    assert b'"t":"join"' in kept
    looked = [event for event in begun if event["signup_id"] in members]
    assert len(looked) > 30
    # What many share may stand there, so the search does find what is there.
    assert any(event["email"].partition("@")[2].lower().encode() in kept for event in looked)
    for event in looked:
        for value in (event["signup_id"], event.get("email"), event.get("phone"), event.get("ip_address")):
            assert not value or value.lower().encode() not in kept, value
