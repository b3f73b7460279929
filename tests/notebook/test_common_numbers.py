"""The numbers behind what sign-ups have in common are those of brute force."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.features.context import Context
from signup_risk.notebook import in_common
from signup_risk.notebook.common.background import Background, Column
from signup_risk.notebook.common.comparison import Comparison
from signup_risk.notebook.common.multiplicity import log_q_values, within_reach
from signup_risk.notebook.common.tails import HypergeometricTails, lift
from signup_risk.notebook.common.traits import Trait, pairs_of


def exact_tail(hits: int, drawn: int, marked: int, total: int) -> Fraction:
    """Return the probability of at least so many hits, by counting choices."""
    ways = sum(
        math.comb(marked, k) * math.comb(total - marked, drawn - k) for k in range(max(0, hits), min(drawn, marked) + 1)
    )
    return Fraction(ways, math.comb(total, drawn))


def never(_context: Context) -> str | None:
    """Read nothing: the columns of these tests are made."""
    return None


def table(made: list[list[int]], names: str = "abcdef") -> tuple[Column, ...]:
    """Return columns of codes, all in pairs."""
    found = []
    for name, codes in zip(names, made, strict=False):
        values = tuple(str(n) for n in range(max(codes, default=0) + 1))
        trait = Trait(name, "email", never, lambda value, name=name: f"{name}{value}", in_pairs=True)
        found.append(Column(trait, np.array(codes, dtype=np.int32), values))
    return tuple(found)


def background_of(columns: tuple[Column, ...]) -> Background:
    """Return a background of columns."""
    size = len(columns[0].codes)
    return Background(columns, np.arange(size), [str(n) for n in range(size)])


@st.composite
def draws(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Draw hits, drawn, marked and total, impossible numbers of hits too."""
    total = draw(st.integers(1, 60))
    drawn, marked = draw(st.integers(0, total)), draw(st.integers(0, total))
    return draw(st.integers(0, total + 1)), drawn, marked, total


@given(st.lists(draws(), min_size=1, max_size=20))
def test_tails_are_exact(asked: list[tuple[int, int, int, int]]) -> None:
    """Every tail, of one call with others, is what counting all choices gives."""
    found = HypergeometricTails(60).log_tail(*np.array(asked, dtype=np.int64).T)
    for one, log_p in zip(asked, found.tolist(), strict=True):
        wanted = exact_tail(*one)
        assert math.exp(log_p) == pytest.approx(float(wanted), rel=1e-9, abs=1e-300)


def test_tails_far_below_any_float_are_exact() -> None:
    """A farm's tail of a few thousand bits is right to nine digits, and so is one just below certainty."""
    asked = [(380, 400, 500, 20_000), (5000, 5000, 5100, 400_000), (1, 400, 19_000, 20_000)]
    found = HypergeometricTails(400_000).log_tail(*np.array(asked, dtype=np.int64).T)
    for one, log_p in zip(asked[:2], found.tolist(), strict=False):
        wanted = exact_tail(*one)
        assert log_p == pytest.approx(math.log(wanted.numerator) - math.log(wanted.denominator), rel=1e-9)
    assert found[1] < -20_000
    assert found[2] == pytest.approx(0.0, abs=1e-9)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=25), st.integers(1, 29), st.sampled_from([0.01, 0.05, 0.2]))
def test_values_that_could_never_be_significant_are_left_out(sizes: list[int], drawn: int, level: float) -> None:
    """The sizes kept are those of the smallest number of tests that no more values than it can reach."""
    chosen = np.arange(30) < drawn
    counted = Counter(sizes)
    known, counts = (np.array(list(part), dtype=np.int64) for part in (counted.keys(), counted.values()))
    kept = set(within_reach(known, counts, Comparison((), chosen, level, 1)).tolist())
    best = {size: float(exact_tail(min(size, drawn), drawn, size, 30)) for size in counted}
    for tests in range(1, len(sizes) + 2):
        reached = {size for size in counted if best[size] <= level / tests * (1 + 1e-12)}
        if sum(counted[size] for size in reached) <= tests:
            break
    assert kept == reached


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=30), st.integers(0, 200))
def test_q_values_are_those_of_benjamini_and_yekutieli(p_values: list[float], more: int) -> None:
    """A test is listed at a rate exactly if the step-up procedure rejects it there."""
    tests = len(p_values) + more
    found = np.exp(log_q_values(np.log(p_values), tests))
    harmonic = sum(1 / rank for rank in range(1, tests + 1))
    ranked = sorted(p_values)
    for p, q in zip(p_values, found.tolist(), strict=True):
        wanted = min([1.0] + [ranked[j] * tests * harmonic / (j + 1) for j in range(len(ranked)) if ranked[j] >= p])
        assert q == pytest.approx(wanted, rel=1e-9)


def test_intervals_of_the_lift_hold_the_truth() -> None:
    """Of many 95 % intervals, with few and with many hits, about 95 % hold how much more often it truly is."""
    rng = np.random.default_rng(11)
    for share, usual in ((0.05, 0.01), (0.4, 0.1), (0.02, 0.02)):
        drawn, rest = np.full(4000, 300), np.full(4000, 5000)
        hits, others = rng.binomial(300, share, 4000), rng.binomial(5000, usual, 4000)
        _, low, high = lift(hits, drawn, others, rest)
        held = float(((low <= share / usual) & (share / usual <= high)).mean())
        assert 0.93 <= held <= 1.0, (share, usual, held)


def test_lift_is_shrunk_towards_once() -> None:
    """Few hits without any among the others are moderately more often; the same share of many is much more."""
    hits, drawn, others, rest = np.array([3, 300]), np.array([30, 3000]), np.array([0, 0]), np.array([1000, 100_000])
    ratio, low, high = lift(hits, drawn, others, rest)
    assert 1.0 < ratio[0] < 10.0
    assert ratio[1] > 300.0
    assert ((low < ratio) & (ratio < high)).all()


def brute_force(made: list[list[int]], chosen: list[bool], least: int) -> dict[tuple[str, ...], Fraction]:
    """Return the p-value of every value and pair that at least so many of the chosen show, by their words."""
    names = "abcdef"
    found: dict[tuple[str, ...], Fraction] = {}

    def tail(rows: list[int], shows: list[bool]) -> Fraction:
        drawn, marked = sum(chosen[row] for row in rows), sum(shows[row] for row in rows)
        return exact_tail(sum(chosen[row] and shows[row] for row in rows), drawn, marked, len(rows))

    size = range(len(chosen))
    for column, codes in enumerate(made):
        known = [row for row in size if codes[row] >= 0]
        for value in set(codes) - {-1}:
            shows = [code == value for code in codes]
            if sum(chosen[row] and shows[row] for row in size) >= least:
                found[(f"{names[column]}{value}",)] = tail(known, shows)
    for (one, first), (two, second) in combinations(enumerate(made), 2):
        known = [row for row in size if first[row] >= 0 and second[row] >= 0]
        for values in {(first[row], second[row]) for row in known}:
            shows = [(first[row], second[row]) == values for row in size]
            if sum(chosen[row] and shows[row] for row in size) >= least:
                given_first = [row for row in known if first[row] == values[0]]
                given_second = [row for row in known if second[row] == values[1]]
                words = (f"{names[one]}{values[0]}", f"{names[two]}{values[1]}")
                found[words] = max(tail(rows, shows) for rows in (known, given_first, given_second))
    return found


@given(st.integers(0, 10_000), st.integers(20, 60), st.integers(4, 12))
def test_findings_are_those_of_brute_force(seed: int, size: int, drawn: int) -> None:
    """On small tables with shared values, pairs and unknowns, what is found and its p-values are those of counting."""
    rng = np.random.default_rng(seed)
    made = rng.integers(-1, 4, (3, size))
    made[0, :drawn] = np.where(rng.random(drawn) < 0.8, 3, made[0, :drawn])
    made[1, : drawn // 2] = 2
    chosen = np.arange(size) < drawn
    wanted = brute_force(made.tolist(), chosen.tolist(), 2)
    found = in_common(chosen, background_of(table(made.tolist())), values="shown", level=0.2, least=2, most=1000)
    told = {tuple(one.words.split(" and ")): one for row in found for one in (row, *row.covers)}
    assert len(told) == found.found
    for words, one in told.items():
        assert one.p_value == pytest.approx(float(wanted[words]), rel=1e-9)
    # Whoever is as significant as one that was found, and could be significant at all, was found as well.
    bar = max((one.p_value for one in told.values()), default=0.0)
    missed = {words: p for words, p in wanted.items() if words not in told and float(p) < bar * (1 - 1e-9)}
    sizes = [_size_of(words, made) for words in missed]
    reached = {_size_of(words, made) for words in told}
    assert not reached & set(sizes)


def _size_of(words: tuple[str, ...], made: np.ndarray) -> int:
    shows = np.logical_and.reduce([made["abcdef".index(word[0])] == int(word[1:]) for word in words])
    return int(shows.sum())


def test_pairs_leave_out_what_follows_from_each_other() -> None:
    """A trait that fixes another makes no pair with it, whichever comes first."""
    traits = [
        Trait("network", "geo", never, in_pairs=True, fixes=frozenset({"country"})),
        Trait("country", "geo", never, in_pairs=True),
        Trait("device", "device", never),
        Trait("form", "session", never, in_pairs=True),
    ]
    assert pairs_of(traits) == [(0, 3), (1, 3)]
    assert pairs_of(reversed(traits)) == [(0, 2), (0, 3)]
