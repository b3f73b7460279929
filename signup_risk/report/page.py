"""Put a page together: one file that asks for nothing, under a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.report.vendored import library_entries, library_text, licence_texts

_FOLDER: Final = Path(__file__).parent
#: Modules of the page's own script, in the order in which they are joined.
APP: Final = (
    "dom", "format", "data", "filters", "summary", "table", "details", "signups", "export", "chart", "time", "scores",
    "reasons", "campaigns", "groups", "detection", "about", "controls", "main",
)  # fmt: skip
#: Parts of its style, likewise.
STYLE: Final = ("colours", "layout", "controls", "tiles", "charts", "tables", "details", "screens", "paper")
#: Stands at the head of every page, so that a page is told from anybody else's file.
MARK: Final = '<meta name="generator" content="signup-risk report">'
# No `<`, `>` or `&` is left to end a script or begin a comment; ASCII takes care of U+2028 and of half characters.
_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def page(data: Mapping[str, Any], title: str) -> bytes:
    """Return the page, in UTF-8.

    Args:
        data: What :func:`signup_risk.report.document.document` laid out.
        title: Its heading.
    """
    entries = library_entries()
    scripts = [_inline(library_text(entry)) for entry in entries]
    scripts.append(_inline(app_text()))
    style = _inline("\n".join(_read(f"style/{name}.css") for name in STYLE))
    parts = {
        "POLICY": _policy(scripts, style),
        "MARK": MARK,
        "TITLE": escape(title),
        "STYLE": style,
        "DATA": script_json(data),
        "SCRIPTS": "\n".join(f"<script>{script}</script>" for script in scripts),
        "LICENCES": "".join(f"<h4>{escape(name)}</h4><pre>{escape(text)}</pre>" for name, text in licence_texts()),
        "SIGNUPS": f"{data['counts']['all']:,}",
    }
    return _filled(_read("page.html"), parts)


def app_text() -> str:
    """Return the page's own script: its modules, joined in one function that leaves no name outside."""
    modules = "\n".join(_read(f"app/{name}.js") for name in APP)
    return f'(() => {{\n"use strict";\n{modules}}})();\n'


def script_json(data: Mapping[str, Any]) -> str:
    r"""Write JSON that no HTML parser takes for anything else.

    Examples:
        >>> script_json({"id": "</script><!--\u2028"})
        '{"id":"\\u003c/script\\u003e\\u003c!--\\u2028"}'
    """
    return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def _filled(template: str, parts: Mapping[str, str]) -> bytes:
    """Put parts in the places that the template marks, and the size of the whole in its own place."""
    pieces: list[bytes] = []
    place = 0
    for number, piece in enumerate(template.split("{{")):
        name, _, rest = piece.partition("}}") if number else ("", "", piece)
        place = len(pieces) if name == "SIZE" else place
        pieces += [parts.get(name, "").encode("utf-8", "backslashreplace"), rest.encode()]
    # One decimal of a megabyte: what stands in the place of the size is no matter for it.
    pieces[place] = f"{sum(map(len, pieces)) / 1e6:.1f} MB".encode()
    return b"".join(pieces)


def _policy(scripts: list[str], style: str) -> str:
    hashes = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _inline(text: str) -> str:
    """Refuse code that an HTML parser would cut or read otherwise; its hash would not be the browser's."""
    lowered = text.lower()
    for wrong in ("</script", "</style", "<!--", "\r", "\0"):
        if wrong in lowered:
            raise ConfigurationError(f"a script or style of the page holds {wrong!r}; install signup_risk again")
    return text


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
