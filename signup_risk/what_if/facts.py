"""List the facts that could have been others: those an honest applicant may have, and those that are for sale.

The lists are what the question *what would have changed it* means here, so they stand where they can be read. Whoever
can buy a fact can also have it honestly; what separates the lists is whether an applicant could *truthfully* say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signup_risk.what_if import edits
from signup_risk.what_if.draft import Draft


@dataclass(frozen=True, slots=True)
class Fact:
    """Describe one fact that could have been another.

    Attributes:
        name: Stable name.
        text: The fact, in the analyst's words.
        levers: What it decides; two facts that decide the same are not combined.
        edit: Makes it so.
        evasion: Its entry in the price list; None for what is not bought.
    """

    name: str
    text: str
    levers: frozenset[str]
    edit: Callable[[Draft], None]
    evasion: str | None = None


def _fact(name: str, text: str, edit: Callable[[Draft], None], evasion: str | None = None, also: str = "") -> Fact:
    return Fact(name, text, frozenset({name.partition(".")[0], *also.split()}), edit, evasion)


#: What an applicant could truthfully have, in the order in which several are made so.
TRUTHFUL: Final[tuple[Fact, ...]] = (
    _fact("name.full", "first and last name given", edits.full_name),
    _fact("mail.provider", "the mailbox of the same name at another large provider", edits.other_provider),
    _fact("mail.own_name", "a mailbox that carries the applicant's name", edits.own_name),
    _fact(
        "mail.own_name_at_provider",
        "a mailbox that carries the applicant's name, at another large provider",
        edits.own_name_at_provider,
    ),
    _fact("phone.own", "a mobile number of the applicant's country", edits.own_number),
    _fact("network.home", "the home line in the applicant's country, without VPN or proxy", edits.home_line),
    _fact("network.mobile", "a mobile connection in the applicant's country", edits.mobile_line),
    _fact("device.ordinary", "an up-to-date browser that no program drives", edits.ordinary_browser),
    _fact("locale.home", "clock and language of the applicant's country", edits.home_locale),
    _fact("session.by_hand", "the form filled in by hand, in about a minute", edits.by_hand),
    _fact("card.3d_secure", "3-D Secure passed with the card that was given", edits.three_d_secure),
    _fact("card.confirmed", "address and code of the card confirmed, and the card authorized", edits.card_confirmed),
    _fact(
        "card.own",
        "a credit card of the applicant's own, of their country, with 3-D Secure",
        edits.own_card,
    ),
)

#: What an attacker could buy, in the order in which several are made so.
BOUGHT: Final[tuple[Fact, ...]] = (
    _fact(
        "persona.coherent",
        "a name as people have them, and a mailbox that fits it",
        edits.coherent_persona,
        "persona.coherent",
    ),
    _fact("mail.catch_all", "a mailbox at a domain registered for the purpose", edits.catch_all, "mail.catch_all"),
    _fact("mail.bulk_freemail", "a free mailbox from a seller", edits.bulk_mailbox, "mail.bulk_freemail"),
    _fact(
        "mail.aged_freemail",
        "an old free mailbox that carries the name given",
        edits.aged_mailbox,
        "mail.aged_freemail",
    ),
    _fact("phone.rented", "a rented number of a cheap country", edits.rented_number, "phone.rented"),
    _fact("phone.matching", "a rented number of the country given", edits.own_number, "phone.matching"),
    _fact("network.vpn", "an exit of a VPN in the country given", edits.vpn, "network.vpn"),
    _fact("network.residential", "somebody's home line, by proxy", edits.rented_home_line, "network.residential"),
    _fact("network.mobile", "a modem in a mobile network", edits.mobile_line, "network.mobile"),
    _fact("device.prints", "the stored print of another browser", edits.stored_print, "device.prints"),
    _fact(
        "device.spoofed",
        "a profile of an anti-detect browser whose clock and language fit",
        edits.spoofed_profile,
        "device.spoofed",
        also="locale",
    ),
    _fact("session.driven", "the form filled in key by key by a driven browser", edits.by_hand, "device.headless"),
    _fact("card.virtual", "a new virtual card", edits.virtual_card, "card.virtual"),
    _fact("card.own", "the use of a paid person's card, with 3-D Secure", edits.own_card, "card.own"),
)

#: What an honest applicant may have as well and what would have counted against them.
WORSE: Final[tuple[Fact, ...]] = (
    _fact("mail.throwaway", "a throwaway mailbox", edits.throwaway),
    _fact("mail.relay", "an address of a privacy relay", edits.relayed),
    _fact("phone.none", "no telephone number", edits.no_number),
    _fact("network.vpn", "a connection through a VPN", edits.vpn),
    _fact("network.hosting", "a connection from a rented machine", edits.hosted),
    _fact("locale.utc", "a browser whose clock is set to universal time", edits.far_clock),
    _fact("session.at_once", "the form filled in at once, as by a password manager", edits.filled_at_once),
    _fact("card.prepaid", "the card a prepaid one", edits.prepaid_card),
)
