"""Damage the text of a model in every way that the check knows, and some at random."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signup_risk.errors import ModelMismatch
from signup_risk.model.booster import Booster
from signup_risk.model.text import read_model_text

TextOf = Callable[[str], str]

TWO_TREES = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=a b
feature_infos=[0:1] [0:1]
tree_sizes={sizes}

"""
TREE = """Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=0.5 0.25
decision_type=2 10
left_child=1 -1
right_child=-2 -3
leaf_value=-0.5 0.25 0.75
leaf_count=10 20 30
internal_count=60 40
is_linear=0


"""


def model(tree: str = TREE, header: str = TWO_TREES) -> str:
    """Join a small model whose sizes are right, whatever the tree says."""
    second = TREE.replace("Tree=0", "Tree=1")
    return header.format(sizes=f"{len(tree)} {len(second)}") + tree + second + "end of trees\n\n"


def test_the_small_model_is_sound() -> None:
    """The model that the cases below damage is accepted, here and by LightGBM."""
    assert read_model_text(model()).feature_names == ("a", "b")
    assert Booster(model()).trees == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("split_feature=0 1", "split_feature=0 2", "does not exist"),
        ("split_feature=0 1", "split_feature=0 -1", "does not exist"),
        ("split_feature=0 1", "split_feature=0", "1 whole numbers where 2"),
        ("split_feature=0 1", "split_feature=0 1e0", "invalid literal"),
        ("split_feature=0 1", "split_feature=0 0_1", "not as LightGBM writes"),
        ("left_child=1 -1", "left_child=0 -1", "do not form a tree"),
        ("left_child=1 -1", "left_child=2 -1", "do not form a tree"),
        ("left_child=1 -1", "left_child=1 -4", "do not form a tree"),
        ("left_child=1 -1", "left_child=1 -2", "do not form a tree"),
        ("left_child=1 -1", "left_child=1 0", "do not form a tree"),
        ("leaf_value=-0.5", "leaf_value=nan", "not finite"),
        ("leaf_value=-0.5", "leaf_value=inf", "not finite"),
        ("leaf_value=-0.5 0.25", "leaf_value=-0.5", "2 numbers where 3"),
        ("threshold=0.5", "threshold=nan", "not a number"),
        ("leaf_count=10", "leaf_count=0", "without training rows"),
        ("internal_count=60", "internal_count=-1", "without training rows"),
        ("decision_type=2", "decision_type=1", "unknown kind"),
        ("decision_type=2", "decision_type=12", "unknown kind"),
        ("num_cat=0", "num_cat=1", "not supported"),
        ("is_linear=0", "is_linear=1", "not supported"),
        ("num_leaves=3", "num_leaves=0", "0 leaves"),
        ("num_leaves=3", "num_leaves=4096", "4096 leaves"),
        ("num_leaves=3\n", "", "num_leaves"),
        ("num_cat=0\n", "num_cat=0\n\n", "not as LightGBM writes"),
        ("num_cat=0\n", "num_cat=0\nnothing\n", "not as LightGBM writes"),
        ("num_cat=0\n", "num_cat=0\n" + "x=1\n" * 20, "not as LightGBM writes"),
        ("leaf_value=-0.5", "leaf_weight=1 1429.n5 2\nleaf_value=-0.5", "could not convert"),
        ("leaf_value=-0.5", "split_gain=1 2 3\nleaf_value=-0.5", "3 numbers where 2"),
        ("Tree=0\n", "Tree=7\n", "has no tree"),
    ],
)
def test_a_damaged_tree_is_refused(old: str, new: str, message: str) -> None:
    """Whatever would make LightGBM read foreign memory, loop or give no number is refused by name."""
    assert old in TREE
    with pytest.raises(ModelMismatch, match=re.escape(message)):
        read_model_text(model(TREE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("num_class=1", "num_class=3", "num_class is '3'"),
        ("sigmoid:1", "sigmoid:2", "objective is"),
        ("objective=binary sigmoid:1\n", "", "objective is None"),
        ("objective=binary", "objective=regression", "objective is"),
        ("max_feature_idx=1", "max_feature_idx=2", "max_feature_idx is '2'"),
        ("feature_names=a b", "feature_names=a a", "max_feature_idx is '1'"),
        ("label_index=0\n", "label_index=0\naverage_output\n", "random forest"),
        ("tree_sizes={sizes}", "tree_sizes=10 {sizes}", "tree 0 is not where"),
        ("tree_sizes={sizes}", "tree_sizes={sizes} 999999999", "tree 2 is not where"),
        ("tree_sizes={sizes}", "tree_sizes=-5", "not a list"),
        ("tree_sizes={sizes}\n", "", "not a list"),
        ("tree\n", "tree\r\n", "does not begin"),
        ("tree\n", "forest\n", "does not begin"),
        ("version=v4", "version=v\u0664", "does not begin"),
        ("version=v4", "version=\0", "does not begin"),
    ],
)
def test_a_wrong_header_is_refused(old: str, new: str, message: str) -> None:
    """A model that is no binary boosting of log-odds, or lies about its sizes, is refused by name."""
    assert old in TWO_TREES
    with pytest.raises(ModelMismatch, match=re.escape(message)):
        read_model_text(model(header=TWO_TREES.replace(old, new)))


def test_text_after_the_last_tree_is_refused() -> None:
    """A size too few leaves a tree that the check would not have seen."""
    text = re.sub(r"tree_sizes=(\d+) \d+", r"tree_sizes=\1", model())
    with pytest.raises(ModelMismatch, match="after the last tree"):
        read_model_text(text)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    """Depth is bounded, because contributions recurse once a level."""
    nodes = 200
    chain = {
        "num_leaves": str(nodes + 1),
        "split_feature": " ".join(["0"] * nodes),
        "threshold": " ".join(["0.5"] * nodes),
        "decision_type": " ".join(["2"] * nodes),
        "left_child": " ".join([*map(str, range(1, nodes)), str(-nodes - 1)]),
        "right_child": " ".join(str(-number) for number in range(1, nodes + 1)),
        "leaf_value": " ".join(["0.1"] * (nodes + 1)),
        "leaf_count": " ".join(["1"] * (nodes + 1)),
        "internal_count": " ".join(["2"] * nodes),
    }
    tree = re.sub(r"(\w+)=(.*)", lambda line: f"{line[1]}={chain.get(line[1], line[2])}", TREE)
    with pytest.raises(ModelMismatch, match="deeper than 128"):
        read_model_text(model(tree))


def test_models_of_every_kind_are_accepted(model_text: TextOf) -> None:
    """What LightGBM writes passes, single leaves and infinite thresholds included."""
    single_leaf = "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0.5\n\n\n"
    assert read_model_text(model(single_leaf)).trees == 2
    assert read_model_text(model(TREE.replace("threshold=0.5", "threshold=inf"))).trees == 2
    for kind in ("plain", "monotone", "no_missing", "zero_as_missing", "deep", "stump"):
        assert read_model_text(model_text(kind)).trees == 25


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_never_gets_further_than_an_error(data: st.DataObject, model_text: TextOf) -> None:
    """A text with characters changed or cut is refused or still a model, and the process lives."""
    text = model_text("stump")
    at = data.draw(st.integers(0, len(text) - 1))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.text(alphabet="0123456789-. =\nTre", max_size=3))
    try:
        booster = Booster(text[:at] + put + text[at + cut :])
    except ModelMismatch:
        return
    booster.close()
