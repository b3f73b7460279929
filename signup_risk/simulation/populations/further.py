"""Further legitimate groups, of the second edition: people who repeat themselves, hide their mail or share exits."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from random import Random
from typing import Final

from signup_risk.simulation import mailboxes
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import digits
from signup_risk.simulation.populations.network_users import hidden_mail
from signup_risk.simulation.tables import words
from signup_risk.simulation.world import Moment, World, company_domain, dress, ordinary

# Carriers of these countries are judged one by one, since their subscribers meet limits most often.
_JUDGED: Final = {"IN": "legit.carrier_nat_in", "ID": "legit.carrier_nat_id", "NG": "legit.carrier_nat_ng"} | {
    "BR": "legit.carrier_nat_br"
}


def hidden_mail_user(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who gives every service an address of its own, from home and with the usual browser."""
    applicant = ordinary(rng, world, moment, country, group="legit.hidden_mail")
    applicant.email = hidden_mail(rng, world)
    return applicant


def subscriber(rng: Random, world: World, moment: Moment, _country: str) -> Applicant:
    """Build a subscriber of a mobile carrier that puts very many people behind few addresses."""
    country = rng.choice(tuple(_JUDGED))
    applicant = ordinary(rng, world, moment, country, group=_JUDGED[country])
    applicant.ip_address = world.line(rng, country, on_carrier=True)
    return applicant


def employee(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone at work: a company's mailbox and single sign-on, behind the company's address."""
    applicant = ordinary(rng, world, moment, country, group="legit.corporate", manner="sso")
    first, last = applicant.person.latin_first or "me", applicant.person.latin_last or "office"
    local = rng.choice((f"{first}.{last}", f"{first[0]}{last}", f"{first}.{last[0]}"))
    applicant.email = mailboxes.claim(rng, world.taken, local, world.company(rng))
    applicant.ip_address = world.shared_address(rng, country)
    if rng.random() < 0.7:
        applicant.channel = rng.choice(("sso:google", "sso:microsoft"))
    return applicant


class Returning:
    """Let some people come back from the device they used before, with another mailbox and a good reason."""

    def __init__(self, rng: Random, group: str, *, most: int) -> None:
        self._rng = rng
        self._group = group
        self._most = most
        self._open: deque[tuple[Applicant, int]] = deque(maxlen=30)

    def make(self, rng: Random, world: World, moment: Moment, country: str) -> Applicant:
        """Build the next sign-up of someone who has begun, or the first of someone else."""
        if self._open and rng.random() < 0.65:
            first, left = self._open.popleft()
            if left > 1:
                self._open.append((first, left - 1))
            return self._again(rng, world, moment, first)
        applicant = ordinary(rng, world, moment, country, group=self._group)
        applicant.email = self._mailbox(rng, world, applicant)
        self._open.append((applicant, rng.randint(1, self._most)))
        return applicant

    def _again(self, rng: Random, world: World, moment: Moment, first: Applicant) -> Applicant:
        again = replace(
            first, email=self._mailbox(rng, world, first), visit=None, username=None, organization=None, card=None
        )
        if first.card and rng.random() < 0.5:
            again.card = first.card
        dress(rng, world, again, moment)
        return again

    def _mailbox(self, rng: Random, world: World, first: Applicant) -> str:
        raise NotImplementedError


class Testers(Returning):
    """People who test their own product, or this one: plus aliases of one mailbox from one device."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng, "legit.tester_series", most=5)

    def _mailbox(self, rng: Random, _world: World, first: Applicant) -> str:
        local, _, domain = first.email.partition("@")
        tag = rng.choice(("test", "qa", "dev", "staging", "demo", rng.choice(words().words)))
        return f"{local.partition('+')[0]}+{tag}{digits(rng, rng.randint(1, 2))}@{domain}"


class Agencies(Returning):
    """People who open accounts for their clients: one device and office, mailboxes of many companies."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng, "legit.agency", most=4)

    def _mailbox(self, rng: Random, world: World, first: Applicant) -> str:
        local = rng.choice(("info", "office", "hello", "marketing", "admin", first.person.latin_first or "me"))
        return mailboxes.claim(rng, world.taken, local, company_domain(rng))
