"""Score the way most services start out: pydantic, a one-row frame, Booster.predict, a new TreeExplainer.

Facts, velocity and features come from the same functions as in the product, so that the difference is in
parsing, predicting and explaining alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd
import shap
from pydantic import BaseModel

from signup_risk import Signup, open_references
from signup_risk.extract import complete, prepare, select
from signup_risk.model import bundled_model_path
from signup_risk.stores import open_store

#: An event, and the same read beforehand: the naive way is charged with pydantic's parsing, not with ours.
Item = tuple[Mapping[str, Any], Signup]


class Device(BaseModel):
    """Describe a browser."""

    id: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    time_zone: str | None = None
    screen: str | None = None
    platform: str | None = None
    webdriver: bool | None = None
    tls_fingerprint: str | None = None


class Session(BaseModel):
    """Describe a visit."""

    age_seconds: float | None = None
    form_seconds: float | None = None
    pasted_fields: int | None = None
    keystrokes: int | None = None
    captcha_score: float | None = None
    referrer_uri: str | None = None


class Card(BaseModel):
    """Describe a card."""

    token: str | None = None
    issuer_id_number: str | None = None
    last_digits: str | None = None
    funding: str | None = None
    country: str | None = None
    avs_result: str | None = None
    cvv_result: str | None = None
    was_3d_secure_successful: bool | None = None
    was_authorized: bool | None = None
    decline_code: str | None = None
    processor: str | None = None


class Billing(BaseModel):
    """Describe a billing address."""

    address: str | None = None
    city: str | None = None
    region: str | None = None
    postal: str | None = None
    country: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class NaiveSignup(BaseModel):
    """Describe a sign-up."""

    signup_id: str
    at: datetime
    ip_address: str | None = None
    email: str | None = None
    phone: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    country: str | None = None
    organization: str | None = None
    channel: str | None = None
    referral_code: str | None = None
    device: Device | None = None
    session: Session | None = None
    card: Card | None = None
    billing: Billing | None = None


class NaiveScorer:
    """Score one sign-up at a time with the bundled model.

    Args:
        store: Where velocity is kept.
    """

    def __init__(self, store: str) -> None:
        # shap tells at each call that the form of its answer changed in an earlier release.
        warnings.filterwarnings("ignore", message="LightGBM binary classifier", category=UserWarning)
        model = bundled_model_path() / "model.txt"
        self._booster = lightgbm.Booster(model_file=str(Path(model)))
        self._names = self._booster.feature_name()
        self._features = select(tuple(self._names))
        self._references = open_references()
        self._store, self._hasher = open_store(store)

    def score(self, item: Item) -> float:
        """Return the probability of abuse."""
        return float(self._booster.predict(self._frame(item), num_threads=1)[0])

    def score_with_reasons(self, item: Item) -> tuple[float, Any]:
        """Return the probability and the contributions."""
        frame = self._frame(item)
        probability = float(self._booster.predict(frame, num_threads=1)[0])
        return probability, shap.TreeExplainer(self._booster).shap_values(frame)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _frame(self, item: Item) -> pd.DataFrame:
        event, signup = item
        NaiveSignup.model_validate(event)
        prepared = prepare(signup, signup.at_us, self._references, self._hasher)
        seen = complete(prepared, self._store.exchange(prepared.keys.touch), self._features)
        return pd.DataFrame([dict(zip(self._names, seen.values, strict=True))])
