"""From a word of a query, in any language, to its translations into many others.

A lexicon is several files looked up as one. Most of their entries have English on one
side; a word of another language goes through English to a third (Gollins and Sanderson,
SIGIR 2001), so that any language reaches any other.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self

from dragoman.analysis import fold, stems
from dragoman.analysis.segment import clusters
from dragoman.languages import LANGUAGES
from dragoman.lexicon.table import Table
from dragoman.lexicon.words import MOST_WORDS, key, spell, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from dragoman.lexicon.table import Header
    from dragoman.lexicon.words import Word

PIVOT = "en"
"""The language through which others reach each other."""

_MOST_PIVOTS = 4
_LEAST_SHARE = 0.02
_LEAST_PIVOT = 0.15  # of the likeliest
_BY_STEM = 0.7  # an inflection of the word, of which the stem is right most often
_BESIDE_PIVOT = 0.15  # of a word that is English: that it was meant in another language
_LONGEST_PIECE = 12  # characters of an unspaced script in one entry
_REMEMBERED = 64  # words looked up lately; a query is repeated for its next page or with a filter
_FAINT = 0.12  # the part of the likeliest below which a translation is noise

# Languages whose readers also read another, which has more entries or others: it serves them too.
_RELATIVES = {
    "acm": "ar", "acq": "ar", "aeb": "ar", "ajp": "ar", "apc": "ar", "ars": "ar", "ary": "ar",
    "arz": "ar", "bs": "hr", "da": "nb", "gl": "pt", "hr": "bs", "mey": "ar", "mk": "bg",
    "ms": "id", "nb": "nn", "nd": "zu", "nn": "nb", "nr": "zu", "prs": "fa", "sdh": "ckb",
    "sk": "cs", "yue": "zh",
}  # fmt: skip
# The scripts of names in each code of ISO 15924 that stands for several.
_SCRIPTS = {
    "Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Hani", "Kana"), "Kore": ("Hang",),
}  # fmt: skip


class Translation(NamedTuple):
    """A translation of a word of a query."""

    text: str
    """As it is written; what an index holds of it is for `dragoman.analysis` to say."""
    probability: float
    """Those into one language add up to one or less; less is to be trusted less."""
    language: str


class Piece(NamedTuple):
    """A part of a query that is looked up as one entry."""

    start: int
    end: int
    """Offsets into the query, in code points."""
    text: str


class _Open(NamedTuple):
    tables: tuple[Table, ...]
    languages: frozenset[str]


class _Serving(NamedTuple):
    by_target: dict[str, tuple[str, ...]]
    """The tags of the files that serve each target language."""
    tags: frozenset[str]
    """All of them."""


class _Node(NamedTuple):
    table: Table
    term: int
    weight: float


_Asked = tuple[str, frozenset[str], frozenset[str] | None, int]
_Found = dict[str, dict[str, float]]  # tag → text → probability


class Lexicon:
    """Lexicon files looked up as one; several threads may do so at once.

    The files are opened when first needed. `close` lets go of them.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._guard = threading.Lock()
        self._open: _Open | None = None
        self._memo: dict[_Asked, dict[str, list[Translation]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; they are opened again if the lexicon is used again."""
        with self._guard:
            self._open = None
            self._memo.clear()

    def headers(self) -> tuple[Header, ...]:
        """What each file says of itself. Raises LexiconError where one cannot be used."""
        return tuple(table.header for table in self._opened().tables)

    def languages(self) -> frozenset[str]:
        """The languages that have entries."""
        return self._opened().languages

    def spoken(self, word: str) -> frozenset[str]:
        """The languages that have an entry spelt like this word."""
        spelt = key(spell(word))
        found = {
            table.language(term) for table in self._opened().tables for term in table.terms(spelt)
        }
        return frozenset(tag for tag in found if not tag.startswith("und"))

    def pieces(self, text: str, sources: Collection[str] | None = None) -> list[Piece]:
        """A query cut into its longest entries, from left to right.

        A word that begins no entry is a piece by itself. Of a script without spaces
        only the parts that are entries are given.
        """
        allowed = _with_scripts(sources) if sources is not None else None
        found: list[Piece] = []
        parts = words(text)
        at = 0
        while at < len(parts):
            if parts[at].run:
                found += self._cut(text, parts[at], allowed)
                at += 1
                continue
            taken = self._longest(text, parts[at : at + MOST_WORDS], allowed)
            start, end = parts[at].start, parts[at + taken - 1].end
            found.append(Piece(start, end, text[start:end]))
            at += taken
        return found

    def translations(
        self,
        term: str,
        targets: Collection[str],
        sources: Collection[str] | None = None,
        most: int = 6,
    ) -> dict[str, list[Translation]]:
        """The translations of a word, or an entry of several, by target language.

        `sources` are the languages the term may be in, None for any; where English
        has it, that counts most; where none of them has it, English is asked. At
        most so many are given a language, the likeliest first. A language into which
        nothing is known is absent. Raises LexiconError where a file cannot be used.
        """
        spelt = spell(term)
        asked = spelt, frozenset(targets), None if sources is None else frozenset(sources), most
        found = self._memo.get(asked)
        if found is None:
            found = self._translations(*asked) if spelt else {}
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            self._memo[asked] = found
        return dict(found)

    def _translations(
        self, spelt: str, targets: frozenset[str], sources: frozenset[str] | None, most: int
    ) -> dict[str, list[Translation]]:
        tables, languages = self._opened()
        allowed = _with_scripts(sources) if sources is not None else None
        # A name that English has too is not listed again in the other language.
        senses = _senses(tables, spelt, allowed) or _senses(tables, spelt, frozenset((PIVOT,)))
        serving = _serving(targets, languages)
        found = _translate(tables, senses, serving.tags)
        own = {tag for tag in senses if not tag.startswith("und")}
        word = key(spelt)
        results: dict[str, list[Translation]] = {}
        for target, names in serving.by_target.items():
            listed = [found[name] for name in names if name in found]
            if listed and own != {target} and (ranked := _ranked(listed, word, most)):
                results[target] = [Translation(text, share, target) for text, share in ranked]
        return results

    def _opened(self) -> _Open:
        opened = self._open
        if opened is None:
            with self._guard:
                opened = self._open
                if opened is None:
                    tables = tuple(Table(path) for path in self._paths)
                    tags = {tag for table in tables for tag in table.header.languages}
                    languages = frozenset(tag for tag in tags if not tag.startswith("und"))
                    opened = self._open = _Open(tables, languages)
        return opened

    def _longest(self, text: str, parts: list[Word], allowed: frozenset[str] | None) -> int:
        """How many words the longest entry has that begins these; one if there is none."""
        taken = 1
        spelt = ""
        for count, word in enumerate(parts, 1):
            if word.run:
                break
            spelt = f"{spelt} {text[word.start : word.end]}".strip()
            if count > 1 and self._has(key(spelt), allowed):
                taken = count
            if not any(table.reaches(key(spelt) + " ") for table in self._opened().tables):
                break
        return taken

    def _cut(self, text: str, word: Word, allowed: frozenset[str] | None) -> list[Piece]:
        run = text[word.start : word.end]
        spans = clusters(run, "syllables" if "\u0f00" <= run[0] <= "\u0fff" else "run")
        found: list[Piece] = []
        at = 0
        while at < len(spans):
            start = spans[at][0]
            taken = 0
            for count, (_, end) in enumerate(spans[at : at + _LONGEST_PIECE], 1):
                beginning = fold(run[start:end])
                if self._has(beginning, allowed):
                    taken = count
                if not any(table.reaches(beginning) for table in self._opened().tables):
                    break
            if taken:
                end = spans[at + taken - 1][1]
                found.append(Piece(word.start + start, word.start + end, run[start:end]))
            at += taken or 1
        return found

    def _has(self, word: str, allowed: frozenset[str] | None) -> bool:
        return any(
            allowed is None or table.language(term) in allowed
            for table in self._opened().tables
            for term in table.terms(word)
        )


def _senses(
    tables: Iterable[Table], spelt: str, allowed: frozenset[str] | None
) -> dict[str, list[_Node]]:
    """The terms that a query may mean, by language.

    A file in which a language has not the word itself gives its inflections: for
    the languages in which another has it and for English or, where none has it, for all.
    """
    word = key(spelt)
    senses: dict[str, list[_Node]] = defaultdict(list)
    exact: set[tuple[Table, str]] = set()
    for table in tables:
        for term in table.terms(word):
            tag = table.language(term)
            if allowed is None or tag in allowed:
                senses[tag].append(_Node(table, term, 1.0))
                exact.add((table, tag))
    if " " in spelt:
        return senses
    known = allowed if allowed is not None else frozenset(LANGUAGES)
    if senses:
        known &= frozenset((*senses, PIVOT))
    for form, tongues in stems(spelt, known).items():
        for table in tables:
            for term in table.inflected(form):
                tag = table.language(term)
                if tag in tongues and (table, tag) not in exact:
                    senses[tag].append(_Node(table, term, _BY_STEM))
    return senses


def _translate(
    tables: Iterable[Table], senses: dict[str, list[_Node]], wanted: frozenset[str]
) -> _Found:
    """The translations of what a query may mean, by tag of the files."""
    found: _Found = defaultdict(lambda: defaultdict(float))
    pivots: dict[str, float] = defaultdict(float)
    _follow(senses.get(PIVOT, ()), wanted, 1.0, found, None)
    others = sum(tag != PIVOT for tag in senses)
    share = (_BESIDE_PIVOT if PIVOT in senses else 1.0) / max(1, others)
    if share >= _LEAST_SHARE:
        for tag, nodes in senses.items():
            if tag != PIVOT:
                _follow(nodes, wanted | {PIVOT}, share, found, pivots)
    if PIVOT in wanted:
        for text, weight in pivots.items():
            found[PIVOT][text] += weight
    known = {key(node.table.text(node.term)) for node in senses.get(PIVOT, ())}
    best = sorted(pivots.items(), key=lambda item: (-item[1], item[0]))[
        : 1 if known else _MOST_PIVOTS
    ]
    for text, weight in best:
        if weight >= _LEAST_PIVOT * best[0][1] and key(text) not in known:
            nodes = _senses(tables, text, frozenset((PIVOT,))).get(PIVOT, [])
            _follow(nodes, wanted - {PIVOT}, weight, found, None)
    return found


def _follow(
    nodes: Iterable[_Node],
    wanted: frozenset[str],
    share: float,
    found: _Found,
    pivots: dict[str, float] | None,
) -> None:
    """Add up the arcs of some terms, those into the pivot language apart."""
    for node in nodes:
        weight = share * node.weight
        for tag, text, probability in node.table.arcs(node.term, wanted):
            if tag == PIVOT and pivots is not None:
                pivots[text] += weight * probability
            else:
                found[tag][text] += weight * probability


def _ranked(found: Sequence[dict[str, float]], word: str, most: int) -> list[tuple[str, float]]:
    """The likeliest texts, their probabilities adding up to one at most."""
    merged = found[0]
    if len(found) > 1:
        merged = defaultdict(float)
        for each in found:
            for text, weight in each.items():
                merged[text] += weight
    best = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
    kept: dict[str, tuple[str, float]] = {}
    for text, weight in best:
        lower = text.lower()
        if lower in kept:
            kept[lower] = (kept[lower][0], kept[lower][1] + weight)
        elif weight < _FAINT * best[0][1] or len(kept) == most:
            break
        elif key(text) != word:
            kept[lower] = (text, weight)
    whole = max(1.0, sum(weight for _, weight in kept.values()))
    return [(text, weight / whole) for text, weight in kept.values()]


@lru_cache(maxsize=64)
def _serving(targets: frozenset[str], known: frozenset[str]) -> _Serving:
    # Spellings of a place in any language of its script are no English.
    by_target = {
        target: (
            *(tag for tag in (target, _RELATIVES.get(target)) if tag in known),
            *(() if target == PIVOT else _scripts_of(target)),
        )
        for target in sorted(targets)
    }
    return _Serving(by_target, frozenset(tag for tags in by_target.values() for tag in tags))


def _scripts_of(language: str) -> tuple[str, ...]:
    row = LANGUAGES.get(language)
    scripts = row.scripts if row else ()
    return tuple(
        dict.fromkeys(
            f"und-{name}" for script in scripts for name in _SCRIPTS.get(script, (script,))
        )
    )


def _with_scripts(languages: Collection[str]) -> frozenset[str]:
    return frozenset(languages).union(*map(_scripts_of, languages))
