"""Hold everything that makes one campaign itself."""

from __future__ import annotations

from dataclasses import dataclass

from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.farms.device_supply import DeviceSupply
from signup_risk.simulation.farms.mail_supply import LocalSupply, MailSupply
from signup_risk.simulation.farms.network_supply import NetworkSupply
from signup_risk.simulation.farms.payment_supply import BillingSupply, CardSupply, PhoneSupply
from signup_risk.simulation.farms.persona_supply import Manner, PersonaSupply


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold the suppliers and habits of a campaign, or of one supplier of a larger one.

    Attributes:
        country: Draws the country that an account pretends to be from.
        declared: What the form says: ``same`` as the persona, or one country for all.
        follow: Chance that the zone and language of a device are set to fit the persona.
        camouflage: Chance, attribute by attribute, of what ordinary people show.
        channel: Draws the way in.
        code: Referral code of the campaign, or none.
        username: Draws user names; the mailbox name again when absent.
        shown: Attribute that is never camouflaged, by its place among them.
    """

    pace: str
    country: Weighted[str]
    declared: str
    persona: PersonaSupply
    mail: MailSupply
    network: NetworkSupply
    device: DeviceSupply
    phone: PhoneSupply
    card: CardSupply
    billing: BillingSupply
    manner: Manner
    follow: float
    camouflage: float
    channel: Weighted[str]
    code: str | None
    code_share: float
    username: LocalSupply | None
    organization: str | None
    shown: int | None = None
