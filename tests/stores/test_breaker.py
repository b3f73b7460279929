"""Spare a store that fails, and find out when it is back."""

from __future__ import annotations

from signup_risk.stores.breaker import FAILURES, LONGEST_PAUSE, PAUSE, Breaker


class Clock:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def opened() -> tuple[Breaker, Clock]:
    """Return a breaker that has just opened."""
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.failed()
    return breaker, clock


def test_failures_in_a_row_open_it() -> None:
    """One success among the failures keeps it closed."""
    breaker = Breaker(Clock())
    for _ in range(FAILURES - 1):
        breaker.failed()
    breaker.worked()
    for _ in range(FAILURES - 1):
        breaker.failed()
        assert breaker.asks()
    breaker.failed()
    assert (breaker.asks(), breaker.state) == (False, "open")


def test_one_caller_tries_after_the_pause() -> None:
    """After the pause one call goes through, the next ones wait for how it fares."""
    breaker, clock = opened()
    clock.seconds += PAUSE
    assert [breaker.asks() for _ in range(5)] == [True, False, False, False, False]
    assert breaker.state == "trying"
    breaker.worked()
    assert (breaker.asks(), breaker.state) == (True, "closed")


def test_pauses_grow_to_a_bound_and_begin_anew() -> None:
    """Each try that fails doubles the pause up to the longest; a success starts over."""
    breaker, clock = opened()
    pauses = []
    for _ in range(8):
        start = clock.seconds
        while not breaker.asks():
            clock.seconds += PAUSE
        pauses.append(clock.seconds - start)
        breaker.failed()
    assert pauses[:4] == [PAUSE, 2 * PAUSE, 4 * PAUSE, 8 * PAUSE]
    assert max(pauses) == LONGEST_PAUSE
    breaker.worked()
    for _ in range(FAILURES):
        breaker.failed()
    clock.seconds += PAUSE
    assert breaker.asks()


def test_a_caller_that_never_comes_back_does_not_close_it_for_good() -> None:
    """If whoever tries is killed, another one tries a pause later."""
    breaker, clock = opened()
    clock.seconds += PAUSE
    assert breaker.asks()
    clock.seconds += PAUSE
    assert breaker.asks()


def test_failures_of_calls_under_way_do_not_lengthen_the_pause() -> None:
    """Twenty calls that were waiting when it opened fail too; that is one outage."""
    breaker, clock = opened()
    for _ in range(20):
        breaker.failed()
    clock.seconds += PAUSE
    assert breaker.asks()
