"""Read a column map: which column of a table holds which field of a sign-up, and how it is written there.

A map is TOML or JSON::

    [columns.signup_time]          # a column of the table
    field = "at"                   # the field of the contract that it holds
    convert = "time"               # how it is written: time, epoch_seconds, ipv4_number, number, json
    offset = "+00:00"              # for times without an offset
    formats = ["%m/%d/%Y %H:%M"]   # for times that are not written as ISO 8601

    [columns.outcome]
    field = "label"
    values = { fraud = 1, legit = 0, pending = "unknown" }

    [constants]                    # fields that are the same for every row
    channel = "direct"

    [ignored]                      # columns that are left out on purpose, and why
    sex = "an attribute of a person is never a feature"

Columns that a map does not name are left out and reported. The maps ``ecommerce`` and ``registration`` come with the
package and are chosen by name.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events.fields import BY_NAME
from signup_risk.events.kinds import kind_of
from signup_risk.files.csv_rows import check_names
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.records import BadLine, Payload, Records, object_of
from signup_risk.training.convert import CONVERSIONS, Convert, absent, as_json, time_reader
from signup_risk.training.label_values import LabelValues

#: Names of the maps that come with the package.
SHIPPED: Final = ("ecommerce", "registration")
_SECTIONS: Final = {"columns", "constants", "ignored"}
_KEYS: Final = {"field", "convert", "offset", "formats", "values"}
# Without a time there is no history; every other field may be unknown.
_TIMES: Final = ("at", "label_at")
_LABEL: Final = frozenset({"label", "label_at"})


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column.

    Attributes:
        name: Its name in the table.
        field: The field that it holds.
        convert: Reads its values; ``None`` if they are written as the contract has them.
    """

    name: str
    field: str
    convert: Convert | None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Turn the rows of a table into sign-ups.

    Attributes:
        name: Name or path, for messages.
        columns: Columns that are read.
        constants: Fields that are the same for every row.
        ignored: Columns that are left out, and why.
        labels: What the values of the label mean, if the map says so.
    """

    name: str
    columns: tuple[Column, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    labels: LabelValues | None = None

    def check(self, columns: Sequence[str]) -> None:
        """Refuse a table that the map does not fit.

        Raises:
            UnreadableFile: A column stands twice, or the one with the times is missing.
        """
        check_names(columns)
        times = [column.name for column in self.columns if column.field == "at"]
        if times and times[0] not in columns:
            raise UnreadableFile(
                f"there is no column {times[0]}, from which the map {self.name} reads the time; "
                "give the map that fits this table"
            )

    def times(self) -> tuple[str, ...]:
        """Return the columns with times that are read as they are, so that they have to say their offset."""
        return tuple(column.name for column in self.columns if column.field in _TIMES and column.convert is None)

    def unused(self, columns: Sequence[str]) -> list[str]:
        """Return the columns of a table that the map does not speak of."""
        spoken = {column.name for column in self.columns} | set(self.ignored)
        return [name for name in columns if name not in spoken]

    def apply(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row as an event of the contract, with dotted names.

        Raises:
            InvalidSignup: A time is not written as the map says.
        """
        event = dict(self.constants)
        for column in self.columns:
            value = row.get(column.name)
            if absent(value):
                continue
            found = value if column.convert is None else column.convert(value)
            if found is None and column.field in _TIMES:
                raise InvalidSignup(column.name, kind_of(value), "a time in one of the forms that the map names")
            event[column.field] = found
        return event


def mapped(records: Records, column_map: ColumnMap) -> Records:
    """Yield the rows of a table as events, for scoring: what its label says is left out."""
    for number, payload in records:
        row = object_of(payload) if isinstance(payload, bytes) else payload
        if isinstance(row, BadLine):
            yield number, row
            continue
        try:
            event: Payload = {name: value for name, value in column_map.apply(row).items() if name not in _LABEL}
        except InvalidSignup as problem:
            event = BadLine(str(problem))
        yield number, event


def read_column_map(name: str | Path) -> ColumnMap:
    """Read a map that comes with the package, by its name, or one from a file.

    Raises:
        ConfigurationError: It cannot be read, or says something that is not known.

    Examples:
        >>> found = read_column_map("ecommerce")
        >>> found.apply({"signup_time": "2015-02-24 22:55:49", "ip_address": "732758368.79972"})["ip_address"]
        '43.173.1.96'
    """
    label = str(name)
    if label in SHIPPED:
        text = resources.files("signup_risk.training").joinpath("maps", f"{label}.toml").read_text(encoding="utf-8")
        return _map_of(label, tomllib.loads(text))
    try:
        text = Path(name).read_text(encoding="utf-8")
        kept = json.loads(text) if Path(name).suffix == ".json" else tomllib.loads(text)
    except OSError as problem:
        raise ConfigurationError(
            f"the column map {label!r} cannot be read ({problem.strerror}); give a file, or one of {', '.join(SHIPPED)}"
        ) from None
    except ValueError as problem:
        raise ConfigurationError(f"the column map {label!r} is not TOML, or JSON in a .json file ({problem})") from None
    return _map_of(label, kept)


def _map_of(name: str, kept: Any) -> ColumnMap:
    if not isinstance(kept, dict) or not set(kept) <= _SECTIONS or not isinstance(kept.get("columns"), dict):
        raise _wrong(name, "it holds other parts than columns, constants and ignored, or no columns")
    columns = tuple(_column(name, column, said) for column, said in kept["columns"].items())
    values = [said["values"] for said in kept["columns"].values() if "values" in said]
    constants = {_field(name, key): value for key, value in _section(name, kept, "constants").items()}
    fields = [*(column.field for column in columns), *constants]
    twice = sorted({one for one in fields if fields.count(one) > 1})
    if twice:
        raise _wrong(name, f"field {twice[0]!r} is given twice")
    if "at" not in fields:
        raise _wrong(name, "no column holds the field at, the time of the sign-up")
    labels = LabelValues.of(values[0]) if values else None
    return ColumnMap(name, columns, constants, dict(_section(name, kept, "ignored")), labels)


def _section(name: str, kept: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = kept.get(section, {})
    if not isinstance(found, dict):
        raise _wrong(name, f"{section} is {kind_of(found)}; write it as a table, [{section}] and a line for each")
    return found


def _column(name: str, column: str, said: Any) -> Column:
    if not isinstance(said, dict) or not set(said) <= _KEYS:
        raise _wrong(name, f"column {column!r} says other things than {', '.join(sorted(_KEYS))}")
    return Column(column, _field(name, said.get("field")), _conversion(name, column, said))


def _field(name: str, field_name: Any) -> str:
    if isinstance(field_name, str) and (field_name in BY_NAME or field_name.startswith("custom.")):
        return field_name
    raise _wrong(name, f"{field_name!r} is no field of a sign-up; the contract lists them, custom.<key> are yours")


def _conversion(name: str, column: str, said: Mapping[str, Any]) -> Convert | None:
    if "values" in said and said["field"] != "label":
        raise _wrong(name, f"column {column!r} maps values, which only the label can")
    kind = said.get("convert")
    if kind == "time":
        return time_reader(str(said.get("offset", "")), _formats(name, column, said.get("formats", [])))
    if kind is not None and (not isinstance(kind, str) or kind not in CONVERSIONS):
        raise _wrong(name, f"column {column!r} is converted by {kind!r}; known are time, {', '.join(CONVERSIONS)}")
    if {"offset", "formats"} & set(said):
        raise _wrong(name, f'column {column!r} has offset or formats, which only convert = "time" reads')
    if kind is None:
        return as_json if said["field"].startswith("custom.") else None
    return CONVERSIONS[kind]


def _formats(name: str, column: str, formats: Any) -> tuple[str, ...]:
    if isinstance(formats, list) and all(isinstance(one, str) for one in formats):
        return tuple(formats)
    raise _wrong(name, f'column {column!r} has formats {formats!r}; give a list of texts, such as ["%m/%d/%Y %H:%M"]')


def _wrong(name: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"the column map {name!r} cannot be used: {what}")
