"""Lexicons: the format, looking up, and what is built from public data."""

from __future__ import annotations

import math
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.analysis import analyse
from dragoman.errors import LexiconError
from dragoman.lexicon import Entry, Header, Lexicon, Translation, open_lexicon, shipped
from dragoman.lexicon.table import MAGIC, Table, write
from dragoman.lexicon.words import key, spell

needs_shipped = pytest.mark.skipif(
    not shipped(), reason="no lexicon is built: run tools/build_lexicon.py"
)

HEADER = Header("test", "made up", "CC0")
ENTRIES = [
    Entry("en", "school", "de", "Schule"),
    Entry("en", "school", "ru", "школа"),
    Entry("en", "school", "ar", "مدرسة", 0.8),
    Entry("en", "school", "ar", "المدرسة", 0.4),
    Entry("en", "school", "zh", "学校"),
    Entry("en", "United States", "de", "Vereinigte Staaten"),
    Entry("en", "United States", "zh", "美国"),
    Entry("en", "United Nations", "de", "Vereinte Nationen"),
    Entry("en", "gift", "de", "Geschenk"),
    Entry("en", "poison", "de", "Gift"),
    Entry("en", "poison", "ru", "яд"),
    Entry("en", "Cologne", "und-Arab", "كولونيا"),
    Entry("en", "l'homme", "de", "Mann"),
    Entry("fr", "école", "oc", "escòla"),
]


@pytest.fixture
def lexicon(tmp_path):
    """A small lexicon."""
    path = tmp_path / "test.lexicon"
    write(path, HEADER, ENTRIES)
    return Lexicon([path])


def texts(found: dict[str, list[Translation]]) -> dict[str, list[str]]:
    """The translations without their probabilities."""
    return {language: [each.text for each in listed] for language, listed in found.items()}


@pytest.mark.parametrize(
    ("term", "targets", "expected"),
    [
        ("school", ["de", "ru"], {"de": ["Schule"], "ru": ["школа"]}),
        ("SCHOOL", ["ar"], {"ar": ["مدرسة", "المدرسة"]}),
        ("школа", ["de", "zh"], {"de": ["Schule"], "zh": ["学校"]}),
        ("مدرسه", ["en", "ru"], {"en": ["school"], "ru": ["школа"]}),  # as many write it
        ("学校", ["en"], {"en": ["school"]}),
        ("ecole", ["oc"], {"oc": ["escòla"]}),
        ("united states", ["de", "zh"], {"de": ["Vereinigte Staaten"], "zh": ["美国"]}),
        ("美国", ["de"], {"de": ["Vereinigte Staaten"]}),
        ("l’homme", ["de"], {"de": ["Mann"]}),
        ("United", ["de"], {}),
        ("school", ["xx", "fi"], {}),
        ("?!", ["de"], {}),
        ("", ["de"], {}),
    ],
)
def test_any_language_reaches_any_other(lexicon, term, targets, expected):
    """A word in any language, in any spelling, gives its translations through English."""
    assert texts(lexicon.translations(term, targets)) == expected


def test_a_language_that_others_read_serves_theirs(tmp_path):
    """Persian words are looked for in Dari articles, beside those of Dari, but no others are."""
    path = tmp_path / "test.lexicon"
    entries = [
        Entry("en", "university", "fa", "دانشگاه"),
        Entry("en", "university", "prs", "پوهنتون"),
        Entry("en", "university", "ur", "جامعہ"),
    ]
    write(path, HEADER, entries)
    found = texts(Lexicon([path]).translations("university", ["fa", "prs"]))
    assert found["fa"] == ["دانشگاه"]
    assert set(found["prs"]) == {"دانشگاه", "پوهنتون"}


@pytest.mark.parametrize(
    ("term", "target", "expected"),
    [("schools", "de", "Schule"), ("школы", "en", "school"), ("Geschenke", "en", "gift")],
)
def test_inflections_are_found_by_their_stem(lexicon, term, target, expected):
    """A word that is not listed is found by its stem, and is trusted less."""
    (found,) = lexicon.translations(term, [target])[target]
    assert found.text == expected
    assert found.probability < 1


def test_a_word_of_two_languages_gives_the_english_sense_first(lexicon):
    """Where English has the word, its sense outweighs that of a false friend."""
    found = lexicon.translations("gift", ["de", "ru"])
    assert found["de"][0].text == "Geschenk"
    assert found["ru"][0].probability < found["de"][0].probability


def test_the_sources_can_be_told(lexicon):
    """With the language of the query known, no other is looked at."""
    assert texts(lexicon.translations("gift", ["ru", "en"], sources=["de"])) == {
        "en": ["poison"],
        "ru": ["яд"],
    }
    assert lexicon.translations("школа", ["de"], sources=["en"]) == {}


def test_names_of_a_script_serve_every_language_of_it(lexicon):
    """A name without a language is given to all languages in its script, and found in any."""
    found = lexicon.translations("cologne", ["ar", "ckb", "ur", "de"])
    assert texts(found) == {key_0: ["كولونيا"] for key_0 in ["ar", "ckb", "ur"]}
    assert texts(lexicon.translations("كولونيا", ["en"], sources=["fa"])) == {"en": ["Cologne"]}


def test_relatives_stand_in(lexicon):
    """A language without entries is given those of the relative that serves it best."""
    assert texts(lexicon.translations("school", ["arz"])) == {"arz": ["مدرسة", "المدرسة"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("schools of the United States now", ["schools", "of", "the", "United States", "now"]),
        ("United we stand", ["United", "we", "stand"]),
        ("united   NATIONS", ["united   NATIONS"]),
        ("我在美国的学校", ["美国", "学校"]),
        ("school学校", ["school", "学校"]),
        ("", []),
    ],
)
def test_a_query_is_cut_into_its_longest_entries(lexicon, query, expected):
    """Entries of several words are found, and those within a script without spaces."""
    pieces = lexicon.pieces(query)
    assert [piece.text for piece in pieces] == expected
    assert all(query[piece.start : piece.end] == piece.text for piece in pieces)


def test_probabilities_of_a_language_add_up_to_one_at_most(tmp_path):
    """A word with ten translations weighs no more than one with two."""
    path = tmp_path / "a.lexicon"
    many = [Entry("en", "many", "de", f"viel{letter}") for letter in "abcdefghij"]
    write(path, HEADER, [*many, Entry("en", "two", "de", "zwei"), Entry("en", "two", "de", "zwo")])
    lexicon = Lexicon([path])
    for term, each in (("many", 0.1), ("two", 0.5)):
        found = lexicon.translations(term, ["de"], most=20)["de"]
        assert all(math.isclose(one.probability, each, abs_tol=0.01) for one in found)
    assert len(lexicon.translations("many", ["de"], most=3)["de"]) == 3


def test_files_are_looked_up_as_one(tmp_path):
    """A word of one file reaches a language of another, through English."""
    write(tmp_path / "a.lexicon", HEADER, [Entry("en", "school", "sw", "shule")])
    write(tmp_path / "b.lexicon", HEADER, [Entry("cy", "ysgol", "en", "school")])
    with open_lexicon([tmp_path, tmp_path / "absent"]) as lexicon:
        assert texts(lexicon.translations("shule", ["cy"])) == {"cy": ["ysgol"]}
        assert lexicon.languages() == {"en", "sw", "cy"}


def test_threads_read_while_others_close(lexicon):
    """Closing takes nothing away from those who are reading."""
    failures = []

    def read():
        try:
            for _ in range(50):
                assert lexicon.translations("школа", ["de"])["de"][0].text == "Schule"
                lexicon.close()
        except BaseException as error:  # noqa: BLE001  (told to the main thread)
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


words = st.text(
    st.characters(categories=("Lu", "Ll", "Lo", "Mn", "Nd"), exclude_characters="\ufffd"),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["de", "zh", "ar"]), words, words), min_size=1, max_size=12)
)
def test_what_is_written_is_found(tmp_path_factory, entries):
    """Every entry, in any script, is found from either side."""
    path = tmp_path_factory.mktemp("lexicon") / "a.lexicon"
    usable = [
        Entry("en", one, tag, other)
        for tag, one, other in entries
        if spell(one) and spell(other) and key(spell(one)) != key(spell(other))
    ]
    if not usable:
        with pytest.raises(LexiconError):
            write(path, HEADER, usable)
        return
    write(path, HEADER, usable)
    table = Table(path)
    for entry in usable:
        for here, there, tag in (
            (entry.term, entry.translation, entry.target),
            (entry.translation, entry.term, "en"),
        ):
            reached = {
                arc.text
                for term in table.terms(key(spell(here)))
                for arc in table.arcs(term, frozenset((tag,)))
            }
            assert spell(there) in reached


@given(st.text(max_size=60))
def test_a_spelling_keeps_the_words(text):
    """Spelling changes no term: what an index holds of a text, it holds of its spelling."""
    spelt = spell(text)
    if spelt:
        assert key(spell(spelt)) == key(spelt)
        assert analyse(spelt)


def test_the_same_entries_give_the_same_file(tmp_path):
    """Their order does not matter."""
    write(tmp_path / "a.lexicon", HEADER, ENTRIES)
    write(tmp_path / "b.lexicon", HEADER, reversed(ENTRIES))
    assert (tmp_path / "a.lexicon").read_bytes() == (tmp_path / "b.lexicon").read_bytes()


def _cut(data: bytes) -> bytes:
    return data[:-5]


def _huge(data: bytes) -> bytes:
    return data.replace(b'"terms": ', b'"terms":9', 1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"not a lexicon at all, but a text that is long enough",
        lambda data: data[:20],
        _cut,
        _huge,
        lambda data: MAGIC + b"\xff\xff\xff\xff" + data[12:],
        lambda _: MAGIC + b"\x08\0\0\0" + b"[[[[]]]]",
        lambda _: MAGIC + b"\x08\0\0\0" + b'{"a":1} ',
    ],
)
def test_a_damaged_file_is_left_out(tmp_path, damage):
    """What is no lexicon, or is cut short, is named; the others are used."""
    path = tmp_path / "a.lexicon"
    write(path, HEADER, ENTRIES)
    path.write_bytes(damage(path.read_bytes()))
    other = tmp_path / "b.lexicon"
    write(other, HEADER, [Entry("en", "school", "sw", "shule")])
    lexicon = open_lexicon([path, other])
    assert list(lexicon.translations("school", ["de", "sw"])) == ["sw"]
    (error,) = lexicon.damaged()
    assert error.path == path
    assert "Errno" not in str(error)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_hostile_bytes_do_no_harm(tmp_path_factory, data):
    """Any byte may be changed: a look-up gives strings, or says that the file is damaged."""
    folder = tmp_path_factory.mktemp("lexicon")
    path = folder / "a.lexicon"
    write(path, HEADER, ENTRIES)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    lexicon = open_lexicon([path])
    for term in ("school", "школа", "schools", "united states"):
        try:
            found = lexicon.translations(term, ["de", "ar", "ru", "en"])
            lexicon.pieces(term)
        except LexiconError:
            continue
        assert all(isinstance(each.text, str) for listed in found.values() for each in listed)


def test_no_entry_is_no_lexicon(tmp_path):
    """A lexicon is not written without entries."""
    with pytest.raises(LexiconError, match="no entry"):
        write(tmp_path / "a.lexicon", HEADER, [Entry("en", "...", "de", "Schule")])
    assert list(tmp_path.iterdir()) == []


@needs_shipped
@pytest.mark.parametrize(
    ("term", "target", "expected"),
    [
        ("school", "sw", "shule"),
        ("مدرسة", "ru", "школ"),
        ("школа", "tr", "okul"),
        ("ushkollë", "en", ""),
        ("United States", "ar", "الولايات المتحدة"),
        ("Deutschland", "hi", "जर्मनी"),
        ("القاهرة", "zh", "开罗"),
        ("Monday", "kk", "дүйсенбі"),
        ("scientists", "th", "นักวิทยาศาสตร์"),
        ("water", "zu", "amanzi"),
        ("政府", "en", "government"),
    ],
)
def test_the_shipped_lexicon_knows_common_words(term, target, expected):
    """Words of the news, from many languages into many, with nothing to install."""
    found = open_lexicon(shipped()).translations(term, [target]).get(target, [])
    listed = [each.text for each in found]
    assert any(text.startswith(expected) for text in listed) if expected else not listed


@needs_shipped
def test_the_shipped_lexicon_is_quick():
    """It opens, and answers for every language it has, in the time of a query."""
    lexicon = open_lexicon(shipped())
    started = time.perf_counter()
    targets = lexicon.languages()
    opened = time.perf_counter() - started
    terms = ["school", "полиция", "eau", "مدرسة", "президент"]
    lexicon.translations("warm", targets)
    started = time.perf_counter()
    for term in terms:
        assert lexicon.translations(term, targets)
    # Ten times what it takes on a quiet machine.
    assert (time.perf_counter() - started) / len(terms) < 0.05
    assert opened < 0.3


@needs_shipped
def test_the_shipped_lexicons_say_where_they_come_from():
    """Each names its source and its licence, and together they are small."""
    headers = open_lexicon(shipped()).headers()
    assert {header.name for header in headers} == {"names", "places", "sentences"}
    assert all(header.source and header.licence for header in headers)
    assert sum(path.stat().st_size for path in shipped()) < 80_000_000


@needs_shipped
def test_the_shipped_lexicons_fit_the_stemmers():
    """Their stems are in order by today's stemmers; if not, run tools/build_lexicon.py again."""
    for path in shipped():
        table = Table(path)
        stems = [table._stem(at) for at in range(0, table.header.stems, 97)]
        assert stems == sorted(stems), path.name
