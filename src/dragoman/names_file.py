"""The file of the words of each language by their sound: how it is written and checked.

Forms of one signature lie together, those of words before those of unspaced runs; each form has
its entries, the languages and words that sound so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.analysis.distance import encode
from dragoman.analysis.skeletons import signature
from dragoman.analysis.sound import KINDS, LONGEST, sound_forms, stretches
from dragoman.analysis.syllables import is_chained
from dragoman.arrays import BadArrays, read_arrays, write_arrays
from dragoman.chains import LONGEST_UNIT, pack_chains
from dragoman.chains import ROWS as CHAIN_ROWS
from dragoman.chains import TYPES as CHAIN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.analysis.sound import Form
    from dragoman.arrays import Arrays

_SPELLED_AS_ENGLISH = frozenset({"en", "und"})
"""Languages whose words in Latin letters get the form of English spelling too."""


def is_name_like(term: str) -> bool:
    """Whether a word is compared by sound at all: it begins with a letter and has two."""
    return len(term) >= 2 and not term[0].isdigit()


def build_names(path: Path, vocabulary: Mapping[str, Iterable[str]]) -> None:
    """Write the sound forms of the words of each language to a file.

    Of the runs of scripts without spaces, what is kept are stretches short enough to compare, or
    which units follow each other (`dragoman.chains`).
    """
    languages = sorted(vocabulary)
    heard: dict[str, list[int]] = {}
    chained: dict[int, set[str]] = {}
    for code, language in enumerate(languages):
        for word in set(vocabulary[language]):
            if is_chained(word[:1]):
                chained.setdefault(code, set()).add(word)
                continue
            for term in stretches(word):
                if is_name_like(term):
                    heard.setdefault(term, []).append(code)
    english = {code for code, name in enumerate(languages) if name in _SPELLED_AS_ENGLISH}
    terms = sorted(heard)
    forms: dict[Form, int] = {}
    entries: list[tuple[int, int, int]] = []
    for number, term in enumerate(terms):
        codes = sorted(set(heard[term]))
        spelled = sound_forms(term, english=not english.isdisjoint(codes))
        for place, form in enumerate(spelled):
            if len(form.sounds) > LONGEST:
                continue
            here = forms.setdefault(form, len(forms))
            only = english if place and form.kind == "latin" else None
            entries += [(here, code, number) for code in codes if only is None or code in only]
    arrays, words = _pack(forms, terms, entries)
    arrays |= pack_chains(chained)
    write_arrays(path, arrays, {"languages": languages, "word signatures": words})


def _pack(
    forms: Mapping[Form, int], terms: list[str], entries: list[tuple[int, int, int]]
) -> tuple[dict[str, NDArray[Any]], int]:
    """The arrays of a file, and how many signatures are those of words."""
    signed = sorted((signature(form), number, form) for form, number in forms.items())
    sounds = np.zeros((len(signed), LONGEST), np.uint8)
    starts = np.zeros(len(signed), "<u4")
    place_of = np.zeros(len(signed), np.int64)
    for place, (_, number, form) in enumerate(signed):
        code = encode(form.sounds)
        sounds[place, : len(code)] = code
        starts[place] = sum(1 << start for start in set(form.starts) if start < LONGEST)
        place_of[number] = place
    signatures = [each for each, _, _ in signed]
    ends = [
        k for k in range(1, len(signed) + 1)
        if k == len(signed) or signatures[k] != signatures[k - 1]
    ]  # fmt: skip
    distinct = [signatures[end - 1] for end in ends]
    table = np.array(entries, np.int64).reshape(-1, 3)
    table[:, 0] = place_of[table[:, 0]]
    table = table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]
    encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
    arrays = {
        "sounds": sounds,
        "kinds": np.array([KINDS.index(form.kind) for _, _, form in signed], np.uint8),
        "starts": starts,
        "pairs": np.array([each.pairs for each in distinct], "<u8"),
        "firsts": np.array([each.first for each in distinct], np.uint8),
        "lengths": np.array([each.length for each in distinct], np.uint8),
        "sizes": np.array([each.pairs.bit_count() for each in distinct], np.uint8),
        "signature_ends": np.array(ends, "<u4"),
        "entry_ends": np.cumsum(np.bincount(table[:, 0], minlength=len(forms))).astype("<u4"),
        "entry_language": table[:, 1].astype("<u2"),
        "entry_term": table[:, 2].astype("<u4"),
        "term_ends": np.cumsum([len(term) for term in encoded]).astype("<u8"),
        "term_bytes": np.frombuffer(b"".join(encoded), np.uint8),
    }
    return arrays, sum(not each.is_run for each in distinct)


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
