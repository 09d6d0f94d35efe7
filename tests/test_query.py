"""The query language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import InvalidValue
from dragoman.query import (
    Concept,
    DateFilter,
    Group,
    LanguageFilter,
    SourceFilter,
    any_of,
    date_filter,
    language_filter,
)
from dragoman.syntax import parse

A, B, C = Concept("a"), Concept("b"), Concept("c")
KURDISH = frozenset({"ku", "ckb", "kmr", "sdh"})


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a b", Group(should=(A, B))),
        ("a OR b", Group(should=(A, B))),
        ("a AND b", Group(must=(A, B))),
        ("a AND b c", Group(must=(A, B), should=(C,))),
        ("a OR b AND c", Group(should=(A, Group(must=(B, C))))),
        ("+a b -c", Group(must=(A,), should=(B,), must_not=(C,))),
        ("a NOT b", Group(should=(A,), must_not=(B,))),
        ("a AND NOT b", Group(must=(A,), must_not=(B,))),
        ("(a OR b) AND c", Group(must=(Group(should=(A, B)), C))),
        ("-(a b)", Group(must_not=(Group(should=(A, B)),))),
        ('"a b"', Group(should=(Concept("a b", "phrase"),))),
        ("“a b”", Group(should=(Concept("a b", "phrase"),))),
        ("«a b»~3", Group(should=(Concept("a b", "phrase", distance=3),))),
        ("mili* m?l", Group(should=(Concept("mili*", "pattern"), Concept("m?l", "pattern")))),
        ("a~1 b~", Group(should=(Concept("a", "fuzzy", None, 1), Concept("b", "fuzzy", None, 2)))),
        ("title:a", Group(should=(Concept("a", field="title"),))),
        ('body:"a b"', Group(should=(Concept("a b", "phrase", "body"),))),
        ("lang:ckb a", Group(must=(LanguageFilter(frozenset({"ckb"})),), should=(A,))),
        ("lang:ku", Group(must=(LanguageFilter(KURDISH),))),
        ("-lang:en a", Group(should=(A,), must_not=(LanguageFilter(frozenset({"en"})),))),
        (
            "lang:ar lang:fa",
            Group(
                must=(
                    Group(
                        should=(
                            LanguageFilter(frozenset({"ar"})),
                            LanguageFilter(frozenset({"fa"})),
                        )
                    ),
                )
            ),
        ),
        ('source:"Asharq al-Awsat"', Group(must=(SourceFilter("Asharq al-Awsat"),))),
        ("date:2020-08..2021-01", Group(must=(DateFilter(20200800, 20210199),))),
        ("date:2020", Group(must=(DateFilter(20200000, 20209999),))),
        ("date:2020-08-31..", Group(must=(DateFilter(20200831, 99999999),))),
        ("who is a?", Group(should=(Concept("who"), Concept("is"), A))),
        ('צה"ל', Group(should=(Concept('צה"ל'),))),
        ("A'saib al-Haq", Group(should=(Concept("A'saib"), Concept("al-Haq")))),
        ("http://a", Group(should=(Concept("http://a"),))),
        ("", Group()),
    ],
)
def test_a_query_is_parsed_into_concepts_and_constraints(text, root):
    """Each construct of the query language gives its tree."""
    query = parse(text)
    assert query.root == root
    assert query.notice is None


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("(a b", "ab", "not closed"),
        ("a)", "a", "not opened"),
        ('a "b', "ab", "quotation mark"),
        ("a AND", "a", "after it"),
        ("OR a", "a", "before it"),
        ("a AND OR b", "ab", "before it"),
        ("NOT", "", "after it"),
        ("date:yesterday", ["date:yesterday"], "no date"),
        ("(" * 50 + "a", "a", "too many parentheses"),
    ],
)
def test_a_query_with_a_syntax_error_is_searched_as_plain_words(text, words, reason):
    """Wrong syntax loses no word, and the notice says what was wrong."""
    query = parse(text)
    assert [concept.text for concept in query.concepts()] == list(words)
    assert query.notice is not None
    assert query.notice.startswith("searched as plain words: ")
    assert reason in query.notice


@pytest.mark.parametrize(
    "text", ["報" * 5000, "報告 " * 3000, '"' + "ข่าว" * 3000, "a " * 9 + "ကခ" * 4000]
)
def test_a_long_text_without_spaces_is_cut_and_says_so(text):
    """Two of its characters are as much work as a word."""
    query = parse(text)
    kept = sum(len(concept.text) for concept in query.concepts())
    assert query.notice
    assert "only the first" in query.notice
    assert kept < 800  # combining marks come on top


@given(st.text(alphabet=st.sampled_from('ab ()"+-~*?:.ANDORT\u05d0\u0627«»') | st.characters()))
def test_no_text_makes_the_parser_raise(text):
    """Every text is a query."""
    parse(text)


def test_an_endless_query_is_cut_and_says_so():
    """A pasted book does not stop the search."""
    query = parse("word " * 100_000)
    assert query.notice
    assert len(query.concepts()) == 1


def test_the_words_of_a_forbidden_group_do_not_rank():
    """What must not occur is no concept of the score, but must be evaluated."""
    query = parse("a -b")
    assert query.concepts() == (A,)
    assert query.every_concept() == (A, B)


def test_further_filters_narrow_a_query():
    """Filters given beside the query must hold as well."""
    wanted = language_filter(["ar"])
    assert parse("a").where(wanted).root == Group(must=(Group(should=(A,)), wanted))
    assert parse("").where(wanted).root == Group(must=(wanted,))


@pytest.mark.parametrize("text", ["yesterday", "2020-13", "2020-00", "2020-01-32", "20", "2020-1"])
def test_an_impossible_date_is_refused(text):
    """A date that cannot be meant is an error, not an empty result."""
    with pytest.raises(InvalidValue, match="no date"):
        date_filter(text, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Still Game -sarjan viimeinen kausi alkaa tänään", "Still Game -sarjan viimeinen kausi"),
        ("prices rise by +4 in a year", "rise by +4 in"),
        ("two -three -four five six seven", "-three -four five"),
    ],
)
def test_the_signs_of_a_pasted_sentence_are_part_of_its_words(text, words):
    """Running text with a hyphen before a word excludes and requires nothing, and says so."""
    query = parse(text)
    assert query.root.must == query.root.must_not == ()
    assert set(words.split()) <= {concept.text for concept in query.concepts()}
    assert query.notice is not None
    assert "+ and -" in query.notice


@pytest.mark.parametrize(
    "text",
    [
        "iraq -x flood",
        "one two three four five -x",
        "-x one two three four five six",
        "(one OR two) three -x four five six",
        "one two -x four NOT y six seven",
        "one two three -x five lang:en six",
    ],
)
def test_the_signs_of_a_query_are_operators(text):
    """A few words, a sign at either end, or other syntax: that is a query."""
    query = parse(text)
    assert Concept("x") in query.root.must_not
    assert query.notice is None


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("The cat and the dog", [("The", 1.5), ("cat", 1.0), ("and", 1.0), ("dog", 1.0)]),
        ("iraq, Iraq (IRAQ iraq)", [("iraq,", 2.0)]),
        ("COVID-19 covid-19", [("COVID-19", 1.5)]),
        ("bán bàn", [("bán", 1.0), ("bàn", 1.0)]),
        ('flood "flood" title:flood', [("flood", 1.0)] * 3),
        ("flood -Flood", [("flood", 1.0)]),
    ],
)
def test_a_word_that_comes_again_is_one_concept_that_weighs_more(text, concepts):
    """Case makes no other word, accents do; each repetition adds a half, up to twice."""
    found = parse(text).concepts()
    assert [(concept.text, concept.weight) for concept in found] == concepts


@given(st.lists(st.sampled_from(["a", "A", "b", "(a", "b)", "OR", "AND", "+a", "-B"]), max_size=9))
def test_no_concept_of_a_query_is_missing_from_all_of_its_concepts(words):
    """What ranks is among what is expanded, each once, in whatever tree."""
    query = parse(" ".join(words))
    assert set(query.concepts()) <= set(query.every_concept())
    assert len({concept.text.lower() for concept in query.concepts()}) == len(query.concepts())


def test_words_taken_as_they_are_have_no_operators():
    """Nothing is special in words that are given one by one."""
    query = any_of(["-a", "AND", "“b”", "—", "-A"])
    assert [concept.text for concept in query.every_concept()] == ["-a", "AND", "“b”"]
    assert query.root.should == query.concepts()
