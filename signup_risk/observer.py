"""State what an observer of a scorer is told: three events, from which metrics and traces are made.

:mod:`signup_risk.telemetry` tells OpenTelemetry; any object with these methods will do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from signup_risk.errors import ConfigurationError
from signup_risk.results import Assessment

_LOG: Final = logging.getLogger(__name__)


@runtime_checkable
class Observer(Protocol):
    """Be told what a scorer does. Safe under threads, and quick: a sign-up waits for it."""

    def assessed(self, assessment: Assessment) -> None:
        """Take note of an assessment that is ready, in the context of whoever asked for it."""

    def write_dropped(self) -> None:
        """Take note that a write which the store had not taken was given up."""

    def writes_recovered(self, count: int) -> None:
        """Take note that the store took writes which it had not taken at first."""


class QuietObserver:
    """Pass on what happens, and keep faults of the observer from the sign-up flow.

    Args:
        observer: Whom to tell.

    Raises:
        ConfigurationError: It lacks one of the methods.
    """

    def __init__(self, observer: Observer) -> None:
        if not isinstance(observer, Observer):
            raise ConfigurationError(
                f"observer is a {type(observer).__name__} without one of the methods assessed, write_dropped and "
                "writes_recovered; give an object that has them, or signup_risk.telemetry.Telemetry()"
            )
        self._observer = observer
        self._failed = False

    def assessed(self, assessment: Assessment) -> None:
        """Pass on an assessment."""
        self._tell(lambda: self._observer.assessed(assessment))

    def write_dropped(self) -> None:
        """Pass on that a write was given up."""
        self._tell(self._observer.write_dropped)

    def writes_recovered(self, count: int) -> None:
        """Pass on that writes were made after all."""
        self._tell(lambda: self._observer.writes_recovered(count))

    def _tell(self, call: Callable[[], None]) -> None:
        """Call, and log the first fault by its type alone: what it says may repeat what it was given."""
        try:
            call()
        except Exception as fault:  # noqa: BLE001 - no fault of an observer may take the sign-up flow down
            if not self._failed:
                self._failed = True
                _LOG.warning("the observer failed with %s; further faults are not logged", type(fault).__name__)
