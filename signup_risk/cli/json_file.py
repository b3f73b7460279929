"""Write figures as JSON to a file that is neither read nor part of a model, whole or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from signup_risk.cli.event_files import scratch_file
from signup_risk.errors import ConfigurationError
from signup_risk.model.artefact import MANIFEST, MODEL

#: Takes the figures, once.
Write = Callable[[Mapping[str, Any]], object]


@contextmanager
def json_file(name: str, inputs: Iterable[str], option: str = "--json") -> Iterator[Write]:
    """Open a file for figures, standard output for ``-``; it gets its name if the block succeeds.

    Whatever can be refused is refused here, before the work that the figures take.

    Args:
        name: The file.
        inputs: Files and folders that are read, none of which may be replaced.
        option: How the file was named, for errors.

    Raises:
        ConfigurationError: The file is one of the inputs, or lies in one or in the folder of a model.
        UnreadableFile: It cannot be written.
    """
    if name == "-":
        yield lambda figures: sys.stdout.write(_text(figures))
        return
    check_output(option, name, inputs)
    with scratch_file(Path(name)) as stream:
        yield lambda figures: stream.write(_text(figures).encode())


def _text(figures: Mapping[str, Any]) -> str:
    return json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def check_output(option: str, name: str, inputs: Iterable[str]) -> None:
    """Refuse a file to write that is used otherwise as well, or that has no place in the folder where it would stand.

    Args:
        option: How the file was named.
        name: The file.
        inputs: Files and folders that are read, and other files that are written; none of them may be replaced.

    Raises:
        ConfigurationError: The file is one of the inputs, or lies in one or in the folder of a model.
    """
    target = Path(name).resolve()
    for one in inputs:
        if _is_same(target, Path(one)) or Path(one).resolve() in target.parents:
            raise ConfigurationError(
                f"{option} {name!r} would write over {one!r}, which is read or written too; name another file"
            )
    for folder in target.parents:
        if (folder / MANIFEST).is_file() and (folder / MODEL).is_file():
            raise ConfigurationError(
                f"{option} {name!r} lies in the folder of a model, which holds its own files only; name another place"
            )


def _is_same(target: Path, other: Path) -> bool:
    """Tell whether two names are one file: by path, as neither may be there yet, and by inode for hard links."""
    if target == other.resolve():
        return True
    return target.exists() and other.exists() and target.samefile(other)
