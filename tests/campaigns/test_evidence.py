"""Hold the betting test to its definition and to its bound on false alarms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.campaigns.evidence import (
    CHANCE,
    CROWD,
    CROWD_BITS,
    CROWD_OF_ONE,
    LEAST_TRAFFIC,
    PER_CROWD,
    chance_bar,
    crowd_bar,
    crowd_bound,
    evidence,
)

SIZES = st.integers(0, 64)
BOUNDS = st.floats(0.01, 0.9)

CELLS = 20_000
MEMBERS = 64


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Draw marks and members of a cell."""
    size = draw(SIZES)
    return draw(st.integers(0, size)), size


def integrated(marked: int, size: int, bound: float, steps: int = 4000) -> float:
    """Return the evidence by adding up the likelihood over shares, with Simpson's rule."""
    width = (1 - bound) / steps
    ratios = []
    for step in range(steps + 1):
        share = min(1.0, bound + step * width)
        weight = 1 if step in (0, steps) else 4 if step % 2 else 2
        ratios.append(weight * (share / bound) ** marked * ((1 - share) / (1 - bound)) ** (size - marked))
    return math.log2(math.fsum(ratios) * width / 3 / (1 - bound))


@given(counts(), BOUNDS)
def test_evidence_is_the_average_likelihood_ratio(cell: tuple[int, int], bound: float) -> None:
    """The closed form equals the integral that defines it."""
    marked, size = cell
    assert evidence(marked, size, bound) == pytest.approx(integrated(marked, size, bound), abs=1e-4)


@given(counts(), BOUNDS)
def test_bets_are_fair_at_the_bound(cell: tuple[int, int], bound: float) -> None:
    """If the next member is marked with the chance of the null, the wealth stays in expectation."""
    marked, size = cell
    now = 2 ** evidence(marked, size, bound)
    following = bound * 2 ** evidence(marked + 1, size + 1, bound)
    following += (1 - bound) * 2 ** evidence(marked, size + 1, bound)
    assert following == pytest.approx(now, rel=1e-9)


@given(counts(), BOUNDS)
def test_bets_lose_below_the_bound(cell: tuple[int, int], bound: float) -> None:
    """If members are marked less often than the null allows, the wealth shrinks in expectation."""
    marked, size = cell
    share = bound / 2
    following = share * 2 ** evidence(marked + 1, size + 1, bound)
    following += (1 - share) * 2 ** evidence(marked, size + 1, bound)
    assert following < 2 ** evidence(marked, size, bound)


@given(counts(), BOUNDS)
def test_evidence_follows_marks(cell: tuple[int, int], bound: float) -> None:
    """A further mark speaks for a campaign, a further member without one against it."""
    marked, size = cell
    now = evidence(marked, size, bound)
    assert evidence(marked, size + 1, bound) < now < evidence(marked + 1, size + 1, bound)


def test_nothing_seen_is_no_evidence() -> None:
    """A cell without members has a wealth of one."""
    assert evidence(0, 0, CHANCE) == pytest.approx(0.0, abs=1e-12)


def share_that_ever_alarms(
    test: Callable[[int, int, float], float], bound: float, alphas: Sequence[float]
) -> list[float]:
    """Return the share of honest cells, marked at the bound itself, whose evidence ever exceeds one over alpha."""
    rng = Random(f"{bound}")
    highest = []
    for _ in range(CELLS):
        marked, best = 0, -math.inf
        for size in range(1, MEMBERS + 1):
            marked += rng.random() < bound
            best = max(best, test(marked, size, bound))
        highest.append(best)
    return [sum(best > -math.log2(alpha) for best in highest) / CELLS for alpha in alphas]


def too_many(share: float, alpha: float) -> bool:
    """Say whether a share lies above alpha by more than four standard deviations of chance."""
    return share > alpha + 4 * math.sqrt(alpha * (1 - alpha) / CELLS)


ALPHAS = (0.5, 0.1, 0.01, 0.001)


@pytest.mark.parametrize("bound", [CHANCE, CROWD, CROWD_OF_ONE])
def test_honest_cells_hardly_ever_alarm(bound: float) -> None:
    """However often it is looked at, a share alpha of honest cells at most ever exceeds one over alpha."""
    found = share_that_ever_alarms(evidence, bound, ALPHAS)
    assert not any(too_many(share, alpha) for share, alpha in zip(found, ALPHAS, strict=True)), found


@pytest.mark.parametrize("bound", [CHANCE, CROWD])
def test_wrong_evidence_is_found_out(bound: float) -> None:
    """The likelihood ratio of the best share, which is no bet as it looks at the outcome first, alarms too often."""

    def best(marked: int, size: int, bound: float) -> float:
        share = marked / size
        if share <= bound:
            return 0.0
        missed = 0 if marked == size else (size - marked) * math.log2((1 - share) / (1 - bound))
        return marked * math.log2(share / bound) + missed

    found = share_that_ever_alarms(best, bound, ALPHAS)
    assert any(too_many(share, alpha) for share, alpha in zip(found, ALPHAS, strict=True)), found


def test_bar_keeps_the_weekly_bound() -> None:
    """Cells begun in a week, times the chance of each to pass the bar, are the false campaigns allowed."""
    for weekly, kinds, allowed in ((1e6, 26, 1.0), (5e3, 26, 0.1)):
        assert weekly * kinds * 2 ** -chance_bar(weekly, kinds, allowed) == pytest.approx(allowed)
    assert chance_bar(0, 26, 1.0) == chance_bar(LEAST_TRAFFIC, 26, 1.0)
    assert chance_bar(1e6, 26, 10.0) < chance_bar(1e6, 26, 1.0)


def test_bar_against_crowds_grows_with_traffic() -> None:
    """Crowds expected in a week, times the chance of each to pass the bar, are those allowed; a floor holds below."""
    for weekly, allowed in ((1e5, 1.0), (7e5, 1.0), (7e5, 0.1)):
        assert weekly / PER_CROWD * 2 ** -crowd_bar(weekly, allowed) == pytest.approx(allowed)
    assert crowd_bar(0, 1.0) == crowd_bar(20_000, 1.0) == crowd_bar(7e5, 1e3) == CROWD_BITS


def test_keys_of_one_person_need_more() -> None:
    """An address or a device is held to the higher bound, a network to the lower."""
    assert (crowd_bound("device"), crowd_bound("ip_network")) == (CROWD_OF_ONE, CROWD)
