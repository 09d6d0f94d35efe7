"""Kill -9 during `add`, many times, and many processes at once: nothing may be lost.

    python benchmarks/kill.py [--kills 200] [--seconds 60] [--seed 1] [--json]

A child process adds articles and acknowledges each batch on its standard
output as the library reports it stored; it is killed at a random moment. Then
the library is opened, with no repair by hand: every acknowledged article must
be in the store and must be found by a search.

After that, two processes write and ten read one library for a while: the only
error allowed is that a writer found the library locked.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dragoman

_PER_ADD = 120
_FRESH_AFTER = 3000  # articles; a new library then, so that each kill costs the same

_ADDER = """
import sys, dragoman
from benchmarks_kill import numbered
folder, first, per_add = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
with dragoman.open_library(folder) as library:
    while True:
        def acknowledge(progress, first=first):
            if progress.stage == "stored":
                print(first + progress.articles, flush=True)
        library.add(map(numbered, range(first, first + per_add)), on_progress=acknowledge)
        first += per_add
"""

_WRITER = """
import sys, time, dragoman
from benchmarks_kill import numbered
folder, first = sys.argv[1], int(sys.argv[2])
locked = added = 0
with dragoman.open_library(folder, lock_timeout=0.5) as library:
    print("ready", flush=True)
    until = float(input())
    while time.time() < until:
        try:
            added += library.add(map(numbered, range(first, first + 20))).added
            first += 20
        except dragoman.LibraryLocked:
            locked += 1
print(added, locked)
"""

_READER = """
import sys, time, dragoman
folder = sys.argv[1]
searches = most = 0
with dragoman.open_library(folder, lock_timeout=0) as library:
    print("ready", flush=True)
    until = float(input())
    while time.time() < until:
        total = library.search("flood river", limit=5).total
        assert total >= most, "an article that was found is gone"
        most, searches = total, searches + 1
print(searches, most)
"""

_SUPPORT = '''
import dragoman

def numbered(number):
    """The article with this number; its own word finds it."""
    return dragoman.Article(
        id=f"article {number}",
        title=f"Flood report number{number}x",
        body="The river rose above its banks near the old bridge in the night.\\n" * 4,
    )
'''


def main() -> int:
    """Run both trials; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "benchmarks_kill.py").write_text(_SUPPORT)
        trials = [
            _kills(Path(folder), options.kills, random.Random(options.seed)),  # noqa: S311
            _together(Path(folder), options.seconds),
        ]
    for trial in trials:
        if options.json:
            print(json.dumps(trial))
        else:
            print(*(f"{name} {value}" for name, value in trial.items()), sep="\n  ")
    return int(any(trial.get("lost") or trial.get("errors") for trial in trials))


class _Raw(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the description."""


def _kills(folder: Path, kills: int, chance: random.Random) -> dict[str, object]:
    library = folder / "killed"
    first = acknowledged = lost = unopened = 0
    for _ in range(kills):
        if first >= _FRESH_AFTER:
            shutil.rmtree(library)
            first = 0
        upto = _add_until_killed(folder, library, first, chance.uniform(0.0, 1.2))
        try:
            lost += _missing(library, upto)
        except Exception as error:  # noqa: BLE001 - any failure to open is what is counted
            print(f"cannot open: {error!r}", file=sys.stderr)
            unopened += 1
        acknowledged += upto - first
        first = upto
    return {
        "trial": "kill -9 during add",
        "kills": kills,
        "acknowledged": acknowledged,
        "lost": lost,
        "errors": unopened,
    }


def _add_until_killed(folder: Path, library: Path, first: int, wait: float) -> int:
    """Add from a number on, kill after a while; return the first number not acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", _ADDER, library, str(first), str(_PER_ADD)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
    )
    assert child.stdout  # noqa: S101
    child.stdout.readline()
    time.sleep(wait)
    child.send_signal(signal.SIGKILL)
    lines = [line for line in child.stdout.read().split("\n")[:-1] if line]
    child.wait()
    return int(lines[-1]) if lines else first


def _missing(folder: Path, upto: int) -> int:
    """How many of the articles acknowledged so far are not stored, or not found."""
    with dragoman.open_library(folder) as library:
        absent = [number for number in range(upto) if f"article {number}" not in library]
        unfound = [
            number
            for number in range(max(0, upto - _PER_ADD), upto)
            if [
                hit.id for hit in library.search(f"number{number}x", limit=2, via=["original"]).hits
            ]
            != [f"article {number}"]
        ]
    return len({*absent, *unfound})


def _together(folder: Path, seconds: float) -> dict[str, object]:
    library = folder / "shared"
    with dragoman.open_library(library):
        children = [
            subprocess.Popen(
                [sys.executable, "-c", script, library, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=folder,
            )
            for script, arguments in [(_WRITER, ["0"]), (_WRITER, ["1000000"])]
            + [(_READER, [])] * 10
        ]
    for child in children:  # the time starts when all have opened the library
        assert child.stdout  # noqa: S101
        child.stdout.readline()
    until = str(time.time() + seconds)
    for child in children:
        assert child.stdin  # noqa: S101
        child.stdin.write(f"{until}\n")
        child.stdin.flush()
    outputs = [child.communicate() for child in children]
    for child, (_, complaint) in zip(children, outputs, strict=True):
        if child.returncode:
            print(complaint, file=sys.stderr)
    numbers = [[int(word) for word in output.split()] or [0, 0] for output, _ in outputs]
    with dragoman.open_library(library) as opened:
        articles = opened.stats().articles
        findings = len(opened.doctor())
    added = sum(row[0] for row in numbers[:2])
    return {
        "trial": "two writers, ten readers",
        "seconds": seconds,
        "added": added,
        "found locked": sum(row[1] for row in numbers[:2]),
        "searches": sum(row[0] for row in numbers[2:]),
        "lost": added - articles,
        "errors": sum(bool(child.returncode) for child in children) + findings,
    }


if __name__ == "__main__":
    sys.exit(main())
