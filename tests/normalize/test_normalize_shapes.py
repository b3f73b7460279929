"""Members of one generator share a shape, different generators do not."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import random
import string
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.normalize import (
    coarse_shape,
    describe_local,
    local_shape,
    local_shape_fine,
    stem,
    text_shape,
    username_shape,
)
from signup_risk.normalize.shapes import MAX_RUNS

WORDS = [
    "river",
    "stone",
    "tiger",
    "maple",
    "cloud",
    "amber",
    "falcon",
    "harbor",
    "meadow",
    "silver",
    "winter",
    "garden",
    "orange",
    "pepper",
]
FIRST = [
    "mathew",
    "carlota",
    "hannah",
    "oliver",
    "marcus",
    "emilia",
    "thomas",
    "joanna",
    "victor",
    "sophia",
    "daniel",
    "amelia",
]
LAST = [
    "walker",
    "fisher",
    "turner",
    "mason",
    "cooper",
    "bennett",
    "foster",
    "graham",
    "porter",
    "hudson",
    "keller",
    "jensen",
]

Generator = Callable[[random.Random], str]
GENERATORS: dict[str, tuple[Generator, str]] = {
    "word and five digits": (lambda r: f"{r.choice(WORDS)}{r.randrange(10**5):05}", "wd5"),
    "word and three digits": (lambda r: f"{r.choice(WORDS)}{r.randrange(10**3):03}", "wd3"),
    "first.last and two digits": (
        lambda r: f"{r.choice(FIRST)}.{r.choice(LAST)}{r.randrange(100):02}",
        "w.wd2",
    ),
    "first_last": (lambda r: f"{r.choice(FIRST)}_{r.choice(LAST)}", "w_w"),
    "initial.last": (lambda r: f"{r.choice(FIRST)[0]}.{r.choice(LAST)}", "i.w"),
    "word and birth year": (lambda r: f"{r.choice(WORDS)}{r.randrange(1960, 2005)}", "wy"),
    "digit and word": (lambda r: f"{r.randrange(10)}{r.choice(WORDS)}", "d1w"),
    "ten digits": (lambda r: f"{r.randrange(10**10):010}", "d10"),
    "uuid": (lambda r: str(uuid.UUID(int=r.getrandbits(128))), "uuid"),
    "uuid without dashes": (lambda r: uuid.UUID(int=r.getrandbits(128)).hex, "uuid"),
    "sixteen hex digits": (lambda r: f"{r.getrandbits(64):016x}", "hex16"),
    "twelve letters and digits": (
        lambda r: "".join(r.choices(string.ascii_lowercase + string.digits, k=12)),
        "m12",
    ),
    "word-word-digits": (lambda r: f"{r.choice(WORDS)}-{r.choice(WORDS)}-{r.randrange(1000):03}", "w-w-d3"),
    "alternating": (lambda r: "".join(r.choice("abcdef") + r.choice("123456") for _ in range(5)), "hex10"),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_members_of_a_generator_share_a_shape(name: str) -> None:
    """At least 17 of 20 draws have the shape of the generator, whatever the words and numbers."""
    generate, shape = GENERATORS[name]
    rng = random.Random(7)
    counts = Counter(local_shape(generate(rng)) for _ in range(400))
    assert counts.most_common(1)[0][0] == shape
    assert counts[shape] >= 340


def test_different_generators_have_different_shapes() -> None:
    """No two kinds of generators fall together, but the two spellings of a UUID."""
    shapes = Counter(shape for _, shape in GENERATORS.values())
    assert {shape for shape, count in shapes.items() if count > 1} == {"uuid"}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", ""),
        ("a", "i"),
        ("li", "s"),
        ("anna", "w"),
        ("qkzmvtpl", "k"),
        ("bcdfg", "k"),
        ("krzysztof", "w"),
        ("armstrong", "w"),
        ("richardschmidt", "w"),
        ("abcdfghja", "k"),
        ("anna8199", "wd4"),
        ("anna1234567", "wd7"),
        ("anna12345678901", "wd10"),
        ("mike4life", "wd1w"),
        ("2cool4u", "m7"),
        ("иван.петров77", "w.wd2"),
        ("李小龍", "w"),
        ("अनिल९९", "wd2"),
        ("jane+news", "w"),
        ("+jane", "+w"),
        ("a=b", "i=i"),
        ("é\x00🙂", "w??"),
        ("ＲＩＶＥＲ123", "wd3"),
    ],
)
def test_local_shapes(text: str, shape: str) -> None:
    """Runs are named by kind in any script, signs stand for themselves."""
    assert local_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("BraveTiger42", "WWd2"),
        ("braveTiger42", "wWd2"),
        ("JOHN_DOE", "W_S"),
        ("xX_Slayer_Xx", "iI_W_S"),
        ("aZ3kP9", "m6"),
        ("ИванПетров7", "Wd1"),
        ("John Doe", "W_S"),
    ],
)
def test_username_shapes(text: str, shape: str) -> None:
    """Capitals begin words and show."""
    assert username_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [("john.smith42", "l4.l5d2"), ("a" * 50 + "1" * 50, "l20d20"), ("", ""), ("x\x00y", "l1?l1")],
)
def test_fine_shapes(text: str, shape: str) -> None:
    """The fine shape counts every run, up to a cap."""
    assert text_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Tiger48213", "tiger"), ("j.o-h_n7", "john"), ("ТИГР99", "тигр"), ("123", ""), ("tiger+x", "tiger")],
)
def test_stems(text: str, expected: str) -> None:
    """Letters only, without case and tag."""
    assert stem(text) == expected


def test_long_shapes_end() -> None:
    """A text of many runs has a bounded shape."""
    assert text_shape("a." * 60).endswith("~")
    assert len(text_shape("a." * 60)) <= 3 * MAX_RUNS + 1


@given(st.text(max_size=60))
def test_case_does_not_matter_for_mailboxes(text: str) -> None:
    """A mailbox has one shape in capitals and in lower case, for letters whose case is one to one."""
    if text.isascii():
        assert local_shape(text.upper()) == local_shape(text.lower())
        assert local_shape_fine(text.upper()) == local_shape_fine(text.lower())


@given(st.sampled_from(WORDS), st.integers(10_000, 99_999), st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True))
def test_tags_do_not_matter_for_mailboxes(word: str, number: int, tag: str) -> None:
    """A mailbox keeps shape and stem under any tag."""
    plain = f"{word}{number}"
    assert local_shape(f"{plain}+{tag}") == local_shape(plain) == coarse_shape(plain)
    assert stem(f"{plain}+{tag}") == stem(plain) == word


@given(st.one_of(st.text(), st.text("abzAZ019._+- éИ३", max_size=60)))
def test_one_reading_of_a_local_part_gives_all_three(local: str) -> None:
    """Fine shape, coarse shape and stem are the same whether they are asked for together or apart."""
    assert describe_local(local) == (local_shape_fine(local), local_shape(local), stem(local))
