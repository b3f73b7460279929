"""Write assessments as whole lines of JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO

from signup_risk.cli.write import LineWriter, scored
from signup_risk.results import Assessment, ModelInfo, PolicyInfo


def assessment(name: str) -> Assessment:
    """Return an assessment of a sign-up with this id."""
    return Assessment(
        signup_id=name,
        at=datetime(2026, 5, 1, tzinfo=UTC),
        risk_score=1.5,
        fpr=0.25,
        decision="allow",
        reasons=(),
        degraded=(),
        warnings=(),
        campaign=None,
        model=ModelInfo("m", "1", "f"),
        policy=PolicyInfo("p", "1"),
        latency_ms=0.5,
    )


def test_lines_are_the_assessments() -> None:
    """One line is one assessment, whatever characters it has: line breaks, other scripts, unpaired surrogates."""
    names = ["plain", "line\nbreak\u2028", "名前", "half \ud83d pair"]
    sink = BytesIO()
    writer = LineWriter(sink)
    for name in names:
        writer.add(scored(assessment(name)).line)
    writer.flush()
    lines = sink.getvalue().decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [assessment(name).to_dict() for name in names]


def test_many_are_written_together() -> None:
    """Lines are held back until there are many or somebody asks; then every one is there, in order."""
    sink = BytesIO()
    writer = LineWriter(sink)
    writer.add(scored(assessment("0")).line)
    assert sink.getvalue() == b""
    for number in range(1, 1000):
        writer.add(scored(assessment(str(number))).line)
    assert sink.getvalue().endswith(b"}\n")
    writer.flush()
    assert [json.loads(line)["signup_id"] for line in sink.getvalue().splitlines()] == [*map(str, range(1000))]
    assert writer.count == 1000
