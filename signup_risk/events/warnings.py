"""List the codes with which a sign-up says what of its input could not be used.

Codes are stable. Where minFraud has a warning of the same meaning, the code is minFraud's (its request
documentation, read 2026-05); the first nine are issued when a sign-up is read, the others when its values are
normalized.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INPUT_INVALID: Final = "INPUT_INVALID"
INPUT_TOO_LONG: Final = "INPUT_TOO_LONG"
INPUT_UNKNOWN: Final = "INPUT_UNKNOWN"
INPUT_CONTROL_CHARACTER: Final = "INPUT_CONTROL_CHARACTER"
COUNTRY_INVALID: Final = "COUNTRY_INVALID"
DATE_INVALID: Final = "DATE_INVALID"
TIME_ZONE_INVALID: Final = "TIME_ZONE_INVALID"
EVENT_TYPE_UNEXPECTED: Final = "EVENT_TYPE_UNEXPECTED"
EMAIL_ADDRESS_UNUSABLE: Final = "EMAIL_ADDRESS_UNUSABLE"
PHONE_UNUSABLE: Final = "PHONE_UNUSABLE"
IP_ADDRESS_INVALID: Final = "IP_ADDRESS_INVALID"
IP_ADDRESS_RESERVED: Final = "IP_ADDRESS_RESERVED"
USER_AGENT_UNUSABLE: Final = "USER_AGENT_UNUSABLE"
NAME_UNUSABLE: Final = "NAME_UNUSABLE"
ISSUER_ID_NUMBER_UNUSABLE: Final = "ISSUER_ID_NUMBER_UNUSABLE"
TIME_ZONE_UNKNOWN: Final = "TIME_ZONE_UNKNOWN"
LATE_EVENT: Final = "LATE_EVENT"

WARNING_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        INPUT_INVALID: "The value is of the wrong type or form, or out of range; the field is unknown.",
        INPUT_TOO_LONG: "The text is longer than the field allows; the field is unknown.",
        INPUT_UNKNOWN: "The contract has no such field; it was not read.",
        INPUT_CONTROL_CHARACTER: "The text holds a control character or a lone surrogate; it is unknown.",
        COUNTRY_INVALID: "The value is not an ISO 3166-1 alpha-2 code; the country is unknown.",
        DATE_INVALID: "The value is not a real date written YYYY-MM-DD; the date is unknown.",
        TIME_ZONE_INVALID: "The value is not written as an IANA time zone is; the zone is unknown.",
        EVENT_TYPE_UNEXPECTED: "The minFraud request is no account_creation; it was read as one.",
        EMAIL_ADDRESS_UNUSABLE: "The text is no e-mail address, or only a hash of one; it is unknown.",
        PHONE_UNUSABLE: "The text is no phone number, in E.164 or of the country; it is unknown.",
        IP_ADDRESS_INVALID: "The text is not an IPv4 or IPv6 address; the address is unknown.",
        IP_ADDRESS_RESERVED: "The address is of a special-purpose range; it has no country and no network.",
        USER_AGENT_UNUSABLE: "Nothing can be told from the user agent; the browser is unknown.",
        NAME_UNUSABLE: "The name holds no letters; it is unknown.",
        ISSUER_ID_NUMBER_UNUSABLE: "The digits are no card issuer's; the issuer is unknown.",
        TIME_ZONE_UNKNOWN: "The name is written like a time zone, but there is no such zone.",
        LATE_EVENT: "The sign-up is older than the store remembers; not all that came before counts.",
    }
)
