"""Hold what the example applications share: settings, and which response a decision becomes."""

from __future__ import annotations

from typing import Any, Final

from signup_risk import Policy
from signup_risk.policy import ListEntry

#: The one proxy in front of the applications.
PROXIES: Final = ["127.0.0.1"]

#: An address that the operator blocks, and one that is always let in.
BLOCKED: Final = "81.2.69.66"
ALLOWED: Final = "81.2.69.77"

#: A deadline that no busy machine misses, so that what is counted does not depend on its speed.
OPTIONS: Final[dict[str, Any]] = {
    "policy": Policy("shop", "1", block=(ListEntry("ip", BLOCKED),), allow=(ListEntry("ip", ALLOWED),)),
    "deadline_ms": 30_000,
}

#: Status and next step by decision. The applicant is told little.
ANSWERS: Final = {
    "allow": (201, "welcome"),
    "step_up": (202, "confirm_phone"),
    "review": (202, "wait"),
    "block": (403, "contact_support"),
}
