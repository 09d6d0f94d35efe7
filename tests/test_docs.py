"""The README: what it shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import dragoman

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


def test_the_search_shown_gives_what_is_shown(tmp_path):
    """The hits of the demo are those of the README, in its order."""
    (text, limit, shown) = re.search(
        r"dragoman search (\w+) --limit (\d+)\n(.*?)```", README, re.DOTALL
    ).groups()
    demo = Path(dragoman.__path__[0]) / "data/demo.jsonl"
    with dragoman.open_library(tmp_path) as library:
        library.add(dragoman.read(demo))
        hits = library.search(text, limit=int(limit)).hits
    places = [shown.index(part) for hit in hits for part in (hit.title, hit.snippet.text)]
    assert places == sorted(places)
    assert len({hit.language for hit in hits}) == int(limit)
