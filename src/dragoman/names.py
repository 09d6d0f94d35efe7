"""Which words of a language's own vocabulary sound like a word of the query.

Every distinct word of the index is kept with its sound forms (`dragoman.analysis.sound`),
language by language, since the words of another language crowd out the right ones. A word is
compared with those whose consonant skeleton shares enough pairs with its own, by an edit
distance with costs for each pair of scripts (after Zobel and Dart, *Phonetic string matching*,
SIGIR 1996, and the finding of Pfeifer et al. 1996 that n-grams and distances do best together).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.analysis.distance import compare
from dragoman.analysis.skeletons import variants
from dragoman.analysis.sound import KINDS, LONGEST, consonants, sound_forms
from dragoman.arrays import BadArrays
from dragoman.chains import Chains
from dragoman.names_file import TYPES, is_name_like, open_names, ranges, spelled
from dragoman.vectors import borders, spread

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.analysis.sound import Form

MOST = 15
"""Words of one language that one word of the query may stand for."""

# The least similarity, for skeletons of one, two, three and more consonants, and how far below
# the best of its language a word may be.
_LEAST = (0.85, 0.7, 0.6, 0.6)
_BELOW_BEST = 0.2
# Forms of words and of runs that are compared, and what makes a signature likely: shared pairs,
# the same beginning.
_WORDS, _RUNS = 12_000, 4_000
_SHARED, _BEGINS, _ABOVE = 3, 2, 8
_LOOKED_AT = 100  # entries of a language, which may be one word or stretch more than once


class Match(NamedTuple):
    """A word, or a stretch of an unspaced run, that sounds like the word asked for."""

    term: str
    similarity: float
    """From 0 to 1, where 1 is the same sounds."""


def best_of(matches: list[Match]) -> list[Match]:
    """The best of one language's matches, best first: at most `MOST`, none far below the best."""
    ordered = sorted(matches, key=lambda match: (-match.similarity, match.term))[:MOST]
    return [match for match in ordered if match.similarity >= ordered[0].similarity - _BELOW_BEST]


_BITS = np.array([bits.bit_count() for bits in range(1 << 16)], np.int8)


class _Heard(NamedTuple):
    """Entries that sound like the query, as arrays of one length."""

    language: NDArray[np.intp]
    term: NDArray[np.intp]
    similarity: NDArray[np.float32]
    first: NDArray[np.intp]
    """The first and last characters of a match in a run; all of a word."""
    last: NDArray[np.intp]


class Names:
    """The words of each language by their sound, as one file holds them."""

    def __init__(self, path: Path) -> None:
        """Map a file; nothing of it is read, or checked, before it is needed.

        Raises `dragoman.arrays.BadArrays` and `OSError`.
        """
        held = open_names(path)
        self.languages: list[str] = list(held.facts["languages"])
        self._words: int = held.facts["word signatures"]
        self._path = path
        self._arrays = {name: held.guarded(name) for name in TYPES}
        self._chains = Chains(path, self._arrays, len(self.languages))

    def __len__(self) -> int:
        """How many words of languages the file lists, each for each of its sound forms.

        Of unspaced runs it is the neighbours that count.
        """
        return len(self._arrays["entry_term"]) + len(self._chains)

    def find(self, word: str, languages: Collection[str]) -> dict[str, list[Match]]:
        """The words of each of these languages that sound like a folded word, best first.

        Raises `dragoman.arrays.BadArrays` where the file is damaged.
        """
        if not is_name_like(word):
            return {}
        wanted = np.array([language in languages for language in self.languages], bool)
        forms = sound_forms(word, english=True)
        if not forms or not wanted.any():
            return {}
        candidates = self._candidates(forms)
        heard = [self._heard(form, *candidates, wanted) for form in forms]
        found = self._best(_Heard(*(np.concatenate(part) for part in zip(*heard, strict=True))))
        for code, chains in self._chains.find(forms, wanted).items():
            name = self.languages[code]
            found[name] = best_of([*found.get(name, []), *(Match(*chain) for chain in chains)])
        return found

    def _heard(
        self, form: Form, chosen: NDArray[np.intp], lengths: NDArray[np.uint8],
        wanted: NDArray[np.bool_],
    ) -> _Heard:  # fmt: skip
        """Which of the forms chosen sound like one, in the languages wanted."""
        starts = self._arrays["starts"].take(chosen)
        kinds = self._arrays["kinds"].take(chosen)
        if len(kinds) and kinds.max() >= len(KINDS):
            raise self._damaged()
        least = _LEAST[min(max(consonants(form.sounds), 1), 4) - 1]
        sounds = self._arrays["sounds"].take(chosen)
        found = compare(form, sounds, lengths, kinds, starts)
        keep = np.flatnonzero(found.similarity >= least)
        entries = len(self._arrays["entry_term"])
        begins, ends = ranges(self._arrays["entry_ends"], entries, chosen[keep])
        if (ends - begins).sum() > entries:  # distinct forms share no entry
            raise self._damaged()
        rows = spread(begins, ends)
        owner = np.repeat(keep, ends - begins)
        language = self._arrays["entry_language"].take(rows).astype(np.intp)
        if len(language) and language.max() >= len(self.languages):
            raise self._damaged()
        near = found.similarity[owner]
        top = np.zeros(len(self.languages), np.float32)
        np.maximum.at(top, language, near)
        good = wanted[language] & (near >= top[language] - _BELOW_BEST)
        owner = owner[good]
        before, within = found.begin[owner].astype(np.uint32), found.end[owner].astype(np.uint32)
        return _Heard(
            language[good],
            self._arrays["entry_term"].take(rows[good]).astype(np.intp),
            near[good],
            np.maximum(_starts_before(starts[owner], before + 1) - 1, 0),
            _starts_before(starts[owner], within),
        )

    def _best(self, heard: _Heard) -> dict[str, list[Match]]:
        """The best matches of each language, each word once."""
        order = np.lexsort((heard.term, -heard.similarity, heard.language))
        language = heard.language[order]
        begins = borders(language)
        rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
        order = order[rank < _LOOKED_AT]
        terms, number = np.unique(heard.term[order], return_inverse=True)
        spelled = self._spelled(terms)
        columns = (heard.language, heard.similarity, heard.first, heard.last)
        rows = zip(number.tolist(), *(column[order].tolist() for column in columns), strict=True)
        found: dict[str, list[Match]] = {}
        here = -1
        least = 0.0
        for term_number, code, similarity, first, last in rows:
            if code != here:
                here, least = code, similarity - _BELOW_BEST
                matches = found[self.languages[code]] = []
                seen: set[str] = set()
            if similarity < least or len(matches) == MOST:
                continue
            term = spelled[term_number]
            if last:
                term = term[first:last]
            if term not in seen:
                seen.add(term)
                matches.append(Match(term, similarity))
        return found

    def _spelled(self, terms: NDArray[np.intp]) -> list[str]:
        return spelled(self._arrays["term_ends"], self._arrays["term_bytes"], terms)

    @cached_property
    def _forms_of(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the forms of each signature begin, and how many they are."""
        ends = self._arrays["signature_ends"].whole().astype(np.int64)
        counts = np.diff(ends, prepend=0)
        if len(ends) and (counts.min() < 0 or ends[-1] > len(self._arrays["kinds"])):
            raise self._damaged()
        if self._arrays["lengths"].whole().max(initial=0) > LONGEST:
            raise self._damaged()
        return ends - counts, counts

    def _candidates(self, forms: tuple[Form, ...]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """Forms whose skeletons share the most with those of some, and their lengths."""
        pairs, firsts, lengths, sizes = (
            self._arrays[name].whole() for name in ("pairs", "firsts", "lengths", "sizes")
        )
        sizes = sizes.view(np.int8)
        words, runs = slice(self._words), slice(self._words, None)
        level = np.full(len(lengths), -1, np.int8)
        for query in variants(forms):
            shared = _bits(pairs & np.uint64(query.pairs))
            score = _SHARED * shared
            begins = firsts & np.uint8(query.first) != 0
            score += _BEGINS * begins.view(np.int8)
            score[words] -= sizes[words] - shared[words]
            score[words] += _ABOVE
            unlike = ~begins & (_SHARED * shared < query.pairs.bit_count())
            score[words][unlike[words]] = -1
            score[runs][score[runs] <= max(_SHARED * query.pairs.bit_count() // 3, 1)] = -1
            np.maximum(level, score, out=level)
        apart = np.abs(lengths[words].view(np.int8) - np.int8(min(len(forms[0].sounds), LONGEST)))
        level[words] -= np.minimum(apart // 2, np.maximum(level[words], 0))
        signatures = np.concatenate(
            (
                self._fullest(level, 0, self._words, _WORDS),
                self._fullest(level, self._words, len(level), _RUNS),
            )
        )
        begin, count = (column[signatures] for column in self._forms_of)
        return spread(begin, begin + count), np.repeat(lengths[signatures], count)

    def _fullest(
        self, level: NDArray[np.int8], start: int, stop: int, most: int
    ) -> NDArray[np.intp]:
        """Of a range, the signatures of the highest levels with no more than so many forms."""
        level, counts = level[start:stop], self._forms_of[1][start:stop]
        chosen = [np.zeros(0, np.intp)]
        room = most
        for each in range(int(level.max(initial=-1)), -1, -1):
            here = np.flatnonzero(level == each)
            upto = np.cumsum(counts[here])
            chosen.append(here[upto <= room])
            if len(chosen[-1]) < len(here):
                break
            room -= int(upto[-1]) if len(upto) else 0
        return np.sort(np.concatenate(chosen)) + start

    def _damaged(self) -> BadArrays:
        return BadArrays(f"{self._path}: damaged")


def _bits(words: NDArray[np.uint64]) -> NDArray[np.int8]:
    """How many bits each number has."""
    if hasattr(np, "bitwise_count"):  # NumPy 2
        return np.bitwise_count(words).view(np.int8)
    quarters = _BITS[words.view(np.uint16)]
    bits: NDArray[np.int8] = quarters[::4] + quarters[1::4] + quarters[2::4] + quarters[3::4]
    return bits


def _starts_before(starts: NDArray[np.uint32], place: NDArray[np.uint32]) -> NDArray[np.intp]:
    """How many characters of each run begin before a place."""
    below = starts & ((np.uint32(1) << place) - np.uint32(1))
    before: NDArray[np.intp] = (_BITS[below & 0xFFFF] + _BITS[below >> 16]).astype(np.intp)
    return before
