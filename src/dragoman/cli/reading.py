"""Commands that read the library: search, related, show, stats, export."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import asdict
from functools import partial
from itertools import chain
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from dragoman import render, render_translation
from dragoman.cli.context import FOUND, NONE, Context, filters, json_too, narrowing, pass_context
from dragoman.cli.models import folder_of, folder_option
from dragoman.errors import ArticleNotFound
from dragoman.languages import canonical, name
from dragoman.translations import FIELDS, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from dragoman.library import Library
    from dragoman.model import Results, StoredArticle
    from dragoman.translations import Translation


def _page(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for what a page of hits shows."""
    options = (
        click.option(
            "-n", "--limit", default=10, show_default=True, type=click.IntRange(1, 100_000)
        ),
        click.option(
            "--offset", default=0, type=click.IntRange(0), help="Leave out the first hits."
        ),
        click.option(
            "--sort",
            default="score",
            show_default=True,
            type=click.Choice(["score", "newest", "oldest"]),
        ),
        click.option(
            "--per-language",
            default=0,
            type=click.IntRange(0),
            metavar="N",
            help="At most N hits of each language.",
        ),
        click.option(
            "--collapse", is_flag=True, help="One hit for all near-identical copies of a text."
        ),
        click.option(
            "--explain", is_flag=True, help="Show what matched and how the score came about."
        ),
        click.option(
            "--facets", is_flag=True, help="Show the counts by language, source and month."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("query", nargs=-1, required=True)
@_page
@filters
@click.option(
    "--translate-query",
    is_flag=True,
    help="Also translate the whole query with the installed models; slow the first time.",
)
@folder_option
@json_too
@pass_context
def search(
    context: Context,
    /,
    query: tuple[str, ...],
    *,
    explain: bool,
    facets: bool,
    limit: int,
    offset: int,
    translate_query: bool,
    models: Path | None,
    **options: Any,  # noqa: ANN401 - the filters, passed on as they are
) -> int:
    """Find articles in every language."""
    if translate_query:
        from dragoman.translate import open_translator  # noqa: PLC0415 - few searches need it

        options["translator"] = partial(open_translator, folder=folder_of(models))
    with context.open() as library:
        results = library.search(" ".join(query), limit=limit, offset=offset, **narrowing(options))
    return _report(context, results, offset, explain=explain, facets=facets)


@click.command()
@click.argument("id_", metavar="ID")
@_page
@click.option(
    "--same-language", is_flag=True, help="Also articles in the language of the article itself."
)
@filters
@json_too
@pass_context
def related(
    context: Context,
    /,
    id_: str,
    *,
    explain: bool,
    facets: bool,
    limit: int,
    offset: int,
    **options: Any,  # noqa: ANN401 - the filters, passed on as they are
) -> int:
    """Find an article's story in other languages, by its most salient words."""
    with context.open() as library:
        results = library.related(id_, limit=limit, offset=offset, **narrowing(options))
    if not context.as_json:
        context.message(f"searched for: {render.isolated(results.query)}")
    return _report(context, results, offset, explain=explain, facets=facets)


def _report(context: Context, results: Results, offset: int, *, explain: bool, facets: bool) -> int:
    if context.as_json:
        for hit in results.hits:
            context.data(render.hit_json(hit))
        context.data(render.summary_json(results))
    else:
        _show(context, results, offset, explain=explain, facets=facets)
    return FOUND if results.hits else NONE


def _show(context: Context, results: Results, offset: int, *, explain: bool, facets: bool) -> None:
    emphasise = _emphasis()
    for number, hit in enumerate(results.hits, offset + 1):
        for line in render.hit_lines(number, hit, emphasise, explain=explain):
            click.echo(line)
    if facets:
        for line in render.facet_lines(results):
            click.echo(line)
    for line in render.summary_lines(results):
        context.message(line)


def _emphasis() -> Callable[[str], str]:
    """Bold where a terminal shows it and the user has not said NO_COLOR."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        return lambda text: f"\x1b[1;33m{text}\x1b[0m"
    return lambda text: text


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--translation",
    "target",
    is_flag=False,
    flag_value="",
    metavar="[TAG]",
    help="In its translation into this language, or into whatever there is; behind the IDs.",
)
@click.option(
    "--side-by-side", is_flag=True, help="The translation beside the original, by sentences."
)
@json_too
@pass_context
def show(context: Context, ids: tuple[str, ...], target: str | None, *, side_by_side: bool) -> int:
    """Show whole articles."""
    missing = 0
    wanted = "" if target is None and side_by_side else target
    with context.open() as library:
        for id_ in ids:
            try:
                stored = library.get(id_)
            except ArticleNotFound as error:
                context.message(f"dragoman: {error}")
                missing += 1
                continue
            held = () if wanted is None else _translations(library, id_, wanted)
            if wanted is not None and not held:
                into = f" into {name(canonical(wanted))}" if wanted else ""
                context.message(f"{id_}: there is no translation{into}: dragoman translate")
            _show_article(context, stored, held, side_by_side=side_by_side)
    return NONE if missing == len(ids) else FOUND


def _translations(library: Library, id_: str, target: str) -> tuple[Translation, ...]:
    """The translations of an article into one language, or all."""
    held = library.translations(id_)
    return tuple(each for each in held if not target or each.target == canonical(target))


def _show_article(
    context: Context, stored: StoredArticle, held: Sequence[Translation], *, side_by_side: bool
) -> None:
    if context.as_json:
        context.data(render.article_json(stored, held))
        return
    lines = (
        [render.article_lines(stored)]
        if not held
        else [
            render_translation.side_by_side_lines(stored, each, get_terminal_size().columns)
            if side_by_side
            else render_translation.translated_lines(stored, each)
            for each in held
        ]
    )
    for line in chain.from_iterable(lines):
        click.echo(line)


@click.command()
@json_too
@pass_context
def stats(context: Context) -> int:
    """Count articles by language."""
    with context.open() as library:
        counted = library.stats()
    if context.as_json:
        context.data({"type": "stats", **asdict(counted)})
    else:
        for line in render.stats_lines(counted):
            click.echo(line)
    return FOUND if counted.articles else NONE


@click.command()
@click.argument("query", nargs=-1)
@click.option(
    "--format", "form", default="ndjson", show_default=True, type=click.Choice(["ndjson", "csv"])
)
@filters
@json_too
@pass_context
def export(
    context: Context,
    /,
    query: tuple[str, ...],
    *,
    form: str,
    **options: Any,  # noqa: ANN401 - the filters, passed on as they are
) -> int:
    """Write articles to stdout: all, or those that a query and filters find.

    With their translations, where they have any. `dragoman add` reads the NDJSON
    back, but for these: a copy of the library's folder keeps them.
    """
    written = 0
    with context.open() as library:
        found = library.articles(" ".join(query), **narrowing(options))
        targets = library.targets()
        table = csv.writer(sys.stdout) if form == "csv" and not context.as_json else None
        if table:
            table.writerow((*_CSV_COLUMNS, *(f"{f}_{t}" for t in targets for f in FIELDS)))
        for stored in found:
            written += 1
            held = library.translations(stored.id) if targets else ()
            if table:
                table.writerow(map(_cell, _row(stored, held, targets)))
            else:
                context.data(render.article_json(stored, held))
    context.message(f"{written} articles")
    return FOUND if written else NONE


_CSV_COLUMNS = (
    "id", "title", "body", "url", "published", "source", "section", "authors",
    "language", "script", "confidence", "tagged_by",
)  # fmt: skip


def _row(
    stored: StoredArticle, held: Iterable[Translation], targets: Iterable[str]
) -> Iterator[object]:
    """An article as a row of a table, with its title and body in each of the target languages."""
    article = render.article_json(stored)
    yield from (article.get(column) for column in _CSV_COLUMNS)
    by_target = {each.target: each for each in held}
    for target in targets:
        for field in FIELDS:
            translation = by_target.get(target)
            yield readable(stored.article, translation, field)[0] if translation else None


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = "; ".join(value) if isinstance(value, list | tuple) else str(value)
    # A spreadsheet would run a cell that starts like a formula.
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t"} else text
