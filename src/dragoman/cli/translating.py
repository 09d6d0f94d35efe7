"""The command `translate`: machine translation of articles, on this machine."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click

from dragoman import render_translation as render
from dragoman.cli.context import FOUND, NONE, Context, json_too, pass_context
from dragoman.cli.models import folder_of, folder_option
from dragoman.errors import InvalidValue

if TYPE_CHECKING:
    from pathlib import Path

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


@click.command()
@click.argument("query", nargs=-1)
@click.option("--to", "target", default="en", show_default=True, metavar="TAG", help="Into what.")
@click.option(
    "-l", "--lang", "languages", multiple=True, metavar="TAG", help="Only articles in this one."
)
@click.option("--limit", type=click.IntRange(1), help="At most so many articles.")
@click.option("--budget", metavar="TIME", help="Begin nothing new after 90s, 30m, 2h…")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processor cores to use (argos).",
)
@click.option(
    "--beam",
    default=2,
    show_default=True,
    type=click.IntRange(1, 16),
    help="More is slower, and hardly better (argos).",
)
@click.option("--again", is_flag=True, help="Also what another version of the model did.")
@click.option(
    "--engine",
    default="argos",
    show_default=True,
    type=click.Choice(["argos", "argostranslate", "apertium", "libretranslate"]),
    help="What translates: models of Argos, Argos Translate itself, or another program.",
)
@click.option("--url", default="", help="The address of a LibreTranslate server.")
@click.option(
    "--api-key", default="", envvar="DRAGOMAN_API_KEY", help="A key that the server asks for."
)
@click.option("--status", is_flag=True, help="Only say how far the articles are translated.")
@folder_option
@json_too
@pass_context
def translate(
    context: Context,
    /,
    query: tuple[str, ...],
    *,
    target: str,
    status: bool,
    budget: str | None,
    models: Path | None,
    engine: str,
    url: str,
    api_key: str,
    workers: int,
    beam: int,
    **options: object,
) -> int:
    """Translate articles on this machine, so that they are found in another language.

    All of them, the newest first, or those that QUERY finds; titles first, then
    leads, then the rest. Stop it when you like: what is done stays done, and no
    sentence is translated twice.
    """
    if status:
        return _status(context, target)
    if engine == "libretranslate" and not url:
        raise InvalidValue("--engine libretranslate needs --url, the address of the server")
    from dragoman.translate import Settings, open_translator  # noqa: PLC0415 - for this command

    settings = Settings(workers=workers, beam_size=beam, url=url, api_key=api_key)
    opened = partial(open_translator, engine=engine, folder=folder_of(models), settings=settings)
    seconds = _seconds(budget) if budget else None
    with context.open() as library, context.watched(render.translation_progress) as on_progress:
        report = library.translate(
            target,
            query=" ".join(query),
            budget=seconds,
            translator=opened,
            on_progress=on_progress,
            **options,  # type: ignore[arg-type]  # languages, limit, again, as they are
        )
    if context.as_json:
        context.data({"type": "translated", **asdict(report)})
    else:
        for line in render.translation_lines(report):
            context.message(line)
    # That all is done already is as good as having done it.
    return FOUND if report.whole + report.part or (report.already and not report.waiting) else NONE


def _status(context: Context, target: str) -> int:
    with context.open() as library:
        found = library.translated(target)
    for each in found:
        if context.as_json:
            context.data({"type": "language", **asdict(each), "waiting": each.waiting})
        else:
            click.echo(render.translated_line(each))
    return FOUND if any(each.whole + each.part for each in found) else NONE


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InvalidValue(f"--budget {text}: write 90s, 30m, 2h or 1d")
    return float(match[1]) * _UNITS[match[2] or "s"]
