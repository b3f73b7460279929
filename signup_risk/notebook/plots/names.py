"""Make names that others chose fit to be drawn: short, on one line, without tricks, in glyphs that there are.

Names of groups, features, campaigns and columns come out of data, so an applicant may have typed them. They are drawn
as they are as far as that can be done; what cannot be drawn is replaced and never changes what stands beside it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from signup_risk.notebook.plots.needed import font_manager

#: The face that comes with matplotlib, so that figures look alike everywhere.
FACE: Final = "DejaVu Sans"
#: Faces that know East Asian and other scripts; used for what the first one lacks, where one is installed.
_OTHER_FACES: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei", "PingFang SC",
    "Hiragino Sans GB", "Microsoft YaHei", "Arial Unicode MS", "Noto Sans", "Noto Sans Devanagari", "Noto Sans Thai",
)  # fmt: skip
_NO_GLYPH: Final = "\u25a1"
_ELLIPSIS: Final = "\u2026"
#: Longer ones are cut before anything else is done with them; nobody reads 10,000 characters in a figure.
_MOST_READ: Final = 400
_LONGEST: Final = 40


def shown(name: object, most: int = _LONGEST) -> str:
    r"""Return a name as it can be drawn: on one line, no longer than ``most``, its head and tail kept.

    Control characters and marks that turn the direction of writing are left out, characters without a glyph become
    a box.

    Examples:
        >>> shown("legit.students"), shown("a\u202eb\n  c"), shown("")
        ('legit.students', 'ab c', '(no name)')
        >>> shown("a farm with a very long name, and number 17", most=20)
        'a farm with…mber 17'
    """
    text = str(name)
    if len(text) > _MOST_READ:
        text = text[: _MOST_READ // 2] + text[-_MOST_READ // 2 :]
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    text = " ".join("".join(c if ord(c) in _glyphs() else _NO_GLYPH for c in kept).split())
    if len(text) > most:
        tail = (most - 1) * 2 // 5
        text = text[: most - 1 - tail].rstrip() + _ELLIPSIS + text[len(text) - tail :].lstrip()
    return text or "(no name)"


def shown_apart(names: Sequence[object], most: int = _LONGEST) -> list[str]:
    r"""Return names as they can be drawn, numbered where several would look alike.

    Examples:
        >>> shown_apart(["a\u200bb", "ab", "c"])
        ['ab (1)', 'ab (2)', 'c']
    """
    plain = [shown(name, most) for name in names]
    times, seen = Counter(plain), Counter[str]()
    told = []
    for name in plain:
        seen[name] += 1
        told.append(f"{name} ({seen[name]})" if times[name] > 1 else name)
    return told


@lru_cache(maxsize=1)
def faces() -> list[str]:
    """Return the faces to draw with, first the one that is always there."""
    installed = {entry.name for entry in font_manager().fontManager.ttflist}
    return [FACE, *(name for name in _OTHER_FACES if name in installed)]


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    fonts, known = font_manager(), set[int]()
    for name in faces():
        known |= set(fonts.get_font(fonts.findfont(name)).get_charmap())
    return frozenset(known)
