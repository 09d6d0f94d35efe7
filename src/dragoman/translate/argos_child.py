"""The process in which Argos Translate runs: a line of JSON in, a line of JSON out.

It is started by `argos_upstream`, with an environment made for it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONGEST_INPUT, _LONGEST_OUTPUT = 1024, 255  # tokens; Argos silently cuts off what is longer
_SPLITTERS = ("MiniSBDSentencizer", "StanzaSentencizer", "SpacySentencizerSmall")


class _Whole:
    """A sentence splitter that leaves sentences whole, and so fetches and loads nothing."""

    def __init__(self, *_: object) -> None:
        """Take no notice of the package."""

    def split_sentences(self, text: str) -> list[str]:
        """The text as it is."""
        return [text]


class _Uncut:
    """A tokenizer of Argos's that tells of sentences which Argos would cut off."""

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - Argos has no types
        self._tokenizer = tokenizer

    def encode(self, sentence: str) -> list[str]:
        """The tokens of a sentence, or ValueError."""
        return self._whole(self._tokenizer.encode(sentence), _LONGEST_INPUT)

    def decode(self, tokens: list[str]) -> str:
        """The text of a translation, or ValueError."""
        text: str = self._tokenizer.decode(self._whole(tokens, _LONGEST_OUTPUT))
        return text

    def _whole(self, tokens: list[str], most: int) -> list[str]:
        if len(tokens) > most:
            raise ValueError(f"{len(tokens)} tokens, of which Argos would cut off some")
        return tokens


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:  # noqa: ARG001 - audit hook
    """Raise when anything in the process wants to reach another machine."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise OSError("Argos Translate asked for the network, which it is not given")


def load(source: str, target: str) -> Callable[[str], str]:
    """Argos's own translation between two of its codes, of one sentence.

    It raises ValueError for one that Argos would cut off. Raises LookupError where Argos
    has no package for exactly this direction.
    """
    from argostranslate import translate  # noqa: PLC0415 - an optional part, slow to import

    for name in _SPLITTERS:
        if hasattr(translate, name):
            setattr(translate, name, _Whole)
    codes = {language.code: language for language in translate.get_installed_languages()}
    if source not in codes or target not in codes:
        raise LookupError(f"Argos finds no package from {source} to {target}")
    found: Any = codes[source].get_translation(codes[target])
    if found is None:
        raise LookupError(f"Argos finds no package from {source} to {target}")
    package = found.underlying.pkg
    package.tokenizer = _Uncut(package.tokenizer)
    text: Callable[[str], str] = found.translate
    return text


def serve(source: str, target: str, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer lists of sentences until there are no more."""
    translate: Callable[[str], str] | None = None
    for line in requests:
        try:
            translate = translate or load(source, target)
            answer: dict[str, Any] = {"texts": [translate(text) for text in json.loads(line)]}
        except Exception as error:  # noqa: BLE001 - whatever Argos raises is told to the parent
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def main(arguments: Sequence[str]) -> None:
    """Serve on standard input and output, into which nobody else may print."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.addaudithook(refuse_network)
    serve(arguments[0], arguments[1], sys.stdin.buffer, answers)


if __name__ == "__main__":
    main(sys.argv[1:])
