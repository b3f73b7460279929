"""Make pages once, and one browser for all tests that look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from signup_risk.cli import main
from tests.report.browser import Browsing, Visitor
from tests.report.made import assessments, history, write_lines


@pytest.fixture(scope="session")
def browsing() -> Iterator[Browsing]:
    """Start the browser that all tests of this process share."""
    found = Browsing()
    yield found
    found.close()


@pytest.fixture
def visit(browsing: Browsing) -> Iterator[Visitor]:
    """Return what opens pages; no page may err, ask for anything or open a dialog while a test looks at it."""
    visitor = Visitor(browsing)
    yield visitor
    browsing.run(visitor.close)
    assert visitor.faults == []


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that visits pages in the thread of the browser."""
    visitor = pyfuncitem.funcargs.get("visit")
    if not isinstance(visitor, Visitor):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    visitor.browsing.run(pyfuncitem.obj, **arguments)
    return True


@pytest.fixture(scope="session")
def found() -> list[dict[str, Any]]:
    """Return 1,200 assessments."""
    return assessments(1200)


@pytest.fixture(scope="session")
def frame(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the same assessments as a frame, with what the history says: what pages are held against."""
    table = pd.DataFrame(found)
    known = pd.DataFrame(history(found))
    table["label"], table["group"] = known["label"], known["group"]
    table["at"] = pd.to_datetime(table["at"], format="ISO8601")
    table["campaign"] = table["campaign"].map(lambda one: None if one is None else one["id"])
    table["codes"] = table["reasons"].map(lambda reasons: [one["code"] for one in reasons])
    return table


@pytest.fixture(scope="session")
def paged(found: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of those assessments with their history."""
    folder = tmp_path_factory.mktemp("page")
    told = write_lines(folder / "assessments.jsonl", found)
    events = write_lines(folder / "history.jsonl", history(found))
    out = folder / "report.html"
    assert main(["report", str(told), "--history", str(events), "-o", str(out)]) == 0
    return out


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a page of assessments."""

    def made(values: Iterable[Mapping[str, Any]], *options: str, events: Iterable[Mapping[str, Any]] = ()) -> Path:
        told, out = write_lines(tmp_path / "assessments.jsonl", values), tmp_path / "report.html"
        known = list(events)
        named = ["--history", str(write_lines(tmp_path / "history.jsonl", known))] if known else []
        assert main(["report", str(told), "-o", str(out), *named, *options]) == 0
        return out

    return made
