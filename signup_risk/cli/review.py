"""Rule on the campaigns of a report, act on them and take it back: ``signup-risk review``."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from signup_risk.campaigns import review
from signup_risk.campaigns.action import ACTIONS, ActionRecord, Caps, Preview
from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.report import CampaignReport, read_report
from signup_risk.cli.campaigns import summary
from signup_risk.cli.event_files import scratch_file
from signup_risk.cli.table import aligned

_ABOUT: Final = """\
Shows the report that signup-risk campaigns wrote, and changes it: every ruling and every action is kept on its record.
An action on a campaign writes which sign-ups it concerns; carrying it out is for the service that owns the accounts.

exit status: 0 done, 2 refused, with the reason"""


def add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "review",
        help="rule on the campaigns of a report",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", metavar="REPORT", help="report of signup-risk campaigns")
    parser.add_argument("--by", metavar="WHO", default=_user(), help="who rules, for the record (default: the user)")
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    _add(actions, "list", "show the campaigns", _list)
    shown = _add(actions, "show", "show one campaign with its combinations", _show)
    confirmed = _add(actions, "confirm", "confirm a campaign", _confirm)
    dismissed = _add(actions, "dismiss", "say that it is none", _dismiss)
    restored = _add(actions, "restore", "take a confirmation or dismissal back", _restore)
    named = _add(actions, "name", "give it a title", _name)
    merged = _add(actions, "merge", "make two campaigns one", _merge)
    parted = _add(actions, "split", "make a campaign of some combinations", _split)
    previewed = _add(actions, "preview", "say whom an action would concern", _preview)
    acted = _add(actions, "act", "act on a campaign, within caps", _act)
    for one in (shown, confirmed, dismissed, restored, named, merged, parted, previewed, acted):
        one.add_argument("campaign", metavar="ID", help="id of the campaign")
    confirmed.add_argument("--days", type=float, default=review.DAYS, help="for how long (default: %(default)s)")
    for one in (confirmed, dismissed, restored):
        one.add_argument("--note", default="", help="why, for the record")
    named.add_argument("title", metavar="TITLE")
    merged.add_argument("other", metavar="OTHER", help="id of the campaign that becomes part of the first")
    parted.add_argument("cells", metavar="N", type=int, nargs="+", help="numbers of combinations, as show lists them")
    for one in (previewed, acted):
        one.add_argument("--outside-share", type=float, default=Caps().outside_share, help="cap (default: %(default)s)")
        one.add_argument("--known-good", type=int, default=Caps().known_good, help="cap (default: %(default)s)")
    acted.add_argument("decision", choices=ACTIONS, help="what becomes of the members")
    acted.add_argument("--reason", required=True, help="why, for the record")
    undone = _add(actions, "undo", "take an action back", _undo)
    undone.add_argument("action", metavar="ACTION_ID", help="id of the action")
    undone.add_argument("--reason", required=True, help="why, for the record")
    listed = _add(actions, "signatures", "write what assessments honour", _signatures)
    listed.add_argument("-o", "--output", metavar="FILE", required=True, help="file to write")
    listed.add_argument("--version", type=int, default=1, help="version of the list (default: %(default)s)")


def _add(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace, CampaignReport], CampaignReport],
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.set_defaults(run=lambda options: _run(options, run))
    return parser


def _run(options: argparse.Namespace, run: Callable[[argparse.Namespace, CampaignReport], CampaignReport]) -> int:
    report = read_report(options.report)
    changed = run(options, report)
    if changed is not report:
        with scratch_file(Path(options.report)) as stream:
            stream.write((json.dumps(changed.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())
    return 0


def _list(_: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    print(summary(report))
    return report


def _show(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    campaign = report.campaign(options.campaign)
    print(f"{campaign.id} {campaign.title}".rstrip(), _state(campaign), sep=": ")
    for text in campaign.shared:
        print(f"  {text}")
    rows = [("n", "combination", "members", "all sign-ups", "bits")]
    rows += [
        (str(number), cell.words, f"{cell.members:,}", f"{cell.total:,}", f"{cell.bits:.0f}")
        for number, cell in enumerate(campaign.cells, start=1)
    ]
    print(aligned(rows))
    return report


def _state(campaign: FoundCampaign) -> str:
    return f"{campaign.status}, {campaign.size:,} members, suggested: {campaign.suggested}"


def _confirm(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.confirm(
        report, options.campaign, by=options.by, at=_now(), days=options.days, note=options.note
    )


def _dismiss(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.dismiss(report, options.campaign, by=options.by, at=_now(), note=options.note)


def _restore(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.restore(report, options.campaign, by=options.by, at=_now(), note=options.note)


def _name(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.name(report, options.campaign, options.title, by=options.by, at=_now())


def _merge(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.merge(report, options.campaign, options.other, by=options.by, at=_now())


def _split(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    return review.split(report, options.campaign, options.cells, by=options.by, at=_now())


def _preview(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    print(preview_text(review.preview(report, options.campaign, _caps(options))))
    return report


def preview_text(seen: Preview) -> str:
    """Say what an action would do."""
    decided = ", ".join(f"{count:,} {decision}" for decision, count in seen.decided.items()) or "nobody"
    lines = [f"{len(seen.affected):,} members of {seen.campaign} would be acted on (now: {decided})"]
    lines += [f"  withheld: {count:,}, {reason}" for reason, count in seen.withheld.items()]
    rows = [("combination", "members", "all sign-ups", "share outside", "acts alone")]
    rows += [
        (
            cell.words,
            f"{cell.members:,}",
            f"{cell.total:,}",
            f"{cell.outside_share:.3%}",
            "yes" if cell.acts_alone else "no",
        )
        for cell in seen.cells
    ]
    return "\n".join([*lines, aligned(rows), *(f"refused: {text}" for text in seen.objections)])


def _act(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed, record = review.act(
        report,
        options.campaign,
        options.decision,
        by=options.by,
        reason=options.reason,
        at=_now(),
        caps=_caps(options),
    )
    _print_record(record)
    return changed


def _undo(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed, record = review.undo(report, options.action, by=options.by, reason=options.reason, at=_now())
    _print_record(record)
    return changed


def _print_record(record: ActionRecord) -> None:
    """Print the changes as JSON Lines, for the service that carries them out."""
    for signup_id, before, after in record.changes:
        print(json.dumps({"action": record.id, "signup_id": signup_id, "before": before, "after": after}))


def _signatures(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    with scratch_file(Path(options.output)) as stream:
        stream.write(review.signatures(report, options.version).to_json().encode())
    return report


def _caps(options: argparse.Namespace) -> Caps:
    return Caps(outside_share=options.outside_share, known_good=options.known_good)


def _now() -> datetime:
    return datetime.now(UTC)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without an entry for its user
        return "unknown"
