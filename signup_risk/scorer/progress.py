"""Show how far long work is, if somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Pass items on, and show how many there were."""

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        """Yield the items."""


def quiet(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Yield the items and show nothing."""
    del label, total
    yield from items


def bars(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Show a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, desc=label, total=total, unit=" sign-ups", leave=False)
