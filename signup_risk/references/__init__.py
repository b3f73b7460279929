"""Look things up in read-only outside data: mail domains, networks, issuers, countries, roles.

Every answer has three values, every reference says how old it is, and one that is absent or expired answers
*unknown*. ``signup_risk/data/MANIFEST.json`` lists the bundled files with source, date, licence and hash.
Renewing them is left to :mod:`signup_risk.references.refresh`, since scoring needs no HTTP client.
"""

from signup_risk.references.base import ReferenceInfo
from signup_risk.references.collection import NAMES, References, open_references
from signup_risk.references.countries import CountryReference
from signup_risk.references.domains import DomainReference
from signup_risk.references.facts import CountryFacts, DomainFacts, IssuerFacts, NetworkFacts
from signup_risk.references.issuers import IssuerReference
from signup_risk.references.networks import NetworkReference
from signup_risk.references.roles import RoleReference

__all__ = [
    "NAMES",
    "CountryFacts",
    "CountryReference",
    "DomainFacts",
    "DomainReference",
    "IssuerFacts",
    "IssuerReference",
    "NetworkFacts",
    "NetworkReference",
    "ReferenceInfo",
    "References",
    "RoleReference",
    "open_references",
]
