"""List further styles of local parts, for audiences with habits of their own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from signup_risk.simulation.draw import digits, letters
from signup_risk.simulation.templates import Draft, draw_pattern

_ALNUM: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


class Namesake(NamedTuple):
    """Hold what a style may use of a person."""

    first: str
    last: str
    year: int


Style = Callable[[Random, Namesake], str]


def _pattern(rng: Random, who: Namesake) -> str:
    return draw_pattern(rng)(Draft(rng, who.first, who.last, rng.randrange(5000)))


#: Styles with their usual weights [assumption: no public table].
EXTRA_STYLES: Final[dict[str, tuple[float, Style]]] = {
    "first-last": (4, lambda _, who: f"{who.first}-{who.last}"),
    "first.last.year": (5, lambda rng, who: f"{who.first}.{who.last}{rng.choice(('.', '', '_'))}{who.year}"),
    "firstlast+4": (5, lambda rng, who: who.first + who.last + digits(rng, 4)),
    "first+digits": (8, lambda rng, who: who.first + digits(rng, rng.randint(2, 6))),
    "last_first+yy": (3, lambda _, who: f"{who.last}_{who.first}{who.year % 100:02d}"),
    "f_last+digits": (3, lambda rng, who: f"{who.first[0]}_{who.last}{digits(rng, rng.randint(1, 3))}"),
    "random": (4, lambda rng, _: letters(rng, 1) + letters(rng, rng.randint(5, 11), _ALNUM)),
    "digits only": (1.5, lambda rng, _: str(rng.randint(10**6, 10**10))),
    "pattern": (3, _pattern),
}
