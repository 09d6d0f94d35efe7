"""The words of records on their way to the files by which they are found by their sound."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

from dragoman.engines.sounds import add_words, settle_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from dragoman.workers import Workers

_AT_ONCE = 200_000  # words that are held in memory
_SHARED = 50_000  # fewer are not worth a second process
_FILES = 16  # after which they are merged: many at a time, as each time all is read


class Wording:
    """Takes the words of records, and has them written while more are coming."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._folder, self._workers = folder, workers
        self._words: dict[str, set[str]] = {}
        self._count = self._files = 0
        self._wait: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Even where something failed: nobody is to write words behind the back of the next commit.
        self._done()

    def add(self, language: str, words: Collection[str]) -> None:
        """Take the words of a record."""
        held = self._words.setdefault(language, set())
        before = len(held)
        held.update(words)
        self._count += len(held) - before
        if self._count >= _AT_ONCE:
            self._start(settle=self._files % _FILES == _FILES - 1)

    def finish(self, meanwhile: Callable[[], None]) -> None:
        """Write what is left; where it is much, while something else is done."""
        if self._files or self._count >= _SHARED:
            self._start(settle=True)
            meanwhile()
            self._done()
        elif self._count:
            _write(self._folder, self._words, settle=True)

    def _start(self, *, settle: bool) -> None:
        self._done()
        words, self._words, self._count = self._words, {}, 0
        self._files += 1
        self._wait = self._workers.start(partial(_write, settle=settle), self._folder, words)

    def _done(self) -> None:
        wait, self._wait = self._wait, None
        if wait:
            wait()


def _write(folder: Path, words: Mapping[str, Collection[str]], *, settle: bool) -> None:
    if any(words.values()):
        add_words(folder, words)
    if settle:
        settle_words(folder)
