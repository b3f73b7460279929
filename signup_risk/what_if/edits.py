"""Change facts of a sign-up. What a change does not apply to, it leaves as it is."""

from __future__ import annotations

from typing import Final

from signup_risk.what_if.draft import Draft
from signup_risk.what_if.places import place_of

#: Providers that anybody has a mailbox at; the second for those who are at the first.
_PROVIDERS: Final = ("gmail.com", "outlook.com")

#: JA4 of a Chrome over TLS 1.3 and HTTP/2 (FoxIO, README of ja4).
_JA4: Final = "t13d1516h2_8daaf6152771_02713d6af862"

_DISPOSABLE: Final = "mailinator.com"
_RELAY: Final = "duck.com"

#: Country of the numbers that are cheapest to rent (COTSI, 2025), and another for those who are there.
_CHEAP_NUMBERS: Final = ("GB", "US")

_FIELDS_TYPED: Final = ("email", "first_name", "last_name", "username", "phone", "organization")


def other_provider(draft: Draft) -> None:
    """Take the mailbox of the same name at a large provider."""
    local, domain = draft.mailbox()
    if local:
        draft.set(email=f"{local}@{_PROVIDERS[domain == _PROVIDERS[0]]}")


def own_name(draft: Draft) -> None:
    """Take a mailbox that carries the applicant's name, at the present provider, unless it does already."""
    names, (_, domain) = draft.names(), draft.mailbox()
    if names and domain and not draft.mailbox_holds(names):
        draft.set(email=f"{names[0]}.{names[1]}@{domain}")


def own_name_at_provider(draft: Draft) -> None:
    """Take a mailbox that carries the applicant's name, at a large provider, unless it carries it already."""
    names = draft.names()
    if names and not draft.mailbox_holds(names):
        aged_mailbox(draft)


def aged_mailbox(draft: Draft) -> None:
    """Take somebody's old mailbox at a large provider that carries the name given."""
    names, (_, domain) = draft.names(), draft.mailbox()
    if names:
        draft.set(email=f"{names[0]}.{names[1]}@{_PROVIDERS[domain == _PROVIDERS[0]]}")


def catch_all(draft: Draft) -> None:
    """Take a mailbox at a domain that was registered for the purpose."""
    local, _ = draft.mailbox()
    draft.set(email=f"{local or draft.word('catch-all local', 3)}@{draft.word('catch-all', 4)}.com")


def bulk_mailbox(draft: Draft) -> None:
    """Take a mailbox as they are sold by the thousand."""
    first, last = draft.names() or (draft.word("bulk first", 2), draft.word("bulk last", 3))
    draft.set(email=f"{first}{last}{draft.digits('bulk', 2)}@{_PROVIDERS[1]}")


def throwaway(draft: Draft) -> None:
    """Take a throwaway mailbox."""
    local, _ = draft.mailbox()
    if local:
        draft.set(email=f"{local}@{_DISPOSABLE}")


def relayed(draft: Draft) -> None:
    """Take an address of a privacy relay, as its users have them."""
    draft.set(email=f"{draft.word('relay', 2)}-{draft.word('relay 2', 2)}-{draft.word('relay 3', 2)}@{_RELAY}")


def own_number(draft: Draft) -> None:
    """Give a mobile number of the applicant's country."""
    draft.set(phone=draft.phone("own", draft.place))


def rented_number(draft: Draft) -> None:
    """Give a number that was rented for one message, of the cheapest country."""
    place = place_of(_CHEAP_NUMBERS[draft.place.code == _CHEAP_NUMBERS[0]])
    if place is not None:
        draft.set(phone=draft.phone("rented", place))


def no_number(draft: Draft) -> None:
    """Give no telephone number."""
    draft.set(phone=None)


def three_d_secure(draft: Draft) -> None:
    """Have the holder of the card that was given authenticated."""
    if draft.event.get("card"):
        draft.set_in("card", was_3d_secure_successful=True)


def card_confirmed(draft: Draft) -> None:
    """Have address and code of the card that was given confirmed, and the card authorized."""
    if draft.event.get("card"):
        draft.set_in("card", avs_result="Y", cvv_result="M", was_authorized=True, decline_code=None)


def own_card(draft: Draft) -> None:
    """Put a credit card of the applicant's country on file, with the holder authenticated."""
    _new_card(draft, "own", funding="credit", country=draft.place.code, was_3d_secure_successful=True)


def virtual_card(draft: Draft) -> None:
    """Put a virtual card on file."""
    _new_card(draft, "virtual", funding="prepaid", country="US")


def prepaid_card(draft: Draft) -> None:
    """Have the card that was given be a prepaid one."""
    if draft.event.get("card"):
        draft.set_in("card", funding="prepaid")


def _new_card(draft: Draft, label: str, **fields: object) -> None:
    token = f"tok_{draft.word(label, 8)}"
    checked = {"avs_result": "Y", "cvv_result": "M", "was_authorized": True}
    draft.event["card"] = {"token": token, **checked, **fields}
    names = {name: value for name in ("first_name", "last_name") if (value := draft.event.get(name))}
    draft.set_in("billing", country=draft.place.code, **names)


def home_line(draft: Draft) -> None:
    """Come over a home line of the applicant's country."""
    draft.set(ip_address=draft.address("home", draft.place.home))


def rented_home_line(draft: Draft) -> None:
    """Come over somebody's home line, through a residential proxy."""
    draft.set(ip_address=draft.address("residential", draft.place.home))


def mobile_line(draft: Draft) -> None:
    """Come over a mobile carrier of the applicant's country."""
    draft.set(ip_address=draft.address("mobile", draft.place.mobile))


def vpn(draft: Draft) -> None:
    """Come through a VPN."""
    draft.set(ip_address=draft.address("vpn", draft.place.vpn))


def hosted(draft: Draft) -> None:
    """Come from a rented machine."""
    draft.set(ip_address=draft.address("hosting", draft.place.hosting))


def ordinary_browser(draft: Draft) -> None:
    """Use an up-to-date browser that no program drives."""
    marks = {"tls_fingerprint": _JA4} if draft.get("device", "tls_fingerprint") else {}
    screen = {"user_agent": draft.agent(), "platform": "Win32", "screen": "1920x1080"}
    draft.set_in("device", webdriver=False, **screen, **marks)


def stored_print(draft: Draft) -> None:
    """Show a stored print of a browser, under a new device."""
    ordinary_browser(draft)
    draft.set_in("device", id=f"d-{draft.word('print', 8)}")


def spoofed_profile(draft: Draft) -> None:
    """Show a whole profile of an anti-detect browser: a new device whose clock and language fit the country."""
    stored_print(draft)
    home_locale(draft)


def home_locale(draft: Draft) -> None:
    """Have the browser's clock and language be those of the applicant's country."""
    draft.set_in("device", time_zone=draft.place.time_zone, accept_language=_accepted(draft.place.language))


def far_clock(draft: Draft) -> None:
    """Have the browser's clock be set to universal time."""
    draft.set_in("device", time_zone="UTC")


def _accepted(tag: str) -> str:
    start = tag.partition("-")[0]
    return f"{tag},{start};q=0.9" if start == "en" else f"{tag},{start};q=0.9,en;q=0.8"


def by_hand(draft: Draft) -> None:
    """Fill in the form by hand, in about a minute."""
    typed = sum(len(str(draft.event.get(name) or "")) for name in _FIELDS_TYPED)
    seconds = 45.0 + draft.number("form", 300) / 10
    age = max(float(draft.get("session", "age_seconds") or 0.0), 2 * seconds)
    draft.set_in(
        "session", form_seconds=seconds, age_seconds=age, keystrokes=round(1.15 * typed), pasted_fields=0
    )


def filled_at_once(draft: Draft) -> None:
    """Have a program fill in the form at once, as a password manager does too."""
    draft.set_in("session", form_seconds=1.2, keystrokes=0, pasted_fields=0)


def full_name(draft: Draft) -> None:
    """Give a first and a last name where one or both were left out."""
    first, last = draft.other_names("name")
    draft.set(
        first_name=draft.event.get("first_name") or first,
        last_name=draft.event.get("last_name") or last,
    )


def coherent_persona(draft: Draft) -> None:
    """Give a name as people have them and a mailbox that fits it."""
    first, last = draft.other_names("persona")
    _, domain = draft.mailbox()
    draft.set(first_name=first, last_name=last)
    if domain:
        draft.set(email=f"{first}.{last}@{domain}".lower())
