"""Describe how the large mail providers fold several written addresses into one mailbox.

An address is what a person types, a mailbox is what one person owns. Velocity must count mailboxes, or one
Gmail account becomes thousands of "new" addresses by moving dots. Each row cites what the provider, or the
published practice of the field, says; a provider that is not listed gets :data:`DEFAULT`.

Left out on purpose, since they would merge different people: ``outlook.com``/``hotmail.com``/``live.com`` and
``yahoo.com``/``ymail.com`` are separate name spaces, dots count at Outlook, iCloud, Yahoo, Zoho and in Google
Workspace domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MailProvider:
    """Say how a provider reads a local part.

    Attributes:
        name: Short name, ``gmail``.
        separators: Characters that begin a tag which is delivered to the same mailbox.
        ignored: Characters that the provider ignores inside a local part.
        replaced: Pairs of characters that the provider treats as the same one.
        home: Domain of the canonical mailbox when all domains of the provider share one name space.
        user_subdomains: True if ``anything@user.domain`` is delivered to ``user@domain``.
        relay: Name of the privacy relay if the provider is one.
    """

    name: str
    separators: str = "+"
    ignored: str = ""
    replaced: tuple[tuple[str, str], ...] = ()
    home: str | None = None
    user_subdomains: bool = False
    relay: str | None = None


# A "+" tag is cut at every domain. Postfix, Google Workspace and (since 2022) Microsoft 365 deliver it to
# the base mailbox, RFC 5233 names it as the usual separator, and minFraud cuts it for every domain but
# Yahoo's (dev.maxmind.com, "Normalizing email addresses for minFraud", read 2026-11). Where a server
# disagrees, the price is one shared counter of two addresses that differ only behind the "+".
DEFAULT: Final = MailProvider("")

# Google: "Dots don't matter in Gmail addresses" and "googlemail.com" (Gmail help 7436150, 10313).
_GMAIL: Final = MailProvider("gmail", ignored=".", home="gmail.com")
# Microsoft: plus addressing in Outlook.com since 2013; dots are significant.
_OUTLOOK: Final = MailProvider("outlook")
# Yahoo: disposable addresses are a base name, "-" and a keyword (Yahoo help, "AddressGuard"); an account name
# may hold letters, digits, "_" and one "." only, so neither separator can belong to it.
_YAHOO: Final = MailProvider("yahoo", separators="-+")
# Apple: me.com and mac.com addresses also receive at icloud.com (Apple support 102540); plus tags are
# accepted.
_ICLOUD: Final = MailProvider("icloud", home="icloud.com")
# Fastmail: plus addressing and subdomain addressing (Fastmail help, "Plus addressing and subdomain
# addressing").
_FASTMAIL: Final = MailProvider("fastmail", user_subdomains=True)
# Proton: one name receives at all of its domains (proton.me/support/addresses-and-aliases, read 2026-11).
# Capitals, ".", "-" and "_" are ignored, which Proton has confirmed to users (sindastra.de/p/1775).
_PROTON: Final = MailProvider("proton", ignored=".-_", home="proton.me")
# Yandex: one login receives at every Yandex domain (minFraud folds them likewise); "." and "-" in a login are
# the same character to Yandex ID.
_YANDEX: Final = MailProvider("yandex", replaced=((".", "-"),), home="yandex.ru")
_ZOHO: Final = MailProvider("zoho")
_MAILRU: Final = MailProvider("mailru")
_AOL: Final = MailProvider("aol")
_GMX: Final = MailProvider("gmx")

# Privacy relays: legitimate tools, listed so that nothing mistakes them for disposable mail. Addresses at a
# user's own subdomain are made at will by one person (addy.io FAQ; Firefox Relay premium), so the subdomain
# is the mailbox.
_APPLE_RELAY: Final = MailProvider("apple-relay", relay="apple")
_FIREFOX: Final = MailProvider("firefox-relay", relay="firefox", user_subdomains=True)
_DUCK: Final = MailProvider("duckduckgo", relay="duckduckgo")
_SIMPLELOGIN: Final = MailProvider("simplelogin", relay="simplelogin", user_subdomains=True)
_ADDY: Final = MailProvider("addy", relay="addy", user_subdomains=True)
_PROTON_PASS: Final = MailProvider("proton-pass", relay="proton-pass")
_CLOAKED: Final = MailProvider("cloaked", relay="cloaked")

_TABLE: Final[tuple[tuple[MailProvider, str], ...]] = (
    (_GMAIL, "gmail.com googlemail.com"),
    (
        _OUTLOOK,
        """
        outlook.com outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.th
        outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr
        outlook.com.vn outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.hu
        outlook.ie outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph
        outlook.pt outlook.sa outlook.sg outlook.sk hotmail.com hotmail.be hotmail.ca hotmail.ch
        hotmail.cl hotmail.co.jp hotmail.co.kr hotmail.co.th hotmail.co.uk hotmail.com.ar
        hotmail.com.au hotmail.com.br hotmail.com.mx hotmail.com.tr hotmail.de hotmail.dk
        hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.it hotmail.nl hotmail.no hotmail.se
        live.com live.at live.be live.ca live.cl live.cn live.co.uk live.co.za live.com.ar
        live.com.au live.com.mx live.com.my live.com.pt live.com.sg live.de live.dk live.fr
        live.hk live.ie live.in live.it live.jp live.nl live.no live.ru live.se msn.com
        passport.com windowslive.com
        """,
    ),
    (
        _YAHOO,
        """
        yahoo.com yahoo.at yahoo.be yahoo.ca yahoo.cl yahoo.co.id yahoo.co.in yahoo.co.kr
        yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au yahoo.com.br
        yahoo.com.co yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.pe yahoo.com.ph
        yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ua yahoo.com.ve yahoo.com.vn yahoo.cz
        yahoo.de yahoo.dk yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie yahoo.in
        yahoo.it yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se ymail.com rocketmail.com
        myyahoo.com
        """,
    ),
    (_ICLOUD, "icloud.com me.com mac.com"),
    (
        _FASTMAIL,
        """
        fastmail.com fastmail.fm fastmail.cn fastmail.co.uk fastmail.com.au fastmail.de
        fastmail.es fastmail.fr fastmail.im fastmail.in fastmail.jp fastmail.mx fastmail.net
        fastmail.nl fastmail.org fastmail.se fastmail.to fastmail.tw fastmail.uk fastmail.us
        mailc.net messagingengine.com sent.com eml.cc airpost.net 123mail.org myfastmail.com
        ml1.net mm.st mailbolt.com
        """,
    ),
    (_PROTON, "proton.me protonmail.com protonmail.ch pm.me"),
    (
        _YANDEX,
        """
        yandex.ru ya.ru yandex.com yandex.by yandex.kz yandex.ua yandex.uz yandex.com.tr
        yandex.az yandex.com.am yandex.com.ge yandex.co.il yandex.ee yandex.fr yandex.kg
        yandex.lt yandex.lv yandex.md yandex.tj yandex.tm
        """,
    ),
    (_ZOHO, "zoho.com zohomail.com zoho.eu zohomail.eu zoho.in zohomail.in"),
    (_MAILRU, "mail.ru inbox.ru list.ru bk.ru internet.ru xmail.ru"),
    (_AOL, "aol.com aol.co.uk aol.de aol.fr aol.it aim.com"),
    (_GMX, "gmx.de gmx.net gmx.com gmx.at gmx.ch gmx.fr gmx.co.uk gmx.us web.de"),
    (_APPLE_RELAY, "privaterelay.appleid.com"),
    (_FIREFOX, "mozmail.com relay.firefox.com"),
    (_DUCK, "duck.com"),
    (
        _SIMPLELOGIN,
        """
        simplelogin.com simplelogin.co simplelogin.fr simplelogin.io slmail.me slmails.com
        aleeas.com 8alias.com 8shield.net dralias.com silomails.com
        """,
    ),
    (_ADDY, "anonaddy.com anonaddy.me addy.io addymail.com"),
    (_PROTON_PASS, "passmail.net passmail.com passinbox.com passfwd.com"),
    (_CLOAKED, "cloaked.id"),
)

PROVIDERS: Final[dict[str, MailProvider]] = {
    domain: provider for provider, domains in _TABLE for domain in domains.split()
}


def find_provider(domain: str) -> tuple[MailProvider, str | None]:
    """Find the provider of a domain and, for a user's own subdomain, that user's name.

    Examples:
        >>> find_provider("gmail.com")[0].name
        'gmail'
        >>> provider, user = find_provider("ann.fastmail.com")
        >>> provider.name, user
        ('fastmail', 'ann')
        >>> find_provider("example.org") == (DEFAULT, None)
        True
    """
    provider = PROVIDERS.get(domain)
    if provider is not None:
        return provider, None
    user, _, parent = domain.partition(".")
    provider = PROVIDERS.get(parent)
    if provider is not None and provider.user_subdomains:
        return provider, user
    return DEFAULT, None
