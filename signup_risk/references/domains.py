"""Say whether a mail domain is throw-away, free, or a privacy relay.

Relays and free mail win over every deny list: of ten large public lists half hold relays or big providers, by
mistake or on purpose (measured 2026-11; the two lists of the first tier hold none). Free mail counts for the
exact domain, since nobody gets ``x.gmail.com``; relays and deny lists count for sub-domains too, since both
give them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from signup_risk.errors import ReferenceProblem
from signup_risk.references.base import ReferenceInfo, absent
from signup_risk.references.facts import DomainFacts
from signup_risk.references.locate import Located, Locator
from signup_risk.references.texts import read_list

PACKAGE: Final = "disposable-email-domains"

# The package states a version and no date. Dates of some of its wheels, read 2026-11-23; it releases a few
# times a week. An installed version counts as old as the nearest one before it.
PACKAGE_DATES: Final = (
    ((0, 0, 200), date(2026, 6, 11)),
    ((0, 0, 240), date(2026, 8, 20)),
    ((0, 0, 270), date(2026, 9, 28)),
    ((0, 0, 293), date(2026, 11, 9)),
)

# Only 37 % of the package's domains still received mail in 2026, and 1,849 came in within three months: after
# two years "not listed" says nothing.
PACKAGE_YEARS: Final = 2

_CACHED_DOMAINS: Final = 4096


@dataclass(frozen=True, slots=True)
class DomainList:
    """Hold one list with its description; an absent one is empty and never usable."""

    info: ReferenceInfo
    entries: Mapping[str, str]


class DomainReference:
    """Answer for mail domains from the first tier, the second tier, free mail and relays.

    Thread-safe: the lists never change, and the cache of answers locks itself.
    """

    def __init__(
        self,
        disposable: tuple[DomainList, ...],
        suspected: DomainList,
        free: DomainList,
        relays: DomainList,
    ) -> None:
        self._disposable = disposable
        self._suspected = suspected
        self._free = free
        self._relays = relays
        self._lists = (suspected, free, relays, *disposable)
        usable = [item.info for item in self._lists if item.info.status == "ok"]
        self._first_expiry = min((info.expires_us for info in usable), default=0)
        self._fresh = tuple(item.info.status == "ok" for item in self._lists)
        self._cached = lru_cache(maxsize=_CACHED_DOMAINS)(self._answer)

    def lookup(self, domain: str, at_us: int) -> DomainFacts:
        """Answer for a domain, in ASCII and lower case, at the time of the sign-up."""
        if at_us < self._first_expiry:
            return self._cached(domain, self._fresh)
        return self._cached(domain, tuple(item.info.is_usable(at_us) for item in self._lists))

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe every list."""
        return tuple(item.info for item in (*self._disposable, *self._lists[:3]))

    def _answer(self, domain: str, fresh: tuple[bool, ...]) -> DomainFacts:
        suspected_fresh, free_fresh, relays_fresh, *disposable_fresh = fresh
        names = suffixes(domain)
        relay = _find(names, self._relays) if relays_fresh else None
        if relay is not None:
            return DomainFacts(False, False, False, True, relay or None)
        free = self._free.entries.get(domain) if free_fresh else None
        is_relay = False if relays_fresh else None
        if free is not None:
            return DomainFacts(False, False, True, is_relay, free or None)
        is_free = False if free_fresh else None
        listed = _first_hit(names, self._disposable, disposable_fresh)
        if listed is not None:
            return DomainFacts(True, False, is_free, is_relay, listed or None)
        is_disposable = False if all(disposable_fresh) else None
        is_suspected = _find(names, self._suspected) is not None if suspected_fresh else None
        return DomainFacts(is_disposable, is_suspected, is_free, is_relay, None)


def suffixes(domain: str) -> list[str]:
    """Return a domain and its parents, down to two labels.

    Examples:
        >>> suffixes("a.b.mailinator.com")
        ['a.b.mailinator.com', 'b.mailinator.com', 'mailinator.com']
    """
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def open_domains(locator: Locator) -> DomainReference:
    """Open the four lists."""
    disposable: tuple[DomainList, ...]
    if "disposable" in locator.overrides:
        # The user's own list stands for the whole first tier.
        disposable = (_open(locator.find("disposable")),)
    else:
        disposable = (_first_tier(locator), _open(locator.find("fakefilter")))
    return DomainReference(
        disposable,
        suspected=_open(locator.find("suspected")),
        free=_open(locator.find("free_mail")),
        relays=_open(locator.find("relays")),
    )


def _first_tier(locator: Locator) -> DomainList:
    """Take the refreshed list, else the one of the installed package."""
    refreshed = locator.find_refreshed("disposable")
    if refreshed is not None and refreshed.path is not None:
        return _open(refreshed)
    return _package_list("" if refreshed is None else refreshed.info.note)


def _package_list(note: str) -> DomainList:
    try:
        from importlib.metadata import version

        from disposable_email_domains import blocklist

        installed = version(PACKAGE)
    except ImportError as error:
        return DomainList(absent("disposable", f"{error}; pip install {PACKAGE}"), {})
    as_of, stale_after = package_dates(installed)
    info = ReferenceInfo(
        name="disposable",
        source=f"{PACKAGE} (pip package)",
        version=installed,
        as_of=as_of,
        licence="MIT",
        stale_after=stale_after,
        rows=len(blocklist),
        note=note,
    )
    return DomainList(info, dict.fromkeys(blocklist, ""))


def package_dates(version: str) -> tuple[date, date | None]:
    """Return the day that a version of the package is at least as new as, and the day until it is believed.

    A version newer than the newest one in the table is fresher than anything known here, so no end is set.

    Examples:
        >>> package_dates("0.0.250")
        (datetime.date(2026, 8, 20), datetime.date(2028, 8, 20))
    """
    parts = tuple(int(part) for part in version.split(".") if part.isdecimal())
    as_of = PACKAGE_DATES[0][1]
    for known, day in PACKAGE_DATES:
        as_of = day if parts >= known else as_of
    if parts > PACKAGE_DATES[-1][0]:
        return as_of, None
    return as_of, as_of.replace(year=as_of.year + PACKAGE_YEARS)


def _open(located: Located) -> DomainList:
    if located.path is None:
        return DomainList(located.info, {})
    content = read_list(located.path, domains=True)
    info = replace(located.info, rows=len(content.entries))
    if located.is_override:
        if not content.entries:
            raise ReferenceProblem(f"{located.path}: holds no domain; give one domain a line")
        info = replace(info, stale_after=content.stale_after, as_of=content.as_of or info.as_of)
    return DomainList(info, content.entries)


def _find(names: list[str], listed: DomainList) -> str | None:
    for name in names:
        group = listed.entries.get(name)
        if group is not None:
            return group
    return None


def _first_hit(names: list[str], lists: tuple[DomainList, ...], fresh: list[bool]) -> str | None:
    """Return the group of the first hit that names one, else the empty group of any hit."""
    hit = None
    for listed, is_fresh in zip(lists, fresh, strict=True):
        group = _find(names, listed) if is_fresh else None
        if group:
            return group
        hit = group if hit is None else hit
    return hit
