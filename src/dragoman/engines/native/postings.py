"""What is known of a term, as a row of numbers: the articles that have it, how often, and where.

A term's *record* is: how many articles have it; for each, twice the difference of its number
from the one before, plus one where the term occurs more than once in it; for each of those,
how many times more than twice; then, for each occurrence, the difference of its position from
the one before in the article. The first number is left out where it and the frequency are one:
such a record is the only kind that has two numbers.

The list of a frequent term is kept apart from its positions, in another form that is read in a
few operations: differences of one or two bytes and frequencies of one byte, with the few that
do not fit beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.arrays import BadArrays, spread
from dragoman.engines.native.varints import decode, encode, gaps, running

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


class Postings(NamedTuple):
    """The postings of some terms, one after another, as parallel arrays."""

    counts: Numbers
    """By term: how many articles have it."""
    documents: Numbers
    """By posting: the article's number, ascending within a term."""
    frequencies: Numbers
    """By posting: how often the term occurs in it, at least once."""
    positions: Numbers
    """By occurrence: its position, ascending within a posting."""


class Encoded(NamedTuple):
    """The records of some terms."""

    data: NDArray[np.uint8]
    sizes: Numbers
    """Bytes of each record."""
    heads: Numbers
    """Bytes of each record before its positions."""


def encode_postings(given: Postings) -> Encoded:
    """The records of terms, each of which has a posting, one after another."""
    counts, documents, frequencies, positions = given
    posting_begins = np.cumsum(counts) - counts
    several = frequencies > 1
    steps = gaps(documents, posting_begins) << 1 | several
    more = np.add.reduceat(several, posting_begins, dtype=np.int64)
    occurrences = np.add.reduceat(frequencies, posting_begins)
    lead = ((counts > 1) | (more > 0)).astype(np.int64)
    whole = lead + counts + more + occurrences
    begins = np.cumsum(whole) - whole
    numbers = np.empty(int(whole.sum()), np.int64)
    numbers[begins[lead > 0]] = counts[lead > 0]
    begins = begins + lead
    numbers[spread(begins, begins + counts)] = steps
    begins = begins + counts
    numbers[spread(begins, begins + more)] = frequencies[several] - 2
    begins = begins + more
    numbers[spread(begins, begins + occurrences)] = gaps(
        positions, np.cumsum(frequencies) - frequencies
    )
    data, sizes = encode(numbers)
    ends = np.cumsum(sizes)
    last = np.cumsum(whole) - 1
    before = ends[last] - np.diff(ends[last], prepend=0)
    return Encoded(data, ends[last] - before, ends[begins - 1] - before)


def decode_postings(data: NDArray[np.uint8], sizes: Numbers) -> Postings:
    """What records say, each of which takes so many bytes.

    Raises `BadArrays` where they are no records.
    """
    numbers, ends = decode(data)
    upto = np.searchsorted(ends, np.cumsum(sizes))
    begins = np.concatenate(([0], upto[:-1]))
    whole = upto - begins
    if whole.min() < 2:
        raise BadArrays("damaged (a record is too short)")
    lead = whole > 2
    counts = np.where(lead, numbers[begins], 1)
    begins = begins + lead
    room = whole - lead - counts
    if counts.min() < 1 or room.min() < 1:
        raise BadArrays("damaged (a record is too short)")
    steps = numbers[spread(begins, begins + counts)]
    several = steps & 1
    posting_begins = np.cumsum(counts) - counts
    more = np.add.reduceat(several, posting_begins)
    begins = begins + counts
    room = room - more
    if room.min() < 1:
        raise BadArrays("damaged (a record is too short)")
    frequencies = 1 + several
    frequencies[several > 0] += numbers[spread(begins, begins + more)]
    begins = begins + more
    if (np.add.reduceat(frequencies, posting_begins) != room).any():
        raise BadArrays("damaged (a record has another number of positions)")
    positions = running(numbers[spread(begins, begins + room)], frequencies)
    return Postings(counts, running(steps >> 1, counts), frequencies, positions)


def decode_one(data: bytes) -> tuple[list[int], list[int], list[int]]:
    """The documents, frequencies and positions of one short record: faster than as arrays.

    Raises `BadArrays` where it is no record.
    """
    numbers: list[int] = []
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        if byte >= 0x80:
            shift += 7
            continue
        numbers.append(number)
        number = shift = 0
    if len(numbers) == 2:
        return [numbers[0] >> 1], [1], numbers[1:]
    count = numbers[0] if numbers else 0
    at = 1 + count
    documents, frequencies = [], []
    document = 0
    for step in numbers[1:at]:
        document += step >> 1
        documents.append(document)
        if step & 1 and at < len(numbers):
            frequencies.append(2 + numbers[at])
            at += 1
        else:
            frequencies.append(1)
    if not documents or len(documents) != count or sum(frequencies) != len(numbers) - at:
        raise BadArrays("damaged (a record has another number of positions)")
    positions = []
    for frequency in frequencies:
        position = 0
        for gap in numbers[at : at + frequency]:
            position += gap
            positions.append(position)
        at += frequency
    return documents, frequencies, positions


# Lists of frequent terms

_HEAD = 4  # numbers: documents, bytes of a difference, documents and frequencies that do not fit


def encode_list(documents: Numbers, frequencies: Numbers) -> NDArray[np.uint8]:
    """The articles of a term and how often each has it."""
    steps = documents.copy()
    steps[1:] -= documents[:-1]
    far, width = np.flatnonzero(steps >= 1 << 8), 1
    if len(far):
        wide = far[steps[far] >= 1 << 16]
        if 8 * len(far) > len(steps) + 8 * len(wide):
            far, width = wide, 2
    often = np.flatnonzero(frequencies >= 1 << 8)
    head = [len(documents), width, len(far), len(often)]
    exceptions = np.concatenate((head, far, steps[far], often, frequencies[often]))
    return np.frombuffer(
        exceptions.astype("<u4").tobytes()
        + steps.astype(f"<u{width}").tobytes()
        + frequencies.astype(np.uint8).tobytes(),
        np.uint8,
    )


def decode_list(data: NDArray[np.uint8]) -> tuple[Numbers, Numbers]:
    """The articles of a term, ascending, and how often each has it.

    Raises `BadArrays` where it is no such list.
    """
    if len(data) < 4 * _HEAD:
        raise BadArrays("damaged (a list is too short)")
    count, width, far, often = data[: 4 * _HEAD].view("<u4").tolist()
    at = 4 * (_HEAD + 2 * far + 2 * often)
    if width not in (1, 2) or not count or len(data) != at + count * (width + 1):
        raise BadArrays("damaged (a list is too short)")
    steps = data[at : at + count * width].view(f"<u{width}").astype(np.int64)
    frequencies = data[at + count * width :].astype(np.int64)
    if far or often:
        exceptions: NDArray[Any] = data[4 * _HEAD : at].view("<u4")
        try:
            steps[exceptions[:far]] = exceptions[far : 2 * far]
            frequencies[exceptions[2 * far : -often or None]] = exceptions[
                len(exceptions) - often :
            ]
        except (IndexError, ValueError) as error:
            raise BadArrays("damaged (a list points beyond its end)") from error
    return np.cumsum(steps), frequencies
