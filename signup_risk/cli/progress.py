"""Show how far the command is, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, Self

# Looking at the position costs a call to the system; between two looks pass some hundredths of a second.
_EVERY: Final = 128


class Progress:
    """Draw a bar on standard error if that is a terminal; do nothing otherwise."""

    def __init__(
        self, total: int | None, unit: str, position: Callable[[], int], *, verb: str = "scored"
    ) -> None:
        self._bar: Any = None
        self._position = position
        self._verb = verb
        self._steps = 0
        if is_terminal():
            from tqdm import tqdm

            # The position is given in bytes or rows; what the user counts in stands behind the bar.
            self._bar = tqdm(total=total, unit=unit, unit_scale=True, leave=False, file=sys.stderr, dynamic_ncols=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, done: int) -> None:
        """Note one more line."""
        self._steps += 1
        if self._bar is not None and self._steps % _EVERY == 0:
            self._bar.set_postfix_str(f"{done:,} {self._verb}", refresh=False)
            self._bar.update(self._position() - self._bar.n)

    def say(self, text: str) -> None:
        """Print a line to standard error, above the bar."""
        if self._bar is None:
            print(text, file=sys.stderr)
        else:
            self._bar.write(text, file=sys.stderr)


def is_terminal() -> bool:
    """Tell whether somebody watches standard error."""
    return sys.stderr.isatty()
