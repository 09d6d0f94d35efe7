"""Spoilt input of every format: counted problems, never a traceback."""

from __future__ import annotations

import io
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dragoman
import hostile
from dragoman import Article
from dragoman.model import Problem
from dragoman.sources import read_stream


def check(name, data):
    """What was read of some content, after a look at each item."""
    items = list(read_stream(io.BytesIO(data), name))
    assert items, "an input gave neither an article nor a problem"
    for item in items:
        if isinstance(item, Problem):
            assert item.where.startswith(name)
            assert item.what
            assert "\n" not in item.what
            continue
        assert any(character.isalnum() for character in item.title + item.body)
        for text in (item.title, item.body, item.id, item.url, item.source, item.language or ""):
            (text or "").encode()
            assert not set(text or "") & set("\0\x1b\r")
    return items


@pytest.mark.parametrize("seed", range(8))
def test_mutated_files_end_in_counted_problems(seed):
    """Bytes flipped, files cut, doubled, spliced with others, and traps put in."""
    problems = 0
    for name, data in hostile.mutated(60, seed):
        problems += sum(isinstance(item, Problem) for item in check(name, data))
    assert problems > 60


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(data):
    """They are articles or problems."""
    check("stdin", data)


@given(
    st.sampled_from(["a.txt", "a.csv", "a.jsonl"]),
    st.text("{}[]\",:;\t\r\n#-=|<>&\\u0d a1.。,'%", max_size=200) | st.text(max_size=200),
)
def test_any_text_can_be_read(name, text):
    """Whatever its marks make of it."""
    check(name, text.encode("utf-8", "replace"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
NAMES = st.sampled_from(
    "id title body text published date source authors author language lang meta_lang section url"
    " articles data hits extra tagged_by script confidence given_language origin _source x".split()
)
RECORDS = st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=4), max_size=8)


@given(st.lists(RECORDS, min_size=1, max_size=3), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_records_with_values_of_any_kind_can_be_read(records, as_list):
    """A field may hold anything JSON can say."""
    text = json.dumps(records) if as_list else "\n".join(map(json.dumps, records))
    check("a.json", text.encode())


@pytest.mark.parametrize(
    "shape", [hostile.ndjson, lambda: hostile.table(",")], ids=["NDJSON", "CSV"]
)
def test_a_spoilt_byte_costs_no_more_than_its_record(shape):
    """Lines of NDJSON and rows of a table stand alone, but for a quote that swallows the next."""
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    sound = shape()
    start = sound.index(b"\n") + 1
    for _ in range(100):
        data = bytearray(sound)
        data[chance.randrange(start, len(data))] = chance.choice(b'\0"{}[],:\\ \xff')
        items = check("a", bytes(data))
        assert sum(isinstance(item, Article) for item in items) >= len(hostile.RECORDS) - 2


def test_a_library_takes_what_is_sound_and_counts_the_rest(tmp_path):
    """Spoilt files by the dozen leave a library that can be searched."""
    lost = taken = 0

    def items():
        nonlocal lost, taken
        for name, data in hostile.mutated(40, seed=99):
            for item in read_stream(io.BytesIO(data), name):
                lost += isinstance(item, Problem) and item.lost
                taken += isinstance(item, Article)
                yield item

    with dragoman.open_library(tmp_path / "index") as library:
        report = library.add(items())
        assert report.failed == lost > 0
        assert report.added + report.updated + report.unchanged == taken
        assert library.search("Nabatieh").total > 0
