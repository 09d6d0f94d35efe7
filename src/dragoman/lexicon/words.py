"""How a text is spelt in a lexicon, and the key by which it is found.

An entry is one word or several; a stretch of a script without spaces counts as one
word. Its key is its words as `dragoman.analysis` folds them, with a space between, so
that entries are found by what a query shows and give what an index holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dragoman.analysis import analyse, fold, is_unsegmented

MOST_WORDS = 8
"""Longer entries are left out of a lexicon."""
LONGEST_TEXT = 120
"""In characters; longer entries are left out of a lexicon."""


class Word(NamedTuple):
    """A word of a text, or a stretch of a script without spaces."""

    start: int
    end: int
    """Offsets into the text, in code points."""
    run: bool
    """Whether it is a stretch of a script without spaces."""


def words(text: str) -> list[Word]:
    """The words of a text, the parts of a compound rather than the whole."""
    shortest: dict[int, tuple[int, int]] = {}
    for token in analyse(text):
        held = shortest.get(token.position)
        if held is None or token.end - token.start < held[1] - held[0]:
            shortest[token.position] = (token.start, token.end)
    found: list[Word] = []
    for start, end in (shortest[position] for position in sorted(shortest)):
        run = is_unsegmented(text[start])
        if run and found and found[-1].run and start < found[-1].end:
            # The next pair of characters of the same stretch.
            found[-1] = Word(found[-1].start, max(end, found[-1].end), run=True)
        else:
            found.append(Word(start, end, run))
    return found


@lru_cache(maxsize=1 << 14)
def spell(text: str) -> str:
    """A text as a lexicon holds it: its words as written, one space between.

    Empty where the text has no words, or is too long for an entry.
    """
    if len(text) > LONGEST_TEXT:
        return ""
    if text.isalpha() and text.isascii():
        return text
    found = words(text)
    if len(found) > MOST_WORDS:
        return ""
    return " ".join(text[word.start : word.end] for word in found)


@lru_cache(maxsize=1 << 14)
def key(spelt: str) -> str:
    """The key of a text that was spelt by `spell`."""
    return " ".join(map(fold, spelt.split(" ")))
