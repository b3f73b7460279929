"""Tell an explanation in lines for a terminal."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from signup_risk.explain.contributions import ContributionGroup
from signup_risk.explain.heading import facts

if TYPE_CHECKING:
    from signup_risk.explain.assessment import AssessmentExplanation

#: Cells of the longest bar.
_BAR: Final = 12

#: Columns that contribution, bar and a code need, and the longest code: that of a custom input of 25 characters.
_LEAST_WIDTH: Final = 60
_LONGEST_CODE: Final = 32

#: Lines of a fact or of the text of a code, the room that it needs beside the code, where it stands if it is below.
_MOST_LINES: Final = 3
_LEAST_ROOM: Final = 32
_INDENT: Final = 10


def told(explanation: AssessmentExplanation, top: int | None, width: int) -> str:
    """Return an explanation as lines.

    Args:
        explanation: What to tell.
        top: How many reason codes to tell one by one; all if None.
        width: Longest line, in characters.
    """
    width = max(width, _LEAST_WIDTH)
    groups = [group for group in explanation.by_code() if group.contribution]
    given, rest = groups[:top], groups[len(groups[:top]) :]
    largest = max((abs(group.contribution) for group in groups), default=1.0)
    code_width = min(_LONGEST_CODE, max((len(group.name) for group in given), default=0))
    lines = [part for line in facts(explanation) for part in _wrapped(line, width)]
    lines.append(f"{explanation.base_value:+8.3f}  base value")
    lines += [line for group in given for line in _lines(group, largest, code_width, width)]
    if rest:
        lines.append(f"{math.fsum(group.contribution for group in rest):+8.3f}  {len(rest)} further reason codes")
    lines.append(f"{explanation.raw_score:+8.3f}  raw score, in log-odds")
    return "\n".join(lines)


def printable(text: str) -> str:
    r"""Replace what could move the cursor or turn the direction of writing.

    Examples:
        >>> printable("a\x1b[2Jb\u202ec")
        'a?[2Jb?c'
    """
    return "".join(one if one.isprintable() else "?" for one in text)


def _lines(group: ContributionGroup, largest: float, code_width: int, width: int) -> list[str]:
    cells = round(_BAR * abs(group.contribution) / largest)
    bar = ("+" if group.contribution > 0 else "-") * cells
    start = f"{group.contribution:+8.3f}  {bar:<{_BAR}}  {printable(group.name)[:code_width]:<{code_width}}  "
    indent = len(start) if width - len(start) >= _LEAST_ROOM else _INDENT
    words = _wrapped(group.text, width - indent)
    if indent == _INDENT:
        words.insert(0, "")
    first, *others = words or [""]
    return [f"{start}{first}".rstrip(), *(f"{' ' * indent}{words}" for words in others)]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(printable(text), width, max_lines=_MOST_LINES, placeholder=" ...")
