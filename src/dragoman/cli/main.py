"""The command `dragoman`: its group, and where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys

import click
from click.shell_completion import get_completion_class

from dragoman import __version__
from dragoman.cli import lexicons, models, reading, translating, upkeep, writing
from dragoman.cli.context import ERROR, FOUND, NONE, Context
from dragoman.errors import ArticleNotFound, DragomanError, InvalidValue

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
    context.obj = Context(index, as_json=as_json, quiet=quiet)


@click.command()
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


for _command in (
    writing.add,
    reading.search,
    reading.related,
    reading.show,
    writing.tag,
    writing.delete,
    reading.stats,
    reading.export,
    translating.translate,
    models.models,
    lexicons.lexicon,
    upkeep.rebuild,
    upkeep.doctor,
    writing.demo,
    completion,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; the one place where errors become messages and exit codes."""
    try:
        code = cli.main(prog_name="dragoman", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("dragoman: stopped; what was stored is kept", err=True)
        code = 130
    except DragomanError as error:
        click.echo(f"dragoman: {error}", err=True)
        code = NONE if isinstance(error, ArticleNotFound) else ERROR
    except BrokenPipeError:  # the reader of our output went away, as `head` does: no error of ours
        code = FOUND
        _forget_output()
    except OSError as error:  # a full disk, a folder that may not be written
        click.echo(f"dragoman: {error.filename or 'output'}: {error.strerror}", err=True)
        code = ERROR
        _forget_output()
    sys.exit(code if isinstance(code, int) else FOUND)


def _forget_output() -> None:
    """Leave nothing to be written at exit, where it would fail again."""
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the flush at exit
