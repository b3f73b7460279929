"""Hold the caller's own inputs, unchangeable.

``types.MappingProxyType`` would do, but for it being neither hashable nor picklable, and a sign-up has to be
both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, final

CustomValue = float | str | bool


@final
class Custom(Mapping[str, CustomValue]):
    """Hold custom inputs by key.

    Examples:
        >>> custom = Custom({"trial_days": 14})
        >>> custom["trial_days"], len(custom), custom == {"trial_days": 14}
        (14, 1, True)
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, CustomValue]) -> None:
        self._values = dict(values)

    def __getitem__(self, key: str) -> CustomValue:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Custom({self._values!r})"


NO_CUSTOM: Final = Custom({})
