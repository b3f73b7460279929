"""Read what the build's own database writer writes with the official reader."""

from __future__ import annotations

import ipaddress
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from types import ModuleType

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.references.test_reference_addresses import V4_BLOCKS

SCRIPT = Path(__file__).parents[2] / "scripts" / "data" / "mmdb_file.py"
BUILT = 1_780_000_000


def load() -> ModuleType:
    """Load the writer from the scripts, which are no package."""
    spec = spec_from_file_location("mmdb_file", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITER = load()


def write(path: Path, rows: dict[str, dict[str, str | int]]) -> maxminddb.Reader:
    """Write blocks of IPv4 and IPv6, and open the file."""
    blocks = []
    for text, record in rows.items():
        block = ipaddress.ip_network(text)
        blocks.append(
            (int(block.network_address), block.prefixlen + (96 if block.version == 4 else 0), record)
        )
    path.write_bytes(WRITER.write_database(blocks, database_type="test", description="Test", built=BUILT))
    return maxminddb.open_database(str(path))


def test_every_size_of_text_number_and_pointer(tmp_path: Path) -> None:
    """Forty thousand records of growing size use every form of the format that the data needs."""
    rows: dict[str, dict[str, str | int]] = {
        f"{1 + n // 65536}.{n // 256 % 256}.{n % 256}.0/24": {
            "org": f"{n} " + "x" * (n % 400),
            "asn": n * n * 2,
        }
        for n in range(40_000)
    }
    with write(tmp_path / "x.mmdb", rows) as reader:
        for block in list(rows)[::97]:
            assert reader.get(block.replace("/24", "").removesuffix(".0") + ".7") == rows[block]
        assert reader.get("9.9.9.9") is None


@given(st.lists(st.tuples(V4_BLOCKS, st.sampled_from(["FR", "DE"])), max_size=20))
def test_random_blocks(chosen: list[tuple[ipaddress.IPv4Network, str]]) -> None:
    """Inside of each block its record is found, right outside of all there is none."""
    rows: dict[ipaddress.IPv4Network, str] = {}
    for block, country in chosen:
        if not any(block.overlaps(other) for other in rows):
            rows[block] = country
    blocks = [
        (int(block.network_address), 96 + block.prefixlen, {"country": name}) for block, name in rows.items()
    ]
    content = WRITER.write_database(blocks, database_type="test", description="Test", built=BUILT)
    reader = maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD)
    for block in rows:
        for number in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= number < 2**32:
                address = ipaddress.IPv4Address(number)
                expected = [{"country": name} for other, name in rows.items() if address in other]
                assert reader.get(address) == (expected[0] if expected else None)
    reader.close()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the moment of the build gets in."""
    rows: dict[str, dict[str, str | int]] = {"1.0.0.0/8": {"country": "FR"}, "2a00::/16": {"country": "DE"}}
    for name in ("a", "b"):
        with write(tmp_path / name, rows) as reader:
            assert reader.metadata().build_epoch == BUILT
            assert reader.get("2a00::1") == {"country": "DE"}
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("length", [112, 120, 128])
def test_overlapping_blocks_are_refused(length: int) -> None:
    """A block around, on or in another would hide one of them."""
    start = 0x01020300 >> (128 - length) << (128 - length)
    blocks = [(0x01020300, 120, {"asn": 1}), (start, length, {"asn": 2})]
    with pytest.raises(ValueError, match="overlaps another"):
        WRITER.write_database(blocks, database_type="test", description="Test", built=BUILT)
