"""Say the judgement of campaigns in tables."""

from __future__ import annotations

from collections.abc import Sequence

from signup_risk.training.coordination.judgement import CampaignJudgement, Opening, Way

#: Aims for campaigns with any shared generator or infrastructure (science notes of the project; simulated traffic).
AIMS = "aims: opened at the 15th member in the median and the 40th at the 90th percentile, precision 95 %, recall 80 %"

_RULE = (
    "opened: three of its members in one campaign, or in one mostly abusive group of ten or more; false: mostly "
    "legitimate; allowed by default: one false campaign a week. No labels are used; the model that makes the marks has "
    "seen other farms of these kinds"
)


def judgement_text(found: CampaignJudgement, *, synthetic: bool) -> str:
    """Return the judgement as text.

    Args:
        found: The judgement.
        synthetic: Whether the sign-ups are simulated.
    """
    mark = " (synthetic)" if synthetic else ""
    gains = [
        f"  at {rate:.1%} of the legitimate: {alone:.1%} found by the score alone, {joint:.1%} with campaigns"
        for rate, alone, joint in found.gain
    ]
    a7 = next((one for one in found.kinds if one.name == "a7"), None)
    last = [] if a7 is None else [_a7(a7)]
    size = f"{found.signups:,} sign-ups, {found.legitimate:,} of them legitimate, {found.weeks:.1f} weeks"
    return "\n".join(
        [
            f"Campaigns{mark}: {size}",
            f"  {AIMS}",
            *_table([("way", *_HEAD, "precision", "recall", "false", "a week", "in 100,000"), *map(_way, found.ways)]),
            f"  {_RULE}",
            *[_false(way) for way in found.ways if way.false_groups],
            "by kind of farm",
            *_table([("kind", *_HEAD), *((one.name, *_cells(one)) for one in found.kinds)]),
            "by pace",
            *_table([("pace", *_HEAD), *((one.name, *_cells(one)) for one in found.paces)]),
            "what campaigns add, told when the sign-up comes",
            *gains,
            *last,
        ]
    )


_HEAD = ("farms", "opened", "at member", "90 %", "admitted before", "found of each")


def _cells(one: Opening) -> tuple[str, ...]:
    return (
        str(one.campaigns),
        f"{one.opened / one.campaigns:.0%}" if one.campaigns else "-",
        _number(one.median),
        _number(one.p90),
        _number(one.admitted),
        f"{one.coverage:.0%}",
    )


def _way(way: Way) -> tuple[str, ...]:
    precision = "-" if way.precision is None else f"{way.precision:.1%}"
    return (
        way.name,
        *_cells(way.overall),
        precision,
        f"{way.recall:.1%}",
        str(way.false_campaigns),
        f"{way.false_weekly:.2f}",
        f"{way.false_per_100k:.1f}",
    )


def _false(way: Way) -> str:
    groups = ", ".join(f"{count} of {group}" for group, count in list(way.false_groups.items())[:8])
    return f"  false {way.name}: {groups}"


def _number(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"


def _a7(one: Opening) -> str:
    return (
        f"a7, real people with nothing in common but a sink: {one.coverage:.0%} of the members found; what they do not "
        "share when they sign up, creation data cannot show"
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
