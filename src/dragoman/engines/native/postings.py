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

from dragoman.arrays import BadArrays
from dragoman.engines.native.varints import LONGEST, decode, encode, gaps, running
from dragoman.vectors import spread

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
            if shift == 7 * LONGEST:
                raise BadArrays("damaged (a number without an end)")
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


def encode_lists(given: Postings) -> tuple[NDArray[np.uint8], Numbers]:
    """The articles of each of some terms and how often each has it; and the bytes of each list."""
    counts, documents, frequencies, _ = given
    begins = np.cumsum(counts) - counts
    steps = gaps(documents, begins)
    is_far, is_farther, is_often = steps >= 1 << 8, steps >= 1 << 16, frequencies >= 1 << 8
    far, farther, often = (
        np.add.reduceat(each, begins, dtype=np.int64) for each in (is_far, is_farther, is_often)
    )
    width = np.where(8 * far <= counts + 8 * farther, 1, 2)
    is_wide = np.repeat(width == 2, counts)
    far, is_far = np.where(width == 1, far, farther), np.where(is_wide, is_farther, is_far)
    sizes = 4 * _HEAD + 8 * (far + often) + counts * (width + 1)
    at = np.cumsum(sizes) - sizes
    data = np.empty(int(sizes.sum()), np.uint8)
    words = _anywhere(data, "<u4")
    for place, column in enumerate((counts, width, far, often)):
        words[at + 4 * place] = column
    at += 4 * _HEAD
    places = np.arange(len(steps)) - np.repeat(begins, counts)
    for which, number, values in ((is_far, far, steps), (is_often, often, frequencies)):
        for column in (places[which], values[which]):
            words[_apart(at, number, 4)] = column
            at += 4 * number
    bytes_ = np.repeat(at, counts) + places * np.repeat(width, counts)
    data[bytes_] = steps & 0xFF
    data[bytes_[is_wide] + 1] = steps[is_wide] >> 8 & 0xFF
    at += counts * width
    data[np.repeat(at, counts) + places] = frequencies & 0xFF
    return data, sizes


def decode_lists(data: NDArray[np.uint8], sizes: Numbers) -> Postings:
    """What lists say, each of which takes so many bytes; without positions.

    Raises `BadArrays` where they are no lists.
    """
    at = np.cumsum(sizes) - sizes
    if sizes.min() < 4 * _HEAD:
        raise BadArrays("damaged (a list is too short)")
    words = _anywhere(data, "<u4")
    head = (words[at + 4 * place].astype(np.int64) for place in range(_HEAD))
    counts, width, far, often = head
    expected = 4 * _HEAD + 8 * (far + often) + counts * (width + 1)
    if counts.min() < 1 or not np.isin(width, (1, 2)).all() or (expected != sizes).any():
        raise BadArrays("damaged (a list is too short)")
    at += 4 * _HEAD
    begins = np.cumsum(counts) - counts
    exceptions = []
    for number in (far, often):
        places, values = (
            words[_apart(each, number, 4)].astype(np.int64) for each in (at, at + 4 * number)
        )
        if (places >= np.repeat(counts, number)).any():
            raise BadArrays("damaged (a list points beyond its end)")
        exceptions.append((np.repeat(begins, number) + places, values))
        at += 8 * number
    middle = at + counts * width
    columns = (each.tolist() for each in (at, middle, middle + counts, width))
    steps_of, frequencies_of = [], []
    for begin, between, end, each in zip(*columns, strict=True):
        steps_of.append(data[begin:between].view(f"<u{each}"))
        frequencies_of.append(data[between:end])
    steps, frequencies = (
        np.concatenate(each, dtype=np.int64) for each in (steps_of, frequencies_of)
    )
    for column, (where, values) in zip((steps, frequencies), exceptions, strict=True):
        column[where] = values
    return Postings(counts, running(steps, counts), frequencies, np.zeros(0, np.int64))


def _anywhere(data: NDArray[np.uint8], kind: str) -> NDArray[Any]:
    """What a number of some type would be at each place."""
    count = len(data) - np.dtype(kind).itemsize + 1
    return np.ndarray(count, kind, data.data, strides=(1,))


def _apart(begins: Numbers, counts: Numbers, size: int) -> Numbers:
    """The places of so many values of a size, from each beginning on."""
    places = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(begins, counts) + places * size


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
