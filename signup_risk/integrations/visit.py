"""Fill in what a request says about an applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signup_risk.errors import InvalidSignup


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold what was seen of a visitor.

    Attributes:
        ip_address: Address behind one's own proxies; None if unknown.
        user_agent: ``User-Agent`` header.
        accept_language: ``Accept-Language`` header.
    """

    ip_address: str | None
    user_agent: str | None
    accept_language: str | None

    def filled(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a sign-up together with what was seen; what the caller gives stands.

        Args:
            fields: The caller's part of the input contract, nested or with dotted keys.

        Raises:
            InvalidSignup: It is no mapping.

        Examples:
            >>> Seen("192.0.2.7", "curl/8", "en").filled({"device": {"user_agent": None}})
            {'ip_address': '192.0.2.7', 'device': {'user_agent': None}, 'device.accept_language': 'en'}
        """
        if not isinstance(fields, Mapping):
            raise InvalidSignup("sign-up", f"a {type(fields).__name__}", "a mapping of field names to values")
        filled = {"ip_address": self.ip_address, **fields}
        device = fields.get("device")
        given = device if isinstance(device, Mapping) else {}
        for name in ("user_agent", "accept_language"):
            if name not in given:
                filled.setdefault(f"device.{name}", getattr(self, name))
        return filled
