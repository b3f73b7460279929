"""Tell OpenTelemetry what a scorer does, as metrics and spans that hold no personal data.

Names and attributes:

==================================  ==================  ==============================================================
``signup_risk.assessments``         counter             assessments, by ``signup_risk.decision``, ``.policy.name`` and,
                                                        in shadow mode, ``.shadow_decision``
``signup_risk.degraded``            counter             signals that could not be looked up, by ``signup_risk.signal``
``signup_risk.writes.dropped``      counter             writes to the store given up
``signup_risk.writes.recovered``    counter             writes that the store took later
``signup_risk.assess.duration``     histogram, seconds  from the call to its answer
``signup_risk.assess``              span                the same, with ``signup_risk.decision``, ``.shadow_decision``,
                                                        ``.policy.name``, ``.policy.version``, ``.model.name``,
                                                        ``.model.version`` and ``.degraded``
==================================  ==================  ==============================================================

A span holds neither the sign-up's id nor reasons nor the score. Traces are kept elsewhere and read by others than
assessments are, and the spans above often name the user: a score there would be a profile of a person (GDPR Art. 4(4))
outside of all that guards and forgets one. What an operator steers by is in the counters.
"""

from __future__ import annotations

import time
from types import ModuleType
from typing import TYPE_CHECKING, Final

from signup_risk._version import __version__
from signup_risk.errors import MissingExtra
from signup_risk.results import Assessment

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

#: Buckets of the duration, in seconds: fine around a millisecond, where an embedded store answers, up to a second,
#: which only an overloaded machine takes. OpenTelemetry's own are meant for milliseconds.
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

_SCOPE: Final = "signup_risk"


class Telemetry:
    """Be the observer that tells OpenTelemetry, for ``Scorer.open(observer=Telemetry())``.

    Args:
        meter_provider: Where metrics go; the provider that the application set for all by default.
        tracer_provider: Where spans go; likewise.

    Raises:
        MissingExtra: The package ``opentelemetry-api`` is not installed.
    """

    def __init__(
        self, *, meter_provider: MeterProvider | None = None, tracer_provider: TracerProvider | None = None
    ) -> None:
        metrics, trace = _api()
        meter = metrics.get_meter(_SCOPE, __version__, meter_provider)
        self._tracer = trace.get_tracer(_SCOPE, __version__, tracer_provider)
        self._assessments = meter.create_counter(
            "signup_risk.assessments", "{assessment}", "Assessments by decision"
        )
        self._degraded = meter.create_counter(
            "signup_risk.degraded", "{signal}", "Signals that could not be looked up, by name"
        )
        self._dropped = meter.create_counter("signup_risk.writes.dropped", "{write}", "Writes to the store given up")
        self._recovered = meter.create_counter(
            "signup_risk.writes.recovered", "{write}", "Writes that the store took later than asked"
        )
        self._duration = meter.create_histogram(
            "signup_risk.assess.duration",
            "s",
            "Duration of an assessment",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )

    def assessed(self, assessment: Assessment) -> None:
        """Count an assessment, its duration and its missing signals, and leave a span of it."""
        decided = {"signup_risk.decision": assessment.decision, "signup_risk.policy.name": assessment.policy.name}
        if assessment.policy.shadow_decision is not None:
            decided["signup_risk.shadow_decision"] = assessment.policy.shadow_decision
        self._assessments.add(1, decided)
        for signal in assessment.degraded:
            self._degraded.add(1, {"signup_risk.signal": signal})
        self._duration.record(assessment.latency_ms / 1000)
        self._span(assessment, decided)

    def write_dropped(self) -> None:
        """Count a write that was given up."""
        self._dropped.add(1)

    def writes_recovered(self, count: int) -> None:
        """Count writes that the store took later."""
        self._recovered.add(count)

    def _span(self, assessment: Assessment, decided: dict[str, str]) -> None:
        """Make the span once all is known, so that nothing is open while a sign-up is assessed."""
        ended = time.time_ns()
        attributes = decided | {
            "signup_risk.policy.version": assessment.policy.version,
            "signup_risk.model.name": assessment.model.name,
            "signup_risk.model.version": assessment.model.version,
        }
        span = self._tracer.start_span(
            "signup_risk.assess",
            attributes={**attributes, "signup_risk.degraded": assessment.degraded},
            start_time=ended - round(assessment.latency_ms * 1e6),
        )
        span.end(ended)


def _api() -> tuple[ModuleType, ModuleType]:
    """Return the modules of metrics and traces.

    Raises:
        MissingExtra: They are not installed.
    """
    try:
        from opentelemetry import metrics, trace
    except ImportError:
        raise MissingExtra(
            "telemetry needs the package opentelemetry-api; install it with pip install 'signup-risk[telemetry]'"
        ) from None
    return metrics, trace
