"""Names found by their sound in the vocabulary of each language."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.analysis import analyse, fold
from dragoman.analysis.runs import links
from dragoman.analysis.sound import sound_forms
from dragoman.arrays import BadArrays, read_arrays, write_arrays
from dragoman.engines.sounds import Sounds, add_words, settle_words
from dragoman.names import MOST, Match, Names, best_of
from dragoman.names_build import build_names
from dragoman.names_file import is_name_like
from dragoman.names_merging import merge_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SLOW_PATH = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
# Spellings of one name, by language.
SPELLINGS: tuple[dict[str, str], ...] = (
    {
        "en": "Soleimani", "de": "Suleimani", "fr": "Soleymani", "tr": "Suleymani",
        "ar": "سليماني", "ru": "Сулеймани", "he": "סולימאני", "zh": "苏莱曼尼", "ja": "スレイマニ",
        "ko": "솔레이마니", "th": "สุไลมานี", "km": "ស៊ូឡៃម៉ានី", "am": "ሱሌይማኒ", "hy": "Սուլեյմանի",
    },
    {
        "en": "Hezbollah", "de": "Hisbollah", "fr": "Hizbullah", "es": "Hizballah",
        "ar": "حزبالله", "ru": "Хезболла", "he": "חיזבאללה", "ja": "ヒズボラ", "ko": "헤즈볼라",
    },
    {"en": "Kawtharani", "ar": "الكوثراني", "tr": "Kavtarani", "ru": "Каутарани"},
    {"en": "Kata'ib", "ar": "كتائب"},
    {"en": "A'saib", "ar": "عصائب"},
    {
        "en": "Trump", "ar": "ترامب", "ru": "Трамп", "he": "טראמפ", "zh": "特朗普",
        "ja": "トランプ", "ko": "트럼프", "hi": "ट्रम्प", "ka": "ტრამპი", "th": "ทรัมป์",
        "el": "Τραμπ", "am": "ትራምፕ", "my": "ထရမ့်", "lo": "ທຣຳ",
    },
    {"en": "Malawi", "my": "မာလာဝီ", "km": "ម៉ាឡាវី", "lo": "ມາລາວີ"},
)  # fmt: skip
# Common words, among which the names are to be found.
COMMON: dict[str, str] = {
    "en": "government president people country water minister school market between",
    "de": "regierung menschen zwischen wasser schule minister markt", "tr": "bakan okul pazar su",
    "fr": "gouvernement ministre marché école pays", "es": "gobierno ministro escuela agua",
    "ar": "الحكومة الرئيس الناس البلاد المياه الوزير السوق المدرسة", "hy": "կառավարություն դպրոց",
    "ru": "правительство президент страна вода школа между рынок", "he": "ממשלה נשיא מים שוק",
    "zh": "政府 总统宣布 人民 市场 学校 国家", "ja": "政府 大統領 ニュース マーケット スクール",
    "ko": "정부 대통령 시장 학교 국가", "hi": "सरकार राष्ट्रपति बाज़ार", "ka": "მთავრობა ბაზარი",
    "th": "รัฐบาล ประชาชน", "my": "အစိုးရ ပြည်သူ", "km": "រដ្ឋាភិបាល ប្រជាជន",
    "lo": "ລັດຖະບານ ປະຊາຊົນ", "el": "κυβέρνηση σχολείο", "am": "መንግስት ትምህርት",
}  # fmt: skip
PAIRS = [
    (source, target, names[source], names[target])
    for names in SPELLINGS
    for source in names
    for target in names
    if source != target and "en" in (source, target)
] + [
    (source, target, SPELLINGS[5][source], SPELLINGS[5][target])
    for source, target in (("ar", "ru"), ("ru", "ar"), ("zh", "ar"), ("ja", "ru"), ("he", "ko"))
]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    """All spellings and common words, by language."""
    path = tmp_path_factory.mktemp("names") / "names"
    build_names(path, vocabulary())
    return Names(path)


def vocabulary() -> dict[str, set[str]]:
    """All spellings and common words, folded."""
    words = {language: {fold(w) for w in row.split()} for language, row in COMMON.items()}
    for spellings in SPELLINGS:
        for language, spelling in spellings.items():
            words[language].add(fold(spelling))
    return words


def built(path: Path, words: Mapping[str, set[str]]) -> Names:
    """The names of a file just written."""
    build_names(path, words)
    return Names(path)


@pytest.mark.parametrize(("source", "target", "word", "spelling"), PAIRS)
def test_a_name_is_found_in_other_spellings(
    names: Names, source: str, target: str, word: str, spelling: str
) -> None:
    """A name of any script is the first answer in the vocabulary of another language."""
    found = names.find(fold(word), {target})[target]
    assert found[0].term == fold(spelling)
    assert found[0].similarity > 0.69  # so that its eighth power counts


def test_what_is_not_spelled_by_sound_is_not_found(names: Names, tmp_path: Path) -> None:
    """Chinese translates the name of Hezbollah, and Beirut sounds like neither."""
    words = {"zh": {"真主党"}, "ar": {fold("بيروت")}}
    assert built(tmp_path / "names", words).find("hezbollah", words) == {}
    assert not any(m.similarity > 0.69 for m in names.find("beirut", {"ar"}).get("ar", []))


def test_languages_are_kept_apart(tmp_path: Path) -> None:
    """A word counts only in the languages whose vocabulary has it, and only where asked for."""
    held = built(tmp_path / "names", {"en": {"trump"}, "fi": {"trumppi"}, "so": {"guri"}})
    found = held.find("trump", {"en", "fi"})
    assert {language: matches[0].term for language, matches in found.items()} == {
        "en": "trump", "fi": "trumppi",
    }  # fmt: skip
    assert all(len(matches) == 1 for matches in found.values())
    assert held.find("trump", {"so", "xx"}) == {}
    assert held.find("trump", set()) == {}


@pytest.mark.parametrize(
    ("language", "run", "name"),
    [
        ("zh", "美国总统特朗普宣布", "特朗普"),
        ("ja", "前大統領トランプ氏は", "トランプ"),
        ("th", "ประธานาธิบดีทรัมป์", "ทรัมป์"),
    ],
)
def test_a_name_is_found_inside_a_run(tmp_path: Path, language: str, run: str, name: str) -> None:
    """Of a run without spaces it is the stretch that sounds like the name that is given."""
    found = built(tmp_path / "names", {language: {fold(run)}}).find("trump", {language})
    assert found[language][0].term == name


def test_a_chain_of_units_is_found_only_where_texts_have_it(tmp_path: Path) -> None:
    """Three neighbours of a name are neighbours in some text; syllables apart are no name."""
    apart = {"bo": links("བུ་ཁ་ནི་དང་གི་རེ་སིད"), "th": links("มามี ลาบี วีนา")}
    held = built(tmp_path / "apart", apart)
    assert held.find("bucharest", apart) == {}
    assert held.find("malawi", apart) == {}
    near = {"bo": links("ཤར་ལྷོའི་བུ་ཁ་རེ་སིད་གྲོང"), "th": links("ประเทศมาลาวีใน")}
    held = built(tmp_path / "near", near)
    assert held.find("bucharest", near)["bo"][0].term == "བུ་ཁ་རེ་སིད"
    assert held.find("malawi", near)["th"][0].term == "มาลาวี"


def test_what_is_found_in_a_run_are_terms_of_the_index(tmp_path: Path) -> None:
    """A stretch that is found analyses to terms that its text has, folded or not."""
    texts = {"th": "คำว่าทรัมป์น้ำ", "km": "លោកត្រាំ\u200bបាន", "my": "သမ္မတထရမ့်ကပြောသည်"}
    held = built(tmp_path / "names", {code: links(text) for code, text in texts.items()})
    found = held.find("trump", texts)
    assert set(found) == set(texts)
    for code, matches in found.items():
        of_text = [token.terms[0] for token in analyse(texts[code])]
        for match in matches:
            of_match = [token.terms[0] for token in analyse(match.term)][:-1]
            at = of_text.index(of_match[0])
            assert of_text[at : at + len(of_match)] == of_match


def test_the_same_words_give_the_same_file(tmp_path: Path) -> None:
    """Neither the order of the words nor of the languages changes a byte."""
    words = vocabulary()
    build_names(tmp_path / "a", {k: sorted(words[k]) for k in sorted(words)})
    build_names(tmp_path / "b", {k: sorted(words[k])[::-1] for k in sorted(words)[::-1]})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "M", "Nd"]), min_size=1, max_size=40
) | st.text("abcdehijklmnoprstuzابتجسмнорстトンプラ특朗普ทรัม", min_size=1, max_size=30)
VOCABULARY = st.dictionaries(
    st.sampled_from(["ar", "de", "en", "th", "und", "zh"]), st.sets(WORDS.map(fold), max_size=8)
)


@SLOW_PATH
@given(st.lists(VOCABULARY, min_size=1, max_size=4), st.sampled_from([1, 2, 1 << 19]))
def test_files_are_merged_to_the_one_of_all_words(
    tmp_path: Path, parts: list[dict[str, set[str]]], at_once: int
) -> None:
    """Files merged, at once or a little at a time, are what their words make together."""
    every: dict[str, set[str]] = {}
    files = [tmp_path / f"part{number}" for number in range(len(parts))]
    for file, words in zip(files, parts, strict=True):
        build_names(file, words)
        for language, some in words.items():
            every.setdefault(language, set()).update(some)
    build_names(tmp_path / "every", every)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dragoman.names_merging._ENTRIES_AT_ONCE", at_once)
        patch.setattr("dragoman.names_merging._TERMS_AT_ONCE", at_once)
        merge_names(tmp_path / "merged", files)
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "every").read_bytes()


def test_a_vocabulary_is_merged(tmp_path: Path) -> None:
    """Half the languages of a vocabulary and the other half, some words in both."""
    words = vocabulary()
    half = sorted(words)[: len(words) // 2]
    build_names(tmp_path / "a", {name: words[name] for name in half})
    build_names(tmp_path / "b", {name: words[name] for name in words if name not in half[2:]})
    build_names(tmp_path / "all", words)
    merge_names(tmp_path / "merged", [tmp_path / "b", tmp_path / "a"])
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "all").read_bytes()


def test_an_empty_vocabulary_finds_nothing(tmp_path: Path) -> None:
    """No words, no languages: no answers and no errors."""
    for words in ({}, {"en": set()}, {"en": {"1", "7a"}}):
        held = built(tmp_path / "names", words)
        assert held.find("trump", {"en"}) == {}
        assert len(held) == 0


@SLOW_PATH
@given(st.sets(WORDS, min_size=1, max_size=8), WORDS)
def test_answers_keep_their_promises(tmp_path: Path, words: set[str], query: str) -> None:
    """Similarities are ordered, from 0 to 1; terms are distinct words or stretches of them."""
    words = {fold(word) for word in words}
    held = built(tmp_path / "names", {"en": words, "ar": words})
    for found in held.find(fold(query), {"en", "ar"}).values():
        assert 0 < len(found) <= MOST
        assert len({match.term for match in found}) == len(found)
        assert all(0 <= match.similarity <= 1 for match in found)
        assert found == sorted(found, key=lambda match: -match.similarity)
        assert all(any(match.term in word for word in words) for match in found)


@SLOW_PATH
@given(st.sets(st.text("abcdefghiklmnoprstuvyz", min_size=3, max_size=12), min_size=1, max_size=9))
def test_a_word_is_most_like_itself(tmp_path: Path, words: set[str]) -> None:
    """The word itself, where the vocabulary has it, is found with similarity 1."""
    held = built(tmp_path / "names", {"en": words})
    for word in words:
        if sound_forms(word, english=True):
            found = held.find(word, {"en"})["en"]
            assert found[0].similarity == 1
            assert Match(word, 1.0) in found


def test_the_best_are_cut(names: Names) -> None:
    """What is far below the best is left out, and no more than so many are kept."""
    many = [Match(f"w{k:02}", 1 - k / 100) for k in range(40)]
    assert best_of(many[::-1]) == many[:MOST]
    assert best_of([Match("a", 0.9), Match("b", 0.6)]) == [Match("a", 0.9)]
    assert best_of([]) == []
    assert not is_name_like("a")
    assert not is_name_like("7up")
    assert names.find("7up", {"en"}) == {}


_HARM = {
    "entry_ends": 1 << 31, "entry_language": 9_999, "entry_term": 1 << 31, "kinds": 200,
    "lengths": 200, "signature_ends": 1 << 31, "sounds": 255, "starts": (1 << 32) - 1,
    "term_ends": 1 << 62, "term_bytes": 255, "unit_sounds": 255, "unit_ends": 1 << 31,
    "unit_bytes": 255, "link_language": 9_999, "link_first": 1 << 31, "link_second": 1 << 31,
    "chain_ends": 1 << 31, "chain_next": 1 << 31, "pairs": (1 << 64) - 1, "sizes": 255,
}  # fmt: skip


@pytest.mark.parametrize("harmed", sorted(_HARM))
@pytest.mark.parametrize("where", ["first", "last", "all"])
def test_a_hostile_file_is_told_or_harmless(tmp_path: Path, harmed: str, where: str) -> None:
    """Numbers out of range give `BadArrays` or some answer, never a crash."""
    path = tmp_path / "names"
    build_names(path, vocabulary())
    held = read_arrays(path)
    arrays = {name: array.copy() for name, array in held.arrays.items()}
    places = {"first": slice(1), "last": slice(-1, None), "all": slice(None)}
    arrays[harmed][places[where]] = _HARM[harmed]
    write_arrays(path, arrays, held.facts)
    for query in ("trump", "soleimani", fold("특朗普"), fold("ترامب"), "io"):
        try:
            found = Names(path).find(query, COMMON)
        except BadArrays:
            continue
        assert all(len(matches) <= MOST for matches in found.values())
    with contextlib.suppress(BadArrays):
        merge_names(tmp_path / "merged", [path, path])


def test_a_file_without_its_arrays_is_told(tmp_path: Path) -> None:
    """Every array and fact must be there, of its type and size."""
    path = tmp_path / "names"
    build_names(path, vocabulary())
    held = read_arrays(path)
    good = dict(held.arrays)
    bad = [({**good, name: array[:-1]}, held.facts) for name, array in good.items()
           if name not in ("term_ends", "term_bytes", "unit_bytes", "chain_next")]  # fmt: skip
    bad += [({k: v for k, v in good.items() if k != name}, held.facts) for name in good]
    bad += [({**good, "sounds": good["sounds"].astype(np.float32)}, held.facts)]
    bad += [(good, {**held.facts, "languages": 3}), (good, {**held.facts, "languages": [3]})]
    bad += [(good, {**held.facts, "word signatures": n}) for n in (-1, 1 << 40, "1", None)]
    for number, (arrays, facts) in enumerate(bad):
        write_arrays(tmp_path / f"bad{number}", arrays, facts)
        with pytest.raises(BadArrays):
            Names(tmp_path / f"bad{number}")


@pytest.mark.parametrize(
    ("words", "letters", "languages"),
    [
        (["basra", "mosul"], b"mosulbasra", None),
        (["basra", "mosul"], b"basrabasra", None),
        (["basra", "mosul"], b"basra\xffosul", None),
        (["basra", "mosul"], b"basra\0osul", None),
        (["basra"], b"basra", ["en\u2028"]),
        (["basra"], b"basra", [f"a{number}" for number in range(70_000)]),
    ],
)
@pytest.mark.parametrize("at_once", [1, 1 << 16])
def test_what_is_no_sound_file_is_not_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], letters: bytes,
    languages: list[str] | None, at_once: int,
) -> None:  # fmt: skip
    """Words out of order, twice or no text, and languages that are none, are told."""
    build_names(tmp_path / "sound", {"en": {"hezbollah"}})
    build_names(tmp_path / "forged", {"en": set(words)})
    held = read_arrays(tmp_path / "forged")
    arrays = {**held.arrays, "term_bytes": np.frombuffer(letters, np.uint8)}
    facts = {**held.facts, "languages": languages or ["en"]}
    write_arrays(tmp_path / "forged", arrays, facts)
    monkeypatch.setattr("dragoman.names_merging._TERMS_AT_ONCE", at_once)
    with pytest.raises(BadArrays):
        merge_names(tmp_path / "merged", [tmp_path / "sound", tmp_path / "forged"])


@pytest.mark.parametrize(
    "numbers",
    [[40, 40, 40, 1], [40, 1, 40, 1], [1, 2, 4, 8, 16], [100, 40, 10, 1], [1] * 9],
)
def test_files_of_words_stay_few(tmp_path: Path, numbers: list[int]) -> None:
    """Whatever came when: each has twice as much as all later ones, and no word is lost."""
    words = [
        [_spelled(commit, word) for word in range(many)] for commit, many in enumerate(numbers)
    ]
    for some in words:
        add_words(tmp_path, {"en": some})
        settle_words(tmp_path)
        sizes = [len(Names(file)) for file in sorted(tmp_path.glob("names-*"))]
        assert all(size >= 2 * sum(sizes[place + 1 :]) for place, size in enumerate(sizes))
    sounds = Sounds(tmp_path)
    for word, *_ in words:
        assert Match(word, 1.0) in sounds.find(word, {"en"})["en"]


def _spelled(commit: int, word: int) -> str:
    return "".join("bdfgklmnpr"[int(digit)] + "a" for digit in f"{commit}{word:03}")
