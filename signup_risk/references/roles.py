"""Say whether a local part names a role (``postmaster``, ``no-reply``) and not a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from signup_risk.references.base import ReferenceInfo
from signup_risk.references.locate import Locator
from signup_risk.references.texts import read_list

_SEPARATORS: Final = str.maketrans("", "", "-_.")


class RoleReference:
    """Answer for local parts from a list of roles."""

    def __init__(self, info: ReferenceInfo, entries: Mapping[str, str]) -> None:
        self._info = info
        self._entries = entries

    def lookup(self, local: str, at_us: int) -> bool | None:
        """Answer for a canonical local part, in lower case; hyphens, dots and underscores do not matter."""
        if not self._info.is_usable(at_us):
            return None
        return _plain(local) in self._entries

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe the list."""
        return (self._info,)


def open_roles(locator: Locator) -> RoleReference:
    """Open the list of roles."""
    located = locator.find("roles")
    if located.path is None:
        return RoleReference(located.info, {})
    content = read_list(located.path, domains=False)
    info = replace(located.info, rows=len(content.entries))
    if located.is_override:
        info = replace(info, stale_after=content.stale_after, as_of=content.as_of or info.as_of)
    return RoleReference(info, {_plain(entry): group for entry, group in content.entries.items()})


def _plain(local: str) -> str:
    return local.lower().translate(_SEPARATORS)
