"""Commands that change the library: add, demo, tag, delete."""

from __future__ import annotations

import shlex
import sys
from importlib.resources import files
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

import click

from dragoman import render
from dragoman.cli.context import FOUND, NONE, Context, jobs_option, json_too, pass_context
from dragoman.errors import InvalidValue
from dragoman.languages import stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dragoman.model import Article, Problem


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--lang", metavar="TAG", help="The language of all these articles (BCP 47).")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=NAME",
    help="The name a field has in the input, such as title=headline; may be repeated.",
)
@jobs_option
@json_too
@pass_context
def add(
    context: Context, paths: tuple[str, ...], lang: str | None, mapping: tuple[str], jobs: int
) -> int:
    """Add articles from files and folders; - is stdin.

    JSON, NDJSON, CSV, TSV, text, Markdown, HTML, RSS, Atom and WARC, plain or
    compressed, are told apart by their content. What is there already is left
    as it is; what changed is replaced. Records that cannot be read are reported
    and the rest go in.
    """
    if lang:
        stated(lang)
    named = dict(_pair(item) for item in mapping)
    sources = [_source(path, lang, named) for path in paths]
    return _add(context, chain.from_iterable(sources), jobs)


def _add(context: Context, articles: Iterable[Article | Problem], jobs: int = 1) -> int:
    with context.open(create=True) as library, context.progress("adding") as on_progress:
        report = library.add(articles, on_progress=on_progress, jobs=jobs)
    if context.as_json:
        context.data(render.report_json(report))
    else:
        for line in render.report_lines(report):
            context.message(line)
    return FOUND if report.added + report.updated + report.unchanged else NONE


def _source(
    path: str, language: str | None, mapping: Mapping[str, str]
) -> Iterator[Article | Problem]:
    from dragoman.sources import read, read_stream  # noqa: PLC0415 - searching needs no readers

    if path == "-":
        return read_stream(sys.stdin.buffer, "stdin", mapping=mapping, language=language)
    return read(path, mapping=mapping, language=language)


def _pair(text: str) -> tuple[str, str]:
    field, equals, name = text.partition("=")
    if not (field and equals and name):
        raise InvalidValue(f"--map {text}: write FIELD=NAME, such as title=headline")
    return field, name


@click.command()
@json_too
@pass_context
def demo(context: Context) -> int:
    """Add a small sample: about a dozen events, told in many languages."""
    from dragoman.sources import read_stream  # noqa: PLC0415 - searching needs no readers

    sample = BytesIO(files("dragoman").joinpath("data/demo.jsonl").read_bytes())
    code = _add(context, read_stream(sample, "demo.jsonl"))
    index = f"--index {shlex.quote(context.index)} " if context.index != "index" else ""
    context.message(f'now try: dragoman {index}search "hezbollah militias"')
    return code


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("language", metavar="TAG")
@json_too
@pass_context
def tag(context: Context, id_: str, language: str) -> int:
    """Correct the language of an article, for good."""
    with context.open() as library:
        stored = library.tag(id_, language)
    if context.as_json:
        context.data(render.article_json(stored))
    else:
        context.message(f"{id_} is {stored.tag.language} now, and stays so")
    return FOUND


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_too
@pass_context
def delete(context: Context, ids: tuple[str, ...]) -> int:
    """Delete articles.

    They are gone from all searches, and overwritten in the store. Their words stay in the
    files of the index until it is made again by rebuild.
    """
    with context.open() as library:
        deleted = library.delete(ids)
    if context.as_json:
        context.data({"type": "deleted", "articles": deleted})
    else:
        context.message(f"deleted {deleted} of {len(ids)}")
    return FOUND if deleted else NONE
