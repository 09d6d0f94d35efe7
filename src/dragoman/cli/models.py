"""The command `models`: translation models on this machine."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dragoman import render_translation as render
from dragoman.cli.context import FOUND, NONE, Context, json_too, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dragoman.translate import Route
    from dragoman.translate.packages import Package
    from dragoman.translations import LanguageStatus

folder_option = click.option(
    "--models",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the models are; where Argos Translate keeps them if not given.",
)


def folder_of(folder: Path | None) -> Path:
    """The folder of models: as given, else by Argos's own rules."""
    from dragoman.translate.packages import default_folder  # noqa: PLC0415 - for these commands

    return folder or default_folder(os.environ, Path.home())


@click.group()
def models() -> None:
    """Install, list and copy translation models (Argos packages)."""


@models.command("list")
@folder_option
@click.option("--to", "target", default="en", show_default=True, metavar="TAG")
@json_too
@pass_context
def list_(context: Context, models: Path | None, target: str) -> int:
    """List the models, and for each language of the library whether one translates it."""
    from dragoman.translate import routes  # noqa: PLC0415 - for this command
    from dragoman.translate.packages import listing  # noqa: PLC0415

    folder = folder_of(models)
    found = listing(folder)
    for package in found.packages:
        if context.as_json:
            context.data({"type": "model", **_plain(asdict(package))})
        else:
            click.echo(render.model_line(package))
    for problem in found.problems:
        context.message(problem)
    if not found.packages:
        context.message(f"no models in {folder}: dragoman models add FILE.argosmodel")
    offers = routes(folder=folder)
    for status in _of_library(context, target):
        route = _best(offers, status.language, target)
        if context.as_json:
            way = [route.source, *route.via, route.target] if route else None
            counts = {"waiting": status.waiting, **asdict(status)}
            context.data({"type": "language", "route": way, **counts})
        else:
            click.echo(render.route_line(status, route))
    return FOUND if found.packages else NONE


def _best(offers: Iterable[Route], source: str, target: str) -> Route | None:
    """The way that `translate` would take: a direct one first, then by the likeness of tags."""
    from dragoman.translate.tags import likeness  # noqa: PLC0415 - for these commands

    fitting = (
        ((not each.via, likeness(source, each.source), likeness(target, each.target)), each)
        for each in offers
    )
    return max(
        (pair for pair in fitting if all(pair[0][1:])), key=lambda pair: pair[0], default=(0, None)
    )[1]


def _of_library(context: Context, target: str) -> tuple[LanguageStatus, ...]:
    # Models are of use before there is a library.
    if not (Path(context.index) / "library.db").exists():
        return ()
    with context.open() as library:
        return library.translated(target)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: str(v) if isinstance(v, Path) else v for name, v in values.items()}


@models.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@folder_option
@json_too
@pass_context
def add(context: Context, files: tuple[Path, ...], models: Path | None) -> int:
    """Install .argosmodel files, or a bundle."""
    from dragoman.translate import packages  # noqa: PLC0415 - for this command

    folder = folder_of(models)
    for file in files:
        before = {package.name for package in packages.listing(folder).packages}
        for package in packages.add(file, folder):
            _tell(context, "replaced" if package.name in before else "added", package)
    return FOUND


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@folder_option
@json_too
@pass_context
def remove(context: Context, names: tuple[str, ...], models: Path | None) -> int:
    """Remove models by name, or a pair such as de_en."""
    from dragoman.translate import packages  # noqa: PLC0415 - for this command

    for name in names:
        for removed in packages.remove(name, folder_of(models)):
            if context.as_json:
                context.data({"type": "removed", "model": removed})
            else:
                context.message(f"{removed}: removed")
    return FOUND


@models.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("names", nargs=-1, metavar="[NAME…]")
@folder_option
@json_too
@pass_context
def bundle(context: Context, out: Path, names: tuple[str, ...], models: Path | None) -> int:
    """Write the models into one file, for `models add` on another machine."""
    from dragoman.translate.bundle import bundle as write  # noqa: PLC0415 - for this command

    for package in write(out, folder_of(models), names):
        _tell(context, "bundled", package)
    return FOUND


@models.command()
@folder_option
@json_too
@pass_context
def path(context: Context, models: Path | None) -> int:
    """Say where the models are."""
    folder = str(folder_of(models))
    if context.as_json:
        context.data({"type": "folder", "path": folder})
    else:
        click.echo(folder)
    return FOUND


@models.command()
@click.argument("source")
@click.argument("target")
@folder_option
@json_too
@pass_context
def download(context: Context, source: str, target: str, models: Path | None) -> int:
    """Download a model from Argos's list: the one command that uses the network."""
    from dragoman.translate.download import INDEX  # noqa: PLC0415 - for this command
    from dragoman.translate.download import download as fetch  # noqa: PLC0415

    context.message(f"asking {INDEX}")
    with context.watched(render.download_progress) as on_progress:
        packages = fetch(source, target, folder_of(models), on_progress=on_progress)
    for package in packages:
        _tell(context, "added", package)
    return FOUND


def _tell(context: Context, what: str, package: Package) -> None:
    if context.as_json:
        context.data({"type": what, **_plain(asdict(package))})
    else:
        context.message(f"{what} {render.model_line(package)}")
