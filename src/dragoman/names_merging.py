"""Several files of the words of each language by their sound into one.

It is the file that all the words together make; a stretch of signatures at a time is in memory.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import lt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.costs import SIZE
from dragoman.analysis.sound import KINDS
from dragoman.arrays import BadArrays
from dragoman.chains_build import Source as Chains
from dragoman.chains_build import merge_chains
from dragoman.engines.native.distinct import NUL, Terms, ranked
from dragoman.names_file import MOST_LANGUAGES, TYPES, open_names, ranges
from dragoman.names_writing import NamesWriter, Rows, Signed, changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.arrays import Arrays, Guarded

    Numbers = NDArray[np.int64]
    Column = NDArray[Any]

_TERMS_AT_ONCE = 1 << 16  # of each file
_ENTRIES_AT_ONCE = 1 << 17


def merge_names(path: Path, files: Sequence[Path]) -> None:
    """Write all that some files hold to another.

    Raises `BadArrays` where one of them is damaged, and `OSError`.
    """
    opened = [open_names(file) for file in files]
    languages = sorted({name for held in opened for name in held.facts["languages"]})
    if len(languages) > MOST_LANGUAGES:
        raise BadArrays(f"{files[0]}: damaged (too many languages)")
    number = {name: place for place, name in enumerate(languages)}
    with NamesWriter(path) as writer:
        arrays = [{name: held.guarded(name) for name in TYPES} for held in opened]
        terms = _merge_terms(writer, arrays)
        sources = [
            _Source(held, each, _numbers(held, number), numbers)
            for held, each, numbers in zip(opened, arrays, terms, strict=True)
        ]
        for rows in _stretches(sources):
            writer.add(rows)
        chains = [Chains(source.arrays, source.languages) for source in sources]
        writer.finish(languages, merge_chains(chains))


class _Source(NamedTuple):
    held: Arrays
    arrays: Mapping[str, Guarded]
    languages: Numbers
    """The new number of each language."""
    terms: Column
    """The new number of each term."""


def _numbers(held: Arrays, number: Mapping[str, int]) -> Numbers:
    return np.array([number[name] for name in held.facts["languages"]], np.int64)


def _merge_terms(writer: NamesWriter, files: Sequence[Mapping[str, Guarded]]) -> list[Column]:
    """Write the distinct terms in order; return the number of each term of each file."""
    numbers: list[Column] = [np.empty(len(arrays["term_ends"]), np.uint32) for arrays in files]
    at = [0] * len(files)
    before = [b""] * len(files)
    done = 0
    while any(begin < len(each) for begin, each in zip(at, numbers, strict=True)):
        found = [_terms(*each) for each in zip(files, at, before, strict=True)]
        last = [
            texts[-1]
            for texts, begin, each in zip(found, at, numbers, strict=True)
            if begin + len(texts) < len(each)
        ]
        if last:
            found = [texts[: bisect_right(texts, min(last))] for texts in found]
        before = [[held, *texts][-1] for held, texts in zip(before, found, strict=True)]
        merged, ranks = ranked(Terms.joined([NUL.join(texts) for texts in found if texts]))
        writer.add_terms(merged)
        parts = np.split(ranks, np.cumsum([len(texts) for texts in found])[:-1])
        for place, part in enumerate(parts):
            numbers[place][at[place] : at[place] + len(part)] = part + np.uint32(done)
            at[place] += len(part)
        done += len(merged)
    return numbers


def _terms(arrays: Mapping[str, Guarded], begin: int, before: bytes) -> list[bytes]:
    """So many terms of a file from one on, which must be in order, after the one before."""
    rows = np.arange(begin, min(begin + _TERMS_AT_ONCE, len(arrays["term_ends"])))
    if not len(rows):
        return []
    letters = arrays["term_bytes"]
    begins, ends = ranges(arrays["term_ends"], len(letters), rows)
    text = letters.bytes(int(begins[0]), int(ends[-1]))
    cuts = zip((begins - begins[0]).tolist(), (ends - begins[0]).tolist(), strict=True)
    found = [text[begin:end] for begin, end in cuts]
    if NUL in text or not all(map(lt, [before, *found], found)):
        raise BadArrays(f"{letters.path}: damaged (the order of its words)")
    try:
        NUL.join(found).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise BadArrays(f"{letters.path}: damaged (a word that is no text)") from error
    return found


def _stretches(sources: Sequence[_Source]) -> Iterator[Rows]:
    """The rows of all, as many signatures at a time as have not too many entries."""
    tables = [_signatures(source) for source in sources]
    every = Signed(*(np.concatenate(column) for column in zip(*tables, strict=True)))
    order = np.lexsort(every.keys())
    rank = np.empty(len(order), np.int64)
    rank[order] = np.cumsum(changes(every.take(order)))
    ranks = np.split(rank, np.cumsum([len(table.pairs) for table in tables])[:-1])
    counts = np.zeros(int(rank.max(initial=0)) + 1, np.int64)
    for source, here in zip(sources, ranks, strict=True):
        if (np.diff(here) <= 0).any():
            raise BadArrays(f"{source.arrays['pairs'].path}: damaged (its signatures)")
        counts[here] += _entries(source)
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(ends):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _ENTRIES_AT_ONCE, side="right")), begin + 1)
        parts = [
            _rows(source, table, *np.searchsorted(here, (begin, end)).tolist())
            for source, table, here in zip(sources, tables, ranks, strict=True)
        ]
        yield Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        for source in sources:
            source.held.release()
        begin = end


def _signatures(source: _Source) -> Signed:
    pairs, firsts, lengths = (
        source.arrays[name].whole() for name in ("pairs", "firsts", "lengths")
    )
    is_run = np.arange(len(pairs)) >= source.held.facts["word signatures"]
    return Signed(is_run, pairs, firsts, lengths)


def _entries(source: _Source) -> Numbers:
    """How many entries the forms of each signature have."""
    forms = source.arrays["signature_ends"].whole().astype(np.int64)
    if not len(forms):
        return forms
    if (np.diff(forms, prepend=0) <= 0).any() or forms[-1] != len(source.arrays["entry_ends"]):
        raise BadArrays(f"{source.arrays['pairs'].path}: damaged (its signatures)")
    ends = source.arrays["entry_ends"].take(forms - 1).astype(np.int64)
    counts = np.diff(ends, prepend=0)
    if counts.min() < 0 or ends[-1] != len(source.arrays["entry_term"]):
        raise BadArrays(f"{source.arrays['pairs'].path}: damaged (its entries)")
    return counts


def _rows(source: _Source, table: Signed, begin: int, end: int) -> Rows:
    """The rows of the signatures of a file from one to before another."""
    arrays, path = source.arrays, source.arrays["pairs"].path
    ends = arrays["signature_ends"].whole().astype(np.int64)
    first, last = (int(ends[place - 1]) if place else 0 for place in (begin, end))
    sounds, kinds, starts = (
        arrays[name].part(first, last) for name in ("sounds", "kinds", "starts")
    )
    entry_ends = arrays["entry_ends"].part(max(first - 1, 0), last).astype(np.int64)
    entry_ends = entry_ends if first else np.append(0, entry_ends)
    counts = np.diff(entry_ends)
    signature = np.repeat(np.arange(begin, end), np.diff(ends[begin:end], prepend=first))
    if (
        counts.min(initial=0) < 0
        or sounds.max(initial=0) >= SIZE
        or kinds.max(initial=0) >= len(KINDS)
        or not all(map(np.array_equal, Signed.of(sounds, starts), table.take(signature)))
    ):
        raise BadArrays(f"{path}: damaged (its forms)")
    form = np.repeat(np.arange(len(counts)), counts)
    at = slice(int(entry_ends[0]), int(entry_ends[-1]))
    try:
        languages = source.languages[arrays["entry_language"].part(at.start, at.stop)]
        terms = source.terms[arrays["entry_term"].part(at.start, at.stop)]
    except IndexError as error:
        raise BadArrays(f"{path}: damaged (its entries)") from error
    return Rows(sounds[form], kinds[form], starts[form], languages, terms.astype(np.int64))
