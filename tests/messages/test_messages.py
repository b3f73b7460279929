"""The applicant's texts are there for every reason and language, tell nothing that helps a farm, and never fail."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import ConfigurationError, Reason
from signup_risk.features.base import FAMILIES
from signup_risk.features.catalog import CATALOG
from signup_risk.messages import TOPICS, Messages, notice, open_messages, topic_of
from signup_risk.messages.catalogue import KEYS
from signup_risk.messages.languages import choose
from signup_risk.results import Assessment
from tests.assessments import ASSESSED

BUNDLED = open_messages()
LANGUAGES = ("de", "en", "es", "fr")
DECISIONS = ("allow", "step_up", "review", "block")

#: Every code that an assessment can have, and its family.
CODES = [
    *sorted({(entry.reason, entry.family) for entry in CATALOG}),
    ("PARTNER_INDICATOR", "coordination"),
    ("SANDBOX", "sandbox"),
    ("CUSTOM_TRIAL_DAYS", "identity"),
]

#: Beginnings of words that would tell of thresholds, figures, lists, other people or what is looked at.
TELLING = {
    "en": "threshold|score|limit|percent|model|probab|list|block|black|known|suspicio|fraud|abus|other people|others|"
    "accounts|sign-ups|many|count|velocity|hour|day|vpn|proxy|tor |hosting|disposable|relay|country|fingerprint|"
    "automat|script |campaign|partner|pattern|similar|shared|match",
    "de": "schwell|grenzwert|prozent|modell|wahrschein|liste|gesperrt|verdäch|betrug|missbrauch|andere leute|"
    "andere nutzer|anderer|konten|viele|anzahl|stunde|vpn|proxy|tor |hosting|wegwerf|relay|land |fingerabdr|automat|"
    "skript|kampagne|partner|muster|ähnlich|geteilt",
    "fr": "seuil|score|limite|pourcent|modèle|probab|liste|bloqu|suspect|fraude|abus|autres|comptes|plusieurs|nombreu|"
    "heure|par jour|vpn|proxy|tor |héberg|jetable|relais|pays|empreinte|automat|script|campagne|partenaire|motif|"
    "similaire|partag",
    "es": "umbral|puntuaci|límite|por ciento|modelo|probab|lista|bloque|sospech|fraude|abus|otras|otros|cuentas|much|"
    "varias|hora|vpn|proxy|tor |alojamiento|desechable|país|huella|autom|script|campaña|socio|patrón|similar|compart",
}


def telling(text: str, language: str) -> list[str]:
    """Return what a text tells that it must not."""
    low = text.lower()
    found = re.findall(r"[0-9%‰½]|\b[A-Z]+_[A-Z_]+\b", text)
    return found + [part for part in TELLING[language].split("|") if re.search(rf"(?<!\w){re.escape(part)}", low)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "family"), CODES)
def test_every_code_has_a_text_that_tells_nothing(code: str, family: str, language: str) -> None:
    """For every reason code, in every language, there is a text and a step, without figure, list or other people."""
    told = notice("review", [(code, family)], BUNDLED, language, 3)
    (message,) = told.messages
    assert message.topic in TOPICS
    for text in (told.headline, message.text, message.next_step, told.appeal or "", str(told)):
        assert text
        assert telling(text, language) == []
        assert code not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_complete(language: str) -> None:
    """Bundled languages have every text, each their own, and none of them tells anything."""
    texts = BUNDLED.texts[language]
    assert set(texts) == set(KEYS)
    assert {key: found for key, text in texts.items() if (found := telling(text, language))} == {}
    if language != "en":
        assert [key for key in KEYS if texts[key] == BUNDLED.texts["en"][key]] == []


def test_what_would_tell_is_found() -> None:
    """The check finds figures, codes, lists and other people."""
    assert telling("14 sign-ups from this device in 24 hours", "en") != []
    assert telling("Your address is on a list", "en") == ["list"]
    assert telling("EMAIL_DISPOSABLE", "en") != []
    assert telling("Diese Adresse haben andere Nutzer", "de") != []


def test_coordination_is_never_told() -> None:
    """Velocity, coordination, partners and the caller's own inputs have the general topic alone."""
    assert {topic_of(code, family) for code, family in CODES if family in {"velocity", "coordination"}} == {"general"}
    assert topic_of("CUSTOM_TRIAL_DAYS", "identity") == "general"
    assert topic_of("NEW_OF_TOMORROW", "a new family") == "general"
    assert {topic_of("NEW_OF_TOMORROW", family) for family in FAMILIES} <= set(TOPICS)


def assessed(*reasons: tuple[str, str, str], decision: Any = "review") -> Assessment:
    """Return an assessment with reasons of code, family and direction."""
    made = tuple(Reason(code, family, "14 of them", 1.0, direction) for code, family, direction in reasons)  # type: ignore[arg-type]
    return replace(ASSESSED, reasons=made, decision=decision)


def test_an_assessment_tells_its_strongest_topics() -> None:
    """What raises the score is told, strongest first, each topic once and no more of them than asked."""
    assessment = assessed(
        ("EMAIL_DISPOSABLE", "email", "risk"),
        ("EMAIL_DIGITS", "email", "risk"),
        ("PHONE_INVALID", "phone", "trust"),
        ("IP_VPN", "geo", "risk"),
        ("PAYMENT_PREPAID", "payment", "risk"),
    )
    assert [one.topic for one in assessment.for_applicant().messages] == ["email", "connection"]
    assert [one.topic for one in assessment.for_applicant(most=9).messages] == ["email", "connection", "payment"]
    assert [one.topic for one in assessment.for_applicant(most=0).messages] == ["general"]


@pytest.mark.parametrize("decision", DECISIONS)
def test_every_decision_has_a_headline(decision: str) -> None:
    """Each decision is told; an allowed sign-up is told nothing else, any other has a way to a person."""
    told = assessed(decision=decision).for_applicant("fr")
    assert told.headline == BUNDLED.text(decision, "fr")
    assert (told.appeal is None) == (decision == "allow")
    assert bool(told.messages) == (decision != "allow")
    assert json.loads(json.dumps(told.to_dict())) == told.to_dict()


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-at-1996", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("ja, zh;q=0.9", "en"),
        ("de;q=0, es", "es"),
        ("ja, de;q=0.3", "de"),
        ("es-x-private", "es"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_a_language_is_found_by_what_a_browser_sends(wanted: str | None, language: str) -> None:
    """Tags are looked up by quality and shortened from their end; whatever else comes gets English."""
    assert BUNDLED.language_for(wanted) == language
    assert assessed().for_applicant(wanted).language == language


@given(wanted=st.text(max_size=3000))
def test_no_header_fails(wanted: str) -> None:
    """Whatever an applicant sends as languages, there is an answer."""
    assert choose(wanted, LANGUAGES, "en") in LANGUAGES
    assert str(assessed().for_applicant(wanted))


@pytest.mark.parametrize("wanted", [5, b"de", ["de"], 0, b""])
def test_a_language_that_is_no_text_is_refused(wanted: Any) -> None:
    """A number or the bytes of a header are the caller's mistake, and it is said what to give."""
    with pytest.raises(ConfigurationError, match=r"the language is an? .*; give a tag such as 'de'"):
        open_messages().language_for(wanted)


def test_own_texts_come_first(tmp_path: Path) -> None:
    """A folder of files adds a language and replaces texts; what it leaves out is the package's, else English."""
    (tmp_path / "nl.json").write_text('{"block": "We konden dit account niet aanmaken."}', encoding="utf-8")
    (tmp_path / "de.json").write_text('{"email": "Bitte prüfen Sie Ihre Adresse."}', encoding="utf-8")
    ours = open_messages(tmp_path)
    told = assessed(("EMAIL_ROLE", "email", "risk"), decision="block").for_applicant("nl-BE", messages=ours)
    assert told.headline == "We konden dit account niet aanmaken."
    assert told.messages[0].text == BUNDLED.text("email", "en")
    assert ours.text("email", "de") == "Bitte prüfen Sie Ihre Adresse."
    assert ours.text("phone", "de") == BUNDLED.text("phone", "de")
    assert BUNDLED.text("email", "de") != ours.text("email", "de")
    assert isinstance(ours, Messages)
    assert ours.languages == ("de", "en", "es", "fr", "nl")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"nl": {"blocked": "x"}}, "'blocked'"),
        ({"nl": {"block": ""}}, "no text of 1 to 500"),
        ({"nl": {"block": "x" * 501}}, "no text of 1 to 500"),
        ({"nl": {"block": "a\nb"}}, "on one line"),
        ({"nl": {"block": 7}}, "no text"),
        ({"../x": {}}, "no tag of a language"),
        ({"nl": []}, "a list"),
        ({f"a{number}": {} for number in range(300)}, "at most 256"),
    ],
)
def test_wrong_texts_are_refused(texts: Any, said: str) -> None:
    """A key, text or tag that is none is named, with what is allowed."""
    with pytest.raises(ConfigurationError, match=said):
        open_messages(texts)


def test_joiners_and_no_break_spaces_are_text() -> None:
    """Characters that Persian and French need are no control characters."""
    ours = open_messages({"fa": {"block": "حساب شما ساخته نمی\u200cشود."}, "fr": {"block": "Impossible\u00a0!"}})
    assert "\u200c" in ours.text("block", "fa")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nl.json", b"\xff\xfe", "no JSON in UTF-8"),
        ("nl.json", b"[" * 100_000, "larger than 64 kB"),
        ("nl.json", b"[" * 50_000, "no JSON in UTF-8"),
        ("nl.txt", b"{}", "no folder of messages"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """A file that is no JSON, too large or not there is named."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        open_messages(tmp_path)
