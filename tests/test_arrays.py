"""Files of named arrays: round trips, and what is damaged or foreign."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from dragoman.arrays import BadArrays, read_arrays, write_arrays

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = ("|u1", "<u2", "<u4", "<i4", "<i8", "<u8", "<f4")
_MAGIC = b"dragoman array2\n"
SLOW_PATH = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@SLOW_PATH
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.sampled_from(_KINDS).flatmap(
            lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(max_dims=2, min_side=0))
        ),
        max_size=4,
    ),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
)
def test_what_is_written_is_read(tmp_path: Path, arrays: dict, facts: dict) -> None:
    """Arrays of every type and shape, and the facts, come back as they were."""
    facts = json.loads(json.dumps(facts))
    write_arrays(tmp_path / "file", arrays, facts)
    held = read_arrays(tmp_path / "file")
    assert held.facts == facts
    assert list(held.arrays) == list(arrays)
    for name, array in arrays.items():
        assert held.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(held.arrays[name], array)


def _file(header: object, data: bytes = b"", **facts: object) -> bytes:
    """A file with this header and sound checksums."""
    if isinstance(header, dict) and "size" not in header:
        header = {"size": len(data), **header}
    text = json.dumps(header).encode()
    pages = 1 if data else 0
    head = text + zlib.crc32(data).to_bytes(4, "little") * pages
    seal = facts.get("seal", zlib.crc32(head)).to_bytes(4, "little")
    sizes = len(text).to_bytes(8, "little") + seal + pages.to_bytes(4, "little")
    return _MAGIC + sizes + head + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        _MAGIC,
        b"x" * 100,
        b"dragoman arrays 1\n" + _file({"facts": {}, "arrays": {}}),
        _MAGIC + b"\xff" * 16 + b"{}",
        _file({"facts": {}, "arrays": {}}, seal=7),
        _file({"facts": {}, "arrays": {}}) + b"x",
        _file({"facts": {}, "arrays": {}, "size": 1}),
        _file({"facts": {}, "arrays": {}, "size": "1"}),
        _file({"facts": {}, "arrays": {}, "page bits": "14"}),
        _file({"facts": {}, "arrays": {}, "page bits": -1}),
        _file({"facts": {}, "arrays": {}, "page bits": 64}),
        _file([]),
        _file({"arrays": {}}),
        _file({"facts": 3, "arrays": {}}),
        _file({"facts": {}, "arrays": []}),
        _file({"facts": {}, "arrays": {"a": ["|u1", [5], 0]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|u1", [-1], 0]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|u1", [1], -9]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|O8", [1], 0]}}, b"12345678"),
        _file({"facts": {}, "arrays": {"a": ["<i8", [1 << 62, 1 << 62], 0]}}, b"12345678"),
        _file({"facts": {}, "arrays": {"a": ["|u1", ["4"], 0]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|u1", [[]], 0]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|u1"]}}, b"1234"),
        _file({"facts": {}, "arrays": {"a": ["|u1", [0] * 100, 0]}}, b"1234"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with a file, it is `BadArrays` that says so."""
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadArrays):
        read_arrays(tmp_path / "file")


def test_a_header_that_only_repeats_brackets_is_told(tmp_path: Path) -> None:
    """Deep nesting is damage, not a crash."""
    text = b"[" * 100_000
    sizes = len(text).to_bytes(8, "little") + zlib.crc32(text).to_bytes(4, "little") + bytes(4)
    (tmp_path / "file").write_bytes(_MAGIC + sizes + text)
    with pytest.raises(BadArrays):
        read_arrays(tmp_path / "file")


@pytest.mark.parametrize("at", [0, 70_000, 199_999])
def test_a_changed_byte_is_told_when_its_page_is_read(tmp_path: Path, at: int) -> None:
    """Other pages can be read; the one with the damage cannot, and the check finds it."""
    path = tmp_path / "file"
    write_arrays(path, {"a": np.zeros(200_000, np.uint8)}, {})
    content = bytearray(path.read_bytes())
    content[len(content) - 200_000 + at] = 1
    path.write_bytes(content)
    held = read_arrays(path)
    array = held.guarded("a")
    elsewhere = 140_000
    assert array.part(elsewhere, elsewhere + 9).sum() == 0
    assert array.take(np.array([elsewhere])).sum() == 0
    for read in (
        lambda: array.part(at, at + 1),
        lambda: array.bytes(at, at + 1),
        lambda: array.take(np.array([elsewhere, at])),
        array.whole,
        held.verify,
    ):
        with pytest.raises(BadArrays, match="damaged at byte"):
            read()


@pytest.mark.parametrize(("begin", "end"), [(-1, 2), (3, 11), (5, 4)])
def test_what_is_beyond_an_array_is_told(tmp_path: Path, begin: int, end: int) -> None:
    """A place outside an array is damage of whatever pointed there."""
    write_arrays(tmp_path / "file", {"a": np.arange(10)}, {})
    array = read_arrays(tmp_path / "file").guarded("a")
    for read in (array.part, array.bytes):
        with pytest.raises(BadArrays, match="beyond its end"):
            read(begin, end)
    with pytest.raises(BadArrays, match="beyond its end"):
        array.take(np.array([10]))


@SLOW_PATH
@given(st.integers(0, 300), st.binary(min_size=1, max_size=8))
def test_damage_is_told_or_harmless(tmp_path: Path, at: int, damage: bytes) -> None:
    """Bytes changed anywhere give `BadArrays` or arrays inside the file."""
    path = tmp_path / "file"
    write_arrays(path, {"a": np.arange(9), "b": np.ones((3, 4), np.float32)}, {"n": 1})
    content = bytearray(path.read_bytes())
    content[at % len(content) : at % len(content) + len(damage)] = damage
    path.write_bytes(content)
    try:
        held = read_arrays(path)
    except BadArrays:
        return
    assert sum(array.nbytes for array in held.arrays.values()) <= 2 * len(content)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Until all is written, readers see the old file."""
    path = tmp_path / "file"
    write_arrays(path, {"a": np.arange(3)}, {})
    with pytest.raises(TypeError):
        write_arrays(path, {"a": np.arange(4)}, {"fact": object()})
    np.testing.assert_array_equal(read_arrays(path).arrays["a"], np.arange(3))


def test_what_was_given_back_is_read_again(tmp_path):
    """Releasing memory changes nothing of what a file says."""
    path = tmp_path / "file"
    numbers = np.arange(200_000, dtype="<u4")
    write_arrays(path, {"numbers": numbers}, {})
    held = read_arrays(path)
    before = held.guarded("numbers").part(5, 70_000).copy()
    held.release()
    assert held.guarded("numbers").part(5, 70_000).tolist() == before.tolist()
    held.verify()


def test_a_place_before_the_beginning_is_told(tmp_path: Path) -> None:
    """What counts from the end elsewhere is damage here."""
    write_arrays(tmp_path / "file", {"a": np.arange(9)}, {})
    held = read_arrays(tmp_path / "file").guarded("a")
    assert held.take(np.array([8, 0])).tolist() == [8, 0]
    for place in (-1, -9, 9):
        with pytest.raises(BadArrays):
            held.take(np.array([0, place]))


def test_parts_that_overlap_are_told(tmp_path: Path) -> None:
    """They could be copied without end; those that do not are joined."""
    write_arrays(tmp_path / "file", {"numbers": np.arange(9, dtype="<u4")}, {})
    numbers = read_arrays(tmp_path / "file").guarded("numbers")
    assert numbers.parts(np.array([7, 0]), np.array([9, 2])).tolist() == [7, 8, 0, 1]
    with pytest.raises(BadArrays, match="overlap"):
        numbers.parts(np.array([0, 0]), np.array([9, 9]))
