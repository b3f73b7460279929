"""Make a page from assessments, one line after another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.shapes import LEGEND
from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.files.records import BadLine, Payload, object_of
from signup_risk.model import bundled_model_path
from signup_risk.model.artefact import MANIFEST
from signup_risk.report.assessed import LONGEST, MOST_REASONS, ToldCampaign, bounded, read_assessed
from signup_risk.report.campaigns import cells_in_words
from signup_risk.report.document import document
from signup_risk.report.kept import Kept
from signup_risk.report.measures import Judged
from signup_risk.report.outcomes import NOTHING, Outcomes
from signup_risk.report.page import page
from signup_risk.report.totals import Totals
from signup_risk.training.simulated import simulated_count

#: Sign-ups that a page holds one by one, unless it is told otherwise: about 4 MB with all their reasons.
ROWS: Final = 10_000
#: More than this makes a page that opens slowly and that no mail carries.
MOST_ROWS: Final = 100_000
# As the explanations of a model that was trained on simulated traffic say what is usual.
_SIMULATED: Final = "simulated legitimate"
#: Longest note on top of a page, in characters: some five pages of a book.
LONGEST_NOTE: Final = 10_000


class PageBuilder:
    """Collect assessments and write the page that shows them.

    Memory grows with the rows that the page holds; beyond those, with what is labelled, some forty bytes each.

    Attributes:
        totals: Counts over all of them so far.
        bad: Lines that could not be read.

    Examples:
        >>> builder = PageBuilder("May")
        >>> builder.add(1, b'{"signup_id": "a", "at": "2026-05-01T12:00:00Z", "decision": "allow"}')
        >>> builder.add(2, b"[]").reason
        'a list of length 0 instead of an object; write one object a line'
        >>> builder.totals.decisions, builder.html()[:15]
        ([1, 0, 0, 0], b'<!doctype html>')
    """

    def __init__(
        self,
        title: str,
        *,
        rows: int = ROWS,
        outcomes: Outcomes | None = None,
        campaigns: CampaignReport | None = None,
        note: str = "",
    ) -> None:
        """Begin an empty page.

        Args:
            title: Its heading.
            rows: How many sign-ups it holds one by one.
            outcomes: Labels and groups from a history.
            campaigns: Campaigns that were found in a history, in place of those that the assessments tell.
            note: What is to be read first: plain text, of which empty lines part paragraphs.

        Raises:
            ConfigurationError: The note is too long.
        """
        self._note = _checked(note)
        self._title = bounded(title)
        self._outcomes = outcomes
        self._campaigns = campaigns
        self._members = {} if campaigns is None else _members(campaigns)
        self._kept = Kept(rows)
        self._judged = Judged()
        self._says_simulated = campaigns is not None and campaigns.synthetic
        self.totals = Totals()
        self.bad = 0

    def add(self, number: int, payload: Payload) -> BadLine | None:
        """Take a line of assessments; return what is wrong with it, if something is.

        Args:
            number: Its number in the file.
            payload: What a reader of the file found there.
        """
        told = object_of(payload) if isinstance(payload, bytes) else payload
        one = told if isinstance(told, BadLine) else read_assessed(number, told)
        if isinstance(one, BadLine):
            self.bad += 1
            return one
        if self._campaigns is not None:
            one = replace(one, campaign=self._members.get(one.signup_id or ""))
        known = NOTHING if self._outcomes is None else self._outcomes.of(one.signup_id)
        self.totals.add(one, known)
        self._judged.add(one, known)
        self._kept.add(one, known)
        self._says_simulated = self._says_simulated or any(_SIMULATED in reason.text for reason in one.reasons)
        return None

    def kept(self) -> int:
        """Return how many sign-ups the page holds one by one."""
        return self._kept.seen - self._kept.left_out

    def html(self) -> bytes:
        """Return the page."""
        facts = {
            "bad": self.bad,
            "note": self._note,
            "legend": LEGEND,
            "longest": LONGEST,
            "mostReasons": MOST_REASONS,
            "campaignSource": "assessments" if self._campaigns is None else "report",
            "synthetic": {
                "model": self._says_simulated or any(map(_is_bundled_synthetic, self.totals.models)),
                "signups": simulated_count(list(self.totals.groups)) > 0,
            },
            "history": self._history(),
            "measures": self._judged.measured() if self._judged.labels else None,
        }
        return page(document(self.totals, self._kept, facts), self._title)

    def _history(self) -> dict[str, int] | None:
        found = self._outcomes
        if found is None:
            return None
        return {
            "read": found.read,
            "nameless": found.nameless,
            "joined": found.joined,
            "labelled": len(self._judged.labels),
        }


def page_of(  # noqa: PLR0913 - what is shown, how much of it, and beside what
    assessments: Iterable[Mapping[str, Any]],
    title: str = "Sign-up risk report",
    *,
    rows: int = ROWS,
    history: Iterable[Signup] = (),
    campaigns: CampaignReport | None = None,
    note: str = "",
) -> bytes:
    """Return the page of assessments as HTML, to be written to a file that ends in .html.

    Args:
        assessments: What ``Assessment.to_dict`` returns, or lines of ``signup-risk score`` read as JSON.
        title: Heading of the page.
        rows: How many sign-ups it holds one by one.
        history: The sign-ups, with label and group.
        campaigns: Campaigns that were found in a history.
        note: What is to be read first: plain text, of which empty lines part paragraphs.

    Raises:
        ConfigurationError: One of the assessments is none, or the note is too long.

    Examples:
        >>> page = page_of([{"signup_id": "a", "at": "2026-05-01T12:00:00Z", "decision": "block"}], title="May")
        >>> b"<title>May</title>" in page, b'"id":["a"]' in page
        (True, True)
    """
    outcomes = Outcomes(history)
    known = outcomes if outcomes.read else None
    builder = PageBuilder(title, rows=rows, outcomes=known, campaigns=campaigns, note=note)
    for number, told in enumerate(assessments, 1):
        problem = builder.add(number, told)
        if problem is not None:
            raise ConfigurationError(f"assessment {number}: {problem.reason}")
    return builder.html()


def _checked(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise ConfigurationError(
            f"the note has {len(note):,} characters; a page takes {LONGEST_NOTE:,}, so give a shorter one"
        )
    return "\n".join(line.rstrip() for line in note.splitlines()).strip()


def _members(report: CampaignReport) -> dict[str, ToldCampaign]:
    """Return the campaign of each member; of several that it is in, the first."""
    found: dict[str, ToldCampaign] = {}
    for campaign in report.campaigns:
        told = _told(campaign)
        for member in campaign.members:
            found.setdefault(member.signup_id, told)
    return found


def _told(campaign: FoundCampaign) -> ToldCampaign:
    return ToldCampaign(
        id=bounded(campaign.id),
        title=bounded(campaign.title or ""),
        status=campaign.status,
        size=campaign.size,
        first_seen=_milliseconds(campaign.first_seen),
        signature=bounded(campaign.signature),
        shared=tuple(map(bounded, campaign.shared)),
        cells=tuple(map(bounded, cells_in_words(campaign))),
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _is_bundled_synthetic(model: tuple[str, str, str]) -> bool:
    """Tell whether a model is the one that comes with the package, which says of itself that it is synthetic."""
    told: dict[str, Any] = json.loads((bundled_model_path() / MANIFEST).read_text(encoding="utf-8"))
    return bool(told["synthetic"]) and model == (told["name"], told["version"], told["fingerprint"])
