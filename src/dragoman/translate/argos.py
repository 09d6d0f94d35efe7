"""Argos packages, translated in bulk by CTranslate2 alone.

Argos Translate passes sentences to CTranslate2 about one at a time. Here the
sentences of a call, which may come from hundreds of articles, are sorted by length
and translated in batches that fill the processor; the text that comes out is the same.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections import deque
from importlib.util import find_spec
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from dragoman.errors import MissingExtra, ModelError, TranslationError
from dragoman.translate import Route
from dragoman.translate.packages import METADATA, listing, read
from dragoman.translate.tags import UNSPACED, primary
from dragoman.translate.tokens import encodable, open_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dragoman.translate import Settings
    from dragoman.translate.packages import Package
    from dragoman.translate.tokens import Tokens

MAX_TOKENS = 250
"""Longer sentences are translated in parts: models hardly ever saw one in training."""

_ENDS = frozenset(".!?;:,…؟؛،۔।")
_FULL_WIDTH = frozenset("。！？；：、，")  # these are part of no number, so no space need follow

# A translation may have twice the tokens of its sentence and some; what is longer goes round
# in circles, at the price of all the sentences in its batch.
_CAP_FACTOR = 2
_CAP_EXTRA = 30

# Unfinished translations in a batch, each of which has a score for every word there is:
# some 128 kB. Without this bound, memory goes to the shortest sentences.
_ROWS = 256

# What the C++ of CTranslate2 throws arrives as one of these.
_NATIVE = (RuntimeError, ValueError, IndexError, OverflowError, MemoryError, OSError)

_SAMPLES = 64
_SAMPLE_BYTES = 4096


def available(folder: Path | None, settings: Settings) -> list[Route]:  # noqa: ARG001 - see Protocol
    """The directions of the packages in a folder."""
    packages = listing(folder).used() if folder else ()
    return [Route(package.source, package.target, "argos") for package in packages]


def open_leg(route: Route, folder: Path | None, settings: Settings) -> ArgosTranslator:
    """Open the newest package for a direction."""
    for module in ("ctranslate2", "sentencepiece"):
        if find_spec(module) is None:
            raise MissingExtra("translation with the packages of Argos", "argos", module)
    return ArgosTranslator(installed(route, folder), settings)


def installed(route: Route, folder: Path | None) -> Package:
    """The package in use for a direction. Raises TranslationError where there is none."""
    for package in listing(folder).used() if folder else ():
        if (package.source, package.target) == (route.source, route.target):
            return package
    raise TranslationError(f"{folder}: no package translates {route.source} to {route.target}")


def fingerprint(package: Package) -> str:
    """A short digest of what decides a package's translations, whoever installed it.

    Of the weights, which may be gigabytes, 64 pieces are taken: a model that was
    trained differently differs in all of them.
    """
    digest = hashlib.sha256()
    try:
        small = [package.path / METADATA, package.tokenizer]
        model = [path for path in package.model.iterdir() if path.is_file()]
        small += [path for path in model if path.name != "model.bin"]
        for path in sorted(small):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        with (package.model / "model.bin").open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest.update(str(size).encode())
            for sample in range(_SAMPLES):
                file.seek(size * sample // _SAMPLES)
                digest.update(file.read(_SAMPLE_BYTES))
    except OSError as error:
        raise ModelError(f"{package.path}: cannot be read: {error}") from error
    return digest.hexdigest()[:12]


class _Loaded(NamedTuple):
    model: Any
    tokens: Tokens
    process: int


class ArgosTranslator:
    """One package, loaded when the first sentence comes.

    The network runs in threads of its own, which do not survive a fork: one that was
    loaded before refuses to work in the child, where it would wait for ever.
    """

    def __init__(self, package: Package, settings: Settings) -> None:
        self._package = package
        self._settings = settings
        self._lock = Lock()
        self._loaded: _Loaded | None = None
        self._version = ""
        _OPEN.add(self)

    @property
    def route(self) -> tuple[str, ...]:
        """The two languages of the package."""
        return self._package.source, self._package.target

    @property
    def version(self) -> str:
        """The package, its version and its fingerprint, and how it is decoded."""
        if not self._version:
            package, how = self._package, self._settings
            self._version = (
                f"argos {'_'.join(package.codes)} {package.version} {fingerprint(package)}"
                f" beam={how.beam_size} penalty={how.length_penalty:g}"
            )
        return self._version

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Translate; equal sentences once, and long ones in parts. Raises TranslationError."""
        if not any(sentence.strip() for sentence in sentences):
            return [""] * len(sentences)
        loaded = self._load()
        parts = {
            sentence: _parts(loaded.tokens, loaded.tokens.encode(encodable(sentence)))
            for sentence in dict.fromkeys(sentences)
            if sentence.strip()
        }
        distinct = dict.fromkeys(part for each in parts.values() for part in each)
        texts = self._decoded(loaded, sorted(distinct, key=lambda part: (-len(part), part)))
        glue = "" if primary(self._package.target) in UNSPACED else " "
        whole = {
            sentence: glue.join(filter(None, (texts[part] for part in each)))
            for sentence, each in parts.items()
        }
        return [whole.get(sentence, "") for sentence in sentences]

    def close(self) -> None:
        """Let go of the model; it is loaded again if it is used again."""
        with self._lock:
            if self._loaded and self._loaded.process == os.getpid():
                self._loaded = None

    def abandon(self) -> None:
        """Never free the model in this process; for the child of a fork.

        Freeing it would wait for its threads, which the child does not have.
        """
        self._lock = Lock()  # whoever held it is not here
        if self._loaded:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._loaded.model))

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _Loaded(self._model(), open_tokens(self._package), os.getpid())
            if self._loaded.process != os.getpid():
                raise TranslationError(
                    f"{self._package.name} was loaded before this process was forked;"
                    " open the translator in the process that uses it"
                )
            return self._loaded

    def _model(self) -> Any:  # noqa: ANN401 - CTranslate2 has no types
        import ctranslate2  # noqa: PLC0415 - an optional part

        # The package is read again: it may have been replaced since the route was found.
        if read(self._package.path).codes != self._package.codes:
            raise ModelError(f"{self._package.path}: was replaced by another package")
        try:
            return ctranslate2.Translator(
                str(self._package.model),
                device="cpu",
                inter_threads=self._settings.workers,
                intra_threads=1,
            )
        except _NATIVE as error:
            raise ModelError(f"{self._package.model}: cannot be loaded: {error}") from error

    def _decoded(
        self, loaded: _Loaded, parts: Sequence[tuple[str, ...]]
    ) -> dict[tuple[str, ...], str]:
        """The translation of each of some distinct lists of tokens, the longest first."""
        texts: dict[tuple[str, ...], str] = {}
        under_way: deque[list[tuple[tuple[str, ...], Any]]] = deque()
        try:
            for batch in _batches(parts, self._share(parts), _ROWS // self._settings.beam_size):
                under_way.append(list(zip(batch, self._start(loaded, batch), strict=True)))
                # No more than keeps every worker busy, so that an interrupt is obeyed soon.
                if len(under_way) > 2 * self._settings.workers:
                    texts.update(self._finish(loaded, under_way.popleft()))
            while under_way:
                texts.update(self._finish(loaded, under_way.popleft()))
        except _NATIVE as error:
            raise TranslationError(f"{self._package.name}: {error}") from error
        return texts

    def _share(self, parts: Sequence[tuple[str, ...]]) -> int:
        """Tokens a batch, as many as is set, or fewer so that all workers end together."""
        tokens = sum(map(len, parts))
        rounds = ceil(tokens / (self._settings.batch_tokens * self._settings.workers))
        return ceil(tokens / (rounds * self._settings.workers))

    def _start(self, loaded: _Loaded, batch: Sequence[tuple[str, ...]]) -> list[Any]:
        prefix = [self._package.prefix] if self._package.prefix else None
        started: list[Any] = loaded.model.translate_batch(
            [list(part) for part in batch],
            target_prefix=[prefix] * len(batch) if prefix else None,
            beam_size=self._settings.beam_size,
            length_penalty=self._settings.length_penalty,
            max_decoding_length=_CAP_FACTOR * len(batch[0]) + _CAP_EXTRA,
            replace_unknowns=True,
            asynchronous=True,
        )
        return started

    def _finish(
        self, loaded: _Loaded, started: Sequence[tuple[tuple[str, ...], Any]]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        for part, promise in started:
            tokens = promise.result().hypotheses[0]
            if self._package.prefix and tokens[:1] == [self._package.prefix]:
                tokens = tokens[1:]
            yield part, loaded.tokens.decode(tokens)


_OPEN: WeakSet[ArgosTranslator] = WeakSet()


def _after_fork() -> None:
    for translator in _OPEN:
        translator.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _batches(
    parts: Sequence[tuple[str, ...]], tokens: int, sentences: int
) -> Iterator[Sequence[tuple[str, ...]]]:
    """Runs of parts, given longest first, of at most so many tokens when padded, and parts."""
    start = 0
    while start < len(parts):
        count = max(1, min(tokens // len(parts[start]), sentences))
        yield parts[start : start + count]
        start += count


def _parts(tokens: Tokens, sentence: Sequence[str]) -> list[tuple[str, ...]]:
    """A sentence cut where it is longer than a model can be trusted with.

    The cut is after the last punctuation mark in the second half of what fits, else
    between two words, else anywhere.
    """
    parts: list[tuple[str, ...]] = []
    rest = tuple(sentence)
    while len(rest) > MAX_TOKENS:
        window = range(MAX_TOKENS, MAX_TOKENS // 2, -1)
        places = [at for at in window if tokens.starts_word(rest, at)]
        marks = [at for at in places if rest[at - 1][-1:] in _ENDS]
        marks = marks or [at for at in window if rest[at - 1][-1:] in _FULL_WIDTH]
        cut = (marks or places or [MAX_TOKENS])[0]
        parts.append(rest[:cut])
        rest = rest[cut:]
    return [*parts, rest] if rest else parts
