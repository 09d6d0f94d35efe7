"""Sentences into the tokens that a model was trained on, and its tokens back into text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from dragoman.errors import MissingExtra, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from dragoman.translate.packages import Package

_SPACE = "▁"  # the mark of a space in the tokens of SentencePiece
_JOINED = "@@"  # the mark of a token that the next one goes on
_WORD_END = "</w>"
_MAX_CACHED = 100_000


class Tokens(Protocol):
    """The tokens of one package."""

    def encode(self, sentence: str) -> list[str]:
        """The tokens of a sentence."""

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of translated tokens."""

    def starts_word(self, tokens: Sequence[str], at: int) -> bool:
        """Whether a token begins a word, so that a sentence may be cut before it."""


def encodable(sentence: str) -> str:
    """A sentence without the halves of letters that JSON may hold and UTF-8 may not."""
    return sentence.encode("utf-8", "replace").decode("utf-8")


def open_tokens(package: Package) -> Tokens:
    """The tokens of a package. Raises ModelError where its tokenizer cannot be used."""
    try:
        if package.tokenizer.name == "bpe.model":
            return BpeTokens(package.tokenizer, *package.codes)
        return SentencePieceTokens(package.tokenizer)
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise ModelError(f"{package.tokenizer}: cannot be used: {error}") from error


class SentencePieceTokens:
    """Pieces of a SentencePiece model (Kudo and Richardson 2018)."""

    def __init__(self, model: Path) -> None:
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - an optional part

        self._model: Any = SentencePieceProcessor(model_file=str(model))

    def encode(self, sentence: str) -> list[str]:
        """The pieces of a sentence."""
        pieces: list[str] = self._model.encode(sentence, out_type=str)
        return pieces

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of pieces; an underscore stays one, unlike in Argos Translate."""
        text: str = self._model.decode_pieces(list(tokens))
        return text.replace(_SPACE, " ").strip()

    def starts_word(self, tokens: Sequence[str], at: int) -> bool:
        """A piece that begins with a space begins a word."""
        return tokens[at].startswith(_SPACE)


class BpeTokens:
    """Moses words in byte pairs, as OpenNMT's older models take them.

    The words are those of sacremoses; the pairs are merged as Sennrich, Haddow and
    Birch (2016) describe, from a file of subword-nmt's form.
    """

    def __init__(self, model: Path, source: str, target: str) -> None:
        try:
            from sacremoses import (  # noqa: PLC0415 - an optional part
                MosesDetokenizer,
                MosesPunctNormalizer,
                MosesTokenizer,
            )
        except ModuleNotFoundError as error:
            raise MissingExtra(f"{model}", "argos", str(error.name)) from error
        self._normalizer: Any = MosesPunctNormalizer(source)
        self._words: Any = MosesTokenizer(source)
        self._text: Any = MosesDetokenizer(target)
        self._merges = Merges(model.read_text(encoding="utf-8").splitlines())

    def encode(self, sentence: str) -> list[str]:
        """The byte pairs of a sentence."""
        words: list[str] = self._words.tokenize(self._normalizer.normalize(sentence))
        # A word may hold a no-break space, which no merge crosses.
        return [token for word in " ".join(words).split(" ") if word
                for token in self._merges.tokens(word)]  # fmt: skip

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of byte pairs."""
        words = " ".join(tokens).replace(f"{_JOINED} ", "").split(" ")
        text: str = self._text.detokenize(words)
        return text.strip()

    def starts_word(self, tokens: Sequence[str], at: int) -> bool:
        """A token begins a word unless the one before goes on."""
        return not tokens[at - 1].endswith(_JOINED)


class Merges:
    """The merges of byte pair encoding, in the order in which they were learned."""

    def __init__(self, lines: Iterable[str]) -> None:
        rows = [line.strip("\r\n ") for line in lines]
        version = re.fullmatch(r"#version: 0\.(\d+)", rows[0]) if rows else None
        # Since version 0.2 the end of a word is part of its last letter.
        self._end_apart = version is None or version[1] == "1"
        pairs = [tuple(row.split(" ")) for row in rows[version is not None :] if row]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise ValueError("not a file of byte pair merges")
        self._rank = {pair: rank for rank, pair in reversed(list(enumerate(pairs)))}
        self._cache: dict[str, list[str]] = {}

    def tokens(self, word: str) -> list[str]:
        """The tokens of a word; all but the last bear the mark of being joined."""
        known = self._cache.get(word)
        if known is None:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            *first, last = self._merged(word)
            known = self._cache[word] = [*(part + _JOINED for part in first), last]
        return known

    def _merged(self, word: str) -> list[str]:
        parts = [*word, _WORD_END] if self._end_apart else [*word[:-1], word[-1] + _WORD_END]
        while len(parts) > 1:
            rank, pair = min(
                (self._rank.get(pair, len(self._rank) + 1), pair) for pair in pairwise(parts)
            )
            if rank > len(self._rank):
                break
            parts = _joined(parts, pair)
        parts[-1] = parts[-1].removesuffix(_WORD_END)
        return parts if parts[-1] else parts[:-1]


def _joined(parts: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Every occurrence of a pair as one part, from the left."""
    result: list[str] = []
    at = 0
    while at < len(parts):
        if parts[at] == pair[0] and at + 1 < len(parts) and parts[at + 1] == pair[1]:
            result.append(pair[0] + pair[1])
            at += 2
        else:
            result.append(parts[at])
            at += 1
    return result
