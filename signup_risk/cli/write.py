"""Write assessments as JSON Lines: whole lines only, many at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from signup_risk.results import Assessment

# Large enough that calls cost nothing, small enough that a reader at the other end of a pipe is kept busy.
_BATCH: Final = 128
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Scored(NamedTuple):
    """Hold an assessment as it is written.

    Attributes:
        line: JSON, without a line break.
        decision: The decision in it, for the count.
    """

    line: str
    decision: str


def scored(assessment: Assessment) -> Scored:
    """Write an assessment as a line."""
    return Scored(_ENCODE(assessment.to_dict()), assessment.decision)


def json_text(value: Mapping[str, Any]) -> str:
    """Write an object as a line of JSON, without a line break."""
    return _ENCODE(value)


class Sink(Protocol):
    """Take bytes, as a binary file does."""

    def write(self, content: bytes, /) -> int:
        """Write the bytes."""

    def flush(self) -> None:
        """Hand on what is held back."""


class LineWriter:
    """Write lines, whole and many at a time.

    Attributes:
        count: Lines taken so far, written or about to be.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._lines: list[str] = []
        self.count = 0

    def add(self, line: str) -> None:
        """Take a line; it is written with others, at the latest by :meth:`flush`."""
        self._lines.append(line)
        self.count += 1
        if len(self._lines) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what has been taken."""
        if not self._lines:
            return
        self._lines.append("")
        # An unpaired surrogate has no UTF-8; with a backslash it is the JSON escape that it came from.
        content = "\n".join(self._lines).encode("utf-8", "backslashreplace")
        self._lines.clear()
        self._sink.write(content)
        self._sink.flush()
