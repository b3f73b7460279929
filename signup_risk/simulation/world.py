"""Hold what every source of traffic shares, and build the parts of an ordinary applicant."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from signup_risk.simulation import addresses, agents, mailboxes, payment, phones, sessions
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import Weighted, digits, letters, skewed_index
from signup_risk.simulation.habits import USUAL, Habits
from signup_risk.simulation.intake import BILLING_FIELDS, CARD_FIELDS, VISIT_FIELDS, Period, Site
from signup_risk.simulation.people import Person, make_person, settled
from signup_risk.simulation.record import EPOCH
from signup_risk.simulation.tables import countries, words
from signup_risk.simulation.taken import Taken

DAY_US: Final = 86_400_000_000
# Banks that serve several countries: an honest contradiction.
_FINTECH_HOMES: Final = ("LT", "GB", "BE", "DE", "US", "IE", "EE", "SG")
_OFFICES: Final = 80

CHANNELS: Final = Weighted(
    {
        "direct": 62,
        "sso:google": 14,
        "sso:microsoft": 3,
        "sso:apple": 3,
        "invite": 6,
        "ads": 7,
        "partner": 3,
        "edu": 1.2,
        "startup_program": 0.8,
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold when a sign-up happens and what the form of that moment asks for."""

    at_us: int
    period: Period
    form: frozenset[str]

    @property
    def browser_date(self) -> date:
        """The date by which browsers are as new as they can be in this period."""
        return (EPOCH + timedelta(microseconds=self.at_us)).date() - timedelta(days=self.period.lag_days)


@dataclass(frozen=True, slots=True)
class World:
    """Hold what sources of traffic share within one simulation.

    Attributes:
        parts_per_day: Into how many parts a day is cut, so that not too much of it is held in memory.
    """

    site: Site
    taken: Taken
    start_us: int
    country_weights: Weighted[str]
    habits: Habits = USUAL
    parts_per_day: int = 1
    codes: deque[str] = field(default_factory=lambda: deque(maxlen=2000))
    offices: dict[str, list[str]] = field(default_factory=dict)
    companies: list[str] = field(default_factory=list)

    def span(self, number: int) -> tuple[int, int]:
        """Return when a part begins and ends."""
        length = DAY_US // self.parts_per_day
        return self.start_us + number * length, self.start_us + (number + 1) * length

    def part_of(self, at_us: int) -> int:
        """Return the part that a moment lies in."""
        return (at_us - self.start_us) // (DAY_US // self.parts_per_day)

    def person(self, rng: Random, country: str, locale: str | None = None) -> Person:
        """Invent a person of a country as one of the audience of this site."""
        audience = self.habits.audience
        person = make_person(rng, country, locale or audience.locale)
        return person if self.habits is USUAL else settled(rng, person, audience)

    def place(self, rng: Random, country: str) -> str:
        """Return the country of a person's address: mostly their own."""
        return self._elsewhere(rng, country, self.habits.audience.address_elsewhere)

    def zoned(self, rng: Random, browser: agents.Browser) -> agents.Browser:
        """Return the browser with the zone that this site sees: mostly its own."""
        share = self.habits.audience.zone_elsewhere
        if share and rng.random() < share:
            return replace(browser, zone=countries()[self.country_weights.pick(rng)].zones.pick(rng).name)
        return browser

    def phone_owner(self, rng: Random, person: Person) -> Person:
        """Return the person with the country that their number comes from, where a farm buys numbers to fit."""
        share = max(0.0, self.habits.audience.phone_elsewhere - USUAL.audience.phone_elsewhere)
        if share and rng.random() < share:
            return replace(person, country=countries()[self.country_weights.pick(rng)])
        return person

    def card_country(self, rng: Random, person: Person) -> str:
        """Return where a person's card is issued: mostly at home, else by a bank that serves several countries."""
        audience = self.habits.audience
        if rng.random() >= audience.card_elsewhere:
            return person.country.code
        if audience.card_elsewhere > USUAL.audience.card_elsewhere:
            return self.country_weights.pick(rng)
        return rng.choice(_FINTECH_HOMES)

    def line(self, rng: Random, country: str, *, on_carrier: bool) -> str:
        """Return the address of a home line or of a mobile carrier."""
        audience = self.habits.audience
        if audience.wild_addresses and rng.random() < audience.wild_addresses:
            return addresses.wild(rng)
        place = self.place(rng, country)
        ipv6 = countries()[place].ipv6 * audience.ipv6_factor
        if on_carrier:
            return addresses.carrier(rng, place, ipv6, audience.carrier_exits)
        return addresses.home(rng, place, ipv6)

    def _elsewhere(self, rng: Random, country: str, share: float) -> str:
        return self.country_weights.pick(rng) if share and rng.random() < share else country

    def shared_address(self, rng: Random, country: str) -> str:
        """Return the outgoing address of an office, school or library; they come back all the time."""
        known = self.offices.setdefault(country, [])
        if len(known) < _OFFICES:
            known.append(addresses.office(rng, country))
            return known[-1]
        return known[skewed_index(rng, _OFFICES, 1.5)]

    def company(self, rng: Random) -> str:
        """Return the mail domain of a company: any, or one of those that the audience works for."""
        count = self.habits.audience.companies
        if count is None:
            return company_domain(rng)
        if len(self.companies) < count:
            self.companies.append(company_domain(rng))
            return self.companies[-1]
        return self.companies[skewed_index(rng, count, 1.5)]

    def referral_code(self, rng: Random) -> str:
        """Return a friend's code: most are used once, some by a few friends."""
        if self.codes and rng.random() < self.habits.audience.code_reuse:
            return rng.choice(self.codes)
        self.codes.append(letters(rng, 8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
        return self.codes[-1]

    def moment(self, rng: Random, at_us: int) -> Moment:
        """Draw the form of a sign-up: before and without looking at who signs up."""
        period = self.site.at(at_us)
        return Moment(at_us, period, period.draw(rng))


def ordinary(  # noqa: PLR0913 - the last three name what is special about a person
    rng: Random,
    world: World,
    moment: Moment,
    country: str,
    *,
    group: str = "legit.ordinary",
    manner: str | None = None,
    person: Person | None = None,
) -> Applicant:
    """Build a coherent applicant who signs up at home."""
    who = person or world.person(rng, country)
    audience = world.habits.audience
    browser = world.zoned(rng, agents.make_browser(rng, moment.browser_date, who.owner()))
    mobile = who.country.mobile_network * audience.carrier_factor
    on_carrier = rng.random() < mobile * (1.3 if agents.is_handheld(browser) else 0.45)
    if not on_carrier and rng.random() < audience.office_share:
        address = world.shared_address(rng, country)
    else:
        address = world.line(rng, country, on_carrier=on_carrier)
    has_free_mail = rng.random() > audience.work_share
    email = mailboxes.free_mail(rng, who, world.taken) if has_free_mail else _work_mail(rng, who, world)
    if audience.plus_share and rng.random() < audience.plus_share:
        email = email.replace("@", f"+{rng.choice(words().words)}@")
    applicant = Applicant(who, country, address, email, browser, _group(group, who, on_carrier))
    dress(rng, world, applicant, moment, manner=manner)
    return applicant


def dress(rng: Random, world: World, applicant: Applicant, moment: Moment, *, manner: str | None = None) -> None:
    """Add what an ordinary person brings along, as far as the form asks for it and it is not there yet."""
    form, person, audience = moment.form, applicant.person, world.habits.audience
    if applicant.channel == "direct":
        applicant.channel = CHANNELS.pick(rng)
        if applicant.channel == "sso:google" and not applicant.email.endswith("gmail.com") and rng.random() < 0.7:
            applicant.channel = "direct"
    if "phone" in form and applicant.phone is None:
        elsewhere = rng.random() < audience.phone_elsewhere
        origin = countries()[world.country_weights.pick(rng)] if elsewhere else person.country
        applicant.phone = phones.mobile_number(rng, origin)
    if "username" in form and applicant.username is None:
        applicant.username = user_name(rng, applicant, audience.same_user_name)
    if "organization" in form and applicant.organization is None:
        applicant.organization = organization(rng)
    if "referral_code" in form and applicant.referral_code is None:
        applicant.referral_code = world.referral_code(rng)
    if applicant.visit is None and not form.isdisjoint(VISIT_FIELDS):
        how = "sso" if manner is None and applicant.channel.startswith("sso:") else manner
        applicant.visit = sessions.visit(rng, text_length(applicant, form), how)
    if applicant.card is None and not form.isdisjoint(CARD_FIELDS):
        issued = world.card_country(rng, person)
        issuer = payment.issuers(issued).pick(rng)
        applicant.card = payment.make_card(rng, issuer, mismatch=audience.mismatch, decline=audience.decline)
    if applicant.billing is None and not form.isdisjoint(BILLING_FIELDS):
        share = audience.bill_elsewhere
        other = share and rng.random() < share
        payer = world.person(rng, world.country_weights.pick(rng)) if other else person
        applicant.billing = payment.bill_at_home(rng, payer)


def text_length(applicant: Applicant, form: frozenset[str]) -> int:
    """Return how many characters a person types on a form, the password included."""
    person = applicant.person
    length = len(applicant.email) + 11
    length += len(person.first or "") + len(person.last or "") if "first_name" in form else 0
    length += 11 if "phone" in form else 0
    length += len(applicant.username or "") if "username" in form else 0
    return length + (34 if "issuer_id_number" in form else 0)


def user_name(rng: Random, applicant: Applicant, same: float) -> str:
    """Choose a user name: often the mailbox name again."""
    local = applicant.email.partition("@")[0]
    if rng.random() < same:
        return local.replace(".", rng.choice(("", "_", ".")))
    return mailboxes.local_part(rng, applicant.person)


def organization(rng: Random) -> str:
    """Name a company; some people write something short or nothing like a company."""
    table = words()
    if rng.random() < 0.18:
        return rng.choice(("Freelance", "Self", "Personal", "Student", "none", "Independent", "Home"))
    name = rng.choice(table.company).capitalize() + rng.choice(("", " ", "")) + rng.choice(table.company).capitalize()
    return name + rng.choice(("", f" {rng.choice(table.company_tail).capitalize()}", " Ltd", " Inc", " GmbH", " LLC"))


def company_domain(rng: Random) -> str:
    """Invent the mail domain of a company."""
    table = words()
    stem = rng.choice(table.company) + rng.choice(("", "-", "")) + rng.choice((*table.company, *table.company_tail))
    return f"{stem}{digits(rng, 2) if rng.random() < 0.05 else ''}.{table.tlds.pick(rng)}"


def _work_mail(rng: Random, person: Person, world: World) -> str:
    if rng.random() < world.habits.audience.own_domain_share:
        return mailboxes.own_domain(rng, person, world.taken)
    first, last = person.latin_first or "me", person.latin_last or "office"
    local = rng.choice((f"{first}.{last}", first, f"{first[0]}{last}", f"{first}{last[0]}", f"{first}.{last[0]}"))
    return mailboxes.claim(rng, world.taken, local, world.company(rng))


def _group(group: str, person: Person, on_carrier: bool) -> str:
    if group != "legit.ordinary":
        return group
    if person.first is None or person.last is None:
        return "legit.single_name"
    if not (person.first + person.last).isascii() and person.locale in _OWN_SCRIPT:
        return "legit.non_latin"
    return "legit.carrier_nat" if on_carrier and person.country.code in _NAT_COUNTRIES else group


_OWN_SCRIPT: Final = frozenset({"ru", "uk", "el", "ar", "fa", "he", "hi", "bn", "ur", "th", "zh", "ja", "ko"})
# Countries whose carriers put very many subscribers behind few addresses.
_NAT_COUNTRIES: Final = frozenset({"IN", "ID", "NG", "BR", "PK", "PH", "BD", "EG", "GH", "KE", "VN", "MX", "CO", "ZA"})


def make_world(  # noqa: PLR0913 - what a world is made of
    rng: Random,
    site: Site,
    start_us: int,
    country_shift: float = 0.0,
    habits: Habits = USUAL,
    parts_per_day: int = 1,
) -> World:
    """Build the shared world; ``country_shift`` perturbs the shares of the countries."""
    weights = {code: c.weight * math.exp(rng.gauss(0.0, country_shift)) for code, c in countries().items()}
    if habits.audience.focus:
        weights[habits.audience.focus] = sum(weights.values()) * rng.uniform(1.0, 6.0)
    return World(site, Taken(), start_us, Weighted(weights), habits, parts_per_day)
