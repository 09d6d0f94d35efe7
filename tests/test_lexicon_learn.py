"""Words learned from sentences that translate each other."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.lexicon.align import Unit, align
from dragoman.lexicon.learn import learn

_SUBJECTS = [("teacher", "老师", "ครู"), ("doctor", "医生", "หมอ"), ("child", "孩子", "เด็ก")]
_VERBS = [("sees", "看见", "เห็น"), ("loves", "喜爱", "รัก")]
_OBJECTS = [("water", "清水", "น้ำ"), ("music", "音乐", "ดนตรี"), ("bread", "面包", "ขนมปัง")]
SENTENCES = [
    tuple(
        joint.join(part)
        for joint, part in zip((" ", "", ""), zip(*triple, strict=True), strict=True)
    )
    for triple in itertools.product(_SUBJECTS, _VERBS, _OBJECTS)
]  # fmt: skip
TO_CHINESE = [(english, chinese) for english, chinese, _ in SENTENCES]
TO_THAI = [(english, thai) for english, _, thai in SENTENCES]


def best(entries):
    """The likeliest translation of each term."""
    found = {}
    for entry in sorted(entries, key=lambda entry: entry.weight):
        found[entry.term] = entry.translation
    return found


def test_words_are_found_in_a_script_without_spaces():
    """Each word finds the characters that stand for it, though nothing tells where they end."""
    found = best(learn(TO_CHINESE, "en", "zh"))
    for english, chinese, _ in _SUBJECTS + _VERBS + _OBJECTS:
        assert found[english] == chinese


def test_a_neighbour_may_be_taken_for_a_part_of_the_word():
    """Where letters have marks and words are long, each word finds at least its own letters."""
    found = best(learn(TO_THAI, "en", "th"))
    for english, _, thai in _SUBJECTS + _VERBS + _OBJECTS:
        assert thai in found[english]


def test_either_side_may_be_the_one_without_spaces():
    """A dictionary of Chinese to English has the same pairs as one of English to Chinese."""
    there = learn(TO_CHINESE, "en", "zh")
    back = learn([(chinese, english) for english, chinese in TO_CHINESE], "zh", "en")
    assert {(e.term, e.translation) for e in there} == {(e.translation, e.term) for e in back}
    assert {(e.source, e.target) for e in back} == {("zh", "en")}


def test_inflections_are_learned_together():
    """A word is learned from all its forms, and stands in the dictionary once."""
    pairs = [
        ("the river rises", "der Fluss steigt"), ("rivers rise", "Flüsse steigen"),
        ("a river falls", "ein Fluss sinkt"), ("the houses fall", "die Häuser fallen"),
        ("the house stands", "das Haus steht"),
    ]  # fmt: skip
    entries = learn(pairs, "en", "de")
    assert {entry.term for entry in entries}.isdisjoint({"the", "a"})
    assert len({entry.term for entry in entries if entry.term.startswith("river")}) == 1
    assert best(entries)["river"] in {"fluss", "flüsse"}


@pytest.mark.parametrize("pairs", [[], [("", "")], [("word", "")], [("", "词")], [("...", "!")]])
def test_nothing_is_learned_from_nothing(pairs):
    """Empty sentences give no entries."""
    assert learn(pairs, "en", "zh") == []


units = st.lists(st.integers(0, 6), max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(units, units), max_size=8))
def test_links_join_what_stands_together(pairs):
    """Every link is of two units of one pair of sentences, with a score from 0 to 1."""

    def side(which):
        return [
            [
                Unit(number, (place + 0.5) / len(pair[which]))
                for place, number in enumerate(pair[which])
            ]
            for pair in pairs
        ]

    links = align(side(0), side(1))
    together = {link for one, other in pairs for link in itertools.product(one, other)}
    assert set(zip(links.left.tolist(), links.right.tolist(), strict=True)) == together
    assert ((links.dice >= 0) & (links.dice <= 1)).all()
