"""Answer reserved mail addresses with fixed decisions, so that what acts on a decision can be tested end to end.

============================================  =========  ==========  ======
address                                       decision   risk_score  fpr
============================================  =========  ==========  ======
``allow@signup-risk.example``                 allow             2    0.5
``step_up@signup-risk.example``               step_up          30    0.005
``review@signup-risk.example``                review           70    0.002
``block@signup-risk.example``                 block            97    0.0005
============================================  =========  ==========  ======

Case does not matter, and ``block+anything@signup-risk.example`` is as good, so that a test may make as many accounts
as it likes. Neither store nor model is asked, and nothing is recorded; what is wrong with the input is still said.

**None of it holds unless a scorer is opened with ``sandbox=True``.** An applicant can type any address, so one that is
always allowed would be a way in, and one that always asks for a further step would be a way around being blocked. In a
scorer without sandbox they are addresses like any other, at a domain that can never receive mail (RFC 2606). Opening
one with sandbox is logged as a warning, and every answer from it carries the reason and the policy note ``SANDBOX``,
whatever the mode of explanation, so that a forgotten switch is seen.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

from signup_risk.events import Signup
from signup_risk.policy import Policy
from signup_risk.results import Assessment, DecisionName, ModelInfo, PolicyInfo, Reason

#: Domain of the reserved addresses. ``.example`` is nobody's and never will be (RFC 2606).
DOMAIN: Final = "signup-risk.example"

#: Code of the reason and of the policy's note.
SANDBOX: Final = "SANDBOX"

_LOG: Final = logging.getLogger(__name__)


class _Answer(NamedTuple):
    decision: DecisionName
    risk_score: float
    fpr: float

    @property
    def log_odds(self) -> float:
        return math.log(self.risk_score / (100 - self.risk_score))


#: Rates within the bands of the default thresholds; they stay the same under any policy.
_ANSWERS: Final[Mapping[str, _Answer]] = {
    answer.decision: answer
    for answer in (
        _Answer("allow", 2.0, 0.5),
        _Answer("step_up", 30.0, 0.005),
        _Answer("review", 70.0, 0.002),
        _Answer("block", 97.0, 0.0005),
    )
}


def warn_of_sandbox() -> None:
    """Log that reserved addresses get fixed decisions."""
    _LOG.warning("sandbox is on: anybody who types an address at %s gets a fixed decision; tests only", DOMAIN)


def fixed(event: Signup, policy: Policy, model: ModelInfo, started: float) -> Assessment | None:
    """Answer a sign-up from a reserved address.

    Args:
        event: The sign-up, with its time.
        policy: The operator's rules, which the answer names; in shadow it is allow, like every other.
        model: The model that would have been asked.
        started: When the call began, by ``time.perf_counter``.

    Returns:
        The assessment; None if the address is no reserved one.
    """
    answer = None if event.email is None else _answer(event.email)
    if answer is None:
        return None
    assert event.at is not None  # noqa: S101 - for the type checker; every caller has set it
    raw = answer.log_odds
    text = "a reserved address of the sandbox, which gets a fixed decision"
    shadow = answer.decision if policy.shadow else None
    return Assessment(
        signup_id=event.signup_id,
        at=event.at,
        risk_score=answer.risk_score,
        fpr=answer.fpr,
        decision="allow" if policy.shadow else answer.decision,
        reasons=(Reason(SANDBOX, "sandbox", text, raw, "risk" if raw > 0 else "trust"),),
        degraded=(),
        warnings=event.warnings,
        campaign=None,
        model=model,
        policy=PolicyInfo(policy.name, policy.version, shadow, (SANDBOX,)),
        latency_ms=1000 * (time.perf_counter() - started),
        raw_score=raw,
        base_value=0.0,
    )


def _answer(email: str) -> _Answer | None:
    local, _, domain = email.strip().lower().rpartition("@")
    return _ANSWERS.get(local.partition("+")[0]) if domain == DOMAIN else None
