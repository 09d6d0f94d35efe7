"""The file of the words of each language by their sound, as it is written.

What it holds depends on the words and languages alone, whether they were heard together or
merged from several files: signatures, forms and entries are in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from dragoman.analysis.skeletons import signatures
from dragoman.analysis.sound import LONGEST
from dragoman.arrays import Part, write_parts
from dragoman.spool import Spool
from dragoman.vectors import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Column = NDArray[Any]

_STREAMS = {
    "sounds": "|u1", "kinds": "|u1", "starts": "<u4", "entry_ends": "<u4",
    "entry_language": "<u2", "entry_term": "<u4", "term_ends": "<u8", "term_bytes": "|u1",
}  # fmt: skip
_SOUND_BITS, _SOUNDS_A_WORD, _KIND_BITS = 6, 10, 4


class Signed(NamedTuple):
    """Signatures of forms, as arrays of one length."""

    is_run: Column
    pairs: Column
    firsts: Column
    lengths: Column

    @classmethod
    def of(cls, sounds: Column, starts: Column) -> Self:
        """The signatures of forms with these sounds and starts."""
        is_run = starts > 0
        pairs, firsts = signatures(sounds, is_run)
        return cls(is_run, pairs, firsts, np.count_nonzero(sounds, axis=1).astype(np.uint8))

    def take(self, rows: Numbers) -> Signed:
        """Some of the rows."""
        return Signed(*(column[rows] for column in self))

    def keys(self) -> list[Column]:
        """By what they are sorted, as `numpy.lexsort` takes it."""
        lengths_firsts = self.firsts.astype(np.uint16) << 8 | self.lengths
        return [lengths_firsts, self.pairs, self.is_run]


class Rows(NamedTuple):
    """A word of a language that has a form, as arrays of one length, in any order."""

    sounds: Column
    kinds: Column
    starts: Column
    """A bit for each sound with which a character of a run begins; none of a word."""
    languages: Numbers
    terms: Numbers


class NamesWriter:
    """Takes terms, and rows by signature; the file is there when `finish` is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spools = {name: Spool(path.parent) for name in _STREAMS}
        self._signed: list[Signed] = []
        self._signature_ends: list[Numbers] = []
        self._forms = self._entries = self._term_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in self._spools.values():
            spool.close()

    def add_terms(self, terms: Sequence[bytes]) -> None:
        """Write terms, all after those that were written before."""
        ends = np.cumsum([len(term) for term in terms], dtype=np.int64) + self._term_bytes
        self._put("term_ends", ends)
        self._put("term_bytes", np.frombuffer(b"".join(terms), np.uint8))
        self._term_bytes = int(ends[-1]) if len(ends) else self._term_bytes

    def add(self, rows: Rows) -> None:
        """Write rows, of which no signature was written before or comes before one that was."""
        signed = Signed.of(rows.sounds, rows.starts)
        form = _packed(rows)
        entry = rows.languages << 32 | rows.terms
        order = np.lexsort((entry, *form, *signed.keys()))
        new_form = changes([each[order] for each in form])
        new_entry = new_form | changes([entry[order]])
        order, new_form = order[new_entry], new_form[new_entry]
        begins = np.flatnonzero(new_form)
        firsts = order[begins]
        for name in ("sounds", "kinds", "starts"):
            self._put(name, getattr(rows, name)[firsts])
        self._put("entry_language", rows.languages[order])
        self._put("entry_term", rows.terms[order])
        self._put("entry_ends", np.append(begins, len(order))[1:] + self._entries)
        signed = signed.take(firsts)
        begins = np.flatnonzero(changes(signed))
        self._signed.append(signed.take(begins))
        self._signature_ends.append(np.append(begins, len(firsts))[1:] + self._forms)
        self._forms += len(firsts)
        self._entries += len(order)

    def finish(self, languages: Sequence[str], chains: Mapping[str, Column]) -> None:
        """Write the file, durably and atomically."""
        signed = Signed(*(np.concatenate(column) for column in zip(*self._signed, strict=True)))
        pairs = np.ascontiguousarray(signed.pairs, "<u8")
        bits = np.unpackbits(pairs.view(np.uint8).reshape(-1, 8), axis=1)
        parts = {
            name: self._spools[name].part(kind, LONGEST if name == "sounds" else 0)
            for name, kind in _STREAMS.items()
        }
        held = {
            "pairs": pairs,
            "firsts": signed.firsts,
            "lengths": signed.lengths,
            "sizes": bits.sum(1, np.uint8),
            "signature_ends": np.concatenate(self._signature_ends).astype("<u4"),
            **chains,
        }
        parts |= {name: Part.of(array) for name, array in held.items()}
        words = int(np.count_nonzero(~signed.is_run))
        write_parts(self._path, parts, {"languages": list(languages), "word signatures": words})

    def _put(self, name: str, array: Column) -> None:
        self._spools[name].add(array.astype(_STREAMS[name], copy=False))


def _packed(rows: Rows) -> list[NDArray[np.uint64]]:
    """What tells forms apart, in as few numbers as hold it, the one to sort by first last."""
    words = []
    for begin in range(0, LONGEST, _SOUNDS_A_WORD):
        word = np.zeros(len(rows.sounds), np.uint64)
        for column in rows.sounds.T[begin : begin + _SOUNDS_A_WORD]:
            word <<= np.uint64(_SOUND_BITS)
            word |= column
        words.append(word)
    words[-1] = (words[-1] << np.uint64(_KIND_BITS) | rows.kinds) << np.uint64(32) | rows.starts
    return words[::-1]


def changes(columns: Iterable[Column]) -> NDArray[np.bool_]:
    """Which rows differ from the one before; the first does."""
    found: NDArray[np.bool_] = np.logical_or.reduce([changed(column) for column in columns])
    return found
