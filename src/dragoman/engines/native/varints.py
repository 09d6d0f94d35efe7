"""Whole numbers as one byte for each seven bits, the last one without the high bit (LEB128).

Many are written and read at once by operations on arrays, one for each byte of the longest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import BadArrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

LONGEST = 5  # bytes, for 35 bits


def encode(numbers: Numbers) -> tuple[NDArray[np.uint8], Numbers]:
    """The bytes of these numbers, each from 0 to below 2³⁵, and how many each takes."""
    highest = int(numbers.max(initial=0))
    sizes = np.ones(len(numbers), np.int64)
    if highest < 0x80:
        return numbers.astype(np.uint8), sizes
    for more in range(1, LONGEST):
        if highest >= 1 << 7 * more:
            sizes += numbers >= 1 << 7 * more
    begins = np.cumsum(sizes) - sizes
    encoded = np.empty(int(begins[-1] + sizes[-1]), np.uint8)
    which = np.flatnonzero(sizes > 1)
    encoded[begins] = numbers & 0x7F
    for place in range(1, int(sizes.max())):
        at = begins[which] + place
        encoded[at - 1] |= 0x80
        encoded[at] = numbers[which] >> 7 * place & 0x7F
        which = which[sizes[which] > place + 1]
    return encoded, sizes


def decode(data: NDArray[np.uint8]) -> tuple[Numbers, Numbers]:
    """The numbers that these bytes stand for, and the place of each one's last byte.

    Raises `BadArrays` where the bytes are no such numbers.
    """
    ends = last_bytes(data)
    if len(ends) == len(data):
        return data.astype(np.int64), ends
    return _numbers(data, ends, np.diff(ends, prepend=-1)), ends


def last_bytes(data: NDArray[np.uint8]) -> Numbers:
    """The place of the last byte of each number that these bytes stand for.

    Raises `BadArrays` where the bytes are no numbers.
    """
    ends = np.flatnonzero(data < 0x80)
    if len(ends) < len(data) and (not len(ends) or ends[-1] != len(data) - 1):
        raise BadArrays("damaged (a number without an end)")
    return ends


def decode_some(data: NDArray[np.uint8], ends: Numbers, wanted: Numbers) -> Numbers:
    """Some of the numbers, whose last bytes are known: those at these places, which ascend.

    Raises `BadArrays` where the bytes are no such numbers.
    """
    if len(ends) == len(data):
        return data[wanted].astype(np.int64)
    last = ends[wanted]
    before = ends[wanted - 1]
    if len(wanted) and wanted[0] == 0:
        before[0] = -1
    return _numbers(data, last, last - before)


def _numbers(data: NDArray[np.uint8], ends: Numbers, sizes: Numbers) -> Numbers:
    """The numbers that end at these places and take so many bytes."""
    numbers = data[ends].astype(np.int64)
    longest = int(sizes.max())
    if longest > LONGEST:
        raise BadArrays("damaged (a number without an end)")
    which = np.flatnonzero(sizes > 1)
    for before in range(1, longest):
        numbers[which] = numbers[which] << 7 | (data[ends[which] - before] & 0x7F)
        which = which[sizes[which] > before + 1]
    return numbers


def running(numbers: Numbers, counts: Numbers) -> Numbers:
    """The sums so far, begun anew for each stretch of so many numbers; none is empty."""
    sums = np.cumsum(numbers)
    ends = np.cumsum(counts)
    before = np.zeros(len(counts), np.int64)
    before[1:] = sums[ends[:-1] - 1]
    return sums - np.repeat(before, counts)


def gaps(numbers: Numbers, begins: Numbers) -> Numbers:
    """Differences of neighbours, but the first of each stretch as it is."""
    found = np.diff(numbers, prepend=0)
    found[begins] = numbers[begins]
    return found
