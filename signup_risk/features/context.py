"""Hold everything that features read about one sign-up: facts that are worked out once, and its velocity."""

from __future__ import annotations

from dataclasses import dataclass

from signup_risk.events import Signup
from signup_risk.features.reading import Velocity
from signup_risk.normalize import (
    AgentFacts,
    EmailFacts,
    IpFacts,
    IssuerNumberFacts,
    LanguageFacts,
    NameFacts,
    NameMatch,
    PhoneFacts,
    TextFacts,
)
from signup_risk.references import CountryFacts, DomainFacts, IssuerFacts, NetworkFacts


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold the arrangement of a text at two grains.

    Attributes:
        fine: Kinds and lengths of runs, ``l4.l5d2``.
        coarse: Kinds of runs, ``w.wd2``.
    """

    fine: str
    coarse: str


@dataclass(frozen=True, slots=True)
class Context:
    """Hold the facts of one sign-up. ``None`` says unknown throughout.

    Attributes:
        signup: The event.
        at: Event time in microseconds since the epoch.
        email: What the address says.
        local_text: Measures of the mailbox's local part.
        local_shape: Its shape.
        local_stem: Its letters, if there are at least four.
        name_match: How the local part relates to the names.
        domain: What is known of the e-mail domain.
        is_role: Whether the local part names a role.
        phone: What the phone number says.
        ip: What the IP address says.
        network: What is known of its network.
        name: What the names say.
        billing_name: What the names on the card say.
        username_text: Measures of the user name.
        username_shape: Its shape.
        billing_key: Billing address with house numbers masked, and postal code.
        billing_shape: Form of the billing address.
        agent: What the user agent says.
        languages: What the accepted languages say.
        issuer_number: What the issuer id number says.
        issuer: What is known of the issuer.
        declared_country: Facts of the country that the applicant declares.
        ip_country: Facts of the country of the IP address.
        phone_country: Facts of the phone number's country.
        card_country: Facts of the card issuer's country.
        zone_countries: Countries that use the browser's time zone.
        velocity: What the store knew; ``None`` if it could not be asked.
    """

    signup: Signup
    at: int
    email: EmailFacts | None = None
    local_text: TextFacts | None = None
    local_shape: Shape | None = None
    local_stem: str | None = None
    name_match: NameMatch | None = None
    domain: DomainFacts | None = None
    is_role: bool | None = None
    phone: PhoneFacts | None = None
    ip: IpFacts | None = None
    network: NetworkFacts | None = None
    name: NameFacts | None = None
    billing_name: NameFacts | None = None
    username_text: TextFacts | None = None
    username_shape: Shape | None = None
    billing_key: str | None = None
    billing_shape: str | None = None
    agent: AgentFacts | None = None
    languages: LanguageFacts | None = None
    issuer_number: IssuerNumberFacts | None = None
    issuer: IssuerFacts | None = None
    declared_country: CountryFacts | None = None
    ip_country: CountryFacts | None = None
    phone_country: CountryFacts | None = None
    card_country: CountryFacts | None = None
    zone_countries: frozenset[str] | None = None
    velocity: Velocity | None = None
