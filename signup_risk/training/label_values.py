"""Read labels as people write them, and say what is wrong with a column of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events.values import label as contract_label
from signup_risk.events.values import plain
from signup_risk.training.convert import absent

_MEANINGS: Final = {"1": 1, "0": 0, "unknown": None}
#: So many odd values are told apart; a column with more of them is no label.
_MOST: Final = 50
_SHOWN: Final = 8
_LONGEST: Final = 32


@dataclass(frozen=True, slots=True)
class LabelValues:
    """Say what the values of a label mean.

    Attributes:
        meanings: 1 abusive, 0 legitimate or ``None`` unknown, by the text of the value.
    """

    meanings: Mapping[str, int | None]

    @classmethod
    def of(cls, said: Any) -> LabelValues:
        """Read meanings as a map writes them.

        Raises:
            ConfigurationError: A meaning is none of 1, 0 and unknown.

        Examples:
            >>> LabelValues.of({"fraud": 1, "legit": 0, "pending": "unknown"}).meanings
            {'fraud': 1, 'legit': 0, 'pending': None}
        """
        if not isinstance(said, Mapping) or not said:
            raise ConfigurationError("label values have to be given as value = meaning, at least one")
        wrong = [value for value, meaning in said.items() if str(meaning) not in _MEANINGS]
        if wrong:
            raise ConfigurationError(
                f"label value {_short(str(wrong[0]))} means {_short(str(said[wrong[0]]))}; "
                "a meaning is 1 (abusive), 0 (legitimate) or unknown"
            )
        return cls({_text(value): _MEANINGS[str(meaning)] for value, meaning in said.items()})

    @classmethod
    def parse(cls, text: str) -> LabelValues:
        """Read meanings as the command line has them: ``fraud=1,legit=0,pending=unknown``.

        Raises:
            ConfigurationError: It is not of that form.

        Examples:
            >>> LabelValues.parse("fraud=1,legit=0").meanings
            {'fraud': 1, 'legit': 0}
        """
        pairs = [part.rpartition("=") for part in text.split(",")]
        if not all(separator for _, separator, _ in pairs):
            raise ConfigurationError(f"{text[:60]!r} is not of the form value=1,value=0,value=unknown")
        return cls.of({value.strip(): meaning.strip() for value, _, meaning in pairs})


@dataclass(slots=True)
class LabelReader:
    """Read the label of row after row, and remember what could not be read.

    Attributes:
        values: What the values mean; by default 1 and 0, true and false.
        odd: Values that mean nothing, with how often they occur.
    """

    values: LabelValues | None
    odd: Counter[str] = field(default_factory=Counter)

    def read(self, value: Any) -> int | None:
        """Return 1, 0 or ``None`` for unknown; a value that means none of them is kept in :attr:`odd`."""
        if absent(value):
            return None
        if self.values is not None:
            text = _text(value)
            if text in self.values.meanings:
                return self.values.meanings[text]
        else:
            try:
                return contract_label(value)
            except InvalidSignup:
                text = _text(value)
        if text in self.odd or len(self.odd) < _MOST:
            self.odd[text] += 1
        return None

    def check(self, column: str) -> None:
        """Refuse a label with values that mean nothing.

        Args:
            column: Name of the column, for the message.

        Raises:
            ConfigurationError: There were such values.
        """
        if not self.odd:
            return
        shown = ", ".join(f"{_short(value)} ({count:,})" for value, count in self.odd.most_common(_SHOWN))
        more = f" and {len(self.odd) - _SHOWN} more" if len(self.odd) > _SHOWN else ""
        known = "1, 0, true, false" if self.values is None else ", ".join(map(_short, self.values.meanings))
        raise ConfigurationError(
            f"the label {column} has {len(self.odd)} values that mean neither abusive nor legitimate: {shown}{more}; "
            f"known are {known}, and nothing for unknown. Say what each means with "
            "--label-values VALUE=1,VALUE=0,VALUE=unknown, or under values in a column map"
        )


def _text(value: Any) -> str:
    found = plain(value)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return str(found).strip()


def _short(text: str) -> str:
    """Quote a text for a message, its beginning if it is long."""
    return repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}... of {len(text):,} characters"
