"""Everything that the README shows runs, and does what the text beside it says."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.http import HttpRequest, QueryDict
from django.test.utils import override_settings

from signup_risk.cli import main
from signup_risk.cli.parser import build_parser
from signup_risk.simulation import load_scenario, simulate
from signup_risk.stores import Store
from signup_risk.stores.contract import StoreContract
from tests.apps import django_app
from tests.apps.serving import serve_asgi
from tests.stores.servers import server

Run = Callable[[str], dict[str, Any]]

EXAMPLES = {
    "analyst", "campaigns", "django", "fastapi", "feature", "notebook", "plots", "policy", "production", "reference",
    "signatures", "store", "training",
}  # fmt: skip


def test_every_example_is_run(readme: str) -> None:
    """No Python block of the README stands without a name, and each name is tested below."""
    assert set(re.findall(r"<!-- example: (\w+) -->\n```python\n", readme)) == EXAMPLES
    assert readme.count("```python\n") == len(EXAMPLES)


@pytest.mark.parametrize("name", ["feature", "reference", "policy"])
def test_recipe_runs(name: str, run_example: Run) -> None:
    """A recipe runs as it stands; what it claims it asserts itself."""
    run_example(name)


def test_production_example_serves_on_redis(
    run_example: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The application of the production chapter answers over HTTP with its store on a real server; doctor agrees."""
    with server(port=True) as redis:
        monkeypatch.setenv("SIGNUP_RISK_STORE", redis.port_url())
        monkeypatch.setenv("SIGNUP_RISK_SECRET", "0123456789abcdef" * 4)
        app = run_example("production")["app"]
        with serve_asgi(app) as site:
            made = [httpx.post(f"{site}/signup", json={"email": "ada@example.com"}, timeout=60) for _ in range(3)]
            health = httpx.get(f"{site}/health", timeout=60).json()
        assert main(["doctor", "--store", redis.port_url()]) == 0
    assert [one.status_code for one in made] == [201] * 3
    assert health == {"store": "asked", "pending": 0, "dropped": 0, "problem": None}
    assert "problem" not in capsys.readouterr().out


def test_endpoint_scores_a_sign_up(run_example: Run) -> None:
    """The FastAPI example answers a sign-up with the next step and takes a report on it."""
    app = run_example("fastapi")["app"]

    async def visit() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=app, client=("203.0.113.9", 50000))
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
            form = {"email": "ada.lovelace@example.com", "first_name": "Ada", "form_seconds": 41.5}
            made = await client.post("http://example.com/signup", json=form)
            where = f"http://example.com/internal/signups/{made.json()['signup_id']}/outcome"
            return made, await client.post(where, params={"outcome": "legitimate"})

    made, reported = asyncio.run(visit())
    assert made.status_code == 201
    assert made.json()["next"] in {"welcome", "confirm_phone", "wait"}
    assert reported.json() == {"known": True}
    assert Path("velocity.db").is_file()


def test_view_scores_a_sign_up(run_example: Run) -> None:
    """The Django example answers a sign-up with the next step."""
    assert django_app.settings.configured
    request = HttpRequest()
    request.META = {"REQUEST_METHOD": "POST", "REMOTE_ADDR": "203.0.113.9"}
    request.POST = QueryDict("id=s1&email=ada.lovelace@example.com")
    with override_settings(SIGNUP_RISK={"STORE": "sqlite:///velocity.db", "TRUSTED_PROXIES": ["10.0.0.0/8"]}):
        answer = run_example("django")["sign_up"](request)
    assert answer.status_code == 201
    assert Path("velocity.db").is_file()


def test_notebook_tells_decisions_and_reasons(run_example: Run) -> None:
    """The notebook example scores a file and sums up decisions and reasons."""
    events = list(islice(simulate(load_scenario("demo-1"), seed=5), 150))
    Path("signups.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    shown = run_example("notebook")
    assert shown["decisions"].sum() == len(events)
    assert 0 <= shown["stopped_at_2_percent"] <= len(events)
    assert set(shown["reasons"]["signup_id"]) == {event["signup_id"] for event in events}
    assert shown["strongest"].is_monotonic_decreasing
    assert len(shown["one"]) > 0


def test_plots_are_drawn_and_saved(run_example: Run) -> None:
    """The example of plots ends in a picture and in numbers."""
    shown = run_example("plots")
    assert Path("cost.png").read_bytes().startswith(b"\x89PNG")
    assert shown["cheapest"].cost <= shown["cheapest"].cost_of_none
    assert shown["cheapest"].data["allowed"].any()
    assert (shown["paying"]["rate"] > 0.01).all()


def test_an_analyst_scores_compares_and_rules(run_example: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The analyst's example scores a frame, finds what is in common, and writes its rulings."""
    shown = run_example("analyst")
    assert len(shown["assessed"]) == len(shown["signups"])
    assert shown["unreadable"].empty
    assert len(shown["drivers"]) == 10
    assert set(shown["why"]["signup_id"]) <= set(shown["signups"]["signup_id"])
    assert "times as often" in capsys.readouterr().out
    assert len(shown["graph"].nodes) > 1
    assert shown["written"]["state"].tolist() == ["written"] * 6
    assert sorted(shown["written"]["outcome"].unique()) == ["abusive", "legitimate"]
    assert shown["written"]["known"].all()
    ruled = shown["queue"].ruled().set_index("outcome")["risk_score"]
    assert ruled["legitimate"].max() < ruled["abusive"].min()
    assert Path("queue.json").is_file()


def test_notebook_trains_evaluates_and_compares(run_example: Run) -> None:
    """The example of training ends in figures for both models and for every group."""
    shown = run_example("training")
    assert shown["found"]["rate"].tolist() == [0.001, 0.0035, 0.01, 0.05]
    assert set(shown["groups"]["group"]) <= {one["group"] for one in shown["later"]}
    assert len(shown["ranks"]) == len(shown["later"])


class TestStoreOfTheRecipe(StoreContract):
    """The store of the recipe keeps the contract."""

    @pytest.fixture(autouse=True)
    def _defined(self, run_example: Run) -> None:
        self.made = run_example("store")["DictStore"]

    def open(self, tmp_path: Path) -> Store:  # noqa: ARG002 - the contract of a durable store
        """Return an empty store; it is not durable."""
        store: Store = self.made()
        return store

    def size(self, store: Store) -> int:
        """Return the number of keys held."""
        return len(store._keys)  # type: ignore[attr-defined]


def test_commands_are_understood(readme: str) -> None:
    """Every command line of the README is one that the command understands."""
    lines = [line for line in readme.splitlines() if line.startswith("signup-risk ")]
    assert len(lines) >= 5
    for line in lines:
        words = shlex.split(line.partition(" < ")[0])[1:]
        assert callable(build_parser().parse_args(words).run)


def test_the_model_of_ones_own_is_the_challenger(readme: str) -> None:
    """Where the README compares, better means that the model of one's own is."""
    compared = re.findall(r"signup-risk evaluate (\S+) \S+ --against (\S+)", readme)
    assert compared == [("bundled", "ours")] * 2


def test_scripts_and_files_exist(readme: str) -> None:
    """Scripts and files of the repository that the README names are there."""
    root = Path(__file__).resolve().parents[2]
    named = set(re.findall(r"\b(?:scripts|models|signup_risk)/[\w./]+", readme))
    assert named
    assert [name for name in named if not (root / name.rstrip(".")).exists()] == []


def test_campaigns_are_found_and_ruled_on(run_example: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the README finds campaigns, looks back and confirms one."""
    names = run_example("campaigns")
    assert names["newest"].size > 0
    assert "->" in capsys.readouterr().out


def test_commands_of_the_page_make_it(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command works as it stands, and the page at the end says what it is of."""
    monkeypatch.chdir(tmp_path)
    section = readme.partition("### A page for the others")[2].partition("```sh\n")[2].partition("```")[0]
    for line in section.splitlines():
        assert main(shlex.split(line)[1:]) == 0, line
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<title>May, simulated</title>" in page
    assert '"synthetic":{"model":true,"signups":true}' in page


def test_commands_of_campaigns_do_what_they_say(
    readme: str, run_example: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command works as it stands, ids included, and the example takes what they wrote."""
    section = readme.partition("### Finding those of the past")[2].partition("```sh\n")[2].partition("```")[0]
    for line in section.splitlines():
        assert main(shlex.split(line)[1:]) == 0, line
    assert "network" in capsys.readouterr().out
    shown = run_example("signatures")
    assert shown["settings"].signatures.signatures
    assert shown["report"].campaign("20260202-1").title == "winter farm"
    assert len(Path("assessments.jsonl").read_text(encoding="utf-8").splitlines()) > 2000
