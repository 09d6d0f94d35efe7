"""The Whoosh engine keeps the promises of every engine."""

from __future__ import annotations

import pytest

from dragoman.engines import open_engine
from dragoman.errors import InvalidValue
from engine_contract import EngineContract


class TestWhoosh(EngineContract):
    """The contract, on Whoosh."""

    @pytest.fixture
    def make(self):
        """Open a Whoosh engine on a folder."""
        return lambda folder: open_engine("whoosh", folder)


def test_an_unknown_engine_is_named(tmp_path):
    """A wrong name says which names there are."""
    with pytest.raises(InvalidValue, match="whoosh"):
        open_engine("lucene", tmp_path)
