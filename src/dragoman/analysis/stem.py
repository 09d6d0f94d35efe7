"""Further forms of a word, by language: stems that make its inflections meet.

A form begins with `STEM_MARK`, which no surface form contains, so that the two
never mix in a term dictionary: exact words, prefixes and names are looked up
among surfaces, stems only match stems.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import Stemmer

from dragoman.analysis import light
from dragoman.analysis.fold import fold, letters
from dragoman.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

STEM_MARK = "~"
"""The first character of every term that is not a surface form."""

ACCENTED_MARK = STEM_MARK + "="
"""How a further form begins that is the word itself, with its accents."""

_ACCENTED = "accented"
# Languages in which telling words apart by their accents finds more. On FLORES Vietnamese gains
# 5 points of MRR, Fon and Dinka 3, Acehnese 2, Sango 1; Yoruba loses 4, Igbo 2, Turkish 1.
_BY_ACCENTS = frozenset({"ace", "din", "fon", "sg", "vi"})

# A Snowball object must not be used by two threads at once.
_LOCAL = threading.local()


def _snowball(name: str, word: str) -> str:
    """The stem of a word as written, by one of the Snowball algorithms."""
    try:
        stemmers: dict[str, Stemmer.Stemmer] = _LOCAL.stemmers
    except AttributeError:
        stemmers = _LOCAL.stemmers = {}
    if name not in stemmers:
        # Words are memoised here, so a cache below would only take memory.
        stemmers[name] = Stemmer.Stemmer(name, 0)
    # An acronym is a word like others; an apostrophe is left, as English takes off 's.
    lower = unicodedata.normalize("NFC", word).lower().replace(".", "")
    return fold(str(stemmers[name].stemWord(lower)))


def recipe(language: str) -> tuple[str, ...]:
    """The names of the methods that give a language its further forms."""
    row = LANGUAGES.get(language)
    stemmer = (row.stemmer,) if row and row.stemmer else ()
    return (*stemmer, _ACCENTED) if language in _BY_ACCENTS else stemmer


def forms(word: str, surface: str, methods: tuple[str, ...]) -> tuple[str, ...]:
    """The further forms of one word, given as written and folded: marked, without repetition."""
    if not methods:
        return ()
    found: list[str] = []
    for method in methods:
        if method in light.METHODS:
            found += light.stems(method, surface)
        elif method == _ACCENTED:
            found.append(_accented(word))
        else:
            found.append(_snowball(method, word))
    if len(found) == 1:
        return (STEM_MARK + found[0],) if found[0] else ()
    return tuple(dict.fromkeys(STEM_MARK + stem for stem in found if stem))


def _accented(word: str) -> str:
    """The word in lower case, with its accents."""
    lower = letters(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold()))
    return lower and ACCENTED_MARK[len(STEM_MARK) :] + lower


def stems(word: str, languages: Iterable[str]) -> dict[str, frozenset[str]]:
    """The further forms of a word of a query, each with the languages that give it.

    The word is best given as typed: some methods look at its diacritics. The
    forms are the very terms that `analyse` gives for the word in an article of
    that language, so they are to be looked for in articles of these languages.
    """
    by_methods = _by_methods(frozenset(languages))
    found: dict[str, set[str]] = {}
    surface = fold(word)
    for methods, tags in by_methods:
        for form in forms(word, surface, methods):
            found.setdefault(form, set()).update(tags)
    return {form: frozenset(tags) for form, tags in found.items()}


@lru_cache(maxsize=64)
def _by_methods(languages: Collection[str]) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """Languages that share their methods, so that each word is stemmed once for all of them."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for language in sorted(languages):
        grouped.setdefault(recipe(language), []).append(language)
    return tuple((methods, frozenset(tags)) for methods, tags in grouped.items() if methods)
