"""Say in text what a report of campaigns holds and what an analyst's ruling or action did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signup_risk.campaigns import review
from signup_risk.campaigns.action import ACTIONS, Caps, CellShare, Preview
from signup_risk.campaigns.found import FoundCampaign, FoundCell, told_apart
from signup_risk.campaigns.report import CampaignReport, RulingRecord
from signup_risk.campaigns.texts import counted, printable
from signup_risk.cli.table import aligned

#: Campaigns printed; the file holds all.
_PRINTED: Final = 20

NO_LABELS: Final = "no labels: known good cannot be counted"


def shown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table in which a terminal obeys nothing."""
    return aligned([[printable(cell) for cell in row] for row in rows])


def summary(report: CampaignReport) -> str:
    """Return the largest campaigns as a table, under a line that says how many there are."""
    largest = sorted(report.campaigns, key=lambda one: -one.size)[:_PRINTED]
    synthetic = " (marks from a model trained on synthetic traffic)" if report.synthetic else ""
    head = f"{counted(len(report.campaigns), 'campaign')} among {counted(report.signups, 'sign-up')}{synthetic}"
    if not largest:
        return head
    rows = [("id", "title", "status", "members", "first seen", "known by")]
    rows += [
        (one.id, one.title or "-", one.status, f"{one.size:,}", f"{one.first_seen:%Y-%m-%d %H:%M}", one.signature)
        for one in largest
    ]
    return f"{head}\n{shown(rows)}"


def campaign_text(report: CampaignReport, found: FoundCampaign) -> str:
    """Say all of one campaign but who its members are: rulings, actions, what is shared, combinations."""
    state = f"{found.status}, {counted(found.size, 'member')}, suggested: {found.suggested}"
    lines = [f"{f'{found.id} {found.title}'.rstrip()}: {state}"]
    lines += [_ruled(ruling) for ruling in report.rulings if ruling.campaign == found.id]
    undone = {one.undoes: one.id for one in report.actions if one.undoes}
    for one in report.actions:
        if one.campaign == found.id:
            what = f"takes {one.undoes} back" if one.undoes else f"changes {counted(len(one.changes), 'account')}"
            back = f", taken back by {undone[one.id]}" if one.id in undone else ""
            lines.append(f"  {one.id} by {one.by} on {one.at:%Y-%m-%d %H:%M} {what}{back}: {one.reason}")
    lines += [f"  {text}" for text in found.shared]
    rows = [("n", "combination", "members", "all sign-ups", "bits")]
    rows += [
        (str(number), words, f"{cell.members:,}", f"{cell.total:,}", f"{cell.bits:.0f}")
        for number, (cell, words) in enumerate(zip(found.cells, told_apart(found.cells), strict=True), start=1)
    ]
    return "\n".join([*map(printable, lines), shown(rows)])


def _ruled(ruling: RulingRecord) -> str:
    end = f", until {ruling.until:%Y-%m-%d %H:%M}" if ruling.until else ""
    note = f": {ruling.note}" if ruling.note else ""
    return f"  {ruling.what} by {ruling.by} on {ruling.at:%Y-%m-%d %H:%M}{end}{note}"


def preview_text(seen: Preview, cells: Sequence[FoundCell], *, labelled: bool) -> str:
    """Say what an action would do, first of all whether it is refused.

    Args:
        seen: The preview.
        cells: The cells of the campaign, in the same order.
        labelled: Whether anybody was labelled legitimate.
    """
    lines = [f"refused: {text}" for text in seen.objections]
    if not labelled:
        lines.append(NO_LABELS)
    could = "could be acted on" if not seen.objections else "could be acted on if it were not refused"
    lines.append(f"{counted(len(seen.affected), 'member')} of {seen.campaign} {could}")
    for decision in ACTIONS:
        change = len(seen.changed(decision))
        lines.append(f"  {decision}: {change:,} change, {len(seen.affected) - change:,} are so already or stricter")
    lines += [f"  withheld: {count:,}, {reason}" for reason, count in seen.withheld.items()]
    rows = [("combination", "members", "all sign-ups", "share outside", "acts alone")]
    for words, cell in zip(told_apart(cells), seen.cells, strict=True):
        alone = "yes" if cell.acts_alone else "no"
        rows.append((words, f"{cell.members:,}", f"{cell.total:,}", f"{cell.outside_share:.3%}", alone))
    return "\n".join([*map(printable, lines), shown(rows)])


def honoured_text(
    report: CampaignReport, found: FoundCampaign, caps: Caps | None = None, *, wide: bool = False
) -> str:
    """Say which combinations of a confirmed campaign a scorer will honour, and how many outsiders each reaches.

    Args:
        report: The report.
        found: The campaign.
        caps: What may not be exceeded.
        wide: Whether those beyond it are honoured all the same.
    """
    reaches = review.reach(report, found.id, caps)
    ours = [(reaches[cell.key], words) for cell, words in zip(found.cells, told_apart(found.cells), strict=True)]
    told = [one for one in ours if wide or one[0].is_honoured]
    left = [one for one in ours if not (wide or one[0].is_honoured)]
    lines = [f"{found.id}: {counted(len(told), 'combination')} honoured, {len(left):,} not"]
    lines += [f"  honoured: {_reaching(*one)}" for one in told]
    lines += [f"  not honoured, too many others fall in it: {_reaching(*one)}" for one in left]
    lines += objections(report, found)
    return printable_lines(lines)


def _reaching(cell: CellShare, words: str) -> str:
    if not cell.total:
        return f"{words}: how many outside it reaches is not known"
    return f"{words}: reaches {cell.outside:,} outside the campaign beside {counted(cell.members, 'member')}"


def objections(report: CampaignReport, found: FoundCampaign) -> list[str]:
    """Say what speaks against a confirmation: members known to be legitimate, or that nobody can know of any."""
    if not report.labelled:
        return [f"  {NO_LABELS}"]
    good = sum(member.signup_id in report.known_good for member in found.members)
    said = "is" if good == 1 else "are"
    return [f"  objection: {good:,} of {counted(found.size, 'member')} {said} known to be legitimate"] if good else []


def printable_lines(lines: Sequence[str]) -> str:
    """Return lines of which none holds anything that a terminal would obey."""
    return "\n".join(map(printable, lines))
