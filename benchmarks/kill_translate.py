"""Kill -9 during a translation run, many times: nothing may be lost, and nothing done twice.

    python benchmarks/kill_translate.py [--kills 50] [--articles 400] [--seed 1] [--json]

A child process translates a library with a slow translator that writes down
every sentence before it translates it, and is killed at a random moment. Then
the library is opened, with no repair by hand: no sentence that the memory held
may have been translated again, nothing that was kept may be gone, and every
translation in the store must be found in the index.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dragoman
from dragoman import translations
from dragoman.engines import open_engine
from dragoman.store import Store

_SENTENCES = 6  # of a body
_COUNTS = ("kills", "translated", "committed", "repeated", "lost", "unindexed", "errors")

_CHILD = """
import sys, time, dragoman
from dragoman import build
from dragoman.translate import batches, run
from dragoman.translate.plan import Plan

folder, log = sys.argv[1:]
# Small batches and much indexing, so that kills meet every step.
batches._BATCH_SENTENCES, run._REINDEX_SECONDS, run._REINDEX_SHARE = 16, 0.1, 1
run._POOL_ARTICLES = (40, 20, 10)

class Slow:
    route, version = ("de", "en"), "slow 1"

    def translate(self, sentences):
        with open(log, "a", encoding="utf-8") as file:
            file.write("".join(f"{sentence}\\n" for sentence in sentences))
        time.sleep(0.002 * len(sentences))
        return [f"This is report number {s.split()[1]} of the river." for s in sentences]

    def close(self):
        pass

with dragoman.open_library(folder) as library:
    print("ready", flush=True)
    store, engine = library._store, library._engine
    run.translate(
        store,
        lambda *_: Slow(),
        Plan(),
        reindex=lambda: build.index(store, engine, lambda _: None),
        writing=library._writing,
    )
"""


def main() -> int:
    """Run the trial; return 1 if anything was lost or done twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311
    totals = dict.fromkeys(_COUNTS, 0)
    with tempfile.TemporaryDirectory() as folder:
        libraries = 0
        while totals["kills"] < options.kills:
            libraries += 1
            trial = _Trial(Path(folder) / str(libraries), options.articles)
            trial.run(chance, options.kills - totals["kills"])
            for name in totals:
                totals[name] += getattr(trial, name)
    row = {"trial": "kill -9 during translation", "libraries": libraries, **totals}
    if options.json:
        print(json.dumps(row))
    else:
        print(*(f"{name} {value}" for name, value in row.items()), sep="\n  ")
    return int(any(totals[name] for name in ("repeated", "lost", "unindexed", "errors")))


class _Trial:
    """One library, translated to its end through a number of kills."""

    def __init__(self, folder: Path, articles: int) -> None:
        self._folder = folder
        self._log = folder.with_suffix(".log")
        self._log.touch()
        self._articles = articles
        self.kills = self.translated = self.committed = 0
        self.repeated = self.lost = self.unindexed = self.errors = 0
        with dragoman.open_library(folder) as library:
            library.add(map(_article, range(articles)))

    def run(self, chance: random.Random, kills: int) -> None:
        done = False
        while not done:
            before, kept = self._memory(), self._kept()
            logged = self._log.stat().st_size
            wait = chance.uniform(0, 0.5) if self.kills < kills else None
            done = self._child(wait)
            asked = self._log.read_bytes()[logged:].decode("utf-8").splitlines()
            names = [translations.sentence_key(text, "de", "en", "slow 1") for text in asked]
            self.translated += len(names)
            self.repeated += sum(name in before for name in names)
            self.repeated += len(names) - len(set(names))
            after = self._memory()
            self.lost += len(before - after)
            self.lost += sum(self._kept().get(key, 0) < stage for key, stage in kept.items())
            self.unindexed += self._unindexed()
        self.committed = len(self._memory())
        self.lost += self._articles - list(self._kept().values()).count(translations.WHOLE)

    def _child(self, wait: float | None) -> bool:
        """Translate until killed after some seconds; whether it came to its end before."""
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, self._folder, self._log],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout  # noqa: S101
        child.stdout.readline()
        if wait is not None:
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        _, complaint = child.communicate()
        if child.returncode == -signal.SIGKILL:
            self.kills += 1
            return False
        if child.returncode:
            print(complaint, file=sys.stderr)
            self.errors += 1
        return True

    def _memory(self) -> set[bytes]:
        store = Store(self._folder / "library.db")
        rows = store.select("SELECT key FROM sentence")
        store.close()
        return {row[0] for row in rows}

    def _kept(self) -> dict[int, int]:
        """The stage of each article that has a translation."""
        store = Store(self._folder / "library.db")
        rows = store.select("SELECT article, stage FROM translation")
        store.close()
        return dict(map(tuple, rows))

    def _unindexed(self) -> int:
        """Open the library; the number of stored translations that the index does not hold."""
        with dragoman.open_library(self._folder) as library:
            self.errors += len(library.doctor())
        store = Store(self._folder / "library.db")
        engine = open_engine("whoosh", self._folder / "whoosh")
        keys = store.keys()
        wanted = [
            (key, sentence.text.split()[4])
            for key, (translation,) in translations.of(store, keys).items()
            for sentence in translation.good()
        ]
        engine.refresh()
        snapshot = engine.vocabulary()
        terms = sorted({term for _, term in wanted})
        which, records, _ = snapshot.postings("translation", terms)
        found = {
            (int(snapshot.keys[record]), terms[number])
            for number, record in zip(which.tolist(), records.tolist(), strict=True)
        }
        engine.close()
        store.close()
        return len(set(wanted) - found)


def _article(number: int) -> dragoman.Article:
    """An article of which every sentence has its own number."""
    first = number * (_SENTENCES + 1)
    bericht = [f"Bericht {1_000_001 + first + k} vom Fluss." for k in range(_SENTENCES + 1)]
    return dragoman.Article(
        id=f"article {number}",
        title=bericht[0],
        body="\n".join([" ".join(bericht[1:4]), " ".join(bericht[4:])]),
        language="de",
    )


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    sys.exit(main())
