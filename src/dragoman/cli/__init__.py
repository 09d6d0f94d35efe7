"""The command line: arguments in, library calls, output, exit codes.

The only part of Dragoman that prints or reads the environment.
"""

from __future__ import annotations

import gc

# What is imported stays: to look for garbage among it takes a tenth of the time of starting.
gc.disable()
from dragoman.cli.main import cli, main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["cli", "main"]
