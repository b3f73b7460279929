"""Prices have ranges, sources and a date, and every lever of the adaptive operator has one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.prices import Price, load_prices
from signup_risk.simulation.farms.kinds import DRAWERS
from signup_risk.simulation.farms.levers import LEVERS


def test_every_evasion_has_a_price_with_a_source() -> None:
    """Levers and kinds of farm are in the list, each with where it is from and whether it is assumed."""
    prices = load_prices()
    levels = {f"{lever}.{level}" for lever, levels in LEVERS.items() for level in levels}
    assert set(prices.entries) == levels | {f"kind.{kind}" for kind in (*DRAWERS, "a5")}
    assert all(len(price.source) > 10 for price in prices.entries.values())
    assert {price.evasion for price in prices.entries.values() if not price.assumed} == {
        "phone.rented",
        "phone.matching",
        "card.virtual",
    }


def test_levels_stand_in_order_of_price() -> None:
    """A level up costs no less, so that climbing one is what an operator pays for."""
    prices = load_prices()
    for lever, levels in LEVERS.items():
        usual = [prices.of(f"{lever}.{level}").usual for level in levels]
        assert usual == sorted(usual)


def test_an_account_costs_the_sum() -> None:
    """The usual price lies in the range, and prices of an account add up."""
    prices = load_prices()
    cost = prices.account(["phone.rented", "card.virtual"])
    assert (cost.low, cost.high) == pytest.approx((2.08, 3.62))
    assert cost.low < cost.usual < cost.high
    assert Price("x", 0.0, 0.5, "a test", assumed=True).usual == 0.25


def test_what_has_no_price_is_named() -> None:
    """An unknown evasion is an error that lists the known ones."""
    with pytest.raises(ConfigurationError, match=r"'mail\.pigeon'.*mail\.aged_freemail"):
        load_prices().account(["mail.pigeon"])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"version": 7, "prices": []}, "version 7"),
        (
            {
                "version": 1,
                "as_of": "2026-01-01",
                "prices": [{"evasion": "a.b", "low": 2, "high": 1, "source": "x", "assumed": True}],
            },
            r"a\.b: 2 to 1",
        ),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, row: dict[str, object], said: str) -> None:
    """A version that is not known, or a range upside down, is named."""
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_prices(path)
