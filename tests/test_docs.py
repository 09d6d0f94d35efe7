"""The README: what it shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import dragoman
from dragoman.render import hit_lines

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_python_example_runs(tmp_path):
    """The example finds the flood in both languages."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert run.stdout.splitlines() == [
        "2 added, 0 failed",
        "2 ar فيضان في البصرة ('query-translation',)",
        "1 en Flood in Basra ('original',)",
    ]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The library of the demo."""
    with dragoman.open_library(tmp_path_factory.mktemp("demo")) as library:
        library.add(dragoman.read(Path(dragoman.__path__[0]) / "data/demo.jsonl"))
        yield library


def test_the_search_shown_gives_what_is_shown(demo):
    """The hits of the demo are those of the README, in its order."""
    (text, limit, shown) = re.search(
        r"dragoman search (\w+) --limit (\d+)\n(.*?)```", README, re.DOTALL
    ).groups()
    hits = demo.search(text, limit=int(limit)).hits
    places = [shown.index(part) for hit in hits for part in (hit.title, hit.snippet.text)]
    assert places == sorted(places)
    assert len({hit.language for hit in hits}) == int(limit)


def test_the_explanation_shown_is_that_of_the_demo(demo):
    """Line by line."""
    shown = re.search(
        r"search \"(.*)\" --lang ckb --limit 1 --explain\n(.*?)```", README, re.DOTALL
    )
    hits = demo.search(shown[1], languages=["ckb"], limit=1).hits
    assert list(hit_lines(1, hits[0], str, explain=True)) == shown[2].splitlines()


def test_every_query_of_the_table_finds_something_in_the_demo(demo):
    """The examples of what can be typed."""
    table = re.search(r"\| You type.*?\n\n", README, re.DOTALL)[0]
    queries = re.findall(
        r"`([^`]+)`", "".join(row.split("|")[1] for row in table.strip().splitlines()[2:])
    )
    assert len(queries) > 12
    assert [query for query in queries if query != "( )" and not demo.search(query).hits] == []
