"""Read a policy from a TOML or JSON file, refusing whatever it does not know."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from signup_risk.errors import ConfigurationError
from signup_risk.policy.campaign import CampaignRule
from signup_risk.policy.degraded import DEFAULT_RULES, DegradedRule
from signup_risk.policy.lists import ListEntry, ListHooks
from signup_risk.policy.policy import Policy, Thresholds

# Half a million list entries; more belong into a store, not into a file that every worker reads.
_MAX_BYTES: Final = 32 * 2**20
_KEYS: Final = {"name", "version", "shadow", "explore", "thresholds", "campaign", "degraded", "allow", "block"}


def read_policy(path: str | Path, hooks: ListHooks | None = None) -> Policy:
    """Read a policy file.

    ::

        name = "ours"
        version = "7"
        shadow = false
        explore = 0.01            # share of blocks let through to a further step, to learn whether they were right
        [thresholds]              # false-positive rates
        step_up = 0.01
        review = 0.003
        block = 0.001
        [campaign]                # joint probabilities of account and campaign
        step_up = 0.5
        review = 0.9
        block = 0.97
        unconfirmed = "review"    # the most that a campaign calls for before an analyst has confirmed it
        [degraded.velocity]       # bounds while a signal cannot be looked up; replaces the default for it
        floor = "allow"
        ceiling = "review"
        [[block]]
        kind = "ip"
        value = "198.51.100.0/24"
        until = 2027-01-01T00:00:00Z
        note = "incident of 3 May"
        [[allow]]
        kind = "email_domain"
        value = "example.edu"

    Args:
        path: A ``.toml`` or ``.json`` file.
        hooks: How list entries are normalized and which are too broad to block.

    Raises:
        ConfigurationError: If the file cannot be read, or anything in it is unknown or of the wrong kind.
    """
    return policy_from_mapping(_read(Path(path)), hooks)


def policy_from_mapping(told: Mapping[str, Any], hooks: ListHooks | None = None) -> Policy:
    """Make a policy of what a file says, see :func:`read_policy`."""
    _check_keys(told, _KEYS, "the policy")
    return Policy(
        name=_get(told, "name", str, "default"),
        version=_get(told, "version", str, "1"),
        thresholds=_thresholds(_get(told, "thresholds", dict, {})),
        allow=_entries(told, "allow"),
        block=_entries(told, "block"),
        degraded=_rules(_get(told, "degraded", dict, {})),
        campaign=_campaign(_get(told, "campaign", dict, {})),
        shadow=_get(told, "shadow", bool, False),
        explore=float(_get(told, "explore", (int, float), 0.0)),
        hooks=hooks or ListHooks(),
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as problem:
        raise ConfigurationError(
            f"the policy file {str(path)!r} cannot be read ({problem.strerror})"
        ) from problem
    if len(content) > _MAX_BYTES:
        raise ConfigurationError(f"the policy file {str(path)!r} is larger than {_MAX_BYTES // 2**20} MB")
    try:
        text = content.decode()
        told = json.loads(text, parse_constant=_refuse) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise ConfigurationError(f"the policy file {str(path)!r} is not {kind}: {problem}") from problem
    if not isinstance(told, dict):
        raise ConfigurationError(
            f"the policy file {str(path)!r} holds a {type(told).__name__}, wanted an object"
        )
    return told


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _thresholds(told: Mapping[str, Any]) -> Thresholds:
    default = Thresholds()
    _check_keys(told, {"step_up", "review", "block"}, "thresholds")
    return Thresholds(
        *(
            float(_get(told, name, (int, float), getattr(default, name)))
            for name in ("step_up", "review", "block")
        )
    )


def _campaign(told: Mapping[str, Any]) -> CampaignRule:
    default = CampaignRule()
    _check_keys(told, {"step_up", "review", "block", "unconfirmed"}, "campaign")
    return CampaignRule(
        step_up=float(_get(told, "step_up", (int, float), default.step_up)),
        review=float(_get(told, "review", (int, float), default.review)),
        block=float(_get(told, "block", (int, float), default.block)),
        unconfirmed=_get(told, "unconfirmed", str, default.unconfirmed),
    )


def _rules(told: Mapping[str, Any]) -> tuple[DegradedRule, ...]:
    rules = {rule.signal: rule for rule in DEFAULT_RULES}
    for signal in told:
        bounds = _get(told, signal, dict, {})
        _check_keys(bounds, {"floor", "ceiling"}, f"degraded.{signal}")
        rules[signal] = DegradedRule(
            signal, _get(bounds, "floor", str, "allow"), _get(bounds, "ceiling", str, "block")
        )
    return tuple(rules.values())


def _entries(told: Mapping[str, Any], name: str) -> tuple[ListEntry, ...]:
    entries = []
    for entry in _get(told, name, list, []):
        if not isinstance(entry, dict):
            raise ConfigurationError(
                f"{name} holds a {type(entry).__name__}; write entries with kind and value"
            )
        _check_keys(entry, {"kind", "value", "until", "note", "force"}, f"an entry of {name}")
        entries.append(
            ListEntry(
                kind=_get(entry, "kind", str, ""),
                value=_get(entry, "value", str, ""),
                until=_moment(entry, name),
                note=_get(entry, "note", str, ""),
                force=_get(entry, "force", bool, False),
            )
        )
    return tuple(entries)


def _moment(entry: Mapping[str, Any], name: str) -> datetime | None:
    until = _get(entry, "until", (datetime, str), None)
    if isinstance(until, str):
        try:
            return datetime.fromisoformat(until)
        except ValueError as problem:
            raise ConfigurationError(
                f"until of an entry of {name} is no time; write it like 2026-12-31T00:00:00Z"
            ) from problem
    return until if isinstance(until, datetime) else None


def _get(told: Mapping[str, Any], name: str, kind: type | tuple[type, ...], default: Any) -> Any:
    value = told.get(name, default)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if value is default:
        return value
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join(one.__name__ for one in kinds)
        raise ConfigurationError(f"{name} is a {type(value).__name__} in the policy; wanted {wanted}")
    return value


def _check_keys(told: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(told) - known)
    if unknown:
        raise ConfigurationError(
            f"{where} has {unknown[0]!r}, which is not known; use {', '.join(sorted(known))}"
        )
