"""Imports point down, in no circle, and outside packages stay where they belong."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping

import pytest

PACKAGE = "signup_risk"

#: From the ground up. A module imports its own part and parts of rows before its own; parts of one row do not
#: import each other. The package itself ("") stands right above the scorer, whose names it hands out.
FLOORS = (
    ("_version", "errors"),
    ("events", "prices"),
    ("messages",),
    ("results",),
    ("observer",),
    ("normalize", "stores", "references", "policy"),
    ("features",),
    ("extract",),
    ("model",),
    ("explain",),
    ("campaigns", "receipts", "what_if"),
    ("scorer",),
    ("",),
    ("files", "integrations", "telemetry"),
    ("simulation",),
    ("training",),
    ("notebook", "report"),
    ("cli",),
    ("__main__",),
)

#: Who may import what from outside. A prefix stands for a module and everything in it.
CONFINED = {
    "confusable_homoglyphs": ("normalize.names",),
    "crawleruseragents": ("normalize.user_agent",),
    "django": ("integrations.django",),
    "disposable_email_domains": ("references.domains",),
    "email_validator": ("normalize.email",),
    "lightgbm": ("model.library", "training"),
    "matplotlib": ("notebook.plots", "notebook.common.graph"),
    "maxminddb": ("references.mmdb",),
    # The frames of the scorer are imported when somebody passes a frame; test_light_import watches that.
    "numpy": ("training", "notebook", "report", "explain.shap_form", "scorer.frames"),
    "opentelemetry": ("telemetry",),
    "pandas": ("cli", "training", "notebook", "scorer.frames"),
    "phonenumbers": ("normalize.phone",),
    "pyarrow": ("cli", "files", "training", "notebook"),
    # The suites that outside stores run.
    "pytest": (
        "stores.contract",
        "stores.erasure_contract",
        "stores.journal_contract",
        "stores.ledger_contract",
    ),
    "redis": ("stores.redis",),
    "hiredis": ("stores.redis.wire",),
    "shap": ("explain",),
    "stix2": ("campaigns.stix",),
    "sklearn": ("training.estimator",),  # which only scikit-learn itself asks for it
    "starlette": ("integrations.fastapi",),
    "tqdm": ("cli", "scorer.progress"),
    "ua_parser": ("normalize.user_agent",),
}

#: Circles that are wanted, each closed by an import inside a function: a value's alternative constructors are
#: methods of it, and their work stands in modules of its own.
WANTED_CIRCLES = {
    ("signup_risk.events.signup", "signup_risk.events.parse"),
    ("signup_risk.events.signup", "signup_risk.events.minfraud"),
}


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node that can run; the body of ``if TYPE_CHECKING`` cannot, its ``else`` can."""
    skipped = node.body if _is_type_checking(node) else []
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield child
            yield from _statements(child)


def _named_imports(node: ast.AST, package: str) -> list[str]:
    """Return what one statement imports: modules, and names that may be modules."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            base = f"{above}.{base}".rstrip(".")
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func).rsplit(".", 1)[-1]
        if called in {"import_module", "__import__", "find_spec"}:
            return [str(node.args[0].value)]
    return []


def imports(name: str, tree: ast.Module, known: Collection[str]) -> set[str]:
    """Return what a module imports anywhere: modules of ours by full name, others by their first part."""
    is_package = any(other.startswith(f"{name}.") for other in known)
    package = name if is_package else name.rpartition(".")[0]
    found = set()
    for node in _statements(tree):
        for target in _named_imports(node, package):
            if target.split(".")[0] != PACKAGE:
                found.add(target.split(".")[0])
            else:
                found.add(target if target in known else target.rpartition(".")[0])
    return found - {name, ""}


def part(name: str) -> str:
    """Return the part of the package that a module belongs to."""
    return name.split(".")[1] if "." in name else ""


def floor(name: str) -> int | None:
    """Return the row of :data:`FLOORS` of a module."""
    return next((row for row, parts in enumerate(FLOORS) if part(name) in parts), None)


def floor_complaints(modules: Mapping[str, ast.Module]) -> list[str]:
    """Say which modules have no floor, and which imports do not point down."""
    complaints = [f"{name} has no floor" for name in modules if floor(name) is None]
    for name, tree in modules.items():
        for target in imports(name, tree, modules):
            if not target.startswith(PACKAGE) or part(target) == part(name):
                continue
            own, other = floor(name), floor(target)
            if own is not None and (other is None or other >= own):
                complaints.append(f"{name} imports {target}")
    return complaints


def circles(modules: Mapping[str, ast.Module]) -> list[str]:
    """Say which modules import each other in a circle."""
    graph = {name: imports(name, tree, modules) & set(modules) for name, tree in modules.items()}
    for name, target in WANTED_CIRCLES:
        graph.get(name, set()).discard(target)
    while ends := {n for n, targets in graph.items() if not targets or n not in set().union(*graph.values())}:
        graph = {name: targets - ends for name, targets in graph.items() if name not in ends}
    return [f"{name} <-> {', '.join(sorted(targets))}" for name, targets in graph.items()]


def outside_complaints(modules: Mapping[str, ast.Module]) -> list[str]:
    """Say which outside packages are imported where they do not belong."""
    complaints = []
    for name, tree in modules.items():
        for target in imports(name, tree, modules):
            if target.startswith(PACKAGE) or target in sys.stdlib_module_names:
                continue
            allowed = [f"{PACKAGE}.{prefix}" for prefix in CONFINED.get(target, ())]
            if not any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed):
                complaints.append(f"{name} imports {target}")
    return complaints


def _package(**sources: str) -> dict[str, ast.Module]:
    """Return a package of the given sources; ``__`` in a name stands for a dot."""
    named = {f"{PACKAGE}.{name.replace('__', '.')}": ast.parse(source) for name, source in sources.items()}
    return {PACKAGE: ast.parse("")} | named


def test_imports_point_down(modules: dict[str, ast.Module]) -> None:
    """Every module imports its own part and lower floors only."""
    assert floor_complaints(modules) == []


def test_no_circles(modules: dict[str, ast.Module]) -> None:
    """No modules import each other in a circle."""
    assert circles(modules) == []


def test_outside_packages_are_confined(modules: dict[str, ast.Module]) -> None:
    """An outside package is imported in the few modules that are named for it."""
    assert outside_complaints(modules) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"errors": "import signup_risk.scorer", "scorer": ""},
        {"normalize": "from signup_risk.stores import open_store", "stores": ""},
        {"events__parse": "def read():\n    from signup_risk import results", "results": ""},
        {"extract": "from signup_risk.model.booster import Booster", "model__booster": "", "model": ""},
        {"features__geo": "from ..model import Booster", "model": "", "features": ""},
        {"features": "from signup_risk import Scorer"},
        {"shortcuts": ""},
    ],
)
def test_imports_that_point_up_are_found(sources: dict[str, str]) -> None:
    """The check complains once about an import of a higher or neighbouring floor, wherever it stands."""
    assert len(floor_complaints(_package(**sources))) == 1


def test_imports_for_types_are_exempt() -> None:
    """What only a type checker reads may point anywhere."""
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from signup_risk.scorer import Scorer"
    assert floor_complaints(_package(errors=source, scorer="")) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"cli__a": "import signup_risk.cli.b", "cli__b": "import signup_risk.cli.a", "cli__c": "import x"},
        {"events": "from signup_risk.events.a import read", "events__a": "from signup_risk import events"},
    ],
)
def test_circles_are_found(sources: dict[str, str]) -> None:
    """The check complains about both members of a circle."""
    assert len(circles(_package(**sources))) == 2


@pytest.mark.parametrize(
    "sources",
    [
        {"scorer": "import pandas as pd"},
        {"normalize__phone": "from email_validator import validate_email"},
        {"features__geo": "def f():\n    import numpy.linalg"},
        {"model__booster": "import importlib\nimportlib.import_module('scipy.special')"},
        {"errors": "import requests"},
    ],
)
def test_strayed_packages_are_found(sources: dict[str, str]) -> None:
    """The check complains about an outside package in the wrong place, and about one that nobody named."""
    assert len(outside_complaints(_package(**sources))) == 1
