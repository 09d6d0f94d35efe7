"""Commands that keep the library sound: rebuild, doctor."""

from __future__ import annotations

from dataclasses import asdict

import click

from dragoman.cli.context import ERROR, FOUND, Context, jobs_option, json_too, pass_context
from dragoman.render_translation import counted


@click.command()
@jobs_option
@json_too
@pass_context
def rebuild(context: Context, jobs: int) -> int:
    """Make the search index again from the stored articles; the old one serves meanwhile."""
    with context.open() as library, context.progress("rebuilding") as on_progress:
        articles = library.rebuild(on_progress=on_progress, jobs=jobs)
    if context.as_json:
        context.data({"type": "rebuilt", "articles": articles})
    else:
        context.message(f"indexed {counted(articles, 'article')}")
    return FOUND


@click.command()
@json_too
@pass_context
def doctor(context: Context) -> int:
    """Check every file of the library, and repair what can be made again."""
    with context.open() as library, context.progress("repairing") as on_progress:
        findings = library.doctor(on_progress=on_progress)
    for finding in findings:
        if context.as_json:
            context.data({"type": "finding", **asdict(finding)})
        else:
            click.echo(f"{finding.what}: {'repaired' if finding.repaired else 'NOT repaired'}")
    if not findings:
        context.message("store, index and lexicons are sound and agree")
    return ERROR if any(not finding.repaired for finding in findings) else FOUND
