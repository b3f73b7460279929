"""Supply a campaign with devices: scripts, a few prints, spoofed prints, racks of telephones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from signup_risk.simulation import agents
from signup_risk.simulation.agents import Browser
from signup_risk.simulation.draw import skewed_index
from signup_risk.simulation.people import Person
from signup_risk.simulation.tables import countries

_SPOOFED_SYSTEMS = (
    ("chrome windows",),
    ("chrome windows", "chrome mac", "edge windows"),
    ("chrome windows", "firefox windows", "safari mac"),
    ("chrome android", "safari ios", "chrome windows"),
)

DeviceSupply = Callable[[Random, date, Person], Browser]


def matching(rng: Random, at: date, person: Person, kind: str | None = None, handheld: float | None = None) -> Browser:
    """Make an installation that fits the persona's country."""
    return agents.make_browser(rng, at, person.owner(handheld), kind)


def script(rng: Random) -> DeviceSupply:
    """Use a program: a library's agent or a browser's agent over a library's TLS, traits copied once."""
    honest = rng.random() < 0.35
    zone = rng.choice(("UTC", "Etc/UTC", "America/New_York", "Europe/Moscow", "Asia/Shanghai"))
    fixed: list[Browser] = []
    fresh_key, rotate = rng.random() < 0.7, rng.random() < 0.4
    tls = agents.tool_tls(rng)

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if not fixed:
            made = (
                agents.make_tool(rng, zone, "en-US")
                if honest
                else replace(matching(rng, at, person, handheld=0.1), zone=zone, tls=tls)
            )
            fixed.append(made)
        browser = fixed[0]
        if rotate and not honest:
            browser = replace(browser, agent=matching(rng, at, person, handheld=0.0).agent)
        return replace(browser, key=rng.getrandbits(128)) if fresh_key else browser

    return supply


def headless_pool(rng: Random) -> DeviceSupply:
    """Use automated browsers from a few images."""
    count, fresh_key, shows = rng.choice((1, 2, 4, 8)), rng.random() < 0.75, rng.random() < 0.5
    pool: list[Browser] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if len(pool) < count:
            made = matching(rng, at, person, rng.choice(("chrome linux", "chrome windows")))
            pool.append(agents.headless(rng, made) if shows else made)
        browser = rng.choice(pool)
        return replace(browser, key=rng.getrandbits(128)) if fresh_key else browser

    return supply


def print_pool(rng: Random) -> DeviceSupply:
    """Use ten to fifty stored prints, a trait or two changed each time."""
    count, fresh_key, change = rng.randint(8, 60), rng.random() < 0.6, rng.random() * 0.5
    pool: list[Browser] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if len(pool) < count:
            pool.append(matching(rng, at, person, handheld=rng.choice((0.0, 0.0, 0.3, 1.0))))
        browser = pool[skewed_index(rng, len(pool), 1.3)]
        if rng.random() < change:
            browser = replace(
                browser,
                screen=agents.any_screen(rng, browser.system),
                languages=agents.language_header(rng, browser.family, person.language),
            )
        return replace(browser, key=rng.getrandbits(128)) if fresh_key else browser

    return supply


def spoofed(rng: Random, contradictions: tuple[float, float]) -> DeviceSupply:
    """Use an anti-detect browser: a new print per account, whose parts contradict each other now and then."""
    chances = {part: rng.uniform(*contradictions) for part in ("platform", "screen", "zone", "tls", "languages")}
    quiet = {part for part in chances if rng.random() < 0.35}
    systems = rng.choice(_SPOOFED_SYSTEMS)
    engine = f"chrome {rng.choice((104, 112, 120, 128))}"

    def supply(rng: Random, at: date, person: Person) -> Browser:
        browser = matching(rng, at, person, rng.choice(systems))
        wrong = {part for part, chance in chances.items() if part not in quiet and rng.random() < chance}
        if "platform" in wrong:
            browser = replace(browser, platform=agents.any_platform(rng))
        if "screen" in wrong:
            browser = replace(browser, screen=agents.any_screen(rng))
        if "zone" in wrong:
            browser = replace(browser, zone=rng.choice(tuple(countries().values())).zones.values[0].name)
        if "tls" in wrong:
            browser = replace(browser, tls=engine)
        if "languages" in wrong:
            browser = replace(browser, languages="en-US,en;q=0.9")
        return browser

    return supply


def few_real(rng: Random) -> DeviceSupply:
    """Use the operator's own few devices, with cookies cleared or profiles changed."""
    count, fresh_key = rng.choice((1, 1, 2, 3)), rng.random() < 0.5
    pool: list[Browser] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if len(pool) < count:
            pool.append(matching(rng, at, person))
        browser = rng.choice(pool)
        return replace(browser, key=rng.getrandbits(128)) if fresh_key else browser

    return supply


def telephones(rng: Random) -> DeviceSupply:
    """Use a rack of real telephones of a few models."""
    count, reset = rng.randint(5, 60), rng.random() < 0.6
    pool: list[Browser] = []

    def supply(rng: Random, at: date, person: Person) -> Browser:
        if len(pool) < count:
            model = pool[0] if pool and rng.random() < 0.6 else matching(rng, at, person, "chrome android")
            pool.append(replace(model, key=rng.getrandbits(128)))
        browser = rng.choice(pool)
        return replace(browser, key=rng.getrandbits(128)) if reset else browser

    return supply


def own_each(_rng: Random) -> DeviceSupply:
    """Use a real device of its own for each account."""
    return matching


def spoofed_default(rng: Random) -> DeviceSupply:
    """Use an anti-detect browser with the contradictions that are usual."""
    return spoofed(rng, (0.05, 0.3))
