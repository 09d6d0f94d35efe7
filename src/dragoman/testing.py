"""Doubles for the tests of programs that embed Dragoman.

>>> from dragoman.testing import DictionaryTranslator
>>> translator = DictionaryTranslator({"نهر": "river"}, route=("ar", "en"))
>>> translator.translate(["نهر دجلة"])
['river دجلة']
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORD = re.compile(r"\w+")


class EchoTranslator:
    """Gives every sentence back as it is, after a mark if one is given.

    `asked` has every list of sentences that it was asked for, so that a test can
    tell what was translated, and how often.
    """

    def __init__(self, route: tuple[str, ...] = ("xx", "en"), *, mark: str = "") -> None:
        self._route = route
        self._mark = mark
        self.asked: list[list[str]] = []
        self.closed = False

    @property
    def route(self) -> tuple[str, ...]:
        """The route it was given."""
        return self._route

    @property
    def version(self) -> str:
        """Its mark, which is all that its translations depend on."""
        return f"echo {self._mark!r}"

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """The sentences, trimmed, with the mark before all but empty ones."""
        self.asked.append(list(sentences))
        trimmed = (sentence.strip() for sentence in sentences)
        return [self._mark + sentence if sentence else "" for sentence in trimmed]

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


class DictionaryTranslator:
    """Translates whole sentences that it knows, and of others the words that it knows.

    Sentences and words are looked up as they are written, then in lower case; the
    rest of a sentence stays as it is. `asked` is as in `EchoTranslator`.
    """

    def __init__(self, known: Mapping[str, str], *, route: tuple[str, ...] = ("xx", "en")) -> None:
        self._known = dict(known)
        self._route = route
        self.asked: list[list[str]] = []
        self.closed = False

    @property
    def route(self) -> tuple[str, ...]:
        """The route it was given."""
        return self._route

    @property
    def version(self) -> str:
        """A digest of what it knows."""
        content = repr(sorted(self._known.items())).encode("utf-8", "surrogatepass")
        return f"dictionary {sha256(content).hexdigest()[:12]}"

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Look up the sentences, or their words."""
        self.asked.append(list(sentences))
        return [self._translated(sentence.strip()) for sentence in sentences]

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _translated(self, sentence: str) -> str:
        whole = self._looked_up(sentence)
        if whole is not None:
            return whole
        return _WORD.sub(lambda word: self._looked_up(word[0]) or word[0], sentence)

    def _looked_up(self, text: str) -> str | None:
        return self._known.get(text, self._known.get(text.lower()))
