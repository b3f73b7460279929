"""Read the catalogue of messages: one file of texts a language, English complete, and the caller's own on top."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from unicodedata import category

from signup_risk.errors import ConfigurationError
from signup_risk.events.kinds import kind_of
from signup_risk.messages.languages import choose
from signup_risk.messages.topics import TOPICS

#: The language in which no text may be missing.
ENGLISH: Final = "en"

#: Every text that a catalogue may have.
KEYS: Final = (
    *("allow", "step_up", "review", "block"),
    *(key for topic in TOPICS for key in (topic, f"{topic}.next")),
    *("appeal", "reference"),
)

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_MOST_BYTES: Final = 64 * 1024
_MOST_LANGUAGES: Final = 256
_LONGEST_TEXT: Final = 500

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Messages:
    """Hold texts by language and key.

    Attributes:
        texts: Texts by key, by tag of the language.
    """

    texts: Mapping[str, Texts]

    @property
    def languages(self) -> tuple[str, ...]:
        """Tags of the languages that there are texts in."""
        return tuple(sorted(self.texts))

    def language_for(self, wanted: str | None) -> str:
        """Return the language to use, English if no other fits.

        Args:
            wanted: A tag (``de-AT``), or what a browser sends as ``Accept-Language``; what cannot be read is English.

        Raises:
            ConfigurationError: It is no text, such as the bytes that some servers keep of a header.

        Examples:
            >>> open_messages().language_for("fr-CH, fr;q=0.9, en;q=0.8")
            'fr'
        """
        if wanted is not None and not isinstance(wanted, str):
            raise ConfigurationError(
                f"the language is {kind_of(wanted)}; give a tag such as 'de', the text of a header Accept-Language, "
                "or None"
            )
        return choose(wanted, self.texts, ENGLISH)

    def text(self, key: str, language: str = ENGLISH) -> str:
        """Return a text, the English one where this language lacks it.

        Args:
            key: One of :data:`KEYS`.
            language: Tag of a language that there is, see :meth:`language_for`.

        Examples:
            >>> open_messages().text("block", "de")
            'Wir konnten dieses Konto nicht anlegen.'
        """
        return self.texts.get(language, {}).get(key) or self.texts[ENGLISH][key]


def open_messages(own: str | Path | Mapping[str, Texts] | None = None) -> Messages:
    """Return the catalogue, the caller's own texts over those of the package.

    Args:
        own: A folder of files ``TAG.json``, or texts by key by tag. A text that is left out is the package's in that
            language, else the English one.

    Raises:
        ConfigurationError: A file cannot be read, or a tag, key or text is none.

    Examples:
        >>> ours = open_messages({"nl": {"block": "We konden dit account niet aanmaken."}})
        >>> ours.text("block", ours.language_for("nl-BE")), ours.text("review", "nl") == ours.text("review", "en")
        ('We konden dit account niet aanmaken.', True)
    """
    if own is None:
        return _bundled()
    given = own if isinstance(own, Mapping) else _folder(Path(own))
    if len(given) > _MOST_LANGUAGES:
        raise ConfigurationError(f"the messages are in {len(given):,} languages, at most {_MOST_LANGUAGES} are read")
    texts = dict(_bundled().texts)
    for tag, told in given.items():
        texts[tag] = {**texts.get(tag, {}), **_checked(tag, told)}
    return Messages(texts)


@cache
def _bundled() -> Messages:
    found = [one for one in files("signup_risk.messages").iterdir() if one.name.endswith(".json")]
    texts = {one.name.removesuffix(".json"): json.loads(one.read_text(encoding="utf-8")) for one in found}
    return Messages({tag: _checked(tag, told) for tag, told in sorted(texts.items())})


def _folder(path: Path) -> dict[str, Any]:
    found = sorted(path.glob("*.json")) if path.is_dir() else []
    if not found:
        raise ConfigurationError(f"{str(path)!r} is no folder of messages; give one with files such as de.json")
    return {one.stem: _read(one) for one in found[: _MOST_LANGUAGES + 1]}


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ConfigurationError(f"{path.name} is larger than {_MOST_BYTES // 1024} kB, the most that is read")
        return json.loads(content.decode("utf-8"))
    except OSError as problem:
        raise ConfigurationError(f"the messages {path.name} cannot be read ({problem.strerror})") from problem
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, ConfigurationError):
            raise
        raise ConfigurationError(
            f"the messages {path.name} are no JSON in UTF-8; write an object of texts"
        ) from problem


def _checked(tag: str, told: Any) -> Texts:
    if not isinstance(tag, str) or not _TAG.fullmatch(tag):
        raise ConfigurationError(f"messages are in {str(tag)[:40]!r}, no tag of a language such as de or pt-BR")
    if not isinstance(told, Mapping):
        raise ConfigurationError(f"the messages in {tag} are a {type(told).__name__}; write an object of texts")
    for key, text in told.items():
        if key not in KEYS:
            raise ConfigurationError(f"the messages in {tag} have {str(key)[:40]!r}; use {', '.join(KEYS)}")
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST_TEXT or _has_controls(text):
            raise ConfigurationError(
                f"the message {key!r} in {tag} is no text of 1 to {_LONGEST_TEXT} characters on one line; correct it"
            )
    return dict(told)


def _has_controls(text: str) -> bool:
    """Say whether a text holds control characters; joiners and no-break spaces belong to many languages."""
    return any(category(one) in {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"} for one in text)
