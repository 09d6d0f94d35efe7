"""The same analysed terms through our engine and through others (``speed.py --peers``).

Articles are made of the sentences of FLORES (`flores-train.jsonl.gz`): each is in one language,
all languages in turn, and takes 13 to 31 sentences of it, the earlier ones of a shuffled list
oftener (by Zipf's law), so that words come as unevenly as in life. Into every sentence goes a
made-up name, by Zipf's law out of a supply without end, so that the dictionary goes on growing.
A sentence is analysed once; an article's terms (surface forms and stems) are laid in a row, each
at a position of its own, since not every engine takes two at one place. Every engine gets that
row for title and body, and key, language and day; none stores texts, and ours gets no words to
be found by their sound.

Building is measured in seconds of processor time over all threads, without the making and the
freeing of the articles in the form that each engine takes: Tantivy indexes in a thread of its
own, and the machine may be busy. Each engine has a process of its own. Queries go to all of them
in turn, so that a busy moment hits them alike, three times over; the fastest counts. All rank by
BM25, and give the best ten. Ours also explains each hit and counts by language, source and
month, and takes the first 200 terms of a prefix. bm25s has no phrases, prefixes and filters.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import figures
from dragoman.analysis import STEM_MARK, analyse
from dragoman.languages import LANGUAGES
from speed_engines import KINDS, PEERS, Asked, Made, present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = dict[str, Any]
    Sentences = Mapping[str, Sequence[tuple[int, str]]]
    """By language, of each sentence the bytes, and the terms with blanks between."""

DEFAULT = Path(__file__).resolve().parents[2] / "shared/data/flores-train.jsonl.gz"
"""Where the data lies unless a command is told otherwise."""

_MEGABYTE = 1_000_000
_PRIVATE = "\ue000"  # in the place of the mark of a stem, which some tokenisers cut at
_TRIES = 3
_LEAST_QUERIES = 10  # of a kind: ours remembers what it found for the last eight
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "il")]


# What is indexed and asked


def sentences(data: Path) -> Iterator[tuple[str, int, str]]:
    """Language, bytes and terms of each sentence."""
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            code, text = row["lang"], row["text"]
            tokens = analyse(text, tags.get(code, "und"))
            terms = [term.replace(STEM_MARK, _PRIVATE) for token in tokens for term in token.terms]
            yield code, len(text.encode()), " ".join(terms)


def load(source: Path) -> Sentences:
    """The sentences of a file of such rows, in a mixed order."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            code, size, terms = line.rstrip("\n").split("\t")
            found[code].append((int(size), terms))
    for code, each in found.items():
        random.Random(code).shuffle(each)  # noqa: S311
    return dict(found)


def articles(supplies: Sentences, wanted: int) -> Iterator[Made]:
    """As many as are wanted; the first ones are the same, however many."""
    languages = sorted(supplies)
    for key in range(1, wanted + 1):
        chance = random.Random(key)  # noqa: S311
        language = languages[key % len(languages)]
        supply = supplies[language]
        rows: list[list[str]] = []
        size = 0
        for _ in range(chance.randint(13, 31)):
            bytes_, terms = supply[_zipf(chance, len(supply))]
            name = _name(_zipf(chance, 1 << 40))
            rows.append([*terms.split(" "), name])
            size += bytes_ + len(name) + 1
        day = 20200101 + 100 * chance.randrange(12) + chance.randrange(28)
        yield Made(key, language, day, rows[0], [term for row in rows[1:] for term in row], size)


def _zipf(chance: random.Random, size: int) -> int:
    """A number below a size, each about as likely as the reciprocal of the next."""
    return int((size + 1) ** chance.random()) - 1


def _name(number: int) -> str:
    """The made-up name with this number."""
    spelled = ""
    while number or not spelled:
        number, syllable = divmod(number, len(_SYLLABLES))
        spelled += _SYLLABLES[syllable]
    return "q" + spelled


def questions(supplies: Sentences, size: int, number: int) -> list[Asked]:
    """So many of each kind, with the terms of articles that are there."""
    found = []
    chosen = islice(articles(supplies, size), size // (2 * number), size, size // number)
    for made in chosen:
        chance = random.Random(made.key)  # noqa: S311
        five = chance.sample(made.body, 5)
        at = chance.randrange(len(made.body) - 1)
        start = next((term[:4] for term in five if len(term) > 4 and term[0] != _PRIVATE), "qba")
        asked = [five[:1], five, five, made.body[at : at + 2], [start], five[:1]]
        month = made.day // 100 * 100
        for kind, terms in zip(KINDS, asked, strict=True):
            found.append(Asked(kind, terms, made.language, month, month + 99))
    return sorted(found, key=lambda each: KINDS.index(each.kind))


# In the process of an engine


def serve(name: str, folder: Path, source: Path, size: int) -> None:
    """Do what the lines of stdin ask, and answer each by a line."""
    peer = PEERS[name][1](folder)
    search = None
    for line in sys.stdin:
        order, *what = json.loads(line)
        answer: Row = {}
        started = time.perf_counter()
        if order == "build":
            answer = _build(peer, articles(load(source), size), folder)
        elif order == "ask" and search and what[0] in peer.kinds:
            answer["hits"] = search(Asked(*what))
        elif order == "ask" and not search:
            search = peer.open()
            search(Asked(*what))
        if order == "ask":
            answer["ms"] = 1000 * (time.perf_counter() - started)
        answer["peak MB"] = figures.peak()
        print(json.dumps(answer), flush=True)


def _build(peer: Any, made: Iterable[Made], folder: Path) -> Row:  # noqa: ANN401
    size = spent = 0.0
    before = None  # what was taken is freed here, not by the engine

    def forms() -> Iterator[Any]:
        nonlocal size, spent, before
        started = time.thread_time()
        for each in made:
            size += each.size
            form = peer.form(each)
            spent += time.thread_time() - started
            yield form
            before = form
            started = time.thread_time()
        spent += time.thread_time() - started

    began, began_cpu = time.perf_counter(), time.process_time()
    peer.build(forms())
    cpu = time.process_time() - began_cpu - spent
    files = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "CPU s": cpu,
        "MB/s": size / cpu / _MEGABYTE,
        "elapsed s": time.perf_counter() - began,
        "text MB": size / _MEGABYTE,
        "index MB": files / _MEGABYTE,
        "index/text": files / size,
    }


# In the process that measures


class _Engine:
    """An engine in a process of its own."""

    def __init__(self, name: str, home: Path, size: int) -> None:
        command = [sys.executable, __file__, name, str(home / name), str(home / "terms"), str(size)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, *order: object) -> Row:
        """Have it do something."""
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("the process has no pipes")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: Row = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End its process."""
        self._process.communicate()


def trials(sizes: Sequence[int], number: int, data: Path, chosen: str) -> Iterator[Row]:
    """Build and search, all engines at each size; then how many times as fast ours is."""
    names, number = present(chosen), max(number, _LEAST_QUERIES)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        with (home / "terms").open("w", encoding="utf-8") as file:
            file.writelines("\t".join(map(str, row)) + "\n" for row in sentences(data))
        for size in sizes:
            folder = home / str(size)
            folder.mkdir()
            (folder / "terms").symlink_to(home / "terms")
            yield from _trial(folder, names, size, questions(load(home / "terms"), size, number))


def _trial(home: Path, names: Sequence[str], size: int, asked: Sequence[Asked]) -> Iterator[Row]:
    found: dict[tuple[str, str], Row] = {}
    for name in names:
        engine = _Engine(name, home, size)
        found["build", name] = engine.do("build")
        engine.close()
        yield {"trial": "build", "articles": size, "engine": name, **found["build", name]}
    engines = {name: _Engine(name, home, size) for name in names}
    for name, row in _ask(engines, asked):
        found["search", name] = row
        yield {"trial": "search", "articles": size, "engine": name, **row}
    yield from _ratios(found, names, size)


def _ask(engines: Mapping[str, _Engine], asked: Sequence[Asked]) -> Iterator[tuple[str, Row]]:
    first = {name: engine.do("ask", *asked[0])["ms"] for name, engine in engines.items()}
    fastest: dict[tuple[str, str, int], float] = defaultdict(lambda: float("inf"))
    answered: dict[tuple[str, str], int] = defaultdict(int)
    for kind in KINDS:
        # Round by round, so that no engine has just answered the same query.
        for attempt in range(_TRIES):
            for number, each in enumerate(query for query in asked if query.kind == kind):
                for name, engine in engines.items():
                    answer = engine.do("ask", *each)
                    if "hits" not in answer:
                        continue
                    held = fastest[name, kind, number]
                    fastest[name, kind, number] = min(held, answer["ms"])
                    answered[name, kind] += attempt == 0 and answer["hits"] > 0
    for name, engine in engines.items():
        peak = engine.do("peak")["peak MB"]
        engine.close()
        spent = {
            kind: [ms for key, ms in fastest.items() if key[:2] == (name, kind)] for kind in KINDS
        }
        kinds = {
            kind: figures.times(each, answered[name, kind]) for kind, each in spent.items() if each
        }
        yield name, {"open and first query, ms": first[name], "peak MB": peak, "kinds": kinds}


def _ratios(found: Mapping[tuple[str, str], Row], names: Sequence[str], size: int) -> Iterator[Row]:
    if "dragoman" not in names:
        return
    ours, answers = found["build", "dragoman"], found["search", "dragoman"]["kinds"]
    for name in names[1:]:
        theirs, others = found["build", name], found["search", name]["kinds"]
        yield {
            "trial": f"dragoman: times as fast as {name}",
            "articles": size,
            "build": theirs["CPU s"] / ours["CPU s"],
            "size, times": ours["index MB"] / theirs["index MB"],
            **{
                kind: others[kind]["median ms"] / answers[kind]["median ms"]
                for kind in KINDS
                if kind in others
            },
        }


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
