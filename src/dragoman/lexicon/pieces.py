"""A query cut into what a lexicon has entries for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dragoman.analysis import fold
from dragoman.analysis.segment import clusters
from dragoman.lexicon.words import MOST_WORDS, key, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dragoman.lexicon.table import Table
    from dragoman.lexicon.words import Word

_LONGEST_PIECE = 12  # characters of an unspaced script in one entry
# Characters of an unspaced run that are cut: a longer one is a text, of which these are enough.
_LONGEST_RUN = 300


class Piece(NamedTuple):
    """A part of a query that is looked up as one entry."""

    start: int
    end: int
    """Offsets into the query, in code points."""
    text: str


def cut(text: str, tables: Sequence[Table], allowed: Collection[str] | None) -> list[Piece]:
    """The longest entries in any of these languages (None: in any), from left to right.

    A word that begins no entry is a piece by itself. Of a script without spaces
    only the parts that are entries are given, and only of the beginning of a
    stretch that is longer than any sentence.
    """
    cutter = _Cutter(text, tables, allowed)
    found: list[Piece] = []
    parts = words(text)
    at = 0
    while at < len(parts):
        if parts[at].run:
            found += cutter.run(parts[at])
            at += 1
            continue
        taken = cutter.longest(parts[at : at + MOST_WORDS])
        start, end = parts[at].start, parts[at + taken - 1].end
        found.append(Piece(start, end, text[start:end]))
        at += taken
    return found


class _Cutter:
    """Looks up what a text begins with, each beginning once."""

    def __init__(self, text: str, tables: Sequence[Table], allowed: Collection[str] | None) -> None:
        self._text = text
        self._tables = tables
        self._allowed = allowed
        self._known: dict[str, tuple[bool, bool]] = {}

    def longest(self, parts: Sequence[Word]) -> int:
        """How many words the longest entry has that begins these; one if there is none."""
        taken = 1
        spelt = ""
        for count, word in enumerate(parts, 1):
            if word.run:
                break
            spelt = f"{spelt} {self._text[word.start : word.end]}".strip()
            folded = key(spelt)
            if count > 1 and self._has(folded):
                taken = count
            if not self._reaches(folded + " "):
                break
        return taken

    def run(self, word: Word) -> list[Piece]:
        """The entries in a stretch of a script without spaces."""
        run = self._text[word.start : word.end][: _LONGEST_RUN * _LONGEST_PIECE]
        spans = clusters(run, "syllables" if "\u0f00" <= run[0] <= "\u0fff" else "run")
        spans = spans[:_LONGEST_RUN]
        found: list[Piece] = []
        at = 0
        while at < len(spans):
            start = spans[at][0]
            taken = 0
            for count, (_, end) in enumerate(spans[at : at + _LONGEST_PIECE], 1):
                is_entry, goes_on = self._beginning(run[start:end])
                if is_entry:
                    taken = count
                if not goes_on:
                    break
            if taken:
                end = spans[at + taken - 1][1]
                found.append(Piece(word.start + start, word.start + end, run[start:end]))
            at += taken or 1
        return found

    def _beginning(self, text: str) -> tuple[bool, bool]:
        """Whether a text is an entry, and whether a longer one begins like this."""
        known = self._known.get(text)
        if known is None:
            folded = fold(text)
            known = self._known[text] = self._has(folded), self._reaches(folded)
        return known

    def _has(self, word: str) -> bool:
        return any(
            self._allowed is None or table.language(term) in self._allowed
            for table in self._tables
            for term in table.terms(word)
        )

    def _reaches(self, beginning: str) -> bool:
        return any(table.reaches(beginning) for table in self._tables)
