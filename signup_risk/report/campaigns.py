"""Write the campaigns of a report as a section of a page, with every text escaped."""

from __future__ import annotations

from html import escape

from signup_risk.campaigns.found import FoundCampaign, told_apart
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.texts import counted

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
        f'{_STYLE}<section class="campaigns"><h2>Campaigns</h2><p>{counted(len(report.campaigns), "campaign")} among '
        f"{counted(report.signups, 'sign-up')}.{note}</p><table><thead><tr><th>Campaign</th><th>Status</th>"
        f"<th>Members</th><th>First seen</th><th>Known by</th></tr></thead><tbody>{rows}</tbody></table></section>\n"
    )


def _row(campaign: FoundCampaign) -> str:
    title = f"{escape(campaign.title)} ({escape(campaign.id)})" if campaign.title else escape(campaign.id)
    return (
        f"<tr><td>{title}</td><td>{escape(campaign.status)}</td><td class=n>{campaign.size:,}</td>"
        f"<td>{campaign.first_seen:%Y-%m-%d %H:%M}</td><td><details><summary>{escape(campaign.signature)}</summary>"
        f"{_items('Shared', campaign.shared)}{_items('Combinations', cells_in_words(campaign))}</details></td></tr>"
    )


def cells_in_words(campaign: FoundCampaign) -> tuple[str, ...]:
    """Say each combination that made a campaign known, with its members, all that fall in it and its evidence."""
    return tuple(
        f"{words}: {counted(cell.members, 'member')}, {cell.total:,} of all sign-ups, {cell.bits:.0f} bits"
        for cell, words in zip(campaign.cells, told_apart(campaign.cells), strict=True)
    )


def _items(title: str, texts: tuple[str, ...]) -> str:
    return f"<h3>{title}</h3><ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>" if texts else ""
