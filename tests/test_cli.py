"""The command line: data on stdout, messages on stderr, exit codes as grep."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.cli import cli

ARTICLES = [
    {"id": "flood", "title": "Flood in Basra", "text": "The river rose near the old bridge."},
    {"id": "market", "headline": "Market day", "text": "Traders of Basra speak about prices."},
    {"id": "ar", "title": "فيضان في البصرة", "text": "ارتفع منسوب النهر ليلاً في المدينة."},
]


@pytest.fixture
def filled(run):
    """The command line with three articles added."""
    Path("news.jsonl").write_text("\n".join(json.dumps(article) for article in ARTICLES))
    assert run("add", "news.jsonl", "--map", "title=headline")[0] == 0
    return run


def lines(out):
    """The objects of NDJSON output."""
    return [json.loads(line) for line in out.splitlines()]


def test_adding_reports_what_was_done_on_stderr(run):
    """Counts and problems are messages; the exit code says that something went in."""
    Path("news.jsonl").write_text(json.dumps(ARTICLES[0]) + "\n{broken\n")
    code, out, err = run("add", "news.jsonl")
    assert (code, out) == (0, "")
    assert "news.jsonl:2" in err
    assert "added 1, updated 0, unchanged 0, failed 1" in err


def test_adding_with_several_processes_gives_the_same(filled, run):
    """What was added by one is unchanged for two."""
    code, _, err = run("add", "news.jsonl", "--map", "title=headline", "--jobs", "2")
    assert (code, err.splitlines()[0]) == (0, "added 0, updated 0, unchanged 3, failed 0")


def test_adding_nothing_is_exit_code_one(run):
    """A file of which no record can be used finds nothing."""
    Path("news.jsonl").write_text("{broken\n")
    assert run("add", "news.jsonl")[0] == 1


def test_adding_reads_stdin(run, monkeypatch):
    """A dash stands for standard input."""
    data = json.dumps(ARTICLES[0]).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, out, _ = run("--json", "add", "-")
    assert code == 0
    assert lines(out)[0]["added"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", "flood"], 0),
        (["search", "absent"], 1),
        (["search", "flood", "--since", "tomorrow"], 2),
        (["search", "flood", "--via", "magic"], 2),
        (["search", "flood", "--lang", "!!"], 2),
        (["search"], 2),
        (["nonsense"], 2),
        (["show", "flood"], 0),
        (["show", "nobody"], 1),
        (["tag", "nobody", "ar"], 1),
        (["tag", "flood", "!!"], 2),
        (["tag", "flood", "klingon"], 2),
        (["search", "flood", "--offset", "5"], 1),
        (["add", "news.jsonl", "--lang", "!!"], 2),
        (["delete", "nobody"], 1),
        (["stats"], 0),
        (["export", "absent"], 1),
        (["add", "no-such-file"], 2),
        (["add", "news.jsonl", "--map", "title"], 2),
        (["doctor"], 0),
        (["rebuild", "--jobs", "2"], 0),
        (["--help"], 0),
        (["--version"], 0),
    ],
)
def test_exit_codes_are_those_of_grep(filled, arguments, code):
    """0 found, 1 nothing found, 2 error; an error is one line on stderr."""
    found, out, err = filled(*arguments)
    assert found == code
    if code == 2:
        assert out == ""
        assert "Traceback" not in err


def test_searching_where_there_is_no_library_says_what_to_do(run):
    """No empty library is made by looking for one."""
    code, _, err = run("search", "flood")
    assert code == 2
    assert "add articles" in err
    assert not Path("index").exists()


def test_a_hit_is_shown_with_its_sentence(filled):
    """Title, language, id and the matching sentence; the summary goes to stderr."""
    code, out, err = filled("search", "bridge")
    assert code == 0
    assert out.splitlines() == [
        "1. Flood in Basra",
        "   English · flood",
        "   The river rose near the old bridge.",
    ]
    assert "1 of 1 articles" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent"], "no word of the query occurs in: 3 articles, English 2, Arabic 1"),
        (["absent", "--lang", "ar"], "no word of the query occurs in: 1 article, Arabic 1"),
        (["absent lang:en"], "no word of the query occurs in: 2 articles, English 2"),
        (["bridge -lang:ar"], None),
        (["lang:ar"], None),
    ],
)
def test_a_search_says_which_languages_it_did_not_reach(filled, arguments, told):
    """Of those that its filters let through, if it has words at all."""
    err = filled("search", *arguments, "--via", "original")[2]
    assert [line for line in err.splitlines() if "no word" in line] == ([told] if told else [])


def test_right_to_left_text_is_isolated(filled):
    """Logical order, inside isolates, so that it cannot reorder its neighbours."""
    out = filled("search", "البصرة")[1]
    assert out.startswith("1. \u2068فيضان في البصرة\u2069\n")


def test_json_gives_one_object_a_line_with_a_summary(filled):
    """Hits first, then totals, facets, coverage and notices."""
    code, out, _ = filled("search", "basra", "--json", "--limit", "1")
    hit, summary = lines(out)
    assert code == 0
    assert (hit["type"], summary["type"]) == ("hit", "summary")
    assert hit["snippet"]["text"]
    assert summary["total"] == 3
    assert sum(entry["articles"] for entry in summary["coverage"]) == 3


def test_a_wrong_query_says_how_it_was_taken(filled):
    """Searched as plain words, with a notice."""
    code, _, err = filled("search", "(basra")
    assert code == 0
    assert "plain words" in err


def test_explaining_shows_terms_and_arithmetic(filled):
    """Each concept with its terms, its via and its share of the score."""
    out = filled("search", "basra rivers", "--explain", "--facets")[1]
    assert "via original: basra" in out
    assert "languages" in out


def test_what_is_exported_can_be_added_again(filled, tmp_path):
    """NDJSON is a round trip; a second library holds the same articles."""
    _, out, _ = filled("export")
    Path("out.jsonl").write_text(out)
    code, report, _ = filled("--index", tmp_path / "other", "--json", "add", "out.jsonl")
    assert code == 0
    assert lines(report)[0]["added"] == 3
    again = lines(filled("--index", tmp_path / "other", "export")[1])
    assert [row["title"] for row in again] == [row["title"] for row in lines(out)]


def test_a_spreadsheet_gets_no_formulas(run):
    """A cell that starts like a formula is made text."""
    Path("news.jsonl").write_text(json.dumps({"id": "x", "title": "=1+1", "text": "Some text."}))
    run("add", "news.jsonl")
    rows = list(csv.DictReader(io.StringIO(run("export", "--format", "csv")[1])))
    assert rows[0]["title"] == "'=1+1"


def test_a_corrected_language_is_shown(filled):
    """The correction is kept and said."""
    filled("tag", "ar", "fa")
    (shown,) = lines(filled("show", "ar", "--json")[1])
    assert (shown["language"], shown["tagged_by"]) == ("fa", "corrected")


def test_the_demo_is_added_and_searched(run):
    """The sample library works out of the package."""
    assert run("demo")[0] == 0
    code, out, _ = run("search", "الكوثراني")
    assert code == 0
    assert "الكوثراني" in out


def test_related_shows_the_story_in_other_languages(run):
    """The words that are searched for go to stderr, the hits to stdout."""
    run("demo")
    code, out, err = run("related", "demo/kawtharani-speech/en", "--limit", "2", "--lang", "ar")
    assert code == 0
    assert "demo/kawtharani-speech/ar" in out
    assert "demo/kawtharani-speech/en" not in out
    assert "searched for: Al-Kawtharani" in err
    *hits, summary = lines(run("related", "demo/kawtharani-speech/en", "--json")[1])
    assert {hit["language"] for hit in hits} >= {"ar", "fa", "fr"}
    assert "Kawtharani" in summary["query"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["flood"], 0),
        (["flood", "--lang", "he"], 1),
        (["market", "--same-language"], 0),
        (["nobody"], 1),
        ([], 2),
    ],
)
def test_related_has_the_same_exit_codes(filled, arguments, code):
    """0 found, 1 nothing found, not even the article."""
    assert filled("related", *arguments)[0] == code


def test_copies_are_one_hit_when_asked(run):
    """The hit names the ids of the copies, for people and for programs."""
    texts = [{**ARTICLES[0], "id": id_, "title": f"Flood, {id_}"} for id_ in ("one", "two")]
    Path("news.jsonl").write_text("\n".join(json.dumps(each) for each in texts))
    run("add", "news.jsonl")
    out, err = run("search", "bridge", "--collapse")[1:]
    assert out.splitlines()[-1] == "   1 more like it: two"
    assert "1 of 2 articles" in err
    hit, summary = lines(run("search", "bridge", "--collapse", "--json")[1])
    assert (hit["id"], hit["copies"], summary["total"]) == ("one", ["two"], 2)
    assert len(lines(run("search", "bridge", "--json")[1])) == 3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_written(run, shell):
    """Each shell gets its script."""
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_DRAGOMAN_COMPLETE" in out


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(run, command):
    """Each command has a help page that says what it does."""
    code, out, _ = run(command, "--help")
    assert code == 0
    assert len(out.splitlines()) > 4


@pytest.mark.parametrize(("no_color", "bold"), [("", True), ("1", False)])
def test_colours_are_for_terminals_that_want_them(filled, tmp_path, no_color, bold):
    """Highlights are bold on a terminal, unless NO_COLOR is set."""
    primary, secondary = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "dragoman", "search", "bridge"],
        stdout=secondary,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NO_COLOR": no_color},
        cwd=tmp_path,
        check=True,
    )
    os.close(secondary)
    shown = os.read(primary, 10_000).decode()
    os.close(primary)
    assert ("\x1b[" in shown) is bold


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", [("search", "bridge"), ("export",)])
def test_output_that_cannot_be_written_is_one_line(filled, tmp_path, command):
    """A full disk is said, without a traceback."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "dragoman", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1] == "dragoman: output: No space left on device"
    assert "Traceback" not in ended.stderr
