"""The bulk run: articles → sentences → memory, translator, guard → store.

Titles come first, then leads, then bodies, so that an interrupted run has done
what serves most. Every batch is committed to the sentence memory as it comes
from the translator: a kill loses the batch in hand, and no sentence is given to
the same translator twice.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from dragoman import translations
from dragoman.errors import TranslationError
from dragoman.languages import members
from dragoman.model import Problem
from dragoman.translate.batches import Batches
from dragoman.translate.guard import has_words
from dragoman.translate.plan import STAGES, Plan, Stage, TranslationProgress, TranslationReport
from dragoman.translate.sentences import sentences
from dragoman.translations import WHOLE, Original, Rendering, TranslatedSentence, Translation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from dragoman.store import Store
    from dragoman.translate import Translator

    OpenTranslator = Callable[[str, str], Translator]
    OnProgress = Callable[[TranslationProgress], None]

MAX_PROBLEMS = 1000

# Articles that are translated together, at each stage, and the letters they may have.
_POOL_ARTICLES = (2000, 500, 250)
_POOL_CHARACTERS = 1_000_000
_LEAD_SENTENCES = 3
_REINDEX_SECONDS = 60.0
_REINDEX_SHARE = 20  # times as long as the last indexing took, at least, until the next


class _Candidate(NamedTuple):
    """An article that may be to translate."""

    key: int
    language: str
    size: int
    stage: int
    version: str

    def is_done(self, version: str, *, again: bool) -> bool:
        """Whether a run with a translator of this version has nothing to do for it."""
        return self.stage == WHOLE and not (again and self.version != version)


class _Piece(NamedTuple):
    """A sentence to translate, by its place in an article."""

    field: Literal["title", "body"]
    start: int
    end: int
    text: str
    """Normalised."""
    stage: int
    """That at which it is translated."""


@dataclass(slots=True)
class _Work:
    """The articles of one language, in order, with their lengths."""

    version: str
    keys: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))


def translate(
    store: Store,
    open_translator: OpenTranslator,
    plan: Plan,
    *,
    reindex: Callable[[], object] = lambda: None,
    writing: Callable[[], AbstractContextManager[object]] = nullcontext,
    on_progress: OnProgress = lambda _: None,
) -> TranslationReport:
    """Translate the articles of a library, as far as the plan's limits go.

    `open_translator` takes a source and a target language; it raises
    `TranslationError` where no route exists. `writing` is entered for the short
    time in which translations are put into the store, and to call `reindex`,
    which is to index the articles marked dirty; the sentence memory needs no
    such right.

    A translator that fails on some sentence costs the article it is in, and no
    other: the report tells of it.
    """
    return _Run(store, open_translator, plan, reindex, writing, on_progress).run()


class _Run:
    def __init__(
        self,
        store: Store,
        open_translator: OpenTranslator,
        plan: Plan,
        reindex: Callable[[], object],
        writing: Callable[[], AbstractContextManager[object]],
        on_progress: OnProgress,
    ) -> None:
        self._store = store
        self._open_translator = open_translator
        self._plan = plan
        self._reindex_now = reindex
        self._writing = writing
        self._on_progress = on_progress
        self._began = time.monotonic()
        deadline = None if plan.budget is None else self._began + plan.budget
        self._batches = Batches(store, deadline, self._progress)
        self._opened: tuple[str, Translator] | None = None
        self._work: dict[str, _Work] = {}
        self._unreachable: dict[str, str] = {}
        self._begun: dict[int, int] = {}  # characters done of articles not yet whole
        self._already = 0
        self._whole = 0
        self._total = 0
        self._limited = False
        self._size = 0  # characters
        self._done = 0
        self._marked: Counter[str] = Counter()
        self._failed: set[int] = set()
        self._problems: list[Problem] = []
        self._unindexed = False
        self._next_indexing = self._began + _REINDEX_SECONDS
        self._now: tuple[Stage, str] = ("titles", "")

    def run(self) -> TranslationReport:
        try:
            self._choose()
            for number, stage in enumerate(STAGES, 1):
                for language, work in self._work.items():
                    self._now = (stage, language)
                    self._stage(number, language, work)
            self._reindex(at_once=True)
        finally:
            self._close()
        return self._report()

    # What to translate

    def _choose(self) -> None:
        """Fill the lists of work, language by language."""
        plan = self._plan
        wanted = {tag for asked in plan.languages for tag in members(asked)}
        for candidate in self._candidates():
            if wanted and candidate.language not in wanted:
                continue
            work = self._work_of(candidate.language)
            if work is None:
                continue
            if candidate.is_done(work.version, again=plan.again):
                self._already += 1
                continue
            if plan.limit is not None and self._total >= plan.limit:
                self._limited = True
                break
            work.keys.append(candidate.key)
            work.sizes.append(candidate.size)
            self._total += 1
            self._size += candidate.size
        self._work = {language: work for language, work in self._work.items() if work.keys}

    def _candidates(self) -> Iterator[_Candidate]:
        sql = (
            "SELECT key, language, length(title) + length(body), ifnull(stage, 0), "
            "ifnull(version, '') FROM article "
            "LEFT JOIN translation ON article = key AND target = ? WHERE language <> ?"
        )
        values = (self._plan.target, self._plan.target)
        if self._plan.keys is None:
            for row in self._store.each(f"{sql} ORDER BY published DESC, key DESC", values):
                yield _Candidate(*row)
            return
        for key in self._plan.keys:
            for row in self._store.select(f"{sql} AND key = ?", (*values, key)):
                yield _Candidate(*row)

    def _work_of(self, language: str) -> _Work | None:
        if language not in self._work and language not in self._unreachable:
            try:
                self._work[language] = _Work(self._open(language).version)
            except TranslationError as error:
                self._unreachable[language] = str(error)
        return self._work.get(language)

    # Translators: one is open at a time, for memory's sake

    def _open(self, language: str) -> Translator:
        if self._opened is None or self._opened[0] != language:
            self._close()
            self._opened = (language, self._open_translator(language, self._plan.target))
        return self._opened[1]

    def _close(self) -> None:
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    # Translating

    def _stage(self, number: int, language: str, work: _Work) -> None:
        for keys in _pools(work, _POOL_ARTICLES[number - 1]):
            if self._batches.is_over() or language in self._unreachable:
                return
            found = translations.originals(self._store, keys, self._plan.target)
            pool = [each for each in found if self._needs(each, number, language, work.version)]
            if not pool:
                continue
            try:
                self._translate(pool, number, self._open(language))
            except TranslationError as error:
                self._unreachable[language] = str(error)

    def _needs(self, original: Original, number: int, language: str, version: str) -> bool:
        """Whether an article is to be translated at this stage."""
        if original.key in self._failed or original.language != language:
            return False
        if original.stage == WHOLE:
            # A whole translation stays until there is another as whole.
            return number == WHOLE and self._plan.again and original.version != version
        return original.stage < number

    def _translate(self, pool: list[Original], number: int, translator: Translator) -> None:
        """Translate some articles up to a stage, and keep those that are complete."""
        cut = {original.key: _pieces(original, number) for original in pool}
        wanted: dict[str, bool] = {}  # each sentence, and whether any article has it anew
        for original in pool:
            done = original.stage if original.version == translator.version else 0
            for piece in cut[original.key]:
                if piece.stage <= number and has_words(piece.text):
                    wanted[piece.text] = piece.stage > done or wanted.get(piece.text, False)
        known = {text for text, is_new in wanted.items() if not is_new}
        renderings = self._batches.render(translator, list(wanted), known)
        made = []
        for original in pool:
            pieces = [piece for piece in cut[original.key] if piece.stage <= number]
            # A short article is whole before its time.
            is_whole = number == WHOLE or (
                len(pieces) == len(cut[original.key]) and (number > 1 or not original.body.strip())
            )
            lacking = [p.text for p in pieces if p.text in wanted and p.text not in renderings]
            if any(text in self._batches.failures for text in lacking):
                self._fail(original, lacking)
            elif not lacking and (pieces or is_whole):
                translated = tuple(_translated(piece, renderings) for piece in pieces)
                made.append((original, WHOLE if is_whole else number, translated))
        if made:
            self._keep(made, translator)

    def _keep(
        self,
        made: list[tuple[Original, int, tuple[TranslatedSentence, ...]]],
        translator: Translator,
    ) -> None:
        target, route, version = self._plan.target, translator.route, translator.version
        with self._writing():
            translations.put(
                self._store,
                (
                    (original, Translation(target, route, version, stage, translated))
                    for original, stage, translated in made
                ),
            )
        self._unindexed = True
        for original, stage, translated in made:
            characters = sum(each.end - each.start for each in translated)
            self._done += characters - self._begun.pop(original.key, 0)
            if stage == WHOLE:
                self._whole += 1
                self._marked.update(fault for each in translated for fault in each.faults)
            else:
                self._begun[original.key] = characters
        self._progress()
        self._reindex()

    def _fail(self, original: Original, lacking: list[str]) -> None:
        self._failed.add(original.key)
        if len(self._problems) < MAX_PROBLEMS:
            text = next(text for text in lacking if text in self._batches.failures)
            where = f"article {self._store.by_keys([original.key])[original.key].id}"
            what = f"the sentence {text[:60]!r} cannot be translated: "
            self._problems.append(Problem(where, what + self._batches.failures[text], lost=False))

    # Telling and indexing

    def _progress(self) -> None:
        seconds = time.monotonic() - self._began
        done = min(self._size, self._done + round(self._batches.rendered))
        speed = done / seconds if seconds else 0.0
        self._on_progress(
            TranslationProgress(
                *self._now,
                articles=self._whole,
                total=self._total,
                characters=done,
                characters_per_second=speed,
                seconds_left=(self._size - done) / speed if speed else None,
            )
        )

    def _reindex(self, *, at_once: bool = False) -> None:
        """Let the index follow, now and then, so that searching keeps up with translating."""
        began = time.monotonic()
        if self._unindexed and (at_once or began >= self._next_indexing):
            with self._writing():
                self._reindex_now()
            took = time.monotonic() - began
            self._next_indexing = began + max(_REINDEX_SECONDS, _REINDEX_SHARE * took)
            self._unindexed = False

    def _report(self) -> TranslationReport:
        over = self._batches.is_over() and self._whole < self._total
        return TranslationReport(
            whole=self._whole,
            part=len(self._begun),
            translated=self._batches.translated,
            remembered=self._batches.remembered,
            marked=dict(self._marked.most_common()),
            characters=self._done,
            seconds=time.monotonic() - self._began,
            stopped="budget" if over else "limit" if self._limited else "done",
            waiting=self._total - self._whole,
            already=self._already,
            unreachable=dict(self._unreachable),
            failed=len(self._failed),
            problems=tuple(self._problems),
        )


def _pieces(original: Original, number: int) -> list[_Piece]:
    """The sentences of an article in order; those of the body only after the first stage."""
    language = original.language
    pieces = [
        _Piece("title", start, end, translations.normalised(original.title[start:end]), 1)
        for start, end, _ in sentences(original.title, language)
    ]
    if number == 1:
        return pieces
    for place, (start, end, paragraph) in enumerate(sentences(original.body, language)):
        stage = 2 if paragraph == 0 and place < _LEAD_SENTENCES else WHOLE
        text = translations.normalised(original.body[start:end])
        pieces.append(_Piece("body", start, end, text, stage))
    return pieces


def _translated(piece: _Piece, renderings: Mapping[str, Rendering]) -> TranslatedSentence:
    """A sentence with its translation; what has no words stays as it is."""
    text, faults = renderings.get(piece.text, Rendering(piece.text))
    return TranslatedSentence(piece.field, piece.start, piece.end, text, faults)


def _pools(work: _Work, articles: int) -> Iterator[list[int]]:
    """The articles in pieces that memory can hold."""
    pool: list[int] = []
    characters = 0
    for key, size in zip(work.keys, work.sizes, strict=True):
        if pool and (len(pool) >= articles or characters + size > _POOL_CHARACTERS):
            yield pool
            pool, characters = [], 0
        pool.append(key)
        characters += size
    if pool:
        yield pool
