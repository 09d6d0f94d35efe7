"""Translators for the evaluation set: real ones, and one that knows the reference.

The reference is NTREX's English, which stands line by line beside every other variant.
Where a line is one sentence in the one and several in the other, its words are shared
out in proportion to the lengths.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.errors import TranslationError
from dragoman.languages import canonical
from dragoman.translate import open_translator
from dragoman.translate.sentences import sentences
from dragoman.translations import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dragoman.translate import Translator

_ENGLISH = "eng"


class Oracle:
    """Knows the reference of every sentence, and forgets a share of its words."""

    def __init__(self, known: Mapping[str, str], language: str, dropped: int) -> None:
        """`dropped`: the percentage of the words that are left out, always the same ones."""
        self._known = known
        self._dropped = dropped
        self.route = (language, "en")
        self.version = f"NTREX reference, {dropped}% dropped"

    def translate(self, texts: Sequence[str]) -> list[str]:
        """The references; nothing for a sentence that has none."""
        return [self._thinned(self._known.get(text, "")) for text in texts]

    def close(self) -> None:
        """Nothing is held."""

    def _thinned(self, text: str) -> str:
        words = text.split()
        return " ".join(
            word
            for place, word in enumerate(words)
            if zlib.crc32(f"{self.route[0]} {place} {text}".encode()) % 100 >= self._dropped
        )


def opener(name: str, articles: Sequence[dict[str, Any]]) -> Callable[[str, str], Translator]:
    """What opens the translators of a name.

    ``oracle``, ``oracle-30`` (so many of a hundred words left out), ``argos:FOLDER``, or
    another engine of Dragoman's.
    """
    engine, _, folder = name.partition(":")
    if engine.startswith("oracle"):
        known = references(articles)
        dropped = int(engine.partition("-")[2] or 0)

        def oracle(source: str, _: str) -> Translator:
            if source not in known:
                raise TranslationError(f"NTREX has no reference for {source}")
            return Oracle(known[source], source, dropped)

        return oracle
    return partial(open_translator, engine=engine, folder=Path(folder) if folder else None)


def references(articles: Iterable[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Language → normalised sentence of a body → its reference, as the bulk run cuts bodies."""
    articles = list(articles)
    english = {each["story"]: each["body"] for each in articles if each["lang"] == _ENGLISH}
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for each in articles:
        language = canonical(each["lang"])
        lines = zip(each["body"].split("\n"), english[each["story"]].split("\n"), strict=True)
        for line, reference in lines:
            pieces = [line[start:end] for start, end, _ in sentences(line, language)]
            for piece, part in zip(pieces, _shared(reference, pieces), strict=True):
                known[language].setdefault(normalised(piece), part)
    return known


def _shared(reference: str, pieces: Sequence[str]) -> list[str]:
    """The reference of a line, shared out among its sentences."""
    own = [reference[start:end] for start, end, _ in sentences(reference, "en")]
    if len(own) == len(pieces):
        return own
    words = reference.split()
    total = sum(map(len, pieces))
    shares, before = [], 0
    for piece in pieces:
        low, before = before, before + len(piece)
        shares.append(
            " ".join(words[round(len(words) * low / total) : round(len(words) * before / total)])
        )
    return shares
