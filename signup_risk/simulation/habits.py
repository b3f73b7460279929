"""Hold the habits of one site and its audience: how people there write, and how the site collects and writes.

They differ from site to site and are shared by everybody who signs up at one, honest or not, so that no habit
tells the label. The defaults are those of the first scenarios, and draw nothing: a scenario without habits gives
the same bytes as before there were any.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signup_risk.simulation.draw import Weighted


@dataclass(frozen=True, slots=True)
class Audience:
    """Hold who comes to a site and how they write.

    Attributes:
        mail_styles: Styles of local parts; the usual ones when absent.
        free_mail: Mail providers of everybody, wherever they live; those of the country when absent.
        work_share: Share of people with a mailbox at a company's or an own domain.
        own_domain_share: Share of those whose domain is their own.
        locale: Locale of all names; those of the country when absent.
        name_pool: How many given names and surnames of a locale are in use; all when absent.
        ascii_names: Whether names are typed without diacritics and in Latin script only.
        other_name: Share of people whose mailbox and user name do not show the name they give.
        plus_share: Share of people who mark their mailbox with a plus tag.
        companies: How many mail domains of companies there are; each its own when absent.
        even_ages: Whether ages are uniform from 18 to 70 rather than mostly young.
        address_elsewhere, zone_elsewhere, phone_elsewhere, card_elsewhere: Share of people whose address, time
            zone, number or card belongs to any other country.
        bill_elsewhere: Share of people whose billing address and name are another's.
        wild_addresses: Share of people with an address of no network in particular.
        carrier_factor, ipv6_factor: Factors on the shares of mobile carriers and of IPv6.
        carrier_exits: Shared addresses that a carrier has.
        office_share: Share of people behind a shared outgoing address.
        code_reuse: Chance that a referral code was seen before.
        same_user_name: Share of user names that are the mailbox name again.
        decline, mismatch: Chances that a card is declined or that its checks fail.
        family_share, cafe_share, retry_share: Shares of households, internet cafés and second tries.
        hours: Relative rate of each local hour; the usual curve when absent.
        even_week: Whether all days of the week are alike.
        focus: Country that most people come from, if there is one.
    """

    mail_styles: Weighted[str] | None = None
    free_mail: Weighted[str] | None = None
    work_share: float = 0.1
    own_domain_share: float = 0.3
    locale: str | None = None
    name_pool: int | None = None
    ascii_names: bool = False
    other_name: float = 0.0
    plus_share: float = 0.0
    companies: int | None = None
    even_ages: bool = False
    address_elsewhere: float = 0.0
    zone_elsewhere: float = 0.0
    phone_elsewhere: float = 0.03
    card_elsewhere: float = 0.05
    bill_elsewhere: float = 0.0
    wild_addresses: float = 0.0
    carrier_factor: float = 1.0
    ipv6_factor: float = 1.0
    carrier_exits: int = 160
    office_share: float = 0.05
    code_reuse: float = 0.35
    same_user_name: float = 0.45
    decline: float = 0.07
    mismatch: float = 0.05
    family_share: float = 0.03
    cafe_share: float = 0.012
    retry_share: float = 0.015
    hours: tuple[int, ...] | None = None
    even_week: bool = False
    focus: str | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Hold how a site collects and writes what it sees.

    Attributes:
        signup_id: ``hex``, ``uuid``, ``number`` or ``prefixed``.
        at_decimals: Decimals of a second in times: 0, 3 or 6.
        name_case: ``typed``, ``lower``, ``upper`` or ``title``.
        card_prefix: What card tokens begin with.
        platform: ``navigator`` for the browser's text, ``plain`` for the name of the system.
        channel: ``all`` kinds of channel, ``one`` or names of the site's ``own``.
        tls: What greetings differ by: ``group`` of releases, ``family``, ``version``, ``system``, or ``each``
            one differs, as with browsers that shuffle their extensions.
        agents: ``full`` agents, one release for all (``frozen``), or a ``few`` that stand for all.
        screens: How many screens are told apart; all when absent.
        languages: ``full`` headers, the ``first`` tag alone, or ``english`` for most.
        device_absent, device_reset: Shares of sign-ups without a device identifier, and with a new one though
            the device was seen.
        device_print: Bits that an identifier made of traits adds to them; absent where identifiers are kept.
        time_scale, time_power: Form times become ``scale * 30 s * (t / 30 s) ** power``.
        time_step: What times are rounded to, in seconds; decimals are the period's when 0.
        key_scale, key_noise: Factor on counted keystrokes, and the spread of another that is drawn each time.
        paste_noise: Share of sign-ups whose count of pasted fields means nothing.
        webdriver_noise: Share of browsers that wrongly seem to be automated.
        captcha_power, captcha_steps: Scores become ``c ** power``, rounded to so many steps if above 0.
        issuers: How many issuer numbers are told apart; all when absent.
        false_numbers: Whether numbers are such as no plan has.
        salt: Decides what stands for what.
    """

    signup_id: str = "hex"
    at_decimals: int = 3
    name_case: str = "typed"
    card_prefix: str = "card_"
    platform: str = "navigator"
    channel: str = "all"
    tls: str = "group"
    agents: str = "full"
    screens: int | None = None
    languages: str = "full"
    device_absent: float = 0.0
    device_reset: float = 0.0
    device_print: int | None = None
    time_scale: float = 1.0
    time_power: float = 1.0
    time_step: float = 0.0
    key_scale: float = 1.0
    key_noise: float = 0.0
    paste_noise: float = 0.0
    webdriver_noise: float = 0.0
    captcha_power: float = 1.0
    captcha_steps: int = 0
    issuers: int | None = None
    false_numbers: bool = False
    salt: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """Hold the habits of a site.

    Attributes:
        steady: Whether one form stays for the whole scenario.
        groups: Fields that the forms have, by group; drawn from the usual forms when absent.
        found_hours: Median time until abuse is known.
    """

    audience: Audience = field(default_factory=Audience)
    writing: Writing = field(default_factory=Writing)
    steady: bool = False
    groups: tuple[str, ...] | None = None
    found_hours: float = 40.0


#: What scenarios without habits have.
USUAL = Habits()
