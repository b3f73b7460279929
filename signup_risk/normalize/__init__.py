"""Turn what a person typed into comparable facts: pure functions without state or reference data.

None of them raises on any text, each reads a documented maximum of it, and a text that cannot be used gives
None. Each module carries the ``VERSION`` of its rules, which velocity keys include.
"""

from __future__ import annotations

from signup_risk.normalize.accept_language import LanguageFacts, normalize_languages
from signup_risk.normalize.addresses import address_template, address_text, billing_shape, describe_address, postal_text
from signup_risk.normalize.card import IssuerNumberFacts, normalize_issuer
from signup_risk.normalize.email import EmailFacts, normalize_email
from signup_risk.normalize.forwarded import client_ip
from signup_risk.normalize.ip import IpFacts, normalize_ip
from signup_risk.normalize.name_match import NameMatch, matches_name
from signup_risk.normalize.names import NameFacts, fold_name, name_shape, normalize_name
from signup_risk.normalize.phone import PhoneFacts, normalize_phone
from signup_risk.normalize.shapes import (
    coarse_shape,
    describe_local,
    describe_shape,
    local_shape,
    local_shape_fine,
    stem,
    text_shape,
    username_shape,
)
from signup_risk.normalize.text import TextFacts, describe_text
from signup_risk.normalize.user_agent import AgentFacts, normalize_user_agent, warm

__all__ = [
    "AgentFacts",
    "EmailFacts",
    "IpFacts",
    "IssuerNumberFacts",
    "LanguageFacts",
    "NameFacts",
    "NameMatch",
    "PhoneFacts",
    "TextFacts",
    "address_template",
    "address_text",
    "billing_shape",
    "client_ip",
    "coarse_shape",
    "describe_address",
    "describe_local",
    "describe_shape",
    "describe_text",
    "fold_name",
    "local_shape",
    "local_shape_fine",
    "matches_name",
    "name_shape",
    "normalize_email",
    "normalize_ip",
    "normalize_issuer",
    "normalize_languages",
    "normalize_name",
    "normalize_phone",
    "normalize_user_agent",
    "postal_text",
    "stem",
    "text_shape",
    "username_shape",
    "warm",
]
