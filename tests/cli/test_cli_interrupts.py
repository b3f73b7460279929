"""Ask to stop: at once where nothing can be lost, else between two sign-ups."""

from __future__ import annotations

import signal

import pytest

from signup_risk.cli.interrupts import Interrupts


def test_noted_while_working() -> None:
    """A signal while a sign-up is in flight is noted, raises nothing, and raises before the next wait."""
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGTERM)
        assert interrupts.requested == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt), interrupts.waiting():
            pytest.fail("it would wait though it was asked to stop")


def test_raised_while_waiting() -> None:
    """A signal while input is waited for ends the wait; after it signals are noted again."""
    with Interrupts() as interrupts:
        with interrupts.waiting():
            pass
        with pytest.raises(KeyboardInterrupt), interrupts.waiting():
            signal.raise_signal(signal.SIGINT)
        assert interrupts.requested == signal.SIGINT


def test_second_signal_is_not_put_off() -> None:
    """A second signal raises wherever it lands."""
    with Interrupts():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_given_back() -> None:
    """Afterwards signals do what they did before, and one that was ignored stays so throughout."""
    before = signal.getsignal(signal.SIGINT), signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGTERM)
            assert interrupts.requested is None
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (before[0], signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGTERM, before[1])
