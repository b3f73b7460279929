"""Keep what analysts confirmed and dismissed as an explicit list: versioned, expiring, readable."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

from signup_risk.campaigns.campaign import CampaignRecord
from signup_risk.campaigns.entries import Cell
from signup_risk.campaigns.words import PRIVATE, cell_in_words
from signup_risk.errors import ConfigurationError
from signup_risk.extract import key_of
from signup_risk.features.kinds import KIND
from signup_risk.stores import Hasher

_LOG: Final = logging.getLogger(__name__)

Verdict = Literal["confirmed", "dismissed"]

#: Version of the file; another is refused.
FORMAT: Final = 1

#: More belong into a store.
_MOST_BYTES: Final = 32 * 2**20

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Signature:
    """Hold one cell that an analyst has ruled on.

    Attributes:
        campaign: Id of the campaign.
        title: What the analyst calls it.
        verdict: ``confirmed`` or ``dismissed``.
        kind: Kind of key.
        values: Values that are nobody's own, by name.
        key: Keyed hash of kind and values, for cells with values that are somebody's own; None otherwise.
        until: When the ruling runs out.
        by: Who ruled.
    """

    campaign: str
    title: str
    verdict: Verdict
    kind: str
    values: Mapping[str, str]
    key: int | None
    until: datetime | None
    by: str

    def __post_init__(self) -> None:
        if self.kind not in KIND:
            raise ConfigurationError(f"a signature has kind {self.kind[:60]!r}; this version does not know it")
        if self.verdict not in get_args(Verdict):
            raise ConfigurationError(f"a signature has verdict {self.verdict[:20]!r}; use confirmed or dismissed")
        if self.until is not None and self.until.tzinfo is None:
            raise ConfigurationError("a signature ends at a time without an offset; give RFC 3339 with one")

    @property
    def words(self) -> str:
        """Say the cell."""
        return cell_in_words(self.kind, self.values)

    @property
    def is_private(self) -> bool:
        """Say whether it has a value that is somebody's own, known by its keyed hash only."""
        return bool(PRIVATE & set(KIND[self.kind].values))

    def key_under(self, hasher: Hasher) -> int | None:
        """Return the key under a secret; None if it cannot be told."""
        return self.key if self.is_private else key_of(self.kind, self.values, hasher)

    def to_dict(self) -> dict[str, Any]:
        """Return the signature as JSON values."""
        return {
            "campaign": self.campaign,
            "title": self.title,
            "verdict": self.verdict,
            "kind": self.kind,
            "values": dict(self.values),
            "key": self.key,
            "until": None if self.until is None else self.until.isoformat(),
            "by": self.by,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class SignatureList:
    """Hold the rulings that assessments honour.

    Attributes:
        version: Counts up with every change.
        signatures: The rulings.
        secret_check: Mark of the secret under which keys of private values were made.

    Examples:
        >>> SignatureList(1, ()).to_json().startswith('{')
        True
    """

    version: int
    signatures: tuple[Signature, ...]
    secret_check: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.version, int) or isinstance(self.version, bool) or self.version < 1:
            raise ConfigurationError(f"the list has version {str(self.version)[:20]!r}; give a whole number from 1")

    def to_json(self) -> str:
        """Return the list as JSON."""
        told = {
            "format": FORMAT,
            "version": self.version,
            "secret_check": self.secret_check,
            "signatures": [signature.to_dict() for signature in self.signatures],
        }
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a list.

        Raises:
            ConfigurationError: It is no such list, or of another version.
        """
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise ConfigurationError(f"the signatures have format {told['format']!r}; this version reads {FORMAT}")
            return cls(told["version"], tuple(map(_signature, told["signatures"])), told["secret_check"])
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            if isinstance(problem, ConfigurationError):
                raise
            raise ConfigurationError(
                f"the signatures cannot be read ({type(problem).__name__}: {str(problem)[:60]}); "
                "write them with: signup-risk review FILE signatures"
            ) from None

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file of signatures.

        Raises:
            ConfigurationError: It cannot be read, is too large or is no such list.
        """
        try:
            if Path(path).stat().st_size > _MOST_BYTES:
                raise ConfigurationError(f"{path} is larger than {_MOST_BYTES >> 20} MB; drop what has run out")
            return cls.from_json(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigurationError(f"{path} cannot be read ({type(problem).__name__}); check the path") from None

    def records(self, hasher: Hasher) -> tuple[CampaignRecord, ...]:
        """Return the campaigns that the list makes known under a secret.

        Cells of private values made under another secret mean nothing. They are left out, and the log says so.
        """
        found: dict[str, CampaignRecord] = {}
        foreign = 0 if self.secret_check == hasher.check() else sum(one.is_private for one in self.signatures)
        if foreign:
            _LOG.warning(
                "%d of %d signatures were made under another secret and never match here; set SIGNUP_RISK_SECRET to "
                "the one under which they were made",
                foreign,
                len(self.signatures),
            )
        for signature in self.signatures:
            key = signature.key_under(hasher)
            if key is None or (foreign and signature.is_private):
                continue
            record = found.setdefault(signature.campaign, _record(signature))
            record.cells[key] = Cell(signature.kind, key, dict(signature.values), 0.0)
            record.vouched.add(key)
        return tuple(found.values())


def _record(signature: Signature) -> CampaignRecord:
    until = None if signature.until is None else round((signature.until - _EPOCH).total_seconds() * 1_000_000)
    record = CampaignRecord(signature.campaign, 0, 0, 0, title=signature.title)
    record.ruling, record.until = signature.verdict, until
    return record


def _signature(told: Mapping[str, Any]) -> Signature:
    until = told["until"]
    values = {str(name): str(value) for name, value in told["values"].items()}
    return Signature(
        campaign=str(told["campaign"]),
        title=str(told["title"]),
        verdict=told["verdict"],
        kind=str(told["kind"]),
        values=values,
        key=None if told["key"] is None else int(told["key"]),
        until=None if until is None else datetime.fromisoformat(until),
        by=str(told["by"]),
    )
