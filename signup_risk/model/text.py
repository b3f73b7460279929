"""Check the text of a LightGBM model before the library reads it.

LightGBM trusts what it reads: a child index out of range or a wrong tree size makes it read foreign memory,
and a cycle makes it run for ever (``GBDT::LoadModelFromString``, ``Tree::Tree(const char*)``, LightGBM 4.x).
A model folder comes from outside, so its structure is verified here, in a few milliseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from signup_risk.errors import ModelMismatch

_MAX_TREES: Final = 5_000
_MAX_LEAVES: Final = 1_024
# Contributions recurse once a level and need memory quadratic in the depth.
_MAX_DEPTH: Final = 128
_HEADER: Final = {
    "num_class": "1",
    "num_tree_per_iteration": "1",
    # Anything but sigmoid 1 would make the raw score a multiple of the log-odds.
    "objective": "binary sigmoid:1",
}
# `Tree::Tree` reads this many lines of a tree and ignores the rest.
_MAX_LINES: Final = 22
_NODE_INTEGERS: Final = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")


@dataclass(frozen=True, slots=True)
class ModelText:
    """Describe a model's text that was found sound.

    Attributes:
        feature_names: Names of the inputs, in order.
        trees: Number of trees.
    """

    feature_names: tuple[str, ...]
    trees: int


def read_model_text(text: str) -> ModelText:
    """Verify the text of a binary model and return its names and size.

    Raises:
        ModelMismatch: If anything in it is not as LightGBM writes it for a binary model of numeric trees.
    """
    first = text.find("\nTree=0\n") + 1
    # Line ends and digit separators that Python and LightGBM read differently could hide something from this
    # check.
    odd = any(character in text[: text.find("end of trees")] for character in "\0\r")
    if odd or not text.isascii() or not text.startswith("tree\n") or first == 0:
        raise _refused("it does not begin as a LightGBM model does, or has no tree")
    header = _pairs(text[:first])
    for key, wanted in _HEADER.items():
        if header.get(key) != wanted:
            raise _refused(f"{key} is {header.get(key)!r}, wanted {wanted!r}")
    if "average_output" in header:
        raise _refused("it is a random forest (average_output), wanted boosting")
    names = tuple(header.get("feature_names", "").split(" "))
    if header.get("max_feature_idx") != str(len(names) - 1) or len(set(names)) != len(names):
        raise _refused(
            f"max_feature_idx is {header.get('max_feature_idx')!r} with {len(names)} feature names"
        )
    blocks = _tree_blocks(text, first, header.get("tree_sizes", ""))
    for number, block in enumerate(blocks):
        try:
            _check_tree(_lines_of_tree(block), len(names))
        except (KeyError, ValueError) as problem:
            raise _refused(f"tree {number} is damaged ({problem})") from problem
    return ModelText(names, len(blocks))


_UNUSED: Final = ("leaf_weight", "split_gain", "internal_value", "internal_weight")


def _refused(found: str) -> ModelMismatch:
    return ModelMismatch(
        f"model.txt is refused: {found}. Train again, or copy the model folder again from its source"
    )


def _pairs(block: str) -> dict[str, str]:
    return {key: value for key, _, value in (line.partition("=") for line in block.split("\n"))}


def _tree_blocks(text: str, first: int, sizes: str) -> list[str]:
    """Cut the text where the header says that trees begin, as LightGBM does."""
    lengths = sizes.split(" ")
    if not all(length.isdecimal() for length in lengths) or len(lengths) > _MAX_TREES:
        raise _refused(f"tree_sizes is not a list of at most {_MAX_TREES} sizes")
    blocks, start = [], first
    for number, length in enumerate(map(int, lengths)):
        block = text[start : start + length]
        if not block.startswith(f"Tree={number}\n") or not block.endswith("\n\n\n"):
            raise _refused(f"tree {number} is not where tree_sizes says")
        blocks.append(block)
        start += length
    if not text.startswith("end of trees\n", start):
        raise _refused("there is more text after the last tree")
    return blocks


def _lines_of_tree(block: str) -> dict[str, str]:
    lines = block.rstrip("\n").split("\n")[1:]
    if len(lines) > _MAX_LINES or not all("=" in line for line in lines) or "_" in "".join(_values(lines)):
        raise ValueError("its lines are not as LightGBM writes them")
    return _pairs("\n".join(lines))


def _values(lines: list[str]) -> list[str]:
    return [line.partition("=")[2] for line in lines]


def _check_tree(tree: dict[str, str], features: int) -> None:
    leaves = int(tree["num_leaves"])
    if not 1 <= leaves <= _MAX_LEAVES:
        raise ValueError(f"{leaves} leaves, at most {_MAX_LEAVES} are allowed")
    if tree["num_cat"] != "0" or tree.get("is_linear", "0") != "0":
        raise ValueError("categorical splits and linear leaves are not supported")
    if not all(map(math.isfinite, _numbers(tree["leaf_value"], leaves))):
        raise ValueError("a leaf is not finite")
    _check_unused(tree, leaves)
    if leaves == 1:
        return
    # An infinite threshold is usual: it separates the missing values from all others.
    if any(map(math.isnan, _numbers(tree["threshold"], leaves - 1))):
        raise ValueError("a threshold is not a number")
    nodes = {name: _integers(tree[name], leaves - 1) for name in _NODE_INTEGERS}
    if min(nodes["internal_count"]) < 1 or min(_integers(tree["leaf_count"], leaves)) < 1:
        raise ValueError("a node without training rows has no contribution")
    if not all(0 <= feature < features for feature in nodes["split_feature"]):
        raise ValueError("a split reads a feature that does not exist")
    # Bit 0 says categorical, bit 1 where missing values go, bits 2-3 what is missing
    # (include/LightGBM/tree.h).
    if not all(0 <= kind < 12 and kind % 2 == 0 for kind in nodes["decision_type"]):
        raise ValueError("a split has an unknown kind")
    _check_shape(nodes["left_child"], nodes["right_child"], leaves)


def _check_unused(tree: dict[str, str], leaves: int) -> None:
    """Check what nothing here reads: LightGBM parses it all the same, and aborts the process on what is no number."""
    for name in _UNUSED:
        if tree.get(name):
            _numbers(tree[name], leaves if name == "leaf_weight" else leaves - 1)


def _numbers(text: str, count: int) -> list[float]:
    numbers = list(map(float, text.split(" ")))
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers where {count} belong")
    return numbers


def _integers(text: str, count: int) -> list[int]:
    numbers = list(map(int, text.split(" ")))
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} whole numbers where {count} belong")
    return numbers


def _check_shape(left: list[int], right: list[int], leaves: int) -> None:
    """Check that every node and leaf has one parent and that parents come before their children."""
    depth = [0] * (leaves - 1)
    seen: set[int] = set()
    for node, children in enumerate(zip(left, right, strict=True)):
        for child in children:
            if child in seen or not (-leaves <= child < 0 or node < child < leaves - 1):
                raise ValueError("its nodes do not form a tree")
            seen.add(child)
            if child > 0:
                depth[child] = depth[node] + 1
    if max(depth) >= _MAX_DEPTH:
        raise ValueError(f"deeper than {_MAX_DEPTH} levels")
