"""Supply a campaign with addresses: rented machines, VPN exits, residential and mobile proxies, one line."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from signup_risk.simulation import addresses
from signup_risk.simulation.draw import skewed_index
from signup_risk.simulation.tables import countries

NetworkSupply = Callable[[Random, str], str]


def rented_machines(rng: Random, where: str | None) -> NetworkSupply:
    """Use a handful of hosting addresses, alone or as whole /24s."""
    if rng.random() < 0.55:
        pool = _machine_pool(rng, where, rng.choice((1, 1, 2, 3, 5, 10, 30)))
        return lambda rng, _country: rng.choice(pool)
    bases = [addresses.hosting(rng, where).prefixes for _ in range(rng.randint(1, 6))]
    nets = [rng.choice(prefixes) for prefixes in bases]
    starts = [base + rng.randrange(max(1, count // 256)) * 256 for base, count in nets]
    width = rng.choice((16, 64, 254, 254))
    return lambda rng, _country: addresses.ipv4(rng.choice(starts) + 1 + rng.randrange(width))


def vpn_pool(rng: Random, where: str | None) -> NetworkSupply:
    """Use exits of a commercial VPN, many or few."""
    pool = [addresses.vpn(rng, where) for _ in range(rng.choice((2, 5, 12, 40, 120)))]
    return lambda rng, _country: pool[skewed_index(rng, len(pool), 1.3)]


def residential(rng: Random, size: int, reuse: tuple[float, float]) -> NetworkSupply:
    """Use a residential proxy network: a home somewhere in the wanted country, some exits again and again."""
    share, mobile, stray = rng.uniform(*reuse), rng.random() ** 2 * 0.6, rng.random() ** 3 * 0.3
    pools: dict[str, list[str]] = {}
    limit = max(4, int(size * rng.uniform(0.05, 1.5)))

    def supply(rng: Random, country: str) -> str:
        pool = pools.setdefault(country, [])
        if pool and (rng.random() < share or len(pool) >= limit):
            return rng.choice(pool)
        if rng.random() < stray:
            return addresses.hosting(rng).host(rng)
        place = countries()[country]
        draw = addresses.carrier if rng.random() < mobile else addresses.home
        pool.append(draw(rng, country, place.ipv6 * 0.8))
        return pool[-1]

    return supply


def mobile_modems(rng: Random, where: str | None) -> NetworkSupply:
    """Use modems on a mobile network, whose exits are shared with ordinary subscribers."""
    place = where or rng.choice(("US", "GB", "UA", "RU", "ID", "IN", "BR", "PL", "VN", "PH", "NG"))
    return lambda rng, _country: addresses.carrier(rng, place, 0.1)


def own_line(rng: Random, country: str) -> NetworkSupply:
    """Use the operator's own line, sometimes a second one or a VPN."""
    lines = [addresses.home(rng, country) for _ in range(rng.choice((1, 1, 2, 4)))]
    hidden = rng.random() * 0.4
    return lambda rng, _country: addresses.vpn(rng) if rng.random() < hidden else rng.choice(lines)


def campus_tunnel(rng: Random, country: str) -> NetworkSupply:
    """Use the tunnel of a university, or homes nearby."""
    network = addresses.university(rng, country)
    base = rng.choice(network.prefixes)[0]
    share = rng.uniform(0.2, 0.9)

    def supply(rng: Random, _place: str) -> str:
        if rng.random() < share:
            return addresses.ipv4(base + 256 + rng.randrange(2000))
        return addresses.home(rng, country, countries()[country].ipv6)

    return supply


def everyday_lines(_rng: Random) -> NetworkSupply:
    """Use what ordinary people use: every account from somewhere else."""

    def supply(rng: Random, country: str) -> str:
        place = countries()[country]
        draw = addresses.carrier if rng.random() < place.mobile_network else addresses.home
        return draw(rng, country, place.ipv6)

    return supply


def _machine_pool(rng: Random, where: str | None, count: int) -> list[str]:
    network = addresses.hosting(rng, where)
    if network.prefix6 and rng.random() < 0.15:
        return [network.host6(rng) for _ in range(count * 3)]
    return [network.host(rng) for _ in range(count)]
