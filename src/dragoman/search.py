"""The search path: text → query → expand → engine.evaluate → present."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from dragoman import translations
from dragoman.collapse import collapse
from dragoman.engines import Request
from dragoman.errors import InvalidValue
from dragoman.expand import expand
from dragoman.languages import name, stated
from dragoman.model import ALL_VIAS, Coverage, Results, Via
from dragoman.present import present
from dragoman.query import SourceFilter, date_filter, language_filter
from dragoman.senses import Senses
from dragoman.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from dragoman.engines import Engine, Evaluation
    from dragoman.lexicon import Lexicon
    from dragoman.query import Filter, Query
    from dragoman.senses import Translated
    from dragoman.store import Store
    from dragoman.translate import Translator

Sort = Literal["score", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows and orders a search."""

    limit: int = 10
    offset: int = 0
    languages: Sequence[str] = ()
    sources: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    sort: Sort = "score"
    via: Collection[Via] = ALL_VIAS
    per_language: int = 0
    translator: Callable[[str, str], Translator] | None = None
    """Opens a translator for two languages, to translate the whole query as well."""
    collapse: bool = False
    """Whether one hit stands for all copies of a text."""

    def __post_init__(self) -> None:
        """Raise `InvalidValue` for a way, a tag, an order or a number that there is not."""
        if unknown := sorted(set(self.via) - set(ALL_VIAS)):
            raise InvalidValue(f"via {unknown[0]!r}: there is {', '.join(ALL_VIAS)}")
        for tag in self.languages:
            stated(tag)
        if self.sort not in get_args(Sort):
            raise InvalidValue(f"sort {self.sort!r}: there is {', '.join(get_args(Sort))}")
        for number in ("limit", "offset", "per_language"):
            if getattr(self, number) < 0:
                raise InvalidValue(f"{number} is {getattr(self, number)}, less than 0")


def search(text: str, options: Options, store: Store, engine: Engine, lexicon: Lexicon) -> Results:
    """Find the articles that speak of a query, in every language.

    Raises `InvalidValue` for a date that is none.
    """
    targets = translations.targets(store)
    request = prepare(text, options, engine, lexicon, targets, _translated(options, store))
    return answer(text, request, store, engine, collapsed=options.collapse)


def answer(
    text: str, request: Request, store: Store, engine: Engine, *, collapsed: bool
) -> Results:
    """What the engine finds, as the caller sees it; `text` is what the results say was asked."""
    query = request.query
    copies: Mapping[int, tuple[str, ...]] = {}
    if collapsed:
        evaluation, copies = collapse(request, store, engine)
    else:
        evaluation = engine.evaluate(request)
    stored = store.by_keys([scored.key for scored in evaluation.hits])
    read = [
        scored.key
        for scored in evaluation.hits
        if any("translation" in item.via for item in scored.evidence)
    ]
    translated = translations.of(store, read) if read else {}
    return Results(
        query=text,
        hits=tuple(
            replace(hit, copies=copies.get(scored.key, ()))
            for scored in evaluation.hits
            if (hit := present(scored, stored.get(scored.key), translated.get(scored.key, ())))
        ),
        total=evaluation.total,
        facets=evaluation.facets,
        coverage=_coverage(evaluation, query),
        notices=(query.notice,) if query.notice else (),
    )


def prepare(
    text: str,
    options: Options,
    engine: Engine,
    lexicon: Lexicon,
    targets: Collection[str] = (),
    translated: Translated | None = None,
) -> Request:
    """What the engine is asked: the query, parsed and expanded.

    `targets` are the languages into which articles are translated; `translated`
    puts the whole query into others. Raises `InvalidValue` for a date that is none.
    """
    return ask(parse(text), options, engine, lexicon, targets, translated)


def _translated(options: Options, store: Store) -> Translated | None:
    if options.translator is None:
        return None
    from dragoman.translate.queries import translated  # noqa: PLC0415 - few searches need it

    return partial(translated, open_translator=options.translator, store=store)


def ask(
    query: Query,
    options: Options,
    engine: Engine,
    lexicon: Lexicon,
    targets: Collection[str] = (),
    translated: Translated | None = None,
) -> Request:
    """What the engine is asked: the query, narrowed and expanded.

    `targets` and `translated` are as in `prepare`. Raises `InvalidValue` for a
    date that is none.
    """
    query = query.where(*_filters(options))
    vocabulary = engine.vocabulary()
    senses = Senses(lexicon, vocabulary, targets, translated)
    return Request(
        query=query,
        expansions=expand(query.every_concept(), vocabulary, options.via, senses, targets),
        limit=options.limit,
        offset=options.offset,
        sort=options.sort,
        per_language=options.per_language,
    )


def _filters(options: Options) -> list[Filter]:
    filters: list[Filter] = []
    if options.languages:
        filters.append(language_filter(tuple(options.languages)))
    filters += [SourceFilter(source) for source in options.sources]
    if options.since or options.until:
        filters.append(date_filter(options.since, options.until))
    return filters


def _coverage(evaluation: Evaluation, query: Query) -> tuple[Coverage, ...]:
    entries = []
    for language, articles in evaluation.articles.items():
        if not query.concepts() or not query.admits(language):
            continue
        vias: frozenset[Via] = evaluation.reached.get(language, frozenset())
        them = "article" if articles == 1 else "articles"
        entries.append(
            Coverage(
                language=language,
                articles=articles,
                matched=evaluation.facets.languages.get(language, 0),
                via=tuple(via for via in ALL_VIAS if via in vias),
                note=f"{articles} {name(language)} {them}: {_reach(vias)}",
            )
        )
    return tuple(sorted(entries, key=lambda entry: (-entry.articles, entry.language)))


_WAYS: dict[Via, str] = {
    "original": "the words as typed",
    "translation": "translations",
    "query-translation": "lexicon",
    "name": "names",
}


def _reach(vias: Collection[Via]) -> str:
    """How far a query reached into a language, in words."""
    ways = [said for via, said in _WAYS.items() if via in vias]
    if not ways:
        return "no word of the query occurs in them"
    listed = " and ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))
    return listed if {"original", "translation"} & set(vias) else f"{listed} only, no translation"
