"""The command `lexicon`: dictionaries for finding articles in other languages."""

from __future__ import annotations

from dataclasses import asdict

import click

from dragoman.cli.context import ERROR, FOUND, Context, json_too, pass_context
from dragoman.render import lexicon_lines


@click.group()
def lexicon() -> None:
    """Add dictionaries by which a query finds articles in other languages.

    Dragoman comes with small ones for nearly two hundred languages.
    """


@lexicon.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--from", "source", default="", metavar="TAG", help="Language of the terms.")
@click.option("--to", "target", default="", metavar="TAG", help="Language of the translations.")
@click.option("--name", default="", help="What to call it; the name of the file if not given.")
@click.option("--licence", default="", help="The licence of the dictionary, for the record.")
@json_too
@pass_context
def add(context: Context, /, files: tuple[str, ...], **options: str) -> int:
    """Add dictionaries: FreeDict (dictd), TSV, or a translation memory (TMX).

    \b
    freedict-eng-ara.index  with .dict.dz beside it, as Debian's dict-freedict-* install them
    words.tsv               source tag, target tag, term, translation, probability (may be absent)
    memory.tmx              its words are aligned; a thousand sentences are a beginning
    """  # noqa: D301 - \b tells click to keep the lines
    with context.open(create=True) as library:
        for file in files:
            added = library.lexicons.add(file, **options)
            if context.as_json:
                context.data({"type": "lexicon", "skipped": added.skipped, **asdict(added.header)})
                continue
            for problem in added.problems:
                context.message(problem)
            context.message(
                f"{added.header.name}: {added.entries} entries added, {added.skipped} left out"
            )
    return FOUND


@lexicon.command("list")
@json_too
@pass_context
def list_(context: Context) -> int:
    """List the dictionaries, with their licences."""
    with context.open() as library:
        headers = library.lexicons.headers()
        damaged = library.lexicons.check()
    for header, added in headers:
        if context.as_json:
            context.data({"type": "lexicon", "added": added, **asdict(header)})
        else:
            for line in lexicon_lines(header, added=added):
                click.echo(line)
    for line in damaged:
        context.message(line)
    return ERROR if damaged else FOUND


@lexicon.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@json_too
@pass_context
def remove(context: Context, names: tuple[str, ...]) -> int:
    """Remove dictionaries that were added."""
    with context.open() as library:
        for name in names:
            library.lexicons.remove(name)
            if context.as_json:
                context.data({"type": "removed", "lexicon": name})
            else:
                context.message(f"{name}: removed")
    return FOUND
