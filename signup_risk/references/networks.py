"""Say where an address is, whose it is, and what kind of network it is on.

The bundled database answers country, number and organisation. A file for ``country`` or ``asn`` answers first
and the bundled one fills what is left open; with both, or with one for ``networks``, the bundled one is not
used. Lists of ranges (relay, tor, vpn, hosting, proxy) are optional: they come from ``signup-risk data
refresh`` or from the user.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from signup_risk.errors import ReferenceProblem
from signup_risk.references.addresses import SPECIAL, Packed, Ranges, pack
from signup_risk.references.base import ReferenceInfo, absent
from signup_risk.references.facts import NetworkFacts
from signup_risk.references.locate import Located, Locator
from signup_risk.references.mmdb import NOTHING, NetworkFile, NetworkRecord
from signup_risk.references.network_class import Listed, classify, read_classes

FILE_NAMES: Final = ("country", "asn", "anonymous", "networks")
RANGE_NAMES: Final = ("relay_ranges", "tor_ranges", "vpn_ranges", "hosting_ranges", "proxy_ranges")

# Address space changes hands slowly, so two years is the limit of the bundled database and of a user's file
# alike; its metadata says when it was built.
DATABASE_YEARS: Final = 2

UNKNOWN: Final = NetworkFacts()
_CACHED_KINDS: Final = 8192


@dataclass(frozen=True, slots=True)
class _Database:
    info: ReferenceInfo
    file: NetworkFile
    expires_us: int


@dataclass(frozen=True, slots=True)
class _RangeList:
    info: ReferenceInfo
    ranges: Ranges
    expires_us: int


class NetworkReference:
    """Answer for addresses. Thread-safe: databases and lists are only read."""

    def __init__(
        self,
        databases: Sequence[tuple[ReferenceInfo, NetworkFile | None]],
        lists: Sequence[tuple[ReferenceInfo, Ranges | None]],
        classes: tuple[ReferenceInfo, Mapping[int, str]],
    ) -> None:
        self._infos = (*(info for info, _ in databases), classes[0], *(info for info, _ in lists))
        self._databases = tuple(_Database(info, file, info.expires_us) for info, file in databases if file)
        self._lists = tuple(
            None if ranges is None else _RangeList(info, ranges, info.expires_us) for info, ranges in lists
        )
        self._has_lists = any(self._lists)
        self._classes = classes[1]
        self._classes_expire_us = classes[0].expires_us if classes[0].status == "ok" else 0
        self._classify = lru_cache(maxsize=_CACHED_KINDS)(self._classify_uncached)

    def lookup(self, ip_text: str, at_us: int) -> NetworkFacts:
        """Answer for an address at the time of the sign-up; special-purpose addresses are unknown."""
        packed = pack(ip_text)
        if packed is None or packed in SPECIAL:
            return UNKNOWN
        record = NOTHING
        for database in self._databases:
            if at_us < database.expires_us:
                found = database.file.read(ip_text)
                record = found if record is NOTHING else _fill(record, found)
        listed = self._listed(packed, at_us) if self._has_lists else Listed()
        return self._classify(record, listed, at_us < self._classes_expire_us)

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe every database, the table and every list."""
        return self._infos

    def _listed(self, packed: Packed, at_us: int) -> Listed:
        return Listed(
            *(
                None if item is None or at_us >= item.expires_us else packed in item.ranges
                for item in self._lists
            )
        )

    def _classify_uncached(self, record: NetworkRecord, listed: Listed, has_classes: bool) -> NetworkFacts:
        combined = Listed(
            relay=_either(listed.relay, record.relay),
            tor=_either(listed.tor, record.tor),
            vpn=_either(listed.vpn, record.vpn),
            hosting=_either(listed.hosting, record.hosting),
            proxy=_either(listed.proxy, record.proxy),
        )
        return classify(record, combined, self._classes if has_classes else None)


def open_networks(locator: Locator) -> NetworkReference:
    """Open the databases, the table of classes, and the lists of ranges that there are."""
    located = {name: locator.find(name, required=name == "networks") for name in FILE_NAMES}
    if located["country"].path and located["asn"].path and not located["networks"].is_override:
        # Newer data that says nothing of an address is not to be filled from older data.
        note = "not needed: country and asn are given"
        located["networks"] = Located(absent("networks", note, required=False), None)
    databases = [_open_database(located[name]) for name in FILE_NAMES]
    lists = [_open_ranges(locator.find(name, required=False)) for name in RANGE_NAMES]
    return NetworkReference(databases, lists, _open_classes(locator.find("network_classes")))


def _open_database(located: Located) -> tuple[ReferenceInfo, NetworkFile | None]:
    if located.path is None:
        return located.info, None
    file = NetworkFile(located.path)
    info = located.info
    if located.is_override:
        stale = file.built.replace(day=min(file.built.day, 28), year=file.built.year + DATABASE_YEARS)
        info = replace(info, version=file.database_type, as_of=file.built, stale_after=stale)
    return info, file


def _open_ranges(located: Located) -> tuple[ReferenceInfo, Ranges | None]:
    """Open a list: binary as a refresh writes it, or a user's text of one block a line."""
    if located.path is None:
        return located.info, None
    content = located.path.read_bytes()
    try:
        if located.is_override:
            lines = (line.partition("#")[0].strip() for line in content.decode("utf-8").splitlines())
            ranges = Ranges.of(line for line in lines if line)
        else:
            ranges = Ranges.from_bytes(content)
    except ValueError as error:
        raise ReferenceProblem(f"{located.path}: {error}; give one block or address a line") from error
    return replace(located.info, rows=len(ranges)), ranges


def _open_classes(located: Located) -> tuple[ReferenceInfo, Mapping[int, str]]:
    if located.path is None:
        return located.info, {}
    try:
        classes = read_classes(located.path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReferenceProblem(
            f"{located.path}: {error}; the columns are asn, class, name, evidence"
        ) from error
    return replace(located.info, rows=len(classes)), classes


def _fill(first: NetworkRecord, second: NetworkRecord) -> NetworkRecord:
    """Take what the first leaves open from the second; number and organisation go together."""
    owner = first if first.asn is not None else second
    return NetworkRecord(
        first.country if first.country is not None else second.country,
        owner.asn,
        owner.organization if owner.organization is not None else first.organization,
        *(_either(one, other) for one, other in zip(first[3:], second[3:], strict=True)),
    )


def _either(first: bool | None, second: bool | None) -> bool | None:
    if first or second:
        return True
    return first if second is None else second
