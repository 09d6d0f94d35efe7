"""Files of named arrays: round trips, and what is damaged or foreign."""

from __future__ import annotations

import json
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
_LENGTH = slice(len(b"dragoman arrays 1\n"), len(b"dragoman arrays 1\n") + 8)
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


def _file(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return b"dragoman arrays 1\n" + len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"dragoman arrays 1\n",
        b"x" * 100,
        b"dragoman arrays 1\n" + b"\xff" * 8 + b"{}",
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
        b"dragoman arrays 1\n" + (8).to_bytes(8, "little") + b"[" * 8,
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with a file, it is `BadArrays` that says so."""
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadArrays):
        read_arrays(tmp_path / "file")


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
