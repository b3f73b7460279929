"""List what velocity is counted on: values of a sign-up, and the keys made of one or several of them.

Advanced farms make every single attribute unique; what stays concentrated is a combination (Ianus, CCS'19; the
design's section 4). So pairs of coarse values are keys like an address or a device is. A key remembers 32-bit
names of up to four other values, for distinct counts and for how alike the sign-ups on it are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Version of all values below; it goes into every key, so that changed normalizers start new keys.
VERSION: Final = 1

#: Every value that keys are made of, and the attributes of the event that it is read from.
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ip": ("ip_address",),
    "ip_network": ("ip_address",),
    "asn": ("ip_address",),
    "email": ("email",),
    "email_domain": ("email",),
    "email_shape": ("email",),
    "email_form": ("email", "name"),
    "email_stem": ("email",),
    "phone": ("phone",),
    "phone_block": ("phone",),
    "device": ("device.id",),
    "card": ("card.token",),
    "issuer": ("card.issuer_id_number",),
    "billing": ("billing.address",),
    "billing_shape": ("billing.address",),
    "name": ("name",),
    "name_shape": ("name",),
    "username_shape": ("username",),
    "referral": ("referral_code",),
    "agent": ("device.user_agent",),
    "locale": ("device.time_zone",),
    "tls": ("device.tls_fingerprint",),
    "form": ("session.form_seconds",),
    "screen": ("device.screen",),
    "ip_country": ("ip_address",),
}


@dataclass(frozen=True, slots=True)
class KeyKind:
    """Describe one kind of key.

    Attributes:
        name: Name of the kind: the name of its value, or of its values joined with ``+``.
        values: The values it is made of; a sign-up that lacks one does not touch the kind.
        attributes: Values remembered beside each sign-up on the key.
        label: What it is called in texts.
    """

    name: str
    values: tuple[str, ...]
    attributes: tuple[str, ...]
    label: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the attributes of the event that the key reads."""
        return tuple(dict.fromkeys(name for value in self.values for name in INPUTS[value]))

    @property
    def stem(self) -> str:
        """Return the name as the names of its features begin."""
        return self.name.replace("+", "_")

    @property
    def code(self) -> str:
        """Return the name as the reason codes of its features begin."""
        return self.stem.upper()

    def prefix(self) -> bytes:
        """Return what is hashed in front of a value: kind, version and the layout of the attributes."""
        return f"{self.name}/{VERSION}/{','.join(self.attributes)}\x00".encode()


def _kind(values: str, attributes: str, label: str) -> KeyKind:
    return KeyKind(values, tuple(values.split("+")), tuple(attributes.split()), label)


#: The key that every sign-up touches: all traffic. Its newest time is the store's clock.
ALL: Final = KeyKind("all", (), (), "all traffic")

#: Every kind of key. The first is the clock.
KINDS: Final[tuple[KeyKind, ...]] = (
    ALL,
    _kind("ip", "device email_domain email_shape agent", "this IP address"),
    _kind("ip_network", "ip email_domain email_shape agent", "this IP network"),
    _kind("asn", "ip_network email_domain email_shape agent", "this network operator"),
    _kind("email", "ip_network device", "this mailbox"),
    _kind("email_domain", "ip_network email_shape agent asn", "this e-mail domain"),
    _kind("email_shape", "email_domain ip_network agent asn", "this shape of mailbox"),
    _kind("email_stem", "email_domain ip_network email agent", "this word in the mailbox"),
    _kind("phone", "email device ip_network", "this phone number"),
    _kind("phone_block", "ip_network email_domain agent", "this block of phone numbers"),
    _kind("device", "email ip_network card name", "this device"),
    _kind("card", "device ip_network email name", "this card"),
    _kind("issuer", "card ip_network agent billing", "this card issuer"),
    _kind("billing", "card ip_network name email", "this billing address"),
    _kind("billing_shape", "issuer ip_network agent", "this form of billing address"),
    _kind("name", "email ip_network device", "this name"),
    _kind("name_shape", "email_domain ip_network agent", "this shape of name"),
    _kind("username_shape", "email_domain ip_network agent", "this shape of user name"),
    _kind("referral", "ip_network email_domain email_shape agent", "this referral code"),
    _kind("agent", "ip_network email_domain email_shape asn", "this browser set-up"),
    _kind("tls", "agent ip_network email_domain", "this TLS fingerprint"),
    _kind("email_form+email_domain", "ip_network agent locale", "this form of mailbox at this domain"),
    _kind("ip_network+email_form", "ip agent email_domain", "this form of mailbox in this network"),
    _kind("asn+agent", "ip_network email_domain email_shape", "this browser set-up at this operator"),
    _kind("asn+email_domain", "ip_network email_shape agent", "this e-mail domain at this operator"),
    _kind("email_domain+agent", "ip_network email_shape asn", "this browser set-up at this e-mail domain"),
    _kind("issuer+billing_shape", "card ip_network agent", "this issuer with this form of billing address"),
    _kind("locale+form", "ip_network email_shape agent", "this locale with this time on the form"),
    _kind("agent+form", "ip_network email_shape email_domain", "this browser set-up with this time on the form"),
    _kind("screen+locale", "", "this screen with this locale"),
    _kind("ip_country+email_form", "", "this form of mailbox from this country"),
)

#: Kinds by name; a name given twice would be lost silently here, so a test compares the lengths.
KIND: Final = {kind.name: kind for kind in KINDS}
