"""Dictionaries in the dictd format, as FreeDict publishes them and Debian installs them."""

from __future__ import annotations

import gzip
import re
import zlib
from typing import TYPE_CHECKING

from dragoman.errors import LexiconError
from dragoman.lexicon.table import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 256_000_000
"""Of a dictionary, unpacked."""
MOST_PACKED = 50
"""How many times as large as its file a dictionary may be, unpacked; text packs ten times at most.
The first megabyte is free."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}
_HEAD = 8192  # bytes in which a dictionary states its licence
_MOST_WORDS = 4  # what is longer explains, it does not translate
_PER_RANK = 0.7  # later translations of an entry are less usual

# What follows the headword: pronunciation, word class.
_AFTER_HEADWORD = re.compile(r"\s*[/<\[(].*", re.DOTALL)
_NOT_TRANSLATED = re.compile(
    r"\s{6}|\s*(?:synonym|antonym|see\b|note\b|example|cf\b|plural|pl\.|usage|[\"“•])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*(?:\d+\.|[a-z]\))\s*")
_ASIDES = re.compile(r"\[[^\]]*\]|\([^)]*\)|<[^>]*>|\{[^}]*\}|/[^/]*/")
_BETWEEN = re.compile(r"[,;،؛、]")
_LICENCES = (
    ("Affero", "AGPL"), ("Lesser General Public", "LGPL"), ("General Public", "GPL"),
    ("Attribution-ShareAlike", "CC BY-SA"), ("Attribution", "CC BY"), ("Public Domain", "public"),
)  # fmt: skip


def languages(path: Path) -> tuple[str, str]:
    """The pair in a name such as ``freedict-eng-ara``; empty where there is none."""
    found = re.search(r"\b([a-z]{2,3})-([a-z]{2,3})$", path.name.partition(".")[0])
    return (found[1], found[2]) if found else ("", "")


def read(path: Path, source: str, target: str) -> Iterator[Entry | str]:
    """The entries of a dictionary, given its ``.index`` or its ``.dict`` file.

    What cannot be used is given as a text that says where and why.
    """
    index = _sibling(path, ".index")
    data = _unpacked(path)
    seen: set[tuple[int, int]] = set()
    with index.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            columns = line.rstrip("\n").split("\t")
            where = f"{index}:{number}"
            if len(columns) < 3 or not (_is_number(columns[1]) and _is_number(columns[2])):
                yield f"{where}: not a headword, a place and a length"
                continue
            place, length = _number(columns[1]), _number(columns[2])
            if columns[0].startswith("00") or (place, length) in seen:
                continue
            seen.add((place, length))
            if place + length > len(data):
                yield f"{where}: points beyond the end of the dictionary"
                continue
            text = data[place : place + length].decode("utf-8", "replace")
            yield from _entries(columns[0], text, source, target)


def licence(path: Path) -> str:
    """The licence that a dictionary states, in short, or ``see the dictionary``."""
    head = _unpacked(path, most=_HEAD).decode("utf-8", "replace")
    head = " ".join(head.split())
    return next((short for words, short in _LICENCES if words in head), "see the dictionary")


def _entries(headword: str, text: str, source: str, target: str) -> Iterator[Entry]:
    first, *lines = text.split("\n")
    term = _AFTER_HEADWORD.sub("", first).strip() or headword
    rank = 0
    for line in lines:
        if _NOT_TRANSLATED.match(line):
            continue
        plain = _ASIDES.sub("", _NUMBERED.sub("", line)).split(": ")[0]
        for part in _BETWEEN.split(plain):
            translation = part.strip(" .\t-–\"'")
            if translation and len(translation.split()) <= _MOST_WORDS:
                yield Entry(source, _bare(term), target, _bare(translation), _PER_RANK**rank)
                rank += 1


def _bare(text: str) -> str:
    """Without the article or particle that English dictionaries put first."""
    return re.sub(r"^(?:to|an?|the) (?=\w)", "", text)


def _sibling(path: Path, ending: str) -> Path:
    stem = re.sub(r"\.(?:index|dict|dict\.dz)$", "", path.name)
    return path.with_name(stem + ending)


def _unpacked(path: Path, most: int | None = None) -> bytes:
    """The text of a dictionary, or so many bytes of it."""
    for ending in (".dict.dz", ".dict"):
        file = _sibling(path, ending)
        if file.exists():
            break
    else:
        msg = f"{path}: there is no .dict.dz or .dict file beside it"
        raise LexiconError(msg)
    packed = ending.endswith("dz")
    try:
        limit = MOST_BYTES
        if packed:
            limit = min(limit, MOST_PACKED * file.stat().st_size + 1_000_000)
        with gzip.open(file) if packed else file.open("rb") as stream:
            data = stream.read(limit + 1 if most is None else most)
    except (OSError, EOFError, zlib.error) as error:
        what = getattr(error, "strerror", None) or "it is damaged"
        msg = f"{file}: cannot be read: {what}"
        raise LexiconError(msg) from error
    if len(data) > limit:
        much = "many times its own size" if limit < MOST_BYTES else f"{MOST_BYTES:,} bytes"
        msg = f"{file}: larger than {much} when unpacked, which no dictionary is"
        raise LexiconError(msg)
    return data


def _is_number(text: str) -> bool:
    return 0 < len(text) <= 8 and all(digit in _DIGITS for digit in text)


def _number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 64 + _DIGITS[digit]
    return value
