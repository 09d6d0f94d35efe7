"""The file of the words of each language by their sound: what it holds, and how it is checked.

Forms of one signature lie together, those of words before those of unspaced runs; each form has
its entries, the languages and words that sound so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.analysis.sound import LONGEST
from dragoman.arrays import BadArrays, read_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.arrays import Arrays, Guarded

    Numbers = NDArray[np.int64]


def is_name_like(term: str) -> bool:
    """Whether a word is compared by sound at all: it begins with a letter and has two."""
    return len(term) >= 2 and not term[0].isdigit()


MOST_LANGUAGES = 1 << 13
"""Of a file; there are about as many in the world."""

LONGEST_UNIT = 8
"""Sounds of a unit of a chain that are compared."""

# Arrays that have one row a form, a signature, an entry or a term; a unit of chains, a link of
# two units, or a pair of links that follow each other.
_ROWS = (
    ("sounds", "kinds", "starts", "entry_ends"),
    ("pairs", "firsts", "lengths", "sizes", "signature_ends"),
    ("entry_language", "entry_term"),
    ("term_ends",),
    ("term_bytes",),
    ("unit_sounds", "unit_ends"),
    ("unit_bytes",),
    ("link_language", "link_first", "link_second", "chain_ends"),
    ("chain_next",),
)
TYPES = {
    "sounds": "u1", "kinds": "u1", "starts": "<u4", "pairs": "<u8", "firsts": "u1",
    "lengths": "u1", "sizes": "u1", "signature_ends": "<u4", "entry_ends": "<u4",
    "entry_language": "<u2", "entry_term": "<u4", "term_ends": "<u8", "term_bytes": "u1",
    "unit_sounds": "u1", "unit_ends": "<u4", "unit_bytes": "u1", "link_language": "<u2",
    "link_first": "<u4", "link_second": "<u4", "chain_ends": "<u4", "chain_next": "<u4",
}  # fmt: skip
"""The arrays, with their types."""

_INNER = {"sounds": (LONGEST,), "unit_sounds": (LONGEST_UNIT,)}


def open_names(path: Path) -> Arrays:
    """Map a file, and see that it has the arrays that it must have.

    Raises `BadArrays` and `OSError`.
    """
    held = read_arrays(path)
    languages, words = held.facts.get("languages"), held.facts.get("word signatures")
    if (
        not isinstance(languages, list)
        or not all(isinstance(name, str) and name.isprintable() for name in languages)
        or len(languages) > MOST_LANGUAGES
    ):
        raise BadArrays(f"{path}: no list of languages")
    for group in _ROWS:
        for name in group:
            array = held.arrays.get(name)
            if array is None or array.dtype != np.dtype(TYPES[name]):
                raise BadArrays(f"{path}: no array {name}")
            inner = _INNER.get(name, ())
            if array.shape != (len(held.arrays[group[0]]), *inner):
                raise BadArrays(f"{path}: array {name} of another size")
    if not isinstance(words, int) or not 0 <= words <= len(held.arrays["pairs"]):
        raise BadArrays(f"{path}: no number of words")
    return held


def ranges(ends: Guarded, within: int, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Where the ranges of some rows begin and end in an array of so many elements.

    Raises `BadArrays` where the ends are damaged.
    """
    end = ends.take(rows).astype(np.int64)
    begin = np.where(rows > 0, ends.take(np.maximum(rows - 1, 0)), 0).astype(np.int64)
    if (begin < 0).any() or (end < begin).any() or end.max(initial=0) > within:
        raise BadArrays(f"{ends.path}: damaged")
    return begin, end


def spelled(ends: Guarded, letters: Guarded, rows: Numbers) -> list[str]:
    """The texts of some rows, whose letters end where `ends` says.

    Raises `BadArrays` where they are damaged.
    """
    spans = zip(*(each.tolist() for each in ranges(ends, len(letters), rows)), strict=True)
    try:
        return [letters.bytes(*span).decode("utf-8", "surrogatepass") for span in spans]
    except UnicodeDecodeError as error:
        raise BadArrays(f"{ends.path}: damaged") from error
