"""The file of the words of each language by their sound: what it holds, and how it is checked.

Forms of one signature lie together, those of words before those of unspaced runs; each form has
its entries, the languages and words that sound so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.analysis.sound import LONGEST
from dragoman.arrays import BadArrays, read_arrays
from dragoman.chains import LONGEST_UNIT
from dragoman.chains import ROWS as CHAIN_ROWS
from dragoman.chains import TYPES as CHAIN_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from dragoman.arrays import Arrays


def is_name_like(term: str) -> bool:
    """Whether a word is compared by sound at all: it begins with a letter and has two."""
    return len(term) >= 2 and not term[0].isdigit()


# Arrays that have one row a form, a signature, an entry or a term.
_ROWS = (
    ("sounds", "kinds", "starts", "entry_ends"),
    ("pairs", "firsts", "lengths", "sizes", "signature_ends"),
    ("entry_language", "entry_term"),
    ("term_ends",),
    ("term_bytes",),
    *CHAIN_ROWS,
)
_TYPES = {
    "sounds": "u1", "kinds": "u1", "starts": "<u4", "pairs": "<u8", "firsts": "u1",
    "lengths": "u1", "sizes": "u1", "signature_ends": "<u4", "entry_ends": "<u4",
    "entry_language": "<u2", "entry_term": "<u4", "term_ends": "<u8", "term_bytes": "u1",
    **CHAIN_TYPES,
}  # fmt: skip

_INNER = {"sounds": (LONGEST,), "unit_sounds": (LONGEST_UNIT,)}


def open_names(path: Path) -> Arrays:
    """Map a file, and see that it has the arrays that it must have.

    Raises `BadArrays` and `OSError`.
    """
    held = read_arrays(path)
    languages, words = held.facts.get("languages"), held.facts.get("word signatures")
    if not isinstance(languages, list) or not all(isinstance(n, str) for n in languages):
        raise BadArrays(f"{path}: no list of languages")
    for group in _ROWS:
        for name in group:
            array = held.arrays.get(name)
            if array is None or array.dtype != np.dtype(_TYPES[name]):
                raise BadArrays(f"{path}: no array {name}")
            inner = _INNER.get(name, ())
            if array.shape != (len(held.arrays[group[0]]), *inner):
                raise BadArrays(f"{path}: array {name} of another size")
    if not isinstance(words, int) or not 0 <= words <= len(held.arrays["pairs"]):
        raise BadArrays(f"{path}: no number of words")
    return held
