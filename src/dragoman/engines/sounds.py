"""The words of an index by their sound, as a few files beside the engine's own.

Each commit adds a file; neighbours of like size are merged, so that there are never more than
about the logarithm of the number of commits. A file may list words that no article has any
more, or that another file has too: neither changes what is found, unless more words sound
somewhat like one of the query than are compared in a file.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from dragoman.arrays import read_arrays
from dragoman.errors import LibraryDamaged
from dragoman.names import Match, Names, best_of
from dragoman.names_build import build_names
from dragoman.names_merging import merge_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

_PATTERN = "names-*.arrays"


class Sounds:
    """The files as of one moment."""

    def __init__(self, folder: Path) -> None:
        """Map the files of a folder.

        Raises `dragoman.arrays.BadArrays`.
        """
        try:
            self._parts = _mapped(folder)
        except FileNotFoundError:  # merged away between the listing and the opening
            self._parts = _mapped(folder)

    def find(self, word: str, languages: Collection[str]) -> dict[str, list[Match]]:
        """The words of each of these languages that sound like a folded word, best first.

        Raises `dragoman.arrays.BadArrays` where what is read is damaged.
        """
        if len(self._parts) == 1:
            return self._parts[0].find(word, languages)
        found: dict[str, dict[str, float]] = {}
        for part in self._parts:
            for language, matches in part.find(word, languages).items():
                held = found.setdefault(language, {})
                for term, similarity in matches:
                    held[term] = max(similarity, held.get(term, 0.0))
        return {
            language: best_of([Match(*item) for item in held.items()])
            for language, held in found.items()
        }


def add_words(folder: Path, vocabulary: Mapping[str, Collection[str]]) -> None:
    """Write some words, by language, to a file of their own."""
    with _uncollected():
        build_names(_next(folder), vocabulary)


def settle_words(folder: Path) -> None:
    """Merge what has become many files, so that each has twice as much as all later ones."""
    files = _files(folder)
    sizes = [_size(file) for file in files]
    later = [sum(sizes[place + 1 :]) for place in range(len(sizes))]
    small = (place for place in range(len(files)) if sizes[place] < 2 * later[place])
    _merge(folder, files[next(small, len(files)) :])


def take_words(folder: Path, made: Path) -> Path | None:
    """Move all words from another folder here, as one file, if there are any; return it."""
    _merge(made, _files(made))
    taken = None
    for file in _files(made):
        taken = _next(folder)
        file.replace(taken)
    return taken


def keep_words(folder: Path, kept: Path | None) -> None:
    """Delete all files but one."""
    _delete([file for file in _files(folder) if file != kept])


def _merge(folder: Path, files: Sequence[Path]) -> None:
    if len(files) > 1:
        merge_names(_next(folder), files)
        _delete(files)


def _next(folder: Path) -> Path:
    files = _files(folder)
    number = int(files[-1].name.split("-")[1].split(".")[0]) + 1 if files else 0
    return folder / f"names-{number:08}.arrays"


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage, which takes a quarter of the time with so many objects."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(_PATTERN))


def _mapped(folder: Path) -> list[Names]:
    return [Names(file) for file in _files(folder)]


def check_words(folder: Path) -> list[str]:
    """What is wrong with the files, each of which is read as a whole."""
    wrong = []
    for file in _files(folder):
        try:
            Names(file)
            read_arrays(file).verify()
        except (LibraryDamaged, OSError) as error:
            wrong.append(str(error))
    return wrong


def _delete(files: Collection[Path]) -> None:
    for file in files:
        # Where a reader's map forbids it, the file stays: its words are listed twice, or are not
        # in any article.
        with contextlib.suppress(PermissionError):
            file.unlink()


def _size(file: Path) -> int:
    """How many words of languages a file lists."""
    return len(Names(file))
