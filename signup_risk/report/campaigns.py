"""Write the campaigns of a report as a section of a page, with every text escaped."""

from __future__ import annotations

from html import escape

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.report import CampaignReport

_STYLE = (
    "<style>.campaigns{font-family:system-ui,sans-serif;max-width:60rem;line-height:1.4;color-scheme:light dark}"
    ".campaigns table{border-collapse:collapse;width:100%}.campaigns td,.campaigns th{padding:.25rem .5rem;"
    "text-align:left;vertical-align:top;border-bottom:1px solid #8884}.campaigns td.n{text-align:right}"
    ".campaigns summary{cursor:pointer}</style>"
)


def campaign_section(report: CampaignReport) -> str:
    """Return the section as HTML: one line a campaign, its combinations and members behind a click.

    Args:
        report: The campaigns of a history.
    """
    note = " Marks come from a model trained on <em>synthetic</em> traffic." if report.synthetic else ""
    rows = "".join(map(_row, report.campaigns))
    return (
        f'{_STYLE}<section class="campaigns"><h2>Campaigns</h2><p>{len(report.campaigns):,} campaigns among '
        f"{report.signups:,} sign-ups.{note}</p><table><thead><tr><th>Campaign</th><th>Status</th><th>Members</th>"
        f"<th>First seen</th><th>Known by</th></tr></thead><tbody>{rows}</tbody></table></section>\n"
    )


def _row(campaign: FoundCampaign) -> str:
    title = f"{escape(campaign.title)} ({escape(campaign.id)})" if campaign.title else escape(campaign.id)
    return (
        f"<tr><td>{title}</td><td>{escape(campaign.status)}</td><td class=n>{campaign.size:,}</td>"
        f"<td>{campaign.first_seen:%Y-%m-%d %H:%M}</td><td><details><summary>{escape(campaign.signature)}</summary>"
        f"{_items('Shared', campaign.shared)}{_items('Combinations', _cells(campaign))}</details></td></tr>"
    )


def _cells(campaign: FoundCampaign) -> tuple[str, ...]:
    return tuple(
        f"{cell.words}: {cell.members:,} members, {cell.total:,} of all sign-ups, {cell.bits:.0f} bits"
        for cell in campaign.cells
    )


def _items(title: str, texts: tuple[str, ...]) -> str:
    return f"<h3>{title}</h3><ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>" if texts else ""
