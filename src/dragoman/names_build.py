"""The file of the words of each language by their sound: how it is made.

All words of a script are heard together, and from then on they are rows of arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.costs import CODE
from dragoman.analysis.sound import KINDS, LONGEST, hear, sound_forms, stretches
from dragoman.analysis.syllables import is_chained
from dragoman.chains_build import pack_chains
from dragoman.names_file import is_name_like
from dragoman.names_writing import NamesWriter, Rows
from dragoman.vectors import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Column = NDArray[Any]
    Numbers = NDArray[np.int64]

_SPELLED_AS_ENGLISH = frozenset({"en", "und"})
"""Languages whose words in Latin letters get the form of English spelling too."""

_CODES = np.zeros(128, np.uint8)
_CODES[[ord(sound) for sound in CODE]] = list(CODE.values())
_LINE_FEED = ord("\n")


def build_names(path: Path, vocabulary: Mapping[str, Iterable[str]]) -> None:
    """Write the sound forms of the words of each language to a file.

    Of the runs of scripts without spaces, what is kept are stretches short enough to compare, or
    which units follow each other (`dragoman.chains`).
    """
    languages = sorted(vocabulary)
    words, chained = _gathered([vocabulary[language] for language in languages])
    is_english = np.array([name in _SPELLED_AS_ENGLISH for name in languages], bool)
    with NamesWriter(path) as writer:
        writer.add_terms([term.encode("utf-8", "surrogatepass") for term in words.terms])
        writer.add(_rows_of(words, _heard(words, is_english), is_english))
        writer.finish(languages, pack_chains(chained))


class _Words(NamedTuple):
    """The distinct words and stretches, in order, and which languages have them."""

    terms: list[str]
    counts: Numbers
    """By term, how many languages."""
    languages: Numbers
    """Their numbers, term after term."""

    def english(self, is_english: NDArray[np.bool_]) -> set[str]:
        """The terms of the languages that are spelled as English is."""
        owners = np.repeat(np.arange(len(self.terms)), self.counts)
        return {self.terms[owner] for owner in owners[is_english[self.languages]].tolist()}


class _Heard(NamedTuple):
    """Sound forms, a row for each way to hear each word."""

    sounds: Column
    kinds: Column
    starts: Column
    owners: Column
    """The places of the words."""
    is_english: Column
    """Which ones are only for the languages that are spelled as English is."""


def _gathered(vocabulary: Sequence[Iterable[str]]) -> tuple[_Words, dict[int, set[str]]]:
    """The terms of languages that are compared as a whole, and those that are chained."""
    numbers: dict[str, int] = {}
    found = [np.zeros(0, np.int64)]
    chained: dict[int, set[str]] = {}
    for code, words in enumerate(vocabulary):
        here = []
        for word in words:
            if word.isascii():
                here.append(word)
            elif is_chained(word[:1]):
                chained.setdefault(code, set()).add(word)
            else:
                here += stretches(word)
        some = [numbers.setdefault(term, len(numbers)) for term in here if is_name_like(term)]
        found.append(np.unique(np.array(some, np.int64)))
    terms = sorted(numbers)
    place = np.empty(len(terms), np.int64)
    place[[numbers[term] for term in terms]] = np.arange(len(terms))
    owners = place[np.concatenate(found)]
    codes = np.repeat(np.arange(len(vocabulary)), [len(each) for each in found[1:]])
    codes = codes[np.argsort(owners, kind="stable")]
    return _Words(terms, np.bincount(owners, minlength=len(terms)), codes), chained


def _heard(words: _Words, is_english: NDArray[np.bool_]) -> _Heard:
    """All ways to hear all words."""
    together, alone = hear(words.terms, words.english(is_english))
    parts = [_runs(words.terms, alone)]
    for numbers, kind, readings in together:
        owners = np.array(numbers, np.int64)
        for way, text in enumerate(readings):
            sounds, sizes = _rows(text)
            kept = np.flatnonzero((sizes > 1) & (sizes <= LONGEST))
            kinds = np.full(len(kept), KINDS.index(kind), np.uint8)
            starts = np.zeros(len(kept), np.uint32)
            only = np.full(len(kept), way > 0 and kind == "latin")
            parts.append(_Heard(sounds[kept], kinds, starts, owners[kept], only))
    return _Heard(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _rows(text: str) -> tuple[NDArray[np.uint8], Numbers]:
    """The codes of the sounds of each line, as far as they are compared, and how many it has."""
    letters = np.frombuffer(text.encode("ascii"), np.uint8)
    ends = np.flatnonzero(letters == _LINE_FEED)
    begins, sizes = ends[:-1] + 1, np.diff(ends) - 1
    kept = np.minimum(sizes, LONGEST)
    rows = np.zeros((len(sizes), LONGEST), np.uint8)
    places = spread(begins, begins + kept)
    rows[np.arange(LONGEST) < kept[:, None]] = _CODES[letters[places]]
    return rows, sizes


def _runs(terms: Sequence[str], numbers: Sequence[int]) -> _Heard:
    """The forms of words that are heard one by one."""
    found = [
        (form, number)
        for number in numbers
        for form in sound_forms(terms[number], english=False)
        if len(form.sounds) <= LONGEST
    ]
    sounds, _ = _rows("\n".join(["", *(form.sounds for form, _ in found), ""]))
    starts = [sum({1 << start for start in form.starts if start < LONGEST}) for form, _ in found]
    return _Heard(
        sounds[: len(found)],
        np.array([KINDS.index(form.kind) for form, _ in found], np.uint8),
        np.array(starts, np.uint32),
        np.array([number for _, number in found], np.int64),
        np.zeros(len(found), bool),
    )


def _rows_of(words: _Words, heard: _Heard, is_english: NDArray[np.bool_]) -> Rows:
    """A row for each form of a word of each language that it is a form in."""
    counts = words.counts[heard.owners]
    ends = np.cumsum(words.counts)[heard.owners]
    languages = words.languages[spread(ends - counts, ends)]
    row = np.repeat(np.arange(len(counts)), counts)
    kept = np.flatnonzero(~heard.is_english[row] | is_english[languages])
    row = row[kept]
    columns = (heard.sounds, heard.kinds, heard.starts, heard.owners)
    sounds, kinds, starts, owners = (column[row] for column in columns)
    return Rows(sounds, kinds, starts, languages[kept], owners)
