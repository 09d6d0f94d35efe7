"""The file of the words of each language by their sound: how it is made.

All words of a script are heard together, and from then on they are rows of arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.costs import CODE
from dragoman.analysis.skeletons import signatures
from dragoman.analysis.sound import KINDS, LONGEST, hear, sound_forms, stretches
from dragoman.analysis.syllables import is_chained
from dragoman.arrays import spread, write_arrays
from dragoman.chains import pack_chains
from dragoman.engines.native.distinct import Terms, distinct
from dragoman.names_file import is_name_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.analysis.sound import Form

    Column = NDArray[Any]
    Numbers = NDArray[np.int64]

_SPELLED_AS_ENGLISH = frozenset({"en", "und"})
"""Languages whose words in Latin letters get the form of English spelling too."""

_WAYS = 4  # at most, to hear a word
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
    heard = _heard(words, is_english)
    forms, form_of = _distinct(heard)
    arrays, place_of, count = _signed(forms)
    arrays |= _entries(words, heard, place_of[form_of], is_english, len(forms.kinds))
    arrays |= _spelled(words.terms)
    arrays |= pack_chains(chained)
    write_arrays(path, arrays, {"languages": languages, "word signatures": count})


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
    runs: Column
    """A number for each distinct form that is a run, from 1 on."""
    order: Column
    """By the place of the word, then the place of the form among those of the word."""
    is_english: Column
    """Which ones are only for the languages that are spelled as English is."""

    def take(self, rows: Numbers) -> _Heard:
        """Some of the rows."""
        return _Heard(*(column[rows] for column in self))


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
    """All ways to hear all words, in order."""
    together, alone = hear(words.terms, words.english(is_english))
    parts = [_runs(words.terms, alone)]
    for numbers, kind, readings in together:
        owners = np.array(numbers, np.int64)
        heard_before = np.zeros(len(owners), bool)
        for way, text in enumerate(readings):
            sounds, sizes = _rows(text)
            only = heard_before & (kind == "latin")
            heard_before |= sizes > 1
            kept = np.flatnonzero((sizes > 1) & (sizes <= LONGEST))
            none = np.zeros(len(kept), np.uint32)
            kinds = np.full(len(kept), KINDS.index(kind), np.uint8)
            order = owners[kept] * _WAYS + way
            parts.append(_Heard(sounds[kept], kinds, none, none, order, only[kept]))
    every = _Heard(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return every.take(np.argsort(every.order, kind="stable"))


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
    known: dict[Form, int] = {}
    found = [
        (form, known.setdefault(form, len(known) + 1), number * _WAYS)
        for number in numbers
        for form in sound_forms(terms[number], english=False)
        if len(form.sounds) <= LONGEST
    ]
    sounds, _ = _rows("\n".join(["", *(form.sounds for form, _, _ in found), ""]))
    starts = [sum({1 << start for start in form.starts if start < LONGEST}) for form, _, _ in found]
    return _Heard(
        sounds[: len(found)],
        np.array([KINDS.index(form.kind) for form, _, _ in found], np.uint8),
        np.array(starts, np.uint32),
        np.array([run for _, run, _ in found], np.uint32),
        np.array([order for _, _, order in found], np.int64),
        np.zeros(len(found), bool),
    )


def _distinct(heard: _Heard) -> tuple[_Heard, Numbers]:
    """The distinct forms, in the order in which they come first; and by row which one it is."""
    count = len(heard.kinds)
    rows = np.zeros((count + 1, 32), np.uint8)
    rows[:count, :LONGEST] = heard.sounds
    rows[:count, LONGEST] = heard.kinds
    rows[:count, -4:] = heard.runs.astype("<u4").view(np.uint8).reshape(-1, 4)
    begins = np.arange(count) * rows.shape[1]
    owners, _ = distinct(Terms(rows.ravel(), begins, np.full(count, rows.shape[1])))
    _, first, form_of = np.unique(owners, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return heard.take(first[order]), place[form_of.reshape(-1)]


def _signed(forms: _Heard) -> tuple[dict[str, Column], Numbers, int]:
    """The arrays of forms by signature, the place of each there, and the signatures of words."""
    is_run = forms.starts > 0
    lengths = np.count_nonzero(forms.sounds, axis=1).astype(np.uint8)
    pairs, firsts = signatures(forms.sounds, is_run)
    columns = [lengths, firsts, pairs, is_run]
    order = np.lexsort(columns)
    place_of = np.empty_like(order)
    place_of[order] = np.arange(len(order))
    lengths, firsts, pairs, is_run = (column[order] for column in columns)
    changes = np.zeros(len(order), bool)
    for column in (lengths, firsts, pairs, is_run):
        changes[:-1] |= column[1:] != column[:-1]
    changes[-1:] = True
    last = np.flatnonzero(changes)
    arrays = {
        "sounds": forms.sounds[order],
        "kinds": forms.kinds[order],
        "starts": forms.starts[order].astype("<u4"),
        "pairs": pairs[last].astype("<u8"),
        "firsts": firsts[last],
        "lengths": lengths[last],
        "sizes": np.unpackbits(pairs[last].view(np.uint8).reshape(-1, 8), axis=1).sum(1, np.uint8),
        "signature_ends": (last + 1).astype("<u4"),
    }
    return arrays, place_of, int(np.count_nonzero(~is_run[last]))


def _entries(
    words: _Words, heard: _Heard, places: Numbers, is_english: NDArray[np.bool_], forms: int
) -> dict[str, Column]:
    """The languages and words that have each form, by the place of the form of each row."""
    owners = heard.order // _WAYS
    counts = words.counts[owners]
    ends = np.cumsum(words.counts)[owners]
    codes = words.languages[spread(ends - counts, ends)]
    kept = np.flatnonzero(~np.repeat(heard.is_english, counts) | is_english[codes])
    places, owners = (np.repeat(column, counts)[kept] for column in (places, owners))
    key = places * len(is_english) + codes[kept]
    order = np.lexsort((owners, key))
    key, owners = key[order], owners[order]
    again = np.zeros(len(key), bool)
    again[1:] = (key[1:] == key[:-1]) & (owners[1:] == owners[:-1])
    places, codes = np.divmod(key[~again], max(len(is_english), 1))
    return {
        "entry_ends": np.cumsum(np.bincount(places, minlength=forms)).astype("<u4"),
        "entry_language": codes.astype("<u2"),
        "entry_term": owners[~again].astype("<u4"),
    }


def _spelled(terms: Sequence[str]) -> dict[str, Column]:
    encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
    return {
        "term_ends": np.cumsum([len(term) for term in encoded]).astype("<u8"),
        "term_bytes": np.frombuffer(b"".join(encoded), np.uint8),
    }
