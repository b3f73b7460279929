"""Make random histories of sign-ups over small populations, so that keys meet often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

START = datetime(2026, 5, 1, tzinfo=UTC)

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Mobile/15E148",
    "curl/8.5.0",
)
MAILBOXES = ("tiger12345@gmail.com", "t.iger12345+x@gmail.com", "ada@example.com", "bad@@", "ann@mailinator.com")
ADDRESSES = ("8.8.8.8", "8.8.8.9", "2001:4860:4860::8888", "10.0.0.1", "not an ip")
CARDS = st.fixed_dictionaries(
    {"token": st.sampled_from(["tok_a", "tok_b"]), "issuer_id_number": st.sampled_from(["411111", "550000"])}
)
BILLING = st.fixed_dictionaries({"address": st.sampled_from(["1 Main St", "2 Main St"]), "postal": st.just("12345")})


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a value, or its absence."""
    return st.one_of(st.none(), values)


DEVICES = st.fixed_dictionaries(
    {
        "id": maybe(st.sampled_from(["d1", "d2", "d3"])),
        "user_agent": maybe(st.sampled_from(AGENTS)),
        "accept_language": maybe(st.sampled_from(["en-US,en;q=0.9", "de", "*"])),
        "time_zone": maybe(st.sampled_from(["Europe/Berlin", "America/New_York", "Mars/Olympus"])),
        "screen": maybe(st.sampled_from(["1920x1080", "390x844"])),
    }
)

EVENTS = st.fixed_dictionaries(
    {
        "ip_address": maybe(st.sampled_from(ADDRESSES)),
        "email": maybe(st.sampled_from(MAILBOXES)),
        "phone": maybe(st.sampled_from(["+4915112345678", "+4915112345679", "12"])),
        "username": maybe(st.sampled_from(["tiger12345", "ann"])),
        "first_name": maybe(st.sampled_from(["Ada", "Иван"])),
        "last_name": maybe(st.sampled_from(["Lovelace", "王"])),
        "country": maybe(st.sampled_from(["DE", "US"])),
        "referral_code": maybe(st.sampled_from(["R1", "R2"])),
        "device": maybe(DEVICES),
        "session": maybe(st.fixed_dictionaries({"form_seconds": maybe(st.sampled_from([1.5, 20, 40]))})),
        "card": maybe(CARDS),
        "billing": maybe(BILLING),
    }
)

STEPS = st.sampled_from([0, 0, 1, 30, 600, 3600, 86_400, 86_400 * 8, -1, -4000])


@st.composite
def histories(draw: st.DrawFn, most: int = 40) -> list[dict[str, Any]]:
    """Draw a history: equal, late and far times, repeated ids, outcomes known later."""
    at, history = START, []
    for number in range(draw(st.integers(1, most))):
        at += timedelta(seconds=draw(STEPS), microseconds=draw(st.integers(0, 1)))
        event = {key: value for key, value in draw(EVENTS).items() if value is not None}
        event["at"] = at.isoformat()
        event["signup_id"] = f"s{draw(st.sampled_from([number, number, number, 0]))}"
        if draw(st.booleans()):
            event["label"] = draw(st.integers(0, 1))
            event["label_at"] = (at + timedelta(seconds=draw(st.sampled_from([10, 4000, 90_000])))).isoformat()
        history.append(event)
    return history
