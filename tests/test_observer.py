"""An observer is told what happens, and its faults stay its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from signup_risk import Assessment, ConfigurationError
from signup_risk.observer import Observer, QuietObserver
from tests.assessments import ASSESSED


@dataclass
class Notes:
    """Write down what one is told."""

    seen: list[Any] = field(default_factory=list)

    def assessed(self, assessment: Assessment) -> None:
        """Note an assessment."""
        self.seen.append(assessment)

    def write_dropped(self) -> None:
        """Note a write given up."""
        self.seen.append("dropped")

    def writes_recovered(self, count: int) -> None:
        """Note writes made later."""
        self.seen.append(count)


class Faulty:
    """Fail at everything, with words of the sign-up in the message."""

    def assessed(self, assessment: Assessment) -> None:
        """Fail."""
        raise RuntimeError(assessment.signup_id)

    def write_dropped(self) -> None:
        """Fail."""
        raise KeyError("signup-7261")

    def writes_recovered(self, count: int) -> None:
        """Fail."""
        raise ValueError(count)


def tell_all(observer: Observer) -> None:
    """Tell an observer of one thing of each kind."""
    observer.assessed(ASSESSED)
    observer.write_dropped()
    observer.writes_recovered(3)


def test_everything_is_passed_on() -> None:
    """What happens reaches the observer in its order."""
    notes = Notes()
    tell_all(QuietObserver(notes))
    assert notes.seen == [ASSESSED, "dropped", 3]


def test_faults_are_logged_once_and_without_words(caplog: pytest.LogCaptureFixture) -> None:
    """A faulty observer takes nothing down; its first fault is logged by type, without what it says."""
    quiet = QuietObserver(Faulty())
    with caplog.at_level(logging.DEBUG):
        tell_all(quiet)
        tell_all(quiet)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "RuntimeError" in caplog.text
    assert "7261" not in caplog.text


def test_an_object_that_cannot_observe_is_refused() -> None:
    """An observer without one of the methods is refused with their names."""
    with pytest.raises(ConfigurationError, match="writes_recovered"):
        QuietObserver(object())  # type: ignore[arg-type]
