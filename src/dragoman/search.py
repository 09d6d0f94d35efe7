"""The search path: text → query → expand → engine.evaluate → present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dragoman.engines import Request
from dragoman.expand import expand
from dragoman.languages import name
from dragoman.model import ALL_VIAS, Coverage, Results, Via
from dragoman.present import present
from dragoman.query import SourceFilter, date_filter, language_filter, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dragoman.engines import Engine, Evaluation
    from dragoman.query import Filter, Query
    from dragoman.store import Store

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


def search(text: str, options: Options, store: Store, engine: Engine) -> Results:
    """Find the articles that speak of a query, in every language.

    Raises `InvalidValue` for a date that is none.
    """
    request = prepare(text, options, engine)
    query = request.query
    evaluation = engine.evaluate(request)
    stored = store.by_keys([scored.key for scored in evaluation.hits])
    return Results(
        query=text,
        hits=tuple(
            _hit for scored in evaluation.hits if (_hit := present(scored, stored.get(scored.key)))
        ),
        total=evaluation.total,
        facets=evaluation.facets,
        coverage=_coverage(evaluation, query),
        notices=(query.notice,) if query.notice else (),
    )


def prepare(text: str, options: Options, engine: Engine) -> Request:
    """What the engine is asked: the query, parsed and expanded.

    Raises `InvalidValue` for a date that is none.
    """
    query = parse(text).where(*_filters(options))
    return Request(
        query=query,
        expansions=expand(query.every_concept(), engine.vocabulary(), options.via),
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
    has_concepts = bool(query.concepts())
    entries = []
    for language, articles in evaluation.articles.items():
        vias = evaluation.reached.get(language, frozenset())
        if vias or not has_concepts:
            note = f"{articles} {name(language)} articles searched"
        else:
            note = f"{articles} {name(language)} articles: no word of the query occurs in them"
        entries.append(
            Coverage(
                language=language,
                articles=articles,
                matched=evaluation.matched.get(language, 0),
                via=tuple(via for via in ALL_VIAS if via in vias),
                note=note,
            )
        )
    return tuple(sorted(entries, key=lambda entry: (-entry.articles, entry.language)))
