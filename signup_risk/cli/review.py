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
from signup_risk.campaigns.action import ACTIONS, ActionRecord, Caps
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.texts import counted, printable
from signup_risk.cli import review_text
from signup_risk.cli.event_files import scratch_file
from signup_risk.cli.json_file import check_output
from signup_risk.cli.numbers import positive

_ABOUT: Final = """\
Shows the report that signup-risk campaigns wrote, and changes it: every ruling and every action is kept on its record.
An action on a campaign writes which sign-ups it concerns; carrying it out is for the service that owns the accounts.

exit status: 0 done, 2 refused, with the reason"""

_Run = Callable[[argparse.Namespace, CampaignReport], CampaignReport]


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
    _on_one(actions, "show", "show one campaign with its combinations", _show)
    _add_rulings(actions)
    _add_acting(actions)
    listed = _add(actions, "signatures", "write what assessments honour", _signatures)
    listed.add_argument("-o", "--output", metavar="FILE", required=True, help="file to write")
    listed.add_argument("--version", type=positive, default=1, help="version of the list (default: %(default)s)")
    listed.add_argument("--wide", action="store_true", help="also what too many others fall in; they will be stopped")
    _add_caps(listed)
    shared = _add(actions, "share", "write what partners may know, as STIX 2.1", _share)
    shared.add_argument("-o", "--output", metavar="FILE", required=True, help="file to write")
    shared.add_argument("--producer", metavar="NAME", required=True, help="who tells")
    shared.add_argument("--least-members", type=positive, default=10, help="fewest behind a value (default: 10)")
    shared.add_argument("--outside-share", type=float, default=Caps().outside_share, help="cap (default: %(default)s)")


def _add_rulings(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    confirmed = _on_one(actions, "confirm", "confirm a campaign", _confirm)
    confirmed.add_argument("--days", type=float, default=review.DAYS, help="for how long (default: %(default)s)")
    dismissed = _on_one(actions, "dismiss", "say that it is none", _dismiss)
    restored = _on_one(actions, "restore", "take a confirmation or dismissal back", _restore)
    for one in (confirmed, dismissed, restored):
        one.add_argument("--note", default="", help="why, for the record")
    named = _on_one(actions, "name", "give it a title", _name)
    named.add_argument("title", metavar="TITLE")
    merged = _on_one(actions, "merge", "make two campaigns one", _merge)
    merged.add_argument("other", metavar="OTHER", help="id of the campaign that becomes part of the first")
    parted = _on_one(actions, "split", "make a campaign of some combinations", _split)
    parted.add_argument("cells", metavar="N", type=int, nargs="+", help="numbers of combinations, as show lists them")


def _add_acting(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    previewed = _on_one(actions, "preview", "say whom an action would concern", _preview)
    acted = _on_one(actions, "act", "act on a campaign, within caps", _act)
    for one in (previewed, acted):
        _add_caps(one)
    acted.add_argument("decision", choices=ACTIONS, help="what becomes of the members")
    acted.add_argument("--reason", required=True, help="why, for the record")
    undone = _add(actions, "undo", "take an action back", _undo)
    undone.add_argument("action", metavar="ACTION_ID", help="id of the action")
    undone.add_argument("--reason", required=True, help="why, for the record")


def _add_caps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--outside-share", type=float, default=Caps().outside_share, help="cap (default: %(default)s)")
    parser.add_argument("--known-good", type=int, default=Caps().known_good, help="cap (default: %(default)s)")


def _on_one(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, run: _Run
) -> argparse.ArgumentParser:
    parser = _add(actions, name, text, run)
    parser.add_argument("campaign", metavar="ID", help="id of the campaign, as list shows it")
    return parser


def _add(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, run: _Run
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.set_defaults(run=lambda options: _run(options, run))
    return parser


def _run(options: argparse.Namespace, run: _Run) -> int:
    report = CampaignReport.read(options.report)
    changed = run(options, report)
    if changed is not report:
        with scratch_file(Path(options.report)) as stream:
            stream.write((json.dumps(changed.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())
    return 0


def _list(_: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    print(review_text.summary(report))
    return report


def _show(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    print(review_text.campaign_text(report, report.campaign(options.campaign)))
    return report


def _confirm(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed = review.confirm(
        report, options.campaign, by=options.by, at=_now(), days=options.days, note=options.note
    )
    print(printable(f"{options.campaign}: confirmed until {changed.rulings[-1].until:%Y-%m-%d %H:%M} UTC"))
    print(review_text.honoured_text(changed, changed.campaign(options.campaign)))
    return changed


def _dismiss(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed = review.dismiss(report, options.campaign, by=options.by, at=_now(), note=options.note)
    cells = counted(len(changed.campaign(options.campaign).cells), "combination")
    print(printable(f"{options.campaign}: dismissed; {cells} will not raise it again"))
    return changed


def _restore(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    before = report.campaign(options.campaign).status
    changed = review.restore(report, options.campaign, by=options.by, at=_now(), note=options.note)
    print(printable(f"{options.campaign}: {before} before, {changed.campaign(options.campaign).status} again"))
    return changed


def _name(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed = review.name(report, options.campaign, options.title, by=options.by, at=_now())
    print(printable(f"{options.campaign}: called {changed.campaign(options.campaign).title!r}"))
    return changed


def _merge(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed = review.merge(report, options.campaign, options.other, by=options.by, at=_now())
    members = counted(changed.campaign(options.campaign).size, "member")
    print(printable(f"{options.campaign}: has taken in {options.other}, {members}"))
    return changed


def _split(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    changed = review.split(report, options.campaign, options.cells, by=options.by, at=_now())
    known = {one.id for one in report.campaigns}
    for one in changed.campaigns:
        if one.id == options.campaign or one.id not in known:
            parts = counted(len(one.cells), "combination"), counted(one.size, "member")
            print(printable(f"{one.id}: {', '.join(parts)}"))
    return changed


def _preview(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    seen = review.preview(report, options.campaign, _caps(options))
    print(review_text.preview_text(seen, report.campaign(options.campaign).cells, labelled=report.labelled))
    return report


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
    check_output("--output", options.output, [options.report])
    caps = _caps(options)
    listed = review.signatures(report, options.version, caps=caps, wide=options.wide)
    with scratch_file(Path(options.output)) as stream:
        stream.write(listed.to_json().encode())
    signatures, ruled = counted(len(listed.signatures), "signature"), {one.campaign for one in listed.signatures}
    print(printable(f"{options.output}: {signatures} of {counted(len(ruled), 'campaign')}"))
    for one in report.campaigns:
        if one.status == "confirmed":
            print(review_text.honoured_text(report, one, caps, wide=options.wide))
    return report


def _share(options: argparse.Namespace, report: CampaignReport) -> CampaignReport:
    from signup_risk.campaigns.stix import EXPIRES, export_bundle

    now = _now()
    check_output("--output", options.output, [options.report])
    bundle = export_bundle(
        report,
        producer=options.producer,
        at=now,
        least_members=options.least_members,
        outside_share=options.outside_share,
    )
    with scratch_file(Path(options.output)) as stream:
        stream.write(bundle.encode())
    kinds = [one["type"] for one in json.loads(bundle)["objects"]]
    told = counted(kinds.count("indicator"), "combination"), counted(kinds.count("campaign"), "campaign")
    print(printable(f"{options.output}: tells {' of '.join(told)}"))
    ended = sum(one.last_seen + EXPIRES <= now for one in report.campaigns if one.status in {"open", "confirmed"})
    if ended:
        print(f"{counted(ended, 'campaign')} had no new member for {EXPIRES.days} days; that is no longer told")
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
