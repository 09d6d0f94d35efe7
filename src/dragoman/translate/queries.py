"""A whole query, put into the languages of a library by machine, once for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dragoman.errors import TranslationError
from dragoman.translate.guard import faults
from dragoman.translations import Rendering, normalised, remember, remembered, sentence_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from dragoman.store import Store
    from dragoman.translate import Translator


def translated(
    text: str,
    source: str,
    targets: Collection[str],
    open_translator: Callable[[str, str], Translator],
    store: Store,
) -> Mapping[str, str]:
    """A query in every target language that a translator reaches from its own.

    What was translated before comes from the sentence memory, and no model is
    loaded for it. A translation that the guard finds fault with is left out.
    """
    sentence = normalised(text)
    found: dict[str, str] = {}
    for target in sorted(set(targets) - {source}):
        try:
            translator = open_translator(source, target)
        except TranslationError:
            continue  # no model for this language: lexicons and names reach it
        try:
            key = sentence_key(sentence, source, target, translator.version)
            rendering = remembered(store, [key]).get(key)
            if rendering is None:
                made = translator.translate([sentence])[0]
                rendering = Rendering(made, faults(sentence, made, source, target))
                remember(store, {key: rendering})
        finally:
            translator.close()
        if not rendering.faults:
            found[target] = rendering.text
    return found
