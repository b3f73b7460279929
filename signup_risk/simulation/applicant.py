"""Collect everything one sign-up could show; what the form asks for is written from it."""

from __future__ import annotations

from dataclasses import dataclass

from signup_risk.simulation.agents import Browser
from signup_risk.simulation.payment import BillingAddress, PaymentCard
from signup_risk.simulation.people import Person
from signup_risk.simulation.sessions import Visit


@dataclass(slots=True)
class Applicant:
    """Hold one sign-up before it is written.

    Attributes:
        person: Who signs up or is said to.
        home: Code of the country that the person names.
        group: Population or campaign, for evaluation only.
    """

    person: Person
    home: str
    ip_address: str
    email: str
    browser: Browser
    group: str
    label: int = 0
    phone: str | None = None
    username: str | None = None
    organization: str | None = None
    channel: str = "direct"
    referral_code: str | None = None
    visit: Visit | None = None
    card: PaymentCard | None = None
    billing: BillingAddress | None = None
