"""How fast Dragoman adds and searches, beside stock Whoosh with the same terms.

    python benchmarks/speed.py [--articles 1000 8000] [--queries 30] [--json] [--data PATH]
    python benchmarks/speed.py --peers [NAMES] [--articles 8000 50000] …

On NTREX-128, its articles in an order that is mixed once and for all. Beyond their
number, further articles are made by putting sentences of one language together
anew, always in the same way; these have the words of the real ones and no new ones, so
that the dictionary of a large library is smaller than life. The default sizes take
about ten minutes on two cores; 50000 takes about an hour.

Stock Whoosh gets the terms of `dragoman.analysis` in its own ``TEXT`` fields with its
own codec, writes them in one commit and ranks by its own BM25F; it stores ids only and
returns ids only. Dragoman also keeps the texts safe in its store, counts by language
and cuts snippets.

Adding and searching run in a process each, whose peak memory is given; the articles
come from a file, one by one. Every query is asked once, in a process that has asked
one before. The languages are given to both; Dragoman tells them none the less, for
the script and further languages.

With ``--peers``, the engine alone is measured instead, beside those of others, on articles made
of FLORES: `speed_peers.py` says how. 8000 articles take ten minutes with all peers; without
stock Whoosh, Xapian and bm25s, 500000 take an hour.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import fields, index
from whoosh import query as whoosh_query
from whoosh.analysis import Analyzer, Token

import dragoman
import figures
import ntrex
import speed_peers
from dragoman.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Row = dict[str, Any]
    Search = Callable[[str, tuple[str, ...], str], int]

KINDS = ("1 word", "5 words OR", "5 words AND", "phrase of 2", "prefix", "1 word, 1 language")
_COLD_RUNS = 5
_LETTERS = re.compile(r"[^\W\d_]{4,20}")
_MEGABYTE = 1_000_000


def articles(data: Path, wanted: int) -> Iterator[Row]:
    """As many articles as are wanted; the same for the same number, everywhere."""
    held = ntrex.load(data)
    random.Random(1).shuffle(held)  # noqa: S311
    yield from held[:wanted]
    pools = defaultdict(list)
    for article in held:
        pools[article["lang"]] += article["body"].split("\n")
    for number in range(len(held), wanted):
        model = held[number % len(held)]
        pool = pools[model["lang"]]
        chance = random.Random(number)  # noqa: S311
        lines = [chance.choice(pool) for _ in range(model["body"].count("\n") + 1)]
        title = chance.choice(pool)[:100]
        yield {
            "id": f"made/{number}",
            "lang": model["lang"],
            "title": title,
            "body": "\n".join(lines),
        }


def questions(data: Path, number: int) -> list[tuple[str, tuple[str, ...], str]]:
    """Kind, words and language of each query: words of articles in the spaced scripts."""
    found: list[tuple[str, tuple[str, ...], str]] = []
    for article in islice(_spaced(data), number):
        lines = [line for line in article["body"].split("\n") if len(line) > 40]
        chance = random.Random(article["id"])  # noqa: S311
        words = _LETTERS.findall(" ".join(chance.sample(lines, min(3, len(lines)))))
        some = tuple(chance.sample(words, 5))
        place = chance.randrange(len(words) - 1)
        language = ntrex.TAGS[article["lang"]]
        pair = tuple(re.findall(r"\w+", lines[0])[1:3])
        for kind, asked in zip(
            KINDS,
            (some[:1], some, some, pair, (words[place][:3],), (words[place],)),
            strict=True,
        ):
            found.append((kind, asked, language))
    return sorted(found, key=lambda each: KINDS.index(each[0]))


def _spaced(data: Path) -> Iterator[Row]:
    for article in articles(data, 1000):
        if article["lang"].partition("-")[0] not in ntrex.UNSPACED:
            words = _LETTERS.findall(article["body"])
            if len(words) > 60 and article["body"].count("\n") > 3:
                yield article


# Dragoman


def _dragoman_add(folder: Path, rows: Iterator[Row]) -> None:
    with dragoman.open_library(folder) as library:
        library.add(
            dragoman.Article(
                id=row["id"],
                title=row["title"],
                body=row["body"],
                language=ntrex.TAGS[row["lang"]],
            )
            for row in rows
        )


def _dragoman_search(folder: Path) -> Search:
    library = dragoman.open_library(folder, create=False)
    forms: dict[str, Callable[[tuple[str, ...]], str]] = {
        "1 word": " ".join,
        "5 words OR": " ".join,
        "5 words AND": " AND ".join,
        "phrase of 2": lambda words: f'"{" ".join(words)}"',
        "prefix": lambda words: f"{words[0]}*",
        "1 word, 1 language": " ".join,
    }

    def search(kind: str, words: tuple[str, ...], language: str) -> int:
        languages = (language,) if kind == "1 word, 1 language" else ()
        return library.search(forms[kind](words), languages=languages).total

    return search


# Stock Whoosh


class _Terms(Analyzer):  # type: ignore[misc]
    """Dragoman's analysis, as Whoosh calls one, of a language's tag and then a text."""

    def __call__(self, value: str, **_: object) -> Iterator[Token]:
        language, _, text = value.partition(" ")
        token = Token(positions=True)
        for term, position in _terms(text, language):
            token.text, token.pos = term, position
            yield token


def _terms(text: str, language: str) -> list[tuple[str, int]]:
    return [
        (term, token.position)
        for token in analyse(text, language)
        for term in dict.fromkeys(token.terms)
    ]


def _whoosh_add(folder: Path, rows: Iterator[Row]) -> None:
    folder.mkdir()
    schema = fields.Schema(
        id=fields.ID(stored=True),
        language=fields.ID(),
        title=fields.TEXT(analyzer=_Terms()),
        body=fields.TEXT(analyzer=_Terms()),
    )
    writer = index.create_in(folder, schema).writer(limitmb=256)
    for row in rows:
        language = ntrex.TAGS[row["lang"]]
        writer.add_document(
            id=row["id"],
            language=language,
            title=f"{language} {row['title']}",
            body=f"{language} {row['body']}",
        )
    writer.commit()


def _whoosh_search(folder: Path) -> Search:
    searcher = index.open_dir(folder).searcher()

    def either(make: Callable[[str], whoosh_query.Query]) -> whoosh_query.Query:
        return whoosh_query.Or([make("title"), make("body")])

    def word(text: str, language: str) -> whoosh_query.Query:
        terms = dict.fromkeys(term for term, _ in _terms(text, language))
        return whoosh_query.Or(
            [either(lambda name, term=term: whoosh_query.Term(name, term)) for term in terms]
        )

    def search(kind: str, words: tuple[str, ...], language: str) -> int:
        if kind == "phrase of 2":
            surface = [analyse(each)[0].terms[0] for each in words]
            asked = either(lambda name: whoosh_query.Phrase(name, surface))
        elif kind == "prefix":
            start = analyse(words[0])[0].terms[0]
            asked = either(lambda name: whoosh_query.Prefix(name, start))
        else:
            join = whoosh_query.And if kind == "5 words AND" else whoosh_query.Or
            asked = join([word(each, language) for each in words])
        only = whoosh_query.Term("language", language) if kind == KINDS[-1] else None
        results = searcher.search(asked, limit=10, filter=only)
        ids = [hit["id"] for hit in results]
        return max(len(results), len(ids))

    return search


ENGINES: dict[str, tuple[Callable[[Path, Iterator[Row]], None], Callable[[Path], Search]]] = {
    "dragoman": (_dragoman_add, _dragoman_search),
    "whoosh": (_whoosh_add, _whoosh_search),
}


# Measuring, in a process each


def measure_add(engine: str, folder: Path, source: Path) -> Row:
    """Add the articles of a file; their speed, memory and the size of what came of them."""
    with source.open(encoding="utf-8") as lines:
        sizes = [len(f"{row['title']}\n{row['body']}".encode()) for row in map(json.loads, lines)]
    with source.open(encoding="utf-8") as lines:
        started = time.perf_counter()
        ENGINES[engine][0](folder, map(json.loads, lines))
        elapsed = time.perf_counter() - started
    files = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    store = sum(size for path, size in files.items() if path.name.startswith("library.db"))
    text = sum(sizes)
    made = sum(files.values()) - store
    return {
        "seconds": elapsed,
        "articles/s": len(sizes) / elapsed,
        "MB/s": text / elapsed / _MEGABYTE,
        "peak MB": figures.peak(),
        "text MB": text / _MEGABYTE,
        "index MB": made / _MEGABYTE,
        "store MB": store / _MEGABYTE,
        "index/text": made / text,
    }


def measure_search(engine: str, folder: Path, source: Path) -> Row:
    """Ask each query of a file once; milliseconds by kind, of the first query, and memory."""
    asked = json.loads(source.read_text("utf-8"))
    started = time.perf_counter()
    search = ENGINES[engine][1](folder)
    search("1 word", ("river",), "en")
    first = 1000 * (time.perf_counter() - started)
    spent: dict[str, list[float]] = defaultdict(list)
    found: dict[str, int] = defaultdict(int)
    for kind, words, language in asked:
        started = time.perf_counter()
        found[kind] += search(kind, tuple(words), language) > 0
        spent[kind].append(1000 * (time.perf_counter() - started))
    kinds = {kind: figures.times(each, found[kind]) for kind, each in spent.items()}
    return {"first ms": first, "peak MB": figures.peak(), "kinds": kinds}


def _in_a_process(*arguments: object) -> Row:
    command = [sys.executable, __file__, "--child", *map(str, arguments)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: Row = json.loads(output)
    return figures


def cold_start(folder: Path) -> Row:
    """Milliseconds of a whole search from the command line, and of the import alone."""
    command = [sys.executable, "-m", "dragoman", "--index", str(folder), "search", "river"]
    spent = []
    for _ in range(_COLD_RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        spent.append(1000 * (time.perf_counter() - started))
    command = [sys.executable, "-X", "importtime", "-c", "import dragoman"]
    imports = [
        int(
            subprocess.run(command, check=True, capture_output=True, text=True).stderr.split("|")[
                -2
            ]
        )
        for _ in range(_COLD_RUNS)
    ]
    return {
        "search from the command line, ms": statistics.median(spent),
        "import dragoman, ms": statistics.median(imports) / 1000,
    }


def trials(sizes: list[int], number: int, data: Path) -> Iterator[Row]:
    """Measure every size, both engines in turn."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            home = Path(temporary)
            with (home / "articles").open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(row)}\n" for row in articles(data, size))
            (home / "queries").write_text(json.dumps(questions(data, number)), "utf-8")
            for engine in ENGINES:
                row = {"articles": size, "engine": engine}
                for task, source in (("add", "articles"), ("search", "queries")):
                    found = _in_a_process(task, engine, home / engine, home / source)
                    yield {"trial": task, **row, **found}
            yield {"trial": "cold start", "articles": size, **cold_start(home / "dragoman")}


def ratios(found: list[Row]) -> Iterator[Row]:
    """How many times faster than stock Whoosh each size is added and searched."""
    by_key = {(row["trial"], row["articles"], row.get("engine")): row for row in found}
    for size in dict.fromkeys(row["articles"] for row in found):
        added = [by_key["add", size, engine]["articles/s"] for engine in ENGINES]
        ours, theirs = (by_key["search", size, engine]["kinds"] for engine in ENGINES)
        yield {
            "trial": "times as fast as stock Whoosh",
            "articles": size,
            "add": added[0] / added[1],
            **{
                kind: theirs[kind]["median ms"] / max(ours[kind]["median ms"], 1e-6)
                for kind in KINDS
            },
        }


def show(row: Row) -> None:
    """Print one trial."""
    row = dict(row)
    head = f"{row.pop('articles'):>6} articles  {row.pop('trial')} {row.pop('engine', '')}".rstrip()
    kinds = row.pop("kinds", {})
    print(f"{head}: " + ", ".join(f"{name} {_number(value)}" for name, value in row.items()))
    for kind, each in kinds.items():
        print(
            f"{'':17}{kind:20} median {each['median ms']:8.2f} ms   p95 {each['p95 ms']:8.2f} ms"
            f"   found by {each['found']} of {each['queries']}"
        )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--child"]:
        task, engine, folder, source = sys.argv[2:]
        measure = {"add": measure_add, "search": measure_search}[task]
        print(json.dumps(measure(engine, Path(folder), Path(source))))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 8000], metavar="N")
    parser.add_argument("--queries", type=int, default=30, metavar="N", help="of each kind")
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, help="ntrex-*.jsonl.gz; flores-*.jsonl.gz for peers")
    parser.add_argument(
        "--peers",
        nargs="?",
        const="all",
        metavar="NAMES",
        help="the engine beside others: all, or some, by comma",
    )
    options = parser.parse_args()
    if options.peers:
        data = options.data or speed_peers.DEFAULT
        for row in speed_peers.trials(options.articles, options.queries, data, options.peers):
            print(json.dumps(row), flush=True) if options.json else show(row)
        return
    found: list[Row] = []
    for row in trials(options.articles, options.queries, options.data or ntrex.DEFAULT):
        found.append(row)
        print(json.dumps(row), flush=True) if options.json else show(row)
    for row in ratios(found):
        print(json.dumps(row)) if options.json else show(row)


if __name__ == "__main__":
    main()
