r"""One lexicon file: terms, and arcs between the terms that translate each other.

The file is mapped into memory, not read, and nothing in it is executed. All numbers are
little-endian; the parts follow each other without gaps::

    magic       8 bytes     "DRGLEX1\n"
    length      u32         of the header in bytes, a multiple of 8 less 4
    header      UTF-8       a JSON object, padded with spaces: name, source, licence,
                            languages (BCP 47 tags; und-Arab stands for every language
                            in that script), terms, arcs, stems, bytes; and a CRC-32 of
                            the header without it and all that follows, as eight digits
    starts      u32[terms+1]  where each term begins in `text`
    first       u32[terms+1]  where the arcs of each term begin in `to`
    to          u32[arcs]   the term that an arc leads to
    stemmed     u32[stems]  the stems of terms of one word, in their order: eight times
                            the term, and which of its stems it is
    language    u8[terms]   an index into languages
    probability u8[arcs]    that the one translates the other, in 255ths
    text        bytes       of all terms, UTF-8

Terms are sorted by their key (`dragoman.lexicon.words.key`), then text, then language.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import zlib
from bisect import bisect_left
from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis import STEM_MARK, stems
from dragoman.errors import LexiconError
from dragoman.lexicon.words import key, spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"DRGLEX1\n"
SUFFIX = ".lexicon"
"""What the name of a lexicon file ends in."""
MOST_LANGUAGES = 255

_CHECKSUM = "checksum"
_LONGEST_HEADER = 1 << 16
_LONGEST_TERM = 2048  # bytes; what is longer was not written by us
_MOST_ARCS = 1 << 16  # of one term
_LEVELS = 20
_STEM_BITS = 3
_MASKS = 64
_REMEMBERED = 1 << 12  # keys and stems of a file


class Entry(NamedTuple):
    """A term and one of its translations."""

    source: str
    term: str
    target: str
    translation: str
    weight: float = 1.0
    """How likely the translation is, against others or, if below one, by itself."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a lexicon file says of itself."""

    name: str
    source: str
    """Where its entries come from."""
    licence: str
    languages: tuple[str, ...] = ()
    terms: int = 0
    arcs: int = 0
    stems: int = 0
    bytes: int = 0


class DamagedLexicon(LexiconError):
    """A lexicon file is not what was written, or cannot be read."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path = path
        self.what = what


class Arc(NamedTuple):
    """A way from a term to one that translates it."""

    language: str
    text: str
    probability: float


def write(path: Path, header: Header, entries: Iterable[Entry]) -> Header:
    """Write a lexicon file, in place of one that is there, and give its completed header.

    The weights of a term's translations into one language count as they are while
    they add up to one or less; beyond that, in proportion. Entries that have no
    words, or too many, are left out, and those that are found without a lexicon:
    the same word in both languages. Raises LexiconError where none is left.
    """
    arcs: dict[tuple[str, str], dict[tuple[str, str], float]] = defaultdict(dict)
    for entry in entries:
        one = (entry.source, spell(entry.term))
        other = (entry.target, spell(entry.translation))
        if one[1] and other[1] and entry.weight > 0 and key(one[1]) != key(other[1]):
            arcs[one][other] = max(entry.weight, arcs[one].get(other, 0.0))
            arcs[other][one] = max(entry.weight, arcs[other].get(one, 0.0))
    if not arcs:
        msg = f"{header.name}: no entry can be used"
        raise LexiconError(msg)
    nodes = sorted(arcs, key=lambda node: (key(node[1]), node[1], node[0]))
    languages = tuple(sorted({language for language, _ in nodes}))
    if len(languages) > MOST_LANGUAGES:
        msg = f"{header.name}: more than {MOST_LANGUAGES} languages"
        raise LexiconError(msg)
    return _save(path, header, nodes, arcs, languages)


def _save(
    path: Path,
    header: Header,
    nodes: list[tuple[str, str]],
    arcs: dict[tuple[str, str], dict[tuple[str, str], float]],
    languages: tuple[str, ...],
) -> Header:
    number = {node: k for k, node in enumerate(nodes)}
    texts = [text.encode() for _, text in nodes]
    to: list[int] = []
    probability: list[int] = []
    first = [0]
    for node in nodes:
        shares = _shares(arcs[node])
        order = sorted((number[other], share) for other, share in shares.items())[:_MOST_ARCS]
        to += [other for other, _ in order]
        probability += [_level(share) for _, share in order]
        first.append(len(to))
    stemmed = sorted(
        (form, number[language, text] << _STEM_BITS | which)
        for language, text in nodes
        if " " not in text
        for which, form in enumerate(_forms(text, language))
    )
    index = {language: k for k, language in enumerate(languages)}
    parts = [
        np.cumsum([0, *map(len, texts)]).astype("<u4"),
        np.array(first, "<u4"),
        np.array(to, "<u4"),
        np.array([each for _, each in stemmed], "<u4"),
        np.array([index[language] for language, _ in nodes], np.uint8),
        np.array(probability, np.uint8),
    ]
    text = b"".join(texts)
    full = Header(
        header.name, header.source, header.licence, languages,
        len(nodes), len(to), len(stemmed), len(text),
    )  # fmt: skip
    body = [*(part.tobytes() for part in parts), text]
    facts = asdict(full)
    head = _encoded(facts | {_CHECKSUM: _checksum(facts, body)})
    head += b" " * (-(len(head) + 4) % 8)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.writelines([MAGIC, len(head).to_bytes(4, "little"), head, *body])
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return full


def _encoded(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


def _checksum(facts: Mapping[str, Any], body: Iterable[bytes | memoryview]) -> str:
    """That of a file with this header, in which there is no checksum."""
    found = zlib.crc32(_encoded(facts))
    for part in body:
        found = zlib.crc32(part, found)
    return f"{found:08x}"


def _level(share: float) -> int:
    """A probability in 255ths, one of few so that the file packs well."""
    return max(1, round(255 * (round(_LEVELS * math.sqrt(share)) / _LEVELS) ** 2))


def _shares(weights: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Weights as probabilities, language by language."""
    sums: dict[str, float] = defaultdict(float)
    for (language, _), weight in weights.items():
        sums[language] += weight
    return {node: weight / max(1.0, sums[node[0]]) for node, weight in weights.items()}


class Table:
    """A lexicon file, open for reading; several threads may read it at once.

    Opening raises DamagedLexicon where the file is not a lexicon or is cut short. What
    is damaged inside is noticed when it is met, or by `verify`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise DamagedLexicon(path, f"cannot be read: {error.strerror}") from error
        except ValueError as error:  # nothing can be mapped of it
            raise DamagedLexicon(path, "damaged: it is empty") from error
        facts, at = _facts(path, data)
        self.header = _header(path, facts)
        self._facts = facts
        self._body = memoryview(data)[at:]
        terms, arcs = self.header.terms, self.header.arcs
        sizes = (terms + 1, terms + 1, arcs, self.header.stems)
        if at + 4 * sum(sizes) + terms + arcs + self.header.bytes != len(data):
            raise DamagedLexicon(path, "damaged: its size is not what its header says")
        long: list[NDArray[np.uint32]] = []
        for size in sizes:
            long.append(np.frombuffer(data, "<u4", size, at))
            at += 4 * size
        self._starts, self._first, self._to, self._stemmed = long
        self._language = np.frombuffer(data, np.uint8, terms, at)
        self._probability = np.frombuffer(data, np.uint8, arcs, at + terms)
        self._text = memoryview(data)[at + terms + arcs :]
        self._tags = self.header.languages
        self._masks: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._keys: dict[int, str] = {}
        self._stems: dict[int, str] = {}

    def verify(self) -> None:
        """Read the whole file, and check that it is what was written.

        One that was written before there were checksums is only seen to hang together.
        Raises DamagedLexicon.
        """
        facts = dict(self._facts)
        checksum = facts.pop(_CHECKSUM, None)
        if checksum is not None:
            if checksum != _checksum(facts, [self._body]):
                raise self._damaged()
            return
        if (self._to >= self.header.terms).any():
            raise self._damaged()
        for term in range(self.header.terms):
            self.text(term)
            self.language(term)

    def terms(self, word: str) -> list[int]:
        """The terms that have this key."""
        at = bisect_left(range(self.header.terms), word, key=self._key)
        found: list[int] = []
        while at < self.header.terms and self._key(at) == word:
            found.append(at)
            at += 1
        return found

    def reaches(self, beginning: str) -> bool:
        """Whether a longer key begins like this."""
        at = bisect_left(range(self.header.terms), beginning, key=self._key)
        while at < self.header.terms and (word := self._key(at)).startswith(beginning):
            if word != beginning:
                return True
            at += 1
        return False

    def inflected(self, form: str) -> list[int]:
        """The terms that have this stem, which is marked as `dragoman.analysis.stems` does."""
        at = bisect_left(range(self.header.stems), form, key=self._stem)
        found: list[int] = []
        while at < self.header.stems and self._stem(at) == form:
            found.append(int(self._stemmed[at]) >> _STEM_BITS)
            at += 1
        return found

    def language(self, term: int) -> str:
        """The tag of a term's language."""
        try:
            return self._tags[int(self._language[term])]
        except IndexError as error:
            raise self._damaged() from error

    def text(self, term: int) -> str:
        """A term as it is written."""
        try:
            return self._decoded(int(self._starts[term]), int(self._starts[term + 1]))
        except IndexError as error:
            raise self._damaged() from error

    def arcs(self, term: int, languages: frozenset[str]) -> list[Arc]:
        """The translations of a term into any of these languages."""
        try:
            start, end = int(self._first[term]), int(self._first[term + 1])
            if not 0 <= end - start <= _MOST_ARCS:
                raise self._damaged()
            to = self._to[start:end]
            spoken = self._language[to]
            wanted = self._wanted(languages)[spoken]
            to = to[wanted]
            return [
                Arc(self._tags[tag], self._decoded(begin, stop), probability / 255)
                for begin, stop, tag, probability in zip(
                    self._starts[to].tolist(),
                    self._starts[to + 1].tolist(),
                    spoken[wanted].tolist(),
                    self._probability[start:end][wanted].tolist(),
                    strict=True,
                )
            ]
        except (IndexError, ValueError) as error:
            raise self._damaged() from error

    def _key(self, term: int) -> str:
        found = self._keys.get(term)
        if found is None:
            found = _remember(self._keys, term, key(self.text(term)))
        return found

    def _stem(self, at: int) -> str:
        found = self._stems.get(at)
        if found is None:
            term, which = divmod(int(self._stemmed[at]), 1 << _STEM_BITS)
            forms = _forms(self.text(term), self.language(term))
            form = forms[which] if which < len(forms) else STEM_MARK
            found = _remember(self._stems, at, form)
        return found

    def _decoded(self, start: int, end: int) -> str:
        if not 0 < end - start <= _LONGEST_TERM:
            raise self._damaged()
        try:
            return bytes(self._text[start:end]).decode()
        except UnicodeDecodeError as error:
            raise self._damaged() from error

    def _wanted(self, languages: frozenset[str]) -> NDArray[np.bool_]:
        """For each language of the table, whether it is among these."""
        mask = self._masks.get(languages)
        if mask is None:
            mask = np.zeros(MOST_LANGUAGES + 1, np.bool_)
            mask[[k for k, tag in enumerate(self._tags) if tag in languages]] = True
            if len(self._masks) >= _MASKS:
                self._masks.clear()
            self._masks[languages] = mask
        return mask

    def _damaged(self) -> DamagedLexicon:
        return DamagedLexicon(self.path, "damaged")


def open_tables(paths: Iterable[Path]) -> tuple[list[Table], list[DamagedLexicon]]:
    """Lexicon files, and what is wrong with those that cannot be used."""
    tables: list[Table] = []
    damaged: list[DamagedLexicon] = []
    for path in paths:
        try:
            tables.append(Table(path))
        except FileNotFoundError:
            continue  # another process has removed it
        except DamagedLexicon as error:
            damaged.append(error)
    return tables, damaged


def _forms(text: str, language: str) -> tuple[str, ...]:
    return tuple(stems(text, (language,)))[: 1 << _STEM_BITS]


def _remember(known: dict[int, str], at: int, text: str) -> str:
    # A search in order looks at the same few first.
    if len(known) >= _REMEMBERED:
        known.clear()
    known[at] = text
    return text


def _facts(path: Path, data: mmap.mmap) -> tuple[dict[str, Any], int]:
    """The header as it was written, and the offset of what follows it."""
    length = int.from_bytes(data[8:12], "little")
    if data[:8] != MAGIC or not 0 < length <= _LONGEST_HEADER:
        raise DamagedLexicon(path, "not a lexicon file")
    try:
        found = json.loads(data[12 : 12 + length].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DamagedLexicon(path, "damaged header") from error
    names = {each.name for each in fields(Header)}
    if not isinstance(found, dict) or found.keys() - {_CHECKSUM} != names:
        raise DamagedLexicon(path, "damaged header")
    return found, 12 + length


def _header(path: Path, facts: Mapping[str, Any]) -> Header:
    """The header, checked."""
    try:
        header = Header(
            str(facts["name"]),
            str(facts["source"]),
            str(facts["licence"]),
            tuple(str(tag) for tag in facts["languages"]),
            *(int(facts[name]) for name in ("terms", "arcs", "stems", "bytes")),
        )
    except (ValueError, TypeError, ArithmeticError) as error:
        raise DamagedLexicon(path, "damaged header") from error
    counts = (header.terms, header.arcs, header.stems, header.bytes)
    if min(counts) < 0 or len(header.languages) > MOST_LANGUAGES:
        raise DamagedLexicon(path, "damaged header")
    return header
