"""The judgement of campaigns counts what it says it counts, and the plain ways beside it work."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from signup_risk import Scorer
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.training.coordination import Stream, judge_campaigns, judgement_text, run_stream
from signup_risk.training.coordination.judgement import true_campaigns
from signup_risk.training.coordination.plain_ways import alike_shapes, groups_by_day, shared_keys

SECOND = 1_000_000
FARM, CROWD = "farm.a1.1", "legit.campus"


def stream_of(rows: Sequence[tuple[str, int]], values: Sequence[dict[str, str]] | None = None) -> Stream:
    """Return a stream of groups and labels, a sign-up a minute."""
    made = Stream()
    for number, (group, label) in enumerate(rows):
        made.ids.append(f"s{number}")
        made.times.append(60 * SECOND * number)
        made.labels.append(label)
        made.groups.append(group)
        made.raws.append(float(label))
        made.decisions.append("allow")
        made.probabilities.append(None)
        made.values.append({} if values is None else values[number])
    return made


def test_campaign_opens_when_its_third_member_is_in_one_found_campaign() -> None:
    """Members that came before that moment count, found or not, and so does who joined by looking back."""
    stream = stream_of([(FARM, 1)] * 12 + [("legit.ordinary", 0)] * 3)
    minute = 60 * SECOND
    stream.joins = [(4 * minute, 0, "c1"), (5 * minute, 5, "c2"), (6 * minute, 1, "c1"), (7 * minute, 7, "c1")]
    stream.members = {"c1": [0, 1, 7], "c2": [5]}
    ours = judge_campaigns([stream]).ways[0]
    assert (ours.overall.median, ours.overall.admitted, ours.overall.opened) == (8, 8, 1)
    assert (ours.precision, round(ours.recall, 3)) == (1.0, round(4 / 12, 3))


def test_campaign_of_mostly_legitimate_members_is_false_and_named() -> None:
    """Half or more abusive members make it true; less make it false, by its largest legitimate group."""
    stream = stream_of([(FARM, 1)] * 10 + [(CROWD, 0)] * 9 + [("legit.ordinary", 0)])
    stream.members = {"false": [9, 10, 11, 12, 19], "true": [0, 1, 13, 14]}
    ours = judge_campaigns([stream]).ways[0]
    assert (ours.false_campaigns, ours.false_groups) == (1, {CROWD: 1})
    assert ours.false_weekly == pytest.approx(7.0)


def test_small_groups_and_the_control_are_no_campaigns() -> None:
    """Ten members make a campaign; what is drawn from honest traffic makes none."""
    rows = [(FARM, 1)] * 9 + [("farm.nosignal.1", 1)] * 20 + [("farm.a2.1", 1)] * 10 + [("spring", 1)] * 10
    assert set(true_campaigns(stream_of(rows))) == {"farm.a2.1", "spring"}


def test_gain_compares_the_score_with_and_without_campaigns() -> None:
    """An abusive sign-up that scores below the bar is found once its joint probability counts."""
    stream = stream_of([("legit.ordinary", 0)] * 200 + [(FARM, 1)] * 10)
    stream.raws = [number / 100 for number in range(200)] + [0.5] * 10
    stream.probabilities = [None] * 200 + [0.99] * 5 + [None] * 5
    rate, alone, joint = judge_campaigns([stream]).gain[1]
    assert (rate, alone, joint) == (0.01, 0.0, 0.5)


def test_connected_components_join_what_shares_an_identifier_and_no_days() -> None:
    """Ten sign-ups linked by device and then by address are one group; those of the next day another."""
    linked = [{"device": "d1"}] * 6 + [{"device": "d1", "ip": "a"}] + [{"ip": "a"}] * 3 + [{"ip": "b"}]
    stream = stream_of([(FARM, 1)] * 11, linked)
    told = list(groups_by_day(stream, shared_keys))
    assert [(at, sorted(rows)) for at, rows in told] == [
        (9 * 60 * SECOND, list(range(10))),
        (-1, list(range(10))),
    ]
    stream.times[5:] = [at + 86_400 * SECOND for at in stream.times[5:]]
    assert list(groups_by_day(stream, shared_keys)) == []


def test_min_hash_joins_the_alike_and_leaves_the_unlike() -> None:
    """Sign-ups with four of five shapes in common meet in a band nearly always; with none, never."""
    one = {"domain": "a", "shape": "l5", "agent": "x", "locale": "y", "form": "7"}
    other = {"domain": "b", "shape": "l9", "agent": "u", "locale": "v", "form": "3"}
    assert set(alike_shapes(one)) & set(alike_shapes(dict(one)))
    met = sum(bool(set(alike_shapes(one)) & set(alike_shapes(one | {"form": str(n)}))) for n in range(50))
    assert met > 35
    assert not set(alike_shapes(one)) & set(alike_shapes(other))
    assert alike_shapes({}) == []


def test_run_keeps_every_sign_up_in_order_on_one_process_and_two() -> None:
    """The stream of a simulated history is the same whoever shares the work, and its text says synthetic."""
    events = list(simulate(rescaled(load_scenario("bundled-1"), signups=1500, days=10), 7))
    runs = []
    for workers in (1, 2):
        with Scorer.open("memory://", secret="x" * 32, explain="never") as scorer:
            runs.append(run_stream(events, scorer, workers=workers))
    assert runs[0] == runs[1]
    assert runs[0].ids == [event["signup_id"] for event in events]
    text = judgement_text(judge_campaigns(runs[:1]), synthetic=True)
    assert "synthetic" in text
    assert "connected components" in text
