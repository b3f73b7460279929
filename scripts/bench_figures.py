"""Hold measured figures and print them as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one line of the table.

    Attributes:
        name: What was measured.
        value: The measured value.
        unit: Its unit.
        target: Bound; ``None`` where there is none.
        at_least: Whether more is better.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def bound(self) -> str:
        """Write the bound."""
        sign = ">=" if self.at_least else "<="
        return "" if self.target is None else f"{sign} {self.target:g}"

    @property
    def verdict(self) -> str:
        """Say whether the bound is kept, and by how much."""
        if self.target is None:
            return ""
        kept = self.value >= self.target if self.at_least else self.value <= self.target
        return f"{'ok' if kept else 'MISSED'} ({self.value / self.target:.2f} of it)"


def time_calls(call: Callable[[Any], object], items: Iterable[Any]) -> list[float]:
    """Return the milliseconds of each call."""
    times = []
    for item in items:
        started = perf_counter_ns()
        call(item)
        times.append((perf_counter_ns() - started) / 1e6)
    return times


def quantile(times: Sequence[float], share: float) -> float:
    """Return the value that a share of the times does not exceed."""
    ranked = sorted(times)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def print_table(title: str, figures: Iterable[Figure]) -> None:
    """Print figures under a title."""
    print(f"\n{title}")
    for figure in figures:
        value = f"{figure.value:,.3f}" if figure.value < 100 else f"{figure.value:,.0f}"
        print(f"  {figure.name:<48} {value:>8} {figure.unit:<3} {figure.bound:<8} {figure.verdict}".rstrip())
