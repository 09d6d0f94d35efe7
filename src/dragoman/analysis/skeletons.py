"""Signatures: which consonant classes stand beside which in a sound form, as bits.

Two spellings of a name share most of them, which is cheap to count for every form of an index.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import regex

from dragoman.analysis.costs import CODE, SIZE
from dragoman.analysis.sound import LONGEST, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dragoman.analysis.sound import Form

_CLASSES = "ptskmnr0"
_BONES = {bone: _CLASSES.index(bone) for bone in _CLASSES} | {"l": _CLASSES.index("r")}


class Signature(NamedTuple):
    """What is known of a form before it is compared."""

    is_run: bool
    pairs: int
    """A bit for each pair of neighbouring classes."""
    first: int
    """A bit for the first class; for all, where a name may begin anywhere."""
    length: int
    """Sounds."""


def signature(form: Form) -> Signature:
    """The signature of a form."""
    bones = [_BONES.get(bone, _BONES["0"]) for bone in skeleton(form.sounds)]
    pairs = first = 0
    for a, b in pairwise(bones):
        pairs |= 1 << (a * len(_CLASSES) + b)
    for bone in bones if form.starts else bones[:1]:
        first |= 1 << bone
    return Signature(bool(form.starts), pairs, first, min(len(form.sounds), LONGEST))


_NOTHING = 255
# By the code of a sound: its class, and what that is as a bone; of what is silent, nothing.
_CLASS_OF = np.full(SIZE, _NOTHING, np.uint8)
_BONE_OF = np.zeros(SIZE, np.uint8)
for _sound, _code in CODE.items():
    for _class in skeleton(_sound):
        _CLASS_OF[_code] = ord(_class)
        _BONE_OF[_code] = _BONES.get(_class, _BONES["0"])


def signatures(
    sounds: NDArray[np.uint8], is_run: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """The pairs and firsts of the `signature` of many forms: rows of sound codes."""
    pairs = np.zeros(len(sounds), np.uint64)
    first = np.zeros(len(sounds), np.uint8)
    before = np.full(len(sounds), _NOTHING, np.uint8)
    bone_before = np.zeros(len(sounds), np.uint8)
    for column in sounds.T:
        its_class, bone = _CLASS_OF[column], _BONE_OF[column]
        heard = (its_class != _NOTHING) & (its_class != before)
        follows = heard & (before != _NOTHING)
        pair = np.left_shift(np.uint64(1), bone_before * np.uint8(len(_CLASSES)) + bone)
        pairs |= np.where(follows, pair, np.uint64(0))
        first |= np.where(heard & (is_run | ~follows), np.uint8(1) << bone, np.uint8(0))
        before = np.where(heard, its_class, before)
        bone_before = np.where(heard, bone, bone_before)
    return pairs, first


# What a sound of the query may also be in a form, where that changes its class; an r before a
# consonant is often not written at all.
_ALSO = (
    ("j", "h"), ("x", "h"), ("h", "k"), ("J", "g"), ("g", "J"), ("C", "k"), ("c", "k"), ("G", "h"),
    ("v", "w"), ("w", "v"), ("T", "s"), ("S", "h"), ("z", "t"), ("k", "s"),
)  # fmt: skip
_SILENT_R = regex.compile("r(?![aeiou@])")
_MOST_VARIANTS = 10


def variants(forms: Iterable[Form]) -> list[Signature]:
    """The signatures by which forms are looked for, those of the forms as they are first."""
    given = list(forms)
    also = [form._replace(sounds=form.sounds.replace(*pair)) for form in given for pair in _ALSO]
    silent = [form._replace(sounds=_SILENT_R.sub("", form.sounds)) for form in given]
    found: dict[tuple[int, int], Signature] = {}
    for form in (*given, *silent, *also):
        signed = signature(form)
        found.setdefault((signed.pairs, signed.first), signed)
    return list(found.values())[:_MOST_VARIANTS]
