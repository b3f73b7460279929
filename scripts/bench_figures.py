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
        share = f" ({self.value / self.target:.2f} of it)" if self.target else ""
        return f"{'ok' if kept else 'MISSED'}{share}"


def time_calls(call: Callable[[Any], object], items: Iterable[Any]) -> list[float]:
    """Return the milliseconds of each call."""
    times = []
    for item in items:
        started = perf_counter_ns()
        call(item)
        times.append((perf_counter_ns() - started) / 1e6)
    return times


@dataclass(frozen=True, slots=True)
class Contender:
    """Hold one way of doing the job.

    Attributes:
        name: What it is called in the table.
        call: Does the job for one item.
        items: What it is given, one for each sign-up.
        every: It does only one in so many of them, if it is slow.
    """

    name: str
    call: Callable[[Any], object]
    items: Sequence[Any]
    every: int = 1


def time_in_turns(contenders: Sequence[Contender], block: int = 100) -> dict[str, list[float]]:
    """Return the milliseconds of each call of each contender.

    They take turns, a block of sign-ups each, so that what else the machine does hits all of them alike, and
    each still finds its own code and data in the caches.
    """
    times: dict[str, list[float]] = {one.name: [] for one in contenders}
    for start in range(0, max(len(one.items) for one in contenders), block):
        for one in contenders:
            times[one.name] += time_calls(one.call, one.items[start : start + block : one.every])
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
