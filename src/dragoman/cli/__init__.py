"""The command line: arguments in, library calls, output, exit codes.

The only part of Dragoman that prints or reads the environment.
"""

from __future__ import annotations

from dragoman.cli.main import cli, main

__all__ = ["cli", "main"]
