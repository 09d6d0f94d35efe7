"""Lexicons that are damaged, hostile or of no use: each is named, and the search goes on."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dragoman
from dragoman.errors import LexiconError
from dragoman.lexicon import add, dictd, open_lexicon
from dragoman.lexicon.table import MAGIC, DamagedLexicon, Entry, Header, Table, write
from dragoman.model import Article

HEADER = Header("test", "made up", "CC0")
ENTRIES = [
    Entry("en", "flood", "fi", "tulva"),
    Entry("en", "river", "fi", "joki"),
    Entry("en", "water", "zh", "水"),
    Entry("en", "flood", "zh", "洪水"),
    Entry("en", "flood disaster", "zh", "洪水灾害"),
]


@pytest.fixture
def library(tmp_path):
    """The folder of a library with two lexicons, `mine` and `other`."""
    folder = tmp_path / "index"
    with dragoman.open_library(folder) as library:
        library.add([Article(id="1", title="Flood", body="The river rose.", language="en")])
        library.add([Article(id="2", title="Zzyzx", body="Joki nousi.", language="fi")])
        for name in ("mine", "other"):
            words = tmp_path / f"{name}.tsv"
            words.write_text(f"en\tfi\tqq{name}\tzzyzx\n", "utf-8")
            library.lexicons.add(words)
    return folder


DAMAGE = [
    lambda _: b"",
    lambda _: b"junk",
    lambda data: data[:100],
    lambda data: data[:-1],
    lambda data: data.replace(b'"arcs"', b'"arks"'),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_search_goes_on_without_a_damaged_lexicon(library, damage):
    """And says so, in one line that tells what to do; what it tells helps."""
    file = library / "lexicons" / "mine.lexicon"
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    with dragoman.open_library(library) as opened:
        for query, via in (("flood", ["original"]), ("qqother", None), ("river", None)):
            found = opened.search(query, via=via)
            assert found.hits
            (notice,) = found.notices
            assert "dragoman lexicon remove mine" in notice
            assert not any(word in notice for word in ("Errno", "mmap", "struct", "line 1"))
        assert opened.related("1").notices
        assert [header.name for header, added in opened.lexicons.headers() if added] == ["other"]
        (finding,) = opened.doctor()
        assert finding.what.startswith("lexicons/mine.lexicon: ")
        assert not finding.repaired
        opened.lexicons.remove("mine")
        assert opened.search("flood").notices == ()
        assert opened.doctor() == ()


def test_damage_that_is_met_in_the_middle_of_a_search_is_left_out_too(library):
    """The answer is what it would be without that lexicon."""
    file = library / "lexicons" / "mine.lexicon"
    table = Table(file)
    size = len(file.read_bytes())
    starts = size - table.header.bytes - table.header.terms - table.header.arcs
    starts -= 4 * (2 * (table.header.terms + 1) + table.header.arcs + table.header.stems)
    data = file.read_bytes()
    file.write_bytes(
        data[:starts]
        + b"\xff" * 4 * (table.header.terms + 1)
        + data[starts + 4 * (table.header.terms + 1) :]
    )
    with dragoman.open_library(library) as opened:
        found = opened.search("qqmine flood")
        assert [hit.id for hit in found.hits] == ["1"]
        assert "the lexicon mine is not used (damaged)" in found.notices[0]


def test_the_command_line_names_a_damaged_lexicon(run):
    """On stderr, while the hits are on stdout; `doctor` and `lexicon list` fail with it."""
    run("demo")
    Path("words.tsv").write_text("en\tfi\tflood\ttulva\n", "utf-8")
    assert run("lexicon", "add", "words.tsv")[0] == 0
    Path("index/lexicons/words.lexicon").write_bytes(b"junk")
    code, out, err = run("search", "--via", "original", "flood")
    assert code == 0
    assert out
    assert err.count("dragoman lexicon remove words") == 1
    code, out, _ = run("search", "--json", "flood")
    assert "remove words" in json.loads(out.splitlines()[-1])["notices"][0]
    code, out, _ = run("doctor")
    assert (code, "lexicons/words.lexicon" in out) == (2, True)
    code, out, err = run("lexicon", "list")
    assert code == 2
    assert "remove words" in err
    assert out
    assert run("lexicon", "remove", "words")[0] == 0
    assert run("lexicon", "list")[0] == 0


@given(st.data())
def test_a_flipped_bit_is_found_by_verifying(tmp_path_factory, data):
    """Wherever it is in the file."""
    path = tmp_path_factory.mktemp("lexicon") / "a.lexicon"
    write(path, HEADER, ENTRIES)
    Table(path).verify()
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    with pytest.raises(DamagedLexicon, match=r"a\.lexicon"):
        Table(path).verify()


def test_a_lexicon_from_before_there_were_checksums_is_used(tmp_path):
    """What can be checked of it is."""
    path = tmp_path / "a.lexicon"
    write(path, HEADER, ENTRIES)
    data = path.read_bytes()
    length = int.from_bytes(data[8:12], "little")
    facts = json.loads(data[12 : 12 + length])
    del facts["checksum"]
    head = json.dumps(facts).encode().ljust(length)
    path.write_bytes(MAGIC + length.to_bytes(4, "little") + head + data[12 + length :])
    table = Table(path)
    table.verify()
    assert open_lexicon([path]).translations("flood", ["fi"])
    path.write_bytes(path.read_bytes()[:-5] + b"\xff" * 5)
    with pytest.raises(DamagedLexicon):
        Table(path).verify()


def test_a_packed_dictionary_that_swells_is_refused(tmp_path):
    """Long before it fills the memory."""
    packed = tmp_path / "eng-fra.dict.dz"
    with gzip.open(packed, "wb", compresslevel=9) as stream:
        for _ in range(64):
            stream.write(bytes(1 << 20))
    (tmp_path / "eng-fra.index").write_text("a\tA\tB\n")
    with pytest.raises(LexiconError, match=r"eng-fra\.dict\.dz: larger than many times its own"):
        add(tmp_path / "eng-fra.index", tmp_path / "lexicons")
    assert dictd.MOST_PACKED * packed.stat().st_size < 64 << 20


def test_a_dictionary_larger_than_any_is_refused(tmp_path, monkeypatch):
    """However well it is packed."""
    monkeypatch.setattr(dictd, "MOST_BYTES", 1000)
    (tmp_path / "eng-fra.dict").write_bytes(b"x" * 1001)
    (tmp_path / "eng-fra.index").write_text("a\tA\tB\n")
    with pytest.raises(LexiconError, match="larger than 1,000 bytes"):
        add(tmp_path / "eng-fra.index", tmp_path / "lexicons")


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"\x1f\x8b" + data[5:]])
def test_what_is_wrong_with_a_packed_dictionary_is_said_plainly(tmp_path, damage):
    """Without the words of the library that unpacks it."""
    packed = tmp_path / "eng-fra.dict.dz"
    packed.write_bytes(damage(gzip.compress(zlib.compress(b"x" * 999) * 9)))
    (tmp_path / "eng-fra.index").write_text("a\tA\tB\n")
    with pytest.raises(LexiconError, match=r"cannot be read: it is damaged$"):
        add(tmp_path / "eng-fra.index", tmp_path / "lexicons")


def test_a_folder_is_no_dictionary(run):
    """Nor is it an absent file."""
    code, _, err = run("lexicon", "add", ".")
    assert (code, err) == (2, "dragoman: .: a folder, not a dictionary\n")


def test_a_row_that_translates_into_its_own_language_is_refused(tmp_path):
    """However its language is written."""
    words = tmp_path / "words.tsv"
    words.write_text("en\ten\tflood\tdeluge\neng\ten\tflood\tdeluge\nen\tfi\tflood\ttulva\n")
    added = add(words, tmp_path / "lexicons")
    assert (added.entries, added.skipped) == (1, 2)
    assert added.problems[0] == f"{words}:1: both languages are en"


@pytest.mark.parametrize("run_", ["洪水" * 10_000, "水" * 20_000, "ກຂ" * 10_000, "ကခ" * 10_000])
def test_a_run_without_end_is_soon_cut(tmp_path, run_):
    """Its beginning is enough: the time does not grow with its length."""
    path = tmp_path / "a.lexicon"
    write(path, HEADER, ENTRIES)
    lexicon = open_lexicon([path])
    lexicon.pieces("水")
    began = time.perf_counter()
    found = lexicon.pieces(run_)
    assert time.perf_counter() - began < 1
    assert len(found) <= 300
    assert {piece.text for piece in found} <= {"洪水", "水"}


def test_the_entries_of_a_sentence_are_all_found_each_time(tmp_path):
    """A piece that occurs again is given again."""
    path = tmp_path / "a.lexicon"
    write(path, HEADER, ENTRIES)
    text = "洪水灾害在洪水中水。" * 8
    found = open_lexicon([path]).pieces(text)
    assert [piece.text for piece in found] == ["洪水灾害", "洪水", "水"] * 8
    assert all(text[piece.start : piece.end] == piece.text for piece in found)
