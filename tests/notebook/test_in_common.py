"""What sign-ups have in common is found, said once, kept apart from chance, and shows no more than was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from signup_risk import ConfigurationError
from signup_risk.notebook import Background, in_common
from tests.notebook.samples import events, frame_of
from tests.notebook.test_common_numbers import background_of, table

AT = "2026-06-01T12:00:00Z"


@pytest.fixture(scope="module")
def site() -> list[dict[str, Any]]:
    """Return the sign-ups of a simulated site with farms among them."""
    return [event for event in events(2500) if "label" in event]


@pytest.fixture(scope="module")
def background(site: list[dict[str, Any]]) -> Background:
    """Return the site as a background."""
    return Background.read(frame_of(site))


def test_a_farm_is_known_by_what_it_shares(site: list[dict[str, Any]], background: Background) -> None:
    """The members of each farm of ten or more share something far from chance, more often than the others do."""
    groups = pd.Series([event.get("group", "") for event in site])
    farms = [name for name, size in groups.value_counts().items() if name.startswith("farm.") and size >= 10]
    assert farms
    for farm in farms:
        found = in_common((groups == farm).to_numpy(), background)
        assert len(found) > 0, farm
        assert found.rows[0].bits > 30
        assert found.rows[0].lift_low > 2
        assert all(row.q_value <= 0.05 for row in found)


def test_chance_gives_nothing_beyond_the_stated_rate(site: list[dict[str, Any]]) -> None:
    """Of random choices among legitimate sign-ups fewer than the stated share show anything at all."""
    honest = [event for event in site if event["label"] == 0][:500]
    traffic = Background.read(honest)
    rng = np.random.default_rng(4)
    level, repeats = 0.2, 40
    alarms = uncorrected = 0
    for number in range(repeats):
        mask = np.zeros(len(honest), dtype=np.bool_)
        mask[rng.choice(len(honest), 60, replace=False)] = True
        alarms += len(in_common(mask, traffic, level=level)) > 0
        uncorrected += number < 8 and _smallest_p(mask, traffic) < level / 20
    # The expectation is at most 8; beyond 14 lies less than one in a hundred such runs.
    assert alarms <= 14
    assert uncorrected >= 7  # without a correction nearly every choice would show something, at a far smaller level


def _smallest_p(mask: np.ndarray, traffic: Background) -> float:
    from signup_risk.notebook.common.comparison import Comparison
    from signup_risk.notebook.common.counting import counts_of, kinds_of, log_p_values

    comparison = Comparison(traffic.columns, mask, 0.05, 3)
    found = [log_p_values(kind, counts_of(kind, comparison), comparison) for kind in kinds_of(comparison)]
    return float(np.exp(min(part.min() for part in found if len(part))))


def planted(rng: np.random.Generator, size: int = 2000, drawn: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return three columns of chance values, and which sign-ups are chosen: the first ones."""
    return rng.integers(0, 10, (3, size)), np.arange(size) < drawn


def told(made: np.ndarray, chosen: np.ndarray) -> list[str]:
    """Return the words of the rows."""
    return [row.words for row in in_common(chosen, background_of(table(made.tolist())), values="shown")]


def test_a_pair_that_says_no_more_than_a_part_is_not_listed() -> None:
    """Where one value alone is shared, its pairs with chance values are not listed, nor is anything else."""
    made, chosen = planted(np.random.default_rng(1))
    made[0, :50] = 7
    assert told(made, chosen) == ["a7"]


def test_a_pair_that_is_the_whole_story_is_listed_and_covers_its_parts() -> None:
    """Where a combination is shared whose parts are common, the pair comes first and its parts are covered by it."""
    made, chosen = planted(np.random.default_rng(2))
    made[0, :50], made[1, :50] = 7, 3
    made[0, 60:1000], made[1, 1000:1900] = 7, 3
    found = in_common(chosen, background_of(table(made.tolist())), values="shown")
    assert found.rows[0].words == "a7 and b3"
    assert {one.words for one in found.rows[0].covers} >= {"a7", "b3"}
    assert found.rows[0].share == pytest.approx(50 / 60, abs=0.05)


def test_two_different_stories_are_both_told() -> None:
    """Two values that different members share are two rows; a value that only echoes another is covered."""
    made, chosen = planted(np.random.default_rng(3))
    made[0, :30] = 11
    made[1, 30:60] = 12
    made[2] = np.where(made[0] == 11, 13, made[2])
    found = in_common(chosen, background_of(table(made.tolist())), values="shown")
    assert {row.words for row in found} == {"b12", "a11"} or {row.words for row in found} == {"b12", "c13"}
    assert sum(len(row.covers) for row in found) >= 1


def test_unknown_is_neither_shared_nor_different() -> None:
    """A value that all show of whom it is known is no finding; that it was given at all can be one."""
    signups = [
        {"signup_id": str(n), "at": AT, "email": f"name{n}@example{n % 40}.com"}
        | ({"card": {"issuer_id_number": "411111", "token": f"tok_{n}"}} if n < 40 or n % 50 == 0 else {})
        for n in range(1000)
    ]
    found = in_common([str(n) for n in range(40)], signups, values="shown")
    words = {one.words for row in found for one in (row, *row.covers)}
    assert "card issuer 411111" not in words
    assert found.rows[0].words in {"a card given", "a card issuer given"}


def secret_site() -> pd.DataFrame:
    """Return sign-ups of which thirty share private and hostile values."""
    rows = []
    for n in range(400):
        farm = n < 30
        rows.append(
            {
                "signup_id": f"s{n}",
                "at": AT,
                "email": "ada.lovelace@example.com" if farm else f"person{n}@mail{n % 20}.example",
                "device.id": "dev-<b>secret</b>" if farm else f"dev{n}",
                "first_name": "Zaphod" if farm else "Ann",
                "last_name": "Beeblebrox" if farm else f"Lee{n}",
                "organization": "Secret \x1b Society" if farm else None,
                "channel": "<script>alert(1)</script>" if farm else "direct",
                "custom.plan": "$x$ gold" if farm else "free",
            }
        )
    return pd.DataFrame(rows)


def test_private_values_are_hidden_unless_asked_for() -> None:
    """Nothing that is somebody's own stands in any form of the answer; on request it does, escaped."""
    frame = secret_site()
    mask = frame["first_name"] == "Zaphod"
    hidden = in_common(mask, frame)
    said = "".join(
        [
            hidden.to_text(top=None),
            hidden._repr_html_(),
            repr(hidden),
            repr(hidden.rows),
            hidden.to_frame(covered=True).to_csv(),
            hidden.graph().data.to_csv(),
        ]
    )
    words = ("ada", "Zaphod", "zaphod", "secret", "Society", "gold")
    assert [word for word in words if word in said] == []
    assert "one device (no. 1)" in said
    shown = in_common(mask, frame, values="shown")
    everything = " ".join(shown.to_frame(covered=True)["words"])
    assert "device dev-<b>secret</b>" in everything
    assert "<b>" not in shown._repr_html_()
    assert "<script>" not in shown._repr_html_()
    assert "\x1b" not in everything


def test_words_are_escaped_in_a_notebook() -> None:
    """A value with markup that is a row of its own stays text."""
    frame = pd.DataFrame({"at": AT, "channel": ["<script>alert(1)</script>"] * 30 + ["direct"] * 370})
    found = in_common([n < 30 for n in range(400)], frame, values="shown")
    assert found.rows[0].words == "way in <script>alert(1)</script>"
    assert "way in &lt;script&gt;" in found._repr_html_()


def test_values_that_few_show_are_hidden() -> None:
    """A network of three people names three people; it is numbered until five or more show it."""
    frame = pd.DataFrame(
        {"at": AT, "ip_address": [f"198.{18 + n % 2}.{n // 2 % 250}.7" if n > 3 else "203.0.113.9" for n in range(600)]}
    )
    mask = np.arange(600) < 4
    assert "203.0.113" not in in_common(mask, frame).to_text()
    assert "203.0.113" in in_common(mask, frame, values="shown").to_text()


CHOICES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "mask": lambda frame: frame["country"] == "GB",
    "nullable mask": lambda frame: (frame["country"] == "GB").astype("boolean").replace(False, pd.NA),
    "list of truths": lambda frame: (frame["country"] == "GB").tolist(),
    "query": lambda _frame: "country == 'GB' and `device.id` != 'x'",
    "ids": lambda frame: frame.loc[frame["country"] == "GB", "signup_id"],
    "set": lambda frame: set(frame.loc[frame["country"] == "GB", "signup_id"]),
    "frame": lambda frame: frame[frame["country"] == "GB"],
    "frame by index": lambda frame: frame.loc[frame["country"] == "GB", ["email"]],
    "frame with ids in the index": lambda frame: frame[frame["country"] == "GB"].set_index("signup_id"),
}


@pytest.mark.parametrize("how", CHOICES)
def test_every_way_to_choose_gives_the_same(how: str) -> None:
    """A mask, a query, ids and a frame choose the same sign-ups."""
    frame = pd.DataFrame(
        {
            "signup_id": [f"s{n}" for n in range(60)],
            "at": AT,
            "country": ["GB", "FR", "DE"] * 20,
            "device.id": [f"d{n % 3}-{n % 2}" for n in range(60)],
            "email": [f"a{n}@example.com" for n in range(60)],
        },
        index=range(100, 160),
    )
    wanted = in_common([n % 3 == 0 for n in range(60)], frame)
    found = in_common(CHOICES[how](frame), frame)
    assert found == wanted
    assert found.chosen == 20


def test_chosen_rows_without_an_id_are_not_dropped() -> None:
    """A frame of which some rows lack an id is found by its index, and refused where that does not tell its rows."""
    ids = [None if n % 2 else f"s{n}" for n in range(60)]
    frame = pd.DataFrame({"signup_id": ids, "at": AT, "country": ["GB", "FR", "DE"] * 20}, index=range(100, 160))
    wanted = in_common([n % 3 == 0 for n in range(60)], frame)
    chosen = frame[frame["country"] == "GB"]
    assert (wanted.chosen, in_common(chosen, frame)) == (20, wanted)
    for foreign, words in (
        (chosen.reset_index(drop=True), "10 of 20 chosen rows have no signup_id, and the index"),
        (chosen.set_axis(range(101, 121)), "others have another id"),
        (chosen.assign(signup_id=None).set_axis(range(20)), "20 of 20 chosen rows have no signup_id"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            in_common(foreign, frame)
    with pytest.raises(ConfigurationError, match="others have another id"):
        in_common(chosen, frame.drop(columns="signup_id"))
    events = frame.where(frame.notna(), None).to_dict("records")
    with pytest.raises(ConfigurationError, match="10 of 20 chosen rows"):
        in_common(chosen, events)


@pytest.mark.parametrize(
    ("chosen", "settings", "words"),
    [
        ("nonsense ==", {}, "query"),
        ("signup_id", {}, "no truth value"),
        (["s1", "nobody"], {}, "1 of 2 ids"),
        (["s1", None], {}, "1 of the 2 ids are absent"),
        ([True, False], {}, "2 places"),
        ([], {}, "0 of 10"),
        ([f"s{n}" for n in range(10)], {}, "10 of 10"),
        (7, {}, "given as an int"),
        (pd.Series([True] * 10, index=range(5, 15)), {}, "index of the mask"),
        (pd.DataFrame({"x": [1]}, index=[99]), {}, "give a mask or ids"),
        (["s1"], {"values": "all"}, "hidden"),
        (["s1"], {"level": 0.0}, "level"),
        (["s1"], {"level": 1}, "level"),
        (["s1"], {"least": 0}, "least"),
    ],
)
def test_mistakes_are_refused(chosen: Any, settings: dict[str, Any], words: str) -> None:
    """What cannot be meant says so, without a value of anybody's."""
    frame = pd.DataFrame({"signup_id": [f"s{n}" for n in range(10)], "at": AT})
    with pytest.raises(ConfigurationError, match=words):
        in_common(chosen, frame, **settings)


def test_a_query_needs_a_frame_and_a_background_a_list() -> None:
    """A list of mappings cannot be asked a query, and a mapping is no list."""
    with pytest.raises(ConfigurationError, match="no frame"):
        in_common("x == 1", [{"at": AT}, {"at": AT}])
    with pytest.raises(ConfigurationError, match="list of mappings"):
        in_common(["a"], {"at": AT})


def test_repeated_ids_count_once_and_bad_rows_are_counted() -> None:
    """A sign-up that stands twice is one, chosen if either row is; a row without a time is left out and told."""
    frame = pd.DataFrame(
        {
            "signup_id": ["a", "a", "b", "c", "d", None, None],
            "at": [AT, AT, AT, None, AT, AT, "soon"],
            "device.id": ["x", "y", "x", "x", "z", "z", "z"],
        }
    )
    background = Background.read(frame)
    assert (len(background), background.unread) == (4, 2)
    found = in_common([False, True, True, True, False, False, False], background, least=2, values="shown", level=0.9)
    assert (found.chosen, found.background) == (2, 4)
    assert [row.words for row in found] == ["device x"]


def test_frames_list_rows_and_what_they_cover(site: list[dict[str, Any]], background: Background) -> None:
    """The frame has a row a finding with its numbers, and on request those that it covers below it."""
    mask = np.array([str(event.get("group", "")).startswith("farm.") for event in site])
    found = in_common(mask, background)
    frame, whole = found.to_frame(), found.to_frame(covered=True)
    assert frame["rank"].tolist() == list(range(1, len(found) + 1))
    assert frame["bits"].is_monotonic_decreasing
    assert len(whole) == len(found) + sum(len(row.covers) for row in found)
    assert whole["covered_by"].notna().sum() == len(whole) - len(frame)
    np.testing.assert_allclose(frame["share"], frame["chosen"] / frame["chosen_known"])
    np.testing.assert_allclose(frame["others_share"], frame["others"] / frame["others_known"])
    assert ((frame["lift_low"] < frame["lift"]) & (frame["lift"] < frame["lift_high"])).all()
    assert (frame["p_value"] <= frame["q_value"]).all()
    assert f"{found.tests:,}" in found.to_text(top=1)
    assert "synthetic" in found.to_text(top=1)
    assert "synthetic" not in in_common(["1", "2", "3"], background_of(table([[0, 0, 0, 1, 1]] * 2))).to_text()


def test_nothing_in_common_is_said(background: Background) -> None:
    """An answer without rows says so in every form, and its graph is empty."""
    rng = np.random.default_rng(0)
    mask = np.zeros(len(background), dtype=np.bool_)
    mask[rng.choice(len(background), 3, replace=False)] = True
    found = in_common(mask, background, level=1e-9)
    assert "nothing in common beyond chance" in found.to_text()
    assert "nothing in common" in found._repr_html_()
    assert found.to_frame().empty
    assert found.graph().nodes.empty


def test_the_graph_holds_the_numbers_that_it_shows(site: list[dict[str, Any]], background: Background) -> None:
    """Nodes and edges count the chosen that show one value and two; listed pairs are edges; each has a place."""
    groups = pd.Series([event.get("group", "") for event in site])
    farm = groups[groups.str.startswith("farm.")].value_counts().index[0]
    found = in_common((groups == farm).to_numpy(), background, values="shown")
    graph = found.graph()
    nodes, edges = graph.nodes, graph.edges
    assert sorted(nodes["place"]) == list(range(len(nodes)))
    assert nodes["share"].between(0, 1).all()
    for row in found:
        if len(row.traits) == 1 and row.words in set(nodes["words"]):
            assert int(nodes.set_index("words")["chosen"][row.words]) == row.chosen
    first, second = (nodes["chosen"].to_numpy()[edges[name].to_numpy(int)] for name in ("first", "second"))
    both = edges["both"].to_numpy()
    assert (both <= np.minimum(first, second)).all()
    np.testing.assert_allclose(edges["overlap"], both / (first + second - both))
    listed = {frozenset(row.words.split(" and ")) for row in found if len(row.traits) == 2}
    named = nodes["words"].tolist()
    pairs = edges.loc[edges["is_pair"].astype(bool), ["first", "second"]].to_numpy(int).tolist()
    assert {frozenset(" and ".join(named[end] for end in ends).split(" and ")) for ends in pairs} <= listed
    assert graph.png().startswith(b"\x89PNG")


def test_shapes_are_said_in_words_and_explained() -> None:
    """Whoever reads of a shape is told in words what it is and what braces mean; nobody else is."""
    rows = [{"signup_id": str(n), "at": AT, "email": f"{'tiger' if n < 12 else 'x' * (n % 9 + 1)}{n % 90 + 10}@e.com",
             "device": {"platform": "Win32" if n < 12 else "MacIntel"}} for n in range(300)]  # fmt: skip
    found = in_common([str(n) for n in range(12)], rows)
    for text in (found.to_text(), found._repr_html_()):
        assert "{word}{2 digits}" in text or "{5 letters}{2 digits}" in text
        assert "In braces stands a kind of text" in " ".join(text.split())
    plain = in_common([str(n) for n in range(12)], [{**row, "email": None} for row in rows])
    assert "platform Win32" in plain.to_text()
    assert "In braces" not in plain.to_text() + plain._repr_html_()
