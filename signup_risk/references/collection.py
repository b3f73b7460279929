"""Open all references together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.references.base import ReferenceInfo
from signup_risk.references.countries import CountryReference, open_countries
from signup_risk.references.domains import DomainReference, open_domains
from signup_risk.references.issuers import IssuerReference, open_issuers
from signup_risk.references.locate import Locator
from signup_risk.references.manifest import sha256_of
from signup_risk.references.networks import FILE_NAMES, RANGE_NAMES, NetworkReference, open_networks
from signup_risk.references.roles import RoleReference, open_roles

# Everything that a user's own file can stand for.
NAMES: Final = (
    "disposable", "fakefilter", "suspected", "free_mail", "relays", "roles",
    *FILE_NAMES, "network_classes", *RANGE_NAMES, "issuers", "countries",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class References:
    """Hold every reference, open.

    Safe to share between threads. Pickling keeps only how it was opened; another process opens the files
    again.
    """

    domains: DomainReference
    networks: NetworkReference
    issuers: IssuerReference
    countries: CountryReference
    roles: RoleReference
    data_dir: Path | None = None
    overrides: Mapping[str, Path] = field(default_factory=dict)

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe every reference, absent ones included."""
        parts = (self.domains, self.roles, self.networks, self.issuers, self.countries)
        return tuple(info for part in parts for info in part.infos())

    def unavailable(self, at_us: int) -> tuple[str, ...]:
        """Return the names of references that cannot answer at a moment: absent though needed, or expired."""
        return tuple(
            info.name
            for info in self.infos()
            if (info.required if info.status == "absent" else not info.is_usable(at_us))
        )

    def verify(self) -> tuple[str, ...]:
        """Hash every loaded file that has a recorded hash, however large, and return what is wrong."""
        return tuple(problem for info in self.infos() if (problem := _problem(info)))

    def __reduce__(self) -> tuple[Callable[..., References], tuple[Any, ...]]:
        return _reopen, (self.data_dir, dict(self.overrides))


def open_references(
    data_dir: str | Path | None = None, *, overrides: Mapping[str, str | Path] | None = None
) -> References:
    """Open all references: the user's own files first, then refreshed ones, then those of the package.

    Args:
        data_dir: Folder that ``signup-risk data refresh`` fills; ``None`` for none.
        overrides: Own files by name, see :data:`NAMES`.

    Raises:
        ConfigurationError: An override's name is not known.
        ReferenceProblem: An override's file is missing or cannot be read.

    Examples:
        >>> references = open_references()
        >>> at = 1_800_000_000_000_000
        >>> references.domains.lookup("mailinator.com", at).disposable
        True
        >>> references.domains.lookup("duck.com", at).relay
        True
    """
    own = {name: Path(path) for name, path in (overrides or {}).items()}
    unknown = sorted(set(own) - set(NAMES))
    if unknown:
        raise ConfigurationError(
            f"reference {unknown[0]!r} is not known; allowed: {', '.join(NAMES)}; correct the name"
        )
    folder = None if data_dir is None else Path(data_dir)
    locator = Locator.of(folder, own)
    return References(
        domains=open_domains(locator),
        networks=open_networks(locator),
        issuers=open_issuers(locator),
        countries=open_countries(locator),
        roles=open_roles(locator),
        data_dir=folder,
        overrides=own,
    )


def _reopen(data_dir: Path | None, overrides: Mapping[str, Path]) -> References:
    return open_references(data_dir, overrides=overrides)


def _problem(info: ReferenceInfo) -> str:
    if not info.sha256:
        return ""
    try:
        digest = sha256_of(Path(info.path))
    except OSError as error:
        return f"{info.name}: {info.path} cannot be read ({error.strerror}); refresh or reinstall it"
    if digest == info.sha256:
        return ""
    found, expected = f"{digest[:12]}...", f"{info.sha256[:12]}..."
    return (
        f"{info.name}: {info.path} has sha256 {found}, its manifest says {expected}; refresh or reinstall it"
    )
