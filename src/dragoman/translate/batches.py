"""Sentences → memory, else translator and guard → memory, batch by batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dragoman.errors import ModelError, TranslationError
from dragoman.translate import legs
from dragoman.translate.guard import faults, stuck
from dragoman.translations import Rendering, normalised, remember, remembered, sentence_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dragoman.store import Store
    from dragoman.translate import Translator

# What a kill can lose: a few of a translator's own batches, so that its workers all have work.
_BATCH_SENTENCES = 512
_BATCH_CHARACTERS = 30_000
_MISSES = 50  # sentences in a row: then it is the translator that has failed


class Batches:
    """Renders sentences, the memory's first; each batch is in the memory before the next begins."""

    def __init__(
        self, store: Store, deadline: float | None, after_batch: Callable[[], None]
    ) -> None:
        self._store = store
        self._deadline = deadline
        self._after_batch = after_batch
        self._misses = 0
        self.translated = 0
        """Sentences given to translators so far."""
        self.remembered = 0
        """Sentences found in the memory so far."""
        self.rendered = 0.0
        """Characters of the sentences in hand for which a translation is there."""
        self.failures: dict[str, str] = {}
        """Sentences of the last `render` that a translator could not take, and why."""

    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def render(
        self, translator: Translator, texts: Sequence[str], again: Collection[str] = ()
    ) -> dict[str, Rendering]:
        """Translate normalised sentences, each different, by all legs of the route.

        `again` names those that were counted at an earlier stage. Those for which
        there is no time are left out, and so are those that fail, which `failures`
        then holds. Raises `TranslationError` when the translator does nothing but fail.
        """
        self.failures = {}
        made = {text: Rendering(text) for text in texts}
        way = legs(translator)
        for leg in way:
            # What one leg has spoilt is not worth the next.
            spoilt = {text: Rendering("", found) for text, (_, found) in made.items() if found}
            asked = {text: normalised(each.text) for text, each in made.items()}
            asked = {text: sentence for text, sentence in asked.items() if text not in spoilt}
            new = {asked[text] for text in asked.keys() - again}
            after = self._leg(leg, list(dict.fromkeys(asked.values())), new, 1 / len(way))
            made = {text: after[sentence] for text, sentence in asked.items() if sentence in after}
            failed = {text: why for text, s in asked.items() if (why := self.failures.get(s))}
            self.failures |= failed
            made |= spoilt
        self.rendered = 0.0
        return made

    def _leg(
        self, leg: Translator, texts: Sequence[str], new: Collection[str], share: float
    ) -> dict[str, Rendering]:
        """Translate by one leg, which is this share of the way."""
        source, target = leg.route[0], leg.route[-1]
        keys = {text: sentence_key(text, source, target, leg.version) for text in texts}
        held = remembered(self._store, list(keys.values()))
        found = {text: held[key] for text, key in keys.items() if key in held}
        counted = [text for text in found if text in new]
        self.remembered += len(counted)
        self.rendered += share * sum(map(len, counted))
        # Sentences of a length together: a batch takes as long as its longest.
        missing = sorted(keys.keys() - found.keys(), key=lambda text: (-len(text), text))
        for batch in _batches(missing):
            if self.is_over():
                break
            made = self._checked(leg, self._attempt(leg, batch))
            remember(self._store, {keys[text]: rendering for text, rendering in made.items()})
            found |= made
            self.rendered += share * sum(map(len, made))
            self._after_batch()
        return found

    def _attempt(self, leg: Translator, batch: Sequence[str]) -> dict[str, str]:
        """Translate a batch; where that fails, its halves, down to the sentence at fault."""
        try:
            made = _translate(leg, batch)
        except ModelError:
            raise  # whatever the sentence
        except TranslationError as error:
            if len(batch) > 1:
                half = len(batch) // 2
                return self._attempt(leg, batch[:half]) | self._attempt(leg, batch[half:])
            self.failures[batch[0]] = str(error)
            self._misses += 1
            if self._misses >= _MISSES:
                raise
            return {}
        self._misses = 0
        self.translated += len(batch)
        return made

    def _checked(self, leg: Translator, made: Mapping[str, str]) -> dict[str, Rendering]:
        same = stuck(list(made.items()))
        checked = {}
        for source, text in made.items():
            found = faults(source, text, leg.route[0], leg.route[-1])
            checked[source] = Rendering(text, (*found, "stuck") if text in same else found)
        return checked


def _translate(leg: Translator, batch: Sequence[str]) -> dict[str, str]:
    made = leg.translate(batch)
    if len(made) != len(batch):
        raise TranslationError(f"{len(made)} translations came for {len(batch)} sentences")
    return dict(zip(batch, made, strict=True))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = characters = 0
    for at, text in enumerate(texts):
        if at - start >= _BATCH_SENTENCES or (at > start and characters >= _BATCH_CHARACTERS):
            yield texts[start:at]
            start, characters = at, 0
        characters += len(text)
    if start < len(texts):
        yield texts[start:]
