"""What NumPy has no word for: stretches of equal numbers, ranges, and ascending rows as sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_FEW_STRETCHES = 6  # in order, which are merged sooner than sorted anew


def changed(elements: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each element differs from the one before; the first does."""
    differs = np.ones(len(elements), bool)
    np.not_equal(elements[1:], elements[:-1], out=differs[1:])
    return differs


def borders(ordered: NDArray[Any]) -> Numbers:
    """Where each stretch of equal elements begins."""
    return np.flatnonzero(changed(ordered))


def spread(begin: Numbers, end: Numbers) -> Numbers:
    """The numbers of all ranges, one after another."""
    counts = end - begin
    return np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())


def places_in(numbers: Numbers, wanted: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Where each number that is wanted is among some that are ascending, and whether it is."""
    at = np.searchsorted(numbers, wanted)
    if not len(numbers):
        return at, np.zeros(len(at), bool)
    return at, numbers.take(at, mode="clip") == wanted


def common(rows: Sequence[Numbers]) -> Numbers:
    """The numbers that are in all of these rows, of which each is ascending."""
    numbers, *others = sorted(rows, key=len)
    for other in others:
        numbers = numbers[places_in(other, numbers)[1]]
    return numbers


def ordered(numbers: NDArray[Any]) -> Numbers:
    """As a stable `argsort`, of numbers from 0 on.

    By comparing where there are few stretches in order; else by two bytes at a time, which NumPy
    sorts without comparing.
    """
    if np.count_nonzero(numbers[1:] < numbers[:-1]) < _FEW_STRETCHES:
        return np.argsort(numbers, kind="stable")
    order: Numbers = np.argsort(numbers.astype(np.uint16), kind="stable")
    for shift in range(16, int(numbers.max()).bit_length(), 16):
        digits = (numbers >> shift).astype(np.uint16)
        order = order.take(np.argsort(digits.take(order), kind="stable"))
    return order
