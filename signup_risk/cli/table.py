"""Lay out rows as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ESCAPED_BAR: Final = r"\|"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the header, in columns as wide as their widest cell.

    Examples:
        >>> print(aligned([("name", "rows"), ("free_mail", "12")]))
        name       rows
        free_mail  12
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    r"""Return rows, the first of them the header, as a Markdown table.

    Examples:
        >>> print(markdown([("name", "means"), ("a", "b|c")]))
        | name | means |
        | --- | --- |
        | a | b\|c |
    """
    header, *body = (f"| {' | '.join(cell.replace('|', _ESCAPED_BAR) for cell in row)} |" for row in rows)
    return "\n".join([header, f"| {' | '.join('---' for _ in rows[0])} |", *body])
