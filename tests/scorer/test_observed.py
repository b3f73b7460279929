"""A scorer tells its observer what happens, and answers reserved addresses only when it is told to."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signup_risk import Assessment, ConfigurationError, Scorer
from signup_risk.policy.decision import OUTCOMES
from signup_risk.telemetry import Telemetry
from tests.apps.common import ANSWERS
from tests.apps.fastapi_app import make_app
from tests.apps.serving import serve_asgi
from tests.apps.sites import Applicant, sign_up
from tests.scorer.samples import AT, FULL


class Notes:
    """Write down what one is told."""

    def __init__(self) -> None:
        self.assessments: list[Assessment] = []
        self.dropped = 0
        self.recovered = 0

    def assessed(self, assessment: Assessment) -> None:
        """Note an assessment."""
        self.assessments.append(assessment)

    def write_dropped(self) -> None:
        """Note a write given up."""
        self.dropped += 1

    def writes_recovered(self, count: int) -> None:
        """Note writes made later."""
        self.recovered += count


def test_every_assessment_is_told_once() -> None:
    """Both forms of assessing tell the observer what they return, and a mistake of the caller tells nothing."""

    async def run(scorer: Scorer) -> Assessment:
        return await scorer.assess_async({**FULL, "signup_id": "s2"})

    notes = Notes()
    with Scorer.open("memory://", observer=notes) as scorer:
        returned = [scorer.assess(FULL), asyncio.run(run(scorer))]
        with pytest.raises(ValueError, match="surname"):
            scorer.assess({"surname": "Q"})
    assert notes.assessments == returned


def test_late_writes_are_told(tmp_path: Path) -> None:
    """A sign-up that the store could not take is told as degraded, and as recovered once it is written."""
    path, notes = tmp_path / "velocity.db", Notes()
    with Scorer.open(f"sqlite:///{path}", deadline_ms=10, observer=notes) as scorer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        scorer.assess(FULL)
        assert notes.recovered == 0
        other.execute("ROLLBACK")
        other.close()
        scorer.assess({**FULL, "signup_id": "s2"}, deadline_ms=30_000)
    assert [assessment.degraded for assessment in notes.assessments] == [("velocity",), ()]
    assert (notes.recovered, notes.dropped) == (1, 0)


def test_traces_join_the_callers() -> None:
    """The span of either form is a child of the span that the caller is in, though another thread did the work."""
    exporter, tracers, meters = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False), MeterProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))

    async def run(scorer: Scorer) -> None:
        with tracers.get_tracer("application").start_as_current_span("async"):
            await scorer.assess_async({**FULL, "signup_id": "s2"})

    with Scorer.open("memory://", observer=Telemetry(meter_provider=meters, tracer_provider=tracers)) as scorer:
        with tracers.get_tracer("application").start_as_current_span("sync"):
            scorer.assess(FULL)
        asyncio.run(run(scorer))
    spans = {span.context.span_id: span for span in exporter.get_finished_spans()}
    ours = [span for span in spans.values() if span.name == "signup_risk.assess"]
    assert [spans[span.parent.span_id].name for span in ours] == ["sync", "async"]
    meters.shutdown()
    tracers.shutdown()


def test_a_faulty_observer_takes_nothing_down() -> None:
    """An observer that fails leaves the answer as it is; one that cannot observe is refused."""

    class Faulty(Notes):
        def assessed(self, assessment: Assessment) -> None:
            raise RuntimeError(assessment.signup_id)

    with Scorer.open("memory://", observer=Faulty()) as scorer:
        assert scorer.assess({"at": AT}).decision in OUTCOMES
    with pytest.raises(ConfigurationError, match="observer"):
        Scorer.open("memory://", observer=object())  # type: ignore[arg-type]


def test_sandbox_asks_neither_store_nor_model(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A scorer with sandbox answers reserved addresses alone, leaves no trace of them, and says that it is on."""
    notes = Notes()
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db", sandbox=True, observer=notes) as scorer:
        for decision in OUTCOMES:
            event = {**FULL, "signup_id": decision, "email": f"{decision}+1@signup-risk.example"}
            found = scorer.assess(event, explain="never")
            assert (found.decision, [reason.code for reason in found.reasons]) == (decision, ["SANDBOX"])
            assert (found.model.name, found.signup_id) == (scorer.model.manifest.name, decision)
            assert not scorer.report(decision, "abusive")
        assert len(scorer._store) == 0  # type: ignore[arg-type]
        assert "SANDBOX" not in scorer.assess(FULL).policy.notes
    assert len(notes.assessments) == 5
    assert "sandbox is on" in caplog.text


def test_sandbox_is_off_unless_it_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    """Without the switch nothing is logged, and typing a reserved address gets nobody in past a block."""
    with caplog.at_level(logging.WARNING), Scorer.open("memory://") as scorer:
        found = scorer.assess({**FULL, "email": "allow@signup-risk.example"})
    assert "SANDBOX" not in found.policy.notes
    assert "sandbox" not in caplog.text


def test_an_endpoint_is_tested_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With sandbox, every response of an application can be had over HTTP."""
    options: dict[str, Any] = {"sandbox": True}
    monkeypatch.setattr("tests.apps.fastapi_app.OPTIONS", options)
    with serve_asgi(make_app(f"sqlite:///{tmp_path}/velocity.db")) as url:
        applicants = [Applicant(f"s-{decision}", None, f"{decision}@signup-risk.example") for decision in OUTCOMES]
        responses = sign_up(f"{url}/signup", *applicants)
    answers = [(response.status_code, response.json()["next"]) for response in responses]
    assert answers == [ANSWERS[decision] for decision in OUTCOMES]
