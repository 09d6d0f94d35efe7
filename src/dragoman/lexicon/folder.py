"""The lexicon files that come with Dragoman, and those a person adds to a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dragoman.errors import LexiconError
from dragoman.languages import UNDETERMINED, canonical
from dragoman.lexicon import dictd, tsv
from dragoman.lexicon.lookup import Lexicon
from dragoman.lexicon.table import SUFFIX, DamagedLexicon, Entry, Header, open_tables, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

_SHIPPED = Path(__file__).resolve().parents[1] / "data"
_SHOWN = 5

# The endings of the files that can be added.
_DICTD = (".index", ".dict", ".dict.dz")
_TSV = (".tsv", ".tab")
_TMX = (".tmx",)


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a file."""

    path: Path
    header: Header
    entries: int
    skipped: int
    """Entries that could not be used."""
    problems: tuple[str, ...]
    """The first of them, each with its file and line."""


def shipped() -> tuple[Path, ...]:
    """The lexicons that come with Dragoman."""
    return tuple(sorted(_SHIPPED.glob("lexicon-*" + SUFFIX)))


def open_lexicon(paths: Iterable[Path]) -> Lexicon:
    """These files, and all lexicons in these folders, to be looked up as one.

    Nothing is opened before the first use; a folder that is absent has none.
    """
    return Lexicon([file for path in paths for file in _files(path)])


def listing(folder: Path) -> tuple[tuple[Path, Header], ...]:
    """The lexicons of a folder, without those that are damaged."""
    return tuple((table.path, table.header) for table in open_tables(_files(folder))[0])


def add(
    file: Path,
    folder: Path,
    *,
    source: str = "",
    target: str = "",
    name: str = "",
    licence: str = "",
) -> Added:
    """Make a lexicon of a dictionary, and put it into a folder.

    A file named ``.index``, ``.dict`` or ``.dict.dz`` is a dictd dictionary
    (FreeDict), of which the languages are told by its name or by `source` and
    `target`; ``.tsv`` has source language, target language, term, translation
    and perhaps a probability; from ``.tmx``, a translation memory, words are
    learned. One of the same name is replaced. Entries that cannot be used are
    counted. Raises LexiconError where the file cannot be used at all.
    """
    kind = file.name.lower()
    if not file.is_file():
        what = "a folder, not a dictionary" if file.is_dir() else "no such file"
        msg = f"{file}: {what}"
        raise LexiconError(msg)
    if kind.endswith(_DICTD):
        source, target = _pair(file, source, target)
        read: Iterator[Entry | str] = dictd.read(file, source, target)
        licence = licence or dictd.licence(file)
    elif kind.endswith(_TSV):
        read = tsv.read(file)
    elif kind.endswith(_TMX):
        from dragoman.lexicon import tmx  # noqa: PLC0415 - which learns, as few need it to

        read = tmx.read(file)
    else:
        endings = ", ".join(_DICTD + _TSV + _TMX)
        msg = f"{file}: not a dictionary of a known format ({endings})"
        raise LexiconError(msg)
    name = re.sub(r"[^\w.-]+", "-", name or file.name.partition(".")[0]).strip(".-")[:64]
    if not name:
        msg = f"{file}: give the lexicon a name"
        raise LexiconError(msg)
    header = Header(name, file.name, licence or "not stated")
    return _write(folder / f"{name}{SUFFIX}", header, read)


def remove(name: str, folder: Path) -> None:
    """Remove a lexicon that was added. Raises LexiconError where there is none of this name."""
    found = [path for path in _files(folder) if path.name == name + SUFFIX]
    if not found:
        msg = f"{folder}: no lexicon named {name}"
        raise LexiconError(msg)
    try:
        found[0].unlink()
    except OSError as error:
        msg = f"{found[0]}: cannot be removed: {error.strerror}"
        raise LexiconError(msg) from error


class Lexicons:
    """The lexicons of a library: those that come with Dragoman, and those added to its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lookup = open_lexicon([*shipped(), folder])
        """All of them, looked up as one."""

    def headers(self) -> tuple[tuple[Header, bool], ...]:
        """What each says of itself, and whether it was added; without those that are damaged."""
        ours = tuple((table.header, False) for table in open_tables(shipped())[0])
        return ours + tuple((header, True) for _, header in listing(self._folder))

    def add(self, file: str | PathLike[str], **options: str) -> Added:
        """Add a dictionary, which the next search uses; the options are those of `add`.

        Raises LexiconError where the file cannot be used.
        """
        added = add(Path(file), self._folder, **options)
        self._open_again()
        return added

    def remove(self, name: str) -> None:
        """Remove a lexicon that was added. Raises LexiconError where there is none of this name."""
        remove(name, self._folder)
        self._open_again()

    def notices(self) -> tuple[str, ...]:
        """What a search must say: which lexicons were damaged, so that it went on without them."""
        return tuple(map(_said, self.lookup.damaged()))

    def check(self) -> list[str]:
        """What is wrong with the lexicons that were added, each of which is read as a whole."""
        tables, damaged = open_tables(_files(self._folder))
        for table in tables:
            try:
                table.verify()
            except DamagedLexicon as error:
                damaged.append(error)
        return [f"{self._folder.name}/{error.path.name}: {_said(error)}" for error in damaged]

    def close(self) -> None:
        """Let go of the files."""
        self.lookup.close()

    def _open_again(self) -> None:
        # A search in another thread keeps the files that it has begun with.
        self.lookup = open_lexicon([*shipped(), self._folder])


def _files(path: Path) -> Sequence[Path]:
    return sorted(path.glob("*" + SUFFIX)) if path.is_dir() or not path.suffix else [path]


def _said(error: DamagedLexicon) -> str:
    name = error.path.name.removesuffix(SUFFIX)
    remedy = (
        "install Dragoman again"
        if error.path.parent == _SHIPPED
        else f"dragoman lexicon remove {name}, then add it again"
    )
    return f"the lexicon {name} is not used ({error.what}): {remedy}"


def _pair(file: Path, source: str, target: str) -> tuple[str, str]:
    one, other = dictd.languages(file)
    pair = canonical(source or one), canonical(target or other)
    if UNDETERMINED in pair:
        msg = f"{file}: its name does not tell its languages; say which they are"
        raise LexiconError(msg)
    return pair


def _write(path: Path, header: Header, read: Iterator[Entry | str]) -> Added:
    """Write what was read, counting what could not be used."""
    problems: list[str] = []
    skipped = used = 0

    def usable() -> Iterator[Entry]:
        nonlocal skipped, used
        for each in read:
            if isinstance(each, Entry):
                used += 1
                yield each
            else:
                skipped += 1
                if len(problems) < _SHOWN:
                    problems.append(each)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        full = write(path, header, usable())
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise LexiconError(msg) from error
    except LexiconError as error:
        if not problems:
            raise
        msg = f"{error}; {problems[0]}"
        raise LexiconError(msg) from error
    return Added(path, full, used, skipped, tuple(problems))
