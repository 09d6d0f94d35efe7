"""Dictionaries and translation memories made into lexicons."""

from __future__ import annotations

import gzip

import pytest

from dragoman.errors import LexiconError
from dragoman.lexicon import add, listing, open_lexicon, remove

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def base64_number(value):
    """A number as dictd writes it."""
    digits = ""
    while value or not digits:
        value, digit = divmod(value, 64)
        digits = DIGITS[digit] + digits
    return digits


def dictd(folder, name, articles, packed=True):
    """Write a dictd dictionary, and give its index."""
    data = b""
    index = []
    for headword, text in articles:
        content = text.encode()
        index.append(f"{headword}\t{base64_number(len(data))}\t{base64_number(len(content))}\n")
        data += content
    (folder / f"{name}.dict{'.dz' if packed else ''}").write_bytes(
        gzip.compress(data) if packed else data
    )
    path = folder / f"{name}.index"
    path.write_text("".join(sorted(index)), encoding="utf-8")
    return path


ARTICLES = [
    ("00databaseinfo", "English-Swahili\nGNU General Public License ver. 2.0\n"),
    ("school", "school /skˈuːl/ <n>\n\nshule\n"),
    ("water", "water /wˈɔːtə/ <n>\n1. maji [wet], bahari\n   Synonyms: {sea}\n"),
    ("to run", 'to run\nkukimbia; kutoroka (away)\n      "he ran"  - alikimbia\n see: {go}\n'),
    ("explained", "explained\na word that is explained at some length\n"),
    ("united states", "United States\nMarekani\n"),
]


def found(folder, term, target):
    """The translations of a term in the lexicons of a folder."""
    return [
        each.text for each in open_lexicon([folder]).translations(term, [target]).get(target, [])
    ]


@pytest.mark.parametrize("packed", [True, False])
def test_freedict(tmp_path, packed):
    """A dictd dictionary becomes a lexicon: senses in order, without notes and examples."""
    path = dictd(tmp_path, "freedict-eng-swh", ARTICLES, packed)
    folder = tmp_path / "lexicons"
    added = add(path, folder)
    assert added.header.name == "freedict-eng-swh"
    assert added.header.licence == "GPL"
    assert added.header.languages == ("en", "sw")
    assert (added.entries, added.skipped) == (6, 0)
    assert found(folder, "school", "sw") == ["shule"]
    assert found(folder, "water", "sw") == ["maji", "bahari"]
    assert found(folder, "run", "sw") == ["kukimbia", "kutoroka"]
    assert found(folder, "UNITED STATES", "sw") == ["Marekani"]
    assert found(folder, "explained", "sw") == []
    assert found(folder, "maji", "en") == ["water"]


def test_freedict_counts_what_it_cannot_use(tmp_path):
    """Index lines that lead nowhere are counted, with the first of them told."""
    path = dictd(tmp_path, "eng-swh", ARTICLES)
    with path.open("a", encoding="utf-8") as file:
        file.write("broken\nbeyond\t//////\tB\nno number\t!\tB\n")
    added = add(path, tmp_path / "lexicons")
    assert added.skipped == 3
    assert added.problems[0].startswith(f"{path}:{len(ARTICLES) + 1}: ")


def test_freedict_needs_its_languages(tmp_path):
    """Where the name does not tell them they must be given."""
    path = dictd(tmp_path, "mydictionary", ARTICLES)
    with pytest.raises(LexiconError, match="languages"):
        add(path, tmp_path / "lexicons")
    added = add(path, tmp_path / "lexicons", source="eng", target="sw", name="mine")
    assert added.path.name == "mine.lexicon"
    assert added.header.languages == ("en", "sw")


def test_freedict_without_its_articles(tmp_path):
    """An index alone, or a dictionary that cannot be unpacked, is an error."""
    path = dictd(tmp_path, "eng-swh", ARTICLES)
    (tmp_path / "eng-swh.dict.dz").write_bytes(b"\x1f\x8b not gzip")
    with pytest.raises(LexiconError, match="cannot be read"):
        add(path, tmp_path / "lexicons")
    (tmp_path / "eng-swh.dict.dz").unlink()
    with pytest.raises(LexiconError, match="beside it"):
        add(path, tmp_path / "lexicons")


def test_tsv(tmp_path):
    """A table gives entries between any two languages; bad lines are counted."""
    path = tmp_path / "words.tsv"
    path.write_text(
        "source_lang\ttarget_lang\tterm\ttranslation\tprobability\n"
        "fr\tde\técole\tSchule\t0.9\n"
        "# a remark\n"
        "\n"
        "eng\tckb-Arab\tschool\tقوتابخانە\n"
        "fr\tde\técole\n"
        "fr\tde\técole\tBaum\tnan\n"
        "fr\tde\técole\tBaum\t7\n"
        "fr\tde\t\tBaum\n"
        "?!\tde\técole\tBaum\n",
        encoding="utf-8",
    )
    added = add(path, tmp_path / "lexicons", licence="CC0")
    assert (added.entries, added.skipped) == (2, 5)
    assert added.problems[0].startswith(f"{path}:6: ")
    assert added.header.licence == "CC0"
    assert found(tmp_path / "lexicons", "Ecole", "de") == ["Schule"]
    assert found(tmp_path / "lexicons", "قوتابخانه", "en") == ["school"]


def test_a_file_of_which_nothing_is_usable_says_why(tmp_path):
    """The error names the first line that could not be used."""
    path = tmp_path / "words.tsv"
    path.write_text("school;Schule\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"words\.tsv:1: expected 4 or 5 columns"):
        add(path, tmp_path / "lexicons")
    assert not list((tmp_path / "lexicons").glob("*"))


SENTENCES = [
    ("the house is red", "das Haus ist rot"),
    ("the house is big", "das Haus ist gross"),
    ("the red book", "das rote Buch"),
    ("the book is big", "das Buch ist gross"),
    ("a red house", "ein rotes Haus"),
    ("a big book", "ein grosses Buch"),
    ("the water is cold", "das Wasser ist kalt"),
    ("cold water in the house", "kaltes Wasser im Haus"),
]


def tmx(units, head=""):
    """A translation memory."""
    body = "".join(
        f"<tu><tuv xml:lang='en-US'><seg>{one}</seg></tuv>"
        f"<tuv xml:lang='de'><seg><bpt i='1'>code</bpt>{other}</seg></tuv></tu>"
        for one, other in units
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{head}<tmx version='1.4'>"
        f"<header srclang='en'/><body>{body}</body></tmx>"
    )


def test_tmx(tmp_path):
    """Words are learned from the sentences of a translation memory."""
    path = tmp_path / "memory.tmx"
    path.write_text(
        tmx([*SENTENCES, ("x" * 2000, "y")], "<!DOCTYPE tmx SYSTEM 'tmx14.dtd'>"), encoding="utf-8"
    )
    added = add(path, tmp_path / "lexicons")
    assert added.skipped == 1
    folder = tmp_path / "lexicons"
    for term, expected in (("house", "haus"), ("book", "buch"), ("water", "wasser")):
        assert found(folder, term, "de")[0] == expected
    assert found(folder, "Haus", "en")[0] == "house"
    assert found(folder, "code", "de") == []
    assert found(folder, "the", "de") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (tmx(SENTENCES, "<!DOCTYPE tmx [<!ENTITY a 'b'>]>"), "entity"),
        (
            tmx(SENTENCES, "<!DOCTYPE tmx [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>"),
            "entity",
        ),
        (tmx(SENTENCES)[:-20], "not well-formed"),
        ("<a>" * 1000, "without end"),
        ("", "not well-formed"),
        ("<tmx><body></body></tmx>", "no entry"),
    ],
)
def test_hostile_tmx(tmp_path, text, message):
    """A file that declares entities, is cut short or nests without end is refused."""
    path = tmp_path / "memory.tmx"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        add(path, tmp_path / "lexicons")


def test_lexicons_are_listed_replaced_and_removed(tmp_path):
    """A folder of lexicons is managed by name."""
    folder = tmp_path / "lexicons"
    for text in ("en\tde\tdog\tHund\n", "en\tde\tcat\tKatze\n"):
        path = tmp_path / "my words.tsv"
        path.write_text(text, encoding="utf-8")
        add(path, folder)
    ((path, header),) = listing(folder)
    assert path.name == "my-words.lexicon"
    assert (header.name, header.source, header.languages) == (
        "my-words",
        "my words.tsv",
        ("de", "en"),
    )
    assert found(folder, "dog", "de") == []
    with pytest.raises(LexiconError, match="no lexicon named"):
        remove("../my-words", folder)
    remove("my-words", folder)
    assert listing(folder) == ()


@pytest.mark.parametrize("name", ["words.pdf", "absent.tsv"])
def test_what_cannot_be_added(tmp_path, name):
    """An unknown format and an absent file are errors that name the file."""
    if name != "absent.tsv":
        (tmp_path / name).write_bytes(b"%PDF")
    with pytest.raises(LexiconError, match=name):
        add(tmp_path / name, tmp_path / "lexicons")
