"""The command line: arguments in, library calls, output, exit codes."""

from __future__ import annotations

import csv
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from importlib.resources import files
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import get_completion_class

from dragoman import __version__, render
from dragoman.errors import ArticleNotFound, DragomanError, InvalidValue
from dragoman.library import Library, open_library
from dragoman.model import ALL_VIAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dragoman.build import Progress
    from dragoman.model import Article, Problem, Results

FOUND, NONE, ERROR = 0, 1, 2

_EPILOG = """\b
Query syntax:
  hezbollah militias         either word, articles with both first
  "al-Kawtharani said"       these words in this order
  +iraq -football  NOT x     must and must not
  (basra OR mosul) AND flood
  milit*  m?litia  hizb~1    prefix, wild card, misspelling
  name:"Qasim Suleymany"     what sounds like it, in any script
  title:flood  lang:ckb  source:"Asharq al-Awsat"  date:2020-08..2021-01

Exit codes: 0 found, 1 nothing found, 2 error."""


class _Context:
    """What every command shares."""

    def __init__(self, index: str, *, as_json: bool, quiet: bool) -> None:
        self.index = index
        self.as_json = as_json
        self.quiet = quiet

    def open(self, *, create: bool = False) -> Library:
        with self.progress("indexing what was left") as on_progress:
            return open_library(self.index, create=create, on_progress=on_progress)

    def data(self, value: Mapping[str, Any]) -> None:
        click.echo(json.dumps(value, ensure_ascii=False))

    def message(self, line: str) -> None:
        if not self.quiet:
            click.echo(line, err=True)

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[Progress], None]]:
        """A running count of articles, when somebody watches."""
        shown = False

        def show(progress: Progress) -> None:
            nonlocal shown
            shown = True
            click.echo(f"\r{label}: {progress.articles} {progress.stage}  ", err=True, nl=False)

        watched = sys.stderr.isatty() and not self.quiet
        try:
            yield show if watched else lambda _: None
        finally:
            if shown:
                click.echo(err=True)


_pass = click.make_pass_decorator(_Context)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.option(
    "--index",
    default="index",
    envvar="DRAGOMAN_INDEX",
    show_default=True,
    metavar="FOLDER",
    help="Where the library is; also $DRAGOMAN_INDEX.",
)
@click.option("--json", "as_json", is_flag=True, help="Write NDJSON instead of text.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary on stderr.")
@click.version_option(__version__, prog_name="dragoman")
@click.pass_context
def cli(context: click.Context, index: str, *, as_json: bool, quiet: bool) -> None:
    """Search news articles in a hundred languages, offline.

    \b
    dragoman add articles/            read, tag and index files or folders
    dragoman search "hezbollah iraq"  find them in every language
    """  # noqa: D301 - \b tells click to keep the lines
    context.obj = _Context(index, as_json=as_json, quiet=quiet)


def _json_too(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``--json`` stand after the command as well as before it."""

    def switch(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            context.find_object(_Context).as_json = True  # type: ignore[union-attr]

    option = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=switch,
        help="Write NDJSON instead of text.",
    )
    return option(command)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--lang", metavar="TAG", help="The language of all these articles (BCP 47).")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=NAME",
    help="The name a field has in the input, such as title=headline; may be repeated.",
)
@_json_too
@_pass
def add(context: _Context, paths: tuple[str, ...], lang: str | None, mapping: tuple[str]) -> int:
    """Add articles from files and folders; - is stdin.

    JSON, NDJSON, CSV, TSV, text, Markdown, HTML, RSS, Atom and WARC, plain or
    compressed, are told apart by their content. What is there already is left
    as it is; what changed is replaced. Records that cannot be read are reported
    and the rest go in.
    """
    named = dict(_pair(item) for item in mapping)
    sources = [_source(path, lang, named) for path in paths]
    return _add(context, chain.from_iterable(sources))


def _add(context: _Context, articles: Iterable[Article | Problem]) -> int:
    with context.open(create=True) as library, context.progress("adding") as on_progress:
        report = library.add(articles, on_progress=on_progress)
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


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a search, an export and a deletion alike."""
    options = (
        click.option(
            "-l",
            "--lang",
            "languages",
            multiple=True,
            metavar="TAG",
            help="Only this language; may be repeated. ku, no, fas… stand for their members.",
        ),
        click.option(
            "--source",
            "sources",
            multiple=True,
            metavar="NAME",
            help="Only sources whose name has these words.",
        ),
        click.option("--since", metavar="DATE", help="2020, 2020-08 or 2020-08-31."),
        click.option("--until", metavar="DATE", help="The same; the day itself is included."),
        click.option(
            "--via",
            metavar="WAY,…",
            help=f"Only these ways to reach an article: {', '.join(ALL_VIAS)}.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _narrowing(options: dict[str, Any]) -> dict[str, Any]:
    """Search options as the library takes them, without those that were not given."""
    via = options.pop("via", None)
    if via:
        chosen = tuple(way.strip() for way in via.split(",") if way.strip())
        if unknown := [way for way in chosen if way not in ALL_VIAS]:
            raise InvalidValue(f"--via {unknown[0]}: there is {', '.join(ALL_VIAS)}")
        options["via"] = chosen
    return {name: value for name, value in options.items() if value}


@cli.command()
@click.argument("query", nargs=-1, required=True)
@click.option("-n", "--limit", default=10, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--offset", default=0, type=click.IntRange(0), help="Leave out the first hits.")
@click.option(
    "--sort",
    default="score",
    show_default=True,
    type=click.Choice(["score", "newest", "oldest"]),
)
@click.option(
    "--per-language",
    default=0,
    type=click.IntRange(0),
    metavar="N",
    help="At most N hits of each language.",
)
@click.option("--explain", is_flag=True, help="Show what matched and how the score came about.")
@click.option("--facets", is_flag=True, help="Show the counts by language, source and month.")
@_filters
@_json_too
@_pass
def search(
    context: _Context,
    /,
    query: tuple[str, ...],
    *,
    explain: bool,
    facets: bool,
    limit: int,
    offset: int,
    **options: Any,  # noqa: ANN401 - the filters, passed on as they are
) -> int:
    """Find articles in every language."""
    with context.open() as library:
        results = library.search(" ".join(query), limit=limit, offset=offset, **_narrowing(options))
    if context.as_json:
        for hit in results.hits:
            context.data(render.hit_json(hit))
        context.data(render.summary_json(results))
    else:
        _show(context, results, offset, explain=explain, facets=facets)
    return FOUND if results.total else NONE


def _show(context: _Context, results: Results, offset: int, *, explain: bool, facets: bool) -> None:
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


@cli.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_json_too
@_pass
def show(context: _Context, ids: tuple[str, ...]) -> int:
    """Show whole articles."""
    missing = 0
    with context.open() as library:
        for id_ in ids:
            try:
                stored = library.get(id_)
            except ArticleNotFound as error:
                context.message(f"dragoman: {error}")
                missing += 1
                continue
            if context.as_json:
                context.data(render.article_json(stored))
            else:
                for line in render.article_lines(stored):
                    click.echo(line)
    return NONE if missing == len(ids) else FOUND


@cli.command()
@click.argument("id_", metavar="ID")
@click.argument("language", metavar="TAG")
@_json_too
@_pass
def tag(context: _Context, id_: str, language: str) -> int:
    """Correct the language of an article, for good."""
    with context.open() as library:
        stored = library.tag(id_, language)
    if context.as_json:
        context.data(render.article_json(stored))
    else:
        context.message(f"{id_} is {stored.tag.language} now, and stays so")
    return FOUND


@cli.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_json_too
@_pass
def delete(context: _Context, ids: tuple[str, ...]) -> int:
    """Delete articles."""
    with context.open() as library:
        deleted = library.delete(ids)
    if context.as_json:
        context.data({"type": "deleted", "articles": deleted})
    else:
        context.message(f"deleted {deleted} of {len(ids)}")
    return FOUND if deleted else NONE


@cli.command()
@_json_too
@_pass
def stats(context: _Context) -> int:
    """Count articles by language."""
    with context.open() as library:
        counted = library.stats()
    if context.as_json:
        context.data({"type": "stats", **asdict(counted)})
    else:
        for line in render.stats_lines(counted):
            click.echo(line)
    return FOUND if counted.articles else NONE


@cli.command()
@click.argument("query", nargs=-1)
@click.option(
    "--format", "form", default="ndjson", show_default=True, type=click.Choice(["ndjson", "csv"])
)
@_filters
@_json_too
@_pass
def export(
    context: _Context,
    /,
    query: tuple[str, ...],
    *,
    form: str,
    **options: Any,  # noqa: ANN401 - the filters, passed on as they are
) -> int:
    """Write articles to stdout: all, or those that a query and filters find.

    `dragoman add` reads the NDJSON back.
    """
    written = 0
    with context.open() as library:
        found = library.articles(" ".join(query), **_narrowing(options))
        table = csv.writer(sys.stdout) if form == "csv" and not context.as_json else None
        if table:
            table.writerow(_CSV_COLUMNS)
        for stored in found:
            written += 1
            article = render.article_json(stored)
            if table:
                table.writerow([_cell(article.get(column)) for column in _CSV_COLUMNS])
            else:
                context.data(article)
    context.message(f"{written} articles")
    return FOUND if written else NONE


_CSV_COLUMNS = (
    "id", "title", "body", "url", "published", "source", "section", "authors",
    "language", "script", "confidence", "tagged_by",
)  # fmt: skip


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = "; ".join(value) if isinstance(value, list | tuple) else str(value)
    # A spreadsheet would run a cell that starts like a formula.
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t"} else text


@cli.command()
@_json_too
@_pass
def rebuild(context: _Context) -> int:
    """Make the search index again from the stored articles."""
    with context.open() as library, context.progress("rebuilding") as on_progress:
        articles = library.rebuild(on_progress=on_progress)
    if context.as_json:
        context.data({"type": "rebuilt", "articles": articles})
    else:
        context.message(f"indexed {articles} articles")
    return FOUND


@cli.command()
@_json_too
@_pass
def doctor(context: _Context) -> int:
    """Check store and index against each other, and repair what can be repaired."""
    with context.open() as library, context.progress("repairing") as on_progress:
        findings = library.doctor(on_progress=on_progress)
    for finding in findings:
        if context.as_json:
            context.data({"type": "finding", **asdict(finding)})
        else:
            click.echo(f"{finding.what}: {'repaired' if finding.repaired else 'NOT repaired'}")
    if not findings:
        context.message("store and index are sound and agree")
    return ERROR if any(not finding.repaired for finding in findings) else FOUND


@cli.command()
@_json_too
@_pass
def demo(context: _Context) -> int:
    """Add a small sample: about a dozen events, told in many languages."""
    from dragoman.sources import read_stream  # noqa: PLC0415 - searching needs no readers

    sample = BytesIO(files("dragoman").joinpath("data/demo.jsonl").read_bytes())
    code = _add(context, read_stream(sample, "demo.jsonl"))
    context.message('now try: dragoman search "hezbollah militias"')
    return code


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Write the completion script of a shell to stdout.

    For bash: eval "$(dragoman completion bash)" in ~/.bashrc.
    """
    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise InvalidValue(f"no completion for {shell}")
    click.echo(completion_class(cli, {}, "dragoman", "_DRAGOMAN_COMPLETE").source())
    return FOUND


def main() -> None:
    """Run the command line; the one place where errors become messages and exit codes."""
    try:
        code = cli.main(prog_name="dragoman", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("dragoman: stopped; what was stored is kept", err=True)
        code = 130
    except DragomanError as error:
        click.echo(f"dragoman: {error}", err=True)
        code = ERROR
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: not an error of ours.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the flush at exit
        code = FOUND
    sys.exit(code if isinstance(code, int) else FOUND)


if __name__ == "__main__":
    main()
