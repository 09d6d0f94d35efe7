"""The comparison of engines: the same articles for each, and an answer from each."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))

import speed_peers  # noqa: E402

WORDS = {
    "eng_Latn": "the river rose in night and bridge was closed by police of town market".split(),
    "rus_Cyrl": "река поднялась ночью и мост закрыли полиция города рынок вода дом".split(),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Sentences of two languages, as FLORES has them."""
    path = tmp_path_factory.mktemp("data") / "flores.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for code, words in WORDS.items():
            for number in range(40):
                text = " ".join(words[(number * step) % len(words)] for step in range(1, 12))
                file.write(json.dumps({"lang": code, "sentence": number, "text": text}) + "\n")
    return path


@pytest.fixture(scope="module")
def supplies(data, tmp_path_factory):
    """The same, analysed."""
    path = tmp_path_factory.mktemp("data") / "terms"
    with path.open("w", encoding="utf-8") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in speed_peers.sentences(data))
    return speed_peers.load(path)


def test_articles_do_not_depend_on_how_many_are_made(supplies):
    """The first ones are the same, and each has what it says."""
    few, many = (list(speed_peers.articles(supplies, wanted)) for wanted in (20, 60))
    assert many[:20] == few
    assert {each.language for each in few} == set(WORDS)
    assert all(each.title and len(each.body) > 100 and each.size > 500 for each in many)
    assert len({each.key for each in many}) == 60


def test_early_sentences_are_common(supplies):
    """By Zipf's law: the first half of the sentences makes most of an article."""
    chance = speed_peers.random.Random(1)
    drawn = [speed_peers._zipf(chance, 40) for _ in range(2000)]
    assert set(drawn) == set(range(40))
    assert drawn.count(0) > 1.5 * drawn.count(1) > 3 * drawn.count(8)


def test_questions_are_of_what_is_there(supplies):
    """So many of each kind; their terms are those of an article."""
    asked = speed_peers.questions(supplies, 60, 10)
    assert len(asked) == 10 * len(speed_peers.KINDS)
    held = [set(each.body) for each in islice(speed_peers.articles(supplies, 60), 60)]
    for each in asked:
        if each.kind != "prefix":
            assert any(terms.issuperset(each.terms) for terms in held)


def test_every_engine_answers(data):
    """Ours and SQLite's, in processes of their own: each finds what is asked for."""
    command = [sys.executable, str(BENCHMARKS / "speed.py"), "--peers", "dragoman,fts5,whoosh"]
    command += ["--articles", "60", "--queries", "10", "--json", "--data", str(data)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    trials = [(row["trial"], row.get("engine")) for row in rows]
    assert trials[:3] == [("build", name) for name in ("dragoman", "fts5", "whoosh")]
    assert trials[3:6] == [("search", name) for name in ("dragoman", "fts5", "whoosh")]
    for row in rows[3:6]:
        assert {kind: each["found"] for kind, each in row["kinds"].items()} == dict.fromkeys(
            speed_peers.KINDS, 10
        )
    assert rows[6]["trial"] == "dragoman: times as fast as fts5"
    assert rows[6]["build"] > 0
