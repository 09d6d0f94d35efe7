"""From a word of a query, in any language, to its translations into many others.

A lexicon is several files looked up as one. Most of their entries have English on one
side; a word of another language goes through English to a third (Gollins and Sanderson,
SIGIR 2001), so that any language reaches any other.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from dragoman.analysis import stems
from dragoman.languages import LANGUAGES
from dragoman.lexicon.pieces import Piece, cut
from dragoman.lexicon.table import DamagedLexicon, open_tables
from dragoman.lexicon.words import key, spell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from dragoman.lexicon.table import Header, Table

_T = TypeVar("_T")

PIVOT = "en"
"""The language through which others reach each other."""

_MOST_PIVOTS = 4
_LEAST_SHARE = 0.02
_LEAST_PIVOT = 0.15  # of the likeliest
_BY_STEM = 0.7  # an inflection of the word, of which the stem is right most often
_BESIDE_PIVOT = 0.15  # of a word that is English: that it was meant in another language
_REMEMBERED = 64  # words looked up lately; a query is repeated for its next page or with a filter
_WORDS = 1 << 12  # of which the languages are remembered
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


class _Open(NamedTuple):
    tables: tuple[Table, ...]
    languages: frozenset[str]
    damaged: tuple[DamagedLexicon, ...]
    """What is wrong with the files that are left out."""


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

    The files are opened when first needed. `close` lets go of them. One that turns out
    to be damaged is left out from then on; `damaged` tells.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._guard = threading.Lock()
        self._open: _Open | None = None
        self._memo: dict[_Asked, dict[str, list[Translation]]] = {}
        self._tongues: dict[str, frozenset[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; they are opened again if the lexicon is used again."""
        with self._guard:
            self._open = None
            self._forget()

    def damaged(self) -> tuple[DamagedLexicon, ...]:
        """What is wrong with the files that have been left out so far."""
        opened = self._open
        return opened.damaged if opened else ()

    def headers(self) -> tuple[Header, ...]:
        """What each file says of itself."""
        return tuple(table.header for table in self._opened().tables)

    def languages(self) -> frozenset[str]:
        """The languages that have entries."""
        return self._opened().languages

    def spoken(self, word: str) -> frozenset[str]:
        """The languages that have an entry spelt like this word."""
        found = self._tongues.get(word)
        if found is None:
            spelt = key(spell(word))
            tags = self._asked(
                lambda opened: {
                    table.language(term) for table in opened.tables for term in table.terms(spelt)
                }
            )
            found = frozenset(tag for tag in tags if not tag.startswith("und"))
            if len(self._tongues) >= _WORDS:
                self._tongues.clear()
            self._tongues[word] = found
        return found

    def pieces(self, text: str, sources: Collection[str] | None = None) -> list[Piece]:
        """A query cut into its longest entries, from left to right.

        A word that begins no entry is a piece by itself. Of a script without spaces
        only the parts that are entries are given, and only of the beginning of a
        stretch that is longer than any sentence.
        """
        allowed = _with_scripts(sources) if sources is not None else None
        return self._asked(lambda opened: cut(text, opened.tables, allowed))

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
        nothing is known is absent.
        """
        spelt = spell(term)
        asked = spelt, frozenset(targets), None if sources is None else frozenset(sources), most
        found = self._memo.get(asked)
        if found is None:
            found = self._asked(lambda opened: _listed(opened, *asked)) if spelt else {}
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            self._memo[asked] = found
        return dict(found)

    def _opened(self) -> _Open:
        opened = self._open
        if opened is None:
            with self._guard:
                opened = self._open
                if opened is None:
                    opened = self._open = _with_languages(*open_tables(self._paths))
        return opened

    def _asked(self, work: Callable[[_Open], _T]) -> _T:
        """What the files say, but for those that turn out to be damaged."""
        while True:
            try:
                return work(self._opened())
            except DamagedLexicon as error:
                self._leave_out(error)

    def _leave_out(self, error: DamagedLexicon) -> None:
        with self._guard:
            if self._open:
                tables = [table for table in self._open.tables if table.path != error.path]
                damaged = {each.path: each for each in (*self._open.damaged, error)}
                self._open = _with_languages(tables, damaged.values())
                self._forget()

    def _forget(self) -> None:
        self._memo.clear()
        self._tongues.clear()


def _with_languages(tables: Iterable[Table], damaged: Iterable[DamagedLexicon]) -> _Open:
    held = tuple(tables)
    tags = {tag for table in held for tag in table.header.languages}
    languages = frozenset(tag for tag in tags if not tag.startswith("und"))
    return _Open(held, languages, tuple(damaged))


def _listed(
    opened: _Open,
    spelt: str,
    targets: frozenset[str],
    sources: frozenset[str] | None,
    most: int,
) -> dict[str, list[Translation]]:
    """The translations of a word by target language, the likeliest first."""
    tables = opened.tables
    allowed = _with_scripts(sources) if sources is not None else None
    # A name that English has too is not listed again in the other language.
    senses = _senses(tables, spelt, allowed) or _senses(tables, spelt, frozenset((PIVOT,)))
    serving = _serving(targets, opened.languages)
    found = _translate(tables, senses, serving.tags)
    own = {tag for tag in senses if not tag.startswith("und")}
    word = key(spelt)
    results: dict[str, list[Translation]] = {}
    for target, names in serving.by_target.items():
        listed = [found[name] for name in names if name in found]
        if listed and own != {target} and (ranked := _ranked(listed, word, most)):
            results[target] = [Translation(text, share, target) for text, share in ranked]
    return results


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
