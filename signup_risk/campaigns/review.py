"""Let an analyst confirm, dismiss, name, merge and split campaigns, act on them and take it back.

Every function returns a new report with the ruling on its record; nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from signup_risk.campaigns import action
from signup_risk.campaigns.action import ActionRecord, Caps, CellShare, Preview
from signup_risk.campaigns.campaign import QUIET_AFTER
from signup_risk.campaigns.found import FoundCampaign, FoundCell
from signup_risk.campaigns.report import CampaignReport, RulingRecord
from signup_risk.campaigns.signatures import Signature, SignatureList, Verdict
from signup_risk.campaigns.texts import checked_days, cleaned, counted, who
from signup_risk.campaigns.words import PRIVATE
from signup_risk.errors import ConfigurationError
from signup_risk.features.kinds import KIND
from signup_risk.results import DecisionName

#: For how long a confirmation holds unless the analyst says otherwise: farms change their ways in weeks.
DAYS: int = 30


def confirm(  # noqa: PLR0913 - who rules what, when, for how long and why
    report: CampaignReport, campaign: str, *, by: str, at: datetime, days: float = DAYS, note: str = ""
) -> CampaignReport:
    """Confirm a campaign: its cells that hardly anybody else falls in become signatures for so many days.

    What will be honoured and what will not says :func:`reach`; who of the members is known to be legitimate,
    :func:`preview`.

    Raises:
        ConfigurationError: There is no such campaign, or an argument cannot be used.
    """
    until = at + timedelta(days=checked_days(days))
    found = replace(report.campaign(campaign), status="confirmed")
    ruling = RulingRecord(at, by, "confirm", campaign, note, until)
    return _changed(report, [campaign], [found], ruling)


def dismiss(report: CampaignReport, campaign: str, *, by: str, at: datetime, note: str = "") -> CampaignReport:
    """Dismiss a campaign: its cells do not raise it again."""
    found = replace(report.campaign(campaign), status="dismissed")
    return _changed(report, [campaign], [found], RulingRecord(at, by, "dismiss", campaign, note))


def restore(report: CampaignReport, campaign: str, *, by: str, at: datetime, note: str = "") -> CampaignReport:
    """Take a confirmation or dismissal back.

    Raises:
        ConfigurationError: There is no such campaign, or it was neither confirmed nor dismissed.
    """
    ruled = report.campaign(campaign)
    if ruled.status not in {"confirmed", "dismissed"}:
        raise ConfigurationError(f"campaign {ruled.id} was neither confirmed nor dismissed; nothing is to take back")
    is_quiet = report.last_at is not None and report.last_at - ruled.last_seen > timedelta(microseconds=QUIET_AFTER)
    found = replace(ruled, status="quiet" if is_quiet else "open")
    return _changed(report, [campaign], [found], RulingRecord(at, by, "restore", campaign, note))


def name(report: CampaignReport, campaign: str, title: str, *, by: str, at: datetime) -> CampaignReport:
    """Give a campaign a title."""
    said = cleaned("title", title)
    found = replace(report.campaign(campaign), title=said)
    return _changed(report, [campaign], [found], RulingRecord(at, by, "name", campaign, said))


def merge(report: CampaignReport, into: str, other: str, *, by: str, at: datetime) -> CampaignReport:
    """Make two campaigns one; the first keeps its id."""
    if into == other:
        raise ConfigurationError(f"campaign {into[:40]} cannot be merged with itself; name two")
    first, second = report.campaign(into), report.campaign(other)
    known = {cell.key for cell in first.cells}
    whole = replace(
        first,
        cells=(*first.cells, *(cell for cell in second.cells if cell.key not in known)),
        members=tuple(sorted((*first.members, *second.members), key=lambda member: (member.at, member.signup_id))),
        shared=tuple(dict.fromkeys((*first.shared, *second.shared))),
        first_seen=min(first.first_seen, second.first_seen),
        last_seen=max(first.last_seen, second.last_seen),
    )
    return _changed(report, [into, other], [whole], RulingRecord(at, by, "merge", into, f"with {other}"))


def split(
    report: CampaignReport, campaign: str, cells: Collection[int], *, by: str, at: datetime
) -> CampaignReport:
    """Make a campaign of some cells of another and of the members that came through them.

    Args:
        report: The report.
        campaign: Id of the campaign.
        cells: Numbers of the cells, counted from one as the report lists them.
        by: Who rules.
        at: When.
    """
    whole = report.campaign(campaign)
    wanted = set(cells)
    if not wanted or not wanted < set(range(1, len(whole.cells) + 1)):
        raise ConfigurationError(
            f"cells {sorted(wanted)} cannot be split off campaign {campaign}, which has 1 to {len(whole.cells)}; "
            "name some of them, not all"
        )
    taken = tuple(cell for number, cell in enumerate(whole.cells, start=1) if number in wanted)
    left = tuple(cell for number, cell in enumerate(whole.cells, start=1) if number not in wanted)
    keys = {cell.key for cell in taken}
    part = replace(
        whole,
        id=_free_id(report, campaign),
        title="",
        cells=taken,
        members=tuple(member for member in whole.members if member.via in keys),
    )
    rest = replace(whole, cells=left, members=tuple(member for member in whole.members if member.via not in keys))
    ruling = RulingRecord(at, by, "split", campaign, f"into {campaign} and {part.id}")
    return _changed(report, [campaign], [_spanned(rest), _spanned(part)], ruling)


def preview(report: CampaignReport, campaign: str, caps: Caps | None = None) -> Preview:
    """Say whom an action on a campaign would concern, as earlier actions left them.

    See :func:`signup_risk.campaigns.action.preview`.
    """
    found = report.campaign(campaign)
    left = report.standing()
    members = tuple(replace(one, decision=left.get(one.signup_id, one.decision)) for one in found.members)
    now = replace(found, members=members)
    return action.preview(now, traffic=report.signups, known_good=report.known_good, caps=caps)


def act(  # noqa: PLR0913 - who does what to whom, when, why and within what
    report: CampaignReport,
    campaign: str,
    decision: DecisionName,
    *,
    by: str,
    reason: str,
    at: datetime,
    caps: Caps | None = None,
) -> tuple[CampaignReport, ActionRecord]:
    """Act on a campaign within caps; returns the report with the record, and the record."""
    seen = preview(report, campaign, caps)
    record = action.act(seen, decision, by=by, reason=reason, at=at, number=len(report.actions) + 1)
    return replace(report, actions=(*report.actions, record)), record


def undo(
    report: CampaignReport, done: str, *, by: str, reason: str, at: datetime
) -> tuple[CampaignReport, ActionRecord]:
    """Take an action back; returns the report with the record, and the record.

    Raises:
        ConfigurationError: There is no such action, it was taken back already, or a later one still stands on some of
            the same accounts, which would be left as that one never found them.
    """
    record = report.action(done)
    if any(one.undoes == record.id for one in report.actions):
        raise ConfigurationError(f"{record.id} was taken back already")
    for later in reversed(report.still_standing()):
        common = {change[0] for change in record.changes} & {change[0] for change in later.changes}
        if later.id == record.id:
            break
        if common and record.undoes is None:
            raise ConfigurationError(
                f"{later.id} still stands on {counted(len(common), 'account')} of {record.id}; take that back first"
            )
    back = action.undo(record, by=by, reason=reason, at=at, number=len(report.actions) + 1)
    return replace(report, actions=(*report.actions, back)), back


def reach(report: CampaignReport, campaign: str, caps: Caps | None = None) -> dict[int, CellShare]:
    """Say how far the cells of a campaign reach, by their keys; see :func:`signatures` for what follows from it."""
    return action.reach(report.campaign(campaign), traffic=report.signups, caps=caps)


def signatures(
    report: CampaignReport, version: int = 1, *, caps: Caps | None = None, wide: bool = False
) -> SignatureList:
    """Return the list that assessments honour: the cells of confirmed and dismissed campaigns.

    A confirmed cell makes whoever falls in it a likely member, so one that may not act alone, or in which more than a
    few others fall beside members, is left out. A dismissed one only keeps a campaign from being raised again, and is
    told whatever its reach.

    Args:
        report: The report.
        version: Number of the list, from 1; count it up with every change.
        caps: What may not be exceeded; the default caps if not given.
        wide: Whether to tell confirmed cells that too many others fall in as well.

    Raises:
        ConfigurationError: The version is not possible.
    """
    found: list[Signature] = []
    for campaign in report.campaigns:
        if campaign.status not in {"confirmed", "dismissed"}:
            continue
        reaches = reach(report, campaign.id, caps)
        is_told = wide or campaign.status == "dismissed"
        cells = [cell for cell in campaign.cells if is_told or reaches[cell.key].is_honoured]
        ruled = [one for one in report.rulings if one.campaign == campaign.id and one.what in {"confirm", "dismiss"}]
        found += (_signature(campaign, cell, ruled[-1]) for cell in cells)
    return SignatureList(version, tuple(found), report.secret_check)


def _signature(campaign: FoundCampaign, cell: FoundCell, ruling: RulingRecord) -> Signature:
    key = cell.key if PRIVATE & set(KIND[cell.kind].values) else None
    verdict: Verdict = "confirmed" if campaign.status == "confirmed" else "dismissed"
    return Signature(campaign.id, campaign.title, verdict, cell.kind, cell.values, key, ruling.until, ruling.by)


def _changed(
    report: CampaignReport, gone: Collection[str], new: Collection[FoundCampaign], ruling: RulingRecord
) -> CampaignReport:
    ruling = replace(ruling, by=who(ruling.by), note=cleaned("note", ruling.note))
    kept = [one for one in report.campaigns if one.id not in gone]
    campaigns = sorted((*kept, *new), key=lambda one: (one.opened_at, len(one.id), one.id))
    return replace(report, campaigns=tuple(campaigns), rulings=(*report.rulings, ruling))


def _spanned(campaign: FoundCampaign) -> FoundCampaign:
    if not campaign.members:
        return campaign
    return replace(campaign, first_seen=campaign.members[0].at, last_seen=campaign.members[-1].at)


def _free_id(report: CampaignReport, campaign: str) -> str:
    taken = {one.id for one in report.campaigns}
    number = 2
    while f"{campaign}.{number}" in taken:
        number += 1
    return f"{campaign}.{number}"
