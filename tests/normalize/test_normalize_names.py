"""A name is compared and counted without judging its script, length or number of parts."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.normalize import NameFacts, fold_name, name_shape, normalize_name
from signup_risk.normalize.names import clean_name, has_mixed_script, script_of, scripts_of

# Invented names in the spelling of their place; none is marked in any way.
ORDINARY = [
    ("Mary", "Johnson"),
    ("MARY", "JOHNSON"),
    ("mary", "johnson"),
    ("Siobhán", "O'Brien"),
    ("Siobhán", "O’Brien"),
    ("Jean-Luc", "de la Tour"),
    ("Ludwig", "van der Berg"),
    ("Jürgen", "Groß"),
    ("Søren", "Ødegård"),
    ("Łukasz", "Święty"),
    ("Ştefan", "Ionescu"),
    ("Işıl", "Yıldız"),
    ("İlkay", "Öztürk"),
    ("Nguyễn", "Thị Ánh"),
    ("Ngũgĩ", "Kamau"),
    ("Kʻoana", "Kealoha"),
    ("Ƙasimu", "Ɗanladi"),
    ("Иван", "Петров"),
    ("Володимир", "Ковальчук"),
    ("Iван", "Сірко"),
    ("Милош", "Јовановић"),
    ("Miloš", "Јовановић"),
    ("Милош (Miloš)", "Јовановић"),
    ("Анна-Мария", "Смит-Johnson"),
    ("Γιώργος", "Παππάς"),
    ("Արամ", "Սարգսյան"),
    ("გიორგი", "ბერიძე"),
    ("محمد", "الفاسي"),
    ("علی‌رضا", "رضایی"),
    ("דוד", "כהן"),
    ("अनिल", "शर्मा"),
    ("ஆனந்த்", "குமார்"),
    ("สมชาย", "ใจดี"),
    ("李", "小龍"),
    ("小龍", "李 (Lee)"),
    ("高橋", "みなみ"),
    ("タロウ", "山田"),
    ("山ノ内", "メイ子"),
    ("김", "민준"),
    ("Suharto", None),
    (None, "Sukarno"),
    ("X", "Æ"),
    ("Nguyễn", "阮"),
    ("ខេមរា", "សុខ"),
    ("ሰላም", "አበበ"),
]


def read(first: str | None, last: str | None) -> NameFacts:
    """Read a name that must be readable."""
    facts = normalize_name(first, last)
    assert facts is not None
    return facts


@pytest.mark.parametrize(("first", "last"), ORDINARY)
def test_ordinary_names_are_not_marked(first: str | None, last: str | None) -> None:
    """Names of more than thirty places show neither mixed script nor digits nor missing letters."""
    facts = read(first, last)
    assert not facts.mixed_script
    assert facts.digit_share == 0
    assert facts.letters > 0
    assert not facts.repeated
    assert facts.scripts


@pytest.mark.parametrize(
    "name",
    ["Pаul", "раураl", "Ρeter", "gооgle", "Αlice", "Jоhn-Paul", "Mаrу", "Annа"],
)
def test_disguised_words_are_marked(name: str) -> None:
    """Cyrillic or Greek look-alikes inside a Latin word are found, in either half of the name."""
    assert read(name, "Doe").mixed_script
    assert read("Ann", name).mixed_script


@pytest.mark.parametrize("name", ["Ｊａｎｅ", "𝓙𝓪𝓷𝓮", "𝐉𝐚𝐧𝐞", "Ⓙⓐⓝⓔ"])
def test_compatibility_letters_are_read_as_plain(name: str) -> None:
    """Full-width, mathematical and circled letters are the same name."""
    facts = read(name, "Doe")
    assert (facts.first, facts.folded_first, facts.shape) == ("Jane", "jane", "Xx4|Xx1")


def test_blank_names_are_none_and_garbage_is_not() -> None:
    """A blank name is unknown; signs alone are a name without letters."""
    assert normalize_name(None, None) is None
    assert normalize_name(" ", "\u200e\x00") is None
    assert read("---", None).letters == 0
    assert read("🙂", None).scripts == ()


def test_parts_are_kept_and_folded() -> None:
    """Blanks, controls and direction marks vanish, spelling stays, the fold is for comparison."""
    facts = read("  Zoë\u200f ", "Mc\x00Kay")
    assert (facts.first, facts.last) == ("Zoë", "Mc Kay")
    assert (facts.folded_first, facts.folded_last) == ("zoe", "mc kay")
    assert not facts.has_single


def test_single_and_repeated_names_are_told() -> None:
    """One part is a fact, the same part twice is another, in any spelling."""
    assert read("Suharto", None).has_single
    assert read(None, "Suharto").has_single
    assert read("Suharto", " ").has_single
    assert read("Zoë", "ZOE").repeated
    assert not read("Suharto", None).repeated


def test_digits_are_shared_out() -> None:
    """Digits of any script count among letters and digits."""
    assert read("Ann4", "12").digit_share == pytest.approx(3 / 6)
    assert read("Ann٤", None).digit_share == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łukasz", "lukasz"),
        ("Ødegård", "odegard"),
        ("Þór", "thor"),
        ("Straße", "strasse"),
        ("Işıl", "isil"),
        ("İlkay", "ilkay"),
        ("ĐẶNG", "dang"),
        ("O`Brien", "o'brien"),
        ("O’Brien", "o'brien"),
        ("Й", "й"),
        ("कि", "कि"),
        ("が", "が"),
        ("علی‌رضا", "علیرضا"),
        ("  Jean   Luc ", "jean luc"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Marks of Latin letters fold, marks of other scripts are spelling and stay."""
    assert fold_name(text) == folded


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Mary", "Xx4"),
        ("Lee", "Xx1"),
        ("JOHNSON", "X4"),
        ("alexander", "x8"),
        ("McDonald", "xX8"),
        ("Wolfeschlegelstein", "Xx13"),
        ("Mary-Jane", "Xx4-Xx4"),
        ("de la Cruz", "x1 x1 Xx4"),
        ("kqzvx77", "x4d2"),
        ("Иван", "cyrillic"),
        ("山田", "han"),
        ("みなみ", "hiragana"),
        ("अनिल", "devanagari"),
        ("O’Neil", "X1'Xx4"),
        ("L’Hôpital", "X1'Xx4"),
        ("D‘Angelo", "X1'Xx4"),
        ("🙂🙂", "?"),
        ("", ""),
    ],
)
def test_shapes(text: str, shape: str) -> None:
    """Latin words show case and rough length, other scripts their name only."""
    assert name_shape(clean_name(text)) == shape


def test_shape_of_both_parts() -> None:
    """A missing part leaves its side of the shape empty."""
    assert read("Mary", "Johnson").shape == "Xx4|Xx4"
    assert read("Suharto", None).shape == "Xx4|"
    assert read(None, "Suharto").shape == "|Xx4"


def test_scripts_are_listed_once_in_order() -> None:
    """Punctuation and digits have no script."""
    assert scripts_of("山田 タロウ, 3") == ("HAN", "KATAKANA")
    assert scripts_of("123 -") == ()
    assert script_of("-") == script_of("7") == "COMMON"


@settings(max_examples=300)
@given(st.text(st.characters(categories=["L"], max_codepoint=0x24F, exclude_characters="µ"), min_size=1, max_size=20))
def test_latin_words_are_never_disguised(text: str) -> None:
    """No word of Latin letters alone, with whatever marks, is mixed."""
    assert not has_mixed_script(unicodedata.normalize("NFKC", text))


@given(st.text(max_size=30), st.text(max_size=30))
def test_facts_of_clean_parts_are_the_same(first: str, last: str) -> None:
    """Reading the cleaned parts again gives equal facts."""
    facts = normalize_name(first, last)
    if facts is not None:
        assert normalize_name(facts.first, facts.last) == facts
