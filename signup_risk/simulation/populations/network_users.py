"""People whose network hides or misplaces them: VPN, relay, Tor, privacy browsers, travel, clouds, cafés."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from signup_risk.simulation import addresses, agents
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import digits, letters
from signup_risk.simulation.mailboxes import claim
from signup_risk.simulation.tables import countries, words
from signup_risk.simulation.world import Moment, World, dress, ordinary

_RELAY_MAIL = (
    "privaterelay.appleid.com",
    "privaterelay.appleid.com",
    "icloud.com",
    "duck.com",
    "mozmail.com",
    "simplelogin.com",
    "anonaddy.me",
    "passmail.net",
    "aleeas.com",
)


def vpn_user(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone behind a commercial VPN, whose device still shows the home zone and language."""
    applicant = ordinary(rng, world, moment, country, group="legit.vpn")
    exit_country = country if rng.random() < 0.3 else rng.choice(("US", "US", "NL", "GB", "DE", "CH", "SE", "JP", "SG"))
    applicant.ip_address = addresses.vpn(rng, exit_country)
    if rng.random() < 0.12:
        applicant.home = exit_country
    return applicant


def relay_user(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who uses a privacy relay, a hidden mailbox or both."""
    applicant = ordinary(rng, world, moment, country, group="legit.relay")
    hides_address, hides_mail = rng.random() < 0.65, rng.random() < 0.7
    if hides_address or not hides_mail:
        applicant.ip_address = addresses.relay(rng)
        kind = "safari ios" if rng.random() < 0.7 else "safari mac"
        applicant.browser = agents.make_browser(rng, moment.browser_date, applicant.person.owner(1.0), kind)
    if hides_mail:
        applicant.email = hidden_mail(rng, world)
    return applicant


def hidden_mail(rng: Random, world: World) -> str:
    """Return an address that forwards to a mailbox nobody else sees."""
    domain = rng.choice(_RELAY_MAIL)
    table = words()
    if domain == "icloud.com":
        local = f"{rng.choice(table.words)}.{rng.choice(table.words)}.{digits(rng, 1)}{letters(rng, 1)}"
    elif domain == "privaterelay.appleid.com":
        local = letters(rng, 10, "abcdefghijkmnpqrstvwxyz23456789")
    else:
        local = f"{rng.choice(table.words)}-{rng.choice(table.words)}-{letters(rng, 3)}{digits(rng, 1)}"
    return claim(rng, world.taken, local, domain)


def tor_user(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone on the Tor browser, which looks the same for everybody."""
    applicant = ordinary(rng, world, moment, country, group="legit.tor")
    applicant.ip_address = addresses.tor(rng)
    applicant.browser = replace(
        applicant.browser,
        agent="Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
        languages="en-US,en;q=0.5",
        zone="UTC",
        platform="Win32",
        screen=rng.choice(("1400x900", "1000x900", "1200x700", "1400x800")),
        tls="firefox 120",
        system="windows",
    )
    return applicant


def privacy_browser(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone whose browser blurs its traits: no zone, a common agent or none, blocked checks."""
    applicant = ordinary(rng, world, moment, country, group="legit.privacy_browser")
    applicant.browser = replace(
        applicant.browser,
        agent=None if rng.random() < 0.06 else applicant.browser.agent,
        zone="UTC" if rng.random() < 0.6 else applicant.browser.zone,
        languages="en-US,en;q=0.5" if rng.random() < 0.6 else applicant.browser.languages,
        key=rng.getrandbits(128),
        screen=rng.choice(("1400x900", "1600x900", "1000x1000", applicant.browser.screen)),
    )
    if rng.random() < 0.2:
        applicant.ip_address = addresses.vpn(rng)
    if applicant.visit:
        applicant.visit.captcha_score = rng.betavariate(3, 2)
    return applicant


def abroad(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone away from home: a traveller, a migrant, a student abroad."""
    applicant = ordinary(rng, world, moment, country, group="legit.abroad")
    host = countries()[world.country_weights.pick(rng)]
    applicant.ip_address = world.line(rng, host.code, on_carrier=rng.random() < 0.35)
    if rng.random() < 0.75:
        applicant.browser = replace(applicant.browser, zone=host.zones.pick(rng).name)
    if rng.random() < 0.45:
        applicant.home = host.code
    return applicant


def developer(rng: Random, world: World, moment: Moment, country: str) -> Applicant:
    """Build someone who works from a rented machine, sometimes through a program."""
    applicant = ordinary(rng, world, moment, country, group="legit.developer_hosting")
    network = addresses.hosting(rng)
    applicant.ip_address = network.host6(rng) if network.prefix6 and rng.random() < 0.15 else network.host(rng)
    if rng.random() < 0.35:
        kind = rng.choice(("chrome linux", "firefox linux"))
        zone = rng.choice(("UTC", "Etc/UTC", applicant.person.zone.name))
        applicant.browser = agents.make_browser(
            rng, moment.browser_date, agents.Owner(country, 0.0, "en-US", zone), kind
        )
    if rng.random() < 0.06:
        applicant.browser = agents.make_tool(rng, "UTC", "en-US")
    elif rng.random() < 0.06:
        applicant.browser = agents.headless(rng, applicant.browser)
    return applicant


@dataclass(slots=True)
class Cafe:
    """Hold an internet café or library: one address, some machines."""

    country: str
    address: str
    browsers: list[agents.Browser]


class Cafes:
    """Hold the internet cafés of a simulation; machines keep their identifiers from guest to guest."""

    _COUNTRIES = ("IN", "NG", "PH", "ID", "PK", "BR", "VN", "KE", "EG", "BD", "MX", "US", "CO", "TH")

    def __init__(self, rng: Random, count: int = 60) -> None:
        self._cafes: list[Cafe] = []
        for _ in range(count):
            country = rng.choice(self._COUNTRIES)
            self._cafes.append(Cafe(country, addresses.home(rng, country), []))

    def visitor(self, rng: Random, world: World, moment: Moment) -> Applicant:
        """Build a guest at one of the machines."""
        cafe = rng.choice(self._cafes)
        applicant = ordinary(rng, world, moment, cafe.country, group="legit.cafe")
        applicant.ip_address = cafe.address
        if len(cafe.browsers) < 12:
            place = countries()[cafe.country]
            owner = agents.Owner(cafe.country, 0.0, place.languages[0], place.zones.values[0].name)
            cafe.browsers.append(agents.make_browser(rng, moment.browser_date, owner, "chrome windows"))
        if rng.random() < 0.85:
            applicant.browser = rng.choice(cafe.browsers)
        if applicant.visit is None:
            dress(rng, world, applicant, moment)
        return applicant
