"""Damaged, foreign and hostile files in the folder of an index."""

from __future__ import annotations

import pickle
import shutil
import sys
from pathlib import Path

import pytest

import dragoman
from dragoman.arrays import BadArrays
from dragoman.engines import open_engine

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))

import damage  # noqa: E402


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The folder of a sound index, and what it answers."""
    folder = tmp_path_factory.mktemp("sound") / "index"
    damage.build(folder)
    return folder, damage.answers(folder)


@pytest.fixture
def index(sound, tmp_path):
    """A copy of the folder, to be damaged."""
    return shutil.copytree(sound[0], tmp_path / "index")


def test_damage_is_told_or_harmless():
    """Whatever is changed in a file: an error that says so, or the right answer."""
    plain, forged = damage.trials(80, 2)
    assert plain["errors"] == forged["errors"] == {}
    assert plain["outcomes"]["told"] > 40
    assert forged["outcomes"].keys() == {"told", "answered"}
    for trial in (plain, forged):
        assert trial["slowest s"] < 5
        assert trial["peak MB"][1] < 2 * trial["peak MB"][0]


@pytest.mark.parametrize("pattern", ["MAIN*.arrays", "*.gone", "_MAIN*.toc", "names*.arrays"])
def test_a_flipped_bit_is_found_in_every_kind_of_file(index, pattern):
    """The check names the file, wherever the bit is."""
    for file in index.glob(pattern):
        content = file.read_bytes()
        for at in range(0, len(content), max(len(content) // 40, 1)):
            file.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
            (complaint,) = damage.complaints(index)
            assert file.name in complaint
        file.write_bytes(content)
    assert damage.complaints(index) == []


def test_every_damaged_file_is_named(index):
    """The check does not stop at the first."""
    files = [*index.glob("MAIN*.arrays"), *index.glob("names*.arrays")]
    assert len(files) > 2
    engine = open_engine("whoosh", index)
    for file in files:
        file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    complaints = engine.check()
    engine.close()
    assert all(any(file.name in line for line in complaints) for file in files)


def test_a_file_in_the_place_of_another_is_told(index):
    """Two sound segments that change places are not what was committed."""
    one, two, *_ = sorted(index.glob("MAIN*.arrays"))
    one.rename(index / "x")
    two.rename(one)
    (index / "x").rename(two)
    with pytest.raises(dragoman.LibraryDamaged, match="not the file that was committed"):
        damage.answers(index)


def test_a_missing_file_is_told(index):
    """A segment that is gone is named."""
    (file, *_) = sorted(index.glob("MAIN*.arrays"))
    file.unlink()
    with pytest.raises(dragoman.LibraryDamaged, match=file.name):
        damage.answers(index)


def test_nothing_is_unpickled(sound, tmp_path, monkeypatch):
    """Building, opening, searching, checking and rewriting an index work without pickle."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an index was unpickled")

    for name in ("load", "loads", "Unpickler", "_load", "_loads", "_Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("whoosh"):
            for name in ("load", "loads"):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, refuse)
    damage.build(tmp_path / "index")
    assert damage.answers(tmp_path / "index") == sound[1]
    engine = open_engine("whoosh", tmp_path / "index")
    assert engine.check() == []
    engine.rewrite(())
    engine.close()


class _Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("exploded"),))


@pytest.mark.parametrize("name", ["_MAIN_99.toc", "MAIN_1_1.arrays"])
def test_a_pickle_in_the_place_of_a_file_is_not_run(index, name, monkeypatch, tmp_path):
    """A file of another program's kind is told, and nothing in it is run."""
    monkeypatch.chdir(tmp_path)
    files = [index / name] if name.endswith(".toc") else list(index.glob("MAIN*.arrays"))
    for file in files:
        file.write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(dragoman.LibraryDamaged):
        damage.answers(index)
    assert not Path("exploded").exists()


@pytest.mark.parametrize("text", ["w*", "*9", "w10~1"])
def test_terms_that_are_no_text_are_told(index, text):
    """Terms whose bytes are no UTF-8, in files with checksums that fit, are damage."""
    (contents,) = index.glob("_MAIN_*.toc")
    body = contents.read_bytes().partition(b"\n")[2]
    for file in index.glob("MAIN*.arrays"):
        sound = file.read_bytes()
        forged = damage.reseal(sound.replace(b"w1", b"w\xff"), sound)
        file.write_bytes(forged)
        body = body.replace(*(str(damage.seal(data)).encode() for data in (sound, forged)))
    head = f"dragoman index 1 {damage.zlib.crc32(body):08x} {len(body)}\n".encode()
    contents.write_bytes(head + body)
    with pytest.raises(dragoman.LibraryDamaged, match="no text"):
        damage.answers(index, [text])


def test_an_index_of_another_schema_is_told(index):
    """Contents that describe other fields are of another version."""
    (toc,) = index.glob("_MAIN*.toc")
    body = toc.read_bytes().partition(b"\n")[2].replace(b'"published": "number"', b'"day": "x"')
    head = f"dragoman index 1 {damage.zlib.crc32(body):08x} {len(body)}\n".encode()
    toc.write_bytes(head + body)
    with pytest.raises(BadArrays, match="another version"):
        open_engine("whoosh", index)


def test_an_index_of_the_stock_codec_is_made_again(tmp_path):
    """A library whose index Whoosh wrote by itself is rebuilt from the store when opened."""
    from whoosh import fields
    from whoosh import index as whoosh_index

    with dragoman.open_library(tmp_path) as library:
        library.add([dragoman.Article(id="flood", title="Flood", body="The river rose.")])
    shutil.rmtree(tmp_path / "whoosh")
    (tmp_path / "whoosh").mkdir()
    schema = fields.Schema(title=fields.TEXT, body=fields.TEXT)
    writer = whoosh_index.create_in(tmp_path / "whoosh", schema).writer()
    writer.add_document(title="Flood", body="The river rose.")
    writer.commit()
    seen = []
    with dragoman.open_library(tmp_path, on_progress=seen.append) as library:
        assert [progress.articles for progress in seen] == [0, 1]
        assert [hit.id for hit in library.search("river").hits] == ["flood"]
        assert [finding.repaired for finding in library.doctor()] == [True]
        assert library.doctor() == ()
