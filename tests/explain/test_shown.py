"""An explanation shows itself as a card, in a terminal and to shap; hostile text stays text."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import matplotlib as mpl
import pytest

from signup_risk import AssessmentExplanation, FeatureContribution, Scorer
from signup_risk.explain import card
from signup_risk.results import Campaign, PolicyInfo
from tests.scorer.samples import FULL

HOSTILE = "<script>alert(1)</script>\u202e\x1b[2J\"'&" + "x" * 200


class Tags(HTMLParser):
    """Collect the tags, their attributes and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        if tag != "wbr":  # has no end
            self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """See that tags are closed in the order in which they were opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


@pytest.fixture(scope="module")
def explanation() -> AssessmentExplanation:
    """Return the explanation of one sign-up."""
    with Scorer.open("memory://") as scorer:
        return scorer.assess(FULL).explain()


@pytest.fixture(scope="module")
def hostile(explanation: AssessmentExplanation) -> AssessmentExplanation:
    """Return an explanation all of whose texts are hostile."""
    parts = tuple(
        FeatureContribution(HOSTILE, HOSTILE + one.code, HOSTILE, one.value, one.contribution, HOSTILE, one.usual)
        for one in explanation.contributions
    )
    model = replace(explanation.assessment.model, name=HOSTILE)
    assessment = replace(explanation.assessment, signup_id=HOSTILE, degraded=(HOSTILE,), model=model)
    return AssessmentExplanation(assessment, explanation.base_value, parts, synthetic=True)


def test_the_card_says_all(explanation: AssessmentExplanation) -> None:
    """Decision, scores, base value and every feature are in the card, with nothing to load and nothing that runs."""
    page = Tags(explanation.to_html())
    assert explanation._repr_html_() == explanation.to_html()
    assert set(page.tags) <= {
        *("style", "div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "i", "code", "wbr"),
        *("details", "summary"),
    }  # fmt: skip
    assert {name for name, _ in page.attributes} <= {"class", "style", "role", "aria-label", "scope", "colspan"}
    assert page.open == []
    assert all(one.feature in page.text for one in explanation.contributions)
    for shown in ("base value", "raw score, in log-odds", "sign-up signup-7261", "figures are synthetic"):
        assert shown in page.text
    assert f"{explanation.raw_score:+.3f}" in page.text


def test_hostile_text_stays_text(hostile: AssessmentExplanation) -> None:
    """Markup, directions of writing and control characters of any text are shown, not obeyed."""
    page = hostile.to_html()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<script>alert(1)</script>" in Tags(page).text
    told = hostile.to_text()
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_the_card_is_readable_on_white_and_on_black() -> None:
    """Text and background are the page's own, and both colours of bars stand out from white and from black."""
    style = card._STYLE
    assert set(re.findall(r"(?<![-\w])color:([^;}]+)", style)) == {"inherit"}
    assert set(re.findall(r"background:([^;}]+)", style)) == {"none", card._RISK, card._TRUST}
    for colour in (card._RISK, card._TRUST):
        assert min(contrast(colour, "#ffffff"), contrast(colour, "#000000")) >= 3.0


def test_the_text_fits_a_terminal(explanation: AssessmentExplanation, hostile: AssessmentExplanation) -> None:
    """No line is longer than asked, no text is cut, the sums at the ends are there, what is left out is one line."""
    for one in (explanation, hostile):
        for width in (60, 80, 200):
            assert max(map(len, one.to_text(width=width).splitlines())) <= width
    for width in (60, 110):
        assert explanation.by_code()[0].text in " ".join(explanation.to_text(width=width).split())
    lines = str(explanation).splitlines()
    assert lines[-1] == f"{explanation.raw_score:+8.3f}  raw score, in log-odds"
    assert any(line.endswith("further reason codes") for line in lines)
    shown = [float(line[:8]) for line in lines if re.match(r" *[+-]\d+\.\d{3} ", line)]
    assert math.fsum(shown[:-1]) == pytest.approx(shown[-1], abs=0.001 * len(shown))
    assert "further" not in explanation.to_text(top=None)


def test_the_heading_tells_the_circumstances(explanation: AssessmentExplanation) -> None:
    """Policy, its notes, a shadow decision, the campaign and missing signals are told above the reasons."""
    policy = PolicyInfo("ours", "7", "block", ("CAMPAIGN", "SINGLE_ATTRIBUTE"))
    seen = datetime(2026, 6, 1, tzinfo=UTC)
    campaign = Campaign("20260601-1", 1200, seen, (), status="confirmed", title="winter farm")
    assessment = replace(
        explanation.assessment, policy=policy, campaign=campaign, degraded=("velocity",), signup_id=None
    )
    told = replace(explanation, assessment=assessment, synthetic=False).to_text(width=200)
    for line in (
        "sign-up without an id, 2026-06-01 12:00:00 UTC: allow",
        "policy ours 7, which only watches: would have been block; notes: CAMPAIGN, SINGLE_ATTRIBUTE",
        "belongs to campaign 20260601-1 (winter farm) of 1,200 sign-ups, confirmed",
        "could not be looked up: velocity",
        f"model {assessment.model.name} {assessment.model.version}",
    ):
        assert line in told.splitlines()


def test_repr_is_short(explanation: AssessmentExplanation) -> None:
    """In a list an explanation is one line."""
    assert repr(explanation).startswith("<AssessmentExplanation of 'signup-7261': ")
    assert len(repr(explanation)) < 150


def test_shap_draws_it(explanation: AssessmentExplanation) -> None:
    """Shap has the same numbers, and its waterfall ends at the raw score."""
    mpl.use("Agg")
    import shap  # takes a second and is wanted here alone
    from matplotlib import pyplot as plt

    told = explanation.to_shap()
    assert list(told.values) == [one.contribution for one in explanation.contributions]
    assert told.base_values == explanation.base_value
    assert list(told.feature_names) == [one.feature for one in explanation.contributions]
    axes = shap.plots.waterfall(told, show=False)
    try:
        drawn = " ".join(text.get_text() for axis in axes.figure.axes for text in axis.texts)
        labels = " ".join(label.get_text() for axis in axes.figure.axes for label in axis.get_xticklabels())
        assert explanation.contributions[0].feature in " ".join(one.get_text() for one in axes.get_yticklabels())
        assert f"{abs(explanation.contributions[0].contribution):.2f}" in drawn
        assert f"{explanation.raw_score:.3f}".lstrip("-") in labels
    finally:
        plt.close("all")


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
