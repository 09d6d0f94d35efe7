"""What the tests of several files ask for."""

from __future__ import annotations

import sys

import pytest

from dragoman.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command line in a folder of its own; return code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DRAGOMAN_INDEX", raising=False)
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "models"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dragoman", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return stopped.value.code, out, err

    return run
