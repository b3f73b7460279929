"""Files and functions stay small, every public function and every test says in words what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 40

#: Functions that may be longer, by dotted name.
LONGER: frozenset[str] = frozenset()

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(name: str, tree: ast.AST) -> Iterator[tuple[str, Function]]:
    """Yield every function and method by its dotted name, but not those inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{name}.{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(f"{name}.{node.name}", node)


def code_lines(function: Function) -> int:
    """Count the lines of a function without its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    spoken = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - spoken


def long_functions(modules: Mapping[str, ast.Module]) -> list[str]:
    """Say which functions are too long."""
    lengths = {full: code_lines(node) for full, node in _all(modules) if full not in LONGER}
    return [f"{full}: {lines} lines" for full, lines in lengths.items() if lines > FUNCTION_LINES]


def silent_functions(modules: Mapping[str, ast.Module]) -> list[str]:
    """Say which public functions and methods lack a docstring."""
    return [full for full, node in _all(modules) if _is_public(full) and not ast.get_docstring(node)]


def _all(modules: Mapping[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    for name, tree in modules.items():
        yield from functions(name, tree)


def _is_public(full: str) -> bool:
    return not any(piece.startswith("_") for piece in full.split("."))


def poorly_said_tests(name: str, tree: ast.Module) -> list[str]:
    """Say which tests lack a docstring whose first line is a whole sentence."""
    tests = [(full, node) for full, node in functions(name, tree) if node.name.startswith("test_")]
    said = {full: (ast.get_docstring(node) or "").split("\n\n")[0] for full, node in tests}
    return [full for full, sentence in said.items() if not sentence.endswith(".")]


def test_files_are_short(root: Path) -> None:
    """No source, test or script file has more lines than the budget."""
    files = [path for folder in ("signup_risk", "tests", "scripts") for path in (root / folder).rglob("*.py")]
    lengths = {str(path.relative_to(root)): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert len(lengths) > 50
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_are_short(modules: dict[str, ast.Module]) -> None:
    """No function has more lines of code than the budget."""
    assert long_functions(modules) == []


def test_public_functions_are_documented(modules: dict[str, ast.Module]) -> None:
    """Every function and method that a user may call says what it does."""
    assert silent_functions(modules) == []


def test_tests_are_documented(root: Path) -> None:
    """Every test says in a sentence what it shows."""
    trees = {
        str(path.relative_to(root)): ast.parse(path.read_text(encoding="utf-8"))
        for path in (root / "tests").rglob("test_*.py")
    }
    assert [complaint for name, tree in trees.items() for complaint in poorly_said_tests(name, tree)] == []


def test_a_long_function_is_found() -> None:
    """The check counts the lines of a method, and leaves its docstring out."""
    body = "\n".join(["        x = 1"] * FUNCTION_LINES)
    long = ast.parse(f"class A:\n    def f(self):\n{body}\n")
    told = ast.parse(f'class A:\n    def f(self):\n        """Do.\n\n        So.\n        """\n{body[14:]}\n')
    assert long_functions({"m": long}) == [f"m.A.f: {FUNCTION_LINES + 1} lines"]
    assert long_functions({"m": told}) == []


def test_a_silent_function_is_found() -> None:
    """The check wants docstrings of public functions and methods, not of private ones."""
    loud = "def f(): ...\nclass A:\n    def h(self): ...\n"
    tree = ast.parse(loud + "def _g(): ...\nclass _B:\n    def i(self): ...")
    assert silent_functions({"m": tree}) == ["m.f", "m.A.h"]


def test_a_silent_test_is_found() -> None:
    """The check wants a sentence: no docstring and a docstring without a full stop are both too little."""
    tree = ast.parse('def test_a(): ...\ndef test_b():\n    """Works"""\ndef test_c():\n    """It works."""')
    assert poorly_said_tests("t", tree) == ["t.test_a", "t.test_b"]
