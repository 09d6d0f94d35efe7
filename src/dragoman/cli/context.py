"""What the commands share: the library's folder, output, progress, filters."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dragoman.errors import InvalidValue
from dragoman.library import Library, open_library
from dragoman.model import ALL_VIAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from dragoman.build import Progress

_P = TypeVar("_P")

FOUND, NONE, ERROR = 0, 1, 2
"""The exit codes, as those of grep."""


class Context:
    """What every command shares."""

    def __init__(self, index: str, *, as_json: bool, quiet: bool) -> None:
        self.index = index
        self.as_json = as_json
        self.quiet = quiet

    def open(self, *, create: bool = False) -> Library:
        """The library of this run."""
        with self.progress("indexing what was left") as show:
            told = sys.stderr.isatty()

            def on_progress(progress: Progress) -> None:
                nonlocal told
                if not told:
                    self.message("the index is brought up to date first, which may take a while")
                    told = True
                show(progress)

            return open_library(self.index, create=create, on_progress=on_progress)

    def data(self, value: Mapping[str, Any]) -> None:
        """Write a line of NDJSON to stdout."""
        click.echo(json.dumps(value, ensure_ascii=False))

    def message(self, line: str) -> None:
        """Write a line to stderr, unless the user wants quiet."""
        if not self.quiet:
            click.echo(line, err=True)

    def progress(self, label: str) -> AbstractContextManager[Callable[[Progress], None]]:
        """A running count of articles, when somebody watches."""
        return self.watched(lambda progress: f"{label}: {progress.articles} {progress.stage}")

    @contextmanager
    def watched(self, say: Callable[[_P], str]) -> Iterator[Callable[[_P], None]]:
        """A line on stderr that says how far something is, when somebody watches."""
        width = 0

        def show(progress: _P) -> None:
            nonlocal width
            line = say(progress)
            click.echo(f"\r{line:{width}}", err=True, nl=False)
            width = len(line)

        watched = sys.stderr.isatty() and not self.quiet
        try:
            yield show if watched else lambda _: None
        finally:
            if width:
                click.echo(err=True)


pass_context = click.make_pass_decorator(Context)


def json_too(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``--json`` stand after the command as well as before it."""

    def switch(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            context.find_object(Context).as_json = True  # type: ignore[union-attr]

    option = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=switch,
        help="Write NDJSON instead of text.",
    )
    return option(command)


jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that tag and analyse; the result is the same.",
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
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


def narrowing(options: dict[str, Any]) -> dict[str, Any]:
    """Search options as the library takes them, without those that were not given."""
    via = options.pop("via", None)
    if via:
        chosen = tuple(way.strip() for way in via.split(",") if way.strip())
        if unknown := [way for way in chosen if way not in ALL_VIAS]:
            raise InvalidValue(f"--via {unknown[0]}: there is {', '.join(ALL_VIAS)}")
        options["via"] = chosen
    return {name: value for name, value in options.items() if value}
