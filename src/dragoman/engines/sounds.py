"""The words of an index by their sound, as a few files beside the engine's own.

Each commit adds a file; neighbours of like size are merged, so that there are never more than
about the logarithm of the number of commits. A file may list words that no article has any
more, or that another file has too: neither changes what is found.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from dragoman.arrays import read_arrays
from dragoman.errors import LibraryDamaged
from dragoman.names import Match, Names, best_of
from dragoman.names_build import build_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from dragoman.arrays import Arrays

_PATTERN = "names-*.arrays"


class Sounds:
    """The files as of one moment."""

    def __init__(self, folder: Path) -> None:
        """Map the files of a folder.

        Raises `dragoman.arrays.BadArrays`.
        """
        try:
            self._files, self.parts = _mapped(folder)
        except FileNotFoundError:  # merged away between the listing and the opening
            self._files, self.parts = _mapped(folder)
        self._is_checked = False

    def find(self, word: str, languages: Collection[str]) -> dict[str, list[Match]]:
        """The words of each of these languages that sound like a folded word, best first.

        Raises `dragoman.arrays.BadArrays`: the files are checked when first used.
        """
        if not self._is_checked:
            for file in self._files:
                file.verify()
            self._is_checked = True
        if len(self.parts) == 1:
            return self.parts[0].find(word, languages)
        found: dict[str, dict[str, float]] = {}
        for part in self.parts:
            for language, matches in part.find(word, languages).items():
                held = found.setdefault(language, {})
                for term, similarity in matches:
                    held[term] = max(similarity, held.get(term, 0.0))
        return {
            language: best_of([Match(*item) for item in held.items()])
            for language, held in found.items()
        }


def add_words(folder: Path, vocabulary: Mapping[str, Collection[str]]) -> None:
    """Write the words of a commit, by language, and merge what has become many files."""
    files = _files(folder)
    made = _next(folder, files)
    words = {language: set(terms) for language, terms in vocabulary.items()}
    merged = []
    while files and _size(files[-1]) < 2 * sum(map(len, words.values())):
        merged.append(files.pop())
        for language, terms in Names(merged[-1]).vocabulary().items():
            words.setdefault(language, set()).update(terms)
    with _uncollected():
        build_names(made, words)
    for file in merged:
        # Where a reader's map forbids it, the file stays: its words are listed twice.
        with contextlib.suppress(PermissionError):
            file.unlink()


def replace_words(folder: Path, vocabulary: Mapping[str, Collection[str]]) -> Path:
    """Write all words of an index, by language, beside the files there are.

    Returns the file, but for which `drop_words` may then delete all.
    """
    made = _next(folder, _files(folder))
    with _uncollected():
        build_names(made, vocabulary)
    return made


def _next(folder: Path, files: Sequence[Path]) -> Path:
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


def _mapped(folder: Path) -> tuple[list[Arrays], list[Names]]:
    files = _files(folder)
    return [read_arrays(file) for file in files], [Names(file) for file in files]


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


def drop_words(folder: Path, but: Path | None = None) -> None:
    """Delete the files, but for one."""
    for file in _files(folder):
        if file == but:
            continue
        # Where a reader's map forbids it, the file stays: its words are not in any article.
        with contextlib.suppress(PermissionError):
            file.unlink()


def _size(file: Path) -> int:
    """How many words of languages a file lists."""
    return len(Names(file))
