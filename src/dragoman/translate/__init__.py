"""Translators: they put sentences of one language into another.

A translator never splits, stores, checks or indexes. Each one keeps the promises
of `Translator`, and passes the same contract suite.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from dragoman.errors import InvalidValue, TranslationError
from dragoman.languages import name as language_name
from dragoman.translate.tags import likeness, primary, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DEFAULT_ENGINE = "argos"
PIVOTS = ("en",)
"""The languages that a translation may pass through where no direct way is there."""


class Translator(Protocol):
    """Translates sentences of one language into another."""

    @property
    def route(self) -> tuple[str, ...]:
        """The languages passed through: ("ar", "en"), or ("ar", "en", "fr") through a pivot."""

    @property
    def version(self) -> str:
        """Names the engine, every package with its version, and the decoding settings.

        Two translators of the same version give the same translations: it is the key
        under which the sentence memory keeps them.
        """

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """One translation for each sentence, in order. Raises `TranslationError`."""

    def close(self) -> None:
        """Release files and memory."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way from one language to another. Languages are BCP 47 tags."""

    source: str
    target: str
    engine: str
    via: tuple[str, ...] = ()
    """The languages passed through on the way."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How translators work. Each engine takes what concerns it."""

    workers: int = 1
    """Batches translated at the same time, each on a processor core of its own."""
    beam_size: int = 2
    """Unfinished translations kept in the search for the best one (Argos Translate keeps 4)."""
    length_penalty: float = 1.0
    """How far longer translations are favoured: 0 not at all, 1 by their mean score a token
    (Argos Translate has 0.2)."""
    batch_tokens: int = 1024
    """Tokens translated together by each worker, padding included. Twice as many are hardly
    faster, and take twice the memory beyond that of the model."""
    url: str = ""
    """The address of a LibreTranslate server."""
    api_key: str = ""
    """The key that such a server may ask for."""
    timeout: float = 120.0
    """Seconds that a server or another program may take for one request."""


ARGOS_SETTINGS = Settings(beam_size=4, length_penalty=0.2)
"""The decoding of Argos Translate itself: slower, and no better."""


class _EngineModule(Protocol):
    """What the module of an engine offers."""

    def available(self, folder: Path | None, settings: Settings) -> Sequence[Route]:
        """The direct ways that the engine has, without loading any model."""

    def open_leg(self, route: Route, folder: Path | None, settings: Settings) -> Translator:
        """Open one of them. Raises `MissingExtra` or `TranslationError`."""


class _Known(NamedTuple):
    module: str
    hint: str
    """What a person has to do to get a missing pair of languages."""


_ENGINES: dict[str, _Known] = {
    "argos": _Known("dragoman.translate.argos", "dragoman models add FILE.argosmodel"),
    "argostranslate": _Known(
        "dragoman.translate.argos_upstream", "dragoman models add FILE.argosmodel"
    ),
    "apertium": _Known("dragoman.translate.apertium", "apt-get install apertium-XXX-YYY"),
    "libretranslate": _Known(
        "dragoman.translate.libretranslate", "load the languages on the server"
    ),
}
ENGINES = tuple(_ENGINES)
"""The names of the engines."""


def open_translator(
    source: str,
    target: str,
    *,
    engine: str | None = None,
    folder: Path | None = None,
    pivots: Sequence[str] = PIVOTS,
    settings: Settings | None = None,
) -> Translator:
    """Open a translator from one language to another; its `route` says which way it takes.

    `folder` holds the packages of Argos. Where no direct way is there, one through
    a language of `pivots` is taken; give none to forbid that. Models are loaded when
    first used. Raises InvalidValue for an unknown engine, MissingExtra where its
    dependencies are not installed, TranslationError where no way is there.
    """
    name = engine or DEFAULT_ENGINE
    module = _module(name)
    settings = settings or Settings()
    way = _way(tag(source), tag(target), module.available(folder, settings), pivots)
    if not way:
        others = [each for each in pivots if each not in (tag(source), tag(target))]
        through = f", directly or through {', '.join(others)}" if others else ""
        raise TranslationError(
            f"{name} has nothing that translates from {_named(source)} to {_named(target)}"
            f"{through}: {_ENGINES[name].hint}"
        )
    legs = [module.open_leg(route, folder, settings) for route in way]
    return legs[0] if len(legs) == 1 else Pivot(legs)


def routes(
    *,
    folder: Path | None = None,
    engines: Iterable[str] = (DEFAULT_ENGINE,),
    pivots: Sequence[str] = PIVOTS,
    settings: Settings | None = None,
) -> list[Route]:
    """All ways between two languages, the direct ones of each engine before those by a pivot.

    Loads no model; asks a server only if `engines` names ``libretranslate``.
    """
    found: list[Route] = []
    for name in engines:
        direct = _module(name).available(folder, settings or Settings())
        known = {(route.source, route.target) for route in direct}
        found += direct
        for pivot in pivots:
            for first in direct:
                for second in direct:
                    pair = first.source, second.target
                    if not first.target == pivot == second.source or pair in known:
                        continue
                    if primary(pair[0]) != primary(pair[1]):
                        known.add(pair)
                        found.append(Route(*pair, name, (pivot,)))
    return found


def legs(translator: Translator) -> tuple[Translator, ...]:
    """The translators that a translation passes through, one after the other."""
    return translator.legs if isinstance(translator, Pivot) else (translator,)


class Pivot:
    """Translators in a row: what one gives, the next one takes."""

    def __init__(self, legs: Iterable[Translator]) -> None:
        self.legs = tuple(legs)
        """The translators, each of which may be used, and remembered, by itself."""
        if not self.legs:
            raise InvalidValue("a pivot needs at least one translator")

    @property
    def route(self) -> tuple[str, ...]:
        """The languages passed through."""
        return (self.legs[0].route[0], *(stop for leg in self.legs for stop in leg.route[1:]))

    @property
    def version(self) -> str:
        """The versions of all, in order."""
        return " > ".join(leg.version for leg in self.legs)

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Translate by each in turn."""
        result = list(sentences)
        for leg in self.legs:
            result = leg.translate(result)
        return result

    def close(self) -> None:
        """Close all."""
        for leg in self.legs:
            leg.close()


def _module(name: str) -> _EngineModule:
    known = _ENGINES.get(name)
    if known is None:
        raise InvalidValue(f"no translator is called {name!r}; there is {', '.join(_ENGINES)}")
    return cast("_EngineModule", importlib.import_module(known.module))


def _way(source: str, target: str, offers: Iterable[Route], pivots: Sequence[str]) -> list[Route]:
    """The direct way or the two legs through the first pivot that has both; else nothing."""
    offers = list(offers)
    if direct := _best(source, target, offers):
        return [direct]
    for pivot in pivots:
        first, second = _best(source, pivot, offers), _best(pivot, target, offers)
        if first and second:
            return [first, second]
    return []


def _best(source: str, target: str, offers: Iterable[Route]) -> Route | None:
    """The way whose languages are most like those asked for."""
    scored = (
        (likeness(source, route.source), likeness(target, route.target), route) for route in offers
    )
    return max(
        (row for row in scored if row[0] and row[1]), key=lambda row: row[:2], default=(0, 0, None)
    )[2]


def _named(language: str) -> str:
    known = language_name(primary(tag(language)))
    return f"{known} ({tag(language)})"
