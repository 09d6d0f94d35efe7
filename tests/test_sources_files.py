"""Files, folders and streams: formats by content, compression, encodings, bounds."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zstandard

import dragoman
import hostile
from dragoman import Article, SourceError
from dragoman.errors import MissingExtra
from dragoman.model import Problem
from dragoman.sources import Limits, read, read_stream, total_bytes

TITLES = [record["title"] for record in hostile.RECORDS]


def articles(items):
    """The articles; a problem fails the test."""
    items = list(items)
    assert [item for item in items if isinstance(item, Problem)] == []
    return items


def only_problem(items):
    """The only item, a problem."""
    items = list(items)
    assert [type(item) for item in items] == [Problem]
    return items[0]


FORMATS = {
    "ndjson": (hostile.ndjson(), TITLES),
    "JSON": (hostile.document(), TITLES),
    "CSV": (hostile.table(","), TITLES),
    "TSV": (hostile.table("\t"), TITLES),
    "HTML": (hostile.page(hostile.RECORDS[0]), TITLES[:1]),
    "RSS": (hostile.rss(), TITLES),
    "Atom": (hostile.atom(), TITLES),
    "WARC": (hostile.warc(), TITLES),
    "text": (hostile.text(hostile.RECORDS[0]), TITLES[:1]),
    "Markdown": (hostile.markdown(hostile.RECORDS[0]), TITLES[:1]),
}


@pytest.mark.parametrize("name", ["stdin", "a.txt", "wrong.html"])
@pytest.mark.parametrize(("data", "titles"), FORMATS.values(), ids=FORMATS)
def test_the_format_is_told_from_the_content(data, titles, name):
    """The same articles under any name, also one that lies, and after blank lines."""
    assert [item.title for item in articles(read_stream(io.BytesIO(data), name))] == titles


@pytest.mark.parametrize("compress", hostile.COMPRESSORS.values(), ids=hostile.COMPRESSORS)
@pytest.mark.parametrize(("data", "titles"), FORMATS.values(), ids=FORMATS)
def test_compressed_input_is_read_through(data, titles, compress):
    """Compression is told from the content too; parts that follow each other are all read."""
    half = data.find(b"\n", len(data) // 2) + 1
    for packed in (compress(data), compress(data[:half]) + compress(data[half:])):
        assert [item.title for item in articles(read_stream(io.BytesIO(packed), "a"))] == titles


def test_a_crawl_compressed_record_by_record_is_read():
    """WARC.gz is a gzip member for each record."""
    data = hostile.warc(pack=hostile.COMPRESSORS["gz"])
    assert [item.title for item in articles(read_stream(io.BytesIO(data), "a"))] == TITLES


@pytest.mark.parametrize("ending", hostile.COMPRESSORS)
def test_a_compressed_file_that_breaks_off_gives_what_came_before(ending):
    """What could be read goes in, the end is one problem with the name of the file."""
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    words = [" ".join(f"w{chance.randrange(10**9)}" for _ in range(40)) for _ in range(5_000)]
    data = hostile.ndjson(tuple({"title": f"Flood {n}", "body": w} for n, w in enumerate(words)))
    packed = hostile.COMPRESSORS[ending](data)
    items = list(read_stream(io.BytesIO(packed[: len(packed) * 3 // 4]), f"a.{ending}"))
    assert [item.title for item in items[:3]] == ["Flood 0", "Flood 1", "Flood 2"]
    assert [item.where for item in items if isinstance(item, Problem)] == [f"a.{ending}"]
    assert "cannot be read further" in items[-1].what


WIDE = ("utf-8-sig", "utf-16", "utf-32")
# Language in the sample, a codec that its texts were written in.
ENCODINGS = [
    ("ar", "cp1256"), ("fa", "cp1256"), ("ru", "cp1251"), ("ru", "koi8_r"), ("uk", "cp1251"),
    ("zh", "gb18030"), ("ja", "cp932"), ("ja", "euc_jp"), ("ko", "cp949"), ("he", "cp1255"),
    ("el", "cp1253"), ("tr", "cp1254"), ("fr", "cp1252"), ("de", "cp1252"), ("es", "cp1252"),
    ("th", "cp874"), ("pl", "cp1250"),
    *[(tag, codec) for tag in ("en", "ar", "zh", "hi") for codec in WIDE],
    ("ar", "utf-16-le"), ("ar", "utf-16-be"),
]  # fmt: skip
TEXTS = {
    "pl": "Rzeka podniosła się w nocy i nikt nie spał. Mieszkańcy nosili worki z piaskiem aż do "
    "świtu, a strażacy zamknęli most.",
    "th": "แม่น้ำสูงขึ้นในตอนกลางคืนและไม่มีใครนอนหลับ ชาวบ้านขนกระสอบทรายไปที่สะพานเก่าจนถึงรุ่งเช้า",
    "uk": "Річка піднялася вночі, і ніхто не спав. Мешканці носили мішки з піском до старого "
    "мосту, а її береги зміцнювали рятувальники.",
    "he": "הנהר עלה במשך הלילה ואיש לא ישן. התושבים נשאו שקי חול אל הגשר הישן עד עלות השחר.",
    "el": "Το ποτάμι φούσκωσε τη νύχτα και κανείς δεν κοιμήθηκε. Οι κάτοικοι κουβαλούσαν σακιά.",
    "ko": "밤사이 강물이 불어나 아무도 잠을 자지 못했다. 주민들은 낡은 다리까지 "
    "모래주머니를 날랐다.",
}  # fmt: skip


def text_in(tag):
    """A text in a language, of one paragraph."""
    if tag in TEXTS:
        return TEXTS[tag]
    lines = hostile.SAMPLE
    return next(
        str(line["body"]).split("\n")[0] for line in lines if line["id"].endswith(f"/{tag}")
    )


@pytest.mark.parametrize(("tag", "codec"), ENCODINGS)
def test_the_encoding_of_a_text_is_detected(tag, codec):
    """Text, a table and NDJSON come out as they were written."""
    text = text_in(tag).encode(codec, "ignore").decode(codec)
    quoted = text.replace('"', '""')
    for content in (
        text,
        f'id,title,body\n1,x1,"{quoted}"\n',
        f'{{"title":"{text.replace(chr(34), "")}"}}\n',
    ):
        [article] = articles(read_stream(io.BytesIO(content.encode(codec)), "a"))
        assert (article.body or article.title).replace('"', "") == text.replace('"', "").strip()


def test_curly_quotes_of_windows_are_no_chinese():
    """A few bytes that are not ASCII in English text are punctuation."""
    text = "“It’s the worst flood in years,” the mayor said – and closed the bridge."
    assert articles(read_stream(io.BytesIO(text.encode("cp1252")), "a"))[0].body == text


def test_a_damaged_byte_does_not_change_the_encoding():
    """UTF-8 with a byte that does not fit stays UTF-8; the damage is reported."""
    data = text_in("ar").encode()
    (article,) = [
        i
        for i in read_stream(io.BytesIO(data[:40] + b"\xff" + data[40:]), "a.txt")
        if isinstance(i, Article)
    ]
    assert article.body.replace("\ufffd", "")[:15] == text_in("ar")[:15]


@pytest.mark.parametrize("data", [b"[]", b"title,body\n", hostile.warc(())])
def test_an_input_without_articles_says_so(data):
    """Silence would look like success."""
    assert only_problem(read_stream(io.BytesIO(data), "a")).what == "it holds no article"


def test_a_folder_is_walked_in_a_fixed_order(tmp_path):
    """Files by name, folders in their place; hidden files are skipped."""
    for name in ("b/2.txt", "b/10.txt", "a.txt", "c.txt", ".hidden.txt", ".git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"The file {name} is here.")
    found = [article.origin for article in articles(read(tmp_path))]
    assert found == [str(tmp_path / name) for name in ("a.txt", "b/10.txt", "b/2.txt", "c.txt")]
    assert total_bytes([tmp_path, tmp_path / "a.txt"]) == sum(
        (tmp_path / n).stat().st_size for n in ("a.txt", "b/10.txt", "b/2.txt", "c.txt", "a.txt")
    )


def test_a_folder_of_every_format_is_read(tmp_path):
    """One folder may hold anything; the junk in it is reported, file by file."""
    for name, data in hostile.samples().items():
        (tmp_path / name).write_bytes(data)
    junk = {
        "empty": b"", "pdf": b"%PDF-1.4 ...", "zip": b"PK\3\4../../etc/passwd",
        "blank": b"\n" * 200, "noise": random.Random(1).randbytes(5_000),  # noqa: S311
        "png": b"\x89PNG\r\n\x1a\n",
        "sitemap": b"<?xml version='1.0'?><urlset></urlset>",
        "twice": hostile.COMPRESSORS["gz"](hostile.COMPRESSORS["xz"](b"x" * 500)),
    }  # fmt: skip
    for name, data in junk.items():
        (tmp_path / f"junk-{name}").write_bytes(data)
    items = list(read(tmp_path))
    lost = [item for item in items if isinstance(item, Problem) and item.lost]
    assert [p.where for p in lost] == sorted(str(tmp_path / f"junk-{name}") for name in junk)
    origins = {
        item.origin.partition("#")[0].rpartition(":")[0] or item.origin.partition("#")[0]
        for item in items
        if isinstance(item, Article)
    }
    assert {Path(o).name for o in origins} == set(hostile.samples())


def test_links_that_lead_in_circles_are_followed_once(tmp_path):
    """Every file is read once; a link to nowhere, a pipe and a socket are problems."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.txt").write_text("The river rose.")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    os.mkfifo(tmp_path / "pipe")
    items = list(read(tmp_path))
    assert [i.body for i in items if isinstance(i, Article)] == ["The river rose."]
    problems = {Path(i.where).name: i.what for i in items if isinstance(i, Problem)}
    assert problems.keys() == {"self", "nowhere", "pipe"}
    assert problems["pipe"] == "not a regular file"


def test_names_of_any_bytes_are_read(tmp_path):
    """Names that are no text, or look like a way out, are only names."""
    for name in (
        b"\xff\xfe.txt",
        b"%2e%2e%2fetc.txt",
        b"\x1b[31mred.txt",
        b"line\nbreak.txt",
        "فيضان.txt".encode(),
    ):
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:  # noqa: PTH118, PTH123
            file.write("The river rose.")
    found = articles(read(tmp_path))
    assert len(found) == 5
    assert all(article.origin.isprintable() for article in found)


@pytest.mark.parametrize("name", ["absent.txt", "nul\0.txt", "a.txt/b.txt"])
def test_what_cannot_be_opened_is_an_error_at_once(tmp_path, name):
    """Not when the first article is asked for; the message has the path."""
    (tmp_path / "a.txt").write_text("The river rose.")
    with pytest.raises(SourceError, match="txt"):
        read(tmp_path / name)


def test_a_file_that_may_not_be_read_is_an_error_alone_and_a_problem_in_a_folder(
    tmp_path, monkeypatch
):
    """The other files of the folder are read."""
    (tmp_path / "a.txt").write_text("The river rose.")
    (tmp_path / "b.txt").write_text("The river fell.")
    opened = type(tmp_path).open

    def refuse(path, *rest, **options):
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **options)

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(SourceError, match="Permission denied"):
        read(tmp_path / "a.txt")
    problem, article = read(tmp_path)
    assert (problem.where, problem.what) == (str(tmp_path / "a.txt"), "Permission denied")
    assert article.body == "The river fell."


@pytest.mark.parametrize("name", ["a.html", "a.rss", "a.warc"])
def test_a_reader_that_is_not_installed_is_named(tmp_path, name):
    """An error for a file, a problem in a folder; both say what to install."""
    (tmp_path / name).write_bytes(hostile.samples()[name])
    (tmp_path / "b.txt").write_text("The river rose.")
    code = """
import sys
for name in ("trafilatura", "feedparser", "fastwarc", "fastwarc.warc", "lxml"):
    sys.modules[name] = None
import dragoman
folder, name = sys.argv[1:]
try:
    list(dragoman.read(folder + "/" + name))
except dragoman.MissingExtra as error:
    print(error)
problem, article = dragoman.read(folder)
print(problem.what)
print(article.body)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, name], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0] == lines[1]
    assert "pip install 'dragoman[readers]'" in lines[0]
    assert lines[2] == "The river rose."
    assert issubclass(MissingExtra, dragoman.DragomanError)


def test_progress_counts_the_bytes_of_the_file(tmp_path):
    """The numbers add up to the size of what was read, compressed as it is."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(hostile.samples()["a.jsonl.gz"])
    told = []
    articles(read(path, on_bytes=told.append))
    assert sum(told) == path.stat().st_size == total_bytes([path])


def test_a_pipe_is_read_without_seeking_and_left_open():
    """Standard input may be a pipe."""
    out, into = os.pipe()
    with os.fdopen(into, "wb") as end:
        end.write(hostile.table(","))
    with os.fdopen(out, "rb") as pipe:
        assert len(articles(read_stream(pipe, "stdin"))) == len(TITLES)
        assert not pipe.closed


class _Endless:
    """A stream of one byte for as long as anybody reads, and how much that was."""

    def __init__(self, head: bytes, size: int) -> None:
        self._head, self.left = head, size

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        chunk = head or b"x" * min(size, self.left)
        self.left -= 0 if head else len(chunk)
        return chunk


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b'{"title": "Flood 1"}\n{"title": "', "a.jsonl:2: the line is longer"),
        (b'[{"title": "Flood 1"},\n{"title": "', "a.json#2: broken JSON"),
        (b"title,body\nFlood 1,rose\n", "a.csv:3: the line is longer"),
        (b"The river rose ", "a.txt: a text longer"),
        (b"<html><body><p>", "a.html: a page longer"),
        (b"<rss><channel><title>", "a.rss: a feed longer"),
    ],
)
def test_a_record_without_end_is_passed_over_in_bounded_memory(head, says):
    """However long it is, it is one problem."""
    limits = Limits(max_record_bytes=100_000, max_page_bytes=100_000, max_feed_bytes=100_000)
    name = says.split(":")[0].split("#")[0]
    items = list(read_stream(_Endless(head, 20_000_000), name, limits=limits))
    assert [item.title for item in items[:-1]] == ["Flood 1"] * (len(items) - 1)
    assert f"{items[-1].where}: {items[-1].what}".startswith(says)


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2", "zst"])
def test_a_decompression_bomb_is_one_problem(ending):
    """A small file that unfolds without end is given up in time."""
    began = time.monotonic()
    packed = hostile.COMPRESSORS[ending](b"\0" * 80_000_000)
    problem = only_problem(read_stream(io.BytesIO(packed), "a", limits=Limits(max_ratio=2)))
    assert "nothing in its first" in problem.what
    data = b'{"title": "' + b"a" * 80_000_000
    problem = only_problem(
        read_stream(
            io.BytesIO(hostile.COMPRESSORS[ending](data)), "a.jsonl", limits=Limits(max_ratio=2)
        )
    )
    assert "unfolds to more than 2 times its size" in problem.what
    assert time.monotonic() - began < 30


def test_a_zstd_window_beyond_the_bound_is_one_problem():
    """The file may not ask for as much memory as it likes."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=False)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = compressor.compress(b"The river rose. " * 100) + compressor.flush()
    problem = only_problem(
        read_stream(io.BytesIO(packed), "a", limits=Limits(max_window_bytes=1 << 20))
    )
    assert "cannot be read further" in problem.what
