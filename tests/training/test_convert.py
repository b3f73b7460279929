"""Read values as other people's tables hold them; what cannot be read is unknown, never an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError
from signup_risk.events.kinds import kind_of
from signup_risk.training.convert import CONVERSIONS, absent, epoch_seconds, ipv4_number, number, time_reader

#: Whole numbers that JSON can hold and no float can.
HUGE = (10**400, -(10**400))


@pytest.mark.parametrize("convert", [ipv4_number, number, epoch_seconds])
@pytest.mark.parametrize(
    "value", [*HUGE, float("inf"), "1e999", "many", "", [], {}, None, Decimal("1e9999")], ids=kind_of
)
def test_what_is_no_number_is_unknown(convert: Callable[[Any], Any], value: object) -> None:
    """Numbers too large for a float, infinity, words and lists are unknown."""
    assert convert(value) is None


@given(st.integers(0, 2**32 - 1), st.sampled_from([str, int, np.int64, np.float64, Decimal, lambda n: f"{n}.25"]))
def test_addresses_as_numbers(address: int, written: Callable[[int], Any]) -> None:
    """Every address is read back from its number, however that is written."""
    assert ipv4_number(written(address)) == str(IPv4Address(address))


@given(st.integers(0, 2**32 - 1), st.sampled_from([str, int, np.int64, float]))
def test_seconds_since_1970(seconds: int, written: Callable[[int], Any]) -> None:
    """Every second is read back from its number."""
    assert epoch_seconds(written(seconds)) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001 - without an offset, as tables have it
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H-%M-%S"]),
)
def test_times_in_named_forms(moment: datetime, form: str) -> None:
    """A time in any named form has the offset that the map gives."""
    second = moment.replace(microsecond=0)
    found = time_reader("+05:30", ["%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H-%M-%S"])(second.strftime(form))
    assert found is not None
    assert found.replace(tzinfo=None) == second
    assert found.utcoffset() == timedelta(hours=5, minutes=30)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals()))
def test_no_value_breaks_a_conversion(value: object) -> None:
    """Any value is read or unknown."""
    for convert in (*CONVERSIONS.values(), time_reader("+00:00", ["%Y"]), absent):
        convert(value)


@pytest.mark.parametrize("offset", ["", "UTC", "+2:00", "+24:00", "5"])
def test_wrong_offsets_are_refused(offset: str) -> None:
    """An offset is hours and minutes, less than a day."""
    with pytest.raises(ConfigurationError, match="offset"):
        time_reader(offset)
