"""The terms of a text with their positions, as bytes: quick to send and to take in."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "I"
"""The type of a frequency and of a position, as the module `array` names it."""


class PackedTerms(Mapping[str, Sequence[int]]):
    """Term → its word positions, ascending."""

    def __init__(self, text: bytes, frequencies: bytes, positions: bytes) -> None:
        self.text = text
        """The terms, with a NUL between any two."""
        self.frequencies = frequencies
        """By term, how many positions it has."""
        self.positions = positions
        """Those of all terms, one after another."""

    @classmethod
    def of(cls, terms: Mapping[str, Sequence[int]]) -> Self:
        """The same terms, packed.

        Raises `ValueError` where a term has a NUL character.
        """
        text = "\0".join(terms).encode()
        if terms and text.count(0) != len(terms) - 1:
            raise ValueError("a term has a NUL character")
        frequencies = array(NUMBER, map(len, terms.values()))
        positions = array(NUMBER, chain.from_iterable(terms.values()))
        return cls(text, frequencies.tobytes(), positions.tobytes())

    @cached_property
    def _held(self) -> dict[str, list[int]]:
        positions = iter(array(NUMBER, self.positions))
        terms = self.text.decode().split("\0") if len(self) else []
        counts = array(NUMBER, self.frequencies)
        return {
            term: [next(positions) for _ in range(count)]
            for term, count in zip(terms, counts, strict=True)
        }

    def __getitem__(self, term: str) -> Sequence[int]:
        return self._held[term]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self.frequencies) // array(NUMBER).itemsize

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.text, self.frequencies, self.positions)
