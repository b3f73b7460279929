"""Hold the campaigns of a history in one file: what was found, what analysts ruled, what was done and undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from signup_risk.campaigns.action import ActionRecord
from signup_risk.campaigns.found import FoundCampaign
from signup_risk.errors import ConfigurationError

#: Version of the file; another is refused.
FORMAT: Final = 1

#: Characters of an id that an error shows.
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class RulingRecord:
    """Hold one ruling, for the record.

    Attributes:
        at: When.
        by: Who.
        what: What was ruled.
        campaign: Id of the campaign.
        note: Why, or what belongs to it.
        until: When a confirmation runs out.
    """

    at: datetime
    by: str
    what: str
    campaign: str
    note: str = ""
    until: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the ruling as JSON values."""
        until = None if self.until is None else self.until.isoformat()
        return {
            "at": self.at.isoformat(),
            "by": self.by,
            "what": self.what,
            "campaign": self.campaign,
            "note": self.note,
            "until": until,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a ruling."""
        until = None if told["until"] is None else datetime.fromisoformat(told["until"])
        at = datetime.fromisoformat(told["at"])
        return cls(at, told["by"], told["what"], told["campaign"], told["note"], until)


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """Hold the campaigns of a history.

    Attributes:
        signups: Sign-ups read.
        first_at: Time of the first; None without any.
        last_at: Time of the last.
        model: Name and version of the model whose scores made the marks.
        synthetic: Whether that model was trained on simulated traffic.
        secret_check: Mark of the secret under which keys were made.
        campaigns: The campaigns, in the order in which they opened.
        known_good: Ids of members that are labelled legitimate.
        rulings: What analysts ruled, oldest first.
        actions: What was done and undone, oldest first.
        labelled: Whether any sign-up was labelled legitimate; if not, known good members cannot be counted.
    """

    signups: int
    first_at: datetime | None
    last_at: datetime | None
    model: str
    synthetic: bool
    secret_check: str
    campaigns: tuple[FoundCampaign, ...]
    known_good: frozenset[str] = frozenset()
    rulings: tuple[RulingRecord, ...] = ()
    actions: tuple[ActionRecord, ...] = ()
    labelled: bool = False

    def campaign(self, wanted: str) -> FoundCampaign:
        """Return a campaign by its id.

        Raises:
            ConfigurationError: There is none of that id.
        """
        for campaign in self.campaigns:
            if campaign.id == wanted:
                return campaign
        for ruling in reversed(self.rulings):
            if ruling.what == "merge" and ruling.note == f"with {wanted}":
                told = f"campaign {wanted[:_SHOWN]} was merged into {ruling.campaign[:_SHOWN]} on {ruling.at:%Y-%m-%d}"
                raise ConfigurationError(f"{told} by {ruling.by}; give that id")
        known = ", ".join(campaign.id[:_SHOWN] for campaign in self.campaigns[:10]) or "none"
        raise ConfigurationError(f"campaign {wanted[:_SHOWN]!r} is not in the report; it holds {known}")

    def action(self, wanted: str) -> ActionRecord:
        """Return an action by its id.

        Raises:
            ConfigurationError: There is none of that id.
        """
        for action in self.actions:
            if action.id == wanted:
                return action
        known = ", ".join(action.id[:_SHOWN] for action in self.actions[-10:]) or "none"
        raise ConfigurationError(f"action {wanted[:_SHOWN]!r} is not in the report; it holds {known}")

    def still_standing(self) -> tuple[ActionRecord, ...]:
        """Return the actions that nobody took back, oldest first."""
        undone = {action.undoes for action in self.actions}
        return tuple(action for action in self.actions if action.undoes is None and action.id not in undone)

    def standing(self) -> dict[str, str]:
        """Return the decisions that actions and their undoing left, by the id of the sign-up."""
        return {signup_id: after for action in self.actions for signup_id, _, after in action.changes}

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "format": FORMAT,
            "signups": self.signups,
            "first_at": None if self.first_at is None else self.first_at.isoformat(),
            "last_at": None if self.last_at is None else self.last_at.isoformat(),
            "model": self.model,
            "synthetic": self.synthetic,
            "secret_check": self.secret_check,
            "campaigns": [campaign.to_dict() for campaign in self.campaigns],
            "known_good": sorted(self.known_good),
            "rulings": [ruling.to_dict() for ruling in self.rulings],
            "actions": [action.to_dict() for action in self.actions],
            "labelled": self.labelled,
        }

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a report from a file, as ``signup-risk campaigns`` writes it.

        Raises:
            ConfigurationError: The file cannot be read or holds no report.
        """
        try:
            told = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as problem:
            raise ConfigurationError(
                f"{path} cannot be read as JSON ({type(problem).__name__}); check the path"
            ) from None
        return cls.from_dict(told)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a report.

        Raises:
            ConfigurationError: It is no such report, or of another version.
        """
        try:
            if told["format"] != FORMAT:
                raise ConfigurationError(f"the report has format {told['format']!r}; this version reads {FORMAT}")
            return cls(
                signups=told["signups"],
                first_at=_moment(told["first_at"]),
                last_at=_moment(told["last_at"]),
                model=told["model"],
                synthetic=told["synthetic"],
                secret_check=told["secret_check"],
                campaigns=tuple(map(FoundCampaign.from_dict, told["campaigns"])),
                known_good=frozenset(told["known_good"]),
                rulings=tuple(map(RulingRecord.from_dict, told["rulings"])),
                actions=tuple(map(ActionRecord.from_dict, told["actions"])),
                labelled=bool(told.get("labelled", told["known_good"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            if isinstance(problem, ConfigurationError):
                raise
            raise ConfigurationError(
                f"this is no report of campaigns ({type(problem).__name__}: {str(problem)[:60]}); "
                "make one with: signup-risk campaigns HISTORY -o FILE"
            ) from None


def read_report(path: str | Path) -> CampaignReport:
    """Read a report from a file; see :meth:`CampaignReport.read`."""
    return CampaignReport.read(path)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
