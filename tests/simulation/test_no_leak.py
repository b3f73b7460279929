"""Neither a missing field nor a way of writing tells good from bad."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from signup_risk.simulation import Waves, load_scenario, simulate

FLAT = "ip_address phone username first_name last_name birth_date country organization channel referral_code"
SECTIONS = {
    "device": "id user_agent accept_language time_zone screen platform webdriver tls_fingerprint",
    "session": "age_seconds form_seconds pasted_fields keystrokes captcha_score referrer_uri",
    "card": "token issuer_id_number last_digits funding country avs_result cvv_result was_authorized processor",
    "billing": "address city region postal country first_name last_name",
}
# Forms change every hour or two here, so that a form cannot stand for a day on which a farm happened to work.
SCENARIO = replace(
    load_scenario("bundled-1"), days=10, signups=16000, campaigns=240, abusive_share=0.25,
    period_hours=(1, 2), waves=Waves(scale=0.5),
)  # fmt: skip


def describe(event: dict[str, Any]) -> list[float]:
    """Reduce an event to which fields it has and how they are written."""
    row = [float(name in event) for name in FLAT.split()]
    row += [float(name in event.get(section, {})) for section, names in SECTIONS.items() for name in names.split()]
    device, card, session = event.get("device", {}), event.get("card", {}), event.get("session", {})
    first, last, email = event.get("first_name", ""), event.get("last_name", ""), event["email"]
    row += [
        email != email.lower(),
        email.isupper(),
        first.endswith(" "),
        last.endswith(" "),
        len(first) > 2 and first.isupper(),
    ]
    row += [
        event.get("phone", "+").startswith("+"),
        len(card.get("issuer_id_number", "")),
        len(card.get("last_digits", "")),
    ]
    row += [len(device.get("id", "")), "-" in device.get("id", ""), len(device.get("tls_fingerprint", ""))]
    row += [len(event["signup_id"]), len(str(session.get("form_seconds", "")).partition(".")[2])]
    return [float(value) for value in row]


def table(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return form-only features and labels of one simulation."""
    events = list(simulate(SCENARIO, seed))
    return np.array([describe(e) for e in events]), np.array([e["group"].startswith("farm.") for e in events])


def test_presence_and_formatting_are_at_chance() -> None:
    """Models that see presence and formatting alone learn nothing that holds on another seed."""
    train, label = table(1)
    test, truth = table(2)
    scaler = StandardScaler().fit(train)
    line = LogisticRegression(max_iter=1000, C=0.01).fit(scaler.transform(train), label)
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=200, random_state=1).fit(train, label)
    scores = [line.predict_proba(scaler.transform(test))[:, 1], tree.predict_proba(test)[:, 1]]
    for score in scores:
        assert abs(roc_auc_score(truth, score) - 0.5) < 0.03
