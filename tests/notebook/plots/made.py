"""Make frames of assessed sign-ups whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from signup_risk.policy import Policy

#: Names that data could hold: formulas, markup, marks that turn the writing, emoji, other scripts, length.
HOSTILE = (
    "$x^2$ and $y$", r"\frac{1}{2} $\alpha$", "<b>bold</b>", "\u202eesrever", "a\nb\tc\x00", "\u738b\u5c0f\u660e",
    "\U0001f600 smile", "\u0645\u0631\u062d\u0628\u0627", "100% $", "x" * 10_000, "", "_private",
)  # fmt: skip


def assessed(count: int = 900, *, seed: int = 1, abusive: float = 0.3, campaigns: int = 12) -> pd.DataFrame:
    """Return assessed sign-ups of some campaigns and populations, with scores that know something."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(count) < abusive).astype(float)
    farms, people = rng.integers(0, campaigns, count), rng.integers(0, 3, count)
    raw = rng.normal(size=count) * 1.4 - 3.2 + 3.5 * labels
    legitimate = np.sort(raw[labels == 0])
    above = len(legitimate) - np.searchsorted(legitimate, raw, side="left")
    rates = (above + 1) / (len(legitimate) + 1)
    thresholds = Policy().thresholds
    drawn = zip(farms, people, labels, strict=True)
    groups = [f"farm.a1.{farm}" if bad else f"legit.p{who}" for farm, who, bad in drawn]
    frame = pd.DataFrame(
        {
            "signup_id": [f"s{number}" for number in range(count)],
            "at": pd.date_range("2026-05-01", periods=count, freq="7min", tz="UTC"),
            "label": labels,
            "group": groups,
            "raw_score": raw,
            "risk_score": 100 / (1 + np.exp(-raw)),
            "fpr": rates,
            "decision": [thresholds.outcome(rate) for rate in rates.tolist()],
        }
    )
    frame.attrs["synthetic"] = True
    return frame


def contributions(count: int = 400, *, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return contributions to scores and the values that they are of, some of them unknown."""
    rng = np.random.default_rng(seed)
    names = ["device_count_24h", "email_disposable", "ip_network_count_1h", "custom_plan", "unheard_of"]
    values = pd.DataFrame(rng.poisson(1.0, (count, len(names))).astype(float), columns=names)
    amounts = (values - 1.0) * np.asarray([0.9, 0.4, 0.2, 0.1, 0.0])
    values.iloc[::7, 0] = np.nan
    return amounts.assign(base_value=-2.0), values


def texts(figure: Any) -> list[str]:
    """Return everything that is written in a figure."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
