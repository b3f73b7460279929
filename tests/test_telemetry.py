"""OpenTelemetry is told of decisions, durations and failures, and of no person."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from signup_risk import Observer, Scorer
from signup_risk.results import PolicyInfo
from signup_risk.telemetry import BUCKETS
from tests.assessments import ASSESSED
from tests.scorer.samples import FULL
from tests.telemetry_site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """Return the providers of an application."""
    made = Site()
    yield made
    made.meters.shutdown()
    made.tracers.shutdown()


def test_it_is_an_observer(site: Site) -> None:
    """What tells OpenTelemetry has the methods that a scorer calls."""
    assert isinstance(site.telemetry, Observer)


def test_decisions_and_missing_signals_are_counted(site: Site) -> None:
    """Assessments are counted by decision and policy, signals by name, and a shadow decision beside its answer."""
    for _ in range(2):
        site.telemetry.assessed(ASSESSED)
    shadow = replace(ASSESSED, decision="allow", degraded=(), policy=PolicyInfo("ours", "7", "block"))
    site.telemetry.assessed(shadow)
    named = {"signup_risk.policy.name": "ours"}
    assert site.counts("signup_risk.assessments") == [
        ({"signup_risk.decision": "allow", **named, "signup_risk.shadow_decision": "block"}, 1),
        ({"signup_risk.decision": "review", **named}, 2),
    ]
    assert site.counts("signup_risk.degraded") == [
        ({"signup_risk.signal": "references.networks"}, 2),
        ({"signup_risk.signal": "velocity"}, 2),
    ]


def test_durations_fall_into_buckets_of_seconds(site: Site) -> None:
    """Durations are recorded in seconds, in buckets that tell one from ten milliseconds."""
    for latency in (0.4, 3.0, 3.0, 30.0, 4000.0):
        site.telemetry.assessed(replace(ASSESSED, latency_ms=latency))
    ((attributes, point),) = site.points("signup_risk.assess.duration")
    assert attributes == {}
    assert tuple(point.explicit_bounds) == BUCKETS
    assert list(point.bucket_counts) == [1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 1]
    assert point.sum == pytest.approx(4.0364)


def test_writes_are_counted(site: Site) -> None:
    """Writes given up and writes made later are counted apart."""
    site.telemetry.write_dropped()
    site.telemetry.write_dropped()
    site.telemetry.writes_recovered(5)
    assert site.counts("signup_risk.writes.dropped") == [({}, 2)]
    assert site.counts("signup_risk.writes.recovered") == [({}, 5)]


def test_a_span_tells_how_it_went(site: Site) -> None:
    """The span lies within its parent's trace, lasts as long as the assessment and ends when it did."""
    tracer = site.tracers.get_tracer("application")
    before = time.time_ns()
    with tracer.start_as_current_span("POST /signup") as parent:
        site.telemetry.assessed(ASSESSED)
    after = time.time_ns()
    span = site.exporter.get_finished_spans()[0]
    assert span.parent is not None
    assert span.parent.span_id == parent.get_span_context().span_id
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.end_time - span.start_time == 3_000_000
    assert before <= span.end_time <= after
    assert span.name == "signup_risk.assess"
    assert dict(span.attributes or {}) == {
        "signup_risk.decision": "review",
        "signup_risk.policy.name": "ours",
        "signup_risk.policy.version": "7",
        "signup_risk.model.name": "start",
        "signup_risk.model.version": "0.1.0",
        "signup_risk.degraded": ("velocity", "references.networks"),
    }


def test_nobody_is_told_of(site: Site) -> None:
    """Nothing that was exported holds a value of the sign-up, its id, a reason or its score."""
    with Scorer.open("memory://", explain="always") as scorer:
        assessment = scorer.assess(FULL)
    site.telemetry.assessed(assessment)
    told = site.told()
    assert "signup_risk.assess" in told
    secrets = [FULL["signup_id"], FULL["ip_address"], "marlene", "brightfjord", FULL["device"]["id"], "Quistgaard"]
    secrets += [reason.code for reason in assessment.reasons] + [reason.text for reason in assessment.reasons]
    secrets += [str(assessment.risk_score), str(assessment.fpr), str(assessment.raw_score)]
    assert len(secrets) > 20
    assert [secret for secret in secrets if secret in told] == []


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
from signup_risk.errors import MissingExtra
from signup_risk.telemetry import Telemetry
try:
    Telemetry()
except MissingExtra as problem:
    print(problem)
"""

IMPORTED = """
import signup_risk, sys
from signup_risk import Scorer
Scorer.open("memory://").close()
print([name for name in ("opentelemetry", "fastapi", "starlette", "django") if name in sys.modules])
"""

LATE = """
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from signup_risk.telemetry import Telemetry

telemetry, reader = Telemetry(), InMemoryMetricReader()
telemetry.write_dropped()
metrics.set_meter_provider(MeterProvider([reader]))
telemetry.write_dropped()
telemetry.write_dropped()
(told,) = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
print(told.data.data_points[0].value)
"""


def printed(code: str) -> str:
    """Return what code prints in a fresh interpreter."""
    return subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def test_the_extra_is_named_where_it_is_missing() -> None:
    """Without the package, making the telemetry says how to get it."""
    assert "pip install 'signup-risk[telemetry]'" in printed(WITHOUT)


def test_nobody_pays_for_what_is_not_asked_for() -> None:
    """A scorer loads neither OpenTelemetry nor a web framework."""
    assert printed(IMPORTED) == "[]"


def test_providers_set_later_are_followed() -> None:
    """Without providers of its own the telemetry uses those of the application, set before or after it was made."""
    assert printed(LATE) == "2"
