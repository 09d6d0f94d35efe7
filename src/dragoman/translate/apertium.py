"""Apertium: translation by dictionaries and rules, as Debian and others package it.

It is small, quick and never makes anything up; what it does not know it leaves as
it is. The program ``apertium`` is asked for one batch of sentences at a time.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from dragoman.errors import TranslationError
from dragoman.translate import Route
from dragoman.translate.tags import tag
from dragoman.translate.tokens import encodable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dragoman.translate import Settings

_PLACES = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"))
_ENVIRONMENT = {"PATH": _PLACES, "LC_ALL": "C.UTF-8"}
_BATCH_BYTES = 200_000
_LISTING_SECONDS = 20

# A direction is named by two codes, each perhaps with a variety: spa-eng, eng-hbs_HR.
_MODE = re.compile(r"([a-z]{2,3}(?:_[A-Za-z0-9]+)*)-([a-z]{2,3}(?:_[A-Za-z0-9]+)*)")
_SPECIAL = re.compile(r"([\[\]{}^$/\\@<>~])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SENTENCE_END = "[]"  # an empty blank, without which a full stop at the end is lost

# Serbian is written in two alphabets, letter for letter; the dictionaries have the Latin one.
_LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | dict(zip("АБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ", "ABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž", "Љ": "Lj", "Њ": "Nj", "Џ": "Dž"}
)
_LATIN_ONLY = "hbs"


def available(folder: Path | None, settings: Settings) -> list[Route]:  # noqa: ARG001 - see Protocol
    """The directions that are installed; none where the program is not."""
    return [Route(*pair, "apertium") for pair in _modes()]


def open_leg(route: Route, folder: Path | None, settings: Settings) -> ApertiumTranslator:  # noqa: ARG001
    """Open an installed direction."""
    mode = _modes().get((route.source, route.target))
    if mode is None:
        raise TranslationError(f"apertium: {route.source} to {route.target} is not installed")
    return ApertiumTranslator(route, mode, settings.timeout)


class ApertiumTranslator:
    """One direction of Apertium."""

    def __init__(self, route: Route, mode: str, timeout: float) -> None:
        self._route = route
        self._mode = mode
        self._timeout = timeout
        self._version = ""

    @property
    def route(self) -> tuple[str, ...]:
        """The two languages."""
        return self._route.source, self._route.target

    @property
    def version(self) -> str:
        """The release of the program, the direction and a digest of its data."""
        if not self._version:
            release = _run(["-V"], b"", _LISTING_SECONDS).decode("utf-8", "replace").split()
            self._version = f"apertium {' '.join(release[-1:])} {self._mode} {_digest(self._mode)}"
        return self._version

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Translate. Raises TranslationError where the program fails or takes too long."""
        texts: list[str] = []
        if self._mode.startswith(_LATIN_ONLY):
            sentences = [_in_latin(sentence) for sentence in sentences]
        for batch in _batches([_escape(sentence) for sentence in sentences]):
            sent = "".join(f"{sentence}{_SENTENCE_END}\0" for sentence in batch)
            arguments = ["-z", "-u", "-f", "none", self._mode]
            answer = _run(arguments, sent.encode(), self._timeout).decode("utf-8", "replace")
            # More zeros than were sent come back, but never fewer.
            parts = answer.split("\0")[: len(batch)]
            if len(parts) < len(batch):
                raise TranslationError(
                    f"apertium {self._mode}: {len(batch)} sentences gave {len(parts)} translations"
                )
            texts += map(_unescape, parts)
        return texts

    def close(self) -> None:
        """There is nothing to release between two batches."""


def _modes() -> dict[tuple[str, str], str]:
    """The installed directions; of several varieties of one, the plain one."""
    if _program() is None:
        return {}
    listed = _run(["-l"], b"", _LISTING_SECONDS).decode("utf-8", "replace").split()
    modes: dict[tuple[str, str], str] = {}
    for mode in sorted(listed, key=lambda each: (len(each), each)):
        if match := _MODE.fullmatch(mode):
            modes.setdefault((tag(match[1]), tag(match[2])), mode)
    return modes


def _digest(mode: str) -> str:
    """A short digest of the dictionaries and rules that a direction names."""
    program = Path(_program() or "")
    listed = program.resolve().parent.parent / "share" / "apertium" / "modes" / f"{mode}.mode"
    digest = hashlib.sha256()
    try:
        text = listed.read_text(encoding="utf-8")
        for name in re.findall(r"'(/[^']+)'", text):
            digest.update(Path(name).read_bytes())
    except OSError as error:
        raise TranslationError(f"apertium {mode}: its data cannot be read: {error}") from error
    return digest.hexdigest()[:12]


def _program() -> str | None:
    return shutil.which("apertium", path=_PLACES)


def _run(arguments: Sequence[str], data: bytes, timeout: float) -> bytes:
    """What the program prints. It is a row of programs, which are ended together."""
    program = _program()
    if program is None:
        raise TranslationError(
            "apertium is not installed: apt-get install apertium apertium-XXX-YYY"
        )
    process = subprocess.Popen(  # noqa: S603 - a fixed program, no shell, arguments of our own
        [program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        out, errors = process.communicate(data, timeout=timeout)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise TranslationError(f"apertium: no answer in {timeout:g} s") from error
        raise
    if process.returncode:
        told = errors.decode("utf-8", "replace").strip()[-200:]
        raise TranslationError(f"apertium failed with {process.returncode}: {told}")
    return out


def _batches(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for at, sentence in enumerate(sentences):
        length = len(sentence.encode()) + len(_SENTENCE_END) + 1
        if at > start and size + length > _BATCH_BYTES:
            yield sentences[start:at]
            start, size = at, 0
        size += length
    if start < len(sentences):
        yield sentences[start:]


def _in_latin(sentence: str) -> str:
    latin = sentence.translate(_LATIN)
    return latin.upper() if sentence.isupper() else latin


def _escape(sentence: str) -> str:
    """One line, with the signs that mean something in Apertium's stream marked as text."""
    line = " ".join(encodable(sentence).replace("\0", " ").split())
    return _SPECIAL.sub(r"\\\1", line)


def _unescape(answer: str) -> str:
    # Rules that drop a word may leave its space.
    return " ".join(_ESCAPED.sub(r"\1", answer.strip().removesuffix(_SENTENCE_END)).split())
