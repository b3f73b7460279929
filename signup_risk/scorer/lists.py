"""Lend a policy's lists what they may not import: normalizers, and which domains belong to everybody."""

from __future__ import annotations

from signup_risk.features import Context
from signup_risk.normalize import normalize_email, normalize_phone
from signup_risk.policy import ListHooks
from signup_risk.references import References


def list_hooks(references: References, at: int) -> ListHooks:
    """Return hooks that normalize list entries as sign-ups are normalized.

    Args:
        references: Where free mail and relay domains are known.
        at: Moment at which the lists are made, in microseconds; references may have expired by then.
    """

    def objection(kind: str, value: str) -> str | None:
        if kind != "email_domain":
            return None
        facts = references.domains.lookup(value, at)
        if facts.relay:
            return "the domain is a privacy relay's, used by many legitimate people"
        return "the domain is a free mail provider's, used by many legitimate people" if facts.free else None

    return ListHooks(_normalized, objection)


def listed_values(context: Context) -> dict[str, tuple[str, ...]]:
    """Return what list entries of each kind are compared with."""
    signup = context.signup
    values = {
        "email": context.email.mailbox if context.email else None,
        "email_domain": context.email.domain if context.email else None,
        "phone": context.phone.e164 if context.phone else None,
        "device_id": signup.device.id,
        "card_token": signup.card.token,
        "ip": context.ip.address if context.ip else None,
        "referral_code": signup.referral_code,
        "organization": signup.organization.casefold().strip() if signup.organization else None,
    }
    return {kind: (value,) for kind, value in values.items() if value}


def _normalized(kind: str, value: str) -> str | None:
    if kind == "email":
        email = normalize_email(value)
        return email.mailbox if email else None
    if kind == "email_domain":
        email = normalize_email(f"x@{value}")
        return email.domain if email else None
    if kind == "phone":
        phone = normalize_phone(value, None)
        return phone.e164 if phone else None
    return value.casefold().strip() if kind == "organization" else value
