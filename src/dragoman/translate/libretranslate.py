"""A LibreTranslate server, which the user names: the one translator that opens a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dragoman.errors import TranslationError
from dragoman.translate import Route, http
from dragoman.translate.tags import tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dragoman.translate import Settings

# What public servers allow in one request by default: a batch of them, of 2,000 characters.
_BATCH_SENTENCES = 50
_BATCH_LETTERS = 2_000


def available(folder: Path | None, settings: Settings) -> list[Route]:  # noqa: ARG001 - see Protocol
    """The directions that the server offers. Raises TranslationError where it does not answer."""
    return [Route(*pair, "libretranslate") for pair in _codes(settings)]


def open_leg(route: Route, folder: Path | None, settings: Settings) -> LibreTranslator:  # noqa: ARG001
    """One of its directions."""
    codes = _codes(settings).get((route.source, route.target))
    if codes is None:
        raise TranslationError(
            f"{settings.url}: does not translate {route.source} to {route.target}"
        )
    return LibreTranslator(route, codes, settings)


class LibreTranslator:
    """One direction of a server."""

    def __init__(self, route: Route, codes: tuple[str, str], settings: Settings) -> None:
        self._route = route
        self._codes = codes
        self._settings = settings
        self._version = ""

    @property
    def route(self) -> tuple[str, ...]:
        """The two languages. Whether the server goes through a third one it does not tell."""
        return self._route.source, self._route.target

    @property
    def version(self) -> str:
        """The server's address, the release it says it has, and the direction."""
        if not self._version:
            info = _ask(self._settings, "spec").get("info")
            release = info.get("version", "?") if isinstance(info, dict) else "?"
            url = self._settings.url.rstrip("/")
            self._version = f"libretranslate {release} {url} {'_'.join(self._codes)}"
        return self._version

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Translate. Raises TranslationError where the server fails or takes too long."""
        texts: list[str] = []
        for batch in _batches(sentences):
            request = {
                "q": list(batch),
                "source": self._codes[0],
                "target": self._codes[1],
                "format": "text",
            }
            if self._settings.api_key:
                request["api_key"] = self._settings.api_key
            given = _ask(self._settings, "translate", request).get("translatedText")
            if (
                not isinstance(given, list)
                or len(given) != len(batch)
                or not all(isinstance(text, str) for text in given)
            ):
                raise TranslationError(
                    f"{self._settings.url}: {len(batch)} sentences did not give as many texts"
                )
            texts += (text.strip() for text in given)
        return texts

    def close(self) -> None:
        """Every request has a connection of its own."""


def _codes(settings: Settings) -> dict[tuple[str, str], tuple[str, str]]:
    """The directions, by BCP 47 tags, with the server's own codes."""
    listed = _ask(settings, "languages", kind=list)
    try:
        pairs = [(row["code"], code) for row in listed for code in row["targets"]]
        return {
            (tag(one), tag(other)): (one, other) for one, other in pairs if tag(one) != tag(other)
        }
    except (TypeError, KeyError, AttributeError) as error:
        raise TranslationError(f"{settings.url}: not a LibreTranslate server") from error


def _ask(settings: Settings, path: str, data: Any = None, kind: type[Any] = dict) -> Any:  # noqa: ANN401
    if not settings.url:
        raise TranslationError("give the address of the LibreTranslate server")
    answer = http.get(f"{settings.url.rstrip('/')}/{path}", settings.timeout, data)
    if not isinstance(answer, kind):
        raise TranslationError(f"{settings.url}: not a LibreTranslate server")
    return answer


def _batches(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    start = letters = 0
    for at, sentence in enumerate(sentences):
        full = at - start >= _BATCH_SENTENCES or letters + len(sentence) > _BATCH_LETTERS
        if at > start and full:
            yield sentences[start:at]
            start, letters = at, 0
        letters += len(sentence)
    if start < len(sentences):
        yield sentences[start:]
