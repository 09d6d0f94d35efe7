"""Translation memories: sentences that translate each other, from which words are learned."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from xml.parsers import expat

from dragoman.errors import LexiconError
from dragoman.languages import UNDETERMINED, canonical
from dragoman.lexicon.learn import MOST_SENTENCES, learn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dragoman.lexicon.table import Entry

_LONGEST_SEGMENT = 1_000  # characters; longer ones are no sentence
_DEEPEST = 64
_CHUNK = 1 << 16
# Inside a segment: codes of the text's layout, which are no words of it.
_LAYOUT = frozenset({"bpt", "ept", "it", "ph", "ut"})


class _Reader:
    """Collects the sentences of each language pair while the file is parsed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self.problems: list[str] = []
        self._open: list[str] = []
        self._unit: dict[str, str] = {}
        self._source = ""
        self._language = ""
        self._segment: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse

    def where(self) -> str:
        return f"{self.path}:{self.parser.CurrentLineNumber}"

    def _refuse(self, *_: object) -> None:
        msg = f"{self.where()}: declares an entity, which no translation memory needs"
        raise LexiconError(msg)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            msg = f"{self.where()}: elements within elements without end"
            raise LexiconError(msg)
        self._open.append(name)
        if name == "header":
            self._source = canonical(attributes.get("srclang", "").replace("*all*", ""))
        elif name == "tu":
            self._unit = {}
        elif name == "tuv":
            self._language = canonical(attributes.get("xml:lang") or attributes.get("lang", ""))
        elif name == "seg":
            self._segment = []

    def _text(self, text: str) -> None:
        if "seg" in self._open and not _LAYOUT.intersection(self._open):
            self._segment.append(text)

    def _end(self, name: str) -> None:
        self._open.pop()
        if name == "seg" and self._language != UNDETERMINED:
            self._unit.setdefault(self._language, "".join(self._segment).strip())
        elif name == "tu":
            self._add()

    def _add(self) -> None:
        texts = {tag: text for tag, text in self._unit.items() if text}
        source = self._source if self._source in texts else next(iter(texts), "")
        others = [tag for tag in texts if tag != source]
        if not others:
            self.problems.append(f"{self.where()}: not in two languages")
        for tag in others:
            one, other = texts[source], texts[tag]
            pairs = self.pairs[source, tag]
            if max(len(one), len(other)) > _LONGEST_SEGMENT:
                self.problems.append(f"{self.where()}: longer than a sentence")
            elif len(pairs) >= MOST_SENTENCES:
                self.problems.append(f"{self.where()}: more than {MOST_SENTENCES} sentences")
            else:
                pairs.append((one, other))


def read(path: Path) -> Iterator[Entry | str]:
    """The entries learned from a translation memory.

    What cannot be used is given as a text that says where and why. Raises
    LexiconError where the file is not well-formed or declares entities.
    """
    reader = _Reader(path)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                reader.parser.Parse(chunk, False)
            reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        msg = f"{path}:{error.lineno}: not well-formed: {expat.ErrorString(error.code)}"
        raise LexiconError(msg) from error
    yield from reader.problems
    for (source, target), pairs in reader.pairs.items():
        yield from learn(pairs, source, target)
