"""Hold an application's own OpenTelemetry providers, which keep in memory what they are told."""

from __future__ import annotations

import json
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signup_risk.telemetry import Telemetry


class Site:
    """Hold an application's own providers, which keep in memory what they are told."""

    def __init__(self) -> None:
        self.reader = InMemoryMetricReader()
        self.exporter = InMemorySpanExporter()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.telemetry = Telemetry(meter_provider=self.meters, tracer_provider=self.tracers)

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        """Return attributes and point of every series of a metric."""
        data = self.reader.get_metrics_data()
        assert data is not None
        metrics = [m for resource in data.resource_metrics for scope in resource.scope_metrics for m in scope.metrics]
        points = [point for metric in metrics if metric.name == name for point in metric.data.data_points]
        return [(dict(point.attributes or {}), point) for point in points]

    def counts(self, name: str) -> list[tuple[dict[str, Any], int]]:
        """Return attributes and value of every series of a counter."""
        return sorted(((attributes, point.value) for attributes, point in self.points(name)), key=str)

    def told(self) -> str:
        """Return all that was exported, as text."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return data.to_json() + json.dumps([json.loads(span.to_json()) for span in self.exporter.get_finished_spans()])
